"""Blinks at known times among gazes, squints and noise."""

import numpy as np
import pytest
from made_people import FPS, LIDS, moved

from style2talker.evaluate.blinks import Blink, BlinkStatistics, blink_pools, blink_statistics, find_blinks, lid_closure


def lids(times, seconds=20.0, height=0.7, floor=0.1, fps=FPS, noise=0.0):
    """Closure with blinks of 100 ms down and 200 ms up around each time."""
    clock = np.arange(round(seconds * fps)) / fps
    curve = np.full(len(clock), floor)
    for time in times:
        down, up = (clock - time + 0.1) / 0.1, 1 - (clock - time) / 0.2
        curve = np.maximum(curve, floor + (height - floor) * np.clip(np.minimum(down, up), 0, 1))
    return curve + np.random.default_rng(0).normal(0, noise, len(clock)) if noise else curve


def blinking(*times, **options):
    return moved(dict.fromkeys(LIDS, lids(times, **options)))


@pytest.mark.parametrize("fps", [25.0, 30.0, 60.0])
def test_every_blink_is_found_when_it_is(fps):
    times = [1.0, 3.32, 3.92, 9.0, 17.4]
    found = find_blinks(lids(times, fps=fps), fps)
    assert [blink.time for blink in found] == pytest.approx(times, abs=0.021)
    for blink in found:
        assert blink.closure == pytest.approx(0.7, abs=0.1)
        # Four fifths of a triangle that is 0.3 s wide.
        assert blink.duration == pytest.approx(0.24, abs=0.04)


def test_noise_makes_no_blinks_and_hides_none():
    assert find_blinks(lids([], noise=0.03), FPS) == []
    found = find_blinks(lids([2, 8, 15], noise=0.03), FPS)
    assert [blink.time for blink in found] == pytest.approx([2, 8, 15], abs=0.05)


def test_a_lowered_gaze_and_a_long_squint_are_none():
    curve = lids([])
    curve[100:150] = 0.5
    curve[300:] = 0.3
    assert find_blinks(curve, FPS) == []


def test_two_blinks_close_together_are_two():
    """The lids are still half closed when they close again."""
    curve = np.maximum(lids([5.0]), lids([5.28]))
    curve[126:131] = np.maximum(curve[126:131], 0.3)
    assert [blink.time for blink in find_blinks(curve, FPS)] == pytest.approx([5.0, 5.28], abs=0.03)


def test_the_trembling_of_shut_eyes_is_none():
    curve = lids([])
    curve[100:300] = 0.7 + 0.14 * (-1.0) ** (np.arange(200) // 3)
    assert find_blinks(curve[105:295], FPS) == []


def test_small_twitches_and_cut_blinks_are_none():
    assert find_blinks(lids([5], height=0.3), FPS) == []
    assert find_blinks(lids([0.0, 20.0]), FPS) == []
    assert find_blinks(np.zeros(2), FPS) == []
    holes = lids([5, 9])
    holes[220:230] = np.nan
    assert [blink.time for blink in find_blinks(holes, FPS)] == pytest.approx([5])


def test_a_motion_is_judged_by_both_lids():
    motion = moved({LIDS[0]: lids([4]), LIDS[1]: lids([4], height=0.5)})
    (blink,) = find_blinks(lid_closure(motion), FPS)
    assert isinstance(blink, Blink)
    assert blink.closure == pytest.approx(0.6, abs=0.02)


def test_clips_are_pooled():
    found = blink_statistics([blinking(1, 5, 9), blinking(seconds=10.0)])
    assert isinstance(found, BlinkStatistics)
    assert (found.count, found.seconds, found.rate) == (3, 30.0, pytest.approx(6))
    assert (found.duration, found.closure) == (pytest.approx(0.24, abs=0.03), pytest.approx(0.7, abs=0.02))


def test_nothing_watched_has_no_rate_and_open_eyes_have_no_duration():
    assert np.isnan(blink_statistics([]).rate)
    calm = blink_statistics([blinking()])
    assert calm.rate == 0 and np.isnan(calm.duration) and np.isnan(calm.closure)


def rates(motions):
    return [pool.rate for pool in blink_pools(motions, pool_s=10)]


def test_short_clips_share_a_pool_and_the_rest_joins_the_last():
    short = [blinking(1, seconds=3.0)] * 5 + [blinking(1, 2, 3, seconds=12.0), blinking(seconds=2.0)]
    assert rates(short) == pytest.approx([60 * 4 / 12, 60 * 4 / 17])
    assert rates(short[:2]) == pytest.approx([20])
    assert rates([]) == []
