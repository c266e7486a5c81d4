"""Portrait -> a control mesh over the picture: the face, the head around it, and what stays put.

The face is MediaPipe's mesh. Around it stands a grid of control points that follow the head less and less with distance
and not at all at the border, so hair moves, shoulders hardly, the frame never. Everything is built once per portrait;
`WarpMesh.posed` then moves the points of one frame.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import Delaunay

from style2talker.assets.store import package_data
from style2talker.face.pose import PERSPECTIVE
from style2talker.records import FloatArray, Portrait

__all__ = ["FACE_OVAL", "INNER_LIPS", "LEFT_EYE", "RIGHT_EYE", "WarpMesh", "build_mesh", "face_triangles"]

FACE_OVAL = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
INNER_LIPS = (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191)
RIGHT_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
LEFT_EYE = (263, 249, 390, 373, 374, 380, 381, 382, 362, 398, 384, 385, 386, 387, 388, 466)
_IRISES = ((468, 469, 470, 471, 472), (473, 474, 475, 476, 477))

_RINGS = (1.07, 1.22)
_GRID = 15
_NEIGHBOURS = 5


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
        follow: (P,) float32 in 0..1, how much of the head's rotation and translation a point takes.
        skin: (P - V, 36) float32, how far the points around the face follow the expression of each oval point.
        pivot: (3,) float32 pixels, the point about which the head turns.
        unit: eye distance (outer corners) in pixels.
        region: (left, top, right, bottom) in pixels, outside of which nothing moves.
    """

    points: FloatArray
    triangles: NDArray[np.int32]
    follow: FloatArray
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
        moved = self.carried(points, rotation, translation)
        return np.asarray(points + (moved - points) * self.follow[:, None], dtype=np.float32)

    def carried(self, points: FloatArray, rotation: FloatArray, translation: FloatArray) -> FloatArray:
        """Where points (…, 3) that are fixed to the skull go under head motion (arguments as in `posed`)."""
        scale = 1.0 + PERSPECTIVE * float(translation[2])
        offset = np.array([translation[0], -translation[1], 0.0], dtype=np.float32) * self.unit
        return np.asarray((points - self.pivot) @ (rotation.T * scale) + self.pivot + offset, dtype=np.float32)


def _region(portrait: Portrait, height: float) -> tuple[int, int, int, int]:
    """The square around the head that may move, cut at the picture's border."""
    rows, columns = portrait.pixels.shape[:2]
    centre = portrait.landmarks[:, :2].mean(axis=0) + np.array([0.0, -0.05 * height])
    half = 1.55 * height
    left, top = np.floor(np.maximum(centre - half, 0)).astype(int)
    right, bottom = np.ceil(np.minimum(centre + half, (columns, rows))).astype(int)
    return int(left), int(top), int(right), int(bottom)


def _smooth(value: NDArray[np.floating]) -> NDArray[np.float64]:
    u = np.clip(value, 0.0, 1.0)
    return np.asarray(u * u * (3 - 2 * u), dtype=np.float64)


def _around(oval: FloatArray, region: tuple[int, int, int, int]) -> NDArray[np.float64]:
    """Control points (K, 2) around the face: rings near the oval, a grid farther out, the region's border."""
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
    return np.vstack([ring[inside], grid[outside | border]])


def _follow(
    points: NDArray[np.float64], oval: FloatArray, region: tuple[int, int, int, int], up: NDArray[np.float64]
) -> NDArray[np.float64]:
    """How much of the head's motion each point takes: 1 on the head, 0 at the shoulders and at the region's border."""
    centre = oval.mean(axis=0)
    side = np.array([-up[1], up[0]])
    half_height = np.abs((oval - centre) @ up).max()
    half_width = np.abs((oval - centre) @ side).max()
    across = (points - centre) @ side / half_width
    along = (points - centre) @ up / half_height
    radius = np.hypot(across, along)
    # Hair reaches far above and beside the face; below the chin the neck takes over within half a face.
    reach = np.where(along < 0, 1.95, 2.5)
    start = np.where(along < 0, 1.02, 1.35)
    head = 1.0 - _smooth((radius - start) / (reach - start))
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
    edge = _smooth(near / np.maximum(0.95 * room, 1.0)).min(axis=1)
    return np.asarray(head * edge, dtype=np.float64)


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


def build_mesh(portrait: Portrait) -> WarpMesh:
    """Build the control mesh of a portrait (once per portrait)."""
    face = portrait.landmarks.astype(np.float64)
    oval = portrait.landmarks[list(FACE_OVAL), :2]
    height = float(np.linalg.norm(face[10, :2] - face[152, :2]))
    up = (face[10, :2] - face[152, :2]) / height
    unit = float(np.linalg.norm(face[33] - face[263]))
    region = _region(portrait, height)
    around = _around(oval, region)
    back = float(face[list(FACE_OVAL), 2].mean())
    follow = _follow(around, oval, region, up)
    depth = _depth(around, portrait.landmarks[list(FACE_OVAL)], back + 0.3 * unit, height)
    points = np.vstack([face, np.column_stack([around, depth])]).astype(np.float32)
    pivot = np.array([*(oval.mean(axis=0) - up * 0.30 * height), back + 0.15 * unit], dtype=np.float32)
    return WarpMesh(
        points=points,
        triangles=_triangulate(points),
        follow=np.concatenate([np.ones(478), follow]).astype(np.float32),
        skin=_skin(around, oval, follow, height),
        pivot=pivot,
        unit=unit,
        region=region,
    )
