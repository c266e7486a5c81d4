"""Made words: in the letters of their language, never twice the same, spoken by the synthesisers."""

import numpy as np
import pytest

from style2talker.corpus.made_words import SYLLABLES, made_line
from style2talker.corpus.phones import espeak_phones, espeak_present
from style2talker.corpus.sentences import LINES
from style2talker.corpus.synth import text_to_say
from style2talker.corpus.visemes import viseme_of

LANGUAGES = sorted({*SYLLABLES, "ko"})


def test_every_language_of_the_corpus_has_made_words():
    assert set(LANGUAGES) == set(LINES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_lines_are_of_their_script_and_differ(language):
    lines = [made_line(language, np.random.default_rng(seed)) for seed in range(20)]
    assert len(set(lines)) == 20
    assert all(3 <= len(line.split()) <= 9 and line.endswith(".") for line in lines)
    blocks = {"ru": (0x400, 0x4FF), "ja": (0x3040, 0x309F), "ko": (0xAC00, 0xD7A3), "hi": (0x900, 0x97F)}
    blocks |= {"ar": (0x600, 0x6FF)}
    low, high = blocks.get(language, (0x61, 0x17F))
    letters = [c for line in lines for c in line if c not in " .,0123456789"]
    assert all(low <= ord(c) <= high for c in letters)


@pytest.mark.skipif(not espeak_present(), reason="espeak-ng is not installed")
@pytest.mark.parametrize("language", LANGUAGES)
def test_they_can_be_said_and_hold_many_visemes(language):
    found = set()
    for seed in range(6):
        *_, phones = espeak_phones(made_line(language, np.random.default_rng(seed)), language, 160, 50)
        found |= {viseme_of(phone.symbol) for phone in phones}
    assert len(found) >= 8
    assert "PP" in found


def test_real_lines_and_made_ones_take_turns():
    said = [text_to_say("de", np.random.default_rng(seed)) for seed in range(40)]
    real = sum(line in LINES["de"] for line in said)
    assert 6 < real < 30
