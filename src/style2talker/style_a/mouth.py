"""What is seen between the lips: cavity, tongue, lower and upper teeth, each fixed to the bone that carries it.

Upper teeth go with the skull, lower teeth and tongue with the jaw. Teeth that the portrait itself shows are kept and
used. Colours follow the light on the face, measured on the whites of the eyes.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray, ImageArray, Portrait
from style2talker.style_a.mesh import INNER_LIPS, LEFT_EYE, RIGHT_EYE
from style2talker.style_a.teeth import PIXELS_PER_MM, Sprite, lower_teeth, tongue, upper_teeth

__all__ = ["Mouth", "build_mouth", "paint_mouth"]

_CHIN = (152, 175, 199, 200)
_MOUTH_MM = 50.0
_EYES_MM = 89.0
_CAVITY = np.array([0.22, 0.07, 0.065], dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Mouth:
    """Mouth interior of one portrait.

    Attributes:
        axes: (2, 3) float32, one millimetre to the right and down along the face, in pixels, in camera axes.
        incisors: (3,) float32 pixels, the edge of the upper incisors at the midline, at rest.
        overbite: rest distance in mm from the upper to the lower incisal edge (negative: lower edge is higher).
        rest_gap: distance in mm between the lips in the portrait.
        light: (3,) float32, RGB light on the face, 0..1.
        lip: (3,) float32, RGB of the lips in shadow, 0..1.
        own: the portrait's own teeth as a sprite, or None where it shows none.
        sprites: upper teeth, lower teeth, tongue.
    """

    axes: FloatArray
    incisors: FloatArray
    overbite: float
    rest_gap: float
    light: FloatArray
    lip: FloatArray
    own: Sprite | None
    sprites: tuple[Sprite, Sprite, Sprite]


def _polygon_mask(shape: tuple[int, int], polygon: NDArray[np.floating]) -> FloatArray:
    mask = np.zeros(shape, dtype=np.float32)
    cv2.fillPoly(mask, [np.round(polygon * 16).astype(np.int32)], 1.0, lineType=cv2.LINE_AA, shift=4)
    return mask


def _face_axes(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Unit vectors to the right and down along the face, orthogonal, in camera axes."""
    right = points[263] - points[33]
    right = right / np.linalg.norm(right)
    down = points[152] - points[168]
    down = down - right * float(down @ right)
    return right.astype(np.float32), (down / np.linalg.norm(down)).astype(np.float32)


def _light(portrait: Portrait) -> FloatArray:
    """RGB light on the face: bright part of the whites of the eyes, never darker than the lit skin suggests."""
    points = portrait.landmarks
    shape = portrait.pixels.shape[:2]
    eyes = np.zeros(shape, dtype=np.float32)
    for ring, iris in ((RIGHT_EYE, (468, 469)), (LEFT_EYE, (473, 474))):
        eyes = np.maximum(eyes, _polygon_mask(shape, points[list(ring), :2]))
        radius = 1.1 * float(np.linalg.norm(points[iris[1], :2] - points[iris[0], :2]))
        cv2.circle(eyes, tuple(np.round(points[iris[0], :2]).astype(int).tolist()), int(np.ceil(radius)), 0.0, -1)
    skin = _polygon_mask(shape, points[[117, 50, 205, 203, 129, 358, 423, 425, 280, 346, 351, 6, 122], :2])
    pixels = portrait.pixels.astype(np.float32) / 255.0
    tone = np.percentile(pixels[skin > 0.5], 85, axis=0) if (skin > 0.5).any() else np.full(3, 0.6)
    white = np.percentile(pixels[eyes > 0.9], 80, axis=0) if (eyes > 0.9).sum() > 12 else tone
    level = float(np.clip(1.1 * max(white.mean(), 0.80 * tone.mean()), 0.12, 0.95))
    tint = 0.5 * white / max(float(white.mean()), 1e-3) + 0.5
    return np.clip(level * tint, 0.0, 1.0).astype(np.float32)


def _lip_shadow(portrait: Portrait) -> FloatArray:
    """RGB (3,) between lips that hardly part: the lips' own colour, darkened."""
    lips = portrait.landmarks[[37, 0, 267, 84, 17, 314, 181, 405], :2] * 0.5
    lips = lips + portrait.landmarks[[82, 13, 312, 87, 14, 317, 88, 318], :2] * 0.5
    rows, columns = portrait.pixels.shape[:2]
    at = np.clip(np.round(lips).astype(int), 0, (columns - 1, rows - 1))
    return np.asarray(np.median(portrait.pixels[at[:, 1], at[:, 0]], axis=0) / 255.0 * 0.5, dtype=np.float32)


def _own_teeth(
    portrait: Portrait, incisors: FloatArray, axes: FloatArray, light: FloatArray
) -> tuple[Sprite | None, FloatArray | None]:
    """The teeth that the portrait shows, cut out by brightness between its lips, and their colour."""
    polygon = portrait.landmarks[list(INNER_LIPS), :2]
    gap = float(np.linalg.norm(portrait.landmarks[13] - portrait.landmarks[14]))
    scale = float(np.linalg.norm(axes[0]))
    if gap < 2.6 * scale:
        return None, None
    k = PIXELS_PER_MM
    columns, rows = 60 * k, 30 * k
    origin = (columns / 2, rows / 2)
    # Canvas pixel -> portrait pixel, the inverse of how a sprite is laid.
    matrix = np.empty((2, 3), dtype=np.float64)
    matrix[:, :2] = axes[:, :2].T / k
    matrix[:, 2] = incisors[:2] - matrix[:, :2] @ np.array(origin)
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    pixels = cv2.warpAffine(portrait.pixels, matrix, (columns, rows), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(_polygon_mask(portrait.pixels.shape[:2], polygon), matrix, (columns, rows), flags=flags)
    color = pixels.astype(np.float32) / 255.0
    value = cv2.cvtColor(color, cv2.COLOR_RGB2HSV)
    brightness = value[..., 2] * (1.0 - 0.8 * value[..., 1])
    seen = inside > 0.8
    if seen.sum() < 200:
        return None, None
    high, low = np.percentile(brightness[seen], (90, 10))
    if high < 0.25 or high - low < 0.10:
        return None, None
    teeth = np.clip((brightness - (0.55 * low + 0.45 * high)) / (0.25 * (high - low)) + 0.5, 0, 1)
    edge = cv2.erode((inside > 0.5).astype(np.float32), np.ones((k // 4, k // 4), np.uint8))
    alpha = cv2.GaussianBlur(teeth * edge, (0, 0), 0.15 * k)
    tone = np.percentile(color[seen & (brightness > 0.8 * high)], 60, axis=0).astype(np.float32)
    if float(tone.min()) < 0.55 * float(tone.max()) or float(tone.mean()) < 0.55 * float(light.mean()):
        return None, None  # lips or tongue, not teeth
    return Sprite(color, alpha.astype(np.float32), origin), tone


def build_mouth(portrait: Portrait) -> Mouth:
    """Measure a portrait's mouth and draw its interior (once per portrait)."""
    points = portrait.landmarks
    right, down = _face_axes(points)
    eyes = float(np.linalg.norm(points[263] - points[33]))
    width = float(np.linalg.norm(points[291] - points[61]))
    millimetre = np.sqrt((eyes / _EYES_MM) * np.clip(width / _MOUTH_MM, 0.6 * eyes / _EYES_MM, 1.5 * eyes / _EYES_MM))
    axes = np.stack([right, down]).astype(np.float32) * np.float32(millimetre)
    gap = float((points[14] - points[13])[:2] @ down[:2]) / millimetre
    below = 2.6 + 0.7 * float(np.clip(gap, 0, 8))
    incisors = points[13] + down * (below * millimetre)
    incisors[2] += 3.0 * millimetre
    light = _light(portrait)
    own, tone = _own_teeth(portrait, incisors, axes, light)
    if tone is not None:
        light = np.clip(tone / np.array([0.95, 0.92, 0.86], dtype=np.float32), 0, 1).astype(np.float32)
    overbite = -1.2 + float(np.clip(gap - 2.0, 0, 15))
    fine = 1.4 * float(millimetre)
    sprites = (upper_teeth().at_scale(fine), lower_teeth().at_scale(fine), tongue().at_scale(fine))
    own = own and own.at_scale(fine)
    return Mouth(axes, incisors.astype(np.float32), overbite, max(gap, 0.0), light, _lip_shadow(portrait), own, sprites)


def _lay(
    canvas: FloatArray, sprite: Sprite, matrix: NDArray[np.float64], gain: FloatArray | float, opacity: float
) -> None:
    """Blend a sprite over the canvas (h, w, 3), in place; `matrix` (2, 3) takes sprite to canvas pixels."""
    size = (canvas.shape[1], canvas.shape[0])
    alpha = cv2.warpAffine(sprite.alpha, matrix, size, flags=cv2.INTER_LINEAR)[..., None] * opacity
    color = cv2.warpAffine(sprite.color, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    canvas *= 1.0 - alpha
    canvas += color * (gain * alpha)


def _placement(
    axes: NDArray[np.float64], at: NDArray[np.float64], sprite: Sprite, corner: tuple[int, int]
) -> NDArray[np.float64]:
    matrix = np.empty((2, 3))
    matrix[:, :2] = axes[:, :2].T / sprite.scale
    matrix[:, 2] = at[:2] - np.array(corner) - matrix[:, :2] @ np.array(sprite.origin)
    return matrix


def paint_mouth(
    frame: ImageArray,
    mouth: Mouth,
    rest: FloatArray,
    face: FloatArray,
    posed: FloatArray,
    rotation: FloatArray,
    pose_of: FloatArray,
) -> None:
    """Paint the mouth interior into a frame, in place.

    Args:
        frame: (H, W, 3) uint8.
        mouth: the portrait's mouth.
        rest: (V, 3) the portrait's points.
        face: (V, 3) points after expression, before head motion.
        posed: (V, 3) points as shown.
        rotation: (3, 3) head rotation.
        pose_of: (3,) where head motion takes the upper incisors.
    """
    polygon = posed[list(INNER_LIPS), :2]
    low = np.floor(polygon.min(axis=0)).astype(int) - 2
    high = np.ceil(polygon.max(axis=0)).astype(int) + 3
    left, top = np.maximum(low, 0).tolist()
    right, bottom = np.minimum(high, (frame.shape[1], frame.shape[0])).tolist()
    if right - left < 3 or bottom - top < 3:
        return
    corner = (left, top)
    scale = float(np.linalg.norm(mouth.axes[0]))
    axes = (mouth.axes @ rotation.T).astype(np.float64)
    drop = (face[list(_CHIN)] - rest[list(_CHIN)]).mean(axis=0) @ rotation.T
    drop_mm = float(drop @ axes[1]) / scale**2
    gap = float((posed[14] - posed[13])[:2] @ axes[1, :2]) / scale**2
    canvas = np.empty((bottom - top, right - left, 3), dtype=np.float32)
    depth = float(np.clip(gap / 4.5, 0, 1))
    canvas[:] = mouth.lip + (_CAVITY * mouth.light - mouth.lip) * depth
    upper, lower, tongue_sprite = mouth.sprites
    skull = pose_of.astype(np.float64)
    jaw = skull + axes[1] * (max(drop_mm, 0.0) * 0.92 + mouth.overbite)
    opening = float(np.clip(gap / 9.0, 0, 1))
    seen = float(np.clip((gap - max(1.0, 0.5 * mouth.rest_gap)) / 2.5, 0, 1))
    back = jaw - axes[1] * (2.5 + 4.5 * opening)
    _lay(canvas, tongue_sprite, _placement(axes, back, tongue_sprite, corner), mouth.light, seen)
    _lay(canvas, lower, _placement(axes, jaw, lower, corner), mouth.light * 0.88, seen)
    _lay(canvas, upper, _placement(axes, skull, upper, corner), mouth.light, seen)
    polygon = polygon - np.array(corner)
    mask = _polygon_mask(canvas.shape[:2], polygon)
    shade = _shade(mask, gap, scale)[..., None]
    if mouth.own is None:
        canvas *= shade
    else:
        # Its own teeth bring their own shadows, and reach a little under the traced edge of the lips.
        canvas *= 0.45 + 0.55 * shade
        polygon[1:10] += axes[1, :2] * 0.5
        mask = _polygon_mask(canvas.shape[:2], polygon)
        _lay(canvas, mouth.own, _placement(axes, skull, mouth.own, corner), 1.0, 1.0)
    # Lips that touch show their own line; the interior fades in as they part from it.
    change = float(np.clip(abs(gap - mouth.rest_gap) / 0.8, 0, 1) * np.clip(gap / 2.0, 0, 1) ** 1.5)
    alpha = cv2.GaussianBlur(mask, (0, 0), max(0.35 * scale, 0.7)) * (np.clip(mask * 3.0, 0, 1) * change)
    under = frame[top:bottom, left:right].astype(np.float32)
    blended = under + (canvas * 255.0 - under) * alpha[..., None]
    frame[top:bottom, left:right] = np.clip(blended + 0.5, 0, 255).astype(np.uint8)


def _shade(mask: FloatArray, gap: float, scale: float) -> FloatArray:
    """Light (h, w) in 0..1 that reaches the interior: less towards the lips, least under the upper one."""
    reach = max(2.2 * scale, 1.0)
    soft = cv2.GaussianBlur(mask, (0, 0), reach)
    down = np.array([[1, 0, 0], [0, 1, 1.1 * reach]], dtype=np.float32)
    shifted = cv2.warpAffine(soft, down, mask.shape[::-1])
    near = np.clip(0.30 + 0.95 * np.minimum(soft, shifted + 0.3 * soft), 0.0, 1.0)
    return np.asarray(near * (0.6 + 0.4 * np.clip(gap / 4.0, 0, 1)), dtype=np.float32)
