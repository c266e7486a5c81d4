"""Muscle words in a sentence, "brows drawn together", "lip corner puller with low level", as action units.

In: a sentence. Out: action unit -> intensity. Names of the units after Ekman, Friesen & Hager, Facial Action Coding
System (2002). Beside names and idioms, a part of the face and what happens to it are looked for apart, so that
"her brows, slightly raised" and "she raises both of her brows" are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from style2talker.emotion.facs import ACTION_UNITS, UNIT_NAMES
from style2talker.emotion.manner import NEGATIONS, degree, tokens

__all__ = ["MUSCLE_PARTS", "MUSCLE_WORDS", "muscle_units"]

_BROWS = r"(?:eye)?-?brows?"
_UP = (
    r"(?:rais\w*|lift\w*|up|upwards?|rise\w*|rose|arch\w*|climb\w*|high|elevat\w*|cock\w*|quirk\w*|go(?:es)? up|hiked)"
)
_DOWN = r"(?:lower\w*|down|downwards?|drop\w*|droop\w*|sag\w*|fall\w*|fell|depress\w*|hang\w*|downturned)"
_TOGETHER = r"(?:together|furrow\w*|knit\w*|contract\w*|frown\w*|pinch\w*|squeez\w*|bunch\w*|creas\w*|wrinkl\w*)"
_TIGHT = r"(?:tight\w*|tens\w*|narrow\w*|squint\w*|squeezed(?! shut)|slit\w*|screwed up)"
_OPEN = r"(?:open\w*|agape|apart|part(?:s|ed|ing)?|gap(?:es|ed|ing))"
_WIDE = r"(?:wide\w*|bulg\w*|huge|popp\w*|goggl\w*|staring)"
_SIDE = r"(?:sideways|to (?:the|one) (?:left|right|side)|shift\w*|twist\w*)"
_SMILE = {"12": 0.7, "6": 0.3}
_SMIRK = {"12L": 0.45, "14L": 0.7, "mouthL": 0.2}
_ONE_BROW = {"2R": 1.0, "1": 0.25}
_CLENCH = {"23": 0.5, "29": 0.3}

_NAMED = dict.fromkeys(UNIT_NAMES, 0.8) | {
    "4": 0.95,
    "5": 0.9,
    "7": 0.85,
    "9": 0.9,
    "15": 0.85,
    "20": 0.85,
    "1": 1.0,
}
_NAMED |= {"2": 1.0, "27": 0.7, "25": 0.7, "28": 0.7, "43": 1.0, "63": 0.5, "64": 0.55}
_OTHER_NAMES = {"22": r"|lip funneller", "24": r"|lip presser"}

_OFFICIAL = tuple(
    (name + _OTHER_NAMES.get(unit, ""), {unit + "L" * (unit in ("30", "mouth")): _NAMED[unit]})
    for unit, name in UNIT_NAMES.items()
)

MUSCLE_WORDS: tuple[tuple[str, Mapping[str, float]], ...] = (
    *_OFFICIAL,
    (r"brow raiser", {"1": 0.8, "2": 0.9}),
    (r"eyes? (?:are )?(?:as )?(?:big|wide|round) as saucers|wide-eyed", {"5": 0.9}),
    (r"crow's feet|crinkl\w* (?:\w+ )?eyes|eyes crinkl\w*", {"6": 0.8}),
    (
        r"[^,;.]{0,24}\bon one side of (?:the |his |her )?(?:mouth|face)|\bsmirk\w*|"
        r"(?:crooked|lopsided|half|wry) (?:smile|grin)|half (?:a )?smile[^,;.]{0,24}\bone side",
        _SMIRK,
    ),
    (r"tight-lipped", {"23": 0.8}),
    (r"rolls? (?:the |his |her |their )?eyes|rolling (?:the |his |her |their )?eyes|upward gaze", {"63": 0.5}),
    (r"(?:puppy-dog|sleepy|hooded) eyes|(?:half|barely)[- ](?:closed|open|shut) (?:eyes|lids|eyelids)", {"43": 0.35}),
    (r"(?:eyes|lids|eyelids) (?:are )?(?:half|almost)[- ](?:closed|shut)", {"43": 0.35}),
    (
        r"(?:lowered|downcast) (?:gaze|eyes|look)|(?:gaze|eyes) (?:\w+ )?(?:lowered|downcast|cast down|down)|"
        r"(?:eyes|gaze|stares?|looks?|gazes?|looking|staring|gazing) (?:on|at|to) the (?:floor|ground)",
        {"64": 0.55},
    ),
    (r"look(?:s|ing)? down\b(?! (?:on|his|her|the|upon|at))", {"64": 0.55}),
    (
        r"look(?:s|ing)? up\b(?! to)|"
        r"eyes (?:turn\w* |raised |cast |lifted )(?:up\b|upwards?|to the (?:ceiling|sky))",
        {"63": 0.5},
    ),
    (r"\bpout\w*", {"17": 0.8}),
    (
        r"\b(?:a )?(?:scowl\w*|glower\w*)|(?:creas\w*|wrinkl\w*|furrow\w*) (?:\w+ )?forehead|"
        r"forehead (?:is )?(?:creas|wrinkl|furrow)\w*",
        {"4": 0.95},
    ),
    (r"\bfrown\w*(?! (?:\w+ )?(?:eye)?-?brows?)", {"4": 0.95}),
    (r"\bsquint\w*(?! (?:\w+ )?eyes)", {"7": 0.85}),
    (r"(?:show|bar)(?:s|es|ed|ing)? (?:\w+ )?(?:upper|top) teeth", {"10": 0.8}),
    (r"(?:show|bar)(?:s|es|ed|ing)? (?:\w+ )?(?:lower|bottom) teeth", {"16": 0.8}),
    (r"(?:show|bar)(?:s|es|ed|ing)? (?:\w+ )?teeth|bared teeth", {"25": 0.7, "10": 0.3}),
    (r"dimples?\b|dimpled", {"14": 0.8}),
    (r"\bagape\b|open-mouthed", {"26": 0.8}),
    (r"\b(?:duck|kissing) (?:lips|mouth)", {"18": 0.8}),
    (r"\bsmil(?:e|es|ing)\b|\bgrin\w*", _SMILE),
)
"""(pattern, action units at full intensity) of names and idioms; an earlier one takes its words from later ones."""

MUSCLE_PARTS: tuple[tuple[str, tuple[tuple[str, Mapping[str, float]], ...]], ...] = (
    (
        r"inner (?:(?:ends?|corners?|parts?|halves|half) of )?(?:\w+ )?(?:eye)?-?brows?",
        ((_UP, {"1": 1.0}), (_TOGETHER, {"4": 0.95})),
    ),
    (r"outer (?:(?:ends?|corners?|parts?|halves|half) of )?(?:\w+ )?(?:eye)?-?brows?", ((_UP, {"2": 1.0}),)),
    (r"left (?:eye)?-?brow", ((_UP, {"2L": 1.0, "1": 0.25}), (_DOWN, {"4L": 0.95}))),
    (r"right (?:eye)?-?brow", ((_UP, {"2R": 1.0, "1": 0.25}), (_DOWN, {"4R": 0.95}))),
    (r"(?:one|an?|single)(?: (?:\w+ed|single))? (?:eye)?-?brow", ((_UP, _ONE_BROW), (_TOGETHER, {"4": 0.95}))),
    (_BROWS, ((_UP, {"1": 0.8, "2": 0.9}), (_DOWN, {"4": 0.95}), (_TOGETHER, {"4": 0.95}))),
    (r"upper (?:eye)?-?lids?", ((_UP, {"5": 0.9}), (_DOWN, {"43": 0.35}), (_TIGHT, {"7": 0.85}))),
    (
        r"(?:eye)?-?lids?",
        (
            (r"(?:clos\w*|shut\w*)", {"43": 1.0}),
            (_TIGHT, {"7": 0.85}),
            (_DOWN + r"|heavy", {"43": 0.35}),
            (_WIDE, {"5": 0.9}),
        ),
    ),
    (
        r"eyes",
        (
            (r"(?:clos\w*|shut\w*)", {"43": 1.0}),
            (_WIDE, {"5": 0.9}),
            (_TIGHT, {"7": 0.85}),
            (r"droop\w*|heavy", {"43": 0.35}),
        ),
    ),
    (r"cheeks?", ((r"(?:puff\w*|blown\W\w+|blows?|inflat\w*)", {"34": 0.8}), (_UP + r"|push\w*", {"6": 0.8}))),
    (r"nose", ((r"(?:wrinkl\w*|crinkl\w*|scrunch\w*|screw\w*)", {"9": 0.9}),)),
    (r"upper lip", ((_UP + r"|curl\w*", {"10": 0.8}),)),
    (
        r"(?:lower|bottom) lip",
        (
            (r"(?:bit\w*|suck\w*|chew\w*)", {"28": 0.7}),
            (r"(?:push\w*|stuck|stick\w*) (?:\w+ )?(?:up|out)|out|trembl\w*|quiver\w*", {"17": 0.8}),
            (_DOWN, {"16": 0.8}),
        ),
    ),
    (
        r"one (?:lip corner|mouth corner|corner of (?:\w+ )?(?:mouth|lips))|corner of (?:\w+ )?mouth",
        ((_UP + r"|tight\w*|curl\w*", _SMIRK),),
    ),
    (
        r"(?:lip|mouth) corners?|corners? of (?:\w+ )?(?:mouth|lips)",
        (
            (r"(?:tight\w*|tuck\w*|press\w*|dimpl\w*)", {"14": 0.8}),
            (_UP, {"12": 0.8}),
            (_DOWN, {"15": 0.85}),
            (r"(?:stretch\w*|pulled back|sideways)", {"20": 0.85}),
        ),
    ),
    (
        r"lips?",
        (
            (r"(?:press\w*|purs\w*|compress\w*)", {"24": 0.8}),
            (r"(?:pucker\w*|forwards?)", {"18": 0.8}),
            (r"(?:stretch\w*|sideways|pulled back|drawn back)", {"20": 0.85}),
            (r"(?:tight\w*|thin\w*)", {"23": 0.8}),
            (r"(?:bit\w*|suck\w*|rolled|roll\w* in)", {"28": 0.7}),
            (r"(?:funnel\w*|round\w*)", {"22": 0.8}),
            (_OPEN, {"25": 0.7}),
            (r"curl\w*", {"10": 0.8}),
        ),
    ),
    (
        r"mouth",
        (
            (rf"wide open\w*|{_OPEN} wide|gaping|wide$", {"27": 0.7}),
            (_OPEN + r"|hangs", {"26": 0.8}),
            (r"(?:stretch\w*)", {"20": 0.85}),
            (r"wide", {"27": 0.7}),
            (r"(?:to the right)", {"mouthR": 0.6}),
            (_SIDE, {"mouthL": 0.6}),
            (_DOWN, {"15": 0.85}),
        ),
    ),
    (
        r"jaw",
        (
            (r"(?:clench\w*|set|tight\w*)", _CLENCH),
            (r"(?:thrust\w*|forwards?|jut\w*)", {"29": 0.8}),
            (r"(?:to the right)", {"30R": 0.8}),
            (_SIDE, {"30L": 0.8}),
            (_DOWN + r"|slack", {"26": 0.8}),
        ),
    ),
    (r"teeth", ((r"(?:clench\w*|grit\w*|grind\w*)", _CLENCH),)),
    (r"chin boss", ((_UP, {"17": 0.8}),)),
    (
        r"chin",
        (
            (r"(?:thrust\w*|forwards?|jut\w*)", {"29": 0.8}),
            (r"(?:trembl\w*|quiver\w*|push\w* up|wrinkl\w*)", {"17": 0.8}),
        ),
    ),
)
"""(part of the face, what happens to it and the units of that); a longer part comes before one that it holds."""

_IDIOMS = tuple((re.compile(rf"(?<!\w)(?:{pattern})(?!\w)"), units) for pattern, units in MUSCLE_WORDS)
_PARTS = tuple(
    (re.compile(rf"\b(?:{part})\b"), tuple((re.compile(rf"\b(?:{what})\b"), units) for what, units in actions))
    for part, actions in MUSCLE_PARTS
)
_SEVERAL = next(actions for pattern, actions in _PARTS if pattern.pattern == rf"\b(?:{_BROWS})\b")
"""What may happen at once: frightened brows are raised and drawn together."""
_ANY_PART = re.compile("|".join(f"\\b(?:{part})\\b" for part, _ in MUSCLE_PARTS))
_CODE = re.compile(r"\bau[ -]?(\d{1,2})([lr])?\b")
_CLAUSE = re.compile(r"[,;.!?]|\b(?:and|while|but)\b|(?<!big )(?<!wide )\bas\b(?! (?:big|wide)\b)")
_LEVELS = {"low": 0.4, "middle": 0.7, "medium": 0.7, "high": 1.0}
_LEVEL = re.compile(r"\b(?:with |at )?(?:a )?(low|middle|medium|high) (?:level|intensity)\b")
_Actions = tuple[tuple[re.Pattern[str], Mapping[str, float]], ...]
_NEAR = 34
"""Letters between a part of the face and what happens to it."""


def _denied(before: str) -> bool:
    """Whether one of the last three words denies what follows."""
    return any(word in NEGATIONS or word.endswith("n't") for word in tokens(before)[-3:])


def _clauses(text: str) -> Iterator[str]:
    """Clauses of a sentence; "raised and drawn together brows" stays one, for "raised" has no part of its own."""
    pending = ""
    for piece in _CLAUSE.split(text):
        pending = f"{pending} {piece}".strip()
        if _ANY_PART.search(pending) or not re.search(rf"\b(?:{_UP}|{_DOWN}|{_TIGHT})\b", pending):
            yield pending
            pending = ""
    if pending:
        yield pending


def _idioms(clause: str) -> tuple[str, list[Mapping[str, float]]]:
    """What is left of a clause without names and idioms, and their units."""
    found = []
    for pattern, units in _IDIOMS:
        match = pattern.search(clause)
        if match is not None:
            denied = _denied(clause[: match.start()])
            clause = clause[: match.start()] + "|" * len(match[0]) + clause[match.end() :]
            found += [] if denied else [units]
    for match in _CODE.finditer(clause):
        unit, side = match[1], (match[2] or "").upper()
        if unit in ACTION_UNITS and not _denied(clause[: match.start()]):
            found.append({unit + side: 0.85})
    return clause, found


def _spans(clause: str) -> list[tuple[int, int, _Actions]]:
    """(begin, end, actions) of the parts of the face in a clause, longer ones first to take their words."""
    spans = []
    for part, actions in _PARTS:
        spans += [(match.start(), match.end(), actions) for match in part.finditer(clause)]
        clause = part.sub(lambda match: "|" * len(match[0]), clause)
    return sorted(spans, key=lambda span: span[0])


def _moved_parts(clause: str) -> Iterator[Mapping[str, float]]:
    """Units of the parts of the face in a clause, by the actions after them or else before them."""
    spans = _spans(clause)
    ends, begins = [0, *(end for _, end, _ in spans)], [*(begin for begin, _, _ in spans), len(clause)]
    for number, (begin, end, actions) in enumerate(spans):
        after = clause[end : min(begins[number + 1], end + _NEAR)]
        before = clause[max(ends[number], begin - _NEAR) : end]
        for text in (after, before):
            hits = [(units, match) for units, match in ((u, what.search(text)) for what, u in actions) if match]
            if hits:
                if not _denied(clause[:begin]) and not _denied(text[: hits[0][1].start()]):
                    yield from (units for units, _ in (hits if actions is _SEVERAL else hits[:1]))
                break


def muscle_units(text: str) -> dict[str, float]:
    """Action units that a sentence names.

    Args:
        text: a sentence in English.

    Returns:
        Action unit of `facs.ACTION_UNITS`, with "L" or "R" for one side -> intensity 0..1.2; "slightly", "strongly" or
        "with low level" in the same clause scale it, a negation before it leaves it out. Empty without muscle words.
    """
    units: dict[str, float] = {}
    for clause in _clauses(" ".join(text.lower().replace("’", "'").split())):
        level = _LEVEL.search(clause)
        scale = _LEVELS[level[1]] if level else min(degree(clause), 1.2)
        rest, found = _idioms(_LEVEL.sub("", clause))
        for table in (*found, *_moved_parts(rest)):
            for unit, intensity in table.items():
                units[unit] = max(units.get(unit, 0.0), intensity * scale)
    return units
