"""The natural voice: when each phone sounds, with and without the program."""

import sys
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest

from style2talker.corpus.visemes import Phone
from style2talker.errors import AudioError
from style2talker.train import natural_voice as natural
from style2talker.train.natural_voice import main, natural_phones, natural_present, speak_naturally


def timed(text, *frames):
    return natural._timed(list(text), np.array(frames) * 0.025, 1.0)


def test_a_letter_sounds_in_the_time_of_the_one_before():
    phones = timed("ma.", 4, 2, 3, 5, 1)
    assert [p.symbol for p in phones if p.symbol] == ["m", "a"]
    m, a = (p for p in phones if p.symbol)
    assert m.start == pytest.approx(1.0) and m.end == a.start == pytest.approx(1.1)
    assert a.end == pytest.approx(1.15)
    assert phones[-1].symbol == "" and phones[-1].end == pytest.approx(1.0 + 15 * 0.025)


def test_stress_and_short_spaces_belong_to_the_sound_that_follows():
    phones = [p for p in timed("a pˈa", 4, 2, 2, 2, 3, 3, 1) if p.symbol]
    assert [p.symbol for p in phones] == ["a", "p", "a"]
    assert all(one.end == two.start for one, two in pairwise(phones))


def test_the_pause_before_a_word_is_not_its_first_sound():
    first = next(p for p in timed("ba", 40, 3, 3, 1) if p.symbol)
    assert first.end == pytest.approx(2.0)
    assert first.start == pytest.approx(1.88)


def test_letters_of_two_sounds_are_spelled_out():
    assert [p.symbol for p in timed("ʤAk", 4, 3, 3, 3, 1) if p.symbol] == ["dʒ", "eɪ", "k"]


def test_sentences_follow_one_another(monkeypatch):
    """Two sentences of a stand-in voice: the clock runs on, the pitch is passed to the sound."""
    heard = []

    def sound(spectrum, f0, rng):
        heard.append(float(f0[0]))
        return np.full(24000, 0.1, np.float32)

    frames = np.array([[10.0, 10.0, 10.0, 10.0]], np.float32)
    voice = SimpleNamespace(
        vocab={"a": 1, "b": 2},
        phonemize=lambda text: ["ab", "ba"],
        ids=lambda sentence: [0, 1, 2, 0],
        sess=SimpleNamespace(run=lambda names, feed: [np.zeros((1, 1)), np.full((1, 5), 200.0, np.float32), frames]),
    )
    monkeypatch.setattr(natural, "natural_present", lambda: True)
    monkeypatch.setattr(natural, "_voice", lambda: voice)
    monkeypatch.setitem(sys.modules, "hibari", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "hibari.dsp", SimpleNamespace(synth=sound))
    samples, rate, phones = natural_phones("any", np.random.default_rng(0), pitch=0.5)
    assert (len(samples), rate) == (48000, 24000)
    assert heard == [100.0, 100.0]
    assert [p.symbol for p in phones if p.symbol] == ["a", "b", "b", "a"]
    assert phones[-1].end == pytest.approx(2.0)
    assert all(one.end <= two.start + 1e-9 for one, two in pairwise(phones))


def test_utterances_are_varied_and_written(monkeypatch, tmp_path):
    asked = []

    def said(text, rng, tempo, pitch):
        asked.append((tempo, pitch))
        return rng.normal(0, 0.1, 24000).astype(np.float32), 24000, [Phone("", 0.0, 0.3), Phone("ɑ", 0.3, 1.0)]

    monkeypatch.setattr(natural, "natural_phones", said)
    samples, phones = speak_naturally(np.random.default_rng(0))
    assert 16000 < len(samples) < 3 * 16000
    assert phones[-1].end < len(samples) / 16000
    main(["--out", str(tmp_path), "--count", "3"])
    assert len(list(tmp_path.glob("*.npz"))) == 3
    assert len(set(asked)) == 4 and all(0.5 <= pitch <= 1.25 for _, pitch in asked)


def test_without_the_program_the_way_out_is_named(monkeypatch):
    monkeypatch.setattr(natural, "find_spec", lambda name: None)
    assert not natural_present()
    with pytest.raises(AudioError, match="pip install hibari-tts"):
        natural_phones("hello", np.random.default_rng(0))


@pytest.mark.skipif(not natural_present(), reason="hibari-tts is not installed")
def test_vowels_are_where_the_voice_is_loud():
    samples, rate, phones = natural_phones("A papa and a baba.", np.random.default_rng(0))
    level = {
        kind: np.mean(
            [np.abs(samples[int(p.start * rate) : int(p.end * rate)]).mean() for p in phones if p.symbol in kind]
        )
        for kind in ("ɑ", "p")
    }
    assert level["ɑ"] > 3 * level["p"]
    assert phones[-1].end == pytest.approx(len(samples) / rate, abs=0.03)
