"""Pixar: smooth skin with light that bleeds red under it, warm key light, glossy eyes, hair in clean clumps."""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray
from style2talker.style_a.brush import brushed
from style2talker.style_a.canvas import Canvas, disc_mask
from style2talker.style_a.families.strokes import draw_eyes, exposed, over, set_off
from style2talker.style_a.flow import along, edge_flow
from style2talker.style_a.palette import blur, mean_color, saturate, smoothstep
from style2talker.style_a.tones import flatten

__all__ = ["paint_pixar"]

_BLUSH = ((50, 0.17, 5.0), (280, 0.17, 5.0), (4, 0.10, 6.0), (152, 0.1, 2.5))
"""(landmark, radius in face heights, strength) of warm spots: cheeks, tip of the nose, chin."""
_GLOSS = ((4, 0.028, 9.0), (5, 0.022, 5.0), (50, 0.05, 3.5), (280, 0.05, 3.5), (17, 0.02, 6.0), (9, 0.07, 3.0))


def paint_pixar(canvas: Canvas, seed: int) -> FloatArray:
    """Lab picture (H, W, 3) of the canvas as a frame of a 3-D animation; the seed changes nothing."""
    s, regions = canvas.scale, canvas.regions
    flow = edge_flow(blur(canvas.lightness, s), 3.0 * s)
    lit = exposed(canvas, 74.0, 13.0)
    smooth = flatten(lit, 6 * s, 9.0)
    out = over(flatten(smooth, 8 * s, 12.0), _skin(canvas, lit, smooth), regions["skin"])
    clumps = along(brushed(lit, flow, 5.0 * s), flow, 7 * s)
    middle = mean_color(clumps, regions["hair"])[0]
    clumps[..., 0] = middle + 1.15 * (clumps[..., 0] - middle) + 3
    clumps[..., 0] += 0.25 * np.maximum(clumps[..., 0] - blur(clumps[..., 0], 10 * s), 0)
    out = over(out, clumps, regions["hair"])
    fine = flatten(lit, 2.5 * s, 8.0)
    out = over(out, fine, np.clip(1.3 * blur(regions.features, 1.2 * s), 0, 1))
    behind = blur(lit * regions["background"][..., None], 7 * s) / (
        blur(regions["background"], 7 * s)[..., None] + np.float32(1e-2)
    )
    out = over(out, behind, smoothstep(blur(regions["background"], 4 * s), 0.75, 1.0))
    out = _key_light(saturate(out, 1.28), canvas)
    return draw_eyes(out, canvas, white=13.0, iris_chroma=1.9, catch=0.27)


def _skin(canvas: Canvas, lit: FloatArray, smooth: FloatArray) -> FloatArray:
    """Skin without pores: its form kept, shadows soft and red at their border, cheeks and nose warm, a little gloss."""
    s, skin = canvas.scale, canvas.regions["skin"] + canvas.regions.features
    weight = blur(skin, 7 * s) + np.float32(1e-3)
    form = blur(smooth[..., 0] * skin, 7 * s) / weight
    out = smooth.copy()
    out[..., 0] = 0.55 * flatten(smooth, 12 * s, 9.0)[..., 0] + 0.45 * form
    base = mean_color(smooth, canvas.regions["skin"] * canvas.face, smooth.mean(axis=(0, 1)))
    for i in (1, 2):
        wide = blur(smooth[..., i] * skin, 9 * s) / weight
        out[..., i] = 0.6 * wide + 0.4 * base[i]
    # Red light travels farthest under the skin: where a shadow begins, the red of its lit side is still there.
    bleed = blur(out[..., 0], 16 * s) - blur(out[..., 0], 3 * s)
    out[..., 1] += np.clip(0.55 * bleed, 0, 9)
    out[..., 2] += np.clip(0.3 * bleed, 0, 5)
    shape: tuple[int, int] = (lit.shape[0], lit.shape[1])
    for point, radius, strength in _BLUSH:
        spot = blur(disc_mask(shape, canvas.landmarks[point, :2], radius * canvas.regions.unit), 9 * s) * canvas.face
        out[..., 1] += strength * spot
        out[..., 2] += 0.4 * strength * spot
    for point, radius, strength in _GLOSS:
        size = radius * canvas.regions.unit
        centre = canvas.landmarks[point, :2] + np.array([-0.4, -0.5], np.float32) * size
        out[..., 0] += strength * blur(disc_mask(shape, centre, size), 0.6 * size) * canvas.face
    return out


def _key_light(lab: FloatArray, canvas: Canvas) -> FloatArray:
    """Warm light from above left, cool soft darks, and a thin light along the outline."""
    shape = lab.shape[:2]
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    centre = canvas.landmarks[:, :2].mean(axis=0)
    slant = -((xs - centre[0]) + 0.8 * (ys - centre[1])) / canvas.regions.unit
    person = canvas.regions.person
    out = lab.copy()
    out[..., 0] += person * 5.0 * np.tanh(slant)
    warm, cool = smoothstep(lab[..., 0], 40, 85), smoothstep(lab[..., 0], 40, 8)
    out[..., 2] += 5.0 * warm - 5.0 * cool
    out[..., 1] += 1.5 * warm + 2.0 * cool
    out[..., 0] += 4.0 * cool
    inside = canvas.regions.sharp("background")
    rim = (1 - inside) * smoothstep(blur(1 - inside, 3.5 * canvas.scale), 0.98, 0.5)
    out[..., 0] += 7.0 * rim * set_off(canvas) * (1 - canvas.regions.features)
    return out
