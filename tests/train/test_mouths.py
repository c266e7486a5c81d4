"""What counts as a wrong mouth."""

import pytest

torch = pytest.importorskip("torch", reason="training needs the train extra")

from style2talker.style_e.factors import CHANNELS  # noqa: E402
from style2talker.train.mouths import filmed_mouth_loss, invented_mouth_loss, opening_of  # noqa: E402

CLOSURE = CHANNELS.index("closure")


def wave(phase=0.0):
    out = torch.zeros(2, 60, len(CHANNELS))
    out += (0.3 + 0.25 * torch.sin(torch.arange(60) / 3 + phase))[None, :, None]
    out[..., CLOSURE] = 0.05
    return out


def test_shut_lips_have_no_opening():
    mouth = wave()
    shut = mouth.clone()
    shut[..., CLOSURE] = 1.0
    assert (opening_of(shut) < 0.25 * opening_of(mouth)).all()


def test_an_invented_mouth_must_be_met_in_place_and_time():
    assert invented_mouth_loss(wave(), wave()) < invented_mouth_loss(wave(0.3), wave())
    assert invented_mouth_loss(wave(), wave()) < invented_mouth_loss(0.8 * wave(), wave())


def test_a_filmed_mouth_must_be_met_in_time_alone():
    target, opening = wave(), 0.1 * opening_of(wave())
    right = filmed_mouth_loss(wave(), target, opening)
    assert filmed_mouth_loss(0.6 * wave(), target, opening) < right + 0.02
    assert filmed_mouth_loss(wave(1.5), target, opening) > right + 0.5
