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


@pytest.mark.parametrize("ratio_db", [0, 3])
def test_activity_does_not_flap_in_a_crowd(ratio_db):
    """Syllables with short dips, a babble of other voices under them: one stretch of speech, not a flicker."""
    rng = np.random.default_rng(2)
    said = np.concatenate([part for _ in range(14) for part in (vowel("a", 0.18), silence(0.12), vowel("i", 0.15))])
    crowd = np.zeros_like(said)
    for i in range(6):
        words = [vowel("aiu"[int(rng.integers(3))], float(rng.uniform(0.1, 0.4)), 90 + 20 * i) for _ in range(40)]
        crowd += np.roll(np.concatenate(words)[: len(said)], int(rng.integers(9000)))
    crowd *= said.std() / crowd.std() * 10 ** (-ratio_db / 20)
    lead = np.roll(crowd, 5000)[: 2 * RATE]
    samples = np.concatenate([lead, said + crowd, lead]).astype(np.float32)
    n = len(samples) // 640
    speaking = speech_activity(log_mel(samples), n, 25.0)[55 : n - 55] > 0.5
    assert speaking.mean() > 0.85
    assert np.abs(np.diff(speaking.astype(int))).sum() <= 2


def test_analysis_is_on_the_clock_of_the_video():
    speech = analyse(phrase())
    assert isinstance(speech, Speech)
    assert speech.n_frames == 115
    assert speech.duration == pytest.approx(4.6)
    assert analyse(phrase(), n_frames=97, fps=24.0).n_frames == 97
