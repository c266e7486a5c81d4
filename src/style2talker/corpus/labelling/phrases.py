"""How a sentence names action units: a phrase for every unit, with its level.

Names of the units after Ekman, Friesen & Hager, Facial Action Coding System (2002), and what people say for them. Every
phrase is understood by `emotion.muscles.muscle_units` as just the units that it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from numpy.random import Generator

from style2talker.corpus.labelling.levels import LEVEL_NAMES
from style2talker.corpus.labelling.units import LABELLED
from style2talker.emotion.muscles import muscle_units

__all__ = ["LEVEL_WORDS", "PHRASES", "UNIT_NAMES", "Phrase", "named_units", "spread"]


@dataclass(frozen=True, slots=True)
class Phrase:
    """Ways to name one unit, or several that are seen as one.

    Attributes:
        units: the action units.
        nominal: stand after "with" and "shows": "knitted brows".
        finite: whole clauses, "{whose}" being the person's: "{whose} brows are knitted".
    """

    units: frozenset[str]
    nominal: tuple[str, ...]
    finite: tuple[str, ...] = ()


def _phrase(units: str, nominal: str, finite: str = "") -> Phrase:
    return Phrase(frozenset(units.split()), tuple(nominal.split("|")), tuple(finite.split("|")) if finite else ())


PHRASES: tuple[Phrase, ...] = (
    _phrase(
        "1",
        "inner brow raiser|raised inner brows|lifted inner eyebrows|inner brows pulled up",
        "{whose} inner brows are raised|{whose} inner eyebrows are lifted|{whose} inner brows rise",
    ),
    _phrase(
        "2",
        "outer brow raiser|raised outer brows|lifted outer eyebrows|outer brows raised",
        "{whose} outer brows are raised|{whose} outer eyebrows are lifted",
    ),
    _phrase(
        "1 2",
        "brow raiser|raised eyebrows|lifted brows|arched eyebrows|eyebrows raised|brows pulled up",
        "{whose} eyebrows are raised|{whose} brows are lifted|{whose} eyebrows rise|{whose} brows are arched",
    ),
    _phrase(
        "4",
        "brow lowerer|lowered brows|furrowed brows|knitted eyebrows|brows drawn together|contracted brows",
        "{whose} brows are lowered|{whose} eyebrows are drawn together|{whose} brows are furrowed"
        "|{whose} brows are knitted",
    ),
    _phrase("5", "upper lid raiser|wide eyes|wide open eyes|widened eyes", "{whose} eyes are wide|{whose} eyes widen"),
    _phrase("6", "cheek raiser|raised cheeks|lifted cheeks", "{whose} cheeks are raised|{whose} cheeks are lifted"),
    _phrase(
        "7",
        "lid tightener|narrowed eyes|tightened eyelids|squinting eyes|squinted eyes",
        "{whose} eyes are narrowed|{whose} eyelids are tight|{whose} eyes squint",
    ),
    _phrase("9", "nose wrinkler|a wrinkled nose|a scrunched nose", "{whose} nose is wrinkled|{whose} nose wrinkles"),
    _phrase(
        "10",
        "upper lip raiser|a raised upper lip|a lifted upper lip|the upper lip pulled up",
        "{whose} upper lip is raised|{whose} upper lip curls|{whose} upper lip is lifted",
    ),
    _phrase(
        "12",
        "lip corner puller|raised lip corners|lip corners pulled up|the corners of the mouth turned up",
        "{whose} lip corners are pulled up|the corners of {whose} mouth are raised|{whose} mouth corners are lifted",
    ),
    _phrase("14", "dimpler"),
    _phrase(
        "15",
        "lip corner depressor|a downturned mouth|lip corners pulled down|the corners of the mouth turned down",
        "{whose} lip corners are pulled down|the corners of {whose} mouth drop",
    ),
    _phrase("16", "lower lip depressor"),
    _phrase("17", "chin raiser|a pushed up chin|a wrinkled chin"),
    _phrase("18", "lip pucker|puckered lips", "{whose} lips are puckered|{whose} lips pucker"),
    _phrase(
        "20",
        "lip stretcher|stretched lips|a stretched mouth|lips stretched sideways",
        "{whose} lips are stretched|{whose} mouth is stretched",
    ),
    _phrase("22", "lip funneler"),
    _phrase("23", "lip tightener|tightened lips", "{whose} lips are tight|{whose} lips tighten"),
    _phrase(
        "24", "lip pressor|pressed lips|lips pressed together", "{whose} lips are pressed together|{whose} lips press"
    ),
    _phrase("25", "lips part|parted lips|lips apart", "{whose} lips are parted|{whose} lips are apart"),
    _phrase("26", "jaw drop|a dropped jaw|an open mouth", "{whose} jaw drops|{whose} mouth is open"),
    _phrase("28", "lip suck"),
    _phrase("29", "jaw thrust|the jaw pushed forward|the jaw thrust forward"),
    _phrase("34", "puffed cheeks|cheeks puffed out", "{whose} cheeks are puffed"),
    _phrase(
        "43", "drooping eyelids|half-closed eyes|heavy eyelids", "{whose} eyelids droop|{whose} eyelids are lowered"
    ),
)
"""Every unit of `units.LABELLED` has a phrase of its own; 1 and 2 together have another."""

UNIT_NAMES: Mapping[str, str] = {
    "1": "inner brow raiser", "2": "outer brow raiser", "4": "brow lowerer", "5": "upper lid raiser",
    "6": "cheek raiser", "7": "lid tightener", "9": "nose wrinkler", "10": "upper lip raiser",
    "12": "lip corner puller", "14": "dimpler", "15": "lip corner depressor", "16": "lower lip depressor",
    "17": "chin raiser", "18": "lip pucker", "20": "lip stretcher", "22": "lip funneler", "23": "lip tightener",
    "24": "lip pressor", "25": "lips part", "26": "jaw drop", "28": "lip suck", "29": "jaw thrust", "34": "cheek puff",
    "43": "eyes half closed",
}  # fmt: skip
"""Action unit -> its name (Ekman, Friesen & Hager, 2002)."""

LEVEL_WORDS: Mapping[str, tuple[str, ...]] = {
    "low": ("with low level", "at low level", "with low intensity", "at a low intensity"),
    "middle": ("with middle level", "at medium intensity", "with a medium level"),
    "high": ("with high level", "at high intensity", "with a high level"),
}
"""Level -> what may follow a phrase. Words such as "slightly" would weaken the feeling of the sentence too."""


def named_units(sentence: str) -> frozenset[str]:
    """Units of `units.LABELLED` that a sentence names, on whichever side of the face."""
    plain = {unit[:-1] if unit[-1] in "LR" else unit for unit in muscle_units(sentence)}
    return frozenset(plain & set(LABELLED))


def spread(units: Mapping[str, str], rng: Generator, most: int) -> list[tuple[Phrase, str]]:
    """Phrases that together name units, each unit once, in an order of chance.

    Args:
        units: unit -> level name.
        rng: where randomness comes from.
        most: names at most so many units, the first ones of `units`.

    Returns:
        (phrase, level name); of several units in a phrase the higher level counts.
    """
    wanted = list(units)[:most]
    left = set(wanted)
    chosen: list[tuple[Phrase, str]] = []
    for unit in (wanted[i] for i in rng.permutation(len(wanted))):
        if unit not in left:
            continue
        fitting = [phrase for phrase in PHRASES if unit in phrase.units and phrase.units <= left]
        widest = max(len(phrase.units) for phrase in fitting)
        phrase = next(phrase for phrase in fitting if len(phrase.units) == widest)
        left -= phrase.units
        chosen.append((phrase, _highest(units[name] for name in phrase.units)))
    return chosen


def _highest(levels: Iterable[str]) -> str:
    return max(levels, key=LEVEL_NAMES.index)
