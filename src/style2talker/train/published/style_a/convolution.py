"""StyleGAN2's layers without modulation (Karras et al. 2020), in plain PyTorch.

Weights are kept at unit size and scaled when they are used ("equalised learning rate"); halving blurs by (1, 3, 3, 1)
first.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

__all__ = ["ConvLayer", "EqualConv", "EqualLinear", "ResDown", "blur_kernel", "scaled_leaky_relu"]

_SLOPE = 0.2


def scaled_leaky_relu(x: torch.Tensor) -> torch.Tensor:
    """Leaky ReLU times the square root of 2, which keeps the size of what passes."""
    return functional.leaky_relu(x, _SLOPE) * math.sqrt(2)


class EqualConv(nn.Module):
    """A convolution (B, in, H, W) -> (B, out, H, W) with equalised learning rate, padded to the same size.

    Args:
        inward: channels that come in.
        outward: channels that go out.
        kernel: odd side of it.
        dilation: pixels from one of its taps to the next.
    """

    def __init__(self, inward: int, outward: int, kernel: int, dilation: int = 1) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outward, inward, kernel, kernel))
        self.bias = nn.Parameter(torch.zeros(outward))
        self.scale = 1 / math.sqrt(inward * kernel * kernel)
        self.dilation, self.padding = dilation, dilation * (kernel // 2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, in, H, W) -> (B, out, H, W)."""
        weight = self.weight * self.scale
        return functional.conv2d(x, weight, self.bias, padding=self.padding, dilation=self.dilation)


class EqualLinear(nn.Module):
    """A linear layer (..., in) -> (..., out) with equalised learning rate.

    Args:
        inward: width that comes in.
        outward: width that goes out.
        bias: that it begins with.
        rate: learning rate relative to the other layers.
        activate: end in a leaky ReLU.
    """

    def __init__(self, inward: int, outward: int, bias: float = 0.0, rate: float = 1.0, activate: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outward, inward) / rate)
        self.bias = nn.Parameter(torch.full((outward,), bias / rate))
        self.scale, self.rate, self.activate = rate / math.sqrt(inward), rate, activate

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(..., in) -> (..., out)."""
        x = functional.linear(x, self.weight * self.scale, self.bias * self.rate)
        return scaled_leaky_relu(x) if self.activate else x


def blur_kernel(x: torch.Tensor, factor: int = 1) -> torch.Tensor:
    """The blur (C, 1, 4, 4) by (1, 3, 3, 1) both ways of each channel of a map (B, C, H, W).

    Args:
        x: for its channels, device and precision.
        factor: 2 keeps the level of a map of which every second sample is zero.
    """
    taps = torch.tensor([1.0, 3.0, 3.0, 1.0], device=x.device, dtype=x.dtype) * (factor / 8)
    return torch.outer(taps, taps).expand(x.shape[1], 1, 4, 4)


def _blurred(x: torch.Tensor, padding: int) -> torch.Tensor:
    """Blur, padded by `padding` before and behind."""
    return functional.conv2d(x, blur_kernel(x), padding=padding, groups=x.shape[1])


class ConvLayer(nn.Module):
    """A convolution with activation, and halving on request.

    Args:
        inward: channels that come in.
        outward: channels that go out.
        kernel: 1 or 3.
        half: halve the size, after a blur.
        plain: neither bias nor activation, as in a shortcut.
    """

    def __init__(self, inward: int, outward: int, kernel: int, half: bool = False, plain: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outward, inward, kernel, kernel))
        self.bias = None if plain else nn.Parameter(torch.zeros(outward))
        self.scale = 1 / math.sqrt(inward * kernel * kernel)
        self.kernel, self.half = kernel, half

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, in, H, W) -> (B, out, H, W), or half of H and W."""
        weight = self.weight * self.scale
        if self.half:
            x = functional.conv2d(_blurred(x, 2 if self.kernel == 3 else 1), weight, self.bias, stride=2)
        else:
            x = functional.conv2d(x, weight, self.bias, padding=self.kernel // 2)
        return x if self.bias is None else scaled_leaky_relu(x)


class ResDown(nn.Module):
    """StyleGAN2's residual block (B, in, H, W) -> (B, out, H/2, W/2)."""

    def __init__(self, inward: int, outward: int) -> None:
        super().__init__()
        self.conv_0 = ConvLayer(inward, inward, 3)
        self.conv_1 = ConvLayer(inward, outward, 3, half=True)
        self.short = ConvLayer(inward, outward, 1, half=True, plain=True)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, in, H, W) -> (B, out, H/2, W/2)."""
        return (self.conv_1(self.conv_0(x)) + self.short(x)) / math.sqrt(2)
