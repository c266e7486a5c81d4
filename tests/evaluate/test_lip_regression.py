"""A regression that learns, from people who never were, which of two bands of sound opens lips."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_people import FPS, filmed, speaking, voiced, wandering

from style2talker.corpus.track import track_clips
from style2talker.errors import InputError
from style2talker.evaluate import lip_regression
from style2talker.evaluate.clips import RealClip, read_clips
from style2talker.evaluate.lip_regression import fit_lip_regression
from style2talker.evaluate.lips import loudness
from style2talker.records import Speech
from style2talker.speech import lip_regression as heard
from style2talker.speech.analyse import analyse
from style2talker.speech.lip_regression import LipRegression, load_lip_regression, mel_bands
from style2talker.speech.synchrony import av_sync

FRAMES = 150


def two_sounds(opening: np.ndarray, hiss: np.ndarray, seed: int) -> Speech:
    """A hum that is as loud as lips are open, and a hiss that says nothing about them."""
    n = len(opening) * 640
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 0.2, n)
    low, high = np.cumsum(noise - noise.mean()), np.diff(noise, prepend=0.0)
    low = low - np.convolve(low, np.ones(400) / 400, "same")
    levels = [np.interp(np.arange(n) / 640, np.arange(len(c)) + 0.5, c) for c in (opening, hiss)]
    return analyse((0.02 * levels[0] ** 2 * low / low.std() + 0.3 * levels[1] ** 2 * high).astype(np.float32))


def clip_of(number: int, late: int = 0) -> RealClip:
    opening, hiss = wandering(number, FRAMES), wandering(number + 100, FRAMES)
    made = filmed(f"p{number}", opening, late)
    return RealClip(made.name, made.person, two_sounds(opening, hiss, number), made.motion, made.opening)


@pytest.fixture(scope="module")
def clips() -> list[RealClip]:
    return [clip_of(number, late) for number, late in enumerate((0, 2, -3, 0, 1))]


def test_bands_are_the_mel_around_each_frame() -> None:
    speech = voiced(wandering(0, 40))
    bands = mel_bands(speech)
    assert bands.shape == (40, 128)
    assert bands[20].mean() == pytest.approx(speech.mel[20 * 80 // 25 + 2 - 8 : 20 * 80 // 25 + 2 + 8].mean(), abs=0.4)
    asked = LipRegression(np.full(128, 1 / 128, np.float32)).asked(speech)
    assert np.corrcoef(asked, loudness(speech))[0, 1] > 0.9


def test_it_hears_what_loudness_does_not(clips: list[RealClip]) -> None:
    learned, found = fit_lip_regression(clips)
    assert [found[clip.name].lag for clip in clips] == [0, 2, -3, 0, 1]
    stranger = clip_of(40)
    ours = av_sync(learned.asked(stranger.speech), stranger.opening, FPS)
    plain = av_sync(loudness(stranger.speech), stranger.opening, FPS)
    assert ours.sure and ours.lag == 0
    assert ours.confidence > plain.confidence + 0.1
    other = clip_of(41)
    assert not av_sync(learned.asked(other.speech), stranger.opening, FPS).sure


def test_nobody_can_be_heard_by_what_was_learned_from_them_alone(clips: list[RealClip]) -> None:
    with pytest.raises(InputError, match="clips of 1 person"):
        fit_lip_regression(clips[:1])


def test_the_command_writes_what_is_loaded(
    clips: list[RealClip], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    monkeypatch.setattr(lip_regression, "read_clips", lambda videos, tracks: clips)
    file = tmp_path / "lip_regression.npz"
    lip_regression.main(["--videos", "films", "--tracks", "tracks", "--out", str(file)])
    assert "p1: +2 frames" in caplog.text
    monkeypatch.setattr(heard, "package_data", lambda name: tmp_path / name)
    load_lip_regression.cache_clear()
    assert np.array_equal(load_lip_regression().weights, fit_lip_regression(clips)[0].weights)
    load_lip_regression.cache_clear()


def test_the_one_that_comes_with_the_package_knows_vowels_from_silence() -> None:
    learned = load_lip_regression()
    assert learned.weights.shape == (128,)
    speech = two_sounds(wandering(7, 200), np.zeros(200), 7)
    assert av_sync(learned.asked(speech), wandering(7, 200).astype(np.float64), FPS).sure


def test_a_real_film_is_in_step_and_a_shift_of_its_sound_is_found(shared_data: Path, tmp_path: Path) -> None:
    video = shared_data / "talking" / "grid_sbwe5n.mpg"
    track_clips([video], tmp_path)
    (clip,) = read_clips([video], tmp_path)
    learned = load_lip_regression()
    straight = av_sync(learned.asked(clip.speech), clip.opening, FPS)
    assert abs(straight.lag) <= 1 and straight.sure
    for shift in (-8, -3, 5, 8):
        samples = np.roll(clip.speech.samples, -640 * shift)
        found = av_sync(learned.asked(analyse(samples, clip.speech.n_frames)), clip.opening, FPS)
        assert abs(found.lag - straight.lag - shift) <= 1
    strange = speaking(wandering(9, 75)).blendshapes[:, 24].astype(np.float64)
    assert not av_sync(learned.asked(clip.speech), strange, FPS).sure
