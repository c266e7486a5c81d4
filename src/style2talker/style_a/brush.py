"""Painterly smoothing: the anisotropic Kuwahara filter, whose sectors follow the flow of the picture.

Kyprianidis, Kang and Döllner 2009, with the polynomial sector weights of Kyprianidis 2011.
"""

from __future__ import annotations

import cv2
import numpy as np
from numba import njit, prange

from style2talker.records import FloatArray
from style2talker.style_a.flow import Flow

__all__ = ["brushed"]

_ZETA = 0.33
_CROSSING = 0.58
_ETA = float((_ZETA + np.cos(_CROSSING)) / np.sin(_CROSSING) ** 2)
_MOST_RADIUS = 5.0


@njit(cache=True)  # type: ignore[untyped-decorator]
def _sectors(x: float, y: float, weights: FloatArray) -> None:
    """Weights (8,) of the sectors at a point of the unit disc, summing to its Gaussian fall-off."""
    total = 0.0
    for half in range(2):
        if half == 1:
            x, y = 0.70710678 * (x - y), 0.70710678 * (x + y)
        across, down = _ZETA - _ETA * x * x, _ZETA - _ETA * y * y
        for k, z in enumerate((y + across, -x + down, -y + across, x + down)):
            value = max(0.0, z) ** 2
            weights[2 * k + half] = value
            total += value
    share = np.exp(-3.125 * (x * x + y * y)) / max(total, 1e-9)
    for k in range(8):
        weights[k] *= share


@njit(parallel=True, cache=True, fastmath=True)  # type: ignore[untyped-decorator]
def _kuwahara(lab: FloatArray, direction: FloatArray, anisotropy: FloatArray, radius: float) -> FloatArray:
    rows, columns = anisotropy.shape
    out = np.empty_like(lab)
    for row in prange(rows):
        weights = np.empty(8, np.float32)
        sums = np.empty((8, 7), np.float32)
        for column in range(columns):
            stretch = 1.0 + anisotropy[row, column]
            cos, sin = direction[row, column, 0], direction[row, column, 1]
            long, short = radius * stretch, radius / stretch
            sums[:] = 0.0
            reach_x = int(np.sqrt((long * cos) ** 2 + (short * sin) ** 2))
            reach_y = int(np.sqrt((long * sin) ** 2 + (short * cos) ** 2))
            for dy in range(-reach_y, reach_y + 1):
                y = min(max(row + dy, 0), rows - 1)
                for dx in range(-reach_x, reach_x + 1):
                    u, v = (cos * dx + sin * dy) / long, (cos * dy - sin * dx) / short
                    if u * u + v * v > 1.0:
                        continue
                    x = min(max(column + dx, 0), columns - 1)
                    _sectors(u, v, weights)
                    for k in range(8):
                        w = weights[k]
                        if w > 0.0:
                            sums[k, 6] += w
                            for c in range(3):
                                value = lab[y, x, c]
                                sums[k, c] += w * value
                                sums[k, 3 + c] += w * value * value
            total = 0.0
            mean0, mean1, mean2 = 0.0, 0.0, 0.0
            for k in range(8):
                w = max(sums[k, 6], 1e-9)
                variance = 0.0
                for c in range(3):
                    variance += max(sums[k, 3 + c] / w - (sums[k, c] / w) ** 2, 0.0)
                share = 1.0 / (1.0 + (variance / 6.0) ** 4)
                total += share
                mean0 += share * sums[k, 0] / w
                mean1 += share * sums[k, 1] / w
                mean2 += share * sums[k, 2] / w
            out[row, column, 0] = mean0 / total
            out[row, column, 1] = mean1 / total
            out[row, column, 2] = mean2 / total
    return out


def brushed(lab: FloatArray, flow: Flow, radius: float, where: FloatArray | None = None) -> FloatArray:
    """A Lab picture (H, W, 3) as if laid down in short brush strokes along the flow.

    Args:
        lab: the picture.
        flow: directions of the strokes.
        radius: half the length of a stroke in pixels; large ones are painted at a lower resolution.
        where: (H, W) mask of what will be seen: away from it nothing need be painted.
    """
    if where is not None:
        rows, columns = np.flatnonzero(where.max(axis=1) > 1e-3), np.flatnonzero(where.max(axis=0) > 1e-3)
        if not len(rows):
            return lab
        # Directions reach over the border of the box as far as a stroke does.
        edge = int(np.ceil(2 * radius)) + 2
        box = (slice(max(0, rows[0] - edge), rows[-1] + edge + 1), slice(max(0, columns[0] - edge), columns[-1] + edge))
        out = lab.copy()
        out[box] = brushed(lab[box], Flow(flow.direction[box], flow.anisotropy[box]), radius)
        return out
    factor = max(1.0, radius / _MOST_RADIUS)
    if factor == 1.0:
        parts = (np.ascontiguousarray(part) for part in (lab, flow.direction, flow.anisotropy))
        return np.asarray(_kuwahara(*parts, radius))
    size = (max(1, round(lab.shape[1] / factor)), max(1, round(lab.shape[0] / factor)))
    less = np.ascontiguousarray(cv2.resize(lab, size, interpolation=cv2.INTER_AREA))
    anisotropy = np.ascontiguousarray(cv2.resize(flow.anisotropy, size, interpolation=cv2.INTER_AREA))
    # Directions have no sign, so they must not be averaged.
    direction = np.ascontiguousarray(cv2.resize(flow.direction, size, interpolation=cv2.INTER_NEAREST))
    painted = _kuwahara(less, direction, anisotropy, radius / factor)
    return np.asarray(cv2.resize(painted, (lab.shape[1], lab.shape[0]), interpolation=cv2.INTER_CUBIC))
