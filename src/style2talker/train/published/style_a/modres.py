"""DualStyleGAN's modulative residual blocks, ModRes, as VToonify has them: the structure path of an art style.

A block adds to a feature what two convolutions make of it under the structure style, times the degree: at degree 0 it
is the identity. All blocks stand at the base; holes in their convolutions (dilation) let them reach as far as the
blocks of DualStyleGAN do, which stand at lower resolutions: 4, 4, 2, 2, 1, 1 for a base of 32.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

from style2talker.train.published.style_a.convolution import EqualConv, scaled_leaky_relu

__all__ = ["AdaptiveInstanceNorm", "ModRes", "dilations"]

_QUIET = 0.01  # of the weights, so that a block begins near the identity


def dilations(base: int) -> tuple[int, ...]:
    """Dilation of each block for a base of that side: two blocks for each resolution from 8 up to it."""
    return tuple(base >> power for power in range(3, int(math.log2(base)) + 1) for _ in range(2))


class AdaptiveInstanceNorm(nn.Module):
    """Instance norm whose scale and shift come straight from a style: gamma * norm(x) + beta.

    Args:
        channels: of the feature.
        style: width of the style.
    """

    def __init__(self, channels: int, style: int) -> None:
        super().__init__()
        self.style = nn.Linear(style, 2 * channels)
        with torch.no_grad():
            self.style.bias[:channels] = 1.0
            self.style.bias[channels:] = 0.0

    def forward(self, feature: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W) and (B or 1, style) -> (B, C, H, W)."""
        gamma, beta = self.style(style)[..., None, None].chunk(2, dim=1)
        return gamma * functional.instance_norm(feature) + beta


class ModRes(nn.Module):
    """x + degree * conv(AdaIN(conv(AdaIN(x)))).

    Args:
        channels: of the feature.
        style: width of the structure style.
        dilation: of both convolutions.
    """

    def __init__(self, channels: int, style: int, dilation: int) -> None:
        super().__init__()
        self.norm, self.norm2 = AdaptiveInstanceNorm(channels, style), AdaptiveInstanceNorm(channels, style)
        self.conv, self.conv2 = (EqualConv(channels, channels, 3, dilation) for _ in range(2))
        with torch.no_grad():
            for conv in (self.conv, self.conv2):
                conv.weight.mul_(_QUIET)

    def forward(self, feature: torch.Tensor, style: torch.Tensor, degree: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W), (B, style) and (B, 1) in 0..1 -> (B, C, H, W)."""
        x = scaled_leaky_relu(self.conv(self.norm(feature, style)))
        x = scaled_leaky_relu(self.conv2(self.norm2(x, style)))
        return feature + degree[..., None, None] * x
