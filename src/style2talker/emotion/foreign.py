"""What a sentence in another language than English feels, by the words of its vocabulary.

In: a sentence and its language. Out: amounts of the eight emotions and action units, scaled and denied as it says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from style2talker.emotion.languages.vocabulary import Found, Vocabulary, find, folded
from style2talker.records import LABELS, FloatArray

__all__ = ["ForeignReading", "read_foreign"]

_PUNCTUATION = re.compile(r"[,;:.!?、。，；！？…—–]")
_LEAST, _MOST = 0.2, 1.6
"""Limits of a factor of degree words, as in English."""


@dataclass(frozen=True, slots=True, eq=False)
class ForeignReading:
    """What was understood of a sentence.

    Attributes:
        amounts: (8,) float32 of the emotions in the order of `LABELS`, degree words and denials counted in.
        units: action unit -> intensity.
        known: a word for a feeling or a muscle was found, denied or not.
    """

    amounts: FloatArray
    units: dict[str, float]
    known: bool


def _clauses(text: str, found: Sequence[Found]) -> list[list[Found]]:
    """Phrases by the clause in which they stand."""
    bounds = [m.start() for m in _PUNCTUATION.finditer(text)] + [f.begin for f in found if f.kind == "contrast"]
    clauses: dict[int, list[Found]] = {}
    for phrase in found:
        clauses.setdefault(sum(bound < phrase.begin for bound in bounds), []).append(phrase)
    return list(clauses.values())


def _denied(phrase: Found, denials: Sequence[Found], reach: int) -> bool:
    """Whether one of the denials of its clause covers a phrase."""
    for denial in denials:
        if denial.key == "clause":
            return True
        ahead, behind = phrase.begin - denial.end, denial.begin - phrase.end
        if 0 <= (ahead if denial.key == "after" else behind) <= reach:
            return True
    return False


def read_foreign(text: str, vocabulary: Vocabulary) -> ForeignReading:
    """Read a sentence.

    Args:
        text: a sentence.
        vocabulary: of its language.
    """
    plain = folded(text)
    found = find(plain, vocabulary)
    felt: dict[str, float] = {}
    units: dict[str, float] = {}
    for clause in _clauses(plain, found):
        denials = [phrase for phrase in clause if phrase.kind == "denial"]
        degree = float(np.prod([phrase.level for phrase in clause if phrase.kind == "degree"]))
        degree = min(max(degree, _LEAST), _MOST)
        for phrase in clause:
            if phrase.kind not in ("feeling", "muscle"):
                continue
            denied = _denied(phrase, denials, vocabulary.reach)
            if phrase.kind == "feeling":
                level = 0.0 if denied else phrase.level * degree
                felt[phrase.key] = max(felt.get(phrase.key, 0.0), level)
            elif not denied:
                for unit, intensity in vocabulary.muscles[int(phrase.key)][1].items():
                    units[unit] = max(units.get(unit, 0.0), intensity * min(degree, 1.2))
    amounts = np.zeros(len(LABELS), np.float32)
    shown = {label: level for label, level in felt.items() if level > 0 or label == "neutral"}
    for label, level in shown.items():
        amounts[LABELS.index(label)] = level / len(shown) ** 0.5
    return ForeignReading(amounts, units, any(phrase.kind in ("feeling", "muscle") for phrase in found))
