"""The refinement network: what to add to a warped feature, from the feature and the motion.

StyleHEAT's calibration net: a U-Net with additive skips whose decoder is steered by the motion's descriptor. Published,
each of its levels has a branch for the scale and one for the shift, and of the eight results only the pair of the
finest level is ever used; only that pair exists here. Deviation: both branches end at zero when training begins, so
that the feature passes as it is.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

from style2talker.train.published.style_a.convolution import ConvLayer, EqualConv, ResDown, scaled_leaky_relu
from style2talker.train.published.style_a.motion import AdaIN

__all__ = ["Refinement"]

_COARSEST = 4  # side of the map in the middle of the U


class _Up(nn.Module):
    """Twice the size: bilinear, then a convolution; residual."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv_0 = ConvLayer(width, width, 3)
        self.conv_1 = ConvLayer(width, width, 3)
        self.short = ConvLayer(width, width, 1, plain=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        rough = self.conv_1(_doubled(self.conv_0(x)))
        return (rough + self.short(_doubled(x))) / math.sqrt(2)


def _doubled(x: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class _Inject(nn.Module):
    """Two convolutions, each with an AdaIN that the motion steers; residual from the first."""

    def __init__(self, width: int, told: int) -> None:
        super().__init__()
        self.conv_0, self.conv_1 = nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)
        self.norm_0, self.norm_1 = AdaIN(width, told), AdaIN(width, told)

    def forward(self, x: torch.Tensor, told: torch.Tensor) -> torch.Tensor:
        x = functional.leaky_relu(self.norm_0(self.conv_0(x), told), 0.01)
        return x + self.norm_1(self.conv_1(x), told)


class _Branch(nn.Module):
    """A head of the finest level; its last layer begins at zero."""

    def __init__(self, width: int, channels: int) -> None:
        super().__init__()
        self.conv_0, self.conv_1 = EqualConv(width, width, 3), EqualConv(width, channels, 3)
        nn.init.zeros_(self.conv_1.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.conv_1(scaled_leaky_relu(self.conv_0(x)))


class Refinement(nn.Module):
    """A feature map and a descriptor -> scale and shift, for `feature * (1 + scale) + shift`.

    Args:
        channels: of the feature.
        width: of the U-Net.
        size: side of the feature, a power of two from 8 up.
        descriptor: width of the motion's descriptor.
    """

    def __init__(self, channels: int, width: int = 256, size: int = 64, descriptor: int = 256) -> None:
        super().__init__()
        levels = int(math.log2(size // _COARSEST))
        self.first = ConvLayer(channels, width, 1)
        self.down = nn.ModuleList(ResDown(width, width) for _ in range(levels))
        self.middle = ConvLayer(width, width, 3)
        self.told = nn.Sequential(nn.Linear(descriptor, width), nn.LeakyReLU(0.1), nn.Linear(width, width))
        self.up = nn.ModuleList(_Up(width) for _ in range(levels))
        self.inject = nn.ModuleList(_Inject(width, width) for _ in range(levels))
        self.scale = _Branch(width, channels)
        self.shift = _Branch(width, channels)

    def forward(self, feature: torch.Tensor, descriptor: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """(B, C, F, F) and (B, D) -> (scale, shift), both (B, C, F, F)."""
        x = self.first(feature)
        found = []
        for down in self.down:
            x = down(x)
            found.append(x)
        x = self.middle(x)
        told = self.told(descriptor)
        for up, inject in zip(self.up, self.inject, strict=True):
            x = inject(up(x + found.pop()), told)
        return self.scale(x), self.shift(x)
