"""Style codes: which rows come from where, and encoders of the right shape."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from style2talker.train.published.style_a.codes import (  # noqa: E402
    ArtEncoder,
    ArtTable,
    ColourTransforms,
    IdentityEncoder,
    mix_codes,
)
from style2talker.train.published.style_a.settings import StyleASettings  # noqa: E402

TINY = StyleASettings.tiny()


def test_structure_comes_from_the_art_and_colour_from_the_identity() -> None:
    identity, art = torch.zeros(2, 18, 512), torch.ones(2, 18, 512)
    mixed = mix_codes(identity, art, StyleASettings.paper().structure_rows)
    assert mixed[0, :, 0].tolist() == [1.0] * 7 + [0.0] * 11
    assert torch.equal(mix_codes(art, art, 7), art)


def test_colour_transforms_begin_near_the_identity_each_for_its_row() -> None:
    torch.manual_seed(0)
    transforms = ColourTransforms(64, 3)
    styles = torch.randn(2, 3, 64)
    with torch.no_grad():
        assert float((transforms(styles) - styles).abs().max()) < 0.1
        transforms.rows[1].weight.zero_()
        changed = transforms(styles)
    assert torch.equal(changed[:, 1], torch.zeros(2, 64))
    assert float((changed[:, [0, 2]] - styles[:, [0, 2]]).abs().max()) < 0.1


def test_faces_become_codes_one_by_one() -> None:
    torch.manual_seed(1)
    encoder = IdentityEncoder(TINY).train()
    faces = torch.randn(3, 3, TINY.identity_size, TINY.identity_size)
    with torch.no_grad():
        codes = encoder(faces)
        assert codes.shape == (3, TINY.rows, TINY.style_width)
        assert torch.allclose(codes[1:2], encoder(faces[1:2]), atol=1e-5)
        encoder.average.fill_(1.0)
        assert torch.allclose(encoder(faces), codes + 1, atol=1e-5)


def test_statistics_of_the_norms_stay_in_training() -> None:
    torch.manual_seed(2)
    encoder = IdentityEncoder(TINY).train()
    before = {name: value.clone() for name, value in encoder.named_buffers()}
    encoder(5 + 3 * torch.randn(2, 3, TINY.identity_size, TINY.identity_size)).sum().backward()
    assert all(torch.equal(value, before[name]) for name, value in encoder.named_buffers())
    assert all(p.grad is not None for p in encoder.parameters())


@pytest.mark.parametrize(("height", "width"), [(32, 32), (37, 53), (101, 67)])
def test_an_art_picture_of_any_shape_becomes_a_code(height: int, width: int) -> None:
    torch.manual_seed(3)
    encoder = ArtEncoder(TINY)
    pictures = torch.rand(2, 3, height, width) * 2 - 1
    with torch.no_grad():
        codes = encoder(pictures)
        assert codes.shape == (2, TINY.rows, TINY.style_width)
        assert torch.allclose(codes[:1], encoder(pictures[:1]), atol=1e-5)
        assert not torch.allclose(codes[0], codes[1], atol=1e-4)


def test_a_flat_art_picture_can_be_learnt_from() -> None:
    torch.manual_seed(4)
    encoder = ArtEncoder(TINY)
    encoder(torch.zeros(1, 3, 64, 64)).square().sum().backward()
    assert all(torch.isfinite(p.grad).all() for p in encoder.parameters())


def test_a_number_names_a_code() -> None:
    torch.manual_seed(5)
    table = ArtTable(TINY)
    found = table(torch.tensor([3, 0, 3]))
    assert torch.equal(found[0], table.codes[3])
    assert torch.equal(found[0], found[2])
    assert table.codes.shape == (TINY.styles, TINY.rows, TINY.style_width)
