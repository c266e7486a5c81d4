"""The teeth that a portrait itself shows, cut out so that they stay when the lips move."""

from __future__ import annotations

import cv2
import numpy as np

from style2talker.records import FloatArray, Portrait
from style2talker.style_a.light import polygon_mask
from style2talker.style_a.mesh import INNER_LIPS
from style2talker.style_a.teeth import PIXELS_PER_MM, Sprite

__all__ = ["own_teeth"]

_SMALLEST_GAP_MM = 2.6
_WIDTH_MM, _HEIGHT_MM = 60, 30
_LONGER_MM = 5.0
"""How far the crowns are continued under the upper lip."""


def own_teeth(
    portrait: Portrait, incisors: FloatArray, axes: FloatArray, light: FloatArray
) -> tuple[Sprite | None, FloatArray | None]:
    """Cut out the teeth that a portrait shows between its lips, by brightness.

    Args:
        portrait: the portrait.
        incisors: (3,) pixels, the edge of the upper incisors.
        axes: (2, 3) pixels, a millimetre to the right and down along the face.
        light: (3,) RGB on the face in 0..1.

    Returns:
        The teeth, continued upwards under the lip, and their colour (3,); None and None where none are seen.
    """
    scale = float(np.linalg.norm(axes[0]))
    if float(np.linalg.norm(portrait.landmarks[13] - portrait.landmarks[14])) < _SMALLEST_GAP_MM * scale:
        return None, None
    k = PIXELS_PER_MM
    columns, rows = _WIDTH_MM * k, _HEIGHT_MM * k
    origin = (columns / 2, rows / 2)
    # Canvas pixel -> portrait pixel, the inverse of how a sprite is laid.
    matrix = np.empty((2, 3), dtype=np.float64)
    matrix[:, :2] = axes[:, :2].T / k
    matrix[:, 2] = incisors[:2] - matrix[:, :2] @ np.array(origin)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    pixels = cv2.warpAffine(portrait.pixels, matrix, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    lips = polygon_mask(portrait.pixels.shape[:2], portrait.landmarks[list(INNER_LIPS), :2])
    inside = cv2.warpAffine(lips, matrix, (columns, rows), flags=flags)
    color = pixels.astype(np.float32) / 255.0
    value = cv2.cvtColor(color, cv2.COLOR_RGB2HSV)
    brightness = value[..., 2] * (1.0 - 0.8 * value[..., 1])
    seen = inside > 0.8
    if seen.sum() < 200:
        return None, None
    high, low = np.percentile(brightness[seen], (90, 10))
    if high < 0.25 or high - low < 0.10:
        return None, None
    teeth = np.clip((brightness - (0.55 * low + 0.45 * high)) / (0.25 * (high - low)) + 0.5, 0, 1)
    edge = cv2.erode((inside > 0.5).astype(np.float32), np.ones((k // 4, k // 4), np.uint8))
    tone = np.percentile(color[seen & (brightness > 0.8 * high)], 60, axis=0).astype(np.float32)
    if float(tone.min()) < 0.55 * float(tone.max()) or float(tone.mean()) < 0.55 * float(light.mean()):
        return None, None  # lips or tongue, not teeth
    color, alpha = _continued(color, np.asarray(teeth * edge, dtype=np.float32))
    return Sprite(color, cv2.GaussianBlur(alpha, (0, 0), 0.15 * k).astype(np.float32), origin), tone


def _continued(color: FloatArray, alpha: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Teeth whose crowns go on upwards by a few millimetres, column by column, a little darker towards the gum."""
    k = PIXELS_PER_MM
    solid = np.asarray(alpha > 0.6)
    has = solid.any(axis=0)
    if not has.any():
        return color, alpha
    rows = np.arange(alpha.shape[0])
    # The upper lip's edge wavers from column to column, crowns do not.
    first = np.where(has, solid.argmax(axis=0), 0).astype(np.float32)
    known = np.flatnonzero(has)
    first = np.interp(np.arange(len(first)), known, first[known]).astype(np.float32)
    first = cv2.GaussianBlur(first[None], (0, 0), 0.6 * k)[0] + 0.5 * k
    lengths = (first[None] - rows[:, None]) / k  # (h, w) mm above the topmost good row
    above = np.clip(lengths, 0.0, None)
    source = np.clip(np.maximum(rows[:, None], first[None]) + 0.35 * above * k, 0, len(rows) - 1).astype(np.float32)
    columns = np.broadcast_to(np.arange(alpha.shape[1], dtype=np.float32), alpha.shape)
    smooth = cv2.GaussianBlur(color, (0, 0), 0.25 * k)
    carried = cv2.remap(smooth, columns, source, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    upper = np.clip(lengths * 2.0, 0, 1)[..., None]
    out = color * (1 - upper) + carried * (1.0 - 0.025 * np.minimum(above, 6.0))[..., None] * upper
    reach = np.clip((_LONGER_MM - above) / 1.0, 0, 1) * (lengths > 0) * np.asarray(has)[None]
    return out.astype(np.float32), np.maximum(alpha, reach.astype(np.float32))
