"""Cumulative probability of blur detection: the share of edges that nobody would call blurred.

Narvekar & Karam, "A no-reference image blur metric based on the cumulative probability of blur detection" (IEEE TIP
2011), in the form of the Python package of 2018 that published evaluations use, its oddities included: it takes an edge
whose horizontal slope is exactly 0 for one with a slope to the right. It rewards noise and depends on the size of the
picture, so it says something only beside the value of the reference at the same size.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

__all__ = ["cpbd"]

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

_BLOCK = 64
_EDGE_SHARE = 0.002
_BETA = 3.6
_LOW_CONTRAST, _WIDTH_LOW, _WIDTH_HIGH = 50, 5.0, 3.0
_SHARP = 63
_REACH = 100
_WEAK, _STRONG = 0.1, 0.2


def _suppressed(strength: Floats, down: Floats, right: Floats) -> Flags:
    """Pixels that are not weaker than what lies one step along the slope on either side, linear in between."""
    padded = np.pad(strength, 1)
    rows, columns = strength.shape
    steep = np.abs(down) >= np.abs(right)
    across = np.where(steep, right, down)
    along = np.where(steep, down, right)
    share = np.abs(across) / np.maximum(np.abs(along), 1e-300)
    one, other = np.sign(down).astype(np.int64), np.sign(right).astype(np.int64)
    y, x = np.mgrid[1 : rows + 1, 1 : columns + 1]
    keep = np.ones(strength.shape, bool)
    for way in (1, -1):
        near = padded[y + way * np.where(steep, one, 0), x + way * np.where(steep, 0, other)]
        corner = padded[y + way * one, x + way * other]
        keep &= strength >= corner * share + near * (1 - share)
    return keep


def _canny(grey: Floats) -> Flags:
    """Canny's edges at sigma 1, thresholds 0.1 and 0.2 of one level, border left out."""
    filled = ndimage.gaussian_filter(np.ones_like(grey), 1.0, mode="constant") + np.finfo(float).eps
    smooth = ndimage.gaussian_filter(grey, 1.0, mode="constant") / filled
    down, right = ndimage.sobel(smooth, axis=0), ndimage.sobel(smooth, axis=1)
    strength = np.hypot(down, right)
    inside = np.zeros(grey.shape, bool)
    inside[1:-1, 1:-1] = True
    weak = _suppressed(strength, down, right) & inside & (strength >= _WEAK)
    count, labels = cv2.connectedComponents(weak.astype(np.uint8), connectivity=8)
    strong = np.zeros(count, bool)
    strong[labels[weak & (strength >= _STRONG)]] = True
    strong[0] = False
    return np.asarray(strong[labels], bool)


def _thin_edges(grey: Floats) -> Flags:
    """Peaks of the horizontal slope, along rows or columns."""
    kernel = np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]], np.float64) / 8
    strength = np.square(ndimage.convolve(grey, kernel))
    strength[strength <= 2 * np.sqrt(np.mean(strength))] = 0
    padded = np.pad(strength, 1)
    middle = padded[1:-1, 1:-1]
    beside = (middle > padded[1:-1, :-2]) & (middle > padded[1:-1, 2:])
    return np.asarray(beside | ((middle > padded[:-2, 1:-1]) & (middle > padded[2:, 1:-1])), bool)


def _run(steps: Flags) -> NDArray[np.int64]:
    """How many steps in a row are true, ending at each column."""
    at = np.arange(1, steps.shape[1] + 1)
    last = np.maximum.accumulate(np.where(steps, 0, at), axis=1)
    return np.asarray(np.minimum(at - last, _REACH), np.int64)


def _rising(grey: Floats) -> Floats:
    """Width of a rising edge at each pixel: how far the picture goes on to rise along the row, both ways."""
    up = np.diff(grey, axis=1) > 0  # step j leads from column j to j + 1
    before, after = np.zeros(grey.shape), np.zeros(grey.shape)
    before[:, 2:] = _run(up)[:, :-1]
    after[:, :-2] = _run(up[:, ::-1])[:, ::-1][:, 1:]
    return before + after + 2


def _widths(grey: Floats) -> Floats:
    """(H, W) width in pixels of the edges that stand upright, 0 elsewhere (Marziliano et al. 2002)."""
    down, right = np.gradient(grey)
    angles = np.where(right != 0, np.degrees(np.arctan2(down, right)), 0.0)
    out = np.zeros(grey.shape)
    if not angles.any():
        return out
    quarter = 45 * np.round(angles / 45)
    edges = _thin_edges(grey)
    edges[[0, -1]] = False
    edges[:, [0, -1]] = False
    for picture, chosen in ((-grey, np.abs(quarter) == 180), (grey, quarter == 0)):
        here = edges & chosen
        out[here] = _rising(picture)[here]
    return out


def cpbd(grey: NDArray[np.uint8]) -> float:
    """Share of edges at which blur is found with a probability of at most 63 %.

    Args:
        grey: (H, W) uint8.

    Returns:
        0 to 1, higher is sharper; 0 for a picture without an edge or smaller than a block of 64 x 64.
    """
    rows, columns = (n // _BLOCK for n in grey.shape)
    if not rows or not columns:
        return 0.0
    picture = grey.astype(np.float64)

    def blocks(values: NDArray[np.generic]) -> NDArray[np.generic]:
        cut = values[: rows * _BLOCK, : columns * _BLOCK].reshape(rows, _BLOCK, columns, _BLOCK)
        return np.asarray(cut.swapaxes(1, 2).reshape(rows * columns, _BLOCK * _BLOCK))

    counted = np.count_nonzero(blocks(_canny(picture)), axis=1) > _EDGE_SHARE * _BLOCK**2
    contrast = np.ptp(blocks(grey).astype(np.int64), axis=1)
    noticed = np.where(contrast <= _LOW_CONTRAST, _WIDTH_LOW, _WIDTH_HIGH)[:, None]
    widths = blocks(_widths(picture)).astype(np.float64)
    found = (1 - np.exp(-((widths / noticed) ** _BETA)))[(widths != 0) & counted[:, None]]
    return float(np.mean(np.rint(found * 100) <= _SHARP)) if found.size else 0.0
