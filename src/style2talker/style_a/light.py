"""The light on a portrait's face: its level and colour, where it comes from, and the surface of the picture.

What is drawn anew (teeth, lids, folds) takes these from the portrait, so that it belongs to the photo or painting.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray, Portrait
from style2talker.style_a.mesh import FACE_OVAL, LEFT_EYE, RIGHT_EYE, face_triangles

__all__ = ["face_light", "light_direction", "polygon_mask", "skin_likeness", "surface_grain"]

_CHEEKS = (117, 50, 205, 203, 129, 358, 423, 425, 280, 346, 351, 6, 122)
_IRISES = ((RIGHT_EYE, 468), (LEFT_EYE, 473))
_SKIN = np.array([1.0, 0.80, 0.71], dtype=np.float32)
"""Colour of lit skin under white light, relative to its red."""


def polygon_mask(shape: tuple[int, int], polygon: NDArray[np.floating]) -> FloatArray:
    """Coverage (h, w) in 0..1 of a polygon (N, 2) in pixels."""
    mask = np.zeros(shape, dtype=np.float32)
    cv2.fillPoly(mask, [np.round(polygon * 16).astype(np.int32)], 1.0, lineType=cv2.LINE_AA, shift=4)
    return mask


def _eye_whites(portrait: Portrait) -> FloatArray:
    """Coverage (H, W) of the eye openings without the irises."""
    points = portrait.landmarks
    shape = portrait.pixels.shape[:2]
    eyes = np.zeros(shape, dtype=np.float32)
    for ring, iris in _IRISES:
        eyes = np.maximum(eyes, polygon_mask(shape, points[list(ring), :2]))
        radius = 1.1 * float(np.linalg.norm(points[iris + 1, :2] - points[iris, :2]))
        cv2.circle(eyes, tuple(np.round(points[iris, :2]).astype(int).tolist()), int(np.ceil(radius)), 0.0, -1)
    return eyes


def face_light(portrait: Portrait) -> FloatArray:
    """RGB (3,) in 0..1 of a white surface on the lit side of the face.

    The level is that of the brightest skin and of the whites of the eyes, the colour lies between what both suggest:
    whites redden in the shadow of the lids, skin has a colour of its own.
    """
    pixels = portrait.pixels.astype(np.float32) / 255.0
    eyes = _eye_whites(portrait) > 0.9
    skin = polygon_mask(portrait.pixels.shape[:2], portrait.landmarks[list(_CHEEKS), :2]) > 0.5
    tone = np.percentile(pixels[skin], 85, axis=0) if skin.any() else np.full(3, 0.6)
    white, level = tone / _SKIN, 0.0
    if eyes.sum() > 12:
        white = np.percentile(pixels[eyes], 80, axis=0)
        level = 1.12 * float(np.percentile(pixels[eyes], 95, axis=0).mean())
    level = float(np.clip(max(level, 1.05 * tone.mean()), 0.12, 0.96))
    tint = np.sqrt(np.maximum(white, 1e-3) * np.maximum(tone / _SKIN, 1e-3))
    tint = 0.75 * tint / tint.mean() + 0.25
    return np.asarray(np.clip(level * tint, 0.0, 1.0), dtype=np.float32)


def light_direction(portrait: Portrait) -> FloatArray:
    """Where the light comes from in the picture: a unit vector (2,), x to the right and y down.

    Least squares of a Lambertian face (brightness is linear in the normal) over the smooth skin; a face that is lit
    evenly counts as lit from above.
    """
    points = portrait.landmarks
    corners = points[face_triangles()]  # (F, 3, 3)
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
    normals *= -np.sign(normals[:, 2:] + 1e-9)  # towards the camera
    middles = corners.mean(axis=1)[:, :2]
    unit = float(np.linalg.norm(points[33] - points[263]))
    grey = cv2.GaussianBlur(cv2.cvtColor(portrait.pixels, cv2.COLOR_RGB2GRAY), (0, 0), max(0.03 * unit, 0.5))
    at = middles[None].astype(np.float32)
    value = cv2.remap(grey, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0].astype(np.float64) / 255.0
    likely = skin_likeness(portrait)
    weight = cv2.remap(likely, at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0]
    design = np.column_stack([normals, np.ones(len(normals))]) * weight[:, None]
    slope = np.linalg.lstsq(design, value * weight, rcond=None)[0][:2]
    slope = slope + np.array([0.0, -0.05])
    return np.asarray(slope / np.linalg.norm(slope), dtype=np.float32)


def skin_likeness(portrait: Portrait) -> FloatArray:
    """How sure (H, W) in 0..1 a pixel of the face is bare skin: neither hair nor brows nor an ornament."""
    shape = portrait.pixels.shape[:2]
    points = portrait.landmarks
    unit = float(np.linalg.norm(points[33] - points[263]))
    pixels = cv2.GaussianBlur(portrait.pixels, (0, 0), max(0.012 * unit, 0.5)).astype(np.float32) / 255.0
    cheeks = polygon_mask(shape, points[list(_CHEEKS), :2]) > 0.5
    usual = np.median(pixels[cheeks], axis=0) if cheeks.any() else np.full(3, 0.5)
    level = pixels.mean(axis=2)
    hue = pixels / np.maximum(level, 0.03)[..., None] - usual / max(float(usual.mean()), 0.03)
    off = np.abs(hue).max(axis=2)
    ratio = level / max(float(usual.mean()), 0.03)
    sure = np.clip((0.55 - off) / 0.2, 0, 1) * np.clip((ratio - 0.38) / 0.15, 0, 1)
    sure *= polygon_mask(shape, points[list(FACE_OVAL), :2])
    sure = cv2.erode(sure.astype(np.float32), np.ones((3, 3), np.uint8))
    return np.asarray(cv2.GaussianBlur(sure, (0, 0), max(0.02 * unit, 0.6)), dtype=np.float32)


def surface_grain(portrait: Portrait, size: tuple[int, int], reach: float) -> FloatArray:
    """Grain (h, w) of the picture's surface around 0, as factors: film grain, canvas, strokes finer than `reach`.

    Args:
        portrait: the portrait; its cheeks are taken, where a face has least detail of its own.
        size: (h, w) of the grain, which mirrors what the cheek offers.
        reach: pixels, detail coarser than this is left out.
    """
    points = portrait.landmarks[:, :2]
    grey = cv2.cvtColor(portrait.pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
    patches = []
    for ids in ((50, 205, 187, 123), (280, 425, 411, 352)):
        low, high = points[list(ids)].min(axis=0), points[list(ids)].max(axis=0)
        left, top = np.maximum(np.floor(low), 0).astype(int)
        right, bottom = np.ceil(high).astype(int)
        patch = grey[top:bottom, left:right]
        if min(patch.shape) >= 8:
            patches.append(patch / cv2.GaussianBlur(patch, (0, 0), max(reach, 0.8)).clip(8.0) - 1.0)
    if not patches:
        return np.zeros(size, dtype=np.float32)
    # The calmer cheek: the other may show hair, a shadow's edge or an ornament.
    calm = min(patches, key=lambda patch: float(np.abs(patch).mean()))
    rows, columns = (-(-n // m) for n, m in zip(size, calm.shape, strict=True))
    pad = ((0, (rows - 1) * calm.shape[0]), (0, (columns - 1) * calm.shape[1]))
    tiled = np.pad(calm, pad, mode="symmetric")[: size[0], : size[1]]
    # Single hairs and pores are no surface.
    bound = 2.5 * float(np.median(np.abs(calm)))
    return np.asarray(np.clip(tiled, -bound, bound), dtype=np.float32)
