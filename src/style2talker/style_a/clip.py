"""Frames of one person + Art -> styled frames that do not flicker.

The first frame is painted; later ones are that painting, carried along by the tracked mesh and the optical flow. Only
where a frame shows what the painting does not (an opened mouth, a turned cheek) is it painted anew, and that paint is
carried along in turn. When much has changed, the styled frame becomes the painting that the next ones are carried from.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import RBFInterpolator

from style2talker.face.landmarks import FaceFinder
from style2talker.records import Art, FloatArray, ImageArray, Portrait
from style2talker.style_a.artist import Artist
from style2talker.style_a.mesh import FACE_OVAL
from style2talker.style_a.palette import blur, smoothstep

__all__ = ["flow_to", "sampled", "stylise_frames"]

_GRID = 40
_WRONG = (7.0, 20.0)
"""Difference in grey levels between a carried and the true picture from which, and up to which, it is repainted."""
_WORTH = 0.0015
"""Share of the picture that must need new paint for it to be made."""
_RENEW = 0.10
"""Share of the picture that is new after which the frame becomes the painting that later ones are carried from."""
_LONGEST = 75
_KEPT = 0.65
"""Share of the former frame's new paint in this one's, where it can be carried along."""


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """A frame: as filmed, its mesh, as styled, and where it is new paint (0..1)."""

    portrait: Portrait
    gray: ImageArray
    styled: FloatArray
    fresh: FloatArray


def stylise_frames(
    portraits: Iterable[Portrait], art: Art, seed: int = 0, finder: FaceFinder | None = None
) -> Iterator[ImageArray]:
    """Style the frames of a clip.

    Args:
        portraits: the frames of one person in order, all of one size, with their tracked meshes.
        art: the style; "none" or degree 0 gives the frames themselves.
        seed: of whatever is random in the style; same seed, same bytes.
        finder: an open face finder for the face in an example picture.

    Yields:
        Styled frames (H, W, 3).

    Raises:
        ArtError: the example picture cannot serve.
    """
    if art.kind == "none" or art.degree <= 0:
        yield from (portrait.pixels for portrait in portraits)
        return
    artist = Artist(art, seed, finder)
    shift: FloatArray | None = None
    key: _Drawn | None = None
    last: _Drawn | None = None
    age = 0
    for portrait in portraits:
        shift = artist.shift(portrait) if shift is None else shift
        shaped = artist.shaped(portrait, shift)
        drawn = _first(shaped, artist) if key is None or last is None else _carried(shaped, artist, key, last)
        age += 1
        if key is None or age > _LONGEST or float(drawn.fresh.mean()) > _RENEW:
            key, age = drawn, 0
        last = drawn
        yield np.asarray(np.rint(np.clip(drawn.styled, 0, 255)), dtype=np.uint8)


def _gray(pixels: ImageArray) -> ImageArray:
    return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), dtype=np.uint8)


def _first(portrait: Portrait, artist: Artist) -> _Drawn:
    gray = _gray(portrait.pixels)
    return _Drawn(portrait, gray, artist.painted(portrait).astype(np.float32), np.zeros(gray.shape, np.float32))


def _carried(portrait: Portrait, artist: Artist, key: _Drawn, last: _Drawn) -> _Drawn:
    """A frame carried from the painting of the key, with new paint where that does not fit."""
    gray = _gray(portrait.pixels)
    size = float(np.hypot(*gray.shape)) / 360
    field = flow_to(gray, portrait.landmarks, key.gray, key.portrait.landmarks)
    out = sampled(key.styled, field)
    # What was new paint in the key's own frame fits as well as the rest by now.
    wrong = blur(np.abs(sampled(key.portrait.pixels, field) - portrait.pixels).max(axis=2), 1.6 * size)
    need = smoothstep(blur(_beyond(wrong, field), 1.2 * size), *_WRONG)
    if float(need.mean()) < _WORTH:
        return _Drawn(portrait, gray, out, np.zeros(gray.shape, np.float32))
    fresh = artist.painted(portrait).astype(np.float32)
    step = flow_to(gray, portrait.landmarks, last.gray, last.portrait.landmarks)
    known = sampled(last.portrait.pixels, step)
    steady = _KEPT * smoothstep(blur(np.abs(known - portrait.pixels).max(axis=2), size), _WRONG[1], _WRONG[0])
    fresh += (sampled(last.styled, step) - fresh) * steady[..., None]
    return _Drawn(portrait, gray, out + (fresh - out) * need[..., None], need)


def _beyond(wrong: FloatArray, field: FloatArray) -> FloatArray:
    """The difference (H, W), and the largest one wherever the field leaves the picture."""
    rows, columns = wrong.shape
    outside = (field[..., 0] < -1) | (field[..., 0] > columns) | (field[..., 1] < -1) | (field[..., 1] > rows)
    return np.where(outside, np.float32(255), wrong)


def flow_to(gray: ImageArray, landmarks: FloatArray, other: ImageArray, other_landmarks: FloatArray) -> FloatArray:
    """Where (H, W, 2) in the other picture each pixel of a picture comes from: mesh first, then optical flow.

    Args:
        gray: (H, W) uint8.
        landmarks: (V, 3) its face.
        other: (H, W) uint8.
        other_landmarks: (V, 3) its face.

    Returns:
        (x, y) in pixels. Flow by Kroeger et al. 2016 (dense inverse search).
    """
    rows, columns = gray.shape
    flow = _mesh_flow((rows, columns), landmarks[:, :2], other_landmarks[:, :2])
    search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    search.setUseSpatialPropagation(True)
    found = search.calc(gray, other, flow.copy())
    place = np.dstack(np.meshgrid(np.arange(columns, dtype=np.float32), np.arange(rows, dtype=np.float32)))
    sigma = rows / 90
    misses = [blur(np.abs(sampled(other, place + each) - gray), sigma) for each in (flow, found)]
    # Plain areas have any flow: it is taken only where it explains the picture better than the mesh does.
    better = smoothstep(misses[0] - misses[1], 0.4, 1.6)
    near = smoothstep(np.linalg.norm(found - flow, axis=2), 0.10 * rows, 0.05 * rows)
    flow += (found - flow) * blur(better * near, sigma)[..., None]
    return np.asarray(flow + place, dtype=np.float32)


def _mesh_flow(shape: tuple[int, int], points: FloatArray, other: FloatArray) -> FloatArray:
    """Smooth displacement (H, W, 2) that takes one face to the other, vanishing at the picture's border."""
    rows, columns = shape
    chosen = sorted(set(range(0, 468, 4)) | set(FACE_OVAL))
    edge = np.linspace(0, 1, 7)
    border = np.array([(x * (columns - 1), y * (rows - 1)) for x in edge for y in edge if x in (0, 1) or y in (0, 1)])
    low, high = points[chosen].min(axis=0), points[chosen].max(axis=0)
    clear = border[((border < low - 2) | (border > high + 2)).any(axis=1)]
    sites = np.vstack([points[chosen], clear])
    values = np.vstack([other[chosen] - points[chosen], np.zeros_like(clear)])
    spline = RBFInterpolator(sites, values, kernel="thin_plate_spline", smoothing=0.5)
    axes = np.linspace(0, columns - 1, _GRID), np.linspace(0, rows - 1, _GRID)
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    coarse = spline(grid).reshape(_GRID, _GRID, 2).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (columns, rows), interpolation=cv2.INTER_LINEAR), dtype=np.float32)


def sampled(pixels: ImageArray | FloatArray, field: FloatArray) -> FloatArray:
    """A picture (H, W, C) taken where a field (H, W, 2) of (x, y) says."""
    values = pixels.astype(np.float32)
    out = cv2.remap(values, field, None, interpolation=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT_101)
    return np.asarray(out, dtype=np.float32)
