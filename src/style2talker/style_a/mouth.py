"""What is seen between the lips: cavity, tongue, lower and upper teeth, each fixed to the bone that carries it.

Upper teeth go with the skull, lower teeth and tongue with the jaw. Teeth that the portrait itself shows are kept and
used. Everything stands in the portrait's light and takes on the sharpness and the grain of its surface.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray, ImageArray, Portrait
from style2talker.style_a.light import face_light, polygon_mask, surface_grain
from style2talker.style_a.mesh import INNER_LIPS
from style2talker.style_a.own_teeth import own_teeth
from style2talker.style_a.teeth import Sprite, lower_teeth, tongue, upper_teeth

__all__ = ["Mouth", "build_mouth", "paint_mouth"]

_CHIN = (152, 175, 199, 200)
_MOUTH_MM = 50.0
_EYES_MM = 89.0
_CAVITY = np.array([0.25, 0.085, 0.075], dtype=np.float32)
_ENAMEL = np.array([0.98, 0.945, 0.88], dtype=np.float32)
_BITE_MM = 4.0
"""Farthest that upper incisors and lower lip come towards each other for f and v."""
_RIM = 0.45
"""How much darker lips are at the border of an open mouth."""
_LOWER_SEEN_MM = 3.4
"""The lower lip hides all of the lower crowns but this much."""


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
        grain: (h, w) float32 factors around 0, the surface of the picture.
    """

    axes: FloatArray
    incisors: FloatArray
    overbite: float
    rest_gap: float
    light: FloatArray
    lip: FloatArray
    own: Sprite | None
    sprites: tuple[Sprite, Sprite, Sprite]
    grain: FloatArray


def _face_axes(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Unit vectors to the right and down along the face, orthogonal, in camera axes."""
    right = points[263] - points[33]
    right = right / np.linalg.norm(right)
    down = points[152] - points[168]
    down = down - right * float(down @ right)
    return right.astype(np.float32), (down / np.linalg.norm(down)).astype(np.float32)


def _lip_shadow(portrait: Portrait) -> FloatArray:
    """RGB (3,) between lips that hardly part: the lips' own colour, darkened."""
    lips = portrait.landmarks[[37, 0, 267, 84, 17, 314, 181, 405], :2] * 0.5
    lips = lips + portrait.landmarks[[82, 13, 312, 87, 14, 317, 88, 318], :2] * 0.5
    rows, columns = portrait.pixels.shape[:2]
    at = np.clip(np.round(lips).astype(int), 0, (columns - 1, rows - 1))
    return np.asarray(np.median(portrait.pixels[at[:, 1], at[:, 0]], axis=0) / 255.0 * 0.5, dtype=np.float32)


def build_mouth(portrait: Portrait) -> Mouth:
    """Measure a portrait's mouth and draw its interior (once per portrait)."""
    points = portrait.landmarks
    right, down = _face_axes(points)
    eyes = float(np.linalg.norm(points[263] - points[33]))
    width = float(np.linalg.norm(points[291] - points[61]))
    millimetre = np.sqrt((eyes / _EYES_MM) * np.clip(width / _MOUTH_MM, 0.6 * eyes / _EYES_MM, 1.5 * eyes / _EYES_MM))
    axes = np.stack([right, down]).astype(np.float32) * np.float32(millimetre)
    gap = float((points[14] - points[13])[:2] @ down[:2]) / millimetre
    below = 2.4 + 0.7 * float(np.clip(gap, 0, 8))
    # In a face that is turned the arch lies between the middle of the lips and the middle of the mouth's corners.
    aside = float(((points[61] + points[291]) / 2 - points[13])[:2] @ right[:2])
    incisors = points[13] + down * (below * millimetre) + right * (0.6 * aside)
    incisors[2] += 3.0 * millimetre
    light = face_light(portrait)
    own, tone = own_teeth(portrait, incisors, axes, light)
    if tone is not None:
        light = np.clip(tone / _ENAMEL, 0, 1).astype(np.float32)
    overbite = -1.2 + float(np.clip(gap - 2.0, 0, 15))
    fine = 1.4 * float(millimetre)
    sprites = (upper_teeth().at_scale(fine), lower_teeth().at_scale(fine), tongue().at_scale(fine))
    side = max(round(80 * float(millimetre)), 8)
    grain = surface_grain(portrait, (side, side), 1.2 * float(millimetre))
    own = own and own.at_scale(fine)
    shadow = _lip_shadow(portrait)
    return Mouth(axes, incisors.astype(np.float32), overbite, max(gap, 0.0), light, shadow, own, sprites, grain)


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
    axes: NDArray[np.float64], at: NDArray[np.float64], sprite: Sprite, corner: NDArray[np.float64]
) -> NDArray[np.float64]:
    matrix = np.empty((2, 3))
    matrix[:, :2] = axes[:, :2].T / sprite.scale
    matrix[:, 2] = at[:2] - corner - matrix[:, :2] @ np.array(sprite.origin)
    return matrix


def _rounded(polygon: NDArray[np.float64]) -> NDArray[np.float64]:
    """The lips' inner border (N, 2) with its corners cut twice (Chaikin 1974), but for the corners of the mouth."""
    half = len(polygon) // 2
    arcs = []
    for arc in (polygon[: half + 1], np.vstack([polygon[half:], polygon[:1]])):
        for _ in range(2):
            cut = np.stack([0.75 * arc[:-1] + 0.25 * arc[1:], 0.25 * arc[:-1] + 0.75 * arc[1:]], axis=1)
            arc = np.vstack([arc[:1], cut.reshape(-1, 2), arc[-1:]])
        arcs.append(arc[:-1])
    return np.vstack(arcs)


def paint_mouth(
    frame: ImageArray,
    mouth: Mouth,
    rest: FloatArray,
    face: FloatArray,
    posed: FloatArray,
    rotation: FloatArray,
    pose_of: FloatArray,
    bite: float = 0.0,
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
        bite: 0..1, how much the lower lip is drawn in under the upper incisors, as for f and v.
    """
    polygon = posed[list(INNER_LIPS), :2].astype(np.float64)
    scale = float(np.linalg.norm(mouth.axes[0]))
    low = np.floor(polygon.min(axis=0) - 2 * scale).astype(int) - 3
    high = np.ceil(polygon.max(axis=0) + 2 * scale).astype(int) + 4
    left, top = np.maximum(low, 0).tolist()
    right, bottom = np.minimum(high, (frame.shape[1], frame.shape[0])).tolist()
    if right - left < 3 or bottom - top < 3:
        return
    corner = np.array((left, top), dtype=np.float64)
    axes = (mouth.axes @ rotation.T).astype(np.float64)
    gap = float((posed[14] - posed[13])[:2] @ axes[1, :2]) / scale**2
    # Lips that touch show their own line; the interior fades in as they part from it.
    change = float(np.clip(abs(gap - mouth.rest_gap) / 0.8, 0, 1) * np.clip(gap / 1.2, 0, 1))
    if change == 0.0:
        return
    drop = (face[list(_CHIN)] - rest[list(_CHIN)]).mean(axis=0) @ rotation.T
    skull = pose_of.astype(np.float64)
    fall = max(float(drop @ axes[1]) / scale**2, 0.0) * 0.92 + mouth.overbite
    lip = float((posed[14] - skull)[:2] @ axes[1, :2]) / scale**2
    jaw = skull + axes[1] * max(fall, lip - _LOWER_SEEN_MM)
    skull = skull + axes[1] * (bite * float(np.clip(lip + 0.3, 0.0, _BITE_MM)))
    mask = polygon_mask((bottom - top, right - left), _rounded(polygon - corner))
    canvas = _interior(mouth, mask, axes, skull - np.append(corner, 0), jaw - np.append(corner, 0), gap)
    rows, columns = mask.shape
    if rows <= mouth.grain.shape[0] and columns <= mouth.grain.shape[1]:
        canvas *= 1.0 + 0.5 * mouth.grain[:rows, :columns, None]
    # A little beyond the lips' border, where the warp of lips and of what lies between them mix.
    alpha = np.minimum(cv2.GaussianBlur(mask, (0, 0), max(0.32 * scale, 0.8)) * 1.6, 1.0) * change
    # Lips turn inwards at their border and lie in their own shadow there.
    rim = cv2.GaussianBlur(mask, (0, 0), max(0.9 * scale, 0.8)) * (_RIM * change * min(gap / 4.0, 1.0))
    under = frame[top:bottom, left:right].astype(np.float32)
    under *= (1.0 - rim)[..., None]
    blended = under + (canvas * 255.0 - under) * alpha[..., None]
    frame[top:bottom, left:right] = np.clip(blended + 0.5, 0, 255).astype(np.uint8)


def _interior(
    mouth: Mouth,
    mask: FloatArray,
    axes: NDArray[np.float64],
    skull: NDArray[np.float64],
    jaw: NDArray[np.float64],
    gap: float,
) -> FloatArray:
    """The picture (h, w, 3) between the lips; skull and jaw are (3,) pixels where upper and lower teeth end."""
    scale = float(np.linalg.norm(mouth.axes[0]))
    upper, lower, tongue_sprite = mouth.sprites
    origin = np.zeros(2)
    deep, near = _shades(mask, gap, scale)
    canvas = np.empty((*mask.shape, 3), dtype=np.float32)
    depth = float(np.clip(gap / 5.0, 0, 1))
    canvas[:] = mouth.lip + (_throat(mask, skull, jaw) * mouth.light - mouth.lip) * depth
    opening = float(np.clip(gap / 9.0, 0, 1))
    seen = float(np.clip((gap - 0.8) / 2.0, 0, 1))
    back = jaw - axes[1] * (2.5 + 10.5 * opening)
    _lay(canvas, tongue_sprite, _placement(axes, back, tongue_sprite, origin), mouth.light, seen)
    canvas *= deep[..., None]
    bright = mouth.light * near[..., None]
    # Nearly shut, the lower row stays in the dark behind the upper one.
    parted = float(np.clip((gap - 3.0) / 3.5, 0, 1))
    _lay(canvas, lower, _placement(axes, jaw, lower, origin), bright * (0.45 + 0.37 * parted), parted)
    _lay(canvas, upper, _placement(axes, skull, upper, origin), bright, float(np.clip(gap / 1.2, 0, 1)))
    if mouth.own is not None:
        # Its own teeth bring their own shadows.
        _lay(canvas, mouth.own, _placement(axes, skull, mouth.own, origin), 0.4 + 0.6 * near[..., None], 1.0)
    return canvas


def _throat(mask: FloatArray, skull: NDArray[np.float64], jaw: NDArray[np.float64]) -> FloatArray:
    """Colour (h, 1, 3) of the depth under white light: palate above, darkest in the upper half, lighter below."""
    rows = np.arange(mask.shape[0], dtype=np.float32)[:, None, None]
    reach = max(float(jaw[1] - skull[1]), 1.0)
    along = np.clip((rows - skull[1]) / reach, -0.3, 1.3)
    return np.asarray(_CAVITY * (0.55 + 1.0 * (along - 0.3) ** 2), dtype=np.float32)


def _shades(mask: FloatArray, gap: float, scale: float) -> tuple[FloatArray, FloatArray]:
    """Light (h, w) in 0..1 that reaches the depth of the mouth and the teeth behind the lips.

    The lips shade what lies behind them, the upper one most; towards the corners the cheeks close in.
    """
    reach = max(2.2 * scale, 1.0)
    soft = cv2.GaussianBlur(mask, (0, 0), reach)
    shift = np.array([[1, 0, 0], [0, 1, 1.1 * reach]], dtype=np.float32)
    shifted = cv2.warpAffine(soft, shift, mask.shape[::-1])
    deep = np.clip(0.34 + 0.95 * np.minimum(soft, shifted + 0.3 * soft), 0.0, 1.0)
    deep *= 0.6 + 0.4 * float(np.clip(gap / 4.0, 0, 1))
    thin = cv2.GaussianBlur(mask, (0, 0), max(0.9 * scale, 0.7))
    shift[1, 2] = 1.3 * scale
    under = cv2.warpAffine(thin, shift, mask.shape[::-1])
    near = 0.62 + 0.38 * np.clip(np.minimum(thin * 1.3, under + 0.25), 0, 1)
    columns = np.arange(mask.shape[1], dtype=np.float32) / mask.shape[1] * 2 - 1
    cheeks = 1.0 - 0.78 * np.clip((np.abs(columns) - 0.30) / 0.62, 0, 1) ** 1.7
    near *= cheeks[None] * (0.62 + 0.38 * float(np.clip(gap / 3.0, 0, 1)))
    return deep.astype(np.float32), near.astype(np.float32)
