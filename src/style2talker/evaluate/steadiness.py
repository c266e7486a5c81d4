"""Neighbouring frames -> what shimmers between them that no movement explains.

Warping error after Lai et al., "Learning blind video temporal consistency" (ECCV 2018), with the test for hidden pixels
of Sundaram, Brox & Keutzer (ECCV 2010). A frozen picture is perfect: read it beside the amount of movement.
"""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import uniform_filter1d

from style2talker.evaluate.pictures import luma
from style2talker.records import FloatArray, ImageArray

__all__ = ["Change", "change", "face_mask", "flicker"]

_SIDE = 256
_GROWN = 1.6


class Change(NamedTuple):
    """From one frame to the next.

    Attributes:
        error: mean squared difference of RGB in 0..1 to the next frame brought back along the flow; NaN where nothing
            can be followed.
        movement: mean length of the flow in pixels of a picture of 256.
    """

    error: float
    movement: float


def _less(pixels: ImageArray) -> ImageArray:
    scale = _SIDE / min(pixels.shape[:2])
    size = tuple(max(16, round(n * scale)) for n in pixels.shape[1::-1])
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR))


def change(frame: ImageArray, following: ImageArray) -> Change:
    """Follow the pixels of a frame (H, W, 3) into the next one, both brought to a smaller side of 256 pixels."""
    one, other = _less(frame), _less(following)
    tracer = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
    there = tracer.calc(luma(one), luma(other), None)
    back = tracer.calc(luma(other), luma(one), None)
    rows, columns = one.shape[:2]
    x, y = np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32))
    to_x, to_y = x + there[..., 0], y + there[..., 1]
    brought = cv2.remap(other, to_x, to_y, cv2.INTER_LINEAR).astype(np.float32) / 255
    returned = cv2.remap(back, to_x, to_y, cv2.INTER_LINEAR)
    apart = np.square(there + returned).sum(axis=-1)
    allowed = 0.01 * (np.square(there).sum(axis=-1) + np.square(returned).sum(axis=-1)) + 0.5
    seen = (apart <= allowed) & (to_x >= 0) & (to_y >= 0) & (to_x <= columns - 1) & (to_y <= rows - 1)
    difference = np.square(one.astype(np.float32) / 255 - brought).mean(axis=-1)
    error = float(difference[seen].mean()) if seen.any() else float("nan")
    return Change(error, float(np.linalg.norm(there, axis=-1).mean()))


def face_mask(points: FloatArray, height: int, width: int, grown: float = _GROWN) -> NDArray[np.bool_]:
    """(H, W) inside the outline of a face (V, 2) in pixels, grown about its middle to take in hair and neck."""
    middle = points.mean(axis=0)
    outline = cv2.convexHull(((points - middle) * grown + middle).astype(np.float32))
    mask = np.zeros((height, width), np.uint8)
    cv2.fillConvexPoly(mask, np.round(outline).astype(np.int32), 1)
    return mask.astype(bool)


def flicker(levels: NDArray[np.floating], fps: float) -> float:
    """Deviation of a curve (T,) of mean brightness from its mean over a second; NaN for under half a second."""
    known = np.asarray(levels, np.float64)
    known = known[np.isfinite(known)]
    if len(known) < max(3, fps / 2):
        return float("nan")
    window = min(len(known), max(3, round(fps)))
    return float(np.std(known - uniform_filter1d(known, window, mode="nearest")))
