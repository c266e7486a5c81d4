"""What a family's painter works on: the portrait in Lab, its regions, its eyes, and the scale of its face."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from style2talker.records import FloatArray, Portrait
from style2talker.style_a.mesh import FACE_OVAL, LEFT_EYE, RIGHT_EYE
from style2talker.style_a.palette import blur, smoothstep, to_lab
from style2talker.style_a.regions import Regions, draw_points, find_regions

__all__ = ["Canvas", "Eye", "prepare"]

_NOMINAL_FACE = 245.0
"""Height of the face in pixels, at which sizes in the painters are meant."""
_EYES = ((RIGHT_EYE, 468, (159, 145), (33, 133)), (LEFT_EYE, 473, (386, 374), (263, 362)))


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """One eye, as painters see it.

    Attributes:
        opening: (H, W) float32 mask between the lids.
        iris: (H, W) float32 mask of the iris, within the lids.
        centre: (2,) float32 pixels, middle of the iris.
        radius: of the iris in pixels.
        openness: height of the opening over its width.
    """

    opening: FloatArray
    iris: FloatArray
    centre: FloatArray
    radius: float
    openness: float


@dataclass(frozen=True, slots=True, eq=False)
class Canvas:
    """A portrait prepared for painting.

    Attributes:
        lab: (H, W, 3) float32.
        regions: soft masks.
        landmarks: (V, 3) float32 pixels.
        eyes: the person's right and left eye.
        face: (H, W) float32, soft mask of the face oval.
        scale: pixels per nominal pixel (1 in a 512 pixel crop).
    """

    lab: FloatArray
    regions: Regions
    landmarks: FloatArray
    eyes: tuple[Eye, Eye]
    face: FloatArray
    scale: float

    @property
    def lightness(self) -> FloatArray:
        """L (H, W), 0..100."""
        return np.asarray(self.lab[..., 0])


def _eye(shape: tuple[int, int], points: FloatArray, side: int, soft: float) -> Eye:
    ring, iris, (up, low), (outer, inner) = _EYES[side]
    centre = points[iris, :2]
    radius = float(np.linalg.norm(points[iris + 1 : iris + 5, :2] - centre, axis=1).mean())
    width = max(float(np.linalg.norm(points[outer, :2] - points[inner, :2])), 1e-3)
    opening = draw_points(shape, points, ring, 1.0, soft)
    disc = disc_mask(shape, centre, radius)
    openness = float(np.linalg.norm(points[up, :2] - points[low, :2])) / width
    return Eye(opening, np.asarray(opening * disc, dtype=np.float32), centre, radius, openness)


def disc_mask(shape: tuple[int, int], centre: FloatArray, radius: float) -> FloatArray:
    """Mask (H, W) of a disc, its edge one pixel soft."""
    ys, xs = np.ogrid[0 : shape[0], 0 : shape[1]]
    return smoothstep(np.hypot(xs - centre[0], ys - centre[1]), radius + 0.8, radius - 0.8)


def prepare(portrait: Portrait) -> Canvas:
    """The canvas of a portrait."""
    shape: tuple[int, int] = (portrait.pixels.shape[0], portrait.pixels.shape[1])
    regions = find_regions(portrait.pixels, portrait.landmarks, portrait.alpha)
    scale = regions.unit / _NOMINAL_FACE
    points = portrait.landmarks
    soft = 0.7 * scale
    eyes = (_eye(shape, points, 0, soft), _eye(shape, points, 1, soft))
    face = blur(draw_points(shape, points, FACE_OVAL), 4 * scale)
    return Canvas(to_lab(portrait.pixels), regions, points, eyes, face, scale)
