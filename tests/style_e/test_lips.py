"""Channels become curves: lips that shut on closures, in silence and at both ends, both sides alike."""

import numpy as np
import pytest

from style2talker.records import ARKIT_NAMES
from style2talker.style_e.factors import CHANNELS
from style2talker.style_e.lips import ARTICULATION, lip_curves, opening_pulls

JAW = ARKIT_NAMES.index("jawOpen")
FPS = 25.0


def channels(n=50, jaw=0.25, closure=0.05):
    out = np.zeros((n, len(CHANNELS)), np.float32)
    out[:, 0], out[:, -1] = jaw, closure
    return out


def curves(values, activity=1.0):
    return lip_curves(values, np.full(len(values), activity, np.float32), FPS)


def test_lips_meet_at_a_weak_but_clear_closure_and_not_in_doubt():
    """A dip of one frame between open vowels shuts; a long half-hearted likelihood does not."""
    values = channels(closure=0.15)
    values[10, -1], values[10, 0] = 0.5, 0.06
    values[25:, -1] = 0.5
    jaw = curves(values)[:, JAW]
    assert jaw[10] < 0.02
    assert jaw[[7, 13, 30, 44]].min() > 0.25


def test_a_sure_closure_shuts_as_long_as_it_lasts():
    values = channels()
    values[20:26, -1], values[20:26, 0] = 0.95, 0.03
    jaw = curves(values)[:, JAW]
    assert jaw[20:26].max() < 0.01
    assert jaw[[15, 30]].min() > 0.25


def test_a_closure_of_wide_open_lips_is_not_believed():
    values = channels()
    values[20:26, -1] = 0.95
    assert curves(values)[:, JAW][15:30].min() > 0.25


def test_the_jaw_parts_the_lips_and_a_lifted_lower_lip_joins_them():
    pulls = dict(zip(CHANNELS, opening_pulls(), strict=True))
    assert pulls["jawOpen"] > pulls["mouthLowerDown"] > pulls["mouthFunnel"] > 0 > pulls["mouthShrugLower"]
    assert pulls["closure"] == 0
    assert len(ARTICULATION) == len(CHANNELS) and ARTICULATION[-1] == 1


@pytest.mark.parametrize("end", [0, -1])
def test_the_ends_are_shut(end):
    assert curves(channels())[end].max() == 0


def test_nobody_speaks_nothing_moves():
    assert curves(channels(), activity=0.0).max() == 0
    half = np.zeros(100, np.float32)
    half[:50] = 1.0
    out = lip_curves(channels(100), half, FPS)
    assert out[:45, JAW].max() > 0.25
    assert out[60:].max() < 0.01


def test_only_the_mouth_moves_and_both_sides_alike():
    rng = np.random.default_rng(0)
    out = curves(rng.uniform(-0.2, 1.4, (60, len(CHANNELS))).astype(np.float32))
    others = [i for i, name in enumerate(ARKIT_NAMES) if not name.startswith(("mouth", "jaw"))]
    assert np.abs(out[:, others]).max() == 0
    left, right = ARKIT_NAMES.index("mouthLowerDownLeft"), ARKIT_NAMES.index("mouthLowerDownRight")
    assert np.array_equal(out[:, left], out[:, right])
    assert out.min() >= 0 and out.max() <= 1
