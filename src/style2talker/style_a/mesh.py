"""Portrait -> a control mesh over the person: the face, the head around it, the neck and the shoulders.

The face is MediaPipe's mesh. Around it stands a grid of control points: hair follows the head wholly, the neck passes
over into the shoulders, which follow a little. Everything is built once per portrait; `WarpMesh.posed` then moves the
points of one frame.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from style2talker.assets.store import package_data
from style2talker.face.pose import PERSPECTIVE, PIVOT, STABLE, rotation_matrix
from style2talker.records import FloatArray, Portrait

__all__ = ["BROWS", "FACE_OVAL", "INNER_LIPS", "LEFT_EYE", "RIGHT_EYE", "WarpMesh", "build_mesh", "face_triangles"]

FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
INNER_LIPS = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
BROWS = ((70, 63, 105, 66, 107, 55, 65, 52, 53, 46), (300, 293, 334, 296, 336, 285, 295, 282, 283, 276))
"""Outlines of the right and of the left eyebrow."""
_IRISES = ((468, 469, 470, 471, 472), (473, 474, 475, 476, 477))

_RINGS = (1.07, 1.22)
_GRID = 15
_APRON = 0.8
"""How far the grid reaches beyond the region, in face heights: what moves in from there must be known too."""
_NEIGHBOURS = 5
_RIM = (0.1, 0.6)
"""Distances from the face, in face heights, between which the head curves out of sight."""
_STEEPEST = 1.7
"""Most depth for one step across: a surface no steeper than this does not hide itself when turned by 30 degrees."""
_PASSES = 60
_SAFE = (6.0, 20.0)
"""Degrees aside up to which no fold is to be feared, and from which on steep slopes are wholly flattened."""
_BODY_TURN, _BODY_SHIFT = 0.06, (0.12, 0.3)
"""Shares of the head's rotation and of its translation, to the side and up, that the shoulders take."""
_HELD = (0.2, 0.5)
"""Room below the chin, in face heights, from which on the shoulders are held where the picture ends, and held fast."""


@lru_cache(maxsize=1)
def face_triangles() -> NDArray[np.int32]:
    """Triangles (F, 3) of the skin of the face: no eyes, no mouth opening."""
    return np.asarray(np.load(package_data("face_triangles.npy")), dtype=np.int32)


@dataclass(frozen=True, slots=True, eq=False)
class WarpMesh:
    """Control points of a portrait and how they follow the head.

    Attributes:
        points: (P, 3) float32 rest positions in pixels, the first V = 478 the face mesh.
        triangles: (F, 3) int32, all triangles of the picture.
        follow: (P,) float32 in 0..1, how much of the head's rotation a point takes.
        shift: (P, 3) float32 in 0..1, how much of the head's translation a point takes: to the side, up, none in depth.
        relief: (P,) float32 pixels, what to add to the depth of each point so that no slope is so steep as to hide
            itself when the head turns far: a picture has nothing to show behind a fold.
        rim: (P,) float32 in 0..1, how near a point is to where the head curves out of sight: there the outline of a
            turning head stays as wide as it is.
        skin: (P - V, 36) float32, how far the points around the face follow the expression of each oval point.
        pivot: (3,) float32 pixels, the point about which the head turns.
        unit: eye distance (outer corners) in pixels.
        region: (left, top, right, bottom) in pixels, outside of which nothing moves.
    """

    points: FloatArray
    triangles: NDArray[np.int32]
    follow: FloatArray
    shift: FloatArray
    relief: FloatArray
    rim: FloatArray
    skin: FloatArray
    pivot: FloatArray
    unit: float
    region: tuple[int, int, int, int]

    def posed(self, face: FloatArray, rotation: FloatArray, translation: FloatArray) -> FloatArray:
        """Points (P, 3) of one frame.

        Args:
            face: (V, 3) face points after expression, before head motion, in pixels.
            rotation: (3, 3) head rotation in camera axes.
            translation: (3,) in eye distances: right, up, towards the camera.
        """
        points = self.points.copy()
        shift = face[list(FACE_OVAL)] - self.points[list(FACE_OVAL)]
        points[478:] += self.skin @ shift
        points[:478] = face
        aside = float(np.degrees(np.arccos(np.clip(rotation[2, 2], -1.0, 1.0))))
        points[:, 2] += self.relief * np.float32(_smooth(np.array((aside - _SAFE[0]) / (_SAFE[1] - _SAFE[0]))))
        turned = self.carried(points, rotation, translation * np.array([0, 0, 1], dtype=np.float32)) - points
        # What the picture shows of a turned ball is as wide as before: at the rim only the roll turns.
        flat = rotation[:2, :2]
        angle = np.arctan2(flat[1, 0] - flat[0, 1], flat[0, 0] + flat[1, 1])
        roll = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        scale = 1.0 + PERSPECTIVE * float(translation[2])
        turned[:, :2] += self.rim[:, None] * ((points[:, :2] - self.pivot[:2]) @ ((roll - flat).T * scale))
        points += turned * self.follow[:, None] + self._offset(translation) * self.shift
        return np.asarray(points, dtype=np.float32)

    def carried(self, points: FloatArray, rotation: FloatArray, translation: FloatArray) -> FloatArray:
        """Where points (…, 3) that are fixed to the skull go under head motion (arguments as in `posed`)."""
        scale = 1.0 + PERSPECTIVE * float(translation[2])
        moved = (points - self.pivot) @ (rotation.T * scale) + self.pivot + self._offset(translation)
        return np.asarray(moved, dtype=np.float32)

    def _offset(self, translation: FloatArray) -> FloatArray:
        """The translation (3,) within the picture, in pixels of camera axes."""
        return np.array([translation[0], -translation[1], 0.0], dtype=np.float32) * np.float32(self.unit)


def _region(portrait: Portrait, height: float, others: Sequence[FloatArray]) -> tuple[int, int, int, int]:
    """The square around the head that may move, cut at the picture's border and half way to other faces."""
    rows, columns = portrait.pixels.shape[:2]
    middle = portrait.landmarks[:, :2].mean(axis=0)
    low = np.maximum(middle + np.array([0.0, -0.05 * height]) - 1.55 * height, 0)
    high = np.minimum(middle + np.array([0.0, -0.05 * height]) + 1.55 * height, (columns, rows))
    own_low, own_high = portrait.landmarks[:, :2].min(axis=0), portrait.landmarks[:, :2].max(axis=0)
    for other in others:
        other_low, other_high = other[:, :2].min(axis=0), other[:, :2].max(axis=0)
        after, before = other_low - own_high, own_low - other_high
        # They part where the gap between them is widest: beside, above or below.
        gaps = np.array([after[0], before[0], after[1], before[1]])
        side, axis = int(gaps.argmax()), int(gaps.argmax()) // 2
        if side % 2 == 0:
            high[axis] = min(high[axis], (own_high[axis] + other_low[axis]) / 2)
        else:
            low[axis] = max(low[axis], (own_low[axis] + other_high[axis]) / 2)
    (left, top), (right, bottom) = np.rint(low).astype(int), np.rint(high).astype(int)
    return int(left), int(top), int(right), int(bottom)


def _smooth(value: NDArray[np.floating]) -> NDArray[np.float64]:
    u = np.clip(value, 0.0, 1.0)
    return np.asarray(u * u * (3 - 2 * u), dtype=np.float64)


def _around(oval: FloatArray, region: tuple[int, int, int, int], apron: float) -> NDArray[np.float64]:
    """Control points (K, 2) around the face: rings near the oval, a grid farther out, the region's border, an apron."""
    left, top, right, bottom = region
    centre = oval.mean(axis=0)
    rings = [centre + (oval - centre) * factor for factor in _RINGS]
    grid = np.stack(
        np.meshgrid(np.linspace(left, right - 1, _GRID), np.linspace(top, bottom - 1, _GRID)), axis=-1
    ).reshape(-1, 2)  # (_GRID * _GRID, 2)
    hull = cv2.convexHull((centre + (oval - centre) * (_RINGS[-1] + 0.1)).astype(np.float32))
    outside = np.array([cv2.pointPolygonTest(hull, (float(x), float(y)), False) < 0 for x, y in grid])
    ring = np.vstack(rings)
    inside = (ring[:, 0] > left) & (ring[:, 0] < right - 1) & (ring[:, 1] > top) & (ring[:, 1] < bottom - 1)
    border = np.isin(grid[:, 0], (left, right - 1)) | np.isin(grid[:, 1], (top, bottom - 1))
    across = np.linspace(left - apron, right - 1 + apron, 6)
    down = np.linspace(top - apron, bottom - 1 + apron, 6)
    beyond = np.vstack(
        [np.column_stack([across, np.full(6, edge)]) for edge in (down[0], down[-1])]
        + [np.column_stack([np.full(4, edge), down[1:-1]]) for edge in (across[0], across[-1])]
    )
    return np.vstack([ring[inside], grid[outside | border], beyond])


def _head(points: NDArray[np.float64], oval: FloatArray, up: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much each point belongs to the head: 1 for face and hair, over the neck down to 0 at the shoulders."""
    centre = oval.mean(axis=0)
    side = np.array([-up[1], up[0]])
    half_height = np.abs((oval - centre) @ up).max()
    half_width = np.abs((oval - centre) @ side).max()
    across = np.abs((points - centre) @ side) / half_width
    down = -((points - centre) @ up) / half_height
    # Beside the neck the shoulders begin higher.
    beside = np.clip(across - 0.8, 0.0, 1.0)
    return np.asarray(1.0 - _smooth((down - 1.0 + 0.25 * beside) / (0.95 - 0.2 * beside)), dtype=np.float64)


def _loose(
    points: NDArray[np.float64], oval: FloatArray, region: tuple[int, int, int, int], shape: tuple[int, int]
) -> NDArray[np.float64]:
    """1 inside the region down to 0 at those of its sides that lie within the picture (H, W): there it is tied."""
    left, top, right, bottom = region
    near = np.stack(
        [points[:, 0] - left, right - 1 - points[:, 0], points[:, 1] - top, bottom - 1 - points[:, 1]], axis=1
    )
    room = np.array(
        [
            oval[:, 0].min() - left,
            right - 1 - oval[:, 0].max(),
            oval[:, 1].min() - top,
            bottom - 1 - oval[:, 1].max(),
        ]
    )
    tied = np.array([left > 0, right < shape[1], top > 0, bottom < shape[0]])
    edge = np.where(tied, _smooth(near / np.maximum(0.6 * room, 1.0)), 1.0)
    # A body that the picture's lower border cuts off stands on it.
    held = _smooth(np.array((room[3] / np.ptp(oval[:, 1]) - _HELD[0]) / (_HELD[1] - _HELD[0])))
    edge[:, 3] = np.minimum(edge[:, 3], 1.0 - held * (1.0 - _smooth(near[:, 3] / np.maximum(0.6 * room[3], 1.0))))
    return np.asarray(edge.min(axis=1), dtype=np.float64)


def _skin(points: NDArray[np.float64], oval: FloatArray, follow: NDArray[np.float64], height: float) -> FloatArray:
    """Weights (K, 36) by which points around the face follow the nearest oval points, fading within half a face."""
    distance = np.linalg.norm(points[:, None] - oval[None], axis=2)
    nearest = np.argsort(distance, axis=1)[:, :_NEIGHBOURS]
    weights = np.zeros_like(distance)
    rows = np.arange(len(points))[:, None]
    weights[rows, nearest] = 1.0 / (distance[rows, nearest] + 0.02 * height) ** 2
    weights /= weights.sum(axis=1, keepdims=True)
    fade = 1.0 - _smooth(distance.min(axis=1) / (0.55 * height))
    edge = np.minimum(1.0, follow / 0.3)
    return np.asarray(weights * (fade * edge)[:, None], dtype=np.float32)


def _depth(points: NDArray[np.float64], oval: FloatArray, back: float, height: float) -> NDArray[np.float64]:
    """Depth (K,) of points around the face: that of the near part of the oval, farther back with distance."""
    distance = np.linalg.norm(points[:, None] - oval[None, :, :2], axis=2)
    weights = 1.0 / (distance + 0.02 * height) ** 2
    near = (weights * oval[None, :, 2]).sum(axis=1) / weights.sum(axis=1)
    return np.asarray(near + (back - near) * _smooth(distance.min(axis=1) / (0.55 * height)), dtype=np.float64)


def _relief(points: FloatArray, triangles: NDArray[np.int32]) -> FloatArray:
    """Depth (P,) of points as near as they are or nearer, such that no triangle is steeper than `_STEEPEST`."""
    depth = points[:, 2].astype(np.float64)
    (ax, ay), (bx, by) = ((points[triangles[:, k], :2] - points[triangles[:, 0], :2]).T.astype(float) for k in (1, 2))
    area = ax * by - bx * ay
    flat = np.abs(area) > 1e-3
    area = np.where(flat, area, 1.0)
    for _ in range(_PASSES):
        corners = depth[triangles]
        rise_a, rise_b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
        slope = np.hypot(rise_a * by - rise_b * ay, rise_b * ax - rise_a * bx) / np.abs(area)
        steep = flat & (slope > 1.001 * _STEEPEST)
        if not steep.any():
            break
        nearest = corners[steep].min(axis=1, keepdims=True)
        lowered = nearest + (corners[steep] - nearest) * (_STEEPEST / slope[steep])[:, None]
        np.minimum.at(depth, triangles[steep], lowered)
    return np.asarray(depth, dtype=np.float32)


def _triangulate(points: FloatArray) -> NDArray[np.int32]:
    """Triangles of the whole picture: what lies around the face, the face, the eyes with their irises."""
    outer = np.concatenate([np.array(FACE_OVAL), np.arange(478, len(points))])
    around = outer[Delaunay(points[outer, :2].astype(np.float64)).simplices]
    inside = np.isin(around, FACE_OVAL).all(axis=1)
    eyes = []
    for ring, iris in zip((RIGHT_EYE, LEFT_EYE), _IRISES, strict=True):
        ids = np.array(ring + iris)
        eyes.append(ids[Delaunay(points[ids, :2].astype(np.float64)).simplices])
    mouth = np.array(INNER_LIPS)
    half = len(mouth) // 2
    upper, lower = np.roll(mouth[::-1], 1)[: half + 1], mouth[: half + 1]
    strips = [
        t for i in range(half) for t in ((upper[i], upper[i + 1], lower[i]), (upper[i + 1], lower[i + 1], lower[i]))
    ]
    return np.vstack([around[~inside], *eyes, np.array(strips), face_triangles()]).astype(np.int32)


def build_mesh(portrait: Portrait, others: Sequence[FloatArray] = ()) -> WarpMesh:
    """Build the control mesh of a portrait (once per portrait).

    Args:
        portrait: the face and its picture.
        others: (V, 3) landmarks of other faces in the picture, which the mesh leaves alone.
    """
    face = portrait.landmarks.astype(np.float64)
    oval = portrait.landmarks[list(FACE_OVAL), :2]
    height = float(np.linalg.norm(face[10, :2] - face[152, :2]))
    up = (face[10, :2] - face[152, :2]) / height
    unit = float(np.linalg.norm(face[33] - face[263]))
    region = _region(portrait, height, others)
    around = _around(oval, region, _APRON * height)
    pivot = face[list(STABLE)].mean(axis=0) + rotation_matrix(portrait.rotation) @ np.array(PIVOT) * unit
    head = _head(around, oval, up)
    loose = _loose(around, oval, region, portrait.pixels.shape[:2])
    distance = np.linalg.norm(around[:, None] - oval[None], axis=2).min(axis=1)
    depth = _depth(around, portrait.landmarks[list(FACE_OVAL)], float(pivot[2]), height)
    points = np.vstack([face, np.column_stack([around, depth])]).astype(np.float32)
    triangles = _triangulate(points)
    whole, body = np.ones(478), np.array([*_BODY_SHIFT, 0.0])
    return WarpMesh(
        points=points,
        triangles=triangles,
        follow=np.concatenate([whole, (_BODY_TURN + (1 - _BODY_TURN) * head) * loose]).astype(np.float32),
        shift=np.concatenate([np.ones((478, 3)), (body + (1 - body) * head[:, None]) * loose[:, None]]).astype(
            np.float32
        ),
        relief=_relief(points, triangles) - points[:, 2],
        rim=np.concatenate([0 * whole, _smooth((distance / height - _RIM[0]) / (_RIM[1] - _RIM[0]))]).astype(
            np.float32
        ),
        skin=_skin(around, oval, head * loose, height),
        pivot=pivot.astype(np.float32),
        unit=unit,
        region=region,
    )
