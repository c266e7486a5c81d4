"""How strongly a feeling shows, by the manner words of a sentence: "slightly", "extremely", "hides".

In: a sentence. Out: a factor on the strength of the feeling (1 when it has no manner words).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from style2talker.emotion.lexicon import feeling_of

__all__ = ["DEGREES", "NEGATIONS", "degree", "manner", "tokens"]

DEGREES: Mapping[str, float] = {
    "barely": 0.3, "hardly": 0.3, "scarcely": 0.3, "faintly": 0.4, "faint": 0.4, "subtly": 0.45,
    "subtle": 0.45, "a hint of": 0.4, "a trace of": 0.4, "a touch of": 0.45, "a little bit": 0.5,
    "a little": 0.5, "a bit": 0.5, "slightly": 0.5, "slight": 0.5, "mildly": 0.55, "mild": 0.55,
    "gently": 0.65, "softly": 0.65, "somewhat": 0.65, "kind of": 0.7, "sort of": 0.7, "a tad": 0.5,
    "vaguely": 0.45, "moderately": 0.8, "fairly": 0.85, "rather": 0.9, "quite": 0.95, "pretty": 1.0,
    "very": 1.2, "really": 1.15, "so": 1.1, "truly": 1.15, "deeply": 1.25, "highly": 1.2, "greatly": 1.2,
    "strongly": 1.2, "bitterly": 1.2, "visibly": 1.1, "openly": 1.1, "seriously": 1.15, "terribly": 1.25,
    "extremely": 1.4, "incredibly": 1.4, "utterly": 1.4, "absolutely": 1.4, "completely": 1.35,
    "totally": 1.35, "intensely": 1.35, "violently": 1.35, "overwhelmingly": 1.4, "wildly": 1.35,
    "insanely": 1.4, "immensely": 1.35, "hugely": 1.35, "beyond": 1.3, "full of": 1.15,
    "overwhelmed with": 1.35,
}  # fmt: skip
"""Degree word or phrase -> factor."""

NEGATIONS = frozenset({"not", "no", "never", "without", "neither", "nor", "cannot", "nothing", "none", "zero"})
"""Words that deny what follows, beside those that end in "n't"."""

_CONCEAL = (
    r"(?:hid(?:e|es|ing)|conceal(?:s|ing)?|contain(?:s|ing)?|suppress(?:es|ing)?|mask(?:s|ing)?|"
    r"hold(?:s|ing)? back)"
)
_UNHIDDEN = re.compile(
    r"\b(?:hardly|barely|scarcely|can't|cannot|can not|could not|couldn't|unable to|fail(?:s|ing)? to|"
    r"struggl(?:es|ing|e) to|not)\b(?: \w+){0,2}? " + _CONCEAL + r"\b"
)
_TRYING = re.compile(r"\b(?:try|tries|trying) (?:hard )?to " + _CONCEAL + r"\b")
_HIDDEN = re.compile(r"\b" + _CONCEAL + r"\b")
_PEAK = re.compile(
    r"\b(?:could(?:n't| not)|can(?:'t|not)) be (?:any )?(?:more|\w+er)\b|"
    r"\bnever (?:been|felt|seen|looked)\b(?: \w+)?? (?:so|this|more)\b"
)
_CONTRAST = re.compile(r"\b(?:but|yet|just|only|rather|instead|although|though)\b|[,;.!?]")
_DEGREE = re.compile(r"\b(" + "|".join(sorted(map(re.escape, DEGREES), key=len, reverse=True)) + r")\b")
_NEGATED = 0.1
_REACH = 4
"""Words after a negation that it still covers."""


def tokens(text: str) -> list[str]:
    """Lower-case words of a text, apostrophes and inner hyphens kept."""
    return re.findall(r"[a-z]+(?:['’-][a-z]+)*", text.lower().replace("’", "'"))


def _all_negated(text: str) -> bool:
    """Whether every feeling that the sentence names stands under a negation."""
    named = denied = 0
    for clause in _CONTRAST.split(text):
        reach = 0
        for word in tokens(clause):
            if word in NEGATIONS or word.endswith("n't"):
                reach = _REACH + 1
            found = feeling_of(word)
            if found is not None and found[0] != "neutral":
                named += 1
                denied += reach > 0
            reach -= 1
    return named > 0 and named == denied


def degree(text: str) -> float:
    """Product of the factors of the degree words in a lower-case text, within 0.2..1.6."""
    factor = 1.0
    for word in _DEGREE.findall(text):
        factor *= DEGREES[word]
    return float(min(max(factor, 0.2), 1.6))


def manner(text: str) -> float:
    """Factor on the strength of what a sentence feels.

    Args:
        text: a sentence in English; other languages have no manner words and give 1.

    Returns:
        0.1 for a denied feeling ("not angry at all") .. 1.6; several degree words multiply.
    """
    plain = " ".join(text.lower().replace("’", "'").split())
    factor = 1.0
    if _PEAK.search(plain):
        return 1.35
    for pattern, weight in ((_UNHIDDEN, 1.15), (_TRYING, 0.6), (_HIDDEN, 0.5)):
        plain, count = pattern.subn(" ", plain)
        if count:
            factor *= weight
            break
    if _all_negated(plain):
        return _NEGATED
    return float(min(max(factor * degree(plain), 0.2), 1.6))
