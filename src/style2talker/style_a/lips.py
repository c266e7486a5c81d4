"""Lips that the portrait shows parted: what they look like when they meet, so that nothing between them is squeezed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from style2talker.records import FloatArray, ImageArray, Portrait
from style2talker.style_a.eyeball import completed
from style2talker.style_a.light import polygon_mask
from style2talker.style_a.mesh import INNER_LIPS

__all__ = ["Seam", "build_seam", "seal"]

Box = tuple[int, int, int, int]
_PARTED_MM, _MARGIN_MM = 0.9, 0.9
_MM = 1.0 / 89.0
"""A millimetre in eye distances."""
_LINE = 0.42
"""How dark the line is where lips meet."""


@dataclass(frozen=True, slots=True, eq=False)
class Seam:
    """The opening between a portrait's lips, closed.

    Attributes:
        box: (left, top, right, bottom) in pixels of the picture.
        closed: (h, w, 3) uint8, the box with lips in place of the opening.
        gap: (3,) float32, distances in pixels between the lips in the portrait, at three places.
        millimetre: in pixels.
    """

    box: Box
    closed: ImageArray
    gap: FloatArray
    millimetre: float

    def amount(self, face: FloatArray) -> float:
        """0 while lips are as in the portrait .. 1 as soon as they move; `face` (V, 3) in pixels."""
        change = float(np.abs(_gaps(face) - self.gap).max()) / self.millimetre
        u = float(np.clip((change - 0.2) / 1.0, 0, 1))
        return u * u * (3 - 2 * u)


def _gaps(points: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.norm((points[[14, 87, 317]] - points[[13, 82, 312]])[:, :2], axis=1), np.float32)


def build_seam(portrait: Portrait) -> Seam | None:
    """Close the lips of a portrait (once); None where they are closed already."""
    points = portrait.landmarks
    millimetre = float(np.linalg.norm(points[33] - points[263])) * _MM
    gap = _gaps(points)
    if gap.max() < max(_PARTED_MM * millimetre, 1.0):
        return None
    polygon = points[list(INNER_LIPS), :2]
    rows, columns = portrait.pixels.shape[:2]
    pad = 6.0 * millimetre + 2
    left, top = np.maximum(np.floor(polygon.min(axis=0) - pad), 0).astype(int).tolist()
    right, bottom = np.minimum(np.ceil(polygon.max(axis=0) + pad), (columns, rows)).astype(int).tolist()
    if right - left < 4 or bottom - top < 4:
        return None
    color = portrait.pixels[top:bottom, left:right].astype(np.float32) / 255.0
    opening = polygon_mask(color.shape[:2], polygon - np.array([left, top], dtype=np.float32))
    size = 2 * max(round(_MARGIN_MM * millimetre), 1) + 1
    inside = cv2.dilate(opening, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)))
    known = 1.0 - inside
    usual = np.median(color[known > 0.5], axis=0) if (known > 0.5).any() else np.full(3, 0.5)
    lips = completed(color, known.astype(np.float32), usual.astype(np.float32), 0.6 * millimetre)
    soft = cv2.GaussianBlur(inside, (0, 0), max(0.4 * millimetre, 0.6))
    depth = cv2.distanceTransform((opening > 0.5).astype(np.uint8), cv2.DIST_L2, 3)
    # The line belongs to the middle of the opening: squeezed to nothing it is as thin as between closed lips.
    line = _LINE * np.clip(depth / max(float(depth.max()), 1.0), 0, 1) ** 0.7
    closed = color + (lips * (1.0 - line[..., None]) - color) * soft[..., None]
    return Seam(
        (left, top, right, bottom), np.clip(closed * 255 + 0.5, 0, 255).astype(np.uint8), gap, max(millimetre, 1e-3)
    )


def seal(seam: Seam, under: ImageArray, amount: float, out: ImageArray) -> None:
    """Blend the closed lips over the still picture `under` into `out`, both the seam's box (h, w, >= 3) uint8."""
    out[..., :3] = cv2.addWeighted(np.ascontiguousarray(under[..., :3]), 1.0 - amount, seam.closed, amount, 0.0)
