"""Arcane: visible brush strokes, hard-edged shadow shapes in teal, warm light, a cool rim, loose dark line work."""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray
from style2talker.style_a.brush import brushed
from style2talker.style_a.canvas import Canvas
from style2talker.style_a.families.strokes import draw_eyes, exposed, grain, over, set_off, threshold_map
from style2talker.style_a.flow import along, edge_flow, ink_lines
from style2talker.style_a.palette import blur, quantiles, saturate, smoothstep

__all__ = ["paint_arcane"]

_INK = np.array([8.0, 4.0, -6.0], dtype=np.float32)


def paint_arcane(canvas: Canvas, seed: int) -> FloatArray:
    """Lab picture (H, W, 3) of the canvas as a painted frame; the seed lays the bristles."""
    s, regions = canvas.scale, canvas.regions
    flow = edge_flow(blur(canvas.lightness, s), 4.0 * s)
    lit = exposed(canvas, 58.0, 12.0)
    lit[..., 0] += 6 * np.tanh((lit[..., 0] - 50) / 22)
    painted = brushed(lit, flow, 7.0 * s)
    near = np.clip(1.5 * blur(regions.features, 2.5 * s), 0, 1)
    out = over(painted, brushed(lit, flow, 3.0 * s, near), near)
    out = _shadow_shapes(out, canvas, painted)
    out = _graded(out, canvas)
    out = _rim_light(out, canvas)
    out = _bristles(out, canvas, seed)
    out = saturate(out, 1.15)
    out = draw_eyes(out, canvas, white=9.0, iris_chroma=1.7, catch=0.2)
    shape: tuple[int, int] = (out.shape[0], out.shape[1])
    pen = threshold_map(canvas, 2.0, skin=4.0, background=6.0)
    lines = ink_lines(canvas.lightness, flow, 1.0 * s, pen, 6.0) * np.clip(0.75 + 0.3 * grain(shape, 5 * s, seed), 0, 1)
    return over(out, np.broadcast_to(_INK, out.shape), 0.85 * lines)


def _shadow_shapes(lab: FloatArray, canvas: Canvas, painted: FloatArray) -> FloatArray:
    """Shadows of the face and neck as shapes with a clear border, on top of the painted modelling."""
    skin = canvas.regions["skin"]
    light = blur(painted[..., 0], 2.0 * canvas.scale)
    low, middle, high = (float(q) for q in quantiles(light, skin * canvas.face, (0.25, 0.55, 0.88)))
    border = min(low, middle - 5.0)
    shade = smoothstep(light, border + 1.6, border - 1.6)
    gleam = smoothstep(light, max(high, middle + 5) - 1.6, max(high, middle + 5) + 1.6)
    mask = skin * (1 - 0.8 * blur(canvas.regions.features, canvas.scale))
    out = lab.copy()
    out[..., 0] += mask * (6.0 * gleam - 9.0 * shade)
    out[..., 1] += mask * (2.0 * gleam - 7.0 * shade)
    out[..., 2] += mask * (5.0 * gleam - 11.0 * shade)
    return out


def _graded(lab: FloatArray, canvas: Canvas) -> FloatArray:
    """Warm lights, teal darks; the background sinks into teal and darkness away from the head."""
    out = lab.copy()
    warm = smoothstep(lab[..., 0], 38, 80)
    cool = smoothstep(lab[..., 0], 45, 8)
    person = canvas.regions.person
    out[..., 1] += 5.0 * warm * person - 5.0 * cool
    out[..., 2] += 11.0 * warm * person - 9.0 * cool
    shape = lab.shape[:2]
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    centre = canvas.landmarks[:, :2].mean(axis=0)
    away = smoothstep(np.hypot(xs - centre[0], ys - centre[1]) / canvas.regions.unit, 0.5, 1.5)
    back = blur(canvas.regions["background"], 2 * canvas.scale)
    out[..., 0] -= back * (0.12 + 0.3 * away) * out[..., 0]
    out[..., 1] += back * (-9.0 - 0.35 * out[..., 1])
    out[..., 2] += back * (-7.0 - 0.35 * out[..., 2])
    return out


def _rim_light(lab: FloatArray, canvas: Canvas) -> FloatArray:
    """A teal light along the outline of the person, on the side away from the light that the face shows."""
    s, person = canvas.scale, canvas.regions.sharp("background")
    depth = blur(1 - person, 5 * s)
    band = (1 - person) * smoothstep(depth, 0.98, 0.55)
    grown = blur(person, 4 * s)
    slope = np.gradient(grown, axis=1) * 4 * s
    side = float(np.sign(_light_side(canvas)) or 1.0)
    facing = smoothstep(-side * slope, 0.02, 0.25)
    texture = np.clip(0.6 + 0.05 * (lab[..., 0] - blur(lab[..., 0], 4 * s)), 0.15, 1.0)
    rim = band * facing * texture * set_off(canvas) * (1 - blur(canvas.regions.features, 2 * s))
    out = lab.copy()
    out[..., 0] += rim * np.maximum(66 - out[..., 0], 6) * 0.7
    out[..., 1] += rim * (-26 - out[..., 1]) * 0.8
    out[..., 2] += rim * (-14 - out[..., 2]) * 0.8
    return out


def _light_side(canvas: Canvas) -> float:
    """Positive when the face is lighter on the right of the picture."""
    points = canvas.landmarks[:, :2]
    right, left = points[[330, 280, 425, 346]], points[[101, 50, 205, 117]]
    light = blur(canvas.lightness, 6 * canvas.scale)

    def at(group: FloatArray) -> float:
        columns = np.clip(np.rint(group[:, 0]).astype(int), 0, light.shape[1] - 1)
        rows = np.clip(np.rint(group[:, 1]).astype(int), 0, light.shape[0] - 1)
        return float(light[rows, columns].mean())

    return at(right) - at(left)


def _bristles(lab: FloatArray, canvas: Canvas, seed: int) -> FloatArray:
    """Fine streaks of paint along the strokes."""
    shape: tuple[int, int] = (lab.shape[0], lab.shape[1])
    wide = edge_flow(blur(lab[..., 0], 2 * canvas.scale), 9 * canvas.scale)
    streaks = along(grain(shape, 0.9 * canvas.scale, seed + 1), wide, 11 * canvas.scale)
    streaks = streaks / max(float(streaks.std()), 1e-6)
    calm = 1 - 0.75 * np.maximum(canvas.face * (1 - canvas.regions["hair"]), canvas.regions["skin"])
    out = lab.copy()
    out[..., 0] += 2.6 * np.clip(streaks, -2, 2) * calm * smoothstep(lab[..., 0], 2, 30)
    return out
