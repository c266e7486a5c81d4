"""Two tracked faces -> the flow between them: what the motion generator is taught before it can teach itself.

A named addition. A flow that is learned from pictures alone begins slowly; ours is first shown the flow that the meshes
of source and target give at once: within the face that of the mesh, around it that of a head that moves in one piece,
with a weight that says how far to trust it.
"""

from __future__ import annotations

from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.face.pose import STABLE
from style2talker.records import FloatArray
from style2talker.style_a.mesh import LEFT_EYE, RIGHT_EYE, face_triangles
from style2talker.style_a.warp import rasterise

__all__ = ["mesh_flow"]

_REACH = 0.35
"""Eye distances around the face over which the trust in its movement fades to a third."""


def _triangles() -> NDArray[np.int32]:
    """The skin of the face and a fan over each eye; the opening of the mouth is left out: the source may lack it."""
    fans = [[eye[0], a, b] for eye in (RIGHT_EYE, LEFT_EYE) for a, b in pairwise(eye[1:])]
    return np.concatenate([face_triangles(), np.array(fans, dtype=np.int32)])


def mesh_flow(source: FloatArray, target: FloatArray, size: int, grid: int) -> tuple[FloatArray, FloatArray]:
    """The flow that brings a source's face to where it is in a target.

    Args:
        source: (478, 3) mesh points in pixels of a square picture.
        target: (478, 3) likewise, in a picture of the same size.
        size: side of the pictures.
        grid: side of the flow.

    Returns:
        flow (2, grid, grid) in pixels of the grid: where in the source the content of each place lies.
        weight (1, grid, grid) in 0..1: 1 within the face, fading around it.
    """
    step = size / grid
    field = np.empty((grid, grid, 2), dtype=np.float32)
    depth = np.empty((grid, grid), dtype=np.float32)
    origin = (step - 1) / 2  # the centre of a cell in pixels of the picture
    rasterise(target, source, _triangles(), origin, origin, step, field, depth)
    inside = np.isfinite(depth)
    stable = list(STABLE)
    places = np.concatenate([target[stable, :2], np.ones((len(stable), 1), np.float32)], axis=1)
    moved, *_ = np.linalg.lstsq(places, source[stable, :2] - target[stable, :2], rcond=None)
    x, y = np.meshgrid(*[np.arange(grid, dtype=np.float32) * step + origin] * 2)
    head = x[..., None] * moved[0] + y[..., None] * moved[1] + moved[2]
    flow = np.where(inside[..., None], field, head) / step
    away = cv2.distanceTransform((~inside).astype(np.uint8), cv2.DIST_L2, 3) * step
    eyes = float(np.linalg.norm(target[33, :2] - target[263, :2]))
    weight = np.exp(-away / max(_REACH * eyes, 1e-6))
    return np.ascontiguousarray(flow.transpose(2, 0, 1), dtype=np.float32), weight[None].astype(np.float32)
