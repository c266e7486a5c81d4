"""A picture with a hole -> the picture without it: what lies behind a person, made up from what is seen around.

Broad colours flow in from the rim (push and pull, after Gortler et al., "The Lumigraph", SIGGRAPH 1996); grain and
texture are those of the pixels mirrored at the rim, so that a filled wall is as rough as the wall beside it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray, ImageArray
from style2talker.style_a.palette import blur

__all__ = ["fill_behind", "spread"]


def spread(values: FloatArray, weight: FloatArray) -> FloatArray:
    """Values (H, W, C) where they have weight, smoothly continued to where they have none.

    Args:
        values: (H, W, C).
        weight: (H, W) in 0..1, how much each value is to be believed.
    """
    rows, columns = weight.shape
    if min(rows, columns) <= 2:
        total = max(float(weight.sum()), 1e-6)
        mean = (values * weight[..., None]).sum(axis=(0, 1)) / np.float32(total)
        return np.asarray(values * weight[..., None] + mean * (1 - weight[..., None]), dtype=np.float32)
    size = ((columns + 1) // 2, (rows + 1) // 2)
    below = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
    half = cv2.resize(values * weight[..., None], size, interpolation=cv2.INTER_AREA)
    half = half.reshape(size[1], size[0], -1) / np.maximum(below, 1e-6)[..., None]
    coarse = spread(half, np.minimum(below * 2.0, 1.0))
    full = cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
    return np.asarray(values * weight[..., None] + full * (1 - weight[..., None]), dtype=np.float32)


def _mirrored(hole: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64], FloatArray]:
    """For each pixel of a hole the pixel on the other side of its nearest rim: (rows, columns, trust in 0..1)."""
    rows, columns = hole.shape
    distance, labels = cv2.distanceTransformWithLabels(
        hole.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    rim = np.flatnonzero(~hole.ravel())
    where = np.zeros(int(labels.max()) + 1, dtype=np.int64)
    where[labels.ravel()[rim]] = rim
    nearest = where[labels]
    y, x = np.mgrid[0:rows, 0:columns]
    to_y, to_x = 2 * (nearest // columns) - y, 2 * (nearest % columns) - x
    inside = (to_y >= 0) & (to_y < rows) & (to_x >= 0) & (to_x < columns)
    to_y, to_x = np.clip(to_y, 0, rows - 1), np.clip(to_x, 0, columns - 1)
    trust = (inside & ~hole[to_y, to_x] & (distance > 0)).astype(np.float32)
    return to_y, to_x, trust


def fill_behind(pixels: ImageArray, hole: NDArray[np.bool_], grain: float) -> ImageArray:
    """Fill the hole of a picture; everything else comes back bit for bit.

    Args:
        pixels: (H, W, 3) RGB.
        hole: (H, W), what is to be made up.
        grain: size in pixels below which detail counts as texture.
    """
    if hole.all() or not hole.any():
        return pixels
    seen = (~hole).astype(np.float32)
    values = pixels.astype(np.float32)
    broad = spread(values, seen)
    sigma = max(grain, 1.0)
    low = blur(values * seen[..., None], sigma) / np.maximum(blur(seen, sigma), 1e-3)[..., None]
    detail = (values - low) * seen[..., None]
    # A hair or a lamp that happens to lie beside the hole is no texture.
    usual = 3.0 * np.median(np.abs(detail[::3, ::3][~hole[::3, ::3]]), axis=0) + 1.0
    detail = np.clip(detail, -usual, usual)
    to_y, to_x, trust = _mirrored(hole)
    trust = cv2.GaussianBlur(trust, (0, 0), 1.0) * trust
    filled = blur(broad, sigma / 2) + detail[to_y, to_x] * trust[..., None]
    out = pixels.copy()
    out[hole] = np.clip(filled[hole] + 0.5, 0, 255).astype(np.uint8)
    return out
