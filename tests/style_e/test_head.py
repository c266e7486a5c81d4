"""A head that moves with the voice: band, size, stress, posture, breath."""

from __future__ import annotations

import numpy as np
import pytest
from made_speech import long_phrases, made_speech

from style2talker.records import LABELS
from style2talker.style_e.head import LARGEST_ANGLE, breath, head_motion
from style2talker.style_e.prosody import prosody

FPS = 25.0
VOICE = prosody(made_speech(120.0, long_phrases(120.0)))


def moved(label: str = "neutral", seed: int = 0, scale: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    shares = np.tile(np.eye(8, dtype=np.float32)[LABELS.index(label)], (3000, 1))
    return head_motion(np.random.default_rng(seed), VOICE, shares, scale, FPS)


def test_motion_is_slow_and_moderate() -> None:
    rotation, translation = moved()
    degrees = np.degrees(rotation)
    power = np.abs(np.fft.rfft(degrees - degrees.mean(0), axis=0)) ** 2
    fast = np.fft.rfftfreq(3000, 1 / FPS) > 4
    assert (power[fast].sum(0) / power.sum(0)).max() < 0.005
    assert (np.abs(degrees) < 8).mean() > 0.98
    assert (degrees.std(0) > 0.6).all()
    assert (degrees.std(0) < 4).all()
    assert np.abs(np.diff(degrees, axis=0)).max() < 1.5
    assert np.abs(translation).max() < 0.1


@pytest.mark.parametrize("label", LABELS)
def test_no_angle_passes_the_limit(label: str) -> None:
    rotation, _ = moved(label, seed=3, scale=2.0)
    assert np.abs(rotation).max() <= LARGEST_ANGLE


def test_scale_grows_motion_and_zero_stills_it() -> None:
    spans = [float(moved(scale=s)[0].std()) for s in (0.0, 0.5, 1.0, 2.0)]
    assert spans[0] == 0
    assert spans == sorted(spans)
    assert not moved(scale=0.0)[1].any()


def test_stress_nods_the_chin_down() -> None:
    at = np.flatnonzero(VOICE.accents > 0.5)
    at = at[(at > 30) & (at < 2960)]
    dips = np.mean([moved(seed=s)[0][at, 0] - moved(seed=s)[0][at - 6, 0] for s in range(5)])
    elsewhere = np.mean([np.diff(moved(seed=s)[0][::6, 0]) for s in range(5)])
    assert np.degrees(dips) > 0.4
    assert dips > elsewhere + np.radians(0.3)


def test_a_pause_calms_the_head() -> None:
    pause = prosody(made_speech(20.0, ((0.4, 8.0),)))
    shares = np.tile(np.eye(8, dtype=np.float32)[LABELS.index("neutral")], (500, 1))
    speed = np.mean(
        [np.abs(np.diff(head_motion(np.random.default_rng(s), pause, shares, 1.0, FPS)[0], axis=0)) for s in range(6)],
        axis=(0, 2),
    )
    assert speed[260:].mean() < 0.5 * speed[40:190].mean()


def test_feelings_carry_the_head_differently() -> None:
    mean = {label: np.degrees(np.mean([moved(label, s)[0].mean(0) for s in range(4)], axis=0)) for label in LABELS}
    forward = {label: moved(label)[1][:, 2].mean() for label in LABELS}
    lively = {label: moved(label)[0].std(0).sum() for label in LABELS}
    assert mean["sad"][0] > mean["neutral"][0] + 3
    assert mean["contempt"][0] < mean["neutral"][0] - 2
    assert mean["surprised"][0] < mean["neutral"][0] - 1
    assert forward["angry"] > 0.03 > 0 > forward["fear"]
    assert lively["happy"] > lively["neutral"] > lively["sad"]


def test_a_change_of_feeling_turns_the_head_smoothly() -> None:
    shares = np.tile(np.eye(8, dtype=np.float32)[LABELS.index("contempt")], (3000, 1))
    shares[1500:] = np.eye(8, dtype=np.float32)[LABELS.index("sad")]
    rotation, _ = head_motion(np.random.default_rng(0), VOICE, shares, 1.0, FPS)
    assert np.degrees(np.abs(np.diff(rotation, axis=0))).max() < 1.5


def test_breath_is_slow_and_tiny() -> None:
    curve = breath(np.random.default_rng(0), 3000, FPS)
    assert curve[0] == 0
    assert curve.min() >= 0
    assert 0.005 < curve.max() < 0.02
    power = np.abs(np.fft.rfft(curve - curve.mean())) ** 2
    peak = np.fft.rfftfreq(3000, 1 / FPS)[power.argmax()]
    assert 0.18 < peak < 0.33
