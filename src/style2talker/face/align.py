"""Picture <-> square crop around a face, and back without loss.

A crop is a scale and a shift, so a face keeps its tilt; the square stays inside the picture wherever it fits.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray, ImageArray, Portrait

__all__ = ["CLIP_MARGIN", "Crop", "clip_crop", "crop_portrait", "face_crop", "square_around"]

_SIDE = 2.1
"""Side of the square over the height of the face: room for hair and shoulders."""

CLIP_MARGIN = 0.1
"""What the clips of a corpus show around a face unless told otherwise: of the width and height, on each side."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A square of a picture, brought to `size` pixels.

    Attributes:
        left: left border in picture pixels.
        top: top border in picture pixels.
        side: side of the square in picture pixels.
        size: side of the crop in its own pixels.
    """

    left: int
    top: int
    side: int
    size: int

    @property
    def scale(self) -> float:
        """Crop pixels per picture pixel."""
        return self.size / self.side

    def matrix(self) -> NDArray[np.float64]:
        """(2, 3) from picture to crop pixel coordinates (pixel centres at whole numbers)."""
        s = self.scale
        return np.array([[s, 0, (0.5 - self.left) * s - 0.5], [0, s, (0.5 - self.top) * s - 0.5]])

    def apply(self, pixels: NDArray[np.uint8]) -> ImageArray:
        """Cut the square out of a picture (H, W[, C]); what lies beyond the picture mirrors it."""
        size = (self.size, self.size)
        if self.scale >= 1:
            matrix = self.matrix()
            out = cv2.warpAffine(pixels, matrix, size, flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
            return np.asarray(out)
        # Area averaging needs whole source pixels: cut the square first, then average it down.
        left, top, side = self.left, self.top, self.side
        rows, columns = pixels.shape[:2]
        pad = (max(-top, 0), max(top + side - rows, 0), max(-left, 0), max(left + side - columns, 0))
        if any(pad):
            pixels = cv2.copyMakeBorder(pixels, *pad, borderType=cv2.BORDER_REFLECT_101)
        square = pixels[top + pad[0] : top + pad[0] + side, left + pad[2] : left + pad[2] + side]
        return np.asarray(cv2.resize(square, size, interpolation=cv2.INTER_AREA))

    def points(self, points: FloatArray) -> FloatArray:
        """Picture points (…, 2 or 3) in crop pixels; depth scales alike."""
        out = np.array(points, dtype=np.float32) * np.float32(self.scale)
        out[..., :2] += self.matrix()[:, 2].astype(np.float32)
        return out

    def inverse_points(self, points: FloatArray) -> FloatArray:
        """Crop points (…, 2 or 3) in picture pixels; the inverse of `points`."""
        out = np.array(points, dtype=np.float32)
        out[..., :2] -= self.matrix()[:, 2].astype(np.float32)
        return np.asarray(out / np.float32(self.scale), dtype=np.float32)


def face_crop(portrait: Portrait, size: int) -> Crop:
    """The square around a portrait's face: the face about 48 % of its height, inside the picture where it fits."""
    low, high = portrait.landmarks[:, :2].min(axis=0), portrait.landmarks[:, :2].max(axis=0)
    face = float(high[1] - low[1])
    rows, columns = portrait.pixels.shape[:2]
    side = min(_SIDE * max(face, 0.9 * float(high[0] - low[0])), rows, columns)
    side = max(side, 1.15 * face)
    centre = (low + high) / 2 - np.array([0.0, 0.06 * face])
    corner = centre - side / 2
    room = np.array([columns, rows]) - side
    corner = np.where(room >= 0, np.clip(corner, 0, np.maximum(room, 0)), room / 2)
    # Whole pixels, so that averaging down and the coordinate map agree.
    return Crop(round(float(corner[0])), round(float(corner[1])), round(float(side)), size)


def square_around(
    box: tuple[float, float, float, float], margin: float, width: int, height: int
) -> tuple[int, int, int]:
    """The square that shows a box.

    Args:
        box: (left, top, right, bottom) in pixels around all places of a face.
        margin: share of the width and height of the box that is added on each side; the shorter direction gets more,
            so that the result is square.
        width: of the picture.
        height: of the picture.

    Returns:
        (left, top, side) in whole pixels, inside the picture; a square that is larger than the picture in one
        direction is centred there.
    """
    wide, high = box[2] - box[0], box[3] - box[1]
    side = max(round((1 + 2 * margin) * max(wide, high)), 2)
    corner = []
    for middle, room in (((box[0] + box[2]) / 2, width - side), ((box[1] + box[3]) / 2, height - side)):
        at = round(middle - side / 2)
        corner.append(min(max(at, 0), room) if room >= 0 else room // 2)
    return corner[0], corner[1], side


def clip_crop(portrait: Portrait, size: int) -> Crop:
    """The square that a clip of a corpus would show of a portrait: what networks are trained on."""
    low, high = portrait.landmarks[:, :2].min(axis=0), portrait.landmarks[:, :2].max(axis=0)
    rows, columns = portrait.pixels.shape[:2]
    box = (float(low[0]), float(low[1]), float(high[0]), float(high[1]))
    return Crop(*square_around(box, CLIP_MARGIN, columns, rows), size)


def crop_portrait(portrait: Portrait, crop: Crop) -> Portrait:
    """The portrait that a crop shows, landmarks in crop pixels."""
    return Portrait(
        crop.apply(portrait.pixels),
        crop.points(portrait.landmarks),
        portrait.blendshapes,
        portrait.rotation,
        None if portrait.alpha is None else crop.apply(portrait.alpha),
    )
