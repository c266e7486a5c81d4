"""The eyeball of a portrait: iris and white completed behind the lids, catch-light and the lid's shadow taken off.

What the lids hide is continued from what they show: the iris by the mean of each of its rings, the white smoothly. The
catch-light is kept apart, because it stays with the lamp when the eye turns, and so is the shadow of the upper lid,
because it goes with the lid.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray

__all__ = ["Eyeball", "completed", "find_iris", "make_eyeball"]

_RING_WIDTH = 0.07
_SHADOW_STEPS = 24
_ANGLES = np.radians([*range(-38, 39, 4), *range(142, 219, 4)])
"""Directions to both sides, where no lid covers the rim of an iris."""


@dataclass(frozen=True, slots=True, eq=False)
class Eyeball:
    """Textures in the box of one eye; colours 0..1.

    Attributes:
        white: (h, w, 3) float32, the eyeball without its iris.
        iris: (h, w, 4) float32, the iris on its own, premultiplied RGB and opacity.
        glint: (h, w, 3) float32, the catch-light, to be added.
        centre: (2,) float32 pixels of the box, the middle of the iris.
        radius: of the iris in pixels.
        shadow: (n,) float32 in 0..1, light under the upper lid at even steps from its edge on.
        reach: pixels over which the shadow falls.
    """

    white: FloatArray
    iris: FloatArray
    glint: FloatArray
    centre: FloatArray
    radius: float
    shadow: FloatArray
    reach: float


def completed(color: FloatArray, weight: FloatArray, prior: FloatArray, reach: float) -> FloatArray:
    """Colours (h, w, 3) everywhere from where they are known: normalised convolution (Knutsson & Westin 1993).

    Args:
        color: (h, w, 3).
        weight: (h, w) in 0..1, how well each is known.
        prior: (3,) what to fall back on far from all that is known.
        reach: pixels of the finest smoothing; coarser ones fill what it leaves.
    """
    out = np.broadcast_to(prior, color.shape).astype(np.float32)
    for sigma in (6.0 * reach, 2.5 * reach, reach):
        mass = cv2.GaussianBlur(weight, (0, 0), sigma)
        mean = cv2.GaussianBlur(color * weight[..., None], (0, 0), sigma) / np.maximum(mass, 1e-4)[..., None]
        trust = np.clip(mass / 0.08, 0, 1)[..., None]
        out = out + (mean - out) * trust
    return np.asarray(out, dtype=np.float32)


def find_iris(
    grey: FloatArray, seen: FloatArray, centre: NDArray[np.floating], radius: float
) -> tuple[FloatArray, float]:
    """The circle of the iris near where the mesh has it: where brightness steps up most across its rim.

    Source: Daugman, "High confidence visual recognition of persons by a test of statistical independence" (1993),
    equation 1, over the sides of the circle, which no lid covers.

    Args:
        grey: (h, w) brightness in 0..1.
        seen: (h, w) in 0..1, the opening of the eye.
        centre: (2,) pixels.
        radius: pixels.

    Returns:
        Centre (2,) and radius in pixels.
    """
    smooth = cv2.GaussianBlur(grey, (0, 0), max(0.08 * radius, 0.6))
    rim = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=-1)
    sizes = radius * np.linspace(0.8, 1.4, 13)
    shifts = radius * np.linspace(-0.2, 0.2, 5)
    best, found = -np.inf, (np.asarray(centre, dtype=np.float32), float(radius))
    for dy in shifts:
        for dx in shifts:
            middle = np.asarray(centre) + np.array([dx, dy])
            rings = [middle + rim * r for size in sizes for r in (0.90 * size, 1.10 * size)]
            at = np.stack(rings).astype(np.float32)  # (2 R, A, 2)
            value = cv2.remap(smooth, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
            valid = cv2.remap(seen, at, None, cv2.INTER_LINEAR)
            step, sure = value[1::2] - value[0::2], valid[1::2] * valid[0::2]
            score = (np.clip(step, -0.1, 0.25) * sure).sum(axis=1) / np.maximum(sure.sum(axis=1), 8.0)
            off = np.hypot(dx, dy) / radius + 0.4 * np.abs(sizes / radius - 1)
            score = score - 0.06 * off
            k = int(score.argmax())
            if score[k] > best:
                best, found = float(score[k]), (middle.astype(np.float32), float(sizes[k]))
    return found


def _ring_means(color: FloatArray, weight: FloatArray, distance: FloatArray, radius: float) -> FloatArray:
    """Colour (h, w, 3) of the ring of the iris that each pixel lies on, from the pixels that are known."""
    ring = np.clip(distance / (_RING_WIDTH * radius), 0, 20)
    low = np.floor(ring).astype(int)
    total, mass = np.zeros((22, 3)), np.zeros(22)
    np.add.at(mass, low, weight)
    np.add.at(total, low, color * weight[..., None])
    kernel = np.array([0.2, 0.6, 0.2])
    mass = np.convolve(np.pad(mass, 1, "edge"), kernel, "valid")
    total = np.stack([np.convolve(np.pad(total[:, c], 1, "edge"), kernel, "valid") for c in range(3)], axis=1)
    known = mass > 0.5
    if not known.any():
        return color
    means = total / np.maximum(mass, 1e-6)[:, None]
    bins = np.arange(22)
    means = np.stack([np.interp(bins, bins[known], means[known, c]) for c in range(3)], axis=1)
    share = (ring - low)[..., None]
    return np.asarray(means[low] * (1 - share) + means[low + 1] * share, dtype=np.float32)


def make_eyeball(
    color: FloatArray,
    below_lid: FloatArray,
    opening: FloatArray,
    centre: NDArray[np.floating],
    radius: float,
    light: FloatArray,
) -> Eyeball:
    """Take the eyeball out of a picture of an eye (once per portrait).

    Args:
        color: (h, w, 3) RGB in 0..1, the box of the eye.
        below_lid: (h, w) pixels from the edge of the upper lid downwards, negative on the lid.
        opening: (h, w) in 0..1, where the eyeball is seen.
        centre: (2,) pixels, the iris as the mesh has it.
        radius: of it.
        light: (3,) RGB on the face.
    """
    height = max(float(opening.sum(axis=0).max()), 2.0)
    deep = cv2.erode(opening, np.ones((3, 3), np.uint8))
    grey = color.mean(axis=2)
    middle, size = find_iris(grey, deep, centre, radius)
    y, x = np.mgrid[: color.shape[0], : color.shape[1]].astype(np.float32)
    distance = np.hypot(x - middle[0], y - middle[1]).astype(np.float32)

    # The white: bright, outside the iris. In an eye that shows none it is what the light on the face makes of one.
    outside = deep * np.clip((distance - 1.12 * size) / 1.0, 0, 1)
    bright = float(np.percentile(grey[outside > 0.5], 75)) if (outside > 0.5).sum() > 6 else float(light.mean()) * 0.7
    outside = outside * np.clip((grey / max(bright, 1e-3) - 0.62) / 0.15, 0, 1)
    white = completed(color, outside.astype(np.float32), light * 0.72, 0.10 * height)

    inside = deep * np.clip(1.06 * size - distance + 0.5, 0, 1) * np.clip((below_lid - 0.10 * height) / 1.0, 0, 1)
    rings = _ring_means(color, inside.astype(np.float32), distance, size)
    spark = np.clip((grey - rings.mean(axis=2) - 0.12) / 0.12, 0, 1) * (distance < 0.92 * size) * opening
    spark = cv2.GaussianBlur(cv2.dilate(spark.astype(np.float32), np.ones((3, 3), np.uint8)), (0, 0), 0.7)
    calm = inside * (1.0 - spark)
    rings = _ring_means(color, calm.astype(np.float32), distance, size)
    body = rings + (color - rings) * cv2.GaussianBlur(calm.astype(np.float32), (0, 0), 0.8)[..., None]
    disc = np.clip((size - distance) / max(0.10 * size, 1.0) + 0.5, 0, 1)[..., None]
    glint = np.clip(color - body, 0, 1) * spark[..., None]

    still = white + (body - white) * disc + glint
    reach = 0.5 * height
    shadow = _lid_shadow(grey, still.mean(axis=2), below_lid, opening, reach)
    iris = np.dstack([body * disc, disc]).astype(np.float32)
    return Eyeball(white, iris, glint.astype(np.float32), middle, size, shadow, reach)


def _lid_shadow(
    grey: FloatArray, bare: FloatArray, below_lid: FloatArray, opening: FloatArray, reach: float
) -> FloatArray:
    """Light (n,) in 0..1 under the lid, as the picture has it against the eyeball without shadow."""
    step = np.clip(below_lid / reach * (_SHADOW_STEPS - 1), 0, _SHADOW_STEPS - 1)
    out = np.ones(_SHADOW_STEPS)
    ratio = grey / np.maximum(bare, 0.02)
    for k in range(_SHADOW_STEPS):
        ring = (np.abs(step - k) < 1.0) & (opening > 0.5) & (below_lid >= 0)
        if ring.sum() >= 5:
            out[k] = np.median(ratio[ring])
    out = np.minimum.accumulate(np.clip(out, 0.35, 1.0)[::-1])[::-1]
    out[-1] = 1.0
    fade = np.linspace(0, 1, _SHADOW_STEPS) ** 3
    smooth = np.convolve(np.pad(out, 2, "edge"), np.full(5, 0.2), "valid")
    return np.asarray(smooth + (1 - smooth) * fade, dtype=np.float32)
