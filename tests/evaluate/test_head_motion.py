"""Heads that swing by known angles at known speeds."""

import numpy as np
import pytest
from made_people import FPS, moved, wandering

from style2talker.evaluate.head_motion import HEAD_STATISTICS, head_statistics
from style2talker.records import Motion

TIMES = np.arange(500) / FPS


def swinging(hertz, degrees, axis=1):
    rotation = np.zeros((500, 3))
    rotation[:, axis] = np.radians(degrees) * np.sin(2 * np.pi * hertz * TIMES)
    return moved({}, rotation)


@pytest.mark.parametrize(("axis", "name"), [(0, "pitch"), (1, "yaw"), (2, "roll")])
def test_range_and_speed_of_a_swing(axis, name):
    found = head_statistics(swinging(0.3, 10, axis), smooth_s=0.01)
    # A sine spends 5 % of its time beyond sin(0.45 pi).
    assert found[f"{name} range"] == pytest.approx(2 * 10 * np.sin(0.45 * np.pi), rel=0.02)
    fastest = 10 * 2 * np.pi * 0.3
    assert found[f"{name} median speed"] == pytest.approx(fastest * np.sqrt(0.5), rel=0.02)
    assert found[f"{name} quick speed"] == pytest.approx(fastest * np.sin(0.45 * np.pi), rel=0.02)
    others = [value for key, value in found.items() if not key.startswith(name)]
    assert max(others) < 1e-6
    assert tuple(found) == HEAD_STATISTICS


def test_the_trembling_of_a_track_hardly_counts():
    plain = swinging(0.4, 8)
    noise = np.random.default_rng(0).normal(0, np.radians(0.3), plain.rotation.shape)
    shaky = moved({}, plain.rotation + noise)
    one, two = head_statistics(plain), head_statistics(shaky)
    assert two["yaw range"] == pytest.approx(one["yaw range"], rel=0.05)
    assert two["yaw quick speed"] == pytest.approx(one["yaw quick speed"], rel=0.15)
    # Without smoothing the noise alone is as fast as the head.
    assert head_statistics(shaky, smooth_s=1e-3)["pitch median speed"] > 4 * two["pitch median speed"]


def test_the_clock_does_not_matter():
    motion = swinging(0.3, 10)
    double = motion.resampled(50, 999)
    one, two = head_statistics(motion), head_statistics(double)
    for name in HEAD_STATISTICS:
        assert two[name] == pytest.approx(one[name], rel=0.02, abs=1e-3)


def test_a_moment_says_nothing_and_a_statue_has_zeros():
    short = Motion(np.zeros((20, 52)), wandering(0, 60).reshape(20, 3), np.zeros((20, 3)), FPS)
    assert np.isnan(list(head_statistics(short).values())).all()
    assert set(head_statistics(moved({0: np.zeros(50)})).values()) == {0.0}
