"""How different two pictures look: LPIPS on a user's VGG-16, or a measure that needs no training.

The published term is LPIPS-VGG (Zhang et al. 2018) on pictures of 512 pixels. Its weights are not ours to hand out, so
they come from a file of the user: VGG-16's convolutions (`features.N.weight`, as torchvision names them), and LPIPS's
linear weights (`linN.model.1.weight`); without the latter every channel counts alike. With no file, the term is one of
structural similarity and gradients on several scales: a named deviation.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from style2talker.errors import AssetError

__all__ = ["MultiScale", "Perceptual", "similarity"]

_STAGES = ((0, 2), (5, 7), (10, 12, 14), (17, 19, 21), (24, 26, 28))
"""Numbers of VGG-16's convolutions, by stage; LPIPS compares what each stage ends with."""
_SHIFT, _SCALE = (-0.030, -0.088, -0.188), (0.458, 0.448, 0.450)
_LARGEST = 512
_WINDOW = 7
_C1, _C2 = (0.01 * 2) ** 2, (0.03 * 2) ** 2  # for pictures in -1..1
_SCALES = 3


def similarity(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """Structural similarity (B,) of pictures (B, C, H, W) in -1..1, on windows of 7 x 7 (Wang et al. 2004)."""

    def mean(x: torch.Tensor) -> torch.Tensor:
        return functional.avg_pool2d(x, _WINDOW, stride=1)

    at, bt = mean(a), mean(b)
    aa, bb, ab = mean(a * a) - at * at, mean(b * b) - bt * bt, mean(a * b) - at * bt
    up = (2 * at * bt + _C1) * (2 * ab + _C2)
    return (up / ((at * at + bt * bt + _C1) * (aa + bb + _C2))).mean(dim=(1, 2, 3))


class MultiScale(nn.Module):
    """Structural similarity and gradients on three scales; nothing is learned."""

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Difference of pictures (B, 3, H, W) in -1..1, a scalar mean over the batch, 0 for equal ones."""
        total = a.new_zeros(())
        for scale in range(_SCALES):
            if scale:
                a, b = functional.avg_pool2d(a, 2), functional.avg_pool2d(b, 2)
            total = total + (1 - similarity(a, b)).mean() / 2
            apart = a - b
            total = total + apart.diff(dim=2).abs().mean() + apart.diff(dim=3).abs().mean()
        return total / _SCALES


class Perceptual(nn.Module):
    """LPIPS on VGG-16, frozen.

    Args:
        weights: of a file of the user, by name.

    Raises:
        AssetError: a convolution is missing.
    """

    def __init__(self, weights: Mapping[str, torch.Tensor]) -> None:
        super().__init__()
        self.convolutions = nn.ModuleDict()
        for number in (number for stage in _STAGES for number in stage):
            names = f"features.{number}.weight", f"features.{number}.bias"
            if any(name not in weights for name in names):
                raise AssetError(f"the perceptual weights lack {names[0]}: give VGG-16 with torchvision's names")
            weight = weights[names[0]]
            layer = nn.Conv2d(weight.shape[1], weight.shape[0], 3, padding=1)
            layer.load_state_dict({"weight": weight, "bias": weights[names[1]]})
            self.convolutions[str(number)] = layer
        self.linear = nn.ParameterList(
            weights.get(f"lin{k}.model.1.weight", torch.full((1, self._width(k), 1, 1), 1.0)).clone()
            for k in range(len(_STAGES))
        )
        self.register_buffer("shift", torch.tensor(_SHIFT).reshape(1, 3, 1, 1))
        self.register_buffer("scale", torch.tensor(_SCALE).reshape(1, 3, 1, 1))
        self.requires_grad_(False)

    @classmethod
    def load(cls, path: Path) -> Perceptual:
        """The measure of a file. Raises AssetError."""
        try:
            weights = torch.load(path, map_location="cpu", weights_only=True)
        except OSError as error:
            raise AssetError(f"{path} cannot be read: {error.strerror or error}") from error
        except (RuntimeError, pickle.UnpicklingError, EOFError) as error:
            raise AssetError(f"{path} is no file of weights: give VGG-16 as saved by PyTorch") from error
        if not isinstance(weights, Mapping):
            raise AssetError(f"{path} holds no weights by name: give VGG-16 as saved by PyTorch")
        return cls(weights)

    def _width(self, stage: int) -> int:
        return int(self.convolutions[str(_STAGES[stage][-1])].weight.shape[0])

    def _features(self, x: torch.Tensor) -> list[torch.Tensor]:
        """What the five stages end with, at unit length in each place."""
        x = (x - self.shift) / self.scale
        found = []
        for number, stage in enumerate(_STAGES):
            if number:
                x = functional.max_pool2d(x, 2)
            for layer in stage:
                x = torch.relu(self.convolutions[str(layer)](x))
            found.append(x / (x.square().sum(dim=1, keepdim=True).sqrt() + 1e-10))
        return found

    def forward(self, a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        """Difference of pictures (B, 3, H, W) in -1..1, a scalar mean over the batch, 0 for equal ones."""
        shrink = max(a.shape[-1] // _LARGEST, 1)
        if shrink > 1:
            a, b = functional.avg_pool2d(a, shrink), functional.avg_pool2d(b, shrink)
        total = a.new_zeros(())
        for one, other, weight in zip(self._features(a), self._features(b), self.linear, strict=True):
            total = total + ((one - other).square() * weight).sum(dim=1).mean()
        return total
