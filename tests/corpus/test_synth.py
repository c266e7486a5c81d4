"""The synthetic corpus: reproducible, resumable, in step; the synthesisers themselves where they are installed."""

from itertools import pairwise

import numpy as np
import pytest

from style2talker.corpus import phones, synth
from style2talker.corpus.phones import espeak_phones, espeak_present, flite_phones, flite_present
from style2talker.corpus.sentences import LINES, english_sentence
from style2talker.corpus.synth import damaged, main, read_utterance, speak_utterance, synthesise, varied
from style2talker.corpus.visemes import Phone
from style2talker.errors import AudioError
from style2talker.style_e.factors import CHANNELS


def made_utterance(rng):
    """A second of noise with one open vowel in the middle."""
    samples = rng.normal(0, 0.1, 16000).astype(np.float32)
    return samples, [Phone("", 0.0, 0.4), Phone("aa", 0.4, 0.6), Phone("", 0.6, 1.0)]


@pytest.fixture
def fake(monkeypatch):
    monkeypatch.setattr(synth, "speak_utterance", made_utterance)
    monkeypatch.setattr(synth, "flite_present", lambda: True)


def test_utterances_depend_on_the_seed_and_their_number_alone(fake, tmp_path):
    done = []
    files = synthesise(tmp_path / "a", 3, seed=5, report=lambda *step: done.append(step))
    assert done == [(1, 3), (2, 3), (3, 3)]
    (tmp_path / "b").mkdir()
    again = synthesise(tmp_path / "b", 3, seed=5)
    for one, two in zip(files, again, strict=True):
        with np.load(one) as a, np.load(two) as b:
            assert np.array_equal(a["samples"], b["samples"])
            assert a["samples"].dtype == np.int16
        curves = read_utterance(one).curves()
        assert curves.shape == (25, len(CHANNELS))
        assert curves[12, 0] > curves[2, 0] + 0.1


def test_what_was_written_is_read(fake, tmp_path):
    (file,) = synthesise(tmp_path, 1, seed=2)
    found = read_utterance(file)
    assert found.samples.dtype == np.float32 and len(found.samples) == 16000
    assert [phone.symbol for phone in found.phones] == ["", "aa", ""]
    assert found.phones[1].start == pytest.approx(0.4) and found.phones[1].end == pytest.approx(0.6)
    assert 0.8 <= found.effort <= 1.2


def test_a_broken_run_goes_on(fake, tmp_path):
    files = synthesise(tmp_path, 2)
    kept = files[0].stat().st_mtime_ns
    files[1].unlink()
    assert synthesise(tmp_path, 2) == files
    assert files[0].stat().st_mtime_ns == kept and files[1].exists()


def test_the_command_writes_and_reports(fake, tmp_path, caplog):
    with caplog.at_level("INFO"):
        main(["--out", str(tmp_path), "--count", "2"])
    assert "2 of 2 utterances" in caplog.text
    assert len(list(tmp_path.glob("*.npz"))) == 2


def test_without_a_synthesiser_the_way_out_is_named(monkeypatch, tmp_path):
    monkeypatch.setattr(synth, "flite_present", lambda: False)
    monkeypatch.setattr(synth, "espeak_present", lambda: False)
    with pytest.raises(AudioError, match="apt-get install flite espeak-ng"):
        main(["--out", str(tmp_path)])
    monkeypatch.setattr(phones.shutil, "which", lambda name: None)
    monkeypatch.setattr(phones, "_espeak", lambda: None)
    assert not flite_present()
    with pytest.raises(AudioError, match="flite is not installed"):
        flite_phones("hello", "slt")
    with pytest.raises(AudioError, match="espeak-ng is not installed"):
        espeak_phones("hello", "en-us")


def test_damage_keeps_length_and_stays_in_range():
    clean = np.sin(np.arange(16000) / 20).astype(np.float32) * 0.5
    for seed in range(12):
        heard = damaged(clean, np.random.default_rng(seed))
        assert len(heard) == 16000 and heard.dtype == np.float32
        assert 0 < np.abs(heard).max() <= 1
    levels = [np.abs(damaged(clean, np.random.default_rng(s))).max() for s in range(12)]
    assert max(levels) > 3 * min(levels)


def test_sentences_vary_and_end():
    texts = {english_sentence(np.random.default_rng(seed)) for seed in range(60)}
    assert len(texts) == 60
    assert all(text.endswith(".") for text in texts)
    assert len(LINES) >= 10 and all(LINES.values())


def test_plosives_begin_with_their_closure_and_joined_words_have_no_pause():
    heard = [Phone("a", 0.0, 0.2), Phone("", 0.2, 0.24), Phone("a", 0.24, 0.4), Phone("p", 0.4, 0.43)]
    joined, second, stop = phones._tidied([*heard])
    assert (joined.symbol, joined.end) == ("a", 0.24)
    assert stop.start == pytest.approx(0.365) and stop.end == 0.43
    assert second.end == stop.start
    pause = phones._tidied([Phone("a", 0.0, 0.2), Phone("", 0.2, 0.5)])
    assert pause[-1] == Phone("", 0.2, 0.5)


@pytest.mark.skipif(not flite_present(), reason="flite is not installed")
def test_the_glide_of_flite_is_not_the_rounded_vowel_of_ipa():
    _, found = flite_phones("yes", "slt")
    assert "j" in [phone.symbol for phone in found]


@pytest.mark.skipif(not flite_present(), reason="flite is not installed")
def test_flite_says_when_it_says_what():
    samples, found = flite_phones("Please bring my book.", "slt")
    names = [phone.symbol for phone in found]
    assert [n for n in names if n] == "p l iy z b r ih ng m ay b uh k".split()
    assert found[-1].end == pytest.approx(len(samples) / 16000, abs=0.1)
    vowel = next(phone for phone in found if phone.symbol == "ay")
    inside = samples[int(vowel.start * 16000) : int(vowel.end * 16000)]
    assert np.abs(inside).mean() > np.abs(samples).mean()


@pytest.mark.skipif(not espeak_present(), reason="espeak-ng is not installed")
def test_espeak_says_when_it_says_what():
    samples, rate, found = espeak_phones("Papa", "en-us")
    assert rate > 8000 and len(samples) > 0.3 * rate
    assert next(p.symbol for p in found if p.symbol) == "p"
    assert all(a.end <= b.end for a, b in pairwise(found))
    with pytest.raises(AudioError, match="no voice"):
        espeak_phones("hello", "xx-none")


@pytest.mark.skipif(not (flite_present() or espeak_present()), reason="no synthesiser is installed")
def test_a_real_utterance_has_pauses_around_it():
    samples, spoken = speak_utterance(np.random.default_rng(3))
    assert spoken[0].start >= 0.08
    assert len(samples) / 16000 > spoken[-1].end


def test_another_speaker_says_the_same_at_the_same_places():
    """Pauses are added and all is stretched: a click at a phone's start stays there."""
    samples = np.zeros(16000, np.float32)
    samples[8000:8040] = 1.0
    for seed in range(5):
        heard, spoken = varied(samples, [Phone("p", 0.5, 0.6)], np.random.default_rng(seed))
        assert int(np.argmax(np.abs(heard))) / 16000 == pytest.approx(spoken[0].start, abs=0.004)
        assert 0.08 < spoken[0].end - spoken[0].start < 0.13
        assert len(heard) / 16000 > spoken[0].end + 0.4
