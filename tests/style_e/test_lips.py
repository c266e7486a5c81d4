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


@pytest.mark.parametrize("pitch", [105, 160, 220, 280])
def test_each_sound_has_its_own_mouth_at_equal_loudness(model, pitch):
    """Sounds of one voice, a man's to a child's, all at one level: [a] opens, [u] rounds, [m] shuts."""
    parts, spans, at = [silence(0.3)], [], 0.3
    for sound in "aimu" * 3:
        parts += [vowel(sound, 0.25, pitch), silence(0.1)]
        spans.append((sound, at, at + 0.25))
        at += 0.35
    curves = lip_motion(said(*parts), model)

    def mean(sound, *channels):
        return sum(np.mean([middle(curves, b, e, c).mean() for s, b, e in spans if s == sound]) for c in channels)

    assert mean("a", JAW) > mean("i", JAW) + 0.08
    assert mean("m", JAW) < 0.5 * mean("a", JAW)
    assert mean("u", PUCKER, FUNNEL) > mean("i", PUCKER, FUNNEL) + 0.25
    assert mean("u", PUCKER, FUNNEL) > mean("a", PUCKER, FUNNEL) + 0.25


def test_noise_moves_the_mouth_less_than_speech_does(model):
    """The same words in a hiss: the curves keep their course."""
    words = np.concatenate([silence(0.3)] + [vowel(sound, 0.22) for sound in "amiamuamaim"] + [silence(0.3)])
    hiss = np.random.default_rng(5).normal(0, 0.02, len(words)).astype(np.float32)
    clean, noisy = (lip_motion(analyse(sound), model)[8:-8, JAW] for sound in (words, words + hiss))
    assert np.corrcoef(clean, noisy)[0, 1] > 0.7


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


def test_pauses_do_not_change_what_is_normal():
    rng = np.random.default_rng(1)
    words = rng.normal(0, 0.3, (160, 80)).astype(np.float32)
    pause = np.full((1600, 80), -3.9, np.float32)
    assert np.allclose(normalised(np.concatenate([words, pause]))[:160], normalised(words), atol=0.1)


def test_lips_meet_at_a_weak_but_clear_closure_and_not_in_doubt():
    """A dip of one frame between open vowels shuts; a long half-hearted likelihood does not."""
    speech = Speech(np.zeros(32000, np.float32), np.zeros((161, 80), np.float32), np.ones(50, np.float32))

    def model(windows):
        out = np.zeros((len(windows), len(CHANNELS)), np.float32)
        out[:, 0], out[:, -1] = 0.3, 0.2
        out[10, -1] = 0.5
        out[25:, -1] = 0.5
        return out

    jaw = lip_motion(speech, model)[:, JAW]
    assert jaw[10] < 0.02
    assert jaw[[7, 13, 30, 45]].min() > 0.3


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
