"""Face proportions: larger eyes, a softer chin, or the proportions of the face in the art; pixels and mesh alike.

What a family does to a face is written in a face seen from the front, in eye distances (outer corners); it is turned
into the portrait's pose, bounded, and applied as one smooth warp that ends before the background.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import RBFInterpolator

from style2talker.face.pose import STABLE, rigid_transform
from style2talker.face.rig import load_rig
from style2talker.records import FloatArray, Portrait
from style2talker.style_a.mesh import FACE_OVAL, LEFT_EYE, RIGHT_EYE
from style2talker.style_a.palette import smoothstep

__all__ = ["TEMPLATES", "Proportions", "art_shift", "family_shift", "reshape"]

_GRID = 72
_REACH = 1.75
"""Where the warp has ended, in radii of the face oval."""
_MOST_SHIFT = 0.16
"""Largest movement of a point in eye distances."""
_LEAST_AREA = 0.25
"""Smallest factor by which the warp may shrink an area: more would tear or fold the picture."""
_BROWS = (70, 63, 105, 66, 107, 46, 53, 52, 65, 55), (300, 293, 334, 296, 336, 276, 283, 282, 295, 285)
_IRISES = (468, 469, 470, 471, 472), (473, 474, 475, 476, 477)


@dataclass(frozen=True, slots=True)
class Proportions:
    """What a family does to a face at full structure.

    Attributes:
        eyes: growth of the eyes.
        jaw: narrowing of the jaw, in shares of its width.
        chin: lift of the chin in eye distances.
        nose: narrowing of the nose.
        mouth: narrowing of the mouth.
        brows: lift of the brows in eye distances.
    """

    eyes: float
    jaw: float
    chin: float
    nose: float
    mouth: float
    brows: float


TEMPLATES = {
    "cartoon": Proportions(eyes=0.42, jaw=0.12, chin=0.05, nose=0.16, mouth=0.05, brows=0.05),
    "illustration": Proportions(eyes=0.18, jaw=0.06, chin=0.02, nose=0.07, mouth=0.02, brows=0.02),
    "arcane": Proportions(eyes=0.16, jaw=0.05, chin=-0.03, nose=0.05, mouth=0.0, brows=-0.015),
    "comic": Proportions(eyes=0.12, jaw=-0.04, chin=-0.04, nose=0.03, mouth=-0.03, brows=-0.02),
    "pixar": Proportions(eyes=0.55, jaw=0.14, chin=0.07, nose=0.24, mouth=0.08, brows=0.07),
}
"""Proportions of each family."""


def _bump(points: FloatArray, centre: FloatArray, inner: float, outer: float) -> FloatArray:
    """1 within `inner` of a centre, 0 beyond `outer`; (V, 1)."""
    return smoothstep(np.linalg.norm((points - centre)[:, :2], axis=1), outer, inner)[:, None]


def family_shift(points: FloatArray, family: str) -> FloatArray:
    """Displacement (V, 3) of a frontal face at full structure.

    Args:
        points: (V, 3) face from the front, in eye distances.
        family: its name.
    """
    p = TEMPLATES[family]
    shift = np.zeros_like(points)
    for ring, iris, brow in zip((RIGHT_EYE, LEFT_EYE), _IRISES, _BROWS, strict=True):
        ids = list(ring) + list(iris)
        centre = points[list(ring)].mean(axis=0)
        width = float(np.ptp(points[list(ring), 0]))
        weight = _bump(points, centre, 0.62 * width, 1.35 * width)
        weight[ids] = 1.0
        # Height grows more than width: eyes open rather than broaden.
        shift += weight * (points - centre) * np.array([0.8 * p.eyes, p.eyes, 0.0], np.float32)
        shift[list(brow), 1] -= p.brows
    middle = float(points[168, 0])
    chin, brow_line = points[152], float(points[168, 1])
    down = np.clip((points[:, 1] - brow_line) / max(float(chin[1]) - brow_line, 1e-3), 0, 1.1)
    low = smoothstep(down, 0.35, 0.9)
    shift[:, 0] -= p.jaw * low * (points[:, 0] - middle) * smoothstep(np.abs(points[:, 0] - middle), 0.05, 0.35)
    shift[:, 1] -= p.chin * smoothstep(down, 0.72, 1.0)
    nose = _bump(points, points[4], 0.12, 0.32)[:, 0]
    shift[:, 0] -= p.nose * nose * (points[:, 0] - middle)
    shift[:, 1] -= 0.4 * p.nose * nose * (points[:, 1] - points[4, 1])
    lips = _bump(points, points[[13, 14]].mean(axis=0), 0.3, 0.5)[:, 0]
    shift[:, 0] -= p.mouth * lips * (points[:, 0] - middle)
    return np.asarray(shift, dtype=np.float32)


def art_shift(points: FloatArray, art: FloatArray) -> FloatArray:
    """Displacement (V, 3) of a frontal face towards the proportions of another, both in eye distances, symmetric."""
    difference = _symmetric(art) - _symmetric(points)
    difference[:, 2] = 0
    return np.asarray(difference, dtype=np.float32)


def _mirror() -> NDArray[np.intp]:
    """For each mesh point the one opposite of it (478,)."""
    reference = load_rig().reference
    flipped = reference * np.array([-1, 1, 1], np.float32)
    flipped[:, 0] += 2 * float(reference[STABLE[0], 0])
    distance = ((flipped[:, None] - reference[None]) ** 2).sum(axis=-1)
    return np.asarray(distance.argmin(axis=1))


def _symmetric(points: FloatArray) -> FloatArray:
    opposite = points[_mirror()] * np.array([-1, 1, 1], np.float32)
    return np.asarray((points + opposite) / 2, dtype=np.float32)


def frontal(landmarks: FloatArray, blendshapes: FloatArray) -> tuple[FloatArray, float, NDArray[np.float64]]:
    """A face from the front and at rest.

    Args:
        landmarks: (V, 3) in pixels.
        blendshapes: (C,) its expression, which is taken off.

    Returns:
        points (V, 3) in eye distances, the scale and the rotation (3, 3) that bring them to the picture.
    """
    rig = load_rig()
    ids = list(STABLE)
    scale, rotation, shift = rigid_transform(rig.reference[ids], landmarks[ids])
    points = ((landmarks - shift) / scale) @ rotation
    relaxed = points - np.einsum("c,cvk->vk", 0.8 * blendshapes, rig.basis)
    return np.asarray(relaxed, dtype=np.float32), scale, rotation


def reshape(portrait: Portrait, shift: FloatArray, amount: float) -> Portrait:
    """The portrait with its face reshaped, pixels, opacity and landmarks together.

    Args:
        portrait: the portrait.
        shift: (V, 3) displacement of the frontal face at amount 1, in eye distances (`family_shift`, `art_shift`).
        amount: 0..1.
    """
    if amount <= 0:
        return portrait
    _, scale, rotation = frontal(portrait.landmarks, portrait.blendshapes)
    length = np.linalg.norm(shift, axis=1, keepdims=True)
    bounded = shift * (_MOST_SHIFT * np.tanh(length / _MOST_SHIFT) / np.maximum(length, 1e-6))
    moved = (bounded * amount * scale) @ rotation.T.astype(np.float32)
    field, moved = _field(portrait.landmarks, moved)
    if field is None:
        return portrait
    pixels, alpha = _warped(portrait.pixels, field), portrait.alpha
    return Portrait(
        pixels,
        portrait.landmarks + moved,
        portrait.blendshapes,
        portrait.rotation,
        None if alpha is None else _warped(alpha, field),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Field:
    """A backward displacement field over a box of the picture: `shift` (H, W, 2) in pixels at (left, top)."""

    shift: FloatArray
    left: int
    top: int


def _field(landmarks: FloatArray, moved: FloatArray) -> tuple[_Field | None, FloatArray]:
    """The smooth field that moves landmarks by `moved` (V, 3), weakened until it folds nowhere."""
    oval = landmarks[list(FACE_OVAL), :2]
    centre = (oval.min(axis=0) + oval.max(axis=0)) / 2
    radius = (oval.max(axis=0) - oval.min(axis=0)) / 2
    low, high = np.floor(centre - _REACH * radius).astype(int), np.ceil(centre + _REACH * radius).astype(int)
    axes = [np.linspace(low[i], high[i] - 1, _GRID) for i in (0, 1)]
    grid = np.stack(np.meshgrid(axes[0], axes[1]), axis=-1)  # (_GRID, _GRID, 2)
    angle = np.linspace(0, 2 * np.pi, 40, endpoint=False)
    ring = centre + 1.45 * radius * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    falloff = smoothstep(np.linalg.norm((grid - centre) / radius, axis=-1), _REACH - 0.05, 1.1)[..., None]
    for _ in range(6):
        target = landmarks[:, :2] + moved[:, :2]
        sites = np.vstack([target, ring])
        values = np.vstack([-moved[:, :2], np.zeros_like(ring)])
        smooth = 1e-2 * float(radius.mean())
        spline = RBFInterpolator(sites, values, kernel="thin_plate_spline", smoothing=smooth)
        coarse = spline(grid.reshape(-1, 2)).reshape(_GRID, _GRID, 2) * falloff
        step = (axes[0][1] - axes[0][0], axes[1][1] - axes[1][0])
        if _least_area(coarse, step) > _LEAST_AREA:
            size = (int(high[0] - low[0]), int(high[1] - low[1]))
            full = cv2.resize(coarse.astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
            return _Field(np.asarray(full), int(low[0]), int(low[1])), moved
        moved = moved * np.float32(0.75)
    return None, np.zeros_like(moved)


def _least_area(shift: NDArray[np.float64], step: tuple[float, float]) -> float:
    """Smallest determinant of the Jacobian of x + shift(x) on the grid."""
    dy_x, dx_x = np.gradient(shift[..., 0], step[1], step[0])
    dy_y, dx_y = np.gradient(shift[..., 1], step[1], step[0])
    return float(((1 + dx_x) * (1 + dy_y) - dy_x * dx_y).min())


def _warped(pixels: NDArray[np.uint8], field: _Field) -> NDArray[np.uint8]:
    """The picture sampled through a field; outside of the field's box bit for bit the same."""
    rows, columns = pixels.shape[:2]
    top, left = max(field.top, 0), max(field.left, 0)
    bottom, right = min(field.top + field.shift.shape[0], rows), min(field.left + field.shift.shape[1], columns)
    if bottom <= top or right <= left:
        return pixels
    part = field.shift[top - field.top : bottom - field.top, left - field.left : right - field.left]
    ys, xs = np.mgrid[top:bottom, left:right].astype(np.float32)
    sampled = cv2.remap(
        pixels, xs + part[..., 0], ys + part[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101
    )
    out = pixels.copy()
    still = np.abs(part).max(axis=-1) < 1e-3
    box = out[top:bottom, left:right]
    box[~still] = sampled[~still]
    return out
