"""Rows of metrics -> results.json, results.csv and results.md."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from style2talker.evaluate.judged import Judged, plain
from style2talker.evaluate.metrics import SYSTEMS, Metric, missing_weights
from style2talker.evaluate.summary import Row
from style2talker.media.atomic import atomic_path

__all__ = ["ARROWS", "by_metric", "conditions", "shown", "write_tables"]

ARROWS = {"up": "↑", "down": "↓", "zero": "→ 0", "reference": "→ reference"}
"""Direction of a metric -> how it is shown."""
_NOTHING = 1e-12
_SHARED = ("frames", "coverage", "sizes", "fps")
_COLUMNS = (
    *("metric", "system", "value", "low", "high", "clips", "closeness", "direction", "unit", "variant", "weights"),
    *("status", *_SHARED),
)


def shown(value: float) -> str:
    """A number with four digits that count, "–" for none."""
    if not math.isfinite(value):
        return "–"
    if abs(value) < _NOTHING:
        return "0"
    return f"{value:.4g}" if abs(value) >= 1e-3 else f"{value:.2e}"


def by_metric(rows: Sequence[Row]) -> dict[Metric, dict[str, Row]]:
    """Metric -> system -> row, in order."""
    out: dict[Metric, dict[str, Row]] = {}
    for row in rows:
        out.setdefault(row.metric, {})[row.system] = row
    return out


def conditions(clips: Sequence[Judged], left: Sequence[str]) -> dict[str, object]:
    """What the numbers hold for: clips, frames, sizes, frames a second, coverage, and what went wrong."""
    judged = [clip for clip in clips if not clip.error]
    coverage = {
        system: round(float(np.mean([clip.coverage[system] for clip in judged if system in clip.coverage])), 4)
        for system in ("generated", "reference")
        if any(system in clip.coverage for clip in judged)
    }
    return {
        "clips": len(judged),
        "failed": {clip.clip: clip.error for clip in clips if clip.error},
        "left_out": [*left],
        "frames": sum(clip.frames for clip in judged),
        "sizes": sorted({f"{clip.width}x{clip.height}" for clip in judged}),
        "fps": sorted({round(clip.fps, 3) for clip in judged}),
        "coverage": coverage,
        "notes": {clip.clip: [*clip.notes] for clip in judged if clip.notes},
    }


def _status(metric: Metric) -> str:
    """Whether a number is one, or stands on weights that nobody knows."""
    _, _, mark = metric.name.partition(" (")
    return f"{mark.rstrip(')')} weights, no published metric" if mark else "ok"


def _records(rows: Sequence[Row]) -> Iterator[dict[str, object]]:
    for row in rows:
        m = row.metric
        low, high = row.interval
        numbers = {"value": row.value, "low": low, "high": high, "clips": row.clips, "closeness": row.closeness}
        yield {
            "metric": m.name,
            "system": row.system,
            **numbers,
            "direction": m.direction,
            "unit": m.unit,
            "variant": m.variant,
            "weights": m.weights,
            "status": _status(m),
        }
    for name, place in missing_weights(row.metric.name for row in rows).items():
        yield {"metric": name, "system": "generated", "status": f"weights missing, get them from {place}"}


def _shared(facts: Mapping[str, object], system: str) -> dict[str, str]:
    """Cells that say what a row holds for; the still picture has the face of its one frame."""
    seen = dict(_items(facts["coverage"]))
    name = "generated" if system.startswith("other") else system
    listed = {key: " ".join(map(str, _list(facts[key]))) for key in ("sizes", "fps")}
    return {"frames": str(facts["frames"]), "coverage": str(seen.get(name, "")), **listed}


def _markdown(rows: Sequence[Row], facts: Mapping[str, object]) -> str:
    systems = [name for name in SYSTEMS if any(row.system == name for row in rows)]
    coverage = facts["coverage"]
    seen = ", ".join(f"{k} {v:.1%}" for k, v in coverage.items()) if isinstance(coverage, Mapping) else ""
    out = [
        "# Evaluation",
        "",
        f"{facts['clips']} clips, {facts['frames']} frames; {', '.join(map(str, _list(facts['sizes'])))} pixels at "
        f"{', '.join(f'{rate:g}' for rate in _list(facts['fps']))} frames a second; face found: {seen or 'nowhere'}.",
        "",
        "Mean over clips [95 % by the bootstrap over clips]; N clips know the value.",
        "",
        f"| metric | better | {' | '.join(systems)} | N | variant |",
        f"|{'---|' * (len(systems) + 4)}",
    ]
    for metric, found in by_metric(rows).items():
        cells = [_cell(found.get(system)) for system in systems]
        unit = f" ({metric.unit})" if metric.unit else ""
        count = max(row.clips for row in found.values())
        variant = metric.variant if metric.weights == "none" else f"{metric.variant}; weights: {metric.weights}"
        line = f"{metric.name}{unit} | {ARROWS[metric.direction]} | {' | '.join(cells)} | {count} | {variant}"
        out.append(f"| {line} |")
    out += ["", "Anchors:", "", *(f"- {name}: {SYSTEMS[name]}" for name in systems)]
    missing = missing_weights(metric.name for metric in by_metric(rows))
    out += ["", "Weights missing:", "", *(f"- {name}: get them from {place}" for name, place in missing.items())]
    troubles = [f"- {name}: {text}" for name, text in _items(facts["failed"])]
    troubles += [f"- {text}" for text in _list(facts["left_out"])]
    troubles += [f"- {name}: {'; '.join(map(str, _list(texts)))}" for name, texts in _items(facts["notes"])]
    return "\n".join([*out, *(["", "To know:", "", *troubles] if troubles else [])]) + "\n"


def _list(value: object) -> list[object]:
    return [*value] if isinstance(value, list | tuple) else []


def _items(value: object) -> list[tuple[str, object]]:
    return [*value.items()] if isinstance(value, Mapping) else []


def _cell(row: Row | None) -> str:
    if row is None:
        return "–"
    low, high = row.interval
    return f"{shown(row.value)} [{shown(low)}, {shown(high)}]" if math.isfinite(low) else shown(row.value)


def write_tables(folder: Path, rows: Sequence[Row], clips: Sequence[Judged], left: Sequence[str]) -> None:
    """Write results.json, results.csv and results.md into a folder. Raises OutputError."""
    facts = conditions(clips, left)
    names = {m.value: m.name for m in by_metric(rows)}
    single = {
        c.clip: {s: {names[m]: v for m, v in own.items() if m in names} for s, own in c.values.items()} for c in clips
    }
    whole = {"conditions": facts, "systems": SYSTEMS, "results": [*_records(rows)], "clips": single}
    with atomic_path(folder / "results.json") as part:
        part.write_text(json.dumps(plain(whole), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    with atomic_path(folder / "results.csv") as part, part.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, _COLUMNS, restval="", lineterminator="\n")
        writer.writeheader()
        for record in _records(rows):
            cells = {key: "" if value is None else value for key, value in _items(plain(record))}
            writer.writerow(cells | _shared(facts, str(record["system"])))
    with atomic_path(folder / "results.md") as part:
        part.write_text(_markdown(rows, facts), encoding="utf-8")
