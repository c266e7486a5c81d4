"""Face points -> the person's picture as the skin and the eyes show it in a frame, before the mesh warps it."""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray, ImageArray, Portrait
from style2talker.style_a.eyes import build_eyes, paint_eye, skin_only
from style2talker.style_a.lips import Seam, build_seam, seal
from style2talker.style_a.mesh import LEFT_EYE, RIGHT_EYE
from style2talker.style_a.skin import SkinShading, apply_shade, build_skin_shading

__all__ = ["LivingPicture"]

Box = tuple[int, int, int, int]
_LEAST = 0.02
"""Activation from which on a fold shows."""
_RINGS = (RIGHT_EYE, LEFT_EYE)
_IRISES = (range(468, 473), range(473, 478))


class LivingPicture:
    """Keeps the eyes and the skin of one portrait and the picture that they are painted into, frame after frame."""

    def __init__(self, portrait: Portrait, front: ImageArray, region: Box, wrinkles: bool = True) -> None:
        """Prepare a portrait.

        Args:
            portrait: the portrait.
            front: (h, w, >= 3) uint8, the person within the region; it stays as it is.
            region: (left, top, right, bottom) in pixels of the picture.
            wrinkles: whether the skin folds with the expression.
        """
        self._rest = portrait.landmarks
        self._still = front
        self._picture = front.copy()
        self._eyes = build_eyes(portrait)
        self._seam = build_seam(portrait)
        self._carriers = [skin_only(self._rest, ring, iris) for ring, iris in zip(_RINGS, _IRISES, strict=True)]
        left, top = region[:2]
        self._shading = build_skin_shading(portrait) if wrinkles else None
        self._shade = np.zeros(front.shape[:2], dtype=np.float32)
        self._shaded: Box | None = None
        self._corner = left, top
        self._spans = [np.s_[e.box[1] - top : e.box[3] - top, e.box[0] - left : e.box[2] - left] for e in self._eyes]

    def carried(self, face: FloatArray) -> FloatArray:
        """The points (V, 3) for the mesh: those of the eyes go where the skin around them takes them."""
        out = face.copy()
        for inner, border, weights in self._carriers:
            out[inner] = self._rest[inner] + weights @ (face[border] - self._rest[border])
        return out

    def picture(self, shapes: FloatArray, face: FloatArray, carried: FloatArray) -> tuple[ImageArray, Box | None]:
        """What to warp in a frame.

        Args:
            shapes: (C,) the expression.
            face: (V, 3) points after expression, before head motion.
            carried: what `carried` gave for them.

        Returns:
            (h, w, >= 3) uint8, valid until the next call, and the box (left, top, right, bottom) in it that differs
            from the still picture; None if nothing does.
        """
        boxes = []
        if self._shaded is not None:
            part = _span(self._shaded)
            self._picture[part] = self._still[part]
            self._shaded = None
        for eye, span in zip(self._eyes, self._spans, strict=True):
            target = self._picture[span]
            if paint_eye(eye, self._still[span], self._rest, face, carried, target):
                boxes.append((span[1].start, span[0].start, span[1].stop, span[0].stop))
            else:
                target[...] = self._still[span]
        if self._seam is not None:
            boxes += self._seal_lips(self._seam, face)
        if self._shading is not None:
            self._shaded = self._fold_skin(self._shading, shapes)
            if self._shaded is not None:
                boxes.append(self._shaded)
        if not boxes:
            return self._still, None
        return self._picture, _hull(boxes)

    def _seal_lips(self, seam: Seam, face: FloatArray) -> list[Box]:
        """Close the lips of the picture as far as they have moved; the box where, if any."""
        left, top = self._corner
        box = seam.box[0] - left, seam.box[1] - top, seam.box[2] - left, seam.box[3] - top
        span, amount = _span(box), seam.amount(face)
        if amount == 0.0:
            self._picture[span] = self._still[span]
            return []
        seal(seam, self._still[span], amount, self._picture[span])
        return [box]

    def _fold_skin(self, shading: SkinShading, shapes: FloatArray) -> Box | None:
        """Shade the skin in the picture; the box where, or None."""
        active = shading.activations(shapes)
        shown = np.flatnonzero(np.abs(active) > _LEAST)
        if not len(shown):
            return None
        left, top = self._corner
        boxes = [(a - left, b - top, c - left, d - top) for a, b, c, d in (shading.boxes[k] for k in shown)]
        hull = _hull(boxes)
        shade = self._shade[_span(hull)]
        shade[...] = 0.0
        for k, box in zip(shown, boxes, strict=True):
            # From nothing at the least activation on, so that no fold appears at once.
            strength = np.sign(active[k]) * (abs(active[k]) - _LEAST)
            self._shade[_span(box)] += strength * shading.maps[k]
        apply_shade(self._picture[_span(hull)], shade)
        return hull


def _span(box: Box) -> tuple[slice, slice]:
    return np.s_[box[1] : box[3], box[0] : box[2]]


def _hull(boxes: list[Box]) -> Box:
    left, top, right, bottom = zip(*boxes, strict=True)
    return min(left), min(top), max(right), max(bottom)
