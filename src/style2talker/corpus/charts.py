"""Bar charts on one picture, drawn with Pillow alone."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

__all__ = ["Chart", "draw_charts", "histogram"]

_WIDE, _HIGH = 460, 250
_COLUMNS = 3
_EDGE = 34
_INK, _BAR, _BACK = (40, 40, 44), (78, 121, 167), (255, 255, 255)
_BINS = 12


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart.

    Attributes:
        title: what is counted.
        bars: label -> count.
    """

    title: str
    bars: Mapping[str, int]


def histogram(title: str, values: Sequence[float]) -> Chart:
    """The chart of how many values lie in each of up to twelve equal ranges, named by where these begin."""
    if not values:
        return Chart(title, {})
    if len(set(values)) == 1:
        return Chart(title, {f"{values[0]:.3g}": len(values)})
    counts, edges = np.histogram(np.asarray(values, dtype=np.float64), bins=min(_BINS, len(set(values))))
    return Chart(title, {f"{edge:.3g}": int(count) for edge, count in zip(edges[:-1], counts, strict=True)})


def draw_charts(charts: Sequence[Chart]) -> bytes:
    """PNG of the charts, three to a row; the same bytes for the same charts."""
    rows = max(1, -(-len(charts) // _COLUMNS))
    image = Image.new("RGB", (_COLUMNS * _WIDE, rows * _HIGH), _BACK)
    draw = ImageDraw.Draw(image)
    for number, chart in enumerate(charts):
        _draw(draw, chart, number % _COLUMNS * _WIDE, number // _COLUMNS * _HIGH)
    out = io.BytesIO()
    image.save(out, format="PNG")
    return out.getvalue()


def _draw(draw: ImageDraw.ImageDraw, chart: Chart, left: int, top: int) -> None:
    title, small = ImageFont.load_default(15), ImageFont.load_default(11)
    draw.text((left + _EDGE, top + 8), chart.title, _INK, title)
    floor, ceiling = top + _HIGH - _EDGE, top + 56
    step = (_WIDE - 2 * _EDGE) / len(chart.bars)
    most = max(max(chart.bars.values()), 1)
    for number, (label, count) in enumerate(chart.bars.items()):
        x = left + _EDGE + number * step
        height = (floor - ceiling) * count / most
        draw.rectangle((x + step * 0.08, floor - height, x + step * 0.92, floor), _BAR)
        middle = x + step / 2
        draw.text((middle, floor - height - 2), str(count), _INK, small, anchor="mb")
        # Neighbouring labels stand on two lines, lest they run into one another.
        draw.text((middle, floor + 3 + 13 * (number % 2) * (step < 60)), label, _INK, small, anchor="mt")
    draw.line((left + _EDGE, floor, left + _WIDE - _EDGE, floor), _INK)
