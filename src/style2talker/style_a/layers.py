"""Portrait + background -> what is warped and what stands still behind it.

The person is one layer, premultiplied by opacity; behind it stands a plate that never moves: the picture with the
person taken away, or another background. Laid over the plate without moving, the person gives the still picture back
bit for bit, so nothing shows where a moved region ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np

from style2talker.face.outline import person_mask
from style2talker.records import FloatArray, ImageArray, Portrait
from style2talker.style_a.backdrop import WHITE, covering
from style2talker.style_a.matte import Matte, cut_out
from style2talker.style_a.mesh import FACE_OVAL
from style2talker.style_a.palette import smoothstep
from style2talker.style_a.plate import spread
from style2talker.style_a.regions import draw_points, face_unit, find_regions

__all__ = ["Background", "Layers", "build_layers"]

Background = Literal["keep", "transparent"] | tuple[int, int, int] | ImageArray
"""What stands behind the person: the portrait's own, nothing, a colour, or a picture that is made to cover."""

Box = tuple[int, int, int, int]
_APRON = 0.4
"""How far the person is carried on beyond the picture's border, in face heights."""
_SEEN = 0.75
"""Share of the face that the outline must cover to be believed."""


@dataclass(frozen=True, slots=True, eq=False)
class Layers:
    """A portrait taken apart.

    Attributes:
        front: (h, w, 4) uint8, the person within the region, premultiplied RGB and opacity. A person whom the
            picture's border cuts off is carried on beyond it, for when what lies there moves in.
        plate: (h, w, 3) uint8, what stands behind within the region; where nothing does, the person's own colour
            carried on, so that no other colour creeps in over a soft edge.
        still: (H, W, 3) uint8 what is seen when nothing moves, (H, W, 4) with opacity where nothing stands behind.
        region: (left, top, right, bottom) in pixels of the picture, beyond whose border it may reach.
    """

    front: ImageArray
    plate: ImageArray
    still: ImageArray
    region: Box


def build_layers(
    portraits: Sequence[Portrait], regions: Sequence[Box], background: Background = "keep"
) -> list[Layers]:
    """Take a picture apart (once per picture).

    Args:
        portraits: the faces of the picture that move; one with opacity is cut out already and stands before white
            unless told otherwise.
        regions: (left, top, right, bottom) of each, outside of which it moves nothing; no two have a pixel in common.
        background: what to put behind the people.

    Returns:
        The layers of each face; all share one still picture.
    """
    one = portraits[0]
    if one.alpha is None and isinstance(background, str) and background == "keep":
        return [_kept(portrait, region) for portrait, region in zip(portraits, regions, strict=True)]
    if one.alpha is not None:
        alpha, color = one.alpha, one.pixels
        background = WHITE if isinstance(background, str) and background == "keep" else background
    else:
        matte = _cut(one, (0, 0, *one.pixels.shape[1::-1]), _outline(one.pixels, regions))
        alpha, color = (np.rint(a * 255).astype(np.uint8) for a in (matte.alpha, matte.front))
    front = _premultiplied(color, alpha)
    if isinstance(background, str):
        behind, still = color, np.dstack([color, alpha])
    else:
        behind = covering(background, *alpha.shape)
        still = _laid(front, behind)
    return [
        _with_apron(portrait, region, _part(front, region), _part(color, region), _part(behind, region), still)
        for portrait, region in zip(portraits, regions, strict=True)
    ]


def _part(values: ImageArray, box: Box) -> ImageArray:
    left, top, right, bottom = box
    return np.ascontiguousarray(values[top:bottom, left:right])


def _outline(pixels: ImageArray, regions: Sequence[Box]) -> FloatArray:
    """Coarse mask (H, W) of the people: finely around each head, the rest from a look at the whole picture."""
    rows, columns = pixels.shape[:2]
    mask = person_mask(pixels)
    for left, top, right, bottom in regions:
        if (left, top, right, bottom) == (0, 0, columns, rows):
            continue
        near = person_mask(np.ascontiguousarray(pixels[top:bottom, left:right]))
        ramp = 0.15 * (bottom - top)
        y = np.arange(top, bottom, dtype=np.float32)[:, None]
        x = np.arange(left, right, dtype=np.float32)[None]
        sides = [(x - left, left > 0), (right - 1 - x, right < columns)]
        sides += [(y - top, top > 0), (bottom - 1 - y, bottom < rows)]
        inside = np.ones(near.shape, dtype=np.float32)
        for depth, tied in sides:
            if tied:
                inside = inside * smoothstep(depth / ramp, 0.0, 1.0)
        mask[top:bottom, left:right] += (near - mask[top:bottom, left:right]) * inside
    return mask


def _cut(portrait: Portrait, box: Box, mask: FloatArray) -> Matte:
    """The person of a part of the picture; by colours and the shape of a head where the outline misses the face."""
    left, top, right, bottom = box
    pixels = _part(portrait.pixels, box)
    points = portrait.landmarks - np.array([left, top, 0], dtype=np.float32)
    face = draw_points((bottom - top, right - left), points, FACE_OVAL)
    if float((mask * face).sum()) < _SEEN * float(face.sum()):
        mask = find_regions(pixels, points).person
    return cut_out(pixels, np.maximum(mask, face), face_unit(portrait.landmarks))


def _kept(portrait: Portrait, region: Box) -> Layers:
    """The person before the portrait's own background."""
    pixels = _part(portrait.pixels, region)
    matte = _cut(portrait, region, person_mask(pixels))
    plate = matte.plate.astype(np.int32)
    # As opaque as it takes for the person's colour not to be less than black.
    least = np.where(plate > 0, 255 - (255 * pixels.astype(np.int32)) // np.maximum(plate, 1), 0).max(axis=2)
    alpha = np.maximum(np.rint(matte.alpha * 255).astype(np.int32), np.minimum(least, 255))
    through = ((255 - alpha[..., None]) * plate + 127) // 255
    front = np.dstack([np.maximum(pixels - through, 0), alpha]).astype(np.uint8)
    color = np.rint(matte.front * 255).astype(np.uint8)
    return _with_apron(portrait, region, front, color, matte.plate, portrait.pixels)


def _with_apron(
    portrait: Portrait, region: Box, front: ImageArray, color: ImageArray, plate: ImageArray, still: ImageArray
) -> Layers:
    """Layers whose person is carried on where the region ends at the picture's border: mirrored, cut straight."""
    rows, columns = portrait.pixels.shape[:2]
    left, top, right, bottom = region
    reach = round(_APRON * face_unit(portrait.landmarks))
    most = min(reach, bottom - top - 1, right - left - 1) // 2 * 2
    at_border = (top == 0, bottom == rows, left == 0, right == columns)
    above, below, before, after = (most if tied else 0 for tied in at_border)
    sides = (above, below, before, after)
    alpha = np.asarray(cv2.copyMakeBorder(front[..., 3], *sides, cv2.BORDER_REPLICATE))
    known = front[..., 3].astype(np.float32) / np.float32(255)
    own = spread(color.astype(np.float32), known * known)
    mirrored = cv2.copyMakeBorder(np.clip(own, 0, 255).astype(np.uint8), *sides, cv2.BORDER_REFLECT_101)
    wide = _premultiplied(np.asarray(mirrored), alpha)
    inner = np.s_[above : above + bottom - top, before : before + right - left]
    wide[inner] = front
    outer = np.asarray(cv2.copyMakeBorder(plate, *sides, cv2.BORDER_REPLICATE))
    return Layers(wide, outer, still, (left - before, top - above, right + after, bottom + below))


def _premultiplied(color: ImageArray, alpha: ImageArray) -> ImageArray:
    opacity = alpha[..., None].astype(np.int32)
    return np.dstack([(color * opacity + 127) // 255, alpha]).astype(np.uint8)


def _laid(front: ImageArray, behind: ImageArray) -> ImageArray:
    """Premultiplied colours (H, W, 4) over a background (H, W, 3)."""
    through = 255 - front[..., 3:].astype(np.int32)
    return np.minimum(front[..., :3] + (through * behind + 127) // 255, 255).astype(np.uint8)
