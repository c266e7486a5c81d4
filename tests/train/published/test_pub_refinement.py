"""The refinement network and StyleGAN2's layers that look at pictures."""

from __future__ import annotations

import math

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from style2talker.train.published.style_a.convolution import (  # noqa: E402
    ConvLayer,
    EqualConv,
    EqualLinear,
    ResDown,
    scaled_leaky_relu,
)
from style2talker.train.published.style_a.refinement import Refinement  # noqa: E402


def count(module: torch.nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def expected_parameters(channels: int = 512, width: int = 256, levels: int = 4) -> int:
    """By hand from the published description, with one pair of heads of the four."""

    def conv(inward: int, outward: int, kernel: int) -> int:
        return inward * outward * kernel * kernel + outward

    three = conv(width, width, 3)
    residual = 2 * three + width * width  # two convolutions and a shortcut without bias
    adain = (width * 128 + 128) + 2 * (128 * width + width)
    inject = 2 * three + 2 * adain
    heads = 2 * (three + conv(width, channels, 3))
    told = 2 * (width * width + width)
    return conv(channels, width, 1) + levels * (2 * residual + inject) + three + told + heads


def test_parameters_are_those_of_the_used_part_of_the_published_network() -> None:
    assert count(Refinement(512)) == expected_parameters()


@pytest.mark.parametrize("size", [8, 16, 64])
def test_the_feature_passes_unchanged_at_first(size: int) -> None:
    torch.manual_seed(0)
    scale, shift = Refinement(6, width=8, size=size, descriptor=5)(torch.randn(2, 6, size, size), torch.randn(2, 5))
    assert scale.shape == shift.shape == (2, 6, size, size)
    assert (scale == 0).all()
    assert (shift == 0).all()


def test_feature_and_motion_both_steer_the_refinement() -> None:
    torch.manual_seed(0)
    network = Refinement(6, width=8, size=16, descriptor=5)
    for branch in (network.scale, network.shift):
        torch.nn.init.normal_(branch.conv_1.weight)
    feature, told = torch.randn(2, 6, 16, 16), torch.randn(2, 5)
    for found, other in zip(network(feature, told), network(feature, told.flip(0)), strict=True):
        assert not torch.allclose(found, other, atol=1e-3)
    for found, other in zip(network(feature, told), network(feature.flip(0), told), strict=True):
        assert not torch.allclose(found, other, atol=1e-3)


def test_equalised_layers_scale_their_weights() -> None:
    torch.manual_seed(0)
    layer, x = EqualConv(4, 5, 3), torch.randn(2, 4, 7, 7)
    expected = torch.nn.functional.conv2d(x, layer.weight / math.sqrt(36), layer.bias, padding=1)
    assert torch.allclose(layer(x), expected, atol=1e-5)
    flat, y = EqualLinear(9, 4), torch.randn(3, 9)
    assert torch.allclose(flat(y), y @ flat.weight.T / 3 + flat.bias, atol=1e-5)
    active = EqualLinear(9, 4, activate=True)
    raw = y @ active.weight.T / 3 + active.bias
    assert torch.allclose(active(y), torch.where(raw > 0, raw, 0.2 * raw) * math.sqrt(2), atol=1e-5)
    assert torch.allclose(scaled_leaky_relu(torch.tensor([1.0, -1.0])), math.sqrt(2) * torch.tensor([1.0, -0.2]))


def test_layers_keep_the_size_of_what_passes() -> None:
    """What equalised weights are for: unit variance in, about unit variance out."""
    torch.manual_seed(0)
    x = torch.randn(2, 64, 32, 32)
    assert ConvLayer(64, 64, 3)(x).detach().pow(2).mean() == pytest.approx(1, abs=0.2)


@pytest.mark.parametrize("kernel", [1, 3])
def test_halving_keeps_a_constant_and_the_middle(kernel: int) -> None:
    layer = ConvLayer(1, 1, kernel, half=True, plain=True)
    with torch.no_grad():
        layer.weight.zero_()
        layer.weight[0, 0, kernel // 2, kernel // 2] = 1 / layer.scale
    ramp = torch.arange(16.0).expand(1, 1, 16, 16)
    found = layer(ramp).detach()
    assert found.shape == (1, 1, 8, 8)
    steps = found[0, 0, 4, 1:-1].diff()
    assert torch.allclose(steps, torch.full_like(steps, 2.0), atol=1e-5)
    assert found[0, 0, 4, 3] == pytest.approx(6.5)  # the mean of pixels 6 and 7: no drift


def test_a_residual_block_halves() -> None:
    torch.manual_seed(0)
    assert ResDown(3, 5)(torch.randn(2, 3, 16, 16)).shape == (2, 5, 8, 8)
