"""Moving feature maps by a flow."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from style2talker.train.published.style_a.warp import resize_flow, warp  # noqa: E402


def constant(x: float, y: float, height: int, width: int) -> torch.Tensor:
    return torch.tensor([float(x), float(y)]).reshape(1, 2, 1, 1).expand(1, 2, height, width).clone()


@pytest.mark.parametrize(("height", "width"), [(64, 64), (7, 13), (128, 128)])
def test_zero_flow_is_the_identity_up_to_the_border(height: int, width: int) -> None:
    feature = torch.randn(2, 3, height, width, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(warp(feature, torch.zeros(2, 2, height, width)), feature, atol=2e-5)


def test_a_flow_moves_by_exactly_that_many_pixels() -> None:
    feature = torch.randn(1, 2, 11, 17, generator=torch.Generator().manual_seed(0))
    moved = warp(feature, constant(3, -2, 11, 17))
    assert torch.allclose(moved[..., 2:, :14], feature[..., :9, 3:], atol=1e-5)
    half = warp(feature, constant(0.5, 0, 11, 17))
    assert torch.allclose(half[..., :16], (feature[..., :16] + feature[..., 1:]) / 2, atol=1e-5)


def test_what_lies_beyond_the_border_repeats_it() -> None:
    feature = torch.arange(5.0).reshape(1, 1, 1, 5).expand(1, 1, 4, 5)
    assert torch.allclose(warp(feature, constant(100, 0, 4, 5)), torch.full((1, 1, 4, 5), 4.0))


def test_one_feature_serves_many_flows() -> None:
    feature = torch.randn(1, 2, 8, 8, generator=torch.Generator().manual_seed(0))
    flows = torch.cat([constant(0, 0, 8, 8), constant(1, 0, 8, 8)])
    moved = warp(feature, flows)
    assert torch.allclose(moved[0], feature[0], atol=1e-5)
    assert torch.allclose(moved[1, :, :, :7], feature[0, :, :, 1:], atol=1e-5)


def test_half_precision_is_sampled_in_full() -> None:
    feature = torch.randn(1, 1, 8, 512, generator=torch.Generator().manual_seed(0)).bfloat16()
    moved = warp(feature, constant(3, 0, 8, 512).bfloat16())
    assert moved.dtype == torch.bfloat16
    assert torch.allclose(moved[..., :509].float(), feature[..., 3:].float(), atol=1e-2)


@pytest.mark.parametrize("size", [4, 8, 16, 32])
def test_a_resized_flow_means_the_same_movement(size: int) -> None:
    flow = constant(1.5, -1, 8, 8)
    assert torch.allclose(resize_flow(flow, size), constant(1.5 * size / 8, -size / 8, size, size), atol=1e-6)


def test_warping_large_and_shrinking_is_shrinking_and_warping_small() -> None:
    """The centres of pixels agree across scales: no drift of half a pixel."""
    x = torch.linspace(-1, 1, 64)
    picture = (torch.sin(3 * x)[None] * torch.cos(2 * x)[:, None])[None, None]
    flow = constant(2, 1, 16, 16)
    large = torch.nn.functional.avg_pool2d(warp(picture, resize_flow(flow, 64)), 4)
    small = warp(torch.nn.functional.avg_pool2d(picture, 4), flow)
    assert (large - small)[..., 2:-2, 2:-2].abs().max() < 1e-3
