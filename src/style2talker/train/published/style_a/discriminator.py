"""The conditional discriminator of VToonify: StyleGAN2's, asked about a degree and a style.

Its last features are multiplied with what the condition says. Samples that it compares with each other (minibatch
standard deviation) are neighbours in the batch, so that several processes see the groups that one would see.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import nn

from style2talker.train.published.style_a.convolution import ConvLayer, EqualLinear, ResDown

__all__ = ["Discriminator", "batch_deviation"]

_CONDITION = 128
_SLOPE = 0.2


def batch_deviation(feature: torch.Tensor, group: int) -> torch.Tensor:
    """How much neighbours in the batch differ.

    Args:
        feature: (B, C, H, W).
        group: neighbours that are compared; the largest divisor of B that it allows.

    Returns:
        (B, 1, H, W): the standard deviation over each group, averaged over channels and places.
    """
    batch, _, height, width = feature.shape
    size = math.gcd(batch, group) if batch >= group else batch
    grouped = feature.reshape(batch // size, size, -1)
    deviation = (grouped.var(dim=1, unbiased=False) + 1e-8).sqrt().mean(dim=1)
    return deviation.repeat_interleave(size).reshape(batch, 1, 1, 1).expand(-1, 1, height, width)


class Discriminator(nn.Module):
    """A picture, a degree and a style -> an opinion.

    Args:
        size: side of the pictures, a power of two from 8 up.
        styles: number of styles.
        channels: side of a map -> its channels; as published 512 up to 64, then halved with each doubling.
        group: neighbours in the batch that are compared.
    """

    def __init__(
        self,
        size: int,
        styles: int,
        channels: Callable[[int], int] = lambda side: min(512, 32768 // side),
        group: int = 4,
    ) -> None:
        super().__init__()
        sides = [size >> level for level in range(int(math.log2(size)) - 1)]  # size … 4
        self.first = ConvLayer(3, channels(size), 1)
        self.down = nn.ModuleList(ResDown(channels(side), channels(side // 2)) for side in sides[:-1])
        width = channels(4)
        self.last = ConvLayer(width + 1, width, 3)
        self.flat = nn.Sequential(EqualLinear(width * 16, width, activate=True), EqualLinear(width, _CONDITION))
        half = _CONDITION // 2
        self.degree = nn.Sequential(
            nn.Linear(1, half),
            nn.LeakyReLU(_SLOPE),
            nn.Linear(half, half),
            nn.LeakyReLU(_SLOPE),
            nn.Linear(half, half),
        )
        self.style = nn.Embedding(styles, _CONDITION - half)
        self.group = group

    def forward(self, picture: torch.Tensor, degree: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        """Judge pictures.

        Args:
            picture: (B, 3, size, size) in -1..1.
            degree: (B, 1) in 0..1.
            style: (B,) int64 numbers of styles.

        Returns:
            (B, 1): higher for true.
        """
        x = self.first(picture)
        for down in self.down:
            x = down(x)
        x = self.last(torch.cat([x, batch_deviation(x, self.group)], dim=1))
        told = torch.cat([self.degree(degree), self.style(style)], dim=1)
        return (self.flat(x.flatten(1)) * told).sum(dim=1, keepdim=True) / math.sqrt(_CONDITION)
