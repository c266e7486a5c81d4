"""Two pictures of one size -> how alike they are; one picture -> how much detail it has.

Each function is one published variant, since two libraries that say SSIM seldom mean the same number.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import ImageArray

__all__ = ["SAME_PSNR", "detail", "luma", "psnr", "ssim", "ssim_and_part", "ssim_vico"]

_EPSILON = 1e-8
SAME_PSNR = 80.0
"""Of a picture and itself, dB."""
_SIGMA, _SIDE = 1.5, 11
_INSIDE = slice(_SIDE // 2, -(_SIDE // 2))
_C1, _C2 = 0.01**2, 0.03**2
_VICO_SIDE = 256


def luma(pixels: ImageArray) -> NDArray[np.uint8]:
    """Grey (H, W) uint8 of RGB (H, W, 3), BT.601 weights."""
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)


def psnr(picture: ImageArray, truth: ImageArray, where: NDArray[np.bool_] | None = None) -> float:
    """Peak signal-to-noise ratio in dB over all channels; 80 for the same picture, as in the ViCo scripts.

    Args:
        picture: (H, W, 3) uint8 RGB.
        truth: of the same shape.
        where: (H, W) the pixels that count; all when None. NaN when none does.
    """
    difference = (picture.astype(np.float32) - truth.astype(np.float32)) / np.float32(255)
    if where is not None:
        difference = difference[where]
    if not difference.size:
        return float("nan")
    return float(10 * np.log10(1 / (np.mean(np.square(difference), dtype=np.float64) + _EPSILON)))


def _similarity(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """SSIM of pictures in 0..1 at the middle of each window that lies inside; (0, 0, 3) for smaller pictures."""
    if min(x.shape[:2]) < _SIDE:
        return np.zeros((0, 0, 3))
    line = cv2.getGaussianKernel(_SIDE, _SIGMA)

    def mean(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(cv2.sepFilter2D(values, cv2.CV_64F, line, line)[_INSIDE, _INSIDE], np.float64)

    mx, my = mean(x), mean(y)
    vx, vy, both = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    return (2 * mx * my + _C1) * (2 * both + _C2) / ((mx * mx + my * my + _C1) * (vx + vy + _C2))


def _mean(values: NDArray[np.float64]) -> float:
    return float(values.mean()) if values.size else float("nan")


def ssim(picture: ImageArray, truth: ImageArray) -> float:
    """Structural similarity (Wang et al. 2004): Gaussian window 11 x 11, sigma 1.5, full size, mean of R, G and B.

    Args:
        picture: (H, W, 3) uint8 RGB.
        truth: of the same shape.

    Returns:
        1 for the same picture; NaN for one smaller than 11 pixels.
    """
    return _mean(_similarity(picture.astype(np.float64) / 255, truth.astype(np.float64) / 255))


def ssim_and_part(picture: ImageArray, truth: ImageArray, where: NDArray[np.bool_]) -> tuple[float, float]:
    """`ssim`, and the same of the windows alone whose middle is in (H, W); NaN where none is."""
    score = _similarity(picture.astype(np.float64) / 255, truth.astype(np.float64) / 255)
    part = score[where[_INSIDE, _INSIDE]] if score.size else score
    return _mean(score), _mean(part)


def ssim_vico(picture: ImageArray, truth: ImageArray) -> float:
    """`ssim` as the ViCo scripts compute it: averaged down first by the whole factor that brings sides near 256."""
    factor = max(1, round(min(picture.shape[:2]) / _VICO_SIDE))
    rows, columns = (n // factor * factor for n in picture.shape[:2])
    both = []
    for pixels in (picture, truth):
        cut = pixels[:rows, :columns].astype(np.float64) / 255
        both.append(cut.reshape(rows // factor, factor, columns // factor, factor, 3).mean(axis=(1, 3)))
    return _mean(_similarity(np.ascontiguousarray(both[0]), np.ascontiguousarray(both[1])))


def detail(grey: NDArray[np.uint8]) -> float:
    """Variance of the Laplacian of a grey picture (H, W), in squared levels of 255; NaN for an empty one."""
    return float(cv2.Laplacian(grey, cv2.CV_64F).var()) if grey.size else float("nan")
