"""Lines and strokes that run along the edges of a picture: edge tangents, smoothing along them, ink lines.

The flow is the minor direction of the smoothed structure tensor (Kang et al. 2007; Kyprianidis and Döllner 2008); lines
are a difference of Gaussians accumulated along it (Winnemöller et al. 2012, XDoG).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from numba import njit, prange

from style2talker.records import FloatArray
from style2talker.style_a.palette import blur, smoothstep

__all__ = ["Flow", "along", "contours", "edge_flow", "ink_lines"]

_DOG_RATIO = 1.6


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """Directions along the edges.

    Attributes:
        direction: (H, W, 2) float32 unit vectors (x, y), their sign without meaning.
        anisotropy: (H, W) float32, 0 where there is no direction .. 1 on a clean edge.
    """

    direction: FloatArray
    anisotropy: FloatArray


def edge_flow(lightness: FloatArray, sigma: float) -> Flow:
    """Flow of a lightness (H, W), smoothed over `sigma` pixels; plain areas take the direction of what is around."""
    gx = cv2.Scharr(lightness, cv2.CV_32F, 1, 0) / np.float32(32)
    gy = cv2.Scharr(lightness, cv2.CV_32F, 0, 1) / np.float32(32)
    raw = np.dstack([gx * gx, gx * gy, gy * gy])
    tensor = blur(raw, sigma) + np.float32(0.25) * blur(raw, 5 * sigma)
    xx, xy, yy = tensor[..., 0], tensor[..., 1], tensor[..., 2]
    root = np.sqrt((xx - yy) ** 2 + 4 * xy * xy)
    angle = 0.5 * np.arctan2(2 * xy, xx - yy) + np.float32(np.pi / 2)
    direction = np.dstack([np.cos(angle), np.sin(angle)]).astype(np.float32)
    return Flow(direction, np.asarray(root / (xx + yy + 1e-3), dtype=np.float32))


def along(values: FloatArray, flow: Flow, sigma: float, where: FloatArray | None = None) -> FloatArray:
    """Values (H, W[, C]) blurred by a Gaussian of `sigma` pixels along the flow only.

    Args:
        values: what to blur.
        flow: directions.
        sigma: of the Gaussian.
        where: (H, W) mask of what will be seen: where it is next to 0 the values stay as they are.
    """
    if sigma < 0.3:
        return values
    step = max(1.0, sigma / 4)
    layers = np.ascontiguousarray(values if values.ndim == 3 else values[..., None], dtype=np.float32)
    count = round(2 * sigma / step)
    weights = np.exp(-0.5 * (np.arange(count + 1) * step / sigma) ** 2).astype(np.float32)
    wanted = np.ones(layers.shape[:2], np.bool_) if where is None else np.ascontiguousarray(where > 1e-3)
    out = _walked(layers, np.ascontiguousarray(flow.direction), wanted, weights, np.float32(step))
    return np.asarray(out if values.ndim == 3 else out[..., 0])


@njit(parallel=True, cache=True, fastmath=True)  # type: ignore[untyped-decorator]
def _walked(
    values: FloatArray, direction: FloatArray, wanted: npt.NDArray[np.bool_], weights: FloatArray, step: float
) -> FloatArray:
    """Weighted mean (H, W, C) of the values met on a walk both ways along the directions from each wanted pixel."""
    rows, columns, channels = values.shape
    out = values.copy()
    right, bottom = np.float32(columns - 1), np.float32(rows - 1)
    # Unsigned, lest every access be checked for an index from the end.
    last_column, last_row, one = np.uintp(columns - 1), np.uintp(rows - 1), np.uintp(1)
    for row in prange(rows):
        met = np.empty(channels, np.float32)
        for column in range(columns):
            if not wanted[row, column]:
                continue
            total = weights[0]
            for c in range(channels):
                met[c] = weights[0] * values[row, column, c]
            for sign in (np.float32(1.0), np.float32(-1.0)):
                x, y = np.float32(column), np.float32(row)
                hx, hy = direction[row, column, 0] * sign, direction[row, column, 1] * sign
                for i in range(1, weights.size):
                    x += hx * step
                    y += hy * step
                    cx, cy = min(max(x, np.float32(0.0)), right), min(max(y, np.float32(0.0)), bottom)
                    x0, y0 = np.uintp(cx), np.uintp(cy)
                    x1, y1 = min(x0 + one, last_column), min(y0 + one, last_row)
                    fx, fy = cx - np.float32(x0), cy - np.float32(y0)
                    w = weights[i]
                    for c in range(channels):
                        upper = values[y0, x0, c] + fx * (values[y0, x1, c] - values[y0, x0, c])
                        lower = values[y1, x0, c] + fx * (values[y1, x1, c] - values[y1, x0, c])
                        met[c] += w * (upper + fy * (lower - upper))
                    total += w
                    nx, ny = np.uintp(cx + np.float32(0.5)), np.uintp(cy + np.float32(0.5))
                    dx, dy = direction[ny, nx, 0], direction[ny, nx, 1]
                    turn = np.float32(1.0) if dx * hx + dy * hy >= 0 else np.float32(-1.0)
                    hx, hy = dx * turn, dy * turn
            for c in range(channels):
                out[row, column, c] = met[c] / total
    return out


def ink_lines(
    lightness: FloatArray, flow: Flow, width: float, threshold: float | FloatArray, length: float = 4.0
) -> FloatArray:
    """Dark lines (H, W) in 0..1, 1 where the pen would draw.

    Args:
        lightness: (H, W), 0..100.
        flow: directions along which lines run.
        width: sigma of the line in pixels.
        threshold: how much darker than its surroundings (in L) a line must be; scalar or (H, W).
        length: how far evidence is gathered along the line, in widths.
    """
    difference = blur(lightness, width * _DOG_RATIO) - blur(lightness, width)
    gathered = along(difference, flow, length * width)
    return smoothstep(gathered / np.maximum(threshold, 1e-3), 0.6, 1.4)


def contours(
    lab: FloatArray, flow: Flow, width: float, threshold: float | FloatArray, length: float = 5.0
) -> FloatArray:
    """Lines (H, W) in 0..1 along the borders between areas of different colour, centred on the border.

    Unlike `ink_lines`, which deepens what is dark already, this outlines a light shape on a dark ground just as well.

    Args:
        lab: (H, W, 3), best without texture.
        flow: directions along which lines run.
        width: sigma of the line in pixels.
        threshold: how strong a border must be, in L of a step; scalar or (H, W).
        length: how far evidence is gathered along the line, in widths.
    """
    soft = blur(lab, width)
    slope = np.zeros(lab.shape[:2], dtype=np.float32)
    for channel, weight in enumerate((1.0, 0.7, 0.7)):
        gx = cv2.Sobel(soft[..., channel], cv2.CV_32F, 1, 0, scale=1 / 8)
        gy = cv2.Sobel(soft[..., channel], cv2.CV_32F, 0, 1, scale=1 / 8)
        slope += np.float32(weight) * (gx * gx + gy * gy)
    # A ridge of the slope is a dark line of its negative; a step of t has a slope of t / (2.5 width).
    return ink_lines(
        -np.sqrt(slope) * np.float32(2.5 * width), flow, width, 0.22 * np.asarray(threshold, dtype=np.float32), length
    )
