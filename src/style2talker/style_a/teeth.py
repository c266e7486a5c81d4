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
_GUM = np.array([0.70, 0.40, 0.38], dtype=np.float32)
_BETWEEN = np.array([0.74, 0.63, 0.54], dtype=np.float32)
_EDGE = np.array([0.95, 0.945, 0.91], dtype=np.float32)
_BODY = np.array([1.00, 0.965, 0.895], dtype=np.float32)
_NECK = np.array([0.95, 0.875, 0.76], dtype=np.float32)
"""Enamel at the incisal edge, where it is translucent, in the middle of the crown, and towards the gum."""


class _Tooth(NamedTuple):
    width: float
    height: float
    lift: float


_UPPER = (
    _Tooth(8.6, 10.4, 0.0),
    _Tooth(6.6, 9.2, 0.7),
    _Tooth(7.2, 9.8, 0.3),
    _Tooth(7.0, 8.6, 0.9),
    _Tooth(6.8, 8.0, 1.4),
    _Tooth(9.5, 7.4, 1.9),
)
_LOWER = (
    _Tooth(5.2, 8.8, 0.0),
    _Tooth(5.8, 9.0, 0.0),
    _Tooth(6.4, 9.2, -0.1),
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
    """A crown: rounded corners at a nearly straight edge, narrower and rounder at the gum; 16 parts a pixel."""
    angle = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    towards_root = np.sin(angle) * np.sign(root - edge) > 0
    x = np.sign(np.cos(angle)) * np.abs(np.cos(angle)) ** np.where(towards_root, 0.55, 0.30)
    y = np.sign(np.sin(angle)) * np.abs(np.sin(angle)) ** np.where(towards_root, 0.55, 0.34)
    centre, half = (left + right) / 2, (right - left) / 2
    taper = 1.0 - 0.16 * towards_root * np.abs(y) ** 1.5
    points = np.stack([centre + x * half * taper, (edge + root) / 2 + y * abs(edge - root) / 2], axis=1)
    return np.round(points * 16).astype(np.int32)


def _enamel(across: NDArray[np.float64], along: NDArray[np.float64], turn: NDArray[np.float64]) -> FloatArray:
    """Colour (h, w, 3) of a crown: `across` (w,) in -1..1, `along` (h,) from the edge 0 to the gum 1.

    `turn` (w,) is 1 where the arch faces the viewer, 0 where it is seen from the side.
    """
    edge = np.clip(1.0 - along / 0.22, 0, 1)[:, None]
    neck = (np.clip((along - 0.35) / 0.65, 0, 1) ** 1.5)[:, None]
    body = _BODY + (_EDGE - _BODY) * edge + (_NECK - _BODY) * neck  # (h, 3)
    bulge = 1.0 - 0.11 * np.clip(np.abs(across), 0, 1) ** 5 - 0.03 * across**2
    ridge = 0.03 * np.exp(-(((across + 0.2) / 0.30) ** 2))
    light = (bulge + ridge) * (0.30 + 0.70 * turn**1.5)
    warm = np.stack([np.ones_like(turn), 0.93 + 0.07 * turn, 0.86 + 0.14 * turn], axis=-1)  # (w, 3)
    return np.asarray(body[:, None] * (light[:, None] * warm)[None], dtype=np.float32)


def _row(teeth: tuple[_Tooth, ...], down: float, half_width: float, height: float) -> Sprite:
    """Draw a symmetrical row whose crowns run from the edge (y = 0) towards `-down`."""
    k = PIXELS_PER_MM
    columns, rows = int(2 * half_width * k), int(height * k)
    origin = (columns / 2, rows * (0.86 if down > 0 else 0.14))
    color = np.empty((rows, columns, 3), dtype=np.float32)
    color[:] = _BETWEEN
    alpha = np.zeros((rows, columns), dtype=np.float32)
    gum_edge = np.full(columns, np.nan)
    turn = np.sqrt(np.clip(1.0 - ((np.arange(columns) - columns / 2) / k / _ARCH_RADIUS) ** 2, 0, 1))
    for sign in (1.0, -1.0):
        arc = 0.0
        for tooth in teeth:
            begin, arc = arc, arc + tooth.width
            x0, x1 = (_ARCH_RADIUS * np.sin(np.clip(a / _ARCH_RADIUS, 0, 1.45)) for a in (begin, arc))
            edge, root = -down * tooth.lift, -down * (tooth.lift + tooth.height)
            left, right = sorted((origin[0] + sign * x0 * k, origin[0] + sign * x1 * k))
            outline = _tooth_outline(left - 0.02 * k, right + 0.02 * k, origin[1] + edge * k, origin[1] + root * k)
            crown = np.zeros((rows, columns), dtype=np.float32)
            cv2.fillPoly(crown, [outline], 1.0, lineType=cv2.LINE_AA, shift=4)
            crown = cv2.GaussianBlur(crown, (0, 0), 0.16 * k)
            across = np.clip((np.arange(columns) - (left + right) / 2) / max((right - left) / 2, 1.0), -1.2, 1.2)
            along = np.clip((np.arange(rows) - (origin[1] + edge * k)) / ((root - edge) * k), 0, 1)
            color = color * (1 - crown[..., None]) + _enamel(across, along, turn) * crown[..., None]
            alpha = np.maximum(alpha, crown)
            span = slice(max(int(left), 0), min(int(right) + 1, columns))
            # The gum's edge follows each neck as an arch, with a point between two teeth.
            arch = 0.9 * np.clip(np.abs(across[span]), 0, 1) ** 2.2
            gum_edge[span] = origin[1] + (root + down * arch) * k
    _add_gum(color, alpha, gum_edge, down)
    gap = (cv2.morphologyEx(alpha, cv2.MORPH_CLOSE, np.ones((k, k), np.uint8)) - alpha).clip(0, 1)
    color = np.minimum(cv2.GaussianBlur(color, (0, 0), 0.10 * k), 1.0)
    return Sprite(color.astype(np.float32), np.maximum(alpha, gap * 0.9), origin)


def _add_gum(color: FloatArray, alpha: FloatArray, gum_edge: NDArray[np.float64], down: float) -> None:
    """Paint the gum from the necks of the teeth to the border of the canvas, in place."""
    rows = np.arange(alpha.shape[0])[:, None]
    inside = ~np.isnan(gum_edge)
    edge = np.where(inside, gum_edge, -1e6 if down > 0 else 1e6)
    depth = (edge - rows) * down / PIXELS_PER_MM
    gum = (np.clip(2.0 * depth + 1.0, 0, 1) * inside).astype(np.float32)
    np.maximum(alpha, gum, out=alpha)
    across = (np.arange(alpha.shape[1]) / alpha.shape[1] * 2 - 1)[None]
    light = (1.0 - 0.65 * np.clip(np.abs(across), 0, 1) ** 2)[..., None]
    color += (_GUM * light - color) * gum[..., None]


def upper_teeth() -> Sprite:
    """The upper row: crowns hang from above down to y = 0."""
    return _row(_UPPER, 1.0, 27.0, 17.0)


def lower_teeth() -> Sprite:
    """The lower row: crowns stand from below up to y = 0."""
    return _row(_LOWER, -1.0, 26.0, 17.0)


def tongue() -> Sprite:
    """The tongue seen from the front: a broad soft body that rises out of the dark, with a shallow middle line."""
    k = PIXELS_PER_MM
    columns, rows = 46 * k, 30 * k
    x = (np.arange(columns) - columns / 2)[None] / (19.5 * k)
    y = (np.arange(rows) - 3 * k)[:, None] / (24.0 * k)
    rise = y - 0.22 * x**2
    inside = np.clip((1.0 - np.abs(x) ** 2.6) * 4, 0, 1) * np.clip(rise / 0.22, 0, 1) ** 1.4
    front = np.clip(rise / 0.75, 0, 1)
    light = 0.40 + 0.56 * front * front * (3 - 2 * front) - 0.16 * x**2
    light = light - 0.07 * np.exp(-((x / 0.12) ** 2)) * front
    color = np.clip(light, 0, 1)[..., None] * np.array([0.80, 0.45, 0.43])
    return Sprite(color.astype(np.float32), inside.astype(np.float32), (columns / 2, 3.0 * k))
