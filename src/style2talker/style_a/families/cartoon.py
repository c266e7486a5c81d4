"""Cartoon: clean flat colours in two or three tones, an even dark outline, clear bright eyes."""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray
from style2talker.style_a.canvas import Canvas
from style2talker.style_a.families.strokes import draw_eyes, drawn_lines, exposed, over, shade_skin, threshold_map
from style2talker.style_a.flow import contours, edge_flow, ink_lines
from style2talker.style_a.palette import blur, mean_color, saturate
from style2talker.style_a.tones import cel, flatten

__all__ = ["paint_cartoon"]

_INK = np.array([14.0, 6.0, 2.0], dtype=np.float32)


def paint_cartoon(canvas: Canvas, seed: int) -> FloatArray:
    """Lab picture (H, W, 3) of the canvas as a cartoon; the seed changes nothing, there is no texture."""
    s, regions = canvas.scale, canvas.regions
    flow = edge_flow(blur(canvas.lightness, s), 2.5 * s)
    smooth = flatten(exposed(canvas, 72.0, 12.0), 9 * s, 14.0, flow)
    out = flatten(smooth, 16 * s, 10.0)
    light = smooth[..., 0]
    out[..., 0] = cel(light, regions["background"], 4, 1.2, 0.9) * 0.94 + 5
    for name, count, spread in (("clothes", 4, 1.0), ("hair", 3, 1.15)):
        part = out.copy()
        part[..., 0] = cel(light, regions[name], count, 1.2, spread) + 3
        out = over(out, part, regions.sharp(name))
    skin = shade_skin(canvas, smooth, lift=4.5, shadow=11.0, soft=1.4)
    out = over(out, skin, regions.sharp("skin"))
    out = over(out, smooth, blur(regions.features, s))
    out = saturate(out, 1.45)
    out = draw_eyes(out, canvas, white=16.0, iris_chroma=1.6, catch=0.22)
    pen = threshold_map(canvas, 2.4, skin=4.5, background=4.5)
    lines = ink_lines(canvas.lightness, flow, 1.1 * s, pen, 5.0)
    rims = contours(smooth, flow, 1.35 * s, threshold_map(canvas, 12.0, skin=60.0, background=26.0), 5.0)
    rims *= 1 - 0.85 * blur(regions.features, 2 * s)
    ink = 0.94 * np.maximum(np.maximum(lines, rims), drawn_lines(canvas, 2.1 * s, jaw=0.75, features=0.9))
    tint = np.minimum(_INK, 0.35 * mean_color(canvas.lab, regions["hair"], _INK) + 0.65 * _INK)
    return over(out, np.broadcast_to(tint, out.shape), np.asarray(ink, dtype=np.float32))
