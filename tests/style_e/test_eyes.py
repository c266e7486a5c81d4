"""Blinks as people blink, and eyes that turn together."""

from __future__ import annotations

import numpy as np
from made_speech import long_phrases

from style2talker.records import ARKIT_NAMES, LABELS
from style2talker.style_e.eyes import add_gaze, blink_frames, blinks, gaze

FPS = 25.0
NEUTRAL = np.eye(8, dtype=np.float32)[LABELS.index("neutral")]


def phrases(seconds: float) -> list[tuple[int, int]]:
    return [(round(a * FPS), round(b * FPS)) for a, b in long_phrases(seconds)]


def lids(seed: int, seconds: float = 600.0) -> np.ndarray:
    return blinks(np.random.default_rng(seed), round(seconds * FPS), FPS, phrases(seconds), NEUTRAL)


def test_rate_is_that_of_a_speaker() -> None:
    for seed in range(4):
        shut = lids(seed).max(1) > 0.9
        count = int((np.diff(shut.astype(int)) == 1).sum())
        assert 15 <= count / 10 <= 25


def test_every_blink_shuts_and_opens_slower_than_it_closes() -> None:
    curve, openings = lids(1), []
    for t in np.flatnonzero(np.diff((curve.max(1) > 0.9).astype(int)) == 1) + 1:
        assert curve[t : t + 2].max() == 1
        if curve[t - 4].max() > 0.05:  # the second of a double blink
            continue
        closing = (curve[t - 5 : t, 0] > 0.05).sum()
        opening = (curve[t + 1 : t + 9, 0] > 0.05).sum()
        assert 1 <= closing <= 3
        assert 3 <= opening <= 8
        openings.append(opening - closing)
    assert np.mean(openings) > 1


def test_lids_rest_between_blinks_and_at_both_ends() -> None:
    curve = lids(2, 61.0)
    assert (curve == 0).mean() > 0.7
    assert not curve[:5].any()
    assert not curve[-1].any()
    assert curve.min() >= 0
    assert curve.max() <= 1


def test_both_eyes_blink_almost_alike() -> None:
    curve = lids(3)
    assert np.corrcoef(curve.T)[0, 1] > 0.97
    assert np.abs(curve[:, 0] - curve[:, 1]).max() > 0.01


def test_blinks_prefer_phrase_ends() -> None:
    at = blink_frames(np.random.default_rng(0), 15000, FPS, phrases(600), NEUTRAL)
    ends = np.array([end for _, end in phrases(600)])
    near = [np.abs(ends - t).min() <= 5 for t in at]
    chance = 11 * len(ends) / 15000
    assert np.mean(near) > 2 * chance
    assert np.diff(at).min() > 0.3 * FPS


def test_fear_blinks_more_than_surprise() -> None:
    counts = {
        label: len(blink_frames(np.random.default_rng(0), 15000, FPS, [], np.eye(8, dtype=np.float32)[i]))
        for i, label in enumerate(LABELS)
    }
    assert counts["fear"] > counts["neutral"] > counts["surprised"]


def test_some_blinks_are_double() -> None:
    gaps = np.diff(blink_frames(np.random.default_rng(0), 15000, FPS, [], NEUTRAL)) / FPS
    assert 0.03 < (gaps < 0.5).mean() < 0.25


def test_gaze_is_fixations_and_quick_jumps() -> None:
    path = gaze(np.random.default_rng(0), 15000, FPS, NEUTRAL, np.ones(15000, np.float32))
    moving = (np.abs(np.diff(path, axis=0)) > 1e-6).any(1)
    assert 0.02 < moving.mean() < 0.25
    assert np.abs(path).max() <= 0.3
    assert np.median(np.abs(path)) < 0.06
    assert np.abs(np.diff(path, axis=0)).max() < 0.3


def test_eyes_turn_together() -> None:
    def shape(name: str) -> float:
        return float(out[0, ARKIT_NAMES.index(name)])

    zero = np.zeros((1, 52), np.float32)
    out = add_gaze(zero, np.array([[0.2, 0.1]], np.float32))
    assert shape("eyeLookOutLeft") == shape("eyeLookInRight") == np.float32(0.2)
    assert shape("eyeLookInLeft") == shape("eyeLookOutRight") == 0
    assert shape("eyeLookUpLeft") == shape("eyeLookUpRight") == np.float32(0.1)
    assert shape("eyeBlinkLeft") == 0
    out = add_gaze(zero, np.array([[-0.2, -0.3]], np.float32))
    assert shape("eyeLookInLeft") == shape("eyeLookOutRight") == np.float32(0.2)
    assert shape("eyeLookDownLeft") == np.float32(0.3)
    assert 0 < shape("eyeBlinkLeft") < 0.1


def test_no_gaze_leaves_the_portrait_as_it_looks() -> None:
    rest = np.random.default_rng(0).uniform(0, 1, (3, 52)).astype(np.float32)
    np.testing.assert_allclose(add_gaze(rest, np.zeros((3, 2), np.float32)), rest, atol=1e-6)
