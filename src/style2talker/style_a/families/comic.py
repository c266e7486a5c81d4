"""Comic: bold ink with solid blacks, few strong colours, halftone dots in the shadows and behind the head."""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray
from style2talker.style_a.canvas import Canvas
from style2talker.style_a.families.strokes import draw_eyes, drawn_lines, exposed, over, threshold_map
from style2talker.style_a.flow import Flow, along, contours, edge_flow, ink_lines
from style2talker.style_a.palette import blur, mean_color, quantiles, saturate, smoothstep
from style2talker.style_a.tones import cel, flatten

__all__ = ["halftone", "paint_comic"]

_INK = np.array([7.0, 1.0, -4.0], dtype=np.float32)


def halftone(shape: tuple[int, int], coverage: FloatArray, pitch: float, angle: float = 45.0) -> FloatArray:
    """Mask (H, W) of round dots on a turned grid whose area follows a coverage (H, W) in 0..1.

    Args:
        shape: (H, W).
        coverage: share of the area that dots cover.
        pitch: distance of the dots in pixels.
        angle: of the grid in degrees.
    """
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    turn = np.radians(angle)
    k = 2 * np.pi / pitch
    u = (xs * np.cos(turn) + ys * np.sin(turn)) * k
    v = (ys * np.cos(turn) - xs * np.sin(turn)) * k
    height = 0.25 * (np.cos(u) + np.cos(v)) + 0.5  # 0..1, a dot's middle is 1
    edge = 0.9 / pitch
    inside = smoothstep(height - (1 - coverage), -edge, edge)
    return np.asarray(inside * smoothstep(coverage, 0.02, 0.08), dtype=np.float32)


def paint_comic(canvas: Canvas, seed: int) -> FloatArray:
    """Lab picture (H, W, 3) of the canvas as a printed comic; the seed changes nothing, print is regular."""
    s, regions = canvas.scale, canvas.regions
    shape: tuple[int, int] = (canvas.lab.shape[0], canvas.lab.shape[1])
    flow = edge_flow(blur(canvas.lightness, s), 3.0 * s)
    smooth = flatten(exposed(canvas, 76.0, 14.0), 9 * s, 16.0, flow)
    out = flatten(smooth, 20 * s, 14.0)
    light = blur(smooth[..., 0], s)
    out[..., 0] = cel(light, regions["clothes"], 3, 0.8, 1.2) * 0.95 + 5
    skin = canvas.face * regions["skin"]
    base = mean_color(smooth, skin, smooth.mean(axis=(0, 1)))
    low, middle = (float(q) for q in quantiles(light, skin, (0.15, 0.55)))
    flat = np.broadcast_to(np.array([max(base[0], middle) + 6, base[1] + 1, base[2] + 2], np.float32), out.shape)
    out = over(out, flat, regions.sharp("skin"))
    out = _behind(out, canvas, smooth)
    shade = smoothstep(light, middle + 1.0, min(low, middle - 12.0) - 6.0) * regions.sharp("skin")
    dots = halftone(shape, 0.62 * shade, max(5.0 * s, 3.5)) * (1 - blur(regions.features, 1.5 * s))
    out = over(out, flat + np.array([-24, 15, 9], np.float32), 0.9 * dots)
    hair = flatten(smooth, 9 * s, 10.0, flow, regions["hair"])
    hair[..., 0] = cel(hair[..., 0], regions["hair"], 2, 0.8, 1.3)
    out = over(out, hair, regions.sharp("hair"))
    out = over(out, smooth, 0.9 * blur(regions.features, s))
    out = saturate(out, 1.65 - 0.4 * regions["skin"], most=80.0)
    out = draw_eyes(out, canvas, white=22.0, iris_chroma=1.5, catch=0.2)
    return over(out, np.broadcast_to(_INK, out.shape), _ink(canvas, flow, light, smooth, low))


def _behind(lab: FloatArray, canvas: Canvas, smooth: FloatArray) -> FloatArray:
    """The background in two flat colours and a fade of dots."""
    s, mask = canvas.scale, canvas.regions["background"]
    shape: tuple[int, int] = (lab.shape[0], lab.shape[1])
    ground = flatten(smooth, 24 * s, 18.0)
    ground[..., 0] = 0.85 * cel(ground[..., 0], mask, 2, 0.8, 1.1) + 12
    ys = np.linspace(0, 1, shape[0], dtype=np.float32)[:, None] * np.ones((1, shape[1]), np.float32)
    dots = halftone(shape, 0.6 * smoothstep(ys, 0.0, 1.1), max(8.0 * s, 4.0), 15.0)
    darker = ground + np.array([-14, 0, 0], np.float32)
    darker[..., 1:] *= 1.35
    return over(lab, over(ground, darker, dots), canvas.regions.sharp("background"))


def _ink(canvas: Canvas, flow: Flow, light: FloatArray, smooth: FloatArray, low: float) -> FloatArray:
    """Ink (H, W) in 0..1: lines of two widths, borders of shapes, and solid blacks in hair and deep shadow."""
    s, regions = canvas.scale, canvas.regions
    pen = threshold_map(canvas, 2.6, skin=5.0, background=8.0)
    lines = np.maximum(
        ink_lines(canvas.lightness, flow, 1.1 * s, pen, 5.0), ink_lines(canvas.lightness, flow, 2.2 * s, 2.1 * pen, 4.0)
    )
    rims = contours(smooth, flow, 1.7 * s, threshold_map(canvas, 15.0, skin=60.0, background=60.0), 5.0)
    rims *= 1 - 0.9 * blur(regions.features, 2 * s)
    hair = regions.sharp("hair")
    black = min(30.0, float(quantiles(canvas.lightness, hair, 0.55)))
    solid = hair * smoothstep(along(blur(canvas.lightness, 0.8 * s), flow, 3 * s, hair), black + 2, black - 2)
    deep = min(22.0, low - 14.0)
    solid = np.maximum(solid, smoothstep(light, deep + 1.5, deep - 1.5) * regions.person * (1 - hair))
    brow = float(quantiles(light, regions.sharp("brows"), 0.6))
    solid *= 1 - np.maximum(canvas.eyes[0].opening, canvas.eyes[1].opening)
    drawn = drawn_lines(canvas, 2.9 * s, jaw=0.9, features=1.0)
    brows = regions["brows"] * smoothstep(light, brow + 3, brow - 3)
    return np.asarray(0.97 * np.maximum.reduce([lines, rims, solid, drawn, brows]), dtype=np.float32)
