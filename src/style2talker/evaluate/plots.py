"""Numbers -> plots as SVG text that a page can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.statistics import Band

__all__ = ["COLOURS", "clip_bars", "curve_plot", "dot_plot", "lag_plot"]

COLOURS = {
    "generated": "#e2622b",
    "reference": "#3b82f6",
    "still": "#8b93a1",
    "other sound": "#14a39a",
    "other sentence": "#a855f7",
}
"""System -> its colour in every plot, strong enough on white and on black."""
_OTHER = "#a3a3a3"
_WIDE, _HIGH, _PAD = 220, 16, 6
_ROW, _LABEL = 16, 130
_NONE = Band(math.nan, math.nan)


def _known(values: Sequence[float]) -> list[float]:
    return [x for x in values if math.isfinite(x)]


def _number(value: float) -> str:
    return f"{value:.4g}"


def dot_plot(values: Mapping[str, float], intervals: Mapping[str, Band], single: Sequence[float]) -> str:
    """One line with a dot for each system, its interval as a bar, and each clip as a faint tick.

    Args:
        values: system -> mean.
        intervals: system -> interval, NaN for none.
        single: of each clip of what is judged.
    """
    ends = [x for band in intervals.values() for x in band]
    known = _known([*values.values(), *ends, *single])
    if not known:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0

    def at(x: float) -> float:
        return round(_PAD + (x - low) / span * (_WIDE - 2 * _PAD), 1)

    middle = _HIGH / 2
    parts = [f'<line class="axis" x1="0" x2="{_WIDE}" y1="{middle}" y2="{middle}"/>']
    parts += [
        f'<line x1="{at(x)}" x2="{at(x)}" y1="2" y2="{_HIGH - 2}" stroke="{COLOURS["generated"]}" opacity=".35"/>'
        for x in _known(single)
    ]
    said = []
    for name, value in sorted(values.items(), key=lambda item: item[0] == "generated"):
        band, colour = intervals.get(name, _NONE), COLOURS.get(name, _OTHER)
        if math.isfinite(band.low):
            ends_at = f'x1="{at(band.low)}" x2="{at(band.high)}" y1="{middle}" y2="{middle}"'
            parts.append(f'<line {ends_at} stroke="{colour}" stroke-width="4" opacity=".45"/>')
        if math.isfinite(value):
            said.append(f"{name} {_number(value)}")
            title = f"<title>{escape(name)}: {_number(value)}</title>"
            parts.append(f'<circle cx="{at(value)}" cy="{middle}" r="4.5" fill="{colour}">{title}</circle>')
    label = escape("; ".join(said), quote=True)
    size = f'width="{_WIDE}" height="{_HIGH}" viewBox="0 0 {_WIDE} {_HIGH}"'
    return f'<svg {size} role="img" aria-label="{label}">{"".join(parts)}</svg>'


def clip_bars(
    names: Sequence[str], values: Sequence[float], truths: Sequence[float], mean: Band, wide: int = 460
) -> str:
    """A bar for each clip from nothing to its value, the reference's as a stroke, the interval of the mean behind.

    Args:
        names: (K,) of the clips.
        values: (K,) of what is judged; no bar for NaN.
        truths: (K,) of the reference; no stroke for NaN.
        mean: interval of the mean over clips, NaN for none.
        wide: pixels.
    """
    known = _known([*values, *truths, *mean, 0.0])
    low, high = min(known), max(known)
    span, room = (high - low) or 1.0, wide - _LABEL - 60
    tall = _ROW * len(names)

    def at(x: float) -> float:
        return round(_LABEL + (x - low) / span * room, 1)

    parts = []
    if math.isfinite(mean.low):
        width = max(at(mean.high) - at(mean.low), 1)
        box = f'x="{at(mean.low)}" y="0" width="{width:.1f}" height="{tall}"'
        parts.append(f'<rect {box} fill="{COLOURS["generated"]}" opacity=".14"/>')
    parts.append(f'<line class="axis" x1="{at(0.0)}" x2="{at(0.0)}" y1="0" y2="{tall}"/>')
    for row, (name, value, truth) in enumerate(zip(names, values, truths, strict=True)):
        y = row * _ROW
        short = name if len(name) <= 20 else f"{name[:19]}…"
        parts.append(f'<text x="0" y="{y + 12}">{escape(short)}<title>{escape(name)}</title></text>')
        if math.isfinite(value):
            left, right = sorted((at(0.0), at(value)))
            box = f'x="{left}" y="{y + 3}" width="{max(right - left, 1):.1f}" height="{_ROW - 6}"'
            parts.append(f'<rect {box} rx="2" fill="{COLOURS["generated"]}"/>')
            parts.append(f'<text x="{max(right, at(0.0)) + 5}" y="{y + 12}">{_number(value)}</text>')
        if math.isfinite(truth):
            ends = f'x1="{at(truth)}" x2="{at(truth)}" y1="{y + 1}" y2="{y + _ROW - 1}"'
            parts.append(f'<line {ends} stroke="{COLOURS["reference"]}" stroke-width="2.5"/>')
    label = f"{len(names)} clips one by one"
    return f'<svg viewBox="0 0 {wide} {tall}" width="{wide}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _path(curve: NDArray[np.floating], low: float, high: float, wide: float, tall: float, left: float = 0.0) -> str:
    """Lines through the known values; a gap where none is known."""
    words, pen = [], "M"
    for i, value in enumerate(curve.tolist()):
        if math.isfinite(value):
            x, y = left + i / max(len(curve) - 1, 1) * wide, tall - (value - low) / ((high - low) or 1.0) * tall
            words.append(f"{pen}{x:.1f} {y:.1f}")
            pen = "L"
        else:
            pen = "M"
    return "".join(words)


def _frame(parts: Sequence[str], wide: int, tall: int, said: str) -> str:
    label = escape(said, quote=True)
    size = f'viewBox="-40 -6 {wide + 56} {tall + 26}" width="100%"'
    return f'<svg {size} role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _key(names: Mapping[str, str]) -> str:
    dots = (f'<span><i style="background:{colour}"></i>{escape(name)}</span>' for name, colour in names.items())
    return f'<div class="tip">{"".join(dots)}</div>'


def curve_plot(curves: Mapping[str, NDArray[np.floating]], seconds: float, wide: int = 640, tall: int = 110) -> str:
    """Curves over time; those of the opening of lips share one scale, others have their own."""
    shared = [c[np.isfinite(c)] for name, c in curves.items() if name.startswith("opening of")]
    joined = np.concatenate([*shared, np.zeros(0, np.float32)])
    low, high = (float(joined.min()), float(joined.max())) if len(joined) else (0.0, 1.0)
    parts = [f'<line class="axis" x1="0" x2="{wide}" y1="{y}" y2="{y}"/>' for y in (0, tall / 2, tall)]
    names = {}
    # What is judged comes last, on top of the others.
    for name, curve in sorted(curves.items(), key=lambda item: item[0].endswith("generated")):
        own = not name.startswith("opening of")
        known = curve[np.isfinite(curve)] if own else joined
        if not len(curve[np.isfinite(curve)]):
            continue
        colour = COLOURS.get(name.removeprefix("opening of "), _OTHER)
        line = _path(curve, float(known.min()), float(known.max()), wide, tall)
        look = 'stroke-width="1" opacity=".6"' if own else 'stroke-width="1.6"'
        parts.append(f'<path d="{line}" fill="none" stroke="{colour}" {look}/>')
        names[f"{name}, own scale" if own else name] = colour
    if len(joined):
        labels = ((high, 4), ((high + low) / 2, tall / 2 + 4), (low, tall + 4))
        parts += [f'<text x="-5" y="{y}" text-anchor="end">{value:.2f}</text>' for value, y in labels]
    step = max(1, math.ceil(seconds / 10))
    for second in range(0, math.floor(seconds) + 1, step):
        x = second / seconds * wide if seconds else 0.0
        parts.append(f'<text x="{x:.0f}" y="{tall + 16}" text-anchor="middle">{second} s</text>')
    return _frame(parts, wide, tall, f"lips over {seconds:.1f} s: {', '.join(names)}") + _key(names)


def lag_plot(
    curves: Mapping[str, NDArray[np.floating]], chance: Band, found: int | None, wide: int = 640, tall: int = 110
) -> str:
    """Agreement of lips and sound by lag, beside what chance gives.

    Args:
        curves: system -> (2 reach + 1,) r of lags -reach..reach in frames.
        chance: the middle 95 % of r with the sound turned round the clip; NaN for unknown.
        found: the lag of what is judged, or None where it is not sure.
        wide: pixels.
        tall: pixels.
    """
    known = [c for c in curves.values() if np.isfinite(c).any()]
    if not known:
        return ""
    reach = len(known[0]) // 2
    ends = _known([*(x for c in known for x in c.tolist()), *chance])
    low, high = min([*ends, -0.2]), max([*ends, 0.2])

    def height(r: float) -> float:
        return round(tall - (r - low) / (high - low) * tall, 1)

    parts = [f'<line class="axis" x1="0" x2="{wide}" y1="{height(0.0)}" y2="{height(0.0)}"/>']
    names = {}
    if math.isfinite(chance.low):
        box = f'y="{height(chance.high)}" width="{wide}" height="{height(chance.low) - height(chance.high):.1f}"'
        parts.insert(0, f'<rect x="0" {box} fill="{_OTHER}" opacity=".22"/>')
        names["chance: own sound turned round the clip, 95 %"] = _OTHER
    for name, curve in sorted(curves.items(), key=lambda item: item[0] == "generated"):
        if np.isfinite(curve).any():
            colour = COLOURS.get(name, _OTHER)
            parts.append(
                f'<path d="{_path(curve, low, high, wide, tall)}" fill="none" stroke="{colour}" stroke-width="1.8"/>'
            )
            names[name] = colour
    if found is not None:
        x = round((found + reach) / (2 * reach) * wide, 1)
        stroke = f'stroke="{COLOURS["generated"]}" stroke-dasharray="3 3"'
        parts.append(f'<line x1="{x}" x2="{x}" y1="0" y2="{tall}" {stroke}/>')
    for lag in range(-reach, reach + 1, 5):
        x = (lag + reach) / (2 * reach) * wide
        parts.append(f'<text x="{x:.0f}" y="{tall + 16}" text-anchor="middle">{lag:+d}</text>')
    levels = {high: 4.0, 0.0: height(0.0) + 4, low: tall + 4.0}
    parts += [f'<text x="-5" y="{y}" text-anchor="end">{r:.1f}</text>' for r, y in levels.items()]
    return _frame(parts, wide, tall, f"r by lag, frames: {', '.join(names)}") + _key(names)
