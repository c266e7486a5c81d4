"""The solid form behind a portrait: surface normals of the face from its mesh, of everything else by inflating it.

Normals are (H, W, 3) float32 unit vectors in camera axes, x to the right, y down, z away from the camera, so a surface
that faces the camera has (0, 0, -1).
"""

from __future__ import annotations

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator

from style2talker.records import FloatArray
from style2talker.style_a.canvas import Canvas

__all__ = ["face_normals", "glossy", "inflated_normals", "lit_by"]

_GRID = 72
_ROUND = 1.1
"""How much deeper than the mesh a face is modelled: drawn from its mesh alone it looks flat."""


def _normals(depth: FloatArray, step_x: float, step_y: float) -> FloatArray:
    """Normals of a depth map (H, W) whose samples are so many pixels apart."""
    slope_x = cv2.Sobel(depth, cv2.CV_32F, 1, 0, scale=1 / (8 * step_x))
    slope_y = cv2.Sobel(depth, cv2.CV_32F, 0, 1, scale=1 / (8 * step_y))
    normals = np.dstack([slope_x, slope_y, -np.ones_like(depth)])
    return np.asarray(normals / np.linalg.norm(normals, axis=2, keepdims=True), dtype=np.float32)


def face_normals(canvas: Canvas) -> FloatArray:
    """Normals of the face, smooth enough not to show the mesh's triangles; meaningless beyond the face."""
    rows, columns = canvas.lab.shape[:2]
    points = canvas.landmarks[:468]
    low, high = points[:, :2].min(axis=0), points[:, :2].max(axis=0)
    axes = [np.linspace(low[i], high[i], _GRID) for i in (0, 1)]
    grid = np.stack(np.meshgrid(axes[0], axes[1]), axis=-1).reshape(-1, 2)
    spline = RBFInterpolator(points[:, :2], points[:, 2], smoothing=2.0 * canvas.scale)
    depth = _ROUND * spline(grid).reshape(_GRID, _GRID).astype(np.float32)
    step = (high - low) / (_GRID - 1)
    sigma = 7 * canvas.scale / float(step.mean())
    normals = _normals(cv2.GaussianBlur(depth, (0, 0), sigma), float(step[0]), float(step[1]))
    matrix = np.array([[step[0], 0, low[0]], [0, step[1], low[1]]], dtype=np.float32)
    flags = cv2.INTER_LINEAR
    whole = cv2.warpAffine(normals, matrix, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(whole, dtype=np.float32)


def inflated_normals(mask: FloatArray, roundness: float) -> FloatArray:
    """Normals of a shape (H, W) blown up like a cushion (after Johnston 2002, Lumo).

    Args:
        mask: the shape, 0..1.
        roundness: distance from its border in pixels over which it curves.
    """
    rows, columns = mask.shape
    factor = max(1.0, roundness / 14)
    size = (max(3, round(columns / factor)), max(3, round(rows / factor)))
    small = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)
    inside = cv2.copyMakeBorder((small > 0.5).astype(np.uint8), 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    distance = cv2.distanceTransform(inside, cv2.DIST_L2, 5)[1:-1, 1:-1] * np.float32(factor)
    t = np.clip(distance / np.float32(roundness), 0, 1)
    height = np.float32(roundness) * np.sqrt(np.maximum(1 - (1 - t) ** 2, 0))
    soft = cv2.GaussianBlur(height.astype(np.float32), (0, 0), 0.25 * roundness / factor)
    normals = cv2.resize(_normals(-soft, columns / size[0], rows / size[1]), (columns, rows))
    return np.asarray(normals, dtype=np.float32)


def lit_by(normals: FloatArray, light: FloatArray, wrap: float) -> FloatArray:
    """Diffuse light (H, W) in 0..1, wrapped around the form as under skin (after Green 2004).

    Args:
        normals: (H, W, 3).
        light: (3,) direction towards the light.
        wrap: 0 (hard) .. 1 (reaches all around).
    """
    towards = light / np.float32(np.linalg.norm(light))
    return np.asarray(np.clip((normals @ towards + wrap) / (1 + wrap), 0, 1), dtype=np.float32)


def glossy(normals: FloatArray, light: FloatArray, exponent: float) -> FloatArray:
    """Highlight (H, W) in 0..1 (Blinn 1977) for a viewer in front.

    Args:
        normals: (H, W, 3).
        light: (3,) direction towards the light.
        exponent: the larger, the smaller the highlight.
    """
    half = light / np.float32(np.linalg.norm(light)) + np.array([0, 0, -1], dtype=np.float32)
    half /= np.float32(np.linalg.norm(half))
    return np.asarray(np.clip(normals @ half, 0, 1) ** np.float32(exponent), dtype=np.float32)
