"""StyleGAN2's synthesis layers (Karras et al. 2020) in plain PyTorch: mapping, modulated convolution, to-RGB.

A convolution is modulated by scaling what goes in and demodulated by scaling what comes out, which is the same as to
scale the weights of each sample and to convolve it by itself, but leaves one weight for the whole batch: any number of
samples is one convolution, on every device and in an exported graph. Doubling is a transposed convolution, then a blur
by (1, 3, 3, 1). Deviations: no noise is added and its strength is no parameter, for Style2Talker and VToonify force the
noise to zero; the layers below the base are left out, for nothing ever passes through them.
"""

from __future__ import annotations

import math

import torch
from torch import nn
from torch.nn import functional

from style2talker.train.published.style_a.convolution import EqualLinear, blur_kernel, scaled_leaky_relu

__all__ = ["ModulatedConv", "RowMapping", "StyledConv", "ToRGB", "doubled"]

_EPSILON = 1e-8


def doubled(picture: torch.Tensor) -> torch.Tensor:
    """A picture (B, C, H, W) at twice its size: every second pixel zero, then the blur (StyleGAN2's upsampling)."""
    return functional.conv_transpose2d(picture, blur_kernel(picture, 2), stride=2, padding=1, groups=picture.shape[1])


class RowMapping(nn.Module):
    """A mapping network, applied to each row of a code by itself: normalise, then layers.

    Args:
        width: of a row.
        layers: of the network.
    """

    _RATE = 0.01  # of learning, relative to the synthesis

    def __init__(self, width: int, layers: int) -> None:
        super().__init__()
        self.layers = nn.ModuleList(EqualLinear(width, width, rate=self._RATE, activate=True) for _ in range(layers))

    def forward(self, code: torch.Tensor) -> torch.Tensor:
        """(..., width) -> (..., width)."""
        x = code * torch.rsqrt(code.square().mean(dim=-1, keepdim=True) + _EPSILON)
        for layer in self.layers:
            x = layer(x)
        return x


class ModulatedConv(nn.Module):
    """A convolution whose input channels a style scales.

    Args:
        inward: channels that come in.
        outward: channels that go out.
        kernel: 1 or 3.
        style: width of the style.
        double: double the size.
        demodulate: bring what comes out back to unit size.
    """

    def __init__(
        self, inward: int, outward: int, kernel: int, style: int, double: bool = False, demodulate: bool = True
    ) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outward, inward, kernel, kernel))
        self.modulation = EqualLinear(style, inward, bias=1.0)
        self.scale = 1 / math.sqrt(inward * kernel * kernel)
        self.double, self.demodulate = double, demodulate

    def forward(self, x: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        """Maps (B, inward, H, W) and styles (B or 1, style) -> (B, outward, H, W), or twice H and W."""
        scales = self.modulation(style)  # (B, inward)
        weight = self.weight * self.scale
        x = x * scales[..., None, None]
        if self.double:
            x = functional.conv_transpose2d(x, weight.transpose(0, 1), stride=2)
            x = functional.conv2d(x, blur_kernel(x, 2), padding=1, groups=x.shape[1])
        else:
            x = functional.conv2d(x, weight, padding=weight.shape[-1] // 2)
        if not self.demodulate:
            return x
        energy = functional.linear(scales.square(), weight.square().sum(dim=(2, 3)))  # (B, outward)
        return x * torch.rsqrt(energy + _EPSILON)[..., None, None]


class StyledConv(nn.Module):
    """A modulated convolution of three by three, a bias and the activation.

    Args:
        inward: channels that come in.
        outward: channels that go out.
        style: width of the style.
        double: double the size.
    """

    def __init__(self, inward: int, outward: int, style: int, double: bool = False) -> None:
        super().__init__()
        self.conv = ModulatedConv(inward, outward, 3, style, double)
        self.bias = nn.Parameter(torch.zeros(outward))

    def forward(self, x: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        """Maps (B, inward, H, W) and styles (B or 1, style) -> (B, outward, H, W), or twice H and W."""
        return scaled_leaky_relu(self.conv(x, style) + self.bias[:, None, None])


class ToRGB(nn.Module):
    """What a feature map adds to the picture.

    Args:
        inward: channels that come in.
        style: width of the style.
    """

    def __init__(self, inward: int, style: int) -> None:
        super().__init__()
        self.conv = ModulatedConv(inward, 3, 1, style, demodulate=False)
        self.bias = nn.Parameter(torch.zeros(3))

    def forward(self, x: torch.Tensor, style: torch.Tensor, picture: torch.Tensor) -> torch.Tensor:
        """Maps (B, inward, H, W), styles (B or 1, style) and the picture (B, 3, H, W) so far -> the picture."""
        return self.conv(x, style) + self.bias[:, None, None] + picture
