"""Face points -> the person's picture as the skin and the eyes show it in a frame, before the mesh warps it."""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray, ImageArray, Portrait
from style2talker.style_a.eyes import build_eyes, paint_eye, skin_only
from style2talker.style_a.mesh import LEFT_EYE, RIGHT_EYE

__all__ = ["LivingPicture"]

Box = tuple[int, int, int, int]
_IRISES = (slice(468, 473), slice(473, 478))


class LivingPicture:
    """Keeps the eyes of one portrait and the picture that they are painted into, frame after frame."""

    def __init__(self, portrait: Portrait, front: ImageArray, region: Box) -> None:
        """Prepare a portrait.

        Args:
            portrait: the portrait.
            front: (h, w, >= 3) uint8, the person within the region; it stays as it is.
            region: (left, top, right, bottom) in pixels of the picture.
        """
        self._rest = portrait.landmarks
        self._still = front
        self._picture = front.copy()
        self._eyes = build_eyes(portrait)
        self._carriers = [skin_only(self._rest, ring) for ring in (RIGHT_EYE, LEFT_EYE)]
        left, top = region[:2]
        self._spans = [np.s_[e.box[1] - top : e.box[3] - top, e.box[0] - left : e.box[2] - left] for e in self._eyes]

    def carried(self, face: FloatArray) -> FloatArray:
        """The points (V, 3) for the mesh: those of the eyes go where the skin around them takes them."""
        out = face.copy()
        for (inner, border, weights), iris in zip(self._carriers, _IRISES, strict=True):
            shift = weights @ (face[border] - self._rest[border])
            out[inner] = self._rest[inner] + shift
            out[iris] = self._rest[iris] + shift.mean(axis=0)
        return out

    def picture(self, face: FloatArray, carried: FloatArray) -> tuple[ImageArray, Box | None]:
        """What to warp in a frame.

        Args:
            face: (V, 3) points after expression, before head motion.
            carried: what `carried` gave for them.

        Returns:
            (h, w, >= 3) uint8, valid until the next call, and the box (left, top, right, bottom) in it that differs
            from the still picture; None if nothing does.
        """
        boxes = []
        for span in self._spans:
            self._picture[span] = self._still[span]
        for eye, span in zip(self._eyes, self._spans, strict=True):
            if paint_eye(eye, self._still[span], self._rest, face, carried, self._picture[span]):
                boxes.append((span[1].start, span[0].start, span[1].stop, span[0].stop))
        if not boxes:
            return self._still, None
        left, top, right, bottom = zip(*boxes, strict=True)
        return self._picture, (min(left), min(top), max(right), max(bottom))
