"""Motion in one piece and motion that was joined."""

import numpy as np
import pytest
from made_people import JAW, PUCKER, moved, wandering

from style2talker.evaluate.seams import CHANNELS, Seams, seam_ratios, seams

EVERY = 50


def motion(step=0.0, n=2000):
    """Smooth curves; every 50 frames the jaw takes a step."""
    jaw = 0.4 * wandering(1, n) + 0.1
    jaw += step * (np.arange(n) // EVERY % 2)
    return moved({JAW: jaw, PUCKER: 0.5 * wandering(2, n)}, 0.1 * np.stack([wandering(k, n) for k in (3, 4, 5)], 1))


def test_one_piece_has_no_seams():
    found = seams(motion(), EVERY)
    assert isinstance(found, Seams)
    assert found.ratio == pytest.approx(1, abs=0.2)
    assert found.worst_ratio < 1.5
    assert found.chance.low < 1 < found.chance.high


def test_a_step_at_every_joint_is_seen_in_its_channel():
    found = seams(motion(step=0.2), EVERY)
    assert found.ratio > 1.2
    assert not found.chance.holds(found.ratio)
    assert found.worst == "jawOpen"
    assert found.worst_ratio > 2 > found.worst_chance
    assert found.worst_ratio > seams(motion(step=0.1), EVERY).worst_ratio


def test_joints_elsewhere_than_thought_are_not_seen():
    assert seams(motion(step=0.2), 47).ratio == pytest.approx(1, abs=0.2)


def test_every_channel_has_its_ratio_and_still_ones_have_none():
    borders = range(EVERY, 2000, EVERY)
    found = seam_ratios(motion(step=0.2), borders)
    assert tuple(found) == CHANNELS and len(CHANNELS) == 58
    assert found["jawOpen"] > 2
    assert found["mouthPucker"] == pytest.approx(1, abs=0.35)
    assert np.isnan(found["cheekPuff"]) and np.isnan(found["up"])


def test_a_single_step_touches_the_three_differences_that_span_it():
    jaw = 0.2 * wandering(3, 100)
    joined = jaw + 0.3 * (np.arange(100) >= 40)
    one = np.abs(np.diff(joined.astype(np.float32), 3))
    by_hand = one[37:40].mean() / np.delete(one, range(37, 40)).mean()
    assert seam_ratios(moved({JAW: joined}), [40])["jawOpen"] == pytest.approx(by_hand, rel=1e-3)


def test_nothing_to_compare_gives_nothing():
    for still in (seams(moved({JAW: np.zeros(400)}), EVERY), seams(moved({JAW: wandering(1, 30)}), EVERY)):
        assert np.isnan([still.ratio, still.worst_ratio, still.worst_chance]).all()
        assert still.worst == ""
        assert np.isnan(still.chance).all()
    assert np.isnan(list(seam_ratios(moved({JAW: np.zeros(2)}), [1]).values())).all()
