"""Rows and clips -> report.html: one page that needs nothing else, with plots and frames side by side."""

from __future__ import annotations

import base64
import math
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.judged import Judged
from style2talker.evaluate.metrics import SYSTEMS, Metric, missing_weights
from style2talker.evaluate.page_style import STYLE
from style2talker.evaluate.plots import COLOURS, clip_bars, curve_plot, dot_plot, lag_plot
from style2talker.evaluate.statistics import Band
from style2talker.evaluate.summary import Row
from style2talker.evaluate.synchrony import chance_band
from style2talker.evaluate.tables import ARROWS, by_metric, conditions, shown
from style2talker.media.atomic import atomic_path
from style2talker.speech.synchrony import av_sync, sync_curve

__all__ = ["MOST_CLIPS", "write_page"]

MOST_CLIPS = 100
"""Clips whose frames the page shows, so that a browser can hold it; the tables hold all."""
_MOST_BARS = 40
_MEANINGS = {
    "up": "higher is better",
    "down": "lower is better",
    "zero": "nearest to 0 is best",
    "reference": "best when like the reference's",
}
_TILES = ("av_confidence", "av_offset", "m_lmd_iod", "ssim", "csim_aligned", "emotion_accuracy", "blink_rate", "jitter")
_OPENING, _ASKED = "opening of ", "asked by the voice"


def _cell(row: Row | None, system: str) -> str:
    label = f'data-l="{escape(system)}"'
    if row is None:
        return f'<td {label} class="u">–</td>'
    low, high = row.interval
    span = f'<span class="dim">{shown(low)} … {shown(high)}</span>' if math.isfinite(low) else ""
    kind = ' class="own"' if system == "generated" else ""
    return f"<td {label}{kind}>{shown(row.value)}{span}</td>"


def _bars(metric: Metric, found: Mapping[str, Row], names: Sequence[str]) -> str:
    """Each clip, where there are several and not too many to look at."""
    own, real = found.get("generated"), found.get("reference")
    if own is None or not 1 < len(own.values) <= _MOST_BARS:
        return ""
    truths = real.values if real is not None and metric.direction == "reference" else (math.nan,) * len(own.values)
    caption = "Each clip; band: 95 % of the mean" + ("; stroke: its reference" if np.isfinite(truths).any() else "")
    return f"<figure>{clip_bars(names, own.values, truths, own.interval)}<figcaption>{caption}</figcaption></figure>"


def _line(metric: Metric, found: Mapping[str, Row], systems: Sequence[str], names: Sequence[str]) -> str:
    unit = f' <span class="dim">{escape(metric.unit)}</span>' if metric.unit else ""
    own = found.get("generated")
    plot = dot_plot(
        {name: row.value for name, row in found.items()},
        {name: row.interval for name, row in found.items()},
        own.values if own is not None and len(own.values) > 1 else (),
    )
    meaning = _MEANINGS[metric.direction]
    weights = "" if metric.weights == "none" else f" Weights: {metric.weights}."
    about = f"{metric.variant}; {meaning}.{weights}"
    return (
        f'<tr><td><details><summary title="{escape(about, quote=True)}">{escape(metric.name)}{unit}</summary>'
        f"<p>{escape(about)}</p>{_bars(metric, found, names)}</details></td>"
        f'<td class="l nw" data-l="better" title="{meaning}">{ARROWS[metric.direction]}</td>'
        f"{''.join(_cell(found.get(name), name) for name in systems)}"
        f'<td data-l="clips">{max(row.clips for row in found.values())}</td><td class="l">{plot}</td></tr>'
    )


def _table(rows: Sequence[Row], systems: Sequence[str], names: Sequence[str]) -> Iterator[str]:
    heads = "".join(f'<th scope="col" title="{escape(SYSTEMS[name])}">{escape(name)}</th>' for name in systems)
    yield f'<table><thead><tr><th scope="col">metric</th><th scope="col" class="l">better</th>{heads}'
    yield '<th scope="col">clips</th><th scope="col" class="l">side by side</th></tr></thead><tbody>'
    group = ""
    for metric, found in by_metric(rows).items():
        if metric.group != group:
            group = metric.group
            yield f'<tr class="g"><th scope="colgroup" colspan="{len(systems) + 4}">{escape(group)}</th></tr>'
        yield _line(metric, found, systems, names)
    yield "</tbody></table>"


def _tiles(rows: Sequence[Row]) -> Iterator[str]:
    """A few numbers at once, each beside what tells whether it is good."""
    table = {metric.name: (metric, found) for metric, found in by_metric(rows).items()}
    chosen = [table[name] for name in _TILES if name in table and "generated" in table[name][1]]
    if not chosen:
        return
    yield '<div class="tiles">'
    for metric, found in chosen[:6]:
        beside = [f"{name} {shown(row.value)}" for name, row in found.items() if name != "generated"]
        unit = f' <span class="dim">{escape(metric.unit)}</span>' if metric.unit else ""
        yield f'<div class="tile"><span class="dim">{escape(metric.name)} <span title="{_MEANINGS[metric.direction]}">'
        yield f"{ARROWS[metric.direction]}</span></span><b>{shown(found['generated'].value)}{unit}</b>"
        yield f'<span class="dim">{escape(" · ".join(beside))}</span></div>'
    yield "</div>"


def _agreement(clip: Judged) -> str:
    """How lips and sound agree by lag; "" where a clip has no sound or no lips."""
    heard = clip.curves.get(_ASKED, clip.curves.get("loudness"))
    lips = {n.removeprefix(_OPENING): c for n, c in clip.curves.items() if n.startswith(_OPENING)}
    if heard is None or "generated" not in lips:
        return ""
    curves: dict[str, NDArray[np.float64]] = {n: sync_curve(heard, curve, clip.fps) for n, curve in lips.items()}
    found = av_sync(heard, lips["generated"], clip.fps)
    chance, _ = chance_band(heard, lips["generated"], clip.fps) if found.seconds else (Band(math.nan, math.nan), 0)
    plot = lag_plot(curves, chance, found.lag if found.sure else None)
    if not plot:
        return ""
    said = f"offset {found.lag:+d} frames" if found.sure else "no offset can be told: chance could give as much"
    return (
        f"<figure><b>Lips with sound, by lag</b>{plot}"
        f"<figcaption>Pearson's r of what is quicker than half a second; {said}.</figcaption></figure>"
    )


def _clip(clip: Judged, folder: Path) -> Iterator[str]:
    yield f'<section class="clip"><header><h3>{escape(clip.clip)}</h3>'
    seen = ", ".join(f"{name} {share:.1%}" for name, share in clip.coverage.items() if name != "still")
    size = f"{clip.width} x {clip.height}, {clip.fps:g} fps, {clip.frames} frames"
    yield f'<span class="dim">{size}; face found: {seen}</span></header>'
    for kind in ("warn", "dim"):
        notes = [note for note in clip.notes if ("face" in note) == (kind == "warn")]
        if notes:
            yield f'<p class="{kind}">{escape("; ".join(notes))}</p>'
    yield '<div class="pair">'
    strip = folder / f"{clip.clip}.jpg"
    if strip.is_file():
        content = base64.b64encode(strip.read_bytes()).decode("ascii")
        both = "From above: generated, reference, their difference three times as strong"
        what = both if len(clip.rows) > 2 else "Generated"
        alt = f"Frames of {clip.clip}. {what}"
        yield f'<figure><img alt="{escape(alt, quote=True)}" loading="lazy" src="data:image/jpeg;base64,{content}">'
        yield f"<figcaption>{what}</figcaption></figure>"
    drawn = {name: curve for name, curve in clip.curves.items() if name != _ASKED}
    lips = curve_plot(drawn, clip.frames / clip.fps if clip.fps else 0.0)
    yield f"<div><figure><b>Opening of the lips, eye distances</b>{lips}</figure>{_agreement(clip)}</div>"
    yield "</div></section>"


def _conditions(facts: Mapping[str, object]) -> str:
    coverage = facts["coverage"]
    faces = [f"{name} {share:.1%}" for name, share in coverage.items()] if isinstance(coverage, dict) else []
    return (
        f"<p>{facts['clips']} clips, {facts['frames']} frames, {_joined(facts['sizes'])} pixels, "
        f"{_joined(facts['fps'])} fps; face found: {', '.join(faces) or 'nowhere'}</p>"
    )


def _body(rows: Sequence[Row], clips: Sequence[Judged], left: Sequence[str], folder: Path) -> Iterator[str]:
    systems = [name for name in SYSTEMS if any(row.system == name for row in rows)]
    judged = [clip for clip in clips if not clip.error]
    yield '<div class="top"><div><b>Evaluation</b><a href=#metrics>Metrics</a><a href=#clips>Clips</a>'
    yield "<a href=#missing>Weights missing</a></div></div><main><h1>How good these talking heads are</h1>"
    yield _conditions(conditions(clips, left))
    troubles = [f"{clip.clip} could not be judged: {clip.error}" for clip in clips if clip.error]
    troubles += [*left, *(f"{clip.clip}: {note}" for clip in clips for note in clip.notes if "face" in note)]
    if troubles:
        yield f'<p class="warn">{"<br>".join(escape(text) for text in troubles)}</p>'
    yield from _tiles(rows)
    yield '<h2 id="metrics">Metrics</h2><p class="dim">Mean over clips, beside it 95 % by the bootstrap over clips. A '
    yield "number says something only beside its anchors. Open a metric for what exactly it is, and for its clips.</p>"
    yield '<ul class="keys">' + "".join(
        f'<li><i style="background:{COLOURS[name]}"></i>{escape(name)}: {escape(SYSTEMS[name])}</li>'
        for name in systems
    )
    yield "</ul>"
    yield from _table(rows, systems, [clip.clip for clip in judged])
    yield '<h2 id="clips">Clips</h2>'
    for clip in judged[:MOST_CLIPS]:
        yield from _clip(clip, folder)
    if len(judged) > MOST_CLIPS:
        yield f"<p>{len(judged) - MOST_CLIPS} more clips stand in results.json.</p>"
    missing = missing_weights(metric.name for metric in by_metric(rows))
    listed = "".join(f"<li>{name}: get them from {escape(place)}</li>" for name, place in missing.items())
    yield '<h2 id="missing">Weights missing</h2><p>Not judged, no number stands for them:</p>'
    yield f'<ul class="places">{listed or "<li>none</li>"}</ul></main>'


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
    head = '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    head += '<meta name="viewport" content="width=device-width, initial-scale=1">'
    head += f"<title>Evaluation of {len(clips)} clips</title><style>{STYLE}</style></head><body>"
    with atomic_path(path) as part:
        part.write_text(head + "\n".join(_body(rows, clips, left, folder)) + "</body></html>\n", encoding="utf-8")
