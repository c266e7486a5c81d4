"""Muscle words in a sentence, "brows drawn together", "lip corner puller with low level", as action units.

In: a sentence. Out: action unit -> intensity. Names of the units after Ekman, Friesen & Hager, Facial Action Coding
System (2002), and the ways in which people say them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from style2talker.emotion.manner import NEGATIONS, degree, tokens

__all__ = ["MUSCLE_WORDS", "muscle_units"]

_BROW = r"(?:eye)?-?brows?"
_BOTH = r"(?:the |his |her |their |both |my |your )?"
_UP = r"(?:rais\w+|lift\w*|pull\w* up|pulled upwards?|arch\w*|up|rise\w*|shoot\w* up)"
_DOWN = r"(?:lower\w*|pull\w* down|drop\w*|down|turn\w* down|drag\w* down)"
_CORNERS = r"(?:lip corners?|mouth corners?|corners? of (?:the |his |her |their )?(?:mouth|lips))"
_LIDS = r"(?:eye)?-?lids?"

_ITS = r"(?:the |his |her |their )?"
_IS = r"(?:is |are )?"

MUSCLE_WORDS: tuple[tuple[str, Mapping[str, float]], ...] = (
    (rf"(?:left {_BROW} {_IS}{_UP}|{_UP} {_BOTH}left {_BROW})", {"2L": 1.0, "1": 0.25}),
    (rf"(?:right {_BROW} {_IS}{_UP}|{_UP} {_BOTH}right {_BROW})", {"2R": 1.0, "1": 0.25}),
    (rf"(?:(?:one|an) {_BROW} {_IS}{_UP}|(?:one|an) {_UP} {_BROW}|{_UP} one {_BROW})", {"2R": 1.0, "1": 0.25}),
    (rf"(?:inner {_BROW} {_IS}{_UP}|{_UP} inner {_BROW}|inner brow raiser)", {"1": 1.0}),
    (rf"(?:outer {_BROW} {_IS}{_UP}|{_UP} outer {_BROW}|outer brow raiser)", {"2": 1.0}),
    (rf"(?:{_BROW} raiser|{_BROW} {_IS}{_UP}|{_UP} {_BOTH}{_BROW})", {"1": 0.8, "2": 0.9}),
    (
        rf"(?:{_BROW} lowerer|{_BROW} {_IS}(?:{_DOWN}|(?:drawn|pulled|pushed) together|furrow\w*|knit\w*|contract\w*)"
        rf"|(?:{_DOWN}|furrow\w*|knit\w*|frown\w*|contract\w*) {_BOTH}{_BROW})",
        {"4": 0.95},
    ),
    (
        r"(?:upper lid raiser|(?:wide|widened|bulging)(?: open)? eyes|eyes (?:are |go |grow )?(?:wide\w*|bulg\w*)|"
        r"wide-eyed)",
        {"5": 0.9},
    ),
    (r"(?:cheek raiser|(?:raised|lifted) cheeks|cheeks (?:are )?(?:raised|lifted|up)|crow's feet)", {"6": 0.8}),
    (
        rf"(?:lid tightener|(?:tight\w*|tense) {_BOTH}{_LIDS}|{_LIDS} (?:are )?(?:tight\w*|tense)|"
        rf"(?:narrow\w*|squint\w*) {_BOTH}eyes|eyes (?:are )?(?:narrow\w*|squint\w*)|\bsquint\w*)",
        {"7": 0.85},
    ),
    (
        rf"(?:nose wrinkler|(?:wrinkl\w*|crinkl\w*|scrunch\w*) (?:up )?{_ITS}nose|"
        rf"nose {_IS}(?:wrinkl\w*|scrunch\w*))",
        {"9": 0.9},
    ),
    (
        rf"(?:upper lip raiser|{_UP} {_BOTH}upper lip|upper lip {_IS}(?:{_UP}|curl\w*)|"
        rf"curl\w* {_BOTH}(?:upper )?lip|lip curl\w*)",
        {"10": 0.8},
    ),
    (
        rf"(?:\bone {_CORNERS}|{_CORNERS}[^,;.]{{0,24}} one side|on one side of {_ITS}(?:mouth|face)|"
        r"\bsmirk\w*|(?:crooked|lopsided|half) (?:smile|grin))",
        {"12L": 0.45, "14L": 0.7, "mouthL": 0.2},
    ),
    (rf"(?:lip corner puller|{_CORNERS} {_IS}(?:turn\w* up|{_UP})|{_UP} {_BOTH}{_CORNERS})", {"12": 0.8}),
    (rf"(?:lip corner depressor|{_CORNERS} {_IS}{_DOWN}|{_DOWN} {_BOTH}{_CORNERS}|downturned mouth)", {"15": 0.85}),
    (r"dimpler", {"14": 0.8}),
    (r"lower lip depressor", {"16": 0.8}),
    (
        r"(?:chin raiser|(?:trembl\w*|quiver\w*|pushed up|wrinkl\w*) chin|chin (?:trembl\w*|quiver\w*)|\bpout\w*)",
        {"17": 0.8},
    ),
    (rf"(?:lip pucker\w*|pucker\w* {_ITS}lips|lips (?:are )?pucker\w*)", {"18": 0.8}),
    (rf"(?:lip stretcher|stretch\w* {_ITS}(?:lips|mouth)|(?:lips|mouth) {_IS}stretch\w*)", {"20": 0.85}),
    (r"lip funnell?er", {"22": 0.8}),
    (rf"(?:lip tightener|tight\w* {_ITS}lips|lips (?:are )?tight\w*)", {"23": 0.8}),
    (rf"(?:lip press(?:or|er)|(?:press\w*|purs\w*) {_ITS}lips|lips (?:are )?(?:press\w*|purs\w*))", {"24": 0.8}),
    (r"(?:mouth stretch\b|mouth wide open|wide open mouth)", {"27": 0.7}),
    (r"(?:lips part\b|(?:parted|open) lips|lips (?:are )?(?:parted|open|apart))", {"25": 0.7}),
    (rf"(?:jaw drop\w*|dropped jaw|drop\w* {_ITS}jaw|open mouth\w*|mouth (?:is |hangs |half )?open)", {"26": 0.8}),
    (rf"(?:lip suck\w*|(?:bit\w*|suck\w*) {_ITS}(?:lower |bottom )?lips?)", {"28": 0.7}),
    (
        rf"(?:clench\w* {_ITS}(?:jaw|teeth)|(?:jaw|teeth) {_IS}clench\w*|grit\w* {_ITS}teeth)",
        {"23": 0.5, "29": 0.3},
    ),
    (r"(?:jaw thrust|jaw (?:pushed |thrust )forward)", {"29": 0.8}),
    (rf"(?:puff\w* (?:out )?{_ITS}cheeks|cheeks (?:are )?puff\w*)", {"34": 0.8}),
    (
        rf"(?:lids? droop|droop\w* {_BOTH}(?:eyes|{_LIDS})|(?:half-closed|heavy|lowered) (?:eyes|{_LIDS})|"
        rf"{_LIDS} (?:are )?(?:droop\w*|lowered))",
        {"43": 0.35},
    ),
    (r"(?:(?:closed|shut) eyes|eyes (?:are )?(?:closed|shut))", {"43": 1.0}),
    (
        r"(?:eyes (?:turn )?down\b|(?:lowered|downcast) (?:gaze|eyes|look)|looks? down\b(?! (?:on|his|her|the)))",
        {"64": 0.55},
    ),
    (r"(?:eyes (?:turn )?up\b|upward gaze|looks? up\b(?! to))", {"63": 0.5}),
    (r"(?:\bsmil(?:e|es|ing)\b|\bgrin\w*)", {"12": 0.7, "6": 0.3}),
)
"""(pattern, action units at full intensity); an earlier pattern takes its words before a later one sees them."""

_PATTERNS = tuple((re.compile(pattern), units) for pattern, units in MUSCLE_WORDS)
_CLAUSE = re.compile(r"[,;.!?]|\b(?:and|while|but|as)\b")
_LEVELS = {"low": 0.4, "middle": 0.7, "medium": 0.7, "high": 1.0}
_LEVEL = re.compile(r"\b(?:with |at )?(?:a )?(low|middle|medium|high) (?:level|intensity)\b")


def muscle_units(text: str) -> dict[str, float]:
    """Action units that a sentence names.

    Args:
        text: a sentence in English.

    Returns:
        Action unit of `facs.ACTION_UNITS`, with "L" or "R" for one side -> intensity 0..1.2; "slightly", "strongly" or
        "with low level" in the same clause scale it, a negation before it leaves it out. Empty without muscle words.
    """
    units: dict[str, float] = {}
    for clause in _CLAUSE.split(" ".join(text.lower().replace("’", "'").split())):
        level = _LEVEL.search(clause)
        scale = _LEVELS[level[1]] if level else min(degree(clause), 1.2)
        for pattern, table in _PATTERNS:
            match = pattern.search(clause)
            if match is None:
                continue
            before = tokens(clause[: match.start()])[-3:]
            clause = clause[: match.start()] + " | " + clause[match.end() :]
            if any(word in NEGATIONS or word.endswith("n't") for word in before):
                continue
            for unit, intensity in table.items():
                units[unit] = max(units.get(unit, 0.0), intensity * scale)
    return units
