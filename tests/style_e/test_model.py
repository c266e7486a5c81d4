"""The shipped diffusion model: it hears, it feels, it has no seams; and the seam for other networks."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "speech"))
from voices import silence, vowel

from style2talker.emotion.sentence import understand
from style2talker.records import ARKIT_NAMES, Speech
from style2talker.speech.analyse import analyse
from style2talker.style_e import model as model_module
from style2talker.style_e.factors import CHANNELS, FACTORS
from style2talker.style_e.lips import lip_curves
from style2talker.style_e.model import REACH, STEPS, DiffusionModel, Graph, MotionModel, speech_features
from style2talker.style_e.prosody import prosody

JAW, PUCKER, FUNNEL = (ARKIT_NAMES.index(name) for name in ("jawOpen", "mouthPucker", "mouthFunnel"))
NEUTRAL = understand("neutral")


@pytest.fixture(scope="module")
def model() -> MotionModel:
    return DiffusionModel()


def factors(speech: Speech, model: MotionModel, emotion=NEUTRAL, seed=0):
    return model(speech, prosody(speech), emotion, np.random.default_rng(seed))


def lips(speech, model, seed=0):
    return lip_curves(factors(speech, model, seed=seed).lips, speech.activity, speech.fps)


def said(*parts):
    return analyse(np.concatenate(parts))


def middle(curves, begin, end, channel):
    frames = np.arange(len(curves)) / 25
    inside = (frames >= begin + 0.04) & (frames <= end - 0.04)
    return curves[inside][:, channel]


def test_the_mouth_opens_for_a_and_shuts_for_m(model):
    """a m a m a, half a second of quiet before and after."""
    parts, spans, at = [silence(0.5)], [], 0.5
    for sound, seconds in (("a", 0.3), ("m", 0.16), ("a", 0.3), ("m", 0.16), ("a", 0.3)):
        parts.append(vowel(sound, seconds))
        spans.append((sound, at, at + seconds))
        at += seconds
    curves = lips(said(*parts, silence(0.5)), model)
    opened = np.mean([middle(curves, b, e, JAW).max() for sound, b, e in spans if sound == "a"])
    shut = np.mean([middle(curves, b, e, JAW).min() for sound, b, e in spans if sound == "m"])
    assert opened > 0.12
    assert shut < 0.5 * opened


@pytest.mark.parametrize("pitch", [105, 160, 220, 280])
def test_each_sound_has_its_own_mouth_at_equal_loudness(model, pitch):
    """Sounds of one voice, a man's to a child's, all at one level: [a] opens, [u] rounds, [m] shuts."""
    parts, spans, at = [silence(0.3)], [], 0.3
    for sound in "aimu" * 3:
        parts += [vowel(sound, 0.25, pitch), silence(0.1)]
        spans.append((sound, at, at + 0.25))
        at += 0.35
    curves = lips(said(*parts), model)

    def mean(sound, *channels):
        return sum(np.mean([middle(curves, b, e, c).mean() for s, b, e in spans if s == sound]) for c in channels)

    assert mean("a", JAW) > mean("i", JAW) + 0.06
    assert mean("m", JAW) < 0.5 * mean("a", JAW)
    assert mean("u", PUCKER, FUNNEL) > mean("i", PUCKER, FUNNEL) + 0.2
    assert mean("u", PUCKER, FUNNEL) > mean("a", PUCKER, FUNNEL) + 0.2


def test_noise_moves_the_mouth_less_than_speech_does(model):
    """The same words in a hiss: the curves keep their course."""
    words = np.concatenate([silence(0.3)] + [vowel(sound, 0.22) for sound in "amiamuamaim"] + [silence(0.3)])
    hiss = np.random.default_rng(5).normal(0, 0.02, len(words)).astype(np.float32)
    clean, noisy = (lips(analyse(sound), model)[8:-8, JAW] for sound in (words, words + hiss))
    assert np.corrcoef(clean, noisy)[0, 1] > 0.6


def test_silence_keeps_the_mouth_at_rest(model):
    curves = lips(said(silence(1.5), vowel("a", 0.5), silence(1.5)), model)
    frames = np.arange(len(curves)) / 25
    quiet = (frames < 1.2) | (frames > 2.4)
    assert curves[quiet].max() < 0.03
    assert curves[:, JAW].max() > 0.1


def test_loudness_hardly_matters(model):
    parts = np.concatenate([silence(0.3), vowel("a", 0.4), vowel("m", 0.15), vowel("i", 0.4), silence(0.3)])
    loud, soft = (lips(analyse(parts * gain), model)[:, JAW] for gain in (1.0, 0.1))
    assert np.corrcoef(loud, soft)[0, 1] > 0.9


def test_seeds_turn_the_head_and_leave_the_words(model):
    speech = said(silence(0.3), *[vowel(sound, 0.25) for sound in "amiamuam"], silence(0.3))
    one, same, other = (factors(speech, model, seed=seed) for seed in (1, 1, 2))
    assert one.head.tobytes() == same.head.tobytes() and one.lips.tobytes() == same.lips.tobytes()
    assert np.abs(one.head[:, :3] - other.head[:, :3]).max() > np.radians(0.5)
    jaws = [lip_curves(parts.lips, speech.activity, 25.0)[:, JAW] for parts in (one, other)]
    assert np.corrcoef(*jaws)[0, 1] > 0.9


def test_a_sad_head_hangs_lower_than_a_proud_one(model):
    speech = said(silence(0.3), *[vowel(sound, 0.25) for sound in "amiamuamiaaiu"], silence(0.3))
    sad, contempt = (
        np.mean([factors(speech, model, understand(label), seed).head[:, 0].mean() for seed in range(4)])
        for label in ("sad", "contempt")
    )
    assert np.degrees(sad - contempt) > 2


def test_the_length_of_the_chunks_changes_nothing(model, monkeypatch):
    speech = said(*[part for _ in range(8) for part in (vowel("a", 0.4), vowel("m", 0.2), vowel("u", 0.4))])
    whole = factors(speech, model)
    monkeypatch.setattr(model_module, "_CHUNK", REACH + 1)
    monkeypatch.setattr(model_module, "_RUN", 29)
    pieces = factors(speech, model)
    for name in ("lips", "play", "head"):
        assert np.abs(getattr(whole, name) - getattr(pieces, name)).max() < 2e-3


def test_networks_are_anything_with_their_ports():
    """The seam for other networks: the encoder is run once a frame, the denoiser with and without conditions."""
    speech = Speech(np.zeros(32000, np.float32), np.zeros((161, 80), np.float32), np.ones(50, np.float32))
    calls = []

    def encode(mel):
        assert mel.shape[1:] == (80, 16)
        return {"features": np.zeros((len(mel), 192), np.float32)}

    def denoise(noisy, level, speech, feeling, sentence, given):
        assert noisy.shape == (3, 50, FACTORS) and speech.shape == (3, 50, 195)
        assert feeling.shape == (3, 50, 52) and sentence.shape == (3, 50, 384)
        calls.append((float(level[0]), given.tolist()))
        clean = np.zeros_like(noisy)
        clean[..., : len(CHANNELS)] = given[:, None, :1] * 2.0
        return {"clean": clean}

    parts = factors(speech, DiffusionModel(encode, denoise))
    assert len(calls) == STEPS <= 8
    assert calls[0][1] == [[0, 0], [1, 0], [1, 1]]
    assert [level for level, _ in calls] == sorted((level for level, _ in calls), reverse=True)
    assert np.ptp(parts.lips, axis=0).max() < 1e-5 and parts.lips[0, 0] > 0.3


def test_features_of_long_speech_are_those_of_its_parts(monkeypatch):
    rng = np.random.default_rng(0)
    mel = rng.normal(0, 1, (900, 80)).astype(np.float32)

    def averaging(mel):
        return {"features": mel.mean(axis=2)}

    encode: Graph = averaging
    whole = speech_features(mel, 280, 25.0, encode)
    monkeypatch.setattr(model_module, "_RUN", 17)
    np.testing.assert_array_equal(speech_features(mel, 280, 25.0, encode), whole)
