"""Style codes: of an identity, of an art picture, of an art style's number; mixed and transformed.

A code is (B, L, style) rows in Z+, before any mapping network. Rows 0..6 (in `paper`) hold structure and come from the
art; the rest hold colour and come from the identity, or from the art as well where colour is transferred.

The identity encoder is pSp's: an IR-SE-50 whose last three groups of units feed one head for each row. Deviations:
batch norms keep the statistics that they are loaded with, also in training; a network of ten layers, and narrower ones,
exist for small sizes. The art encoder is an addition: the release has codes of known pictures only, and an optimisation
for any other.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

from style2talker.train.published.fixed_norm import FixedBatchNorm
from style2talker.train.published.style_a.convolution import EqualLinear
from style2talker.train.published.style_a.settings import StyleASettings

__all__ = ["ArtEncoder", "ArtTable", "ColourTransforms", "IdentityEncoder", "mix_codes"]

_UNITS = {10: (1, 1, 1, 1), 50: (3, 4, 14, 3)}
"""Layers of an IR-SE network -> units of its four groups."""
_COARSE, _MIDDLE = 3, 7  # rows from the smallest map, and up to which rows come from the middle one
_SQUEEZE = 16
_SLOPE = 0.01
_NEAR = 0.01  # noise on transforms that begin as the identity
_ART_LEVELS = 5


def mix_codes(identity: torch.Tensor, art: torch.Tensor, structure_rows: int) -> torch.Tensor:
    """Structure of the art, colour of the identity; for colours of the art, give its code as the identity's.

    Args:
        identity: (B, L, style).
        art: (B, L, style).
        structure_rows: how many of the first rows hold structure.

    Returns:
        (B, L, style).
    """
    return torch.cat([art[:, :structure_rows], identity[:, structure_rows:]], dim=1)


class ColourTransforms(nn.Module):
    """DualStyleGAN's learned transform of each colour row, the identity to begin with.

    Args:
        width: of a row.
        rows: that hold colour.
    """

    def __init__(self, width: int, rows: int) -> None:
        super().__init__()
        self.rows = nn.ModuleList(EqualLinear(width, width) for _ in range(rows))
        with torch.no_grad():
            for row in self.rows:
                row.weight.mul_(_NEAR).add_(torch.eye(width) * math.sqrt(width))

    def forward(self, styles: torch.Tensor) -> torch.Tensor:
        """(B, rows, width) -> (B, rows, width)."""
        return torch.stack([row(styles[:, number]) for number, row in enumerate(self.rows)], dim=1)


class _Squeeze(nn.Module):
    """Scale channels by what the whole map says."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.fc1 = nn.Conv2d(channels, max(1, channels // _SQUEEZE), 1, bias=False)
        self.fc2 = nn.Conv2d(max(1, channels // _SQUEEZE), channels, 1, bias=False)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        told = functional.relu(self.fc1(x.mean(dim=(2, 3), keepdim=True)))
        return x * torch.sigmoid(self.fc2(told))


class _Unit(nn.Module):
    """A residual unit of an IR-SE network."""

    def __init__(self, inward: int, outward: int, stride: int) -> None:
        super().__init__()
        self.res_layer = nn.Sequential(
            FixedBatchNorm(inward),
            nn.Conv2d(inward, outward, 3, padding=1, bias=False),
            nn.PReLU(outward),
            nn.Conv2d(outward, outward, 3, stride, padding=1, bias=False),
            FixedBatchNorm(outward),
            _Squeeze(outward),
        )
        self.shortcut_layer: nn.Module
        if inward == outward:
            self.shortcut_layer = nn.MaxPool2d(1, stride)
        else:
            conv = nn.Conv2d(inward, outward, 1, stride, bias=False)
            self.shortcut_layer = nn.Sequential(conv, FixedBatchNorm(outward))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.res_layer(x) + self.shortcut_layer(x)


class _Head(nn.Module):
    """A map of a side that is a power of two -> a row."""

    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(int(math.log2(side))):
            layers += [nn.Conv2d(width, width, 3, 2, padding=1), nn.LeakyReLU(_SLOPE)]
        self.convs = nn.Sequential(*layers)
        self.linear = EqualLinear(width, width)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.linear(self.convs(x).flatten(1))


class IdentityEncoder(nn.Module):
    """An aligned face -> its code in Z+.

    Args:
        settings: sizes.
    """

    def __init__(self, settings: StyleASettings) -> None:
        super().__init__()
        style, side = settings.style_width, settings.identity_size
        widths = [style // 8 << group for group in range(4)]
        self.input_layer = nn.Sequential(
            nn.Conv2d(3, widths[0], 3, padding=1, bias=False), FixedBatchNorm(widths[0]), nn.PReLU(widths[0])
        )
        self.body, self.ends, inward = nn.ModuleList(), [], widths[0]
        for outward, units in zip(widths, _UNITS[settings.identity_layers], strict=True):
            for number in range(units):
                self.body.append(_Unit(inward, outward, 2 if number == 0 else 1))
                inward = outward
            self.ends.append(len(self.body) - 1)
        sides = [side // 16] * _COARSE + [side // 8] * (_MIDDLE - _COARSE) + [side // 4] * (settings.rows - _MIDDLE)
        self.styles = nn.ModuleList(_Head(style, each) for each in sides)
        self.latlayer1 = nn.Conv2d(widths[2], style, 1)
        self.latlayer2 = nn.Conv2d(widths[1], style, 1)
        self.register_buffer("average", torch.zeros(settings.rows, style))

    def forward(self, face: torch.Tensor) -> torch.Tensor:
        """Faces (B, 3, side, side) in -1..1 -> (B, L, style)."""
        x, ends = self.input_layer(face), []
        for number, unit in enumerate(self.body):
            x = unit(x)
            if number in self.ends:
                ends.append(x)
        _, fine, middle, coarse = ends
        middle = _enlarged(coarse, middle) + self.latlayer1(middle)
        fine = _enlarged(middle, fine) + self.latlayer2(fine)
        maps = [coarse] * _COARSE + [middle] * (_MIDDLE - _COARSE) + [fine] * (len(self.styles) - _MIDDLE)
        rows = [head(each) for head, each in zip(self.styles, maps, strict=True)]
        return torch.stack(rows, dim=1) + self.average


def _enlarged(x: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(x, like.shape[-2:], mode="bilinear", align_corners=True)


class ArtEncoder(nn.Module):
    """Any picture -> the code of its style in Z+, by means and deviations of its features at five sizes.

    Args:
        settings: sizes.
    """

    def __init__(self, settings: StyleASettings) -> None:
        super().__init__()
        widths = [settings.art_width << level for level in range(_ART_LEVELS)]
        inwards = [3, *widths[:-1]]
        self.convs = nn.ModuleList(
            nn.Conv2d(inward, outward, 3, 2, padding=1) for inward, outward in zip(inwards, widths, strict=True)
        )
        self.hidden = nn.Linear(2 * sum(widths), settings.style_width)
        self.rows = nn.Linear(settings.style_width, settings.rows * settings.style_width)
        self.shape = (settings.rows, settings.style_width)

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        """Pictures (B, 3, H, W) in -1..1, 32 pixels or more each way -> (B, L, style)."""
        x, found = picture, []
        for conv in self.convs:
            x = functional.leaky_relu(conv(x), 0.2)
            variance = x.var(dim=(2, 3), unbiased=False)
            found += [x.mean(dim=(2, 3)), torch.sqrt(variance + 1e-6)]
        told = functional.leaky_relu(self.hidden(torch.cat(found, dim=1)), 0.2)
        return self.rows(told).unflatten(1, self.shape)


class ArtTable(nn.Module):
    """The number of an art style -> its code in Z+ (DualStyleGAN's extrinsic codes).

    Args:
        settings: `styles` many rows.
    """

    def __init__(self, settings: StyleASettings) -> None:
        super().__init__()
        self.codes = nn.Parameter(torch.randn(settings.styles, settings.rows, settings.style_width))

    def forward(self, style: torch.Tensor) -> torch.Tensor:
        """Numbers (B,) -> (B, L, style)."""
        return self.codes[style]
