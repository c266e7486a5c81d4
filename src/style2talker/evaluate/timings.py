"""Files of timed phones, as forced aligners and synthesisers write them -> phones.

TextGrid of Praat (what the Montreal Forced Aligner writes; its tier `phones`, or the last one), and CSV with the
columns symbol, start, end in seconds. Symbols are ARPAbet, with or without stress, or IPA.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from style2talker.corpus.visemes import Phone
from style2talker.errors import InputError

__all__ = ["read_phones"]

_SILENT = frozenset({"", "sil", "sp", "spn", "pau", "<eps>", "<p:>", "#"})
_TIER = re.compile(r'name = "(?P<name>[^"]*)"')
_INTERVAL = re.compile(r'xmin = (?P<start>[\d.eE+-]+)\s+xmax = (?P<end>[\d.eE+-]+)\s+text = "(?P<symbol>(?:[^"]|"")*)"')


def _symbol(text: str) -> str:
    """ARPAbet in upper case becomes lower case without stress; IPA stays as it is."""
    text = text.strip()
    if text.lower() in _SILENT:
        return ""
    return text.rstrip("012").lower() if re.fullmatch(r"[A-Z]+[012]?", text) else text


def _textgrid(text: str) -> list[Phone]:
    tiers = re.split(r"item \[\d+\]:", text)[1:]
    named = [(found.group("name").lower(), tier) for tier in tiers if (found := _TIER.search(tier))]
    chosen = next((tier for name, tier in named if name.endswith("phones")), named[-1][1] if named else "")
    return [Phone(_symbol(m["symbol"]), float(m["start"]), float(m["end"])) for m in _INTERVAL.finditer(chosen)]


def read_phones(path: Path) -> list[Phone]:
    """Phones of a file in the order of time.

    Raises:
        InputError: it cannot be read, or holds no phones.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".textgrid":
            phones = _textgrid(text)
        else:
            rows = csv.DictReader(text.splitlines())
            phones = [Phone(_symbol(row["symbol"]), float(row["start"]), float(row["end"])) for row in rows]
    except (OSError, ValueError, KeyError, TypeError, AttributeError, csv.Error) as error:
        raise InputError(
            f"{path} cannot be read as timed phones ({error}): give TextGrid or symbol,start,end"
        ) from error
    if not phones:
        raise InputError(f"{path} holds no timed phones: give a TextGrid, or CSV with symbol,start,end")
    return sorted(phones, key=lambda phone: phone.start)
