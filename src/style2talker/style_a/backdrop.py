"""A transparent portrait over a background: what an opaque video shows where the picture shows nothing."""

from __future__ import annotations

import cv2
import numpy as np

from style2talker.records import ImageArray, Portrait

__all__ = ["WHITE", "covering", "lay_over"]

WHITE = (255, 255, 255)
"""What stands behind a transparent portrait unless told otherwise."""


def lay_over(portrait: Portrait, background: tuple[int, int, int] | ImageArray = WHITE) -> Portrait:
    """Blend a portrait over a colour or a picture by its opacity; an opaque portrait comes back itself.

    Args:
        portrait: the portrait, (H, W) pixels.
        background: red, green, blue 0..255, or a picture (h, w, 3) uint8 that is made to cover (H, W), centred.

    Returns:
        An opaque portrait of the same geometry.
    """
    if portrait.alpha is None:
        return portrait
    rows, columns = portrait.alpha.shape
    behind = covering(background, rows, columns)
    opacity = portrait.alpha[..., None].astype(np.float32) / 255.0
    mixed = portrait.pixels * opacity + behind * (1.0 - opacity)
    pixels = np.rint(mixed).astype(np.uint8)
    return Portrait(pixels, portrait.landmarks, portrait.blendshapes, portrait.rotation)


def covering(background: tuple[int, int, int] | ImageArray, rows: int, columns: int) -> ImageArray:
    """A background (rows, columns, 3): a colour everywhere, or a picture scaled to cover and cut around its middle."""
    if isinstance(background, tuple):
        return np.full((rows, columns, 3), background, np.uint8)
    picture = background
    height, width = picture.shape[:2]
    scale = max(rows / height, columns / width)
    size = (max(columns, round(width * scale)), max(rows, round(height * scale)))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    large = np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)
    top, left = (large.shape[0] - rows) // 2, (large.shape[1] - columns) // 2
    return large[top : top + rows, left : left + columns]
