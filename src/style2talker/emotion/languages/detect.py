"""Which language a sentence is written in, by its letters and by words that it shares with no other.

In: a sentence. Out: the name of a language. English is what needs no proof: a language is told only by more known
words than English has in the sentence, and "" only for letters or words of nothing that is known.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from functools import cache

from style2talker.emotion.languages.chinese import CHINESE
from style2talker.emotion.languages.common_words import COUSINS, ENGLISH_WORDS, STRANGE_WORDS
from style2talker.emotion.languages.french import FRENCH
from style2talker.emotion.languages.german import GERMAN
from style2talker.emotion.languages.italian import ITALIAN
from style2talker.emotion.languages.japanese import JAPANESE
from style2talker.emotion.languages.korean import KOREAN
from style2talker.emotion.languages.spanish import SPANISH
from style2talker.emotion.languages.vocabulary import Vocabulary, find, folded
from style2talker.emotion.lexicon import feeling_of

__all__ = ["ENGLISH", "VOCABULARIES", "language_of"]

VOCABULARIES: Mapping[str, Vocabulary] = {
    v.name: v for v in (GERMAN, FRENCH, SPANISH, ITALIAN, JAPANESE, KOREAN, CHINESE)
}
"""Name of a language -> its words."""

ENGLISH = "English"

_CONTENT = 1.5
"""How much more a word for a feeling or a muscle tells than a frequent word."""
_LEAST_WORDS = 4
"""A sentence of so many words has one of the frequent ones of its language."""
_NAME_OF_SCRIPT = {"HANGUL": "Korean", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "CJK": "Han", "LATIN": "Latin"}


def _words(text: str) -> frozenset[str]:
    """Words of a folded text, those with an apostrophe also in two parts."""
    found = re.findall(r"[^\W\d_]+(?:['-][^\W\d_]+)*", text)
    return frozenset(part for word in found for part in (word, *word.split("'")))


@cache
def _common(name: str) -> frozenset[str]:
    """The frequent words of a language, folded."""
    return frozenset(folded(word) for word in VOCABULARIES[name].common.split())


@cache
def _strange(name: str) -> frozenset[str]:
    """The frequent words of a language that is not understood, folded."""
    return frozenset(folded(word) for word in STRANGE_WORDS[name].split())


def _ahead(text: str, name: str, words: frozenset[str]) -> tuple[float, float]:
    """How much of a folded text tells a language in Latin letters, and by how much more than English."""
    content = {
        text[found.begin : found.end]
        for found in find(text, VOCABULARIES[name])
        if found.kind in ("feeling", "muscle") and text[found.begin : found.end] not in COUSINS
    }
    own = len(words & _common(name) - ENGLISH_WORDS) + _CONTENT * len(content)
    english = len(words & ENGLISH_WORDS - _common(name)) + _CONTENT * sum(feeling_of(w) is not None for w in words)
    return own - english, own


def _script(text: str) -> str:
    """The script of most letters: "Latin", "Han", the language that has it for itself, or another's name."""
    counts: Counter[str] = Counter()
    for letter in text:
        if letter.isalpha():
            script = unicodedata.name(letter, "unknown").split()[0]
            counts[_NAME_OF_SCRIPT.get(script, script)] += 1
    if counts["Japanese"] and counts["Japanese"] + counts["Han"] > counts["Latin"]:
        return "Japanese"
    return counts.most_common(1)[0][0] if counts else "Latin"


def _latin_language(text: str) -> str:
    """The language of a folded text in Latin letters."""
    words = _words(text)
    (ahead, own), best = max((_ahead(text, name, words), name) for name, v in VOCABULARIES.items() if v.endings)
    english = len(words & ENGLISH_WORDS) + sum(feeling_of(word) is not None for word in words)
    strange = max(len(words & _strange(name)) for name in STRANGE_WORDS)
    enough = _CONTENT if ahead < own or len(text.split()) < _LEAST_WORDS - 1 else 1.0
    if ahead > 0 and own >= max(enough, strange):
        return best
    if strange > max(english, 1) or (english == 0 and len(text.split()) >= _LEAST_WORDS):
        return ""
    return ENGLISH


def language_of(text: str) -> str:
    """The language of a sentence.

    Args:
        text: a sentence in any script.

    Returns:
        "English", a name in `VOCABULARIES`, or "" for a language that is not known.
    """
    script = _script(text)
    if script in VOCABULARIES:
        return script
    plain = folded(text)
    if script == "Han":
        japanese, chinese = (len(find(plain, VOCABULARIES[name])) for name in ("Japanese", "Chinese"))
        return "Japanese" if japanese > chinese else "Chinese"
    if script != "Latin":
        return ""
    return _latin_language(plain)
