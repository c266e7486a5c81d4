"""A speaker of the synthetic corpus: a head that moves with the voice and the feeling, a face that is never frozen."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "style_e"))
from made_speech import long_phrases, made_speech

from style2talker.corpus.acting import acted_face, acted_head
from style2talker.records import ARKIT_NAMES, LABELS
from style2talker.style_e.prosody import Prosody, prosody

FPS = 25.0
VOICE = prosody(made_speech(120.0, long_phrases(120.0)))


def turned(voice: Prosody, shares: np.ndarray, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    head = acted_head(np.random.default_rng(seed), voice, shares, FPS)
    return head[:, :3], head[:, 3:]


def moved(label: str = "neutral", seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    return turned(VOICE, np.tile(np.eye(8, dtype=np.float32)[LABELS.index(label)], (3000, 1)), seed)


def test_motion_is_slow_and_moderate() -> None:
    rotation, translation = moved()
    degrees = np.degrees(rotation)
    power = np.abs(np.fft.rfft(degrees - degrees.mean(0), axis=0)) ** 2
    fast = np.fft.rfftfreq(3000, 1 / FPS) > 4
    assert (power[fast].sum(0) / power.sum(0)).max() < 0.02
    assert (np.abs(degrees) < 12).mean() > 0.98
    assert (degrees.std(0) > 0.6).all()
    assert (degrees.std(0) < 6).all()
    assert np.abs(np.diff(degrees, axis=0)).max() < 1.5
    assert np.abs(translation).max() < 0.1


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
        [np.abs(np.diff(turned(pause, shares, s)[0], axis=0)) for s in range(6)],
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
    rotation, _ = turned(VOICE, shares)
    assert np.degrees(np.abs(np.diff(rotation, axis=0))).max() < 1.5


def test_a_held_feeling_breathes_and_stress_raises_the_brows() -> None:
    happy = np.zeros((3000, 52), np.float32)
    smile, brow = ARKIT_NAMES.index("mouthSmileLeft"), ARKIT_NAMES.index("browInnerUp")
    happy[:, smile] = 0.8
    play = acted_face(np.random.default_rng(0), happy, VOICE, FPS)
    assert 0.01 < play[:, smile].std() < 0.12
    assert np.abs(play[:, smile].mean()) < 0.1
    assert play[VOICE.accents > 0.5, brow].mean() > play[VOICE.speaking > 0.9, brow].mean() + 0.02
    assert not play[:, ARKIT_NAMES.index("mouthFrownLeft")].any()
