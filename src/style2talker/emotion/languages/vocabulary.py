"""What one language says about feelings, and how its phrases are found in a sentence.

Phrases are written as they are said. "*" stands for the endings of a word, " … " for up to five words in between, "_"
for the edge of a word where words are not spaced; phrases of a list are separated by commas. A longer phrase takes its
words before a shorter one sees them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

__all__ = ["ROMANCE_ENDINGS", "Found", "Vocabulary", "find", "folded"]

Levels = Mapping[float, str]
ROMANCE_ENDINGS = r"(?:(?<=[aeiou])\w{0,5}|(?<![aeiou])(?:o|a|i|e|he|hi|os|as|es|amente|emente|mente|isim[oaie]s?))"
"""Endings of Italian and Spanish: a stem on a consonant needs a vowel, which keeps English cousins out."""
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The words of a language.

    Attributes:
        name: of the language, in English.
        endings: regular expression of what "*" stands for; empty where words are found inside others.
        reach: letters over which a denial covers a feeling before or after it.
        common: frequent words that tell the language from others, one a word; empty where the script tells it.
        feelings: label -> intensity -> phrases; 1 is the emotion as its label says it.
        degrees: factor on the intensity -> phrases.
        denials: "clause", "after" or "before" -> phrases that deny feelings there.
        contrasts: what begins a new clause, beside punctuation.
        harmless: phrases that hold a negation or a feeling only by their letters.
        muscles: (phrases, action units at full intensity).
    """

    name: str
    endings: str
    reach: int
    common: str
    feelings: Mapping[str, Levels]
    degrees: Levels
    denials: Mapping[str, str]
    contrasts: str
    harmless: str
    muscles: tuple[tuple[str, Mapping[str, float]], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase of a vocabulary in a sentence.

    Attributes:
        kind: "feeling", "degree", "denial", "contrast" or "muscle".
        key: the label of a feeling, the number of a muscle phrase, what a denial covers, otherwise empty.
        level: intensity of a feeling or factor of a degree.
        begin: where it begins in the folded sentence.
        end: where it ends.
    """

    kind: str
    key: str
    level: float
    begin: int
    end: int


def folded(text: str) -> str:
    """A sentence as phrases are compared: small letters, one width, umlauts as two letters, no accents."""
    plain = unicodedata.normalize("NFKC", text).casefold().replace("’", "'").translate(_GERMAN)
    bare = "".join(c for c in unicodedata.normalize("NFD", plain) if not 0x300 <= ord(c) <= 0x36F)
    return " ".join(unicodedata.normalize("NFC", bare).split())


def _pattern(phrase: str, vocabulary: Vocabulary) -> str:
    """A regular expression for a phrase of the little language above."""
    text = "…".join(re.escape(folded(part)) for part in phrase.split(" … "))
    if not vocabulary.endings:
        text = text.removeprefix("_").removesuffix("_").replace(r"\ ", r"\s*")
        return (r"(?<!\w)" if phrase[0] == "_" else "") + text + (r"(?!\w)" if phrase[-1] == "_" else "")
    text = text.replace("…", r"(?:\s+[\w'-]+){0,5}?\s+").replace(r"\*", vocabulary.endings)
    edge = "" if phrase[-1] == "'" else r"(?!\w)"
    return r"\b" + text.replace(r"\ ", r"\s+") + edge


def _split(phrases: str) -> Iterator[str]:
    """The phrases of a list."""
    return (phrase.strip() for phrase in phrases.split(",") if phrase.strip())


@cache
def _compiled(vocabulary: Vocabulary) -> tuple[tuple[re.Pattern[str], str, str, float], ...]:
    """(pattern, kind, key, level) of every phrase, longer ones first."""
    rows: list[tuple[str, str, str, float]] = [(p, "harmless", "", 1.0) for p in _split(vocabulary.harmless)]
    for number, (phrases, _) in enumerate(vocabulary.muscles):
        rows += [(p, "muscle", str(number), 1.0) for p in _split(phrases)]
    for label, levels in vocabulary.feelings.items():
        rows += [(p, "feeling", label, level) for level, phrases in levels.items() for p in _split(phrases)]
    rows += [(p, "degree", "", level) for level, phrases in vocabulary.degrees.items() for p in _split(phrases)]
    rows += [(p, "denial", where, 1.0) for where, phrases in vocabulary.denials.items() for p in _split(phrases)]
    rows += [(p, "contrast", "", 1.0) for p in _split(vocabulary.contrasts)]
    rows.sort(key=lambda row: -len(row[0].replace("*", "").replace("…", "")))
    return tuple((re.compile(_pattern(p, vocabulary)), kind, key, level) for p, kind, key, level in rows)


def find(text: str, vocabulary: Vocabulary) -> list[Found]:
    """The phrases of a vocabulary in a sentence, in their order; "harmless" ones are left out.

    Args:
        text: a sentence as `folded` gives it.
        vocabulary: of its language.
    """
    found: list[Found] = []

    def take(kind: str, key: str, level: float) -> Callable[[re.Match[str]], str]:
        def blank(match: re.Match[str]) -> str:
            if kind != "harmless":
                found.append(Found(kind, key, level, match.start(), match.end()))
            return "\0" * len(match[0])

        return blank

    for pattern, kind, key, level in _compiled(vocabulary):
        text = pattern.sub(take(kind, key, level), text)
    return sorted(found, key=lambda phrase: phrase.begin)
