"""ModRes, content encoder and fusion: what the degree does, written out with plain arithmetic."""

from __future__ import annotations

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from torch.nn import functional  # noqa: E402

from style2talker.train.published.style_a.content import PARSING_CHANNELS, Content, ContentEncoder  # noqa: E402
from style2talker.train.published.style_a.fusion import DegreeMask, FeatureFusion, PictureFusion  # noqa: E402
from style2talker.train.published.style_a.modres import AdaptiveInstanceNorm, ModRes, dilations  # noqa: E402
from style2talker.train.published.style_a.settings import StyleASettings  # noqa: E402

TINY = StyleASettings.tiny()


def test_holes_are_those_of_the_published_blocks() -> None:
    assert dilations(32) == (4, 4, 2, 2, 1, 1)
    assert dilations(16) == (2, 2, 1, 1)
    assert dilations(8) == (1, 1)


def test_norm_takes_scale_and_shift_from_the_style() -> None:
    torch.manual_seed(0)
    norm = AdaptiveInstanceNorm(3, 5)
    x, style = 4 + 3 * torch.randn(2, 3, 7, 11), torch.randn(2, 5)
    with torch.no_grad():
        found, told = norm(x, style).numpy(), norm.style(style).numpy()
    pixels = x.numpy()
    plain = pixels - pixels.mean(axis=(2, 3), keepdims=True)
    plain /= np.sqrt(pixels.var(axis=(2, 3), keepdims=True) + 1e-5)
    np.testing.assert_allclose(found, told[:, :3, None, None] * plain + told[:, 3:, None, None], atol=1e-5)
    assert torch.equal(norm.style.bias, torch.tensor([1.0, 1, 1, 0, 0, 0]))


@pytest.mark.parametrize("dilation", [4, 1])
def test_modres_is_the_identity_at_degree_0_and_linear_in_the_degree(dilation: int) -> None:
    torch.manual_seed(1)
    block = ModRes(6, 5, dilation)
    x, style = torch.randn(3, 6, 13, 11), torch.randn(3, 5)
    with torch.no_grad():
        assert torch.equal(block(x, style, torch.zeros(3, 1)), x)
        whole = block(x, style, torch.ones(3, 1)) - x
        mixed = block(x, style, torch.tensor([[0.0], [0.5], [1.0]])) - x
    assert float(whole.abs().max()) > 0
    assert torch.equal(mixed[0], torch.zeros_like(mixed[0]))
    assert torch.allclose(mixed[1:], torch.stack([0.5 * whole[1], whole[2]]), atol=1e-6)


def test_modres_begins_near_the_identity_and_reaches_as_far_as_its_holes() -> None:
    torch.manual_seed(2)
    block = ModRes(4, 5, 4)
    x, style, degree = torch.randn(1, 4, 31, 31), torch.randn(1, 5), torch.ones(1, 1)
    with torch.no_grad():
        assert float((block(x, style, degree) - x).std()) < 0.1 * float(x.std())
    convs = [block.conv, block.conv2]
    seen = torch.zeros(1, 4, 31, 31, requires_grad=True)
    out = seen
    for conv in convs:
        conv.weight.data.abs_()
        out = conv(out)
    out[0, :, 15, 15].sum().backward()
    rows = torch.nonzero(seen.grad.abs().sum((0, 1, 3))).flatten().tolist()
    assert rows == [7, 11, 15, 19, 23]


def content_of(settings: StyleASettings, degree: float, seed: int = 0) -> Content:
    torch.manual_seed(seed)
    encoder = ContentEncoder(settings)
    side = settings.input_size
    structure = torch.randn(2, settings.structure_rows, settings.style_width)
    with torch.no_grad():
        picture, parsing = torch.randn(2, 3, side, side), torch.randn(2, PARSING_CHANNELS, side, side)
        return encoder(picture, parsing, structure, torch.full((2, 1), degree))


def test_content_comes_at_four_sizes() -> None:
    content = content_of(TINY, 0.5)
    assert [tuple(scale.shape) for scale in content.scales] == [
        (2, 32, 8, 8),
        (2, 32, 16, 16),
        (2, 16, 32, 32),
        (2, 8, 64, 64),
    ]
    assert content.feature.shape == (2, 32, 8, 8)
    assert content.image.shape == (2, 3, 8, 8)


def test_the_degree_changes_where_synthesis_begins_and_no_other_content() -> None:
    none, full = content_of(TINY, 0.0), content_of(TINY, 1.0)
    assert all(torch.equal(a, b) for a, b in zip(none.scales, full.scales, strict=True))
    assert not torch.equal(none.feature, full.feature)


def test_at_degree_0_the_residual_blocks_stand_alone() -> None:
    torch.manual_seed(0)
    encoder = ContentEncoder(TINY)
    picture, parsing = torch.randn(1, 3, 64, 64), torch.randn(1, 19, 64, 64)
    structure = torch.randn(1, TINY.structure_rows, TINY.style_width)
    with torch.no_grad():
        content = encoder(picture, parsing, structure, torch.zeros(1, 1))
        x = content.scales[0]
        for block in encoder.residuals:
            out = functional.leaky_relu(block.conv(x), 0.2)
            x = (functional.leaky_relu(block.conv2(out), 0.2) + x) / math.sqrt(2)
    assert torch.allclose(content.feature, x, atol=1e-6)


def test_blocks_see_the_rows_of_structure_after_the_first() -> None:
    torch.manual_seed(3)
    encoder = ContentEncoder(TINY)
    structure = torch.randn(1, TINY.structure_rows, TINY.style_width, requires_grad=True)
    content = encoder(torch.randn(1, 3, 64, 64), torch.randn(1, 19, 64, 64), structure, torch.ones(1, 1))
    content.feature.square().sum().backward()
    assert (structure.grad.abs().sum(-1) > 0).tolist() == [[False, True, True]]


def test_a_mask_is_what_its_formula_says() -> None:
    torch.manual_seed(4)
    mask = DegreeMask(3, 8)
    feature, content, degree = torch.randn(2, 3, 7, 11), torch.randn(2, 3, 7, 11), torch.tensor([[0.2], [0.9]])
    with torch.no_grad():
        found = mask(feature, content, degree)
        told = degree
        for layer in (mask.linear[0], mask.linear[2]):
            told = functional.leaky_relu(told @ layer.weight.T + layer.bias, 0.2)
        both = mask.norm(torch.cat([feature, (feature - content).abs()], 1), told)
        raw = functional.conv2d(both, mask.conv2.weight, mask.conv2.bias, padding=1)
    assert torch.allclose(found, torch.tanh(raw.clamp(min=0)), atol=1e-6)
    assert 0 <= float(found.min()) <= float(found.max()) < 1


def test_a_mask_listens_to_the_degree() -> None:
    torch.manual_seed(5)
    mask = DegreeMask(4, 16)
    feature, content = torch.randn(1, 4, 9, 9), torch.randn(1, 4, 9, 9)
    with torch.no_grad():
        assert not torch.equal(mask(feature, content, torch.zeros(1, 1)), mask(feature, content, torch.ones(1, 1)))


def test_an_open_mask_can_learn() -> None:
    torch.manual_seed(6)
    mask = DegreeMask(4, 16, begin_open=True)
    found = mask(torch.randn(2, 4, 9, 9), torch.randn(2, 4, 9, 9), torch.rand(2, 1))
    assert torch.allclose(found, torch.tensor(math.tanh(2.0)))
    found.sum().backward()
    assert float(mask.conv2.weight.grad.abs().max()) > 0


def test_fusion_joins_along_the_channels() -> None:
    torch.manual_seed(7)
    feature, kept, picture = torch.randn(2, 3, 7, 5), torch.randn(2, 3, 7, 5), torch.randn(2, 3, 7, 5)
    fuse, paint = FeatureFusion(3), PictureFusion(3)
    with torch.no_grad():
        assert torch.equal(fuse(feature, kept), fuse.conv(torch.cat([feature, kept], 1)))
        assert torch.equal(paint(picture, kept), paint.conv(torch.cat([picture, kept], 1)))


def test_a_quiet_fusion_gives_the_picture_and_the_portrait_that_is_carried() -> None:
    picture, kept, portrait = torch.randn(2, 3, 7, 5), torch.randn(2, 4, 7, 5), torch.randn(2, 3, 7, 5)
    with torch.no_grad():
        assert torch.allclose(PictureFusion(4, quiet=True)(picture, kept), picture, atol=1e-6)
        carried = PictureFusion(4, quiet=True, carried=True)(picture, kept, portrait)
    assert torch.allclose(carried, picture + portrait, atol=1e-6)
