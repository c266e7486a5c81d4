"""Colour work in CIE Lab: conversion, statistics inside soft masks, transfer of tones, keeping a palette.

Pictures are (H, W, 3) float32 with L in 0..100 and a, b about -110..110; masks are (H, W) float32 in 0..1.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike

from style2talker.records import FloatArray, ImageArray

__all__ = [
    "blur",
    "from_lab",
    "keep_chroma",
    "mean_color",
    "quantiles",
    "saturate",
    "smoothstep",
    "to_lab",
]


def to_lab(pixels: ImageArray) -> FloatArray:
    """Lab of an RGB picture (H, W, 3) uint8."""
    return np.asarray(cv2.cvtColor(pixels.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2LAB), dtype=np.float32)


def from_lab(lab: FloatArray) -> ImageArray:
    """RGB uint8 of a Lab picture; colours outside of sRGB are cut off."""
    rgb = cv2.cvtColor(np.ascontiguousarray(lab, dtype=np.float32), cv2.COLOR_LAB2RGB)
    return np.asarray(np.clip(np.rint(rgb * 255), 0, 255), dtype=np.uint8)


def blur(values: FloatArray, sigma: float) -> FloatArray:
    """Gaussian blur with `sigma` in pixels, borders mirrored; the values themselves for a sigma below 0.2.

    Large sigmas are blurred at a lower resolution, which looks the same and costs little.
    """
    if sigma < 0.2:
        return values
    if sigma > 8 and min(values.shape[:2]) > 32:
        factor = min(float(sigma) / 4, min(values.shape[:2]) / 16)
        size = (max(1, round(values.shape[1] / factor)), max(1, round(values.shape[0] / factor)))
        small = cv2.resize(values, size, interpolation=cv2.INTER_AREA)
        small = cv2.GaussianBlur(small, (0, 0), sigma / factor)
        full = cv2.resize(small, (values.shape[1], values.shape[0]), interpolation=cv2.INTER_CUBIC)
        return np.asarray(full, dtype=np.float32)
    return np.asarray(cv2.GaussianBlur(values, (0, 0), sigma), dtype=np.float32)


def smoothstep(values: ArrayLike, low: float, high: float) -> FloatArray:
    """0 up to `low`, 1 from `high` on, a smooth cubic in between; falls instead where high < low."""
    u = np.clip((np.asarray(values, dtype=np.float32) - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(u * u * (3 - 2 * u), dtype=np.float32)


def mean_color(lab: FloatArray, mask: FloatArray, default: ArrayLike = (50.0, 0.0, 0.0)) -> FloatArray:
    """Mean (3,) of a picture inside a mask; `default` where the mask is as good as empty."""
    total = float(mask.sum())
    if total < 4.0:
        return np.asarray(default, dtype=np.float32)
    return np.asarray((lab * mask[..., None]).sum(axis=(0, 1)) / total, dtype=np.float32)


def quantiles(values: FloatArray, mask: FloatArray, shares: float | Sequence[float]) -> FloatArray:
    """Values (K,) below which the given shares of the mask lie; over the whole picture where the mask is empty."""
    inside = values[mask > 0.5]
    return np.asarray(np.quantile(inside if inside.size >= 16 else values, shares), dtype=np.float32)


def saturate(lab: FloatArray, factor: float | FloatArray, most: float = 90.0) -> FloatArray:
    """The picture with its chroma scaled by `factor`, gently held below `most`."""
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    # Darks hold their colour back: the little they have is noise, and strong colour there looks electric.
    gain = 1 + (np.asarray(factor, dtype=np.float32) - 1) * smoothstep(lab[..., 0], 12, 45)
    wanted = most * np.tanh(chroma * gain / most)
    out = lab.copy()
    out[..., 1:] *= (wanted / np.maximum(chroma, 1e-3))[..., None]
    return out


def keep_chroma(styled: FloatArray, original: FloatArray, sigma: float) -> FloatArray:
    """The styled picture in the original's colours as seen on a scale above `sigma` pixels, its lightness untouched."""
    out = styled.copy()
    # Edge-aware, so that a colour does not leak over the outline that bounds it.
    radius, eps = max(2, round(2 * sigma)), 25.0
    guide = original[..., 0]
    for channel in (1, 2):
        wanted = cv2.ximgproc.guidedFilter(guide, original[..., channel], radius, eps)
        given = cv2.ximgproc.guidedFilter(guide, styled[..., channel], radius, eps)
        out[..., channel] += wanted - given
    return out
