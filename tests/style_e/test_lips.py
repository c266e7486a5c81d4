"""The shipped lip network: mouths that open for vowels, round for [u], shut for [m] and in silence, at any length."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "speech"))
from voices import silence, vowel

from style2talker.records import ARKIT_NAMES, Speech
from style2talker.speech.analyse import analyse
from style2talker.style_e.lips import CHANNELS, LipModel, SpeechModel, channels_of, lip_motion, normalised

JAW, PUCKER, FUNNEL = (ARKIT_NAMES.index(name) for name in ("jawOpen", "mouthPucker", "mouthFunnel"))


@pytest.fixture(scope="module")
def model() -> SpeechModel:
    return LipModel()


def said(*parts):
    return analyse(np.concatenate(parts))


@pytest.fixture(scope="module")
def syllables(model):
    """a m a m a, half a second of quiet before and after: (curves, frames inside each sound)."""
    parts, spans, at = [silence(0.5)], [], 0.5
    for sound, seconds in (("a", 0.3), ("m", 0.16), ("a", 0.3), ("m", 0.16), ("a", 0.3)):
        parts.append(vowel(sound, seconds))
        spans.append((sound, at, at + seconds))
        at += seconds
    curves = lip_motion(said(*parts, silence(0.5)), model)
    return curves, spans


def middle(curves, begin, end, channel):
    frames = np.arange(len(curves)) / 25
    inside = (frames >= begin + 0.04) & (frames <= end - 0.04)
    return curves[inside][:, channel]


def test_the_mouth_opens_for_a_and_shuts_for_m(syllables):
    curves, spans = syllables
    opened = np.mean([middle(curves, b, e, JAW).max() for sound, b, e in spans if sound == "a"])
    shut = np.mean([middle(curves, b, e, JAW).min() for sound, b, e in spans if sound == "m"])
    assert opened > 0.15
    assert shut < 0.6 * opened


@pytest.mark.parametrize("pitch", [105, 160, 220])
def test_u_is_rounder_than_i_and_a_more_open(model, pitch):
    found = {}
    for sound in "aiu":
        parts = [silence(0.3)]
        for _ in range(3):
            parts += [vowel(sound, 0.35, pitch), silence(0.12)]
        curves = lip_motion(said(*parts), model)
        found[sound] = np.quantile(curves, 0.85, axis=0)
    assert found["u"][PUCKER] + found["u"][FUNNEL] > found["i"][PUCKER] + found["i"][FUNNEL] + 0.03
    assert found["a"][JAW] > found["i"][JAW]


def test_silence_keeps_the_mouth_at_rest(model):
    curves = lip_motion(said(silence(1.5), vowel("a", 0.5), silence(1.5)), model)
    frames = np.arange(len(curves)) / 25
    quiet = (frames < 1.2) | (frames > 2.4)
    assert curves[quiet].max() < 0.03
    assert curves[:, JAW].max() > 0.12


def test_only_the_mouth_moves_and_both_sides_alike(syllables):
    curves, _ = syllables
    others = [i for i, name in enumerate(ARKIT_NAMES) if not name.startswith(("mouth", "jaw"))]
    assert np.abs(curves[:, others]).max() == 0
    left, right = ARKIT_NAMES.index("mouthLowerDownLeft"), ARKIT_NAMES.index("mouthLowerDownRight")
    assert np.array_equal(curves[:, left], curves[:, right])
    assert curves.min() >= 0 and curves.max() <= 1


def test_loudness_hardly_matters(model):
    parts = np.concatenate([silence(0.3), vowel("a", 0.4), vowel("m", 0.15), vowel("i", 0.4), silence(0.3)])
    loud, soft = (lip_motion(analyse(parts * gain), model)[:, JAW] for gain in (1.0, 0.1))
    assert np.corrcoef(loud, soft)[0, 1] > 0.9


def test_long_sounds_are_done_in_runs_without_a_seam(model, monkeypatch):
    from style2talker.style_e import lips

    speech = said(*[part for _ in range(6) for part in (vowel("a", 0.4), vowel("m", 0.2), vowel("u", 0.4))])
    whole = channels_of(speech.mel, speech.n_frames, model)
    monkeypatch.setattr(lips, "_RUN", 29)
    assert np.abs(channels_of(speech.mel, speech.n_frames, model) - whole).max() < 1e-3


def test_normalising_takes_out_the_colour_of_a_recording():
    rng = np.random.default_rng(0)
    mel = rng.normal(0, 1, (200, 80)).astype(np.float32)
    tilt = np.linspace(-1, 1, 80, dtype=np.float32)
    assert np.allclose(normalised(mel + tilt + 0.7), normalised(mel), atol=0.05)


def test_channels_are_known_shapes():
    stems = {name.removesuffix("Left").removesuffix("Right") for name in ARKIT_NAMES}
    assert set(CHANNELS[:-1]) <= stems
    assert CHANNELS[-1] == "closure"


def test_a_model_is_anything_that_gives_channels():
    """The seam for another network: windows in, channels out."""
    speech = Speech(np.zeros(16000, np.float32), np.zeros((81, 80), np.float32), np.ones(25, np.float32))

    def half_open(windows):
        assert windows.shape[1:] == (80, 16)
        out = np.zeros((len(windows), len(CHANNELS)), np.float32)
        out[:, 0] = 0.4
        return out

    curves = lip_motion(speech, half_open)
    assert curves.shape == (25, 52)
    assert (curves[:, JAW] > 0.3).all()
