"""Speech activity: voices count, silence and steady noise do not."""

import numpy as np
import pytest
from voices import RATE, silence, vowel

from style2talker.records import Speech
from style2talker.speech.activity import speech_activity
from style2talker.speech.analyse import analyse
from style2talker.speech.mel import log_mel


def phrase(level=1.0, noise=1e-4):
    parts = [
        silence(1.0),
        vowel("a", 0.4),
        vowel("i", 0.3),
        vowel("u", 0.3),
        silence(1.0),
        vowel("a", 0.6),
        silence(1.0),
    ]
    samples = np.concatenate(parts) * level
    return (samples + silence(len(samples) / RATE, noise, seed=1)).astype(np.float32)


TRUTH = [(1.0, 2.0), (3.0, 3.6)]


@pytest.mark.parametrize(("level", "noise"), [(1.0, 1e-4), (0.05, 1e-4), (1.0, 0.01)])
def test_voice_and_silence_are_told_apart(level, noise):
    samples = phrase(level, noise)
    activity = speech_activity(log_mel(samples), 115, 25.0)
    at = np.arange(115) / 25
    speaking = np.zeros(115, bool)
    for begin, end in TRUTH:
        speaking |= (at > begin + 0.08) & (at < end - 0.08)
    resting = np.ones(115, bool)
    for begin, end in TRUTH:
        resting &= (at < begin - 0.2) | (at > end + 0.25)
    assert activity[speaking].mean() > 0.9
    assert activity[resting].mean() < 0.1


def test_activity_does_not_flap_within_a_word():
    activity = speech_activity(log_mel(phrase()), 115, 25.0)
    inside = activity[27:48]
    assert inside.min() > 0.6


def test_analysis_is_on_the_clock_of_the_video():
    speech = analyse(phrase())
    assert isinstance(speech, Speech)
    assert speech.n_frames == 115
    assert speech.duration == pytest.approx(4.6)
    assert analyse(phrase(), n_frames=97, fps=24.0).n_frames == 97
