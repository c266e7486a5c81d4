"""A comparison of two runs -> comparison.json and comparison.md."""

from __future__ import annotations

import dataclasses
import json
import math
from pathlib import Path

from style2talker.evaluate.comparing import Change, Comparison
from style2talker.evaluate.judged import plain
from style2talker.evaluate.tables import ARROWS, shown
from style2talker.media.atomic import atomic_path

__all__ = ["VERDICTS", "comparison_markdown", "write_comparison"]

VERDICTS = {
    "worse": "Worse",
    "better": "Better",
    "changed": "Changed; nothing says which way is better",
    "measured differently": "Measured differently, so not compared: the reference's own value changed",
    "few clips": "Too few clips to tell",
    "same": "Within noise",
}
"""Verdict -> heading, in the order of the page."""


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else ''}{shown(value)}" if math.isfinite(value) else "–"


def _line(change: Change) -> str:
    low, high = change.interval
    span = f"{_signed(low)} … {_signed(high)}" if math.isfinite(low) else "–"
    unit = f" ({change.unit})" if change.unit else ""
    chance = "–" if not math.isfinite(change.chance) else f"{change.chance:.3f}"
    cells = (shown(change.before), shown(change.after), _signed(change.gain), span, chance, str(change.clips))
    return f"| {change.metric}{unit} | {ARROWS[change.direction]} | {' | '.join(cells)} |"


def comparison_markdown(comparison: Comparison) -> str:
    """One table for each verdict that occurs, the worst first."""
    counts = ", ".join(f"{len(comparison.of(v))} {v}" for v in VERDICTS if comparison.of(v))
    out = [
        f"# {comparison.before} → {comparison.after}",
        "",
        f"{counts or 'no metric is known to both'}.",
        "",
        "Gain: how much better the mean clip became, 95 % by the bootstrap over clips; of metrics that are to be like",
        "the reference's, how much nearer, in natural logarithms of the ratio where both are positive. Chance: of",
        "signs as one-sided, allowing for the number of metrics.",
    ]
    for verdict, heading in VERDICTS.items():
        found = comparison.of(verdict)
        if found:
            out += ["", f"## {heading}", "", "| metric | better | before | after | gain | 95 % | chance | clips |"]
            out += ["|---|---|---|---|---|---|---|---|", *map(_line, found)]
    if comparison.notes:
        out += ["", "To know:", "", *(f"- {note}" for note in comparison.notes)]
    return "\n".join(out) + "\n"


def write_comparison(folder: Path, comparison: Comparison) -> None:
    """Write both files into a folder that exists. Raises OutputError."""
    whole = {
        "before": comparison.before,
        "after": comparison.after,
        "counts": {verdict: len(comparison.of(verdict)) for verdict in VERDICTS},
        "changes": [dataclasses.asdict(change) | {"interval": list(change.interval)} for change in comparison.changes],
        "notes": list(comparison.notes),
    }
    with atomic_path(folder / "comparison.json") as part:
        part.write_text(json.dumps(plain(whole), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    with atomic_path(folder / "comparison.md") as part:
        part.write_text(comparison_markdown(comparison), encoding="utf-8")
