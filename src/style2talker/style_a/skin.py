"""Blendshapes -> light and shadow on the skin: folds of a smile, lines of the brow, cheeks that fill.

Each group of folds is a height over the face, drawn once along the mesh; its shading follows from where the light comes
from (Lambert) and from what a valley hides, and deepens the lines that the portrait has there itself. Shapes switch the
groups on by how far they are from the portrait's own expression.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from style2talker.records import ARKIT_NAMES, FloatArray, Portrait
from style2talker.style_a.folds import Fold, Mound, Place, fold_groups
from style2talker.style_a.light import light_direction, polygon_mask, skin_likeness

__all__ = ["SkinShading", "apply_shade", "build_skin_shading"]

Box = tuple[int, int, int, int]

_MM = 1.0 / 89.0
"""A millimetre in eye distances."""
_OWN_LINES = 0.7
_SMOOTHEST = 0.35
"""Depth of folds on the smoothest skin, 1 being the roughest."""
_FADING = 0.35
"""How much a fold that the portrait's expression has fades when the expression goes."""


@dataclass(frozen=True, slots=True, eq=False)
class SkinShading:
    """Shading of one portrait's skin.

    Attributes:
        maps: one (h, w) float32 for each group, the factor minus one at activation 1.
        boxes: where each lies: (left, top, right, bottom) in pixels of the picture.
        response: (G, C) float32, shapes to activations of the groups.
        rest: (C,) float32, the portrait's own expression.
    """

    maps: tuple[FloatArray, ...]
    boxes: tuple[Box, ...]
    response: FloatArray
    rest: FloatArray

    def activations(self, shapes: FloatArray) -> FloatArray:
        """How strongly each group shows (G,) under an expression (C,), negative where one fades."""
        raw = self.response @ (np.asarray(shapes, np.float32) - self.rest)
        return np.where(raw < 0, _FADING * np.maximum(raw, -1.0), np.minimum(raw, 1.2)).astype(np.float32)


def _curve(points: FloatArray, curve: tuple[Place, ...]) -> NDArray[np.float64]:
    """Points (N, 2) along a curve, its corners cut (Chaikin 1974)."""
    line = np.array([sum(w * points[i, :2].astype(np.float64) for i, w in place) for place in curve])
    for _ in range(3):
        cut = np.stack([0.75 * line[:-1] + 0.25 * line[1:], 0.25 * line[:-1] + 0.75 * line[1:]], axis=1)
        line = np.vstack([line[:1], cut.reshape(-1, 2), line[-1:]])
    return line


def _near_curve(
    line: NDArray[np.float64], x: FloatArray, y: FloatArray
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Signed distance, place along the curve in 0..1 and unit normal (2, h, w) of every pixel; left of it positive."""
    best = np.full(x.shape, np.inf)
    signed, along = np.zeros(x.shape), np.zeros(x.shape)
    normal = np.zeros((2, *x.shape))
    lengths = np.linalg.norm(np.diff(line, axis=0), axis=1)
    begin = np.concatenate([[0.0], np.cumsum(lengths)])
    for a, b, length, start in zip(line[:-1], line[1:], lengths, begin, strict=False):
        if length < 1e-6:
            continue
        way = (b - a) / length
        u = np.clip((x - a[0]) * way[0] + (y - a[1]) * way[1], 0, length)
        dx, dy = x - (a[0] + u * way[0]), y - (a[1] + u * way[1])
        distance = np.hypot(dx, dy)
        closer = distance < best
        side = np.sign(dx * way[1] - dy * way[0])
        best = np.where(closer, distance, best)
        signed = np.where(closer, side * distance, signed)
        along = np.where(closer, (start + u) / begin[-1], along)
        normal = np.where(closer, np.array([way[1], -way[0]])[:, None, None], normal)
    return signed, along, normal


def _fold_shade(
    fold: Fold, points: FloatArray, unit: float, light: FloatArray, x: FloatArray, y: FloatArray
) -> FloatArray:
    """Factor minus one (h, w) of a crease at activation 1."""
    signed, along, normal = _near_curve(_curve(points, fold.curve), x, y)
    sigma = max(fold.width * _MM * unit, 0.9)
    d = signed / sigma
    valley = np.exp(-(d**2))
    facing = normal[0] * light[0] + normal[1] * light[1]
    slope = 2.0 * d * valley * facing
    middle = points[[168, 6, 197, 2, 200], :2].mean(axis=0)
    outward = np.sign(normal[0] * (x - middle[0]) + normal[1] * (y - middle[1]))
    bulge = np.exp(-((d * outward - 2.6) ** 2) / 3.0) if fold.outer else 0.5 * np.exp(-((np.abs(d) - 2.2) ** 2) / 1.5)
    fade_in, fade_out = (np.clip(v / max(e, 1e-3), 0, 1) for v, e in zip((along, 1 - along), fold.ends, strict=True))
    taper = fade_in * fade_in * (3 - 2 * fade_in) * (fade_out * fade_out * (3 - 2 * fade_out))
    # No crease is as deep all along.
    taper *= 0.8 + 0.2 * np.sin(2 * np.pi * (2.3 * along + 0.37 * len(fold.curve) + 0.11 * fold.width))
    return np.asarray(fold.depth * taper * (-0.7 * valley - 0.35 * slope + 0.2 * bulge), dtype=np.float32)


def _mound_shade(
    mound: Mound, points: FloatArray, unit: float, light: FloatArray, x: FloatArray, y: FloatArray
) -> FloatArray:
    """Factor minus one (h, w) of a swelling: lighter towards the lamp, darker away from it."""
    middle = np.array(sum(w * points[i, :2] for i, w in mound.middle))
    radius = mound.radius * _MM * unit
    u, v = (x - middle[0]) / radius, (y - middle[1]) / radius
    bump = np.exp(-(u**2 + v**2))
    return np.asarray(mound.height * bump * (0.12 + 1.5 * (u * light[0] + v * light[1])), dtype=np.float32)


def _reach(part: Fold | Mound, points: FloatArray, unit: float) -> tuple[FloatArray, float]:
    """Points that a part runs through and how far its shading reaches beyond them in pixels."""
    if isinstance(part, Mound):
        return np.array([sum(w * points[i, :2] for i, w in part.middle)]), 2.3 * part.radius * _MM * unit
    return _curve(points, part.curve).astype(np.float32), 6.0 * max(part.width * _MM * unit, 0.9)


def build_skin_shading(portrait: Portrait) -> SkinShading:
    """Draw the folds of a portrait's skin (once per portrait)."""
    points = portrait.landmarks
    rows, columns = portrait.pixels.shape[:2]
    unit = float(np.linalg.norm(points[33] - points[263]))
    light, likely = light_direction(portrait), skin_likeness(portrait)
    grey = cv2.cvtColor(portrait.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    broad = cv2.GaussianBlur(grey, (0, 0), max(3.0 * _MM * unit, 1.0))
    own = np.clip(cv2.GaussianBlur(grey, (0, 0), max(0.5 * _MM * unit, 0.5)) / np.maximum(broad, 8.0) - 1, -0.2, 0.1)
    depth = _depth(own, portrait, likely)
    maps, boxes, groups = [], [], fold_groups()
    response = np.zeros((len(groups), len(ARKIT_NAMES)), dtype=np.float32)
    for group, (parts, shapes) in enumerate(groups.values()):
        for name, weight in shapes.items():
            response[group, ARKIT_NAMES.index(name)] = weight
        spans = [_reach(part, points, unit) for part in parts]
        low = np.min([at.min(axis=0) - reach for at, reach in spans], axis=0)
        high = np.max([at.max(axis=0) + reach for at, reach in spans], axis=0)
        left, top = np.clip(np.floor(low), 0, (columns - 1, rows - 1)).astype(int).tolist()
        right, bottom = np.clip(np.ceil(high) + 1, (left + 1, top + 1), (columns, rows)).astype(int).tolist()
        y, x = np.mgrid[top:bottom, left:right].astype(np.float32)
        shade = np.zeros(x.shape, dtype=np.float32)
        lined = np.zeros(x.shape, dtype=np.float32)
        for part in parts:
            if isinstance(part, Mound):
                shade += _mound_shade(part, points, unit, light, x, y)
                continue
            fold = _fold_shade(part, points, unit, light, x, y)
            shade += fold * depth
            lined = np.maximum(lined, np.clip(-4.0 * fold, 0, 1))
        lined = cv2.GaussianBlur(lined, (0, 0), max(2.0 * _MM * unit, 0.8))
        part_of = np.s_[top:bottom, left:right]
        maps.append((shade + _OWN_LINES * lined * own[part_of]) * likely[part_of])
        boxes.append((left, top, right, bottom))
    return SkinShading(tuple(maps), tuple(boxes), response, portrait.blendshapes)


def _depth(own: FloatArray, portrait: Portrait, likely: FloatArray) -> float:
    """How deep folds are, 0..1: as smooth as a portrait's cheeks are by age, light or paint, so soft are its folds."""
    cheeks = np.zeros(own.shape, dtype=np.float32)
    for ids in ((117, 50, 207, 216, 206, 203, 129, 142, 126), (346, 280, 427, 436, 426, 423, 358, 371, 355)):
        cheeks += polygon_mask(own.shape, portrait.landmarks[list(ids), :2])
    cheeks *= likely
    if not (cheeks > 0.5).any():
        return _SMOOTHEST
    # By the median: the hard edge of a drawn shadow is no sign of age.
    lines = float(np.median(np.abs(own[cheeks > 0.5])))
    return float(np.clip(_SMOOTHEST + 60.0 * (lines - 0.005), _SMOOTHEST, 1.0))


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def apply_shade(picture: Any, shade: Any) -> None:
    """Multiply the colours of a picture (h, w, >= 3) uint8 by 1 + `shade` (h, w) float32, red the least, in place."""
    rows, columns = shade.shape
    for y in range(rows):
        for x in range(columns):
            s = shade[y, x]
            if s == 0.0:
                continue
            for c in range(3):
                # Light that skin throws into a fold is red.
                gain = np.float32(1.0) + s * (np.float32(0.8) + np.float32(0.17) * c)
                value = picture[y, x, c] * gain + np.float32(0.5)
                picture[y, x, c] = np.uint8(min(max(value, np.float32(0.0)), np.float32(255.0)))
