"""How far a picture is from an art picture in its strokes, textures and colours, whatever both show.

Sliced Wasserstein distance (Bonneel et al. 2015) between the patches of two pictures at several scales, as Karras et
al. 2018 use it for whole sets of pictures, here in Lab and with colour beside texture.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray, ImageArray

__all__ = ["edge_agreement", "palette_distance", "style_distance"]

_SIDE = 7
_PATCHES = 4096
_DIRECTIONS = 96
_SCALES = (1.0, 0.5, 0.25, 0.125)


def _lab(pixels: ImageArray) -> FloatArray:
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), dtype=np.float32)


def _sliced(one: NDArray[np.floating], other: NDArray[np.floating], rng: np.random.Generator) -> float:
    """Mean over random directions of the Wasserstein-1 distance of two samples (N, D) and (M, D)."""
    directions = rng.standard_normal((one.shape[1], _DIRECTIONS))
    directions /= np.linalg.norm(directions, axis=0)
    shares = (np.arange(512) + 0.5) / 512
    first, second = (np.quantile(each @ directions, shares, axis=0) for each in (one, other))
    return float(np.abs(first - second).mean())


def _patches(lab: FloatArray, rng: np.random.Generator) -> NDArray[np.floating]:
    """Patches (N, D) of a picture less their mean colour: strokes and texture."""
    windows = np.lib.stride_tricks.sliding_window_view(lab, (_SIDE, _SIDE), axis=(0, 1))
    rows = rng.integers(0, windows.shape[0], _PATCHES)
    columns = rng.integers(0, windows.shape[1], _PATCHES)
    chosen = windows[rows, columns]
    return np.asarray((chosen - chosen.mean(axis=(2, 3), keepdims=True)).reshape(_PATCHES, -1), dtype=np.float64)


def style_distance(picture: ImageArray, art: ImageArray, seed: int = 0, scales: Sequence[float] = _SCALES) -> float:
    """Distance of strokes and texture, 0 for the same picture; in units of Lab per pixel of a patch.

    Args:
        picture: (H, W, 3) RGB.
        art: (h, w, 3) RGB, best brought to where its strokes have the size that they should have in the picture.
        seed: of patches and directions; the same for all pictures that are compared.
        scales: sizes at which patches of 7 x 7 pixels are taken.
    """
    total = 0.0
    for scale in scales:
        both = []
        for pixels in (picture, art):
            size = tuple(max(_SIDE + 1, round(n * scale)) for n in pixels.shape[1::-1])
            less = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
            both.append(_patches(_lab(less), np.random.default_rng(seed)))
        total += _sliced(both[0], both[1], np.random.default_rng(seed)) / len(scales)
    return total


def palette_distance(picture: ImageArray, art: ImageArray, seed: int = 0) -> float:
    """Sliced Wasserstein distance between the colours of two pictures (…, 3), in Lab."""
    rng = np.random.default_rng(seed)
    both = [_lab(cv2.resize(each, (96, 96), interpolation=cv2.INTER_AREA)).reshape(-1, 3) for each in (picture, art)]
    return _sliced(both[0].astype(np.float64), both[1].astype(np.float64), rng)


def edge_agreement(picture: ImageArray, original: ImageArray, sigma: float) -> float:
    """How far a picture has its edges where the original has them: correlation of slopes of lightness, 1 for all.

    Args:
        picture: (H, W, 3) RGB.
        original: (H, W, 3) RGB.
        sigma: in pixels, below which edges do not count.
    """
    slopes = []
    for pixels in (picture, original):
        light = cv2.GaussianBlur(_lab(pixels)[..., 0], (0, 0), sigma)
        slopes.append(np.hypot(cv2.Sobel(light, cv2.CV_32F, 1, 0), cv2.Sobel(light, cv2.CV_32F, 0, 1)).ravel())
    return float(np.corrcoef(slopes[0], slopes[1])[0, 1])
