"""Numbers -> plots as SVG text that a page can hold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.statistics import Band

__all__ = ["COLOURS", "curve_plot", "dot_plot"]

COLOURS = {
    "generated": "#c2410c",
    "reference": "#1d4ed8",
    "still": "#6b7280",
    "other sound": "#0f766e",
    "other sentence": "#7e22ce",
}
"""System -> its colour in every plot."""
_OTHER = "#a3a3a3"
_WIDE, _HIGH, _PAD = 220, 14, 6


def dot_plot(values: Mapping[str, float], intervals: Mapping[str, Band], single: Sequence[float]) -> str:
    """One line with a dot for each system, its interval as a bar, and each clip as a faint tick.

    Args:
        values: system -> mean.
        intervals: system -> interval, NaN for none.
        single: of each clip of what is judged.
    """
    ends = [x for band in intervals.values() for x in band]
    known = [x for x in (*values.values(), *ends, *single) if math.isfinite(x)]
    if not known:
        return ""
    low, high = min(known), max(known)
    span = (high - low) or 1.0

    def at(x: float) -> float:
        return round(_PAD + (x - low) / span * (_WIDE - 2 * _PAD), 1)

    middle = _HIGH / 2
    parts = [f'<line x1="0" x2="{_WIDE}" y1="{middle}" y2="{middle}" stroke="#e5e7eb"/>']
    parts += [
        f'<line x1="{at(x)}" x2="{at(x)}" y1="2" y2="{_HIGH - 2}" stroke="{COLOURS["generated"]}" opacity=".35"/>'
        for x in single
        if math.isfinite(x)
    ]
    for name, value in values.items():
        band, colour = intervals.get(name, Band(math.nan, math.nan)), COLOURS.get(name, _OTHER)
        if math.isfinite(band.low):
            parts.append(
                f'<line x1="{at(band.low)}" x2="{at(band.high)}" y1="{middle}" y2="{middle}" '
                f'stroke="{colour}" stroke-width="3" opacity=".5"/>'
            )
        if math.isfinite(value):
            title = f"<title>{escape(name)}: {value:.4g}</title>"
            parts.append(f'<circle cx="{at(value)}" cy="{middle}" r="4" fill="{colour}">{title}</circle>')
    return f'<svg width="{_WIDE}" height="{_HIGH}" role="img">{"".join(parts)}</svg>'


def _path(curve: NDArray[np.floating], low: float, high: float, wide: float, tall: float) -> str:
    """Lines through the known values; a gap where none is known."""
    words, pen = [], "M"
    for i, value in enumerate(curve.tolist()):
        if math.isfinite(value):
            x, y = i / max(len(curve) - 1, 1) * wide, tall - (value - low) / ((high - low) or 1.0) * tall
            words.append(f"{pen}{x:.1f} {y:.1f}")
            pen = "L"
        else:
            pen = "M"
    return "".join(words)


def curve_plot(curves: Mapping[str, NDArray[np.floating]], seconds: float, wide: int = 640, tall: int = 90) -> str:
    """Curves over time; those of the opening of lips share one scale, others have their own."""
    shared = [c[np.isfinite(c)] for name, c in curves.items() if name.startswith("opening")]
    joined = np.concatenate([*shared, np.zeros(0, np.float32)])
    parts = [f'<rect width="{wide}" height="{tall}" fill="#fafafa" stroke="#e5e7eb"/>']
    keys = []
    for name, curve in curves.items():
        known = joined if name.startswith("opening") else curve[np.isfinite(curve)]
        if not len(known):
            continue
        colour = COLOURS.get(name.removeprefix("opening of "), _OTHER)
        line = _path(curve, float(known.min()), float(known.max()), wide, tall)
        parts.append(f'<path d="{line}" fill="none" stroke="{colour}" stroke-width="1.5"/>')
        keys.append(f'<tspan fill="{colour}">{escape(name)} </tspan>')
    label = f'<text x="4" y="{tall + 14}" font-size="12">{"".join(keys)}</text>'
    end = f'<text x="{wide}" y="{tall + 14}" font-size="12" text-anchor="end" fill="#6b7280">{seconds:.1f} s</text>'
    return f'<svg viewBox="0 0 {wide} {tall + 20}" width="100%" role="img">{"".join(parts)}{label}{end}</svg>'
