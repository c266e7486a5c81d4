"""Loudness, stress and phrases of a made voice."""

from __future__ import annotations

import numpy as np
from made_speech import PHRASES, SYLLABLE_S, made_speech

from style2talker.records import Speech
from style2talker.style_e.prosody import Prosody, prosody, smooth


def test_phrases_are_found_and_short_gaps_joined() -> None:
    found = prosody(made_speech(phrases=((0.4, 1.2), (1.4, 2.8), (3.3, 6.1)))).phrases
    assert found == ((10, 70), (82, 152)) or [b - a for a, b in found] == [60, 70]


def test_loudness_lives_in_speech_alone() -> None:
    voice = prosody(made_speech())
    assert isinstance(voice, Prosody)
    spoken = np.zeros(250, bool)
    for begin, end in PHRASES:
        spoken[round(begin * 25) : round(end * 25)] = True
    assert voice.loudness.max() <= 1
    assert voice.loudness[spoken].mean() > 0.5
    assert voice.loudness[~spoken].max() == 0
    assert voice.speaking[spoken].mean() > 0.9
    assert len(voice.phrases) == 3


def test_accents_stand_on_stressed_syllables() -> None:
    speech = made_speech()
    voice = prosody(speech)
    at = np.flatnonzero(voice.accents)
    begins = np.array([begin for begin, _ in PHRASES])
    beat = np.array([((t + 0.5) / 25 - begins[begins <= (t + 0.5) / 25].max()) / SYLLABLE_S % 4 for t in at])
    stressed = voice.accents[at[(beat >= 1) & (beat <= 2)]]
    others = voice.accents[at[(beat < 1) | (beat > 2)]]
    assert len(stressed) >= 7
    assert stressed.min() > 0.5 > others.max()
    assert stressed.mean() > 2.5 * others.mean()


def test_level_does_not_matter() -> None:
    loud = made_speech()
    soft = Speech(loud.samples * 0.05, loud.mel, loud.activity)
    np.testing.assert_allclose(prosody(loud).accents, prosody(soft).accents, atol=1e-3)


def test_silence_and_shortness_are_fine() -> None:
    still = prosody(Speech(np.zeros(16000), np.zeros((80, 80)), np.zeros(25)))
    assert still.phrases == ()
    assert not still.accents.any()
    assert not still.loudness.any()
    assert prosody(Speech(np.zeros(4000), np.zeros((20, 80)), np.ones(6))).phrases == ((0, 6),)


def test_smoothing_keeps_the_level() -> None:
    step = np.repeat([0.0, 1.0], 50).astype(np.float32)
    out = smooth(step, 0.2, 25.0)
    assert out[0] == 0
    assert out[-1] == 1
    assert np.abs(np.diff(out)).max() < 0.1
