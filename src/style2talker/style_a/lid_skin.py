"""Skin for lids that close: what the portrait would show of them, without lashes, and the line where they meet."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray, ImageArray, Portrait
from style2talker.style_a.eyeball import completed
from style2talker.style_a.light import surface_grain

__all__ = ["LidSkin", "lash_line", "make_lid_skin"]

BROWS = {"Right": (46, 53, 52, 65, 55), "Left": (285, 295, 282, 283, 276)}
"""Lower borders of the eyebrows, from left to right in the picture."""
_STROKES = 4096


@dataclass(frozen=True, slots=True, eq=False)
class LidSkin:
    """The skin of one eye's lids.

    Attributes:
        bare: (h, w, 3) uint8, the box of the eye with skin in place of opening and lashes.
        dark: (3,) float32 RGB in 0..1, the colour of the lashes.
        strength: 0..1, how dark the line of the lashes is in the portrait.
        thickness: pixels of that line.
        length: pixels of the lashes below it.
        strokes: (n,) float32 in 0..1, which places along the eye have a lash.
        spacing: strokes for each step of the eye's tables.
    """

    bare: ImageArray
    dark: FloatArray
    strength: float
    thickness: float
    length: float
    strokes: FloatArray
    spacing: float


def make_lid_skin(
    portrait: Portrait,
    box: tuple[int, int, int, int],
    color: FloatArray,
    below_upper: FloatArray,
    above_lower: FloatArray,
    along: FloatArray,
    width: float,
    opening: float,
    side: str,
) -> LidSkin:
    """Complete the skin over an eye (once per portrait).

    Args:
        portrait: the portrait.
        box: (left, top, right, bottom) of the eye in it.
        color: (h, w, 3) RGB in 0..1, the box.
        below_upper: (h, w) pixels below the edge of the upper lid.
        above_lower: (h, w) pixels above the edge of the lower lid.
        along: (h, w) pixels along the eye from its middle.
        width: of the eye in pixels.
        opening: of it.
        side: "Right" or "Left" of the person.
    """
    outside = np.maximum(-below_upper, -above_lower)
    outside = np.maximum(outside, np.abs(along) - 0.5 * width)  # (h, w) pixels from the opening
    brow = _below_brow(portrait, side, box, color.shape[:2])
    reach = max(opening, 0.22 * width)
    free = np.clip((outside - 0.20 * reach) / (0.10 * reach), 0, 1) * np.clip(brow / (0.08 * reach), 0, 1)
    broad = _without_lines(color, free > 0.0, 0.36 * reach)
    usual = np.median(broad[free > 0.5], axis=0) if (free > 0.5).sum() > 20 else np.full(3, 0.5)
    skin = completed(broad, free.astype(np.float32), usual.astype(np.float32), 0.13 * reach)
    # Shadow in the socket and what is left of thick lashes would look like a bruise on a lid that comes forward.
    cheek = (above_lower < -0.35 * reach) & (free > 0.5)
    if cheek.sum() > 12:
        usual = np.median(broad[cheek], axis=0)
    around = completed(broad, free.astype(np.float32), usual.astype(np.float32), 0.5 * reach)
    around = 0.5 * around + 0.5 * usual
    level = skin.mean(axis=2, keepdims=True) / np.maximum(around.mean(axis=2, keepdims=True), 0.02)
    lifted = np.clip(level + 0.55 * np.clip(1.0 - level, 0, 1), 0.76, 1.3)
    lid = 0.35 * skin * (lifted / np.maximum(level, 0.1)) + 0.65 * around * lifted
    inward = np.clip((0.75 * reach - outside) / (0.75 * reach), 0, 1)[..., None]
    skin = skin + (lid - skin) * (inward * inward * (3 - 2 * inward))
    grain = surface_grain(portrait, color.shape[:2], 0.06 * width)
    skin = skin * (1.0 + grain[..., None])
    odd = np.clip((_difference(color, skin) - 0.16) / 0.12, 0, 1)
    odd = cv2.GaussianBlur(cv2.dilate(odd.astype(np.float32), np.ones((3, 3), np.uint8)), (0, 0), 0.8)
    near = np.clip((0.40 * reach - outside) / (0.28 * reach), 0, 1)
    beside = np.clip((np.abs(along) - 0.40 * width) / (0.15 * width), 0, 1)
    far = np.where(below_upper < 0, 0.95 * reach, 0.50 * reach)
    far = far + (0.65 * reach - far) * beside
    off = odd * np.clip((far - outside) / (0.18 * reach), 0, 1) * np.clip(brow / (0.1 * reach), 0, 1)
    replaced = np.maximum(near, off)[..., None]
    # The ball behind the lid: lightest in the middle, darker to the corners.
    ball = 1.03 - 0.10 * np.clip(np.abs(along) / (0.5 * width), 0, 1) ** 2
    round_lid = 1.0 + (ball - 1.0) * np.clip(1.0 - outside / (0.4 * reach), 0, 1)
    # Where the lid folds when it is open a faint line stays.
    fold = 0.10 * np.exp(-(((-below_upper - 0.50 * reach) / (0.06 * reach)) ** 2))
    fold *= np.clip((0.46 * width - np.abs(along)) / (0.16 * width), 0, 1) * np.clip(brow / (0.3 * reach), 0, 1)
    bare = color + (skin * round_lid[..., None] - color) * replaced
    bare *= (1.0 - fold)[..., None]
    dark, strength, thickness = _lashes(color, skin, below_upper, along, width, reach)
    strokes = np.random.default_rng(1).beta(0.8, 0.9, _STROKES).astype(np.float32)
    return LidSkin(
        np.clip(bare * 255.0 + 0.5, 0, 255).astype(np.uint8),
        dark,
        strength,
        thickness,
        0.075 * width,
        strokes,
        max(width / 97 / max(0.022 * width, 1.1), 0.05),
    )


def _without_lines(color: FloatArray, free: NDArray[np.bool_], width: float) -> FloatArray:
    """Colours (h, w, 3) with dark lines narrower than `width` pixels closed, from free pixels alone.

    A morphological closing: lashes and creases go, broad shadow and make-up stay.
    """
    size = 2 * max(round(0.5 * width), 1) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    smooth = cv2.GaussianBlur(color, (0, 0), 0.6)
    widened = cv2.dilate(np.where(free[..., None], smooth, 0.0).astype(np.float32), kernel)
    narrowed = cv2.erode(np.where(free[..., None], widened, 1.0).astype(np.float32), kernel)
    return np.asarray(np.where(free[..., None], narrowed, color), dtype=np.float32)


def _difference(color: FloatArray, skin: FloatArray) -> FloatArray:
    """How far (h, w) a colour is off the skin, relative to it."""
    return np.asarray(np.abs(color - skin).max(axis=2) / np.maximum(skin.max(axis=2), 0.05), dtype=np.float32)


def _below_brow(portrait: Portrait, side: str, box: tuple[int, int, int, int], shape: tuple[int, ...]) -> FloatArray:
    """Pixels (h, w) below the eyebrow, negative on and above it."""
    line = portrait.landmarks[list(BROWS[side]), :2] - np.array(box[:2], dtype=np.float32)
    order = np.argsort(line[:, 0])
    columns = np.arange(shape[1], dtype=np.float32)
    edge = np.interp(columns, line[order, 0], line[order, 1])
    return np.asarray(np.arange(shape[0], dtype=np.float32)[:, None] - edge[None], dtype=np.float32)


def _lashes(
    color: FloatArray, skin: FloatArray, below_upper: FloatArray, along: FloatArray, width: float, reach: float
) -> tuple[FloatArray, float, float]:
    """Colour, strength and thickness of the line that the upper lashes draw in the portrait."""
    band = (below_upper > -0.28 * reach) & (below_upper < 0.06 * reach) & (np.abs(along) < 0.36 * width)
    if band.sum() < 8:
        return np.zeros(3, np.float32), 0.5, max(0.03 * width, 1.0)
    lack = 1.0 - color.mean(axis=2) / np.maximum(skin.mean(axis=2), 0.05)
    cut = float(np.percentile(lack[band], 88))
    dark = np.median(color[band & (lack >= cut)], axis=0)
    strength = float(np.clip(1.15 * cut, 0.15, 0.9))
    mass = float(np.clip(lack[band] / max(cut, 1e-3), 0, 1).mean()) * 0.34 * reach
    return dark.astype(np.float32), strength, float(np.clip(0.5 * mass, max(0.018 * width, 0.8), 0.045 * width + 0.4))


def lash_line(skin: LidSkin, below: FloatArray, s_index: FloatArray, closed: float) -> FloatArray:
    """Opacity (h, w) of the upper lashes as the lid comes down.

    Args:
        skin: the lids.
        below: (h, w) pixels below the edge of the upper lid.
        s_index: (h, w) the place of each pixel along the eye, 0..96.
        closed: 0 open .. 1 closed.
    """
    if closed <= 0.0:
        return np.zeros_like(below)
    thick = skin.thickness
    line = np.exp(-((below / np.where(below < 0, 0.8 * thick, thick)) ** 2))
    # Lashes fan out: to the left at the left corner, to the right at the right one.
    lean = (s_index - 48.0) / 48.0
    stroke = (s_index - lean * 0.8 * np.clip(below, 0, None)) * skin.spacing + 50.0
    low = np.clip(np.floor(stroke), 0, _STROKES - 2).astype(int)
    share = np.clip(stroke - low, 0, 1)
    hair = skin.strokes[low] * (1 - share) + skin.strokes[low + 1] * share
    fringe = np.exp(-((np.clip(below, 0, None) / skin.length) ** 2)) * (below > 0) * (0.15 + 0.6 * hair)
    taper = np.clip((s_index - 5) / 10, 0, 1) * np.clip((91 - s_index) / 10, 0, 1)
    return np.asarray(np.maximum(line, 0.8 * fringe) * taper * (skin.strength * closed), dtype=np.float32)
