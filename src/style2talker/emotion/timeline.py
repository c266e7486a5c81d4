"""Timelines of feelings: "0: calm; 2.5: suddenly furious" -> ((0.0, "calm"), (2.5, "suddenly furious")).

A text that is no timeline is one feeling from the beginning on, whatever colons and semicolons it holds.
"""

from __future__ import annotations

import re
from itertools import pairwise

from style2talker.errors import EmotionError

__all__ = ["LONGEST", "parse"]

LONGEST = 2000
"""Characters that a text may have."""

_KEY = re.compile(
    r"^\s*(?P<number>[-+]?\d+(?:\.\d*)?|[-+]?\.\d+)\s*(?:s|sec|seconds?)?\s*:(?!\d)(?P<words>.*)$", re.DOTALL
)
_ONE_WIDTH = str.maketrans("：；０１２３４５６７８９．", ":;0123456789.")
"""What East Asian keyboards write, as the signs that part keys."""
_SEPARATOR = re.compile(r"[;\n]")


def _items(text: str) -> list[tuple[int, str]]:
    """Split at semicolons and line ends: (position of the first character, counted from 1, and the piece)."""
    items = []
    begin = 0
    for end in [*(m.start() for m in _SEPARATOR.finditer(text)), len(text)]:
        if text[begin:end].strip():
            items.append((begin + 1 + len(text[begin:end]) - len(text[begin:end].lstrip()), text[begin:end].strip()))
        begin = end + 1
    return items


def parse(text: str) -> tuple[tuple[float, str], ...]:
    """Read a feeling or a timeline of feelings.

    Args:
        text: a label, a sentence, or items "SECONDS: words" separated by semicolons or line ends.

    Returns:
        (seconds, words) pairs; seconds start at 0 and increase. A first key after 0 is preceded by neutral.

    Raises:
        EmotionError: empty or too long, or a timeline with a key that cannot be read, is empty, negative or
            not later than the one before it; the message names the character where it stands.
    """
    if len(text) > LONGEST:
        raise EmotionError(f"emotion text has {len(text)} characters, at most {LONGEST} are read: shorten it")
    items = _items(text.translate(_ONE_WIDTH))
    if not items:
        raise EmotionError('emotion text is empty: give a label, a sentence or a timeline such as "0: calm; 2: happy"')
    if not _KEY.match(items[0][1]):
        return ((0.0, text.strip()),)
    keys = []
    for position, item in items:
        match = _KEY.match(item)
        where = f"emotion timeline, character {position}"
        if match is None:
            raise EmotionError(f'{where}: found {_short(item)}, expected SECONDS: words, for example "2.5: happy"')
        words = match["words"].strip()
        if not words:
            raise EmotionError(f"{where}: no words after {match['number']}:, say what is felt from then on")
        keys.append((position, float(match["number"]), words))
    if keys[0][1] < 0:
        raise EmotionError(f"emotion timeline, character {keys[0][0]}: {keys[0][1]:g} s lies before the start, use 0")
    for (_, before, _), (position, seconds, _) in pairwise(keys):
        if seconds <= before:
            raise EmotionError(
                f"emotion timeline, character {position}: {seconds:g} s does not come after {before:g} s, "
                "put keys in order"
            )
    start = () if keys[0][1] == 0 else ((0.0, "neutral"),)
    return start + tuple((seconds, words) for _, seconds, words in keys)


def _short(text: str, limit: int = 30) -> str:
    """The text in quotes, cut to `limit` characters."""
    return repr(text if len(text) <= limit else text[: limit - 1] + "…")
