"""Silence, and what moves in it."""

import numpy as np
import pytest
from made_people import FPS, JAW, LIDS, PUCKER, moved

from style2talker.evaluate.stillness import HeadTravel, head_travel, lip_travel, silent_stretches
from style2talker.records import Motion


def test_silence_begins_when_lips_had_time_to_settle():
    speaking = np.zeros(100, bool)
    speaking[20:50] = speaking[60:62] = speaking[70:80] = True
    # Pauses 0..20, 50..60 (too short once settled), 62..70 (too short), 80..100.
    assert silent_stretches(speaking, FPS) == [slice(0, 15), slice(85, 100)]
    assert silent_stretches(speaking, FPS, settle_s=0.0) == [
        slice(0, 20),
        slice(50, 60),
        slice(62, 70),
        slice(80, 100),
    ]
    assert silent_stretches(np.ones(10, bool), FPS) == []
    assert silent_stretches(np.zeros(0, bool), FPS) == []
    assert silent_stretches(np.zeros(30, bool), FPS) == [slice(0, 30)]


def test_travel_is_peak_to_peak_of_the_farthest_point_in_each_stretch():
    jaw = np.zeros(60)
    jaw[10], jaw[40] = 0.1, 0.3
    quiet, small, large, none = lip_travel(moved({JAW: jaw}), [slice(20, 35), slice(5, 15), slice(35, 45), slice(3, 3)])
    assert quiet == pytest.approx(0, abs=1e-6)
    assert 0.02 < small < large
    assert large > 0.08
    assert np.isnan(none)
    assert lip_travel(moved({JAW: jaw}), []).shape == (0,)


def test_rounding_counts_and_blinks_and_the_head_do_not():
    wave = np.abs(np.sin(np.arange(40) / 5))
    whole = [slice(0, 40)]
    assert lip_travel(moved({PUCKER: 0.4 * wave}), whole)[0] > 0.01
    assert lip_travel(moved({LIDS[0]: wave}, np.repeat(wave[:, None], 3, 1)), whole)[0] < 1e-6


def test_a_head_strays_by_degrees_and_eye_distances():
    rotation, translation = np.zeros((10, 3)), np.zeros((10, 3))
    rotation[3, 1], rotation[5, 1] = np.radians(2), np.radians(-1)
    translation[4, 1], translation[6, 0] = 0.01, 0.002
    found = head_travel(Motion(np.zeros((10, 52)), rotation, translation, FPS))
    assert (found.rotation, found.translation, found.sideways) == pytest.approx((3, 0.01, 0.002), rel=1e-4)
    assert head_travel(moved({JAW: np.ones(5)})) == HeadTravel(0, 0, 0)
    assert np.isnan(head_travel(moved({JAW: np.zeros(0)})).rotation)
