"""How like a sample each pixel's colour is: any sample of colours, a face's skin in sun or shade, skin in deep shade.

Distances are (H, W) float32, 0 (the very colour) .. 6 (nothing alike), in spreads of the sample.
"""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray
from style2talker.style_a.palette import smoothstep

__all__ = ["color_distance", "shaded_skin_distance", "skin_distance"]

_WIDEST = (14.0, 10.0, 8.0)
"""Largest spread in (L, a, b) of one cluster of a sample's colours."""


def color_distance(
    lab: FloatArray, seeds: FloatArray, clusters: int, least: tuple[float, float, float] = (5.0, 4.0, 4.0)
) -> FloatArray:
    """How far each pixel's colour is from the seeds' colours, in their own spreads, which are `least` or more."""
    if len(seeds) < 3 * clusters:
        return np.full(lab.shape[:2], 6.0, dtype=np.float32)
    order = np.argsort(seeds[:, 0], kind="stable")
    best = np.full(lab.shape[:2], np.inf, dtype=np.float32)
    # Clusters by lightness first: cheap, deterministic, and what mostly differs inside hair, cloth or skin.
    for part in np.array_split(seeds[order], clusters):
        centre = np.median(part, axis=0)
        spread = np.clip(1.5 * np.median(np.abs(part - centre), axis=0), least, _WIDEST).astype(np.float32)
        best = np.minimum(best, (((lab - centre) / spread) ** 2).sum(axis=-1))
    return np.asarray(np.minimum(np.sqrt(best), 6.0), dtype=np.float32)


def skin_distance(lab: FloatArray, seeds: FloatArray) -> FloatArray:
    """How far each pixel (H, W) is from the face's skin, which in sun or shade keeps its hue better than its chroma."""
    middle = np.median(seeds[:, 1:], axis=0)
    chroma = max(float(np.hypot(middle[0], middle[1])), 4.0)
    along = middle / max(float(np.hypot(middle[0], middle[1])), 1e-3)

    def turned(colors: FloatArray) -> FloatArray:
        size = np.hypot(colors[..., 1], colors[..., 2])
        off = (colors[..., 2] * along[0] - colors[..., 1] * along[1]) * (chroma / np.maximum(size, 0.5 * chroma))
        return np.stack([colors[..., 0], size, off], axis=-1)

    return color_distance(turned(lab), turned(seeds), 2, (8.0, 7.0, 3.5))


def shaded_skin_distance(lab: FloatArray, seeds: FloatArray) -> FloatArray:
    """How far each pixel (H, W) is from the face's skin in deeper shade: darker at will, of the same hue, no paler."""
    middle = np.median(seeds, axis=0)
    chroma = max(float(np.hypot(middle[1], middle[2])), 6.0)
    size = np.hypot(lab[..., 1], lab[..., 2])
    turn = np.abs(lab[..., 2] * middle[1] - lab[..., 1] * middle[2]) / (chroma * np.maximum(size, 3.0))
    lighter = np.maximum(lab[..., 0] - np.quantile(seeds[:, 0], 0.9), 0) / 6.0
    # Light falls on the skin as a factor, so that its chroma sinks with its lightness.
    wanted = chroma * np.clip(lab[..., 0] / max(float(middle[0]), 1.0), 0.25, 1.2)
    paler = np.maximum(0.75 * wanted - size, 0) / 4.0 + np.maximum(size - 1.7 * wanted, 0) / 6.0
    black = smoothstep(lab[..., 0], 0.45 * float(middle[0]), 0.2 * float(middle[0])) * 3.0
    total = np.sqrt((turn / 0.12) ** 2 + lighter**2 + paler**2 + black**2)
    return np.asarray(np.minimum(total, 6.0), dtype=np.float32)
