"""The motion generator: a window of coefficients and a photo -> a flow.

As published by PIRenderer and used by StyleHEAT and Style2Talker: a mapping network turns the window into a descriptor,
which steers an hourglass on the photo through AdaIN, ending in a flow at a quarter of the photo's size. Deviations: the
last layer begins at zero, so that training begins from the photo as it is; photos below 64 pixels have one level less,
because nothing is left to normalise at one pixel; the warped photo is left to whoever wants it. On request, columns of
pose are enlarged and a linear field is added to the flow: heads are followed after a hundred steps instead of
thousands.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

__all__ = ["AdaIN", "Mapping", "MotionGenerator"]

_SHARED = 128  # width of the layer from which scale and shift of an AdaIN come
_LEVELS = 5
_SLOPE = 0.1
_POSE = 9  # columns at the end of a row: angles, translation, place
_REACH = 4.0  # pixels of the grid that a number of the linear field is worth at its border
_TRIM = 3  # frames that a convolution of three taps, three apart, takes off each end


class AdaIN(nn.Module):
    """Instance norm whose scale and shift come from a descriptor: norm(x) * (1 + gamma) + beta."""

    def __init__(self, channels: int, descriptor: int) -> None:
        super().__init__()
        self.shared = nn.Linear(descriptor, _SHARED)
        self.gamma = nn.Linear(_SHARED, channels)
        self.beta = nn.Linear(_SHARED, channels)

    def forward(self, feature: torch.Tensor, descriptor: torch.Tensor) -> torch.Tensor:
        """(B, C, H, W) and (B, D) -> (B, C, H, W)."""
        told = torch.relu(self.shared(descriptor))
        gamma, beta = self.gamma(told)[..., None, None], self.beta(told)[..., None, None]
        return functional.instance_norm(feature) * (1 + gamma) + beta


class Mapping(nn.Module):
    """A window of coefficients -> descriptor: convolutions in time, not padded, 27 -> 21 -> 15 -> 9 -> 3 -> mean."""

    def __init__(self, coefficients: int, descriptor: int) -> None:
        super().__init__()
        self.first = nn.Conv1d(coefficients, descriptor, 7)
        self.layers = nn.ModuleList(nn.Conv1d(descriptor, descriptor, 3, dilation=_TRIM) for _ in range(3))

    def steps(self, window: torch.Tensor) -> list[torch.Tensor]:
        """What each layer gives for windows (B, C, 27): (B, D, 21), (B, D, 15), (B, D, 9), (B, D, 3)."""
        found = [self.first(window)]
        for layer in self.layers:
            x = found[-1]
            found.append(layer(functional.leaky_relu(x, _SLOPE)) + x[:, :, _TRIM:-_TRIM])
        return found

    def forward(self, window: torch.Tensor) -> torch.Tensor:
        """Windows (B, C, 27) -> (B, D)."""
        return self.steps(window)[-1].mean(dim=2)


class _Down(nn.Module):
    """A level of the encoder: half the size."""

    def __init__(self, inward: int, outward: int, descriptor: int) -> None:
        super().__init__()
        self.norm_0, self.norm_1 = AdaIN(inward, descriptor), AdaIN(outward, descriptor)
        self.conv_0 = nn.Conv2d(inward, outward, 4, stride=2, padding=1)
        self.conv_1 = nn.Conv2d(outward, outward, 3, padding=1)

    def forward(self, x: torch.Tensor, descriptor: torch.Tensor) -> torch.Tensor:
        x = self.conv_0(functional.leaky_relu(self.norm_0(x, descriptor), _SLOPE))
        return self.conv_1(functional.leaky_relu(self.norm_1(x, descriptor), _SLOPE))


class _Up(nn.Module):
    """A level of the decoder: twice the size, with a transposed shortcut."""

    def __init__(self, inward: int, outward: int, descriptor: int) -> None:
        super().__init__()
        self.norm_0, self.norm_1 = AdaIN(inward, descriptor), AdaIN(outward, descriptor)
        self.norm_s = AdaIN(inward, descriptor)
        self.conv_0 = nn.Conv2d(inward, outward, 3, padding=1)
        self.conv_1 = nn.ConvTranspose2d(outward, outward, 3, stride=2, padding=1, output_padding=1)
        self.conv_s = nn.ConvTranspose2d(inward, outward, 3, stride=2, padding=1, output_padding=1)

    def forward(self, x: torch.Tensor, descriptor: torch.Tensor) -> torch.Tensor:
        short = self.conv_s(functional.leaky_relu(self.norm_s(x, descriptor), _SLOPE))
        x = self.conv_0(functional.leaky_relu(self.norm_0(x, descriptor), _SLOPE))
        return short + self.conv_1(functional.leaky_relu(self.norm_1(x, descriptor), _SLOPE))


class MotionGenerator(nn.Module):
    """Photo and window -> flow and descriptor.

    Args:
        coefficients: C of a window (C, 27): 73 (BFM) or 61 (rig).
        size: S of the photo, a power of two from 32 up.
        descriptor: width of the descriptor.
        base: channels at full size, doubled at each level.
        cap: most channels.
        pose_gain: factor on the columns of pose.
        affine: add a linear field to the flow.
    """

    def __init__(
        self,
        coefficients: int,
        size: int,
        descriptor: int = 256,
        base: int = 32,
        cap: int = 256,
        pose_gain: float = 1.0,
        affine: bool = False,
    ) -> None:
        super().__init__()
        gains = torch.ones(coefficients, 1)
        gains[-_POSE:] = pose_gain
        self.register_buffer("gains", gains, persistent=False)
        levels = min(_LEVELS, int(math.log2(size)) - 1)
        widths = [min(base << level, cap) for level in range(levels + 1)]
        self.mapping = Mapping(coefficients, descriptor)
        self.first = nn.Conv2d(3, base, 7, padding=3)
        self.down = nn.ModuleList(_Down(widths[i], widths[i + 1], descriptor) for i in range(levels))
        self.up = nn.ModuleList()
        inward = widths[-1]
        for level in range(levels - 1, 1, -1):
            self.up.append(_Up(inward, widths[level], descriptor))
            inward = 2 * widths[level]
        # Norm over channels and places together, one scale and shift per channel.
        self.scale = nn.Parameter(torch.ones(inward, 1, 1))
        self.shift = nn.Parameter(torch.zeros(inward, 1, 1))
        self.flow = nn.Conv2d(inward, 2, 7, padding=3)
        nn.init.zeros_(self.flow.weight)
        nn.init.zeros_(self.flow.bias)
        self.affine = nn.Linear(descriptor, 6) if affine else None
        if self.affine is not None:
            nn.init.zeros_(self.affine.weight)
            nn.init.zeros_(self.affine.bias)
            line = torch.linspace(-1, 1, size // 4)
            down, across = torch.meshgrid(line, line, indexing="ij")
            field = _REACH * torch.stack([across, down, torch.ones_like(down)])  # (3, F, F)
            self.register_buffer("field", field, persistent=False)

    def forward(self, picture: torch.Tensor, window: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """Move a photo.

        Args:
            picture: (B, 3, S, S) in -1..1, or (1, 3, S, S) for all windows alike.
            window: (B, C, 27).

        Returns:
            (flow (B, 2, S/4, S/4) in pixels of that grid, descriptor (B, D)).
        """
        descriptor = self.mapping(window * self.gains)
        x = self.first(picture).expand(window.shape[0], -1, -1, -1)
        found = [x]
        for down in self.down:
            x = down(x, descriptor)
            found.append(x)
        found.pop()
        for up in self.up:
            x = torch.cat([up(x, descriptor), found.pop()], dim=1)
        x = functional.layer_norm(x, x.shape[1:]) * self.scale + self.shift
        flow = self.flow(functional.leaky_relu(x, _SLOPE))
        if self.affine is not None:
            flow = flow + torch.einsum("bij,jhw->bihw", self.affine(descriptor).unflatten(1, (2, 3)), self.field)
        return flow, descriptor
