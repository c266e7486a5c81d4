"""Moved control points + picture -> warped picture.

Triangles are rasterised with a depth test to a coarse field of displacements, which is then brought to full size and
used to sample the picture: the field is smooth, so a quarter of the pixels is enough, and where nothing moves the
picture comes back bit for bit.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from style2talker.records import FloatArray, ImageArray

__all__ = ["displacement_field", "rasterise", "warp_region"]

STEP = 2
"""Pixels per cell of the coarse field."""


@njit(cache=True, nogil=True, fastmath=False)  # type: ignore[untyped-decorator]
def rasterise(
    moved: Any,
    rest: Any,
    triangles: Any,
    origin_x: float,
    origin_y: float,
    step: float,
    field: Any,
    depth: Any,
) -> None:
    """Fill `field` (h, w, 2) with rest minus moved position of the nearest triangle at each cell, 0 where none is.

    Args:
        moved: (P, 3) float32 positions in this frame; smaller z is nearer.
        rest: (P, 3) float32 positions in the picture.
        triangles: (F, 3) int32.
        origin_x: pixel column of the centre of cell 0.
        origin_y: pixel row of the centre of cell 0.
        step: pixels per cell.
        field: (h, w, 2) float32, written.
        depth: (h, w) float32, scratch.
    """
    rows, columns = depth.shape
    field[:] = 0.0
    depth[:] = np.inf
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay = (moved[a, 0] - origin_x) / step, (moved[a, 1] - origin_y) / step
        bx, by = (moved[b, 0] - origin_x) / step, (moved[b, 1] - origin_y) / step
        cx, cy = (moved[c, 0] - origin_x) / step, (moved[c, 1] - origin_y) / step
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-9:
            continue
        x0 = max(0, int(np.floor(min(ax, bx, cx))))
        x1 = min(columns - 1, int(np.ceil(max(ax, bx, cx))))
        y0 = max(0, int(np.floor(min(ay, by, cy))))
        y1 = min(rows - 1, int(np.ceil(max(ay, by, cy))))
        dax, day = rest[a, 0] - moved[a, 0], rest[a, 1] - moved[a, 1]
        dbx, dby = rest[b, 0] - moved[b, 0], rest[b, 1] - moved[b, 1]
        dcx, dcy = rest[c, 0] - moved[c, 0], rest[c, 1] - moved[c, 1]
        inverse = 1.0 / area
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                wb = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) * inverse
                wc = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) * inverse
                wa = 1.0 - wb - wc
                if wa < -1e-4 or wb < -1e-4 or wc < -1e-4:
                    continue
                z = wa * moved[a, 2] + wb * moved[b, 2] + wc * moved[c, 2]
                if z < depth[y, x]:
                    depth[y, x] = z
                    field[y, x, 0] = wa * dax + wb * dbx + wc * dcx
                    field[y, x, 1] = wa * day + wb * dby + wc * dcy


def displacement_field(
    moved: FloatArray, rest: FloatArray, triangles: NDArray[np.int32], region: tuple[int, int, int, int]
) -> FloatArray:
    """Displacement (H, W, 2) in pixels, picture minus frame position, of `region` (left, top, right, bottom)."""
    left, top, right, bottom = region
    width, height = right - left, bottom - top
    # One cell of margin on each side keeps the bilinear enlargement exact up to the region's border.
    columns, rows = -(-width // STEP) + 2, -(-height // STEP) + 2
    field = np.empty((rows, columns, 2), dtype=np.float32)
    depth = np.empty((rows, columns), dtype=np.float32)
    start = 0.5 * STEP - 0.5 - STEP
    rasterise(moved, rest, triangles, left + start, top + start, float(STEP), field, depth)
    full = cv2.resize(field, (columns * STEP, rows * STEP), interpolation=cv2.INTER_LINEAR)
    return np.asarray(full[STEP : STEP + height, STEP : STEP + width], dtype=np.float32)


def warp_region(pixels: ImageArray, field: FloatArray, region: tuple[int, int, int, int]) -> ImageArray:
    """Sample the picture (H, W, 3) at each pixel of `region` plus its displacement; returns the region's pixels."""
    left, top, right, bottom = region
    columns = np.arange(left, right, dtype=np.float32)[None]
    rows = np.arange(top, bottom, dtype=np.float32)[:, None]
    return np.asarray(
        cv2.remap(
            pixels,
            field[..., 0] + columns,
            field[..., 1] + rows,
            interpolation=cv2.INTER_CUBIC,
            borderMode=cv2.BORDER_REFLECT_101,
        )
    )
