"""Flat tones with clean borders: edge-preserving smoothing, tone clusters, cel shading inside a mask."""

from __future__ import annotations

import cv2
import numpy as np

from style2talker.records import FloatArray
from style2talker.style_a.flow import Flow, along
from style2talker.style_a.palette import smoothstep

__all__ = ["cel", "flatten", "stepped", "tone_levels"]

_SAMPLES = 20000


def flatten(
    lab: FloatArray, size: float, contrast: float, flow: Flow | None = None, where: FloatArray | None = None
) -> FloatArray:
    """A Lab picture without texture, its edges kept.

    Args:
        lab: (H, W, 3).
        size: sigma in pixels up to which texture is smoothed away.
        contrast: difference in Lab that counts as an edge.
        flow: directions along which edges are made clean, if given.
        where: (H, W) mask of what will be seen: where it is next to 0 no edge is made clean.
    """
    # Domain transform filter (Gastal and Oliveira 2011), colours scaled so that `contrast` is its sigma.
    guide = np.clip((lab + np.array([0, 128, 128], np.float32)) * np.float32(255 / 256), 0, 255)
    mode = cv2.ximgproc.DTF_NC
    out = cv2.ximgproc.dtFilter(guide, lab, size, 2.2 * contrast, mode=mode, numIters=3)
    return np.asarray(out, dtype=np.float32) if flow is None else along(np.asarray(out), flow, 0.35 * size, where)


def tone_levels(lightness: FloatArray, mask: FloatArray, count: int, apart: float = 7.0) -> FloatArray:
    """Lightness (≤ count,) of the tones of a region, ascending: 1-D k-means; tones closer than `apart` are one."""
    values = lightness[mask > 0.5]
    if values.size < 16:
        values = lightness.ravel()
    values = np.sort(values[:: max(1, values.size // _SAMPLES)])
    levels = np.quantile(values, (np.arange(count) + 0.5) / count)
    for _ in range(12):
        borders = np.searchsorted(values, (levels[1:] + levels[:-1]) / 2)
        parts = np.split(values, borders)
        levels = np.array([part.mean() if part.size else level for part, level in zip(parts, levels, strict=True)])
    kept = [float(levels[0])]
    for level in levels[1:]:
        if level - kept[-1] >= apart:
            kept.append(float(level))
        else:
            kept[-1] = (kept[-1] + float(level)) / 2
    return np.asarray(kept, dtype=np.float32)


def stepped(lightness: FloatArray, levels: FloatArray, values: FloatArray, soft: float) -> FloatArray:
    """Lightness (H, W) brought to `values` (K,) by the nearest of `levels` (K,), over borders `soft` wide (in L)."""
    out = np.full_like(lightness, values[0])
    for low, high, before, after in zip(levels[:-1], levels[1:], values[:-1], values[1:], strict=True):
        border = (low + high) / 2
        half = min(soft, 0.49 * float(high - low))
        out += (after - before) * smoothstep(lightness, border - half, border + half)
    return out


def cel(lightness: FloatArray, mask: FloatArray, count: int, soft: float, spread: float = 1.0) -> FloatArray:
    """Cel-shaded lightness (H, W) with the tones of a region.

    Args:
        lightness: (H, W) smoothed lightness.
        mask: (H, W), where the tones are taken from.
        count: most tones.
        soft: half-width of the borders between tones, in L.
        spread: contrast of the tones about their mean.
    """
    levels = tone_levels(lightness, mask, count)
    values = levels.mean() + spread * (levels - levels.mean())
    return stepped(lightness, levels, np.clip(values, 0, 100).astype(np.float32), soft)
