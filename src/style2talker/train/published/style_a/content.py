"""The content encoder (VToonify's E): a picture and its parsing -> features at four sizes and a beginning.

Two convolutions at full size S, three stages that halve, then residual blocks at the base S/8, each followed by the
ModRes block of the same number. The features that later fusions see are those before the residual blocks.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from style2talker.train.published.style_a.modres import ModRes, dilations
from style2talker.train.published.style_a.settings import StyleASettings

__all__ = ["PARSING_CHANNELS", "Content", "ContentEncoder"]

PARSING_CHANNELS = 19
_SLOPE = 0.2


class Content(NamedTuple):
    """What the encoder makes of a picture.

    Attributes:
        scales: (B, C, side, side) at S/8, S/4, S/2 and S.
        feature: (B, C, S/8, S/8), where synthesis begins.
        image: (B, 3, S/8, S/8), where the running picture begins.
    """

    scales: tuple[torch.Tensor, ...]
    feature: torch.Tensor
    image: torch.Tensor


class _Residual(nn.Module):
    """Two convolutions; (out + in) / sqrt 2."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = functional.leaky_relu(self.conv(x), _SLOPE)
        out = functional.leaky_relu(self.conv2(out), _SLOPE)
        return (out + x) / math.sqrt(2)


def _stage(inward: int, middle: int, outward: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inward, middle, 3, stride, padding=1),
        nn.LeakyReLU(_SLOPE),
        nn.Conv2d(middle, outward, 3, padding=1),
        nn.LeakyReLU(_SLOPE),
    )


class ContentEncoder(nn.Module):
    """Picture and parsing -> content.

    Args:
        settings: sizes.
    """

    def __init__(self, settings: StyleASettings) -> None:
        super().__init__()
        sides = [settings.input_size >> level for level in range(4)]
        widths = [settings.channels(side) for side in sides]
        stages = [_stage(3 + PARSING_CHANNELS, settings.stem, widths[0], 1)]
        stages += [_stage(widths[i], widths[i + 1], widths[i + 1], 2) for i in range(3)]
        self.stages = nn.ModuleList(stages)
        holes = dilations(settings.base_size)
        self.residuals = nn.ModuleList(_Residual(widths[-1]) for _ in holes)
        self.modres = nn.ModuleList(ModRes(widths[-1], settings.style_width, hole) for hole in holes)
        self.start = nn.Conv2d(widths[-1], 3, 1)
        if settings.carry_picture:
            nn.init.zeros_(self.start.weight)
            nn.init.zeros_(self.start.bias)

    def forward(
        self, picture: torch.Tensor, parsing: torch.Tensor, structure: torch.Tensor, degree: torch.Tensor
    ) -> Content:
        """Encode.

        Args:
            picture: (B, 3, S, S) in -1..1.
            parsing: (B, 19, S, S).
            structure: (B, structure rows, style) the structure style; block i sees row i + 1.
            degree: (B, 1) in 0..1.

        Returns:
            The content.
        """
        x = torch.cat([picture, parsing], dim=1)
        scales = []
        for stage in self.stages:
            x = stage(x)
            scales.append(x)
        for row, (residual, modres) in enumerate(zip(self.residuals, self.modres, strict=True), 1):
            x = modres(residual(x), structure[:, row], degree)
        return Content(tuple(reversed(scales)), x, self.start(x))
