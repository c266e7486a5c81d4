"""Points <-> rigid motion: similarity fits and head rotation angles.

Camera axes: x right, y down, z away from the camera. Angles are (pitch, yaw, roll) in radians, positive for chin down,
towards the person's left (the right of the picture), towards the person's left shoulder.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.spatial.transform import Rotation

__all__ = ["PERSPECTIVE", "PIVOT", "STABLE", "euler_angles", "rigid_transform", "rotation_matrix"]

STABLE = (1, 4, 5, 6, 8, 9, 10, 33, 133, 263, 362, 168, 197, 195, 151, 127, 356, 234, 454, 67, 297, 54, 284)
"""Mesh points that expressions hardly move: forehead, bridge of the nose, corners of the eyes, temples."""

PERSPECTIVE = 0.18
"""Growth of a face in the picture per eye distance towards the camera, for a camera about half a metre away."""

PIVOT = (0.0, 0.95, 0.68)
"""The point about which a head turns, from the middle of the stable points, in eye distances and head axes: right,
down, back. It lies between the ears, at the height of the upper lip."""

_SIGNS = np.array([1.0, -1.0, 1.0])


def rotation_matrix(angles: ArrayLike) -> NDArray[np.float64]:
    """Rotation (…, 3, 3) = Rz(roll) Ry(-yaw) Rx(pitch) in camera axes of angles (…, 3)."""
    signed = np.asarray(angles, dtype=np.float64) * _SIGNS
    flat = Rotation.from_euler("xyz", signed.reshape(-1, 3)).as_matrix()
    return np.asarray(flat.reshape(*signed.shape[:-1], 3, 3), dtype=np.float64)


def euler_angles(matrix: ArrayLike) -> NDArray[np.float64]:
    """Angles (…, 3) of rotations (…, 3, 3); the inverse of `rotation_matrix` for |yaw| < 90°."""
    rotation = np.asarray(matrix, dtype=np.float64)
    flat = Rotation.from_matrix(rotation.reshape(-1, 3, 3)).as_euler("xyz")
    return np.asarray(flat.reshape(*rotation.shape[:-2], 3) * _SIGNS, dtype=np.float64)


def rigid_transform(source: ArrayLike, target: ArrayLike) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Least-squares similarity from `source` to `target`, both (N, 3) (Umeyama 1991).

    Returns:
        (scale, R, t) such that target ≈ scale * source @ R.T + t.
    """
    a, b = np.asarray(source, dtype=np.float64), np.asarray(target, dtype=np.float64)
    mean_a, mean_b = a.mean(axis=0), b.mean(axis=0)
    u, s, vt = np.linalg.svd((a - mean_a).T @ (b - mean_b))
    flip = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * flip @ vt).T
    scale = float((s * flip).sum() / ((a - mean_a) ** 2).sum())
    return scale, rotation, mean_b - scale * mean_a @ rotation.T
