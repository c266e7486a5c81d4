"""Rows and clips -> report.html: one page that needs nothing else, with plots and frames side by side."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path

from style2talker.evaluate.judged import Judged
from style2talker.evaluate.metrics import SYSTEMS, WEIGHTS_MISSING, Metric
from style2talker.evaluate.plots import COLOURS, curve_plot, dot_plot
from style2talker.evaluate.summary import Row
from style2talker.evaluate.tables import ARROWS, by_metric, conditions, shown
from style2talker.media.atomic import atomic_path

__all__ = ["MOST_CLIPS", "write_page"]

MOST_CLIPS = 100
"""Clips whose frames the page shows, so that a browser can hold it; the tables hold all."""
_STYLE = """
body{font:15px/1.5 system-ui,sans-serif;color:#111827;max-width:1180px;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{padding:.3rem .5rem;text-align:right;border-bottom:1px solid #e5e7eb}
th{font-weight:600;vertical-align:bottom}td:first-child,th:first-child,td.l,th.l{text-align:left}
tr.g td{background:#f3f4f6;font-weight:600}.dim{color:#6b7280;font-size:.82rem}
.clip{margin:2rem 0;padding-top:1rem;border-top:2px solid #e5e7eb}img{max-width:100%;border-radius:4px}
.pair{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:1.2rem;align-items:start}
.warn{background:#fef3c7;padding:.6rem 1rem;border-radius:6px}.key{display:inline-block;margin-right:1.2rem}
.key i{display:inline-block;width:.7em;height:.7em;border-radius:50%;margin-right:.4em}
@media(max-width:800px){.pair{display:block}}
"""


def _cell(row: Row | None) -> str:
    if row is None:
        return "<td class=dim>–</td>"
    low, high = row.interval
    span = f"<br><span class=dim>{shown(low)} … {shown(high)}</span>" if math.isfinite(low) else ""
    return f"<td>{shown(row.value)}{span}</td>"


def _line(metric: Metric, found: dict[str, Row], systems: Sequence[str]) -> str:
    unit = f" <span class=dim>{escape(metric.unit)}</span>" if metric.unit else ""
    own = found.get("generated")
    plot = dot_plot(
        {name: row.value for name, row in found.items()},
        {name: row.interval for name, row in found.items()},
        own.values if own is not None and len(own.values) > 1 else (),
    )
    return (
        f"<tr><td>{metric.name}{unit}<br><span class=dim>{escape(metric.variant)}</span></td>"
        f"<td class=l>{ARROWS[metric.direction]}</td>{''.join(_cell(found.get(name)) for name in systems)}"
        f"<td>{max(row.clips for row in found.values())}</td><td class=l>{plot}</td></tr>"
    )


def _table(rows: Sequence[Row], systems: Sequence[str]) -> Iterator[str]:
    heads = "".join(f"<th>{escape(name)}</th>" for name in systems)
    yield f"<table><tr><th>metric</th><th class=l>better</th>{heads}<th>N</th><th class=l>side by side</th></tr>"
    group = ""
    for metric, found in by_metric(rows).items():
        if metric.group != group:
            group = metric.group
            yield f'<tr class=g><td colspan="{len(systems) + 4}">{escape(group)}</td></tr>'
        yield _line(metric, found, systems)
    yield "</table>"


def _clip(clip: Judged, folder: Path) -> Iterator[str]:
    yield f"<section class=clip><h3>{escape(clip.clip)}</h3>"
    seen = ", ".join(f"{name} {share:.1%}" for name, share in clip.coverage.items() if name != "still")
    yield f"<p class=dim>{clip.width} x {clip.height}, {clip.fps:g} fps, {clip.frames} frames; face found: {seen}</p>"
    if clip.notes:
        yield f"<p class=warn>{escape('; '.join(clip.notes))}</p>"
    yield "<div class=pair>"
    strip = folder / f"{clip.clip}.jpg"
    if strip.is_file():
        content = base64.b64encode(strip.read_bytes()).decode("ascii")
        what = "generated, reference, their difference three times as strong" if len(clip.rows) > 2 else "generated"
        yield f'<figure style="margin:0"><img alt="frames" src="data:image/jpeg;base64,{content}">'
        yield f"<figcaption class=dim>From above: {what}</figcaption></figure>"
    yield f"<div>{curve_plot(clip.curves, clip.frames / clip.fps if clip.fps else 0.0)}</div></div></section>"


def _body(rows: Sequence[Row], clips: Sequence[Judged], left: Sequence[str], folder: Path) -> Iterator[str]:
    systems = [name for name in SYSTEMS if any(row.system == name for row in rows)]
    facts = conditions(clips, left)
    sizes, rates = (facts[name] for name in ("sizes", "fps"))
    yield "<h1>Evaluation</h1>"
    coverage = facts["coverage"]
    faces = [f"{name} {share:.1%}" for name, share in coverage.items()] if isinstance(coverage, dict) else []
    yield f"<p>{facts['clips']} clips, {facts['frames']} frames, {_joined(sizes)} pixels, {_joined(rates)} fps; "
    yield f"face found: {', '.join(faces)}</p>"
    troubles = [f"{clip.clip} could not be judged: {clip.error}" for clip in clips if clip.error]
    troubles += [*left, *(f"{clip.clip}: {note}" for clip in clips for note in clip.notes if "face" in note)]
    if troubles:
        yield f"<p class=warn>{'<br>'.join(escape(text) for text in troubles)}</p>"
    yield "<p>" + "".join(
        f'<span class=key><i style="background:{COLOURS[name]}"></i>{escape(name)}: {escape(SYSTEMS[name])}</span>'
        for name in systems
    )
    yield "</p><p class=dim>Mean over clips, below it 95 % by the bootstrap over clips. A number says something only "
    yield "beside its anchors: the reference, a still picture, and the sound of another clip.</p>"
    yield from _table(rows, systems)
    missing = "".join(f"<li>{name}: get them from {escape(place)}</li>" for name, place in WEIGHTS_MISSING.items())
    yield f"<h2>Weights missing</h2><p>Not judged, no number stands for them:</p><ul>{missing}</ul><h2>Clips</h2>"
    judged = [clip for clip in clips if not clip.error]
    for clip in judged[:MOST_CLIPS]:
        yield from _clip(clip, folder)
    if len(judged) > MOST_CLIPS:
        yield f"<p>{len(judged) - MOST_CLIPS} more clips stand in results.json.</p>"


def _joined(values: object) -> str:
    return ", ".join(f"{v:g}" if isinstance(v, float) else str(v) for v in values) if isinstance(values, list) else ""


def write_page(path: Path, rows: Sequence[Row], clips: Sequence[Judged], left: Sequence[str], folder: Path) -> None:
    """Write the page.

    Args:
        path: the .html to write.
        rows: of `summarise`.
        clips: of `judge_all`.
        left: what was left without a partner.
        folder: where the frames of each clip are.

    Raises:
        OutputError: it cannot be written.
    """
    head = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    head += f"<title>Evaluation</title><style>{_STYLE}</style>"
    with atomic_path(path) as part:
        part.write_text(head + "\n".join(_body(rows, clips, left, folder)) + "</html>\n", encoding="utf-8")
