"""Deep3D's reconstruction network: an aligned face -> 257 coefficients of the Basel Face Model.

ResNet-50 with its stride at the 3 x 3 convolutions and seven linear heads (Deng et al., "Accurate 3D Face
Reconstruction with Weakly-Supervised Learning", 2019), built with the names of sicxu/Deep3DFaceRecon_pytorch. It is not
trained here: its weights come from a checkpoint that the user owns.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

__all__ = ["EXPANSION", "HEADS", "STAGES", "Reconstruction"]

HEADS = (80, 64, 80, 3, 27, 2, 1)
"""Identity, expression, texture, angles, lighting, translation in the picture's plane, translation in depth."""
STAGES = ((64, 3), (128, 4), (256, 6), (512, 3))
"""Inner channels and units of each stage."""
EXPANSION = 4
"""Channels that a unit gives, in those of its inner convolution."""


class _Bottleneck(nn.Module):
    """1 x 1, 3 x 3, 1 x 1, added to what comes in."""

    def __init__(self, inward: int, width: int, stride: int) -> None:
        super().__init__()
        outward = width * EXPANSION
        self.conv1, self.bn1 = nn.Conv2d(inward, width, 1, bias=False), nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3, self.bn3 = nn.Conv2d(width, outward, 1, bias=False), nn.BatchNorm2d(outward)
        self.downsample: nn.Module = nn.Identity()
        if inward != outward:
            conv = nn.Conv2d(inward, outward, 1, stride, bias=False)
            self.downsample = nn.Sequential(conv, nn.BatchNorm2d(outward))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        out = functional.relu(self.bn1(self.conv1(x)))
        out = functional.relu(self.bn2(self.conv2(out)))
        return functional.relu(self.bn3(self.conv3(out)) + self.downsample(x))


class _Backbone(nn.Module):
    """Picture -> 2048 channels, averaged over all places."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, 2, padding=3, bias=False), nn.BatchNorm2d(64)
        stages, inward = [], 64
        for number, (width, units) in enumerate(STAGES):
            blocks = []
            for unit in range(units):
                blocks.append(_Bottleneck(inward, width, 2 if number and not unit else 1))
                inward = width * EXPANSION
            stages.append(nn.Sequential(*blocks))
        self.layer1, self.layer2, self.layer3, self.layer4 = stages

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = functional.max_pool2d(functional.relu(self.bn1(self.conv1(x))), 3, 2, padding=1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return x.mean(dim=(2, 3), keepdim=True)


class Reconstruction(nn.Module):
    """Aligned faces -> coefficients."""

    def __init__(self) -> None:
        super().__init__()
        self.backbone = _Backbone()
        self.final_layers = nn.ModuleList(nn.Conv2d(STAGES[-1][0] * EXPANSION, count, 1) for count in HEADS)

    def forward(self, face: torch.Tensor) -> torch.Tensor:
        """Aligned faces (N, 3, 224, 224) RGB in 0..1 -> (N, 257): 80, 64, 80, 3, 27, 3."""
        x = self.backbone(face)
        return torch.cat([head(x) for head in self.final_layers], dim=1).flatten(1)
