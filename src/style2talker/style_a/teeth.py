"""Millimetres -> pictures of teeth, gums and tongue, drawn once per portrait.

Every sprite is an RGBA picture on a canvas measured in millimetres; its origin is the midline at the incisal edge
(tongue: the middle of its back edge). Sizes are the adult means of dental anatomy (Wheeler's Dental Anatomy).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray

__all__ = ["Sprite", "lower_teeth", "tongue", "upper_teeth"]

PIXELS_PER_MM = 8
_ARCH_RADIUS = 27.0
_GUM = np.array([0.66, 0.36, 0.34], dtype=np.float32)
_BETWEEN = np.array([0.66, 0.58, 0.50], dtype=np.float32)


class _Tooth(NamedTuple):
    width: float
    height: float
    lift: float


_UPPER = (
    _Tooth(8.6, 10.4, 0.0),
    _Tooth(6.6, 9.2, 0.7),
    _Tooth(7.6, 10.2, 0.1),
    _Tooth(7.0, 8.6, 0.9),
    _Tooth(6.8, 8.0, 1.4),
    _Tooth(9.5, 7.4, 1.9),
)
_LOWER = (
    _Tooth(5.2, 8.8, 0.0),
    _Tooth(5.8, 9.0, 0.0),
    _Tooth(6.8, 9.6, -0.3),
    _Tooth(7.0, 8.6, 0.4),
    _Tooth(7.1, 8.0, 0.8),
    _Tooth(10.0, 7.4, 1.2),
)


@dataclass(frozen=True, slots=True, eq=False)
class Sprite:
    """A small RGBA picture and where its origin lies.

    Attributes:
        color: (h, w, 3) float32 RGB in 0..1, at unit light.
        alpha: (h, w) float32 in 0..1.
        origin: (x, y) pixels of the sprite's origin on its canvas.
        scale: pixels per millimetre of the canvas.
    """

    color: FloatArray
    alpha: FloatArray
    origin: tuple[float, float]
    scale: float = float(PIXELS_PER_MM)

    def at_scale(self, scale: float) -> Sprite:
        """The same sprite with `scale` pixels per millimetre, averaged down so that it does not alias when laid."""
        factor = scale / self.scale
        if factor >= 1.0:
            return self
        size = tuple(max(round(n * factor), 2) for n in self.alpha.shape[::-1])
        color = cv2.resize(self.color * self.alpha[..., None], size, interpolation=cv2.INTER_AREA)
        alpha = cv2.resize(self.alpha, size, interpolation=cv2.INTER_AREA)
        plain = cv2.resize(self.color, size, interpolation=cv2.INTER_AREA)
        color = np.where(alpha[..., None] > 1e-3, color / np.maximum(alpha, 1e-3)[..., None], plain)
        fit = size[0] / self.alpha.shape[1], size[1] / self.alpha.shape[0]
        origin = (self.origin[0] * fit[0], self.origin[1] * fit[1])
        return Sprite(color.astype(np.float32), alpha.astype(np.float32), origin, self.scale * (fit[0] + fit[1]) / 2)


def _tooth_outline(left: float, right: float, edge: float, root: float) -> NDArray[np.int32]:
    """A crown as a rounded shape that narrows towards the gum, as fixed-point polygon (16 parts a pixel)."""
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** 0.42
    y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** 0.45
    centre, half = (left + right) / 2, (right - left) / 2
    taper = 1.0 - 0.13 * (y * np.sign(root - edge) > 0) * np.abs(y)
    points = np.stack([centre + x * half * taper, (edge + root) / 2 + y * abs(edge - root) / 2], axis=1)
    return np.round(points * 16).astype(np.int32)


def _row(teeth: tuple[_Tooth, ...], down: float, half_width: float, height: float) -> Sprite:
    """Draw a symmetrical row whose crowns run from the edge (y = 0) towards `-down`."""
    k = PIXELS_PER_MM
    columns, rows = int(2 * half_width * k), int(height * k)
    origin = (columns / 2, rows * (0.86 if down > 0 else 0.14))
    color = np.empty((rows, columns, 3), dtype=np.float32)
    color[:] = _BETWEEN
    alpha = np.zeros((rows, columns), dtype=np.float32)
    gum_edge = np.full(columns, np.nan)
    for sign in (1.0, -1.0):
        arc = 0.0
        for tooth in teeth:
            begin, arc = arc, arc + tooth.width
            x0, x1 = (_ARCH_RADIUS * np.sin(np.clip(a / _ARCH_RADIUS, 0, 1.45)) for a in (begin, arc))
            turn = np.cos(np.clip((begin + arc) / 2 / _ARCH_RADIUS, 0, 1.45))
            edge, root = -down * tooth.lift, -down * (tooth.lift + tooth.height)
            left, right = sorted((origin[0] + sign * x0 * k, origin[0] + sign * x1 * k))
            outline = _tooth_outline(left + 0.04 * k, right - 0.04 * k, origin[1] + edge * k, origin[1] + root * k)
            crown = np.zeros((rows, columns), dtype=np.float32)
            cv2.fillPoly(crown, [outline], 1.0, lineType=cv2.LINE_AA, shift=4)
            crown = cv2.GaussianBlur(crown, (0, 0), 0.22 * k)
            across = (np.arange(columns) - (left + right) / 2) / max((right - left) / 2, 1.0)
            along = np.clip((np.arange(rows) - (origin[1] + edge * k)) / ((root - edge) * k), 0, 1)
            shade = (1.0 - 0.10 * np.clip(np.abs(across), 0, 1) ** 4)[None] * (1.0 - 0.12 * along[:, None] ** 2)
            body = np.stack(
                [
                    np.ones_like(shade),
                    0.98 - 0.04 * along[:, None] + 0 * shade,
                    0.93 - 0.10 * along[:, None] + 0 * shade,
                ],
                axis=-1,
            )
            body = body * (shade * (0.30 + 0.70 * turn**1.2))[..., None]
            color = color * (1 - crown[..., None]) + body.astype(np.float32) * crown[..., None]
            alpha = np.maximum(alpha, crown)
            span = slice(max(int(left), 0), min(int(right) + 1, columns))
            gum_edge[span] = origin[1] + root * k
    _add_gum(color, alpha, gum_edge, down)
    # Thin dark gaps between the crowns, not holes.
    gap = (cv2.morphologyEx(alpha, cv2.MORPH_CLOSE, np.ones((k, k), np.uint8)) - alpha).clip(0, 1)
    color = color * (1 - 0.10 * gap[..., None])
    return Sprite(color.astype(np.float32), np.maximum(alpha, gap), origin)


def _add_gum(color: FloatArray, alpha: FloatArray, gum_edge: NDArray[np.float64], down: float) -> None:
    """Paint the gum from the necks of the teeth to the border of the canvas, in place."""
    rows = np.arange(alpha.shape[0])[:, None]
    inside = ~np.isnan(gum_edge)
    edge = np.where(inside, gum_edge, -1e6 if down > 0 else 1e6)
    depth = (edge - rows) * down / PIXELS_PER_MM
    gum = (np.clip(depth + 1.2, 0, 1) * inside).astype(np.float32)
    np.maximum(alpha, gum, out=alpha)
    color += (_GUM - color) * (gum * 0.85)[..., None]


def upper_teeth() -> Sprite:
    """The upper row: crowns hang from above down to y = 0."""
    return _row(_UPPER, 1.0, 27.0, 17.0)


def lower_teeth() -> Sprite:
    """The lower row: crowns stand from below up to y = 0."""
    return _row(_LOWER, -1.0, 26.0, 17.0)


def tongue() -> Sprite:
    """The tongue seen from the front: a broad soft body with a shallow middle line."""
    k = PIXELS_PER_MM
    columns, rows = 46 * k, 30 * k
    x = (np.arange(columns) - columns / 2)[None] / (19.5 * k)
    y = (np.arange(rows) - 3 * k)[:, None] / (24.0 * k)
    top = 0.16 * x**2
    inside = np.clip((1.0 - np.abs(x) ** 2.6) * 9, 0, 1) * np.clip((y - top) * 14, 0, 1)
    light = (
        0.72
        + 0.28 * np.clip((y - top) * 2.6, 0, 1)
        - 0.18 * x**2
        - 0.10 * np.exp(-((x / 0.09) ** 2)) * np.clip(y * 3, 0, 1)
    )
    color = light[..., None] * np.array([0.88, 0.47, 0.45])
    return Sprite(color.astype(np.float32), inside.astype(np.float32), (columns / 2, 3.0 * k))
