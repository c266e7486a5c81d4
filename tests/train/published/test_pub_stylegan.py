"""StyleGAN2's layers against one convolution per sample, and against upsampling written out with SciPy."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import signal

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from style2talker.train.published.style_a.convolution import EqualLinear, blur_kernel  # noqa: E402
from style2talker.train.published.style_a.stylegan import (  # noqa: E402
    ModulatedConv,
    RowMapping,
    StyledConv,
    ToRGB,
    doubled,
)

BLUR = np.outer([1, 3, 3, 1], [1, 3, 3, 1]) / 64
SQUARE = math.sqrt(2)


def spread(x: np.ndarray) -> np.ndarray:
    """A map with a zero after each of its values, both ways."""
    out = np.zeros((2 * x.shape[0], 2 * x.shape[1]))
    out[::2, ::2] = x
    return out


def enlarged(x: np.ndarray) -> np.ndarray:
    """Zeros between, 2 before and 1 behind, blur that keeps the level: StyleGAN2's upsampling of a map."""
    return signal.convolve2d(np.pad(spread(x), (2, 1)), 4 * BLUR, mode="valid")


def convolved(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """What a network calls a convolution, (C, H, W) by (out, C, 3, 3), padded to the same size."""
    rows = [sum(signal.correlate2d(plane, taps, mode="same") for plane, taps in zip(x, w, strict=True)) for w in weight]
    return np.stack(rows)


def convolved_doubling(x: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Zeros between, full convolution with the flipped weight, blur with one pixel of padding, written out."""
    found = []
    for w in weight:
        whole = sum(
            signal.convolve2d(spread(plane)[:-1, :-1], taps, mode="full") for plane, taps in zip(x, w, strict=True)
        )
        found.append(signal.convolve2d(np.pad(whole, 1), 4 * BLUR, mode="valid"))
    return np.stack(found)


def reference(layer: ModulatedConv, x: torch.Tensor, style: torch.Tensor) -> np.ndarray:
    """Each sample by itself, in double precision, with weights of its own: modulate, demodulate, convolve."""
    linear = layer.modulation
    out = []
    for sample, row in zip(x.double().numpy(), style.double().numpy(), strict=True):
        scales = row @ linear.weight.detach().double().numpy().T / math.sqrt(style.shape[1])
        scales = scales + linear.bias.detach().double().numpy()
        weight = layer.weight.detach().double().numpy()
        weight = weight / math.sqrt(weight[0].size) * scales[None, :, None, None]
        if layer.demodulate:
            weight = weight / np.sqrt((weight**2).sum(axis=(1, 2, 3), keepdims=True) + 1e-8)
        if layer.double:
            out.append(convolved_doubling(sample, weight))
        elif weight.shape[-1] == 1:
            out.append(np.einsum("oc,chw->ohw", weight[:, :, 0, 0], sample))
        else:
            out.append(convolved(sample, weight))
    return np.stack(out)


@pytest.mark.parametrize("demodulate", [True, False])
@pytest.mark.parametrize(("kernel", "double"), [(3, False), (3, True), (1, False)])
def test_modulated_convolution_is_one_convolution_per_sample(kernel: int, double: bool, demodulate: bool) -> None:
    torch.manual_seed(0)
    layer = ModulatedConv(5, 3, kernel, 11, double=double, demodulate=demodulate)
    x, style = torch.randn(3, 5, 7, 13), torch.randn(3, 11)
    with torch.no_grad():
        found = layer(x, style).numpy()
    assert found.shape == ((3, 3, 14, 26) if double else (3, 3, 7, 13))
    np.testing.assert_allclose(found, reference(layer, x, style), atol=2e-5)


def test_one_style_serves_all_maps() -> None:
    torch.manual_seed(1)
    layer = ModulatedConv(4, 6, 3, 8)
    x, style = torch.randn(5, 4, 7, 7), torch.randn(1, 8)
    with torch.no_grad():
        assert torch.allclose(layer(x, style), layer(x, style.expand(5, -1)), atol=1e-6)


def test_demodulation_undoes_the_size_of_the_style() -> None:
    torch.manual_seed(2)
    layer = ModulatedConv(32, 32, 3, 16)
    x, style = torch.randn(2, 32, 11, 11), torch.randn(2, 16)
    with torch.no_grad():
        plain = layer(x, style)
        layer.modulation.weight *= 7
        layer.modulation.bias *= 7
        assert torch.allclose(layer(x, style), plain, atol=1e-4)
    assert 0.8 < float(plain.std()) < 1.2


def test_doubling_is_zeros_between_and_a_blur() -> None:
    picture = torch.randn(2, 3, 7, 5, generator=torch.Generator().manual_seed(3))
    expected = np.stack([[enlarged(plane) for plane in sample] for sample in picture.numpy()])
    np.testing.assert_allclose(doubled(picture).numpy(), expected, atol=1e-6)


def test_doubling_keeps_the_level() -> None:
    assert torch.allclose(doubled(torch.full((1, 2, 9, 9), 0.7))[:, :, 2:-2, 2:-2], torch.tensor(0.7))


def test_a_slow_layer_begins_like_a_fast_one_and_learns_slower() -> None:
    torch.manual_seed(4)
    fast, slow = EqualLinear(64, 64, bias=0.5), EqualLinear(64, 64, bias=0.5, rate=0.01)
    with torch.no_grad():
        slow.weight.copy_(fast.weight / 0.01)
    x = torch.randn(7, 64)
    assert torch.allclose(fast(x), slow(x), atol=1e-5)
    assert 0.8 < float(fast(x).detach().std()) < 1.2
    for layer in (fast, slow):
        layer(x).square().mean().backward()
    assert torch.allclose(slow.weight.grad, 0.01 * fast.weight.grad, atol=1e-7)
    assert torch.allclose(slow.bias.grad, 0.01 * fast.bias.grad, atol=1e-7)


def test_mapping_takes_each_row_by_itself_and_no_notice_of_its_length() -> None:
    torch.manual_seed(5)
    mapping = RowMapping(16, 8)
    code = torch.randn(3, 7, 16)
    with torch.no_grad():
        whole = mapping(code)
        assert torch.allclose(whole[1, 4], mapping(code[1, 4]), atol=1e-6)
        assert torch.allclose(mapping(5 * code), whole, atol=1e-5)
    assert len(mapping.layers) == 8


def test_a_styled_convolution_is_convolution_bias_activation() -> None:
    torch.manual_seed(6)
    layer = StyledConv(4, 5, 8, double=True)
    x, style = torch.randn(2, 4, 7, 7), torch.randn(2, 8)
    with torch.no_grad():
        layer.bias.copy_(torch.arange(5.0))
        expected = reference(layer.conv, x, style) + np.arange(5.0)[:, None, None]
        found = layer(x, style).numpy()
    np.testing.assert_allclose(found, np.where(expected > 0, expected, 0.2 * expected) * SQUARE, atol=2e-5)


def test_to_rgb_adds_to_the_picture() -> None:
    torch.manual_seed(7)
    layer = ToRGB(6, 8)
    x, style, picture = torch.randn(2, 6, 7, 11), torch.randn(2, 8), torch.randn(2, 3, 7, 11)
    with torch.no_grad():
        layer.bias.copy_(torch.tensor([0.1, 0.2, 0.3]))
        found = (layer(x, style, picture) - picture).numpy()
    expected = reference(layer.conv, x, style) + np.array([0.1, 0.2, 0.3])[:, None, None]
    np.testing.assert_allclose(found, expected, atol=1e-5)


@pytest.mark.parametrize("factor", [1, 2])
def test_the_blur_is_the_same_for_every_channel(factor: int) -> None:
    kernel = blur_kernel(torch.zeros(2, 5, 7, 7), factor)
    assert kernel.shape == (5, 1, 4, 4)
    assert np.array_equal(kernel[3, 0].numpy(), (factor**2 * BLUR).astype(np.float32))
