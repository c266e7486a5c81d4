"""Portrait -> soft masks of what is what: background, clothes, hair, skin, brows, eyes, lips.

Face parts are drawn from the mesh; the rest is told apart by colour models seeded from the face, by where things are on
a head, and by GrabCut. Masks overlap softly and sum to 1 in every pixel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray, ImageArray
from style2talker.style_a.figure import crown_of, cut_figure, seen_outline, traced_figure
from style2talker.style_a.likeness import color_distance, shaded_skin_distance, skin_distance
from style2talker.style_a.mesh import BROWS, FACE_OVAL, INNER_LIPS, LEFT_EYE, RIGHT_EYE
from style2talker.style_a.palette import blur, smoothstep, to_lab

__all__ = ["REGIONS", "Regions", "draw_points", "face_unit", "find_regions"]

REGIONS = ("background", "clothes", "hair", "skin", "brows", "eyes", "lips")
"""Order of the masks."""

OUTER_LIPS = (61, 146, 91, 181, 84, 17, 314, 405, 321, 375, 291, 409, 270, 269, 267, 0, 37, 39, 40, 185)
_CHEEKS = (50, 280, 205, 425, 117, 346, 101, 330, 4, 5, 195, 151, 9, 108, 337, 199, 187, 411)

_WORK_FACE = 110.0
"""Height of the face in pixels at which regions are told apart."""
_MOST_WORK = 640
_FINE_FACE = 320.0
"""Largest height of the face in pixels at which the edges of regions are found."""
_THIN = 3
"""Half the width in pixels of a link too thin for hair to hang by."""
_ROOT, _JAW = 0.0, -0.3
"""Face heights above the middle of the face: hair hangs from above the first, and may be a mistake below the second."""


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """Soft masks of a portrait.

    Attributes:
        masks: (7, H, W) float32 in 0..1, in the order of `REGIONS`, summing to 1.
        unit: height of the face in pixels, from the top of the forehead to the chin.
    """

    masks: FloatArray
    unit: float

    def __getitem__(self, name: str) -> FloatArray:
        """Mask (H, W) of the region of that name."""
        return np.asarray(self.masks[REGIONS.index(name)], dtype=np.float32)

    def sharp(self, name: str) -> FloatArray:
        """Mask (H, W) of a region with edges a few pixels wide, for flat colours that must not bleed."""
        return smoothstep(self[name], 0.3, 0.7)

    def weighted(self, values: Mapping[str, float]) -> FloatArray:
        """Map (H, W) that has a value in each region, with soft transitions."""
        weights = np.array([values[name] for name in REGIONS], dtype=np.float32)
        return np.asarray(np.tensordot(weights, self.masks, axes=1), dtype=np.float32)

    @property
    def person(self) -> FloatArray:
        """Mask (H, W) of everything but the background."""
        return 1.0 - self["background"]

    @property
    def features(self) -> FloatArray:
        """Mask (H, W) of what makes a face readable: brows, eyes, lips."""
        return np.asarray(self.masks[4:].sum(axis=0), dtype=np.float32)


def face_unit(landmarks: FloatArray) -> float:
    """Height of the face in pixels, whatever its tilt."""
    return float(np.linalg.norm(landmarks[10, :2] - landmarks[152, :2]))


def draw_points(
    shape: tuple[int, int], points: FloatArray, ids: tuple[int, ...], grow: float = 1.0, soft: float = 0.0
) -> FloatArray:
    """Mask (H, W) of the polygon through landmarks.

    Args:
        shape: (H, W).
        points: (V, 2 or 3) landmarks in pixels.
        ids: the polygon's landmarks in order.
        grow: scale about the polygon's centre.
        soft: sigma of the edge in pixels.
    """
    polygon = points[list(ids), :2]
    polygon = polygon.mean(axis=0) + (polygon - polygon.mean(axis=0)) * grow
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.rint(polygon * 16).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=4)
    return blur(mask.astype(np.float32) / np.float32(255), soft)


def find_regions(pixels: ImageArray, landmarks: FloatArray, alpha: ImageArray | None = None) -> Regions:
    """Tell the regions of a portrait apart.

    Args:
        pixels: (H, W, 3) RGB.
        landmarks: (V, 3) mesh points in pixels.
        alpha: (H, W) opacity; what is transparent is background for sure.
    """
    rows, columns = pixels.shape[:2]
    unit = face_unit(landmarks)
    scale = min(1.0, _WORK_FACE / unit, _MOST_WORK / max(rows, columns))
    size = (max(8, round(columns * scale)), max(8, round(rows * scale)))
    small = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    points = landmarks[:, :2] * np.array([size[0] / columns, size[1] / rows], dtype=np.float32)
    opaque = None if alpha is None else np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_AREA))
    coarse = _coarse(small, points, opaque)
    finer = min(1.0, _FINE_FACE / unit)
    fine_size = (max(8, round(columns * finer)), max(8, round(rows * finer)))
    masks = np.stack([cv2.resize(mask, fine_size, interpolation=cv2.INTER_CUBIC) for mask in coarse])
    fine = pixels if finer == 1 else np.asarray(cv2.resize(pixels, fine_size, interpolation=cv2.INTER_AREA))
    masks = _refined(masks, fine, unit * finer)
    if finer < 1:
        masks = np.stack([cv2.resize(mask, (columns, rows), interpolation=cv2.INTER_LINEAR) for mask in masks])
    return Regions(_with_features(masks, landmarks, unit), unit)


def _head_frame(shape: tuple[int, int], points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Per pixel, (across, up) in face heights from the middle of the face, turned with the head's tilt."""
    top, chin = points[10], points[152]
    up = (top - chin) / max(float(np.linalg.norm(top - chin)), 1e-3)
    height = max(float(np.linalg.norm(top - chin)), 1e-3)
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    centre = (top + chin) / 2
    dx, dy = (xs - centre[0]) / height, (ys - centre[1]) / height
    return dx * -up[1] + dy * up[0], dx * up[0] + dy * up[1]


def _odd_skin(across: FloatArray, up: FloatArray, inside: FloatArray) -> FloatArray:
    """Cost (H, W) of skin where a head on shoulders does not show any: beside the face beyond the ears, above it."""
    # How far out a pixel lies: in face heights beyond the oval, which is about 0.72 as wide as high.
    beyond = np.hypot(across / 0.74, up) - 0.5
    ear = smoothstep(up, 0.22, 0.12) * smoothstep(up, -0.36, -0.26)
    beside = smoothstep((beyond - 0.06 - 0.09 * ear) / (0.08 + 0.03 * ear), 0, 1) * smoothstep(up, -0.62, -0.42)
    beside *= smoothstep(np.abs(across), 0.16, 0.3)
    wide = smoothstep(np.abs(across), 0.36, 0.5) * smoothstep(up, -0.95, -0.7)
    cost = 2.2 * (1 - inside) * smoothstep(beyond, -0.1, 0.02) + 3.0 * beside + 1.0 * wide * (1 - beside)
    cost *= 1 - 0.55 * smoothstep(up, -0.45, -0.6)
    # Light hair has the colour of skin; above the forehead it is hair.
    cost += 3.0 * smoothstep(up, 0.5, 0.62) * (1 - inside)
    return np.asarray(cost + 3.0 * smoothstep(np.hypot(across, up + 0.2), 1.3, 2.1), dtype=np.float32)


def _coarse(pixels: ImageArray, points: FloatArray, opaque: ImageArray | None) -> FloatArray:
    """Masks (4, H, W) of background, clothes, hair and skin."""
    shape = pixels.shape[:2]
    lab = blur(to_lab(pixels), 0.8)
    across, up = _head_frame(shape, points)
    oval = draw_points(shape, points, FACE_OVAL)
    skin_seed = np.vstack([lab[_near(points[i], shape)].reshape(-1, 3) for i in _CHEEKS])
    skin = skin_distance(lab, skin_seed)
    front = _figure(pixels, oval, lab, skin, across, up)
    if opaque is not None:
        front *= (opaque > 127).astype(np.float32)
    top = (front > 0) & (oval < 0.1) & (up > 0.38) & (np.abs(across) < 0.45) & (skin > 2.5)
    # Under a hat the hair shows beside the face, beyond the ears.
    beside = (front > 0) & (oval < 0.1) & (np.abs(up - 0.1) < 0.2) & (np.abs(across) > 0.5) & (np.abs(across) < 0.8)
    hair = color_distance(lab, lab[top], 3)
    if (beside & (skin > 2.5)).sum() > 40:
        hair = np.minimum(hair, color_distance(lab, lab[beside & (skin > 2.5)], 3))
    shaded = shaded_skin_distance(lab, skin_seed)
    low = (front > 0) & (up < -0.75) & (np.minimum(skin, shaded) > 3.2) & (hair > 2.2)
    cloth = color_distance(lab, lab[low], 3)
    inside = smoothstep(blur(oval, 1.5), 0.3, 0.9)
    # In deep shade it is skin only where it is not of the hair's own colour.
    shade = shaded + 0.4 + 2.5 * smoothstep(hair, 2.4, 1.2)
    cost_skin = np.where(up < -0.45, np.minimum(skin, shade), skin) + _odd_skin(across, up, inside)
    cost_hair = hair + 2.0 + 4.0 * inside * smoothstep(up, 0.45, 0.05) + 1.0 * smoothstep(up, -0.25, -0.9)
    cost_hair += 2.0 * smoothstep(np.abs(across), 0.45, 0.8) * smoothstep(up, -0.4, -0.8)
    # Under the chin is the throat, however dark: hair falls beside it.
    throat = smoothstep(np.abs(across), 0.3, 0.2) * smoothstep(up, -0.47, -0.54) * smoothstep(up, -1.0, -0.9)
    cost_hair += 3.0 * throat
    cost_cloth = cloth + 2.0 + 7.0 * smoothstep(up, -0.75, -0.4) + 9.0 * inside
    # Beside the neck the outline is least sure: what fits nothing of a person is background there.
    cost_back = (9.0 - 2.5 * smoothstep(up, -0.4, -0.55)) * front + 2.0 * inside
    outside = 6 * (1 - front)
    costs = np.stack([cost_back, cost_cloth + outside, cost_hair + outside, cost_skin - 1.5 * inside + outside])
    guide = pixels.astype(np.float32) / np.float32(255)
    costs = costs.astype(np.float32)
    labels = _agreed(costs, guide)
    stray = _stray_hair(labels, up)
    if not stray.any():
        return labels
    costs[1] -= np.float32(3) * stray
    costs[2] += np.float32(6) * stray
    return _agreed(costs, guide)


def _stray_hair(labels: FloatArray, up: FloatArray) -> FloatArray:
    """Where (H, W) there is hair below the jaw, 1 or 0, that does not hang down from the head: a collar, a shade."""
    hair = (labels[2] > 0.5).astype(np.uint8)
    brush = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * _THIN + 1, 2 * _THIN + 1))
    count, parts = cv2.connectedComponents(cv2.erode(hair, brush))
    hanging = np.isin(parts, [k for k in range(1, count) if (up[parts == k] > _ROOT).any()])
    rooted = cv2.dilate(hanging.astype(np.uint8), brush, iterations=2)
    return np.asarray((hair > rooted) & (up < _JAW), dtype=np.float32)


def _figure(
    pixels: ImageArray, oval: FloatArray, lab: FloatArray, skin: FloatArray, across: FloatArray, up: FloatArray
) -> FloatArray:
    """The person (H, W) 0..1, by the network's outline or, where it misses the face, by colours and shape."""
    seen = seen_outline(pixels, oval)
    neck = (np.abs(across) < 0.12) & (up < -0.58) & (up > -0.75)
    # Of some drawings the network takes the face for a mask without a body.
    if seen is not None and (not neck.any() or float(seen[neck].mean()) > 0.75):
        return traced_figure(pixels, oval, seen)
    return cut_figure(pixels, oval, across, up, crown_of(lab, skin, across, up))


def _agreed(costs: FloatArray, guide: FloatArray) -> FloatArray:
    """Labels (K, H, W) of the least cost that neighbours of like colour agree on.

    Mean-field updates of a conditional random field whose pairwise term is a guided filter (after Krähenbühl and Koltun
    2011, Hosni et al. 2013), from narrow to wide.
    """
    smooth = np.stack([cv2.ximgproc.guidedFilter(guide, cost, 3, 2e-4) for cost in costs])
    labels = smooth
    for radius in (3, 6, 6):
        weight = np.exp(-2.5 * (smooth - smooth.min(axis=0)))
        labels = weight / weight.sum(axis=0)
        message = np.stack([cv2.ximgproc.guidedFilter(guide, label, radius, 4e-4) for label in labels])
        smooth = costs + 3.0 * (1 - np.clip(message, 0, 1))
    weight = np.exp(-2.5 * (smooth - smooth.min(axis=0)))
    labels = weight / weight.sum(axis=0)
    return np.asarray(labels, dtype=np.float32)


def _near(point: FloatArray, shape: tuple[int, int]) -> tuple[slice, slice]:
    """A 3 x 3 neighbourhood inside the picture; flat index of rows and columns."""
    x = int(np.clip(point[0], 1, shape[1] - 2))
    y = int(np.clip(point[1], 1, shape[0] - 2))
    return slice(y - 1, y + 2), slice(x - 1, x + 2)


def _refined(masks: FloatArray, pixels: ImageArray, unit: float) -> FloatArray:
    """Masks (4, H, W) whose edges follow the picture's, summing to 1."""
    guide = pixels.astype(np.float32) / np.float32(255)
    radius = max(2, round(unit / 40))
    fine = np.stack([cv2.ximgproc.guidedFilter(guide, mask, radius, 1e-4) for mask in smoothstep(masks, 0.15, 0.85)])
    fine = np.clip(fine, 0.0, 1.0) + 1e-6
    front = _matted(1 - fine[0] / fine.sum(axis=0), to_lab(pixels), unit)
    fine[1:] *= (front / fine[1:].sum(axis=0))[None]
    fine[0] = 1 - front
    return np.asarray(fine, dtype=np.float32)


def _matted(front: FloatArray, lab: FloatArray, unit: float) -> FloatArray:
    """Foreground (H, W) whose uncertain border is decided by which side's colour, close by, a pixel has."""
    sigma = unit / 30
    wide = blur(front, 0.6 * sigma)
    sure_front, sure_back = smoothstep(wide, 0.85, 0.99), smoothstep(wide, 0.15, 0.01)
    sides = []
    for sure in (sure_front, sure_back):
        weight = blur(sure, 1.6 * sigma)[..., None] + np.float32(1e-3)
        sides.append(blur(lab * sure[..., None], 1.6 * sigma) / weight)
    line = sides[0] - sides[1]
    length = (line**2).sum(axis=-1)
    share = ((lab - sides[1]) * line).sum(axis=-1) / np.maximum(length, 1e-3)
    told = smoothstep(np.sqrt(length), 14.0, 30.0) * smoothstep(1 - np.abs(2 * wide - 1), 0.01, 0.25)
    return np.asarray(front + (smoothstep(share, 0.2, 0.8) - front) * told, dtype=np.float32)


def _with_features(masks: FloatArray, landmarks: FloatArray, unit: float) -> FloatArray:
    """All seven masks: brows, eyes and lips drawn on top of the other four."""
    shape: tuple[int, int] = (masks.shape[1], masks.shape[2])
    soft = unit / 160
    brows = np.maximum(*(draw_points(shape, landmarks, ids, 1.12, soft) for ids in BROWS))
    eyes = np.maximum(*(draw_points(shape, landmarks, ids, 1.22, soft) for ids in (RIGHT_EYE, LEFT_EYE)))
    lips = np.maximum(
        draw_points(shape, landmarks, OUTER_LIPS, 1.03, soft), draw_points(shape, landmarks, INNER_LIPS, 1.0, soft)
    )
    parts: list[NDArray[np.float32]] = []
    left = np.ones(shape, dtype=np.float32)
    for mask in (eyes, lips, brows):
        parts.append(np.minimum(mask, left))
        left = left - parts[-1]
    eyes, lips, brows = parts
    return np.asarray(np.concatenate([masks * left, np.stack([brows, eyes, lips])]), dtype=np.float32)
