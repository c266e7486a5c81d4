"""What a corpus holds, in words, in one picture and on one page: counts, lengths, poses, feelings, failures."""

from __future__ import annotations

import base64
import html
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from style2talker.corpus.charts import Chart, draw_charts, histogram
from style2talker.corpus.manifest import ClipRow, Mark, Table
from style2talker.corpus.sync import CERTAINTY, OFFSET
from style2talker.media.atomic import atomic_path

__all__ = ["facts_of", "summary_text", "write_pages"]

_EXAMPLES = 200  # reasons on the page


def _count(values: Sequence[object]) -> dict[str, int]:
    counted = Counter("unknown" if value is None else str(value) for value in values)
    return {name: counted[name] for name in sorted(counted)}


def facts_of(table: Table) -> dict[str, Any]:
    """Counts and sums over the clips of a corpus, as plain values.

    Returns:
        clips, seconds, people, the numbers of clips by split, emotion, level, view and stage, the people of each
        split, how many have lips and sound in step, and the numbers of clips by stage and reason that were skipped or
        failed.
    """
    clips = [row for row in table.leaves() if "video" in row.files]
    stages: dict[str, dict[str, int]] = {}
    reasons: Counter[str] = Counter()
    for row in table.rows.values():
        for stage, mark in row.marks.items():
            counts = stages.setdefault(stage, {"done": 0, "skipped": 0, "failed": 0})
            counts[mark.status] += 1
            if mark.status != "done":
                reasons[f"{stage}: {mark.reason}"] += 1
    people = {split: sorted({row.person for row in clips if row.split == split}) for split in {r.split for r in clips}}
    return {
        "recordings": sum(row.parent is None for row in table.rows.values()),
        "clips": len(clips),
        "seconds": round(sum(_seconds(row) for row in clips), 2),
        "people": {split: people[split] for split in sorted(people)},
        "splits": _count([row.split for row in clips]),
        "emotions": _count([row.emotion for row in clips]),
        "levels": _count([row.level for row in clips]),
        "views": _count([row.view for row in clips]),
        "sync": _in_step(clips),
        "stages": stages,
        "reasons": dict(reasons.most_common()),
    }


def _in_step(clips: Sequence[ClipRow]) -> dict[str, int]:
    """Numbers of clips whose picture and sound were compared, by what came of it."""
    measured = [row for row in clips if row.marks.get("sync", Mark("", "")).status == "done"]
    noted = sum(bool(row.marks["sync"].reason) for row in measured)
    known = sum(OFFSET in row.quality for row in measured)
    counts = {"in step": known - noted, "out of step": noted, "cannot be told": len(measured) - known}
    return {word: count for word, count in counts.items() if count}


def _seconds(row: ClipRow) -> float:
    return (row.frames or 0) / (row.fps or 25.0)


def summary_text(facts: Mapping[str, Any]) -> str:
    """The facts in a few lines."""
    lines = [f"{facts['clips']} clips of {facts['recordings']} recordings, {facts['seconds'] / 60:.1f} minutes"]
    for split, people in facts["people"].items():
        lines.append(f"{split}: {facts['splits'][split]} clips of {len(people)} people")
    lines += [f"{name}: {_listed(facts[name])}" for name in ("emotions", "levels", "views")]
    if facts["sync"]:
        lines.append(f"lips and sound: {_listed(facts['sync'])}")
    lines += [f"{stage}: {_listed(counts)}" for stage, counts in facts["stages"].items()]
    lines += [f"{count} x {reason}" for reason, count in list(facts["reasons"].items())[:10]]
    return "\n".join(lines)


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{word} {count}" for word, count in counts.items() if count)


def _charts(table: Table, facts: Mapping[str, Any]) -> list[Chart]:
    clips = [row for row in table.leaves() if "video" in row.files]

    def quality(name: str) -> list[float]:
        return [row.quality[name] for row in clips if name in row.quality]

    coverage = [row.coverage for row in clips if row.coverage is not None]
    charts = [
        Chart("clips by feeling", facts["emotions"]),
        Chart("clips by split", facts["splits"]),
        Chart("clips by level", facts["levels"]),
        Chart("clips by view", facts["views"]),
        histogram("length in seconds", [_seconds(row) for row in clips]),
        histogram("pitch in degrees", quality("pitch")),
        histogram("yaw in degrees", quality("yaw")),
        histogram("roll in degrees", quality("roll")),
        histogram("share of frames with the face", coverage),
        histogram("picture late against sound, frames", quality(OFFSET)),
        histogram("certainty of that offset", quality(CERTAINTY)),
        histogram("side of the square in the recording, pixels", quality("side")),
        histogram("sharpness (variance of the Laplacian)", quality("sharpness")),
        Chart("skipped or failed, by stage", _refused(facts)),
    ]
    return [chart for chart in charts if chart.bars]


def _refused(facts: Mapping[str, Any]) -> dict[str, int]:
    counts = {stage: each["skipped"] + each["failed"] for stage, each in facts["stages"].items()}
    return {stage: count for stage, count in counts.items() if count}


def write_pages(folder: Path, table: Table, facts: Mapping[str, Any]) -> tuple[Path, Path]:
    """Write `inspect.html` and `inspect.png`.

    Returns:
        The two files.

    Raises:
        OutputError: they cannot be written there.
    """
    picture, page = folder / "inspect.png", folder / "inspect.html"
    drawn = draw_charts(_charts(table, facts))
    with atomic_path(picture) as part:
        part.write_bytes(drawn)
    with atomic_path(page) as part:
        part.write_text(_page(table, facts, drawn), encoding="utf-8")
    return page, picture


def _page(table: Table, facts: Mapping[str, Any], picture: bytes) -> str:
    refused = [
        (name, stage, mark.status if mark.status != "done" else "note", mark.reason)
        for name in sorted(table.rows)
        for stage, mark in table.rows[name].marks.items()
        if mark.reason
    ]
    rows = "".join(
        "<tr>" + "".join(f"<td>{html.escape(word)}</td>" for word in words) + "</tr>\n" for words in refused[:_EXAMPLES]
    )
    more = f"<p>… and {len(refused) - _EXAMPLES} more in report.jsonl</p>" if len(refused) > _EXAMPLES else ""
    image = base64.b64encode(picture).decode()
    return f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Corpus</title><style>
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 70em; padding: 0 1em; color: #222 }}
img {{ max-width: 100% }} td, th {{ text-align: left; padding: .2em 1em .2em 0; vertical-align: top }}
pre {{ font: inherit }}
</style></head><body>
<h1>Corpus</h1>
<pre>{html.escape(summary_text(facts))}</pre>
<img alt="Charts of the corpus" src="data:image/png;base64,{image}">
<h2>Skipped, failed, left out</h2>
<table><tr><th>clip</th><th>stage</th><th></th><th>reason</th></tr>
{rows}</table>{more}
</body></html>
"""
