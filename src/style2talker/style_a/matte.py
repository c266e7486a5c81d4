"""A coarse outline of a person -> how opaque each pixel is, and what the person's own colour is there.

Between what is surely the person and what surely is not, a pixel's share is read off the line from the background's
colour to the person's (Porter and Duff's equation, solved for the opacity); where the two are alike the outline
decides. Colours are freed from the background after Forte, "Approximate fast foreground colour estimation"
(ICIP 2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray, ImageArray
from style2talker.style_a.palette import blur, smoothstep
from style2talker.style_a.plate import fill_behind, spread

__all__ = ["Matte", "cut_out"]

_INSIDE, _OUTSIDE = 0.03, 0.055
"""Half widths of the uncertain band, in face heights."""
_GRAIN = 0.06
_SURE = 0.9
_MOST = 800
"""Longest side in pixels of a picture that is cut out as it is."""
_OWN = 0.98
"""Opacity from which on a pixel's colour is the person's own."""
_PINHOLE, _CRUMB = 0.01, 0.1
"""Areas, in squared face heights, of gaps in the outline that are earrings and the like, and of parts that are none
of a person."""
_ALIKE, _TOLD = 0.05, 0.16
"""Distance in RGB between person and background below and above which colour tells nothing, and everything."""


@dataclass(frozen=True, slots=True, eq=False)
class Matte:
    """A person cut out of a picture.

    Attributes:
        alpha: (H, W) float32 in 0..1, the person's share in each pixel.
        front: (H, W, 3) float32 in 0..1, the person's own colour.
        plate: (H, W, 3) uint8, the picture with the person taken away.
    """

    alpha: FloatArray
    front: FloatArray
    plate: ImageArray


def _disc(radius: float) -> NDArray[np.uint8]:
    size = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)


def cut_out(pixels: ImageArray, mask: FloatArray, unit: float) -> Matte:
    """Cut a person out of a picture; a large one at a lower resolution, from which only soft things are taken.

    Args:
        pixels: (H, W, 3) RGB.
        mask: (H, W) in 0..1, the person's coarse outline.
        unit: height of the face in pixels.
    """
    rows, columns = mask.shape
    scale = _MOST / max(rows, columns)
    if scale >= 1:
        return _cut(pixels, mask, unit)
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    small, coarse = (np.asarray(cv2.resize(a, size, interpolation=cv2.INTER_AREA)) for a in (pixels, mask))
    matte = _cut(small, coarse, unit * scale)
    full = (columns, rows)
    alpha = np.clip(cv2.resize(matte.alpha, full, interpolation=cv2.INTER_CUBIC), 0.0, 1.0)
    front = np.clip(cv2.resize(matte.front, full, interpolation=cv2.INTER_LINEAR), 0.0, 1.0)
    front = np.where(alpha[..., None] > _OWN, pixels / np.float32(255), front)
    plate = np.asarray(cv2.resize(matte.plate, full, interpolation=cv2.INTER_LINEAR))
    hole = (matte.plate != small).any(axis=-1).astype(np.uint8)
    hole = cv2.dilate(cv2.resize(hole, full, interpolation=cv2.INTER_NEAREST), _disc(1 / scale))
    plate = np.where(hole[..., None] > 0, plate, pixels)
    return Matte(alpha.astype(np.float32), front.astype(np.float32), plate)


def _cut(pixels: ImageArray, mask: FloatArray, unit: float) -> Matte:
    guide = pixels.astype(np.float32) / np.float32(255)
    mask = _without_pinholes(mask, unit)
    radius = max(2, round(0.02 * unit))
    fine = np.clip(cv2.ximgproc.guidedFilter(guide, mask, radius, 1e-4), 0.0, 1.0)
    sure = cv2.erode((mask > _SURE).astype(np.uint8), _disc(_INSIDE * unit)) > 0
    near = cv2.dilate((mask > 1 - _SURE).astype(np.uint8), _disc(_OUTSIDE * unit)) > 0
    plate = fill_behind(pixels, near, _GRAIN * unit)
    behind = plate.astype(np.float32) / np.float32(255)
    person = spread(guide, sure.astype(np.float32))
    person = np.where(sure[..., None], guide, blur(person, 0.01 * unit))
    line = person - behind
    length = np.linalg.norm(line, axis=-1)
    share = ((guide - behind) * line).sum(axis=-1) / np.maximum(length, 1e-2) ** 2
    share = smoothstep(share, 0.12, 0.88)
    told = smoothstep(length, _ALIKE, _TOLD)
    # Nothing jumps at the rims of the band: there the outline has the last word.
    wide = blur(mask, 0.35 * _OUTSIDE * unit)
    told *= smoothstep(wide, 0.0, 0.12) * smoothstep(wide, 1.0, 0.93)
    alpha = np.where(near, fine + (share - fine) * told, 0.0)
    alpha = _without_crumbs(np.where(sure, 1.0, alpha).astype(np.float32), unit)
    return Matte(alpha, _own_color(guide, alpha, behind, unit), plate)


def _without_pinholes(mask: FloatArray, unit: float) -> FloatArray:
    """The mask with its smallest gaps filled."""
    open_parts = (mask < 0.5).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(open_parts, connectivity=4)
    small = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] < _PINHOLE * unit**2]
    if not small:
        return mask
    gaps = cv2.dilate(np.isin(labels, small).astype(np.uint8), _disc(0.02 * unit)) > 0
    inner = cv2.erode((mask < 0.5).astype(np.uint8), _disc(1)) > 0
    large = np.isin(labels, [i for i in range(1, count) if i not in small]) & inner
    return np.where(gaps & ~large, np.float32(1.0), mask)


def _without_crumbs(alpha: FloatArray, unit: float) -> FloatArray:
    """The opacity without small parts that hang together with nothing."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats((alpha > 0.05).astype(np.uint8), connectivity=8)
    kept = [i for i in range(1, count) if stats[i, cv2.CC_STAT_AREA] >= _CRUMB * unit**2]
    near = cv2.dilate(np.isin(labels, kept).astype(np.uint8), _disc(_INSIDE * unit)) > 0
    return np.where(near, alpha, np.float32(0.0))


def _own_color(guide: FloatArray, alpha: FloatArray, behind: FloatArray, unit: float) -> FloatArray:
    """The person's colour (H, W, 3) in every pixel, also where it shows through only in part."""
    color = guide
    for sigma in (0.12 * unit, 0.012 * unit):
        weight = blur(alpha, sigma) + np.float32(1e-4)
        mean = blur(color * alpha[..., None], sigma) / weight[..., None]
        rest = guide - alpha[..., None] * mean - (1 - alpha[..., None]) * behind
        color = np.clip(mean + alpha[..., None] * rest, 0.0, 1.0)
    return np.asarray(color, dtype=np.float32)
