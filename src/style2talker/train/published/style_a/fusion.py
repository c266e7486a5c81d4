"""Fusion of content into synthesis under a mask that the degree steers (VToonify-D).

    embedding = linear(1 -> 64 -> 128) of the degree
    mask      = tanh(ReLU(conv(AdaIN([g, |g - e|], embedding))))          one channel, 0 where content is kept out
    feature   = conv([g, e * mask])
    picture   = conv([picture, e * mask])

with g of the synthesis and e of the content. `carry_picture` shows the last fusion the portrait itself, too, under the
same mask (named deviation): conv([picture, e * mask, portrait * mask]).
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from style2talker.train.published.style_a.modres import AdaptiveInstanceNorm

__all__ = ["DegreeMask", "FeatureFusion", "PictureFusion"]

_SLOPE = 0.2
_OPEN = 2.0  # bias of a mask that begins open: tanh(2) = 0.96


class DegreeMask(nn.Module):
    """Where content may come in.

    Args:
        channels: of both maps.
        width: of the embedding of the degree; its hidden layer has half.
        begin_open: begin at 0.96 everywhere.
    """

    def __init__(self, channels: int, width: int, begin_open: bool = False) -> None:
        super().__init__()
        hidden = width // 2
        self.linear = nn.Sequential(
            nn.Linear(1, hidden), nn.LeakyReLU(_SLOPE), nn.Linear(hidden, width), nn.LeakyReLU(_SLOPE)
        )
        self.norm = AdaptiveInstanceNorm(2 * channels, width)
        self.conv2 = nn.Conv2d(2 * channels, 1, 3, padding=1)
        if begin_open:
            nn.init.zeros_(self.conv2.weight)
            nn.init.constant_(self.conv2.bias, _OPEN)

    def forward(self, feature: torch.Tensor, content: torch.Tensor, degree: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W) of the synthesis, as much of the content, degrees (B or 1, 1) -> (B, 1, H, W) in 0..1."""
        both = torch.cat([feature, (feature - content).abs()], dim=1)
        return torch.tanh(functional.relu(self.conv2(self.norm(both, self.linear(degree)))))


class FeatureFusion(nn.Module):
    """Content into a feature.

    Args:
        channels: of both maps.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2 * channels, channels, 3, padding=1)

    def forward(self, feature: torch.Tensor, kept: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W) of the synthesis and (B, C, H, W) content times mask -> (B, C, H, W)."""
        return self.conv(torch.cat([feature, kept], dim=1))


class PictureFusion(nn.Module):
    """Content into the running picture.

    Args:
        channels: of the content.
        quiet: begin as the running picture plus, where it is carried, the portrait.
        carried: the portrait comes in, too.
    """

    def __init__(self, channels: int, quiet: bool = False, carried: bool = False) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3 + channels + (3 if carried else 0), 3, 3, padding=1)
        if quiet:
            nn.init.zeros_(self.conv.weight)
            nn.init.zeros_(self.conv.bias)
            with torch.no_grad():
                for channel in range(3):
                    self.conv.weight[channel, channel, 1, 1] = 1.0
                    if carried:
                        self.conv.weight[channel, channel - 3, 1, 1] = 1.0

    def forward(self, picture: torch.Tensor, *kept: torch.Tensor) -> torch.Tensor:
        """(B, 3, H, W), then content times mask (B, C, H, W) and perhaps portrait times mask -> (B, 3, H, W)."""
        return self.conv(torch.cat([picture, *kept], dim=1))
