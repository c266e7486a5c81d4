"""Portrait + Art -> styled portrait: done once, before anything moves, so nothing can flicker.

The face's proportions change first, in pixels and mesh alike; then the picture is painted by a family or after an
example; then the dials are obeyed: how far, and in whose colours. A picture much larger than the head is painted finely
around the head and coarsely elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from style2talker.errors import FaceError
from style2talker.face.landmarks import FaceFinder, find_portrait
from style2talker.records import Art, FloatArray, ImageArray, Portrait
from style2talker.style_a.canvas import prepare
from style2talker.style_a.exemplar import Example, check_example, prepare_example, synthesise
from style2talker.style_a.families import PAINTERS
from style2talker.style_a.palette import from_lab, keep_chroma, smoothstep, to_lab
from style2talker.style_a.regions import face_unit
from style2talker.style_a.structure import art_shift, family_shift, frontal, reshape

__all__ = ["Artist", "blend_weight", "stylise"]

_MOST_FINE = 1.1e6
"""Pixels up to which a picture is painted as a whole."""
_COARSE_SIDE = 768
_HEAD = 1.6
"""Half the side of the square painted finely around a face, in face heights."""


def stylise(portrait: Portrait, art: Art, seed: int = 0, finder: FaceFinder | None = None) -> Portrait:
    """Paint a portrait in an art style.

    Args:
        portrait: the portrait, a crop around the head or a whole picture.
        art: the style; "none" or degree 0 gives the portrait itself.
        seed: seed of whatever is random in a style (grain of paper, bristles, search); same seed, same bytes.
        finder: an open face finder for the face in an example picture; opened and closed here when None.

    Returns:
        A portrait of the same size; landmarks move with the pixels where `art.structure` reshapes the face.

    Raises:
        ArtError: the example picture cannot serve.
        AssetError: the face model is missing or damaged.
    """
    if art.kind == "none" or art.degree <= 0:
        return portrait
    artist = Artist(art, seed, finder)
    shaped = artist.shaped(portrait, artist.shift(portrait))
    pixels = artist.painted(shaped)
    return Portrait(pixels, shaped.landmarks, shaped.blendshapes, shaped.rotation, shaped.alpha)


class Artist:
    """An art style made ready to paint any number of pictures: an example is prepared once."""

    def __init__(self, art: Art, seed: int = 0, finder: FaceFinder | None = None) -> None:
        """Prepare the art; arguments and errors as of `stylise`."""
        self._art = art
        self._example = _example(art, finder)
        self._paint = _painter(art, self._example, seed)

    def shift(self, portrait: Portrait) -> FloatArray:
        """What the style does to the proportions of a face at full structure: (V, 3) in eye distances."""
        points = frontal(portrait.landmarks, portrait.blendshapes)[0]
        if self._example is None:
            return family_shift(points, self._art.name)
        if self._example.face is None:
            return np.zeros_like(points)
        return art_shift(points, frontal(self._example.face.landmarks, self._example.face.blendshapes)[0])

    def shaped(self, portrait: Portrait, shift: FloatArray) -> Portrait:
        """The portrait in the proportions of the style, as far as the dials say, not painted yet."""
        return reshape(portrait, shift, self._art.structure * self._art.degree)

    def painted(self, portrait: Portrait) -> ImageArray:
        """The picture (H, W, 3) of a portrait in the style, its proportions as they are, as far as the dials say."""
        return _dialled(_painted(portrait, self._paint), portrait, self._art)


def blend_weight(degree: float) -> float:
    """Share of the style in the result at a degree 0..1: 0 at 0, 1 at 1, rising ever more slowly."""
    return 1.0 - float((1.0 - degree) ** 1.6)


def _example(art: Art, finder: FaceFinder | None) -> Example | None:
    """The example picture of an exemplar style, with the face in it if there is one."""
    if art.picture is None:
        return None
    check_example(art.picture, art.name)
    try:
        face = find_portrait(art.picture, which="largest", finder=finder)
    except FaceError:
        face = None
    return prepare_example(art.picture, face)


def _painter(art: Art, example: Example | None, seed: int) -> Callable[[Portrait], ImageArray]:
    if example is None:
        paint = PAINTERS[art.name]
        return lambda portrait: from_lab(paint(prepare(portrait), seed))
    return lambda portrait: synthesise(portrait, example, seed)


def _painted(portrait: Portrait, paint: Callable[[Portrait], ImageArray]) -> ImageArray:
    """The picture painted: as a whole if small, else finely around the head and coarsely elsewhere."""
    rows, columns = portrait.pixels.shape[:2]
    if rows * columns <= _MOST_FINE:
        return paint(portrait)
    scale = _COARSE_SIDE / max(rows, columns)
    coarse = paint(_scaled(portrait, (round(columns * scale), round(rows * scale))))
    whole = np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_CUBIC))
    half = _HEAD * face_unit(portrait.landmarks)
    centre = (portrait.landmarks[10, :2] + portrait.landmarks[152, :2]) / 2
    left, top = (int(max(0, v)) for v in np.floor(centre - half))
    right, bottom = int(min(columns, np.ceil(centre[0] + half))), int(min(rows, np.ceil(centre[1] + half)))
    head = _cut_out(portrait, left, top, right, bottom)
    fit = min(1.0, (_MOST_FINE / ((right - left) * (bottom - top))) ** 0.5)
    painted = paint(_scaled(head, (round((right - left) * fit), round((bottom - top) * fit))))
    fine = cv2.resize(painted, (right - left, bottom - top), interpolation=cv2.INTER_CUBIC).astype(np.float32)
    weight = _feather(left, top, right, bottom, rows, columns, 0.25 * half)[..., None]
    box = whole[top:bottom, left:right]
    whole[top:bottom, left:right] = np.rint(np.clip(box + (fine - box) * weight, 0, 255)).astype(np.uint8)
    return whole


def _scaled(portrait: Portrait, size: tuple[int, int]) -> Portrait:
    """The portrait at another size (width, height); itself if it has that size."""
    rows, columns = portrait.pixels.shape[:2]
    if size == (columns, rows):
        return portrait
    ratio = np.array([size[0] / columns, size[1] / rows, size[0] / columns], dtype=np.float32)
    landmarks = portrait.landmarks * ratio
    alpha = portrait.alpha
    return Portrait(
        cv2.resize(portrait.pixels, size, interpolation=cv2.INTER_AREA),
        landmarks,
        portrait.blendshapes,
        portrait.rotation,
        None if alpha is None else cv2.resize(alpha, size, interpolation=cv2.INTER_AREA),
    )


def _cut_out(portrait: Portrait, left: int, top: int, right: int, bottom: int) -> Portrait:
    landmarks = portrait.landmarks - np.array([left, top, 0], dtype=np.float32)
    alpha = portrait.alpha
    return Portrait(
        portrait.pixels[top:bottom, left:right],
        landmarks,
        portrait.blendshapes,
        portrait.rotation,
        None if alpha is None else alpha[top:bottom, left:right],
    )


def _feather(left: int, top: int, right: int, bottom: int, rows: int, columns: int, width: float) -> FloatArray:
    """Weight (bottom - top, right - left): 1 inside, falling to 0 over `width` pixels where the picture goes on."""
    ys, xs = np.mgrid[top:bottom, left:right].astype(np.float32)
    inward = np.full_like(xs, width)
    for is_inner, distance in (
        (left > 0, xs - left),
        (right < columns, right - 1 - xs),
        (top > 0, ys - top),
        (bottom < rows, bottom - 1 - ys),
    ):
        if is_inner:
            inward = np.minimum(inward, distance)
    return smoothstep(inward, 0.0, width)


def _dialled(styled: ImageArray, portrait: Portrait, art: Art) -> ImageArray:
    """The styled picture in the portrait's palette if asked, and only as far as the degree says."""
    if art.keep_color:
        sigma = face_unit(portrait.landmarks) / 60
        styled = from_lab(keep_chroma(to_lab(styled), to_lab(portrait.pixels), sigma))
    weight = blend_weight(art.degree)
    if weight >= 1:
        return styled
    base = portrait.pixels.astype(np.float32)
    return np.asarray(np.rint(base + (styled - base) * np.float32(weight)), dtype=np.uint8)
