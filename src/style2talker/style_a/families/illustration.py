"""Illustration: soft flat shading, fine lines in the colour of what they bound, a pale wash, paper."""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray
from style2talker.style_a.canvas import Canvas
from style2talker.style_a.families.strokes import draw_eyes, exposed, grain, over, shade_skin, threshold_map
from style2talker.style_a.flow import contours, edge_flow, ink_lines
from style2talker.style_a.palette import blur, saturate, smoothstep
from style2talker.style_a.tones import cel, flatten

__all__ = ["paint_illustration"]

_PAPER = np.array([95.0, 0.5, 5.0], dtype=np.float32)


def paint_illustration(canvas: Canvas, seed: int) -> FloatArray:
    """Lab picture (H, W, 3) of the canvas as a coloured drawing; the seed lays the paper's grain."""
    s, regions = canvas.scale, canvas.regions
    shape: tuple[int, int] = (canvas.lab.shape[0], canvas.lab.shape[1])
    flow = edge_flow(blur(canvas.lightness, s), 2.0 * s)
    smooth = flatten(exposed(canvas, 82.0, 16.0), 7 * s, 10.0, flow)
    wash = flatten(smooth, 14 * s, 14.0)
    light = smooth[..., 0]
    out = wash.copy()
    out[..., 0] = 0.55 * cel(light, regions.person, 5, 3.0) + 0.45 * wash[..., 0]
    skin = shade_skin(canvas, smooth, lift=3.0, shadow=8.0, soft=3.5)
    out = over(out, 0.65 * skin + 0.35 * smooth, regions.sharp("skin"))
    out = over(out, smooth, blur(regions.features, s))
    out = saturate(out, 1.15)
    out[..., 0] = 14 + 0.86 * out[..., 0]
    out = _with_wash(out, canvas, seed)
    out = draw_eyes(out, canvas, white=10.0, iris_chroma=1.4, catch=0.18)
    pen = threshold_map(canvas, 1.5, skin=2.8, background=3.5)
    lines = ink_lines(canvas.lightness, flow, 0.8 * s, pen, 6.0)
    rims = 0.8 * contours(smooth, flow, 0.8 * s, threshold_map(canvas, 13.0, skin=50.0, background=40.0), 6.0)
    pressure = np.clip(0.85 + 0.12 * grain(shape, 9 * s, seed + 1), 0.5, 1.0)
    ink = np.maximum(lines, rims * (1 - 0.7 * blur(regions.features, s))) * pressure
    tint = saturate(wash * np.array([0.3, 1.0, 1.0], np.float32), 1.3) + np.array([2.0, 5.0, 2.0], np.float32)
    return _on_paper(over(out, tint, 0.9 * ink), canvas, seed)


def _with_wash(lab: FloatArray, canvas: Canvas, seed: int) -> FloatArray:
    """The picture with its background thinned towards the paper and pigment gathered unevenly."""
    shape: tuple[int, int] = (lab.shape[0], lab.shape[1])
    pigment = grain(shape, 22 * canvas.scale, seed)
    background = canvas.regions.sharp("background")
    dark = smoothstep(blur(lab[..., 0], 12 * canvas.scale), 60, 20)
    thin = background * np.clip(0.52 + 0.3 * dark + (0.14 - 0.1 * dark) * pigment, 0.2, 0.9)
    out = over(lab, np.broadcast_to(_PAPER, lab.shape), thin)
    # Clothes run out into the paper at the lower border, as a drawing that is not finished there.
    ys = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None]
    fade = canvas.regions.sharp("clothes") * smoothstep(ys + 0.03 * pigment, 0.72, 1.02) * 0.55
    out = over(out, np.broadcast_to(_PAPER, lab.shape), fade)
    out[..., 0] += 1.2 * np.clip(pigment, -2, 2) * canvas.regions.person
    return out


def _on_paper(lab: FloatArray, canvas: Canvas, seed: int) -> FloatArray:
    shape: tuple[int, int] = (lab.shape[0], lab.shape[1])
    tooth = grain(shape, max(0.7 * canvas.scale, 0.5), seed + 2) + 0.8 * grain(shape, 2.2 * canvas.scale, seed + 3)
    out = lab.copy()
    calm = 1 - 0.7 * canvas.regions.features
    out[..., 0] += 0.9 * np.clip(tooth, -2.5, 2.5) * calm * smoothstep(lab[..., 0], 5, 60)
    out[..., 2] += 2.0
    return out
