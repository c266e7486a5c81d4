"""A picture -> its face upright in a square, as FFHQ has it (Karras et al. 2019).

The square stands on the eyes and the corners of the mouth: its half side is the larger of 2.0 distances of the eyes and
1.8 from eyes to mouth, its middle lies a tenth of the way from eyes to mouth. Deviation: what lies beyond the picture
repeats its border, where the published code mirrors and blurs.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.errors import FaceError
from style2talker.records import FloatArray, ImageArray

__all__ = ["align_face", "anchors_of_68", "anchors_of_mesh"]

_EYES = ((33, 160, 158, 133, 153, 144), (362, 385, 387, 263, 373, 380))
_CORNERS = (61, 291)
_SMALLEST = 4.0  # pixels of a square that can still be taken for a face


def anchors_of_mesh(landmarks: FloatArray) -> FloatArray:
    """Eye centres and corners of the mouth (4, 2), left of the picture first, of a mesh (478, 3)."""
    eyes = [landmarks[list(eye), :2].mean(axis=0) for eye in _EYES]
    return np.array([*eyes, *landmarks[list(_CORNERS), :2]], dtype=np.float32)


def anchors_of_68(points: FloatArray) -> FloatArray:
    """The same (4, 2) of the 68 points of the iBUG scheme (68, 2)."""
    eyes = [points[36:42].mean(axis=0), points[42:48].mean(axis=0)]
    return np.array([*eyes, points[48], points[54]], dtype=np.float32)


def _square(anchors: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Middle of the square and half of its upper side, both (2,)."""
    left, right, corner_left, corner_right = anchors
    eyes, mouth = (left + right) / 2, (corner_left + corner_right) / 2
    across, down = right - left, mouth - eyes
    x = across + np.array([down[1], -down[0]])
    length = float(np.hypot(*x))
    side = max(2.0 * float(np.hypot(*across)), 1.8 * float(np.hypot(*down)))
    if length == 0 or side < _SMALLEST / 2:
        raise FaceError("the points of a face fall together: use a picture in which the face is larger")
    return eyes + 0.1 * down, x / length * side


def align_face(pixels: ImageArray, anchors: FloatArray | None, size: int = 256) -> ImageArray:
    """Cut the upright face out of a picture.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        anchors: (4, 2) eye centres and corners of the mouth in pixels; None where no face was found.
        size: side of the result.

    Returns:
        (size, size, 3) uint8.

    Raises:
        FaceError: there is no face, or its points fall together.
    """
    if anchors is None or not np.isfinite(anchors).all():
        raise FaceError("no face was found to align: use a picture in which one face is seen from the front")
    middle, half = _square(np.asarray(anchors, dtype=np.float64))
    shrink = int(np.hypot(*half) / size)
    if shrink > 1:  # thin out by averaging, as the sampler looks at two pixels only
        height, width = pixels.shape[:2]
        smaller = (round(width / shrink), round(height / shrink))
        pixels = np.asarray(cv2.resize(pixels, smaller, interpolation=cv2.INTER_AREA))
        ratio = np.array(smaller) / (width, height)
        middle, half = (middle + 0.5) * ratio - 0.5, half * ratio
    right = half * 2 / size
    below = np.array([-right[1], right[0]])
    corner = middle - half - np.array([-half[1], half[0]]) + (right + below) / 2
    matrix = np.stack([right, below, corner], axis=1)  # from pixels of the result to pixels of the picture
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(pixels, matrix, (size, size), flags=flags, borderMode=cv2.BORDER_REPLICATE))
