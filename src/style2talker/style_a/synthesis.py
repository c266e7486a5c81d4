"""Coarse-to-fine patch synthesis: a picture made of patches of another, along guides.

After Hertzmann et al. 2001 (image analogies) and Fišer et al. 2017 (guided synthesis of faces).
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray
from style2talker.style_a.palette import blur, smoothstep
from style2talker.style_a.patchmatch import CHANNELS, RADIUS, Guides, coherence, improve, usage, vote

__all__ = ["Plan", "coarse_to_fine"]

_COARSEST = 72
_WRONG_LABEL = 0.12
_CROWD = 0.03
_STROKES = 0.75
_FEATURES = {"lightness": 1.25, "colour": 0.9, "contrast": 1.4, "look": 0.75}


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Full-size inputs of the synthesis; `place` is in source pixels (row, column)."""

    art: FloatArray
    guide: FloatArray
    masks: FloatArray
    art_masks: FloatArray
    place: FloatArray
    pull: FloatArray
    unit: float


def _features(guide: FloatArray, look: FloatArray | None, sigma: float) -> FloatArray:
    """Features (H, W, 8) of a Lab picture: tone, colour, local contrast, and how it looks so far."""
    out = np.zeros((*guide.shape[:2], CHANNELS), dtype=np.float32)
    soft = blur(guide, 0.7)
    out[..., 0] = _FEATURES["lightness"] * soft[..., 0] / 100
    out[..., 1:3] = _FEATURES["colour"] * soft[..., 1:] / 100
    out[..., 3] = _FEATURES["contrast"] * (guide[..., 0] - blur(guide[..., 0], sigma)) / 100
    if look is not None:
        out[..., 4:7] = _FEATURES["look"] * look / 100
    return out


def _resized(values: FloatArray, size: tuple[int, int]) -> FloatArray:
    out = np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
    return out if out.ndim == values.ndim else out[..., None]


def coarse_to_fine(plan: Plan, seed: int) -> FloatArray:
    """Synthesis (H, W, 3) in Lab from the coarsest level to full size."""
    rows, columns = plan.pull.shape
    count = max(0, int(np.ceil(np.log2(max(rows, columns) / _COARSEST))))
    matches: NDArray[np.int32] | None = None
    out: FloatArray | None = None
    former: tuple[int, int] = (0, 0)
    for level in range(count, -1, -1):
        factor = 2.0**-level
        size = (max(1, round(columns * factor)), max(1, round(rows * factor)))
        art_size = (
            max(2 * RADIUS + 2, round(plan.art.shape[1] * factor)),
            max(2 * RADIUS + 2, round(plan.art.shape[0] * factor)),
        )
        art = _resized(plan.art, art_size)
        guides = _guides(plan, size, art_size)
        if matches is None or out is None:
            matches = _start(guides, art_size, seed)
        else:
            matches = _grown(matches, former, art_size, size)
            out = _resized_up(out, size)
        guide = _resized(plan.guide, size)
        sigma = max(2.0, plan.unit * factor / 40)
        matches, out = _level(guide, art, guides, matches, out, sigma, _rounds(max(size), level == count), seed + level)
        former = art_size
    if matches is None or out is None:
        raise AssertionError("there is always one level")
    return _with_strokes(out, plan.art, matches)


def _rounds(side: int, first: bool) -> int:
    """Rounds of search at a size: many while they are cheap."""
    if first:
        return 6
    return next(count for most, count in ((160, 4), (300, 3), (640, 2), (10**9, 1)) if side <= most)


def _level(
    guide: FloatArray,
    art: FloatArray,
    guides: Guides,
    matches: NDArray[np.int32],
    out: FloatArray | None,
    sigma: float,
    rounds: int,
    seed: int,
) -> tuple[NDArray[np.int32], FloatArray]:
    """Search and vote a few times at one size."""
    source = _features(art, art, sigma)
    bare = source.copy()
    bare[..., 4:] = 0
    reach = max(art.shape[:2]) // 2 if out is None else max(4, max(art.shape[:2]) // 12)
    tries = 6 if out is None else (4 if max(guide.shape) <= 640 else 2)
    picture = out
    for i in range(rounds):
        target = _features(guide, picture, sigma)
        crowd = _CROWD * np.clip(usage(matches, (art.shape[0], art.shape[1])) - 2, 0, 8)
        judged = Guides(guides.place, guides.pull, guides.labels, guides.source_labels, crowd.astype(np.float32))
        matches, costs = improve(
            target, bare if picture is None else source, judged, matches, reach, tries, 1009 * seed + i
        )
        picture = vote(art, matches, costs, 1.5 if i + 1 < rounds else 2.0)
    return matches, np.asarray(picture)


def _with_strokes(voted: FloatArray, art: FloatArray, matches: NDArray[np.int32]) -> FloatArray:
    """The voted picture with the finest strokes of the matches themselves, which voting averages away."""
    copied = art[matches[..., 0], matches[..., 1]]
    trust = _STROKES * smoothstep(coherence(matches), 0.72, 0.98)[..., None]
    return np.asarray(voted + trust * ((copied - blur(copied, 1.5)) - (voted - blur(voted, 1.5))), dtype=np.float32)


def _guides(plan: Plan, size: tuple[int, int], art_size: tuple[int, int]) -> Guides:
    """The guides at one size (width, height)."""
    ratio = np.array([art_size[1] / plan.art.shape[0], art_size[0] / plan.art.shape[1]], dtype=np.float32)
    place = _resized(plan.place, size) * ratio
    area = (2 * RADIUS + 1) ** 2
    height = plan.unit * size[1] / plan.pull.shape[0]
    pull = _resized(plan.pull, size) * np.float32(area / height**2)
    if len(plan.masks):
        labels = np.stack([_resized(mask, size) for mask in plan.masks], axis=-1) * np.float32(_WRONG_LABEL * area)
        source_labels = np.stack([_resized(mask, art_size) for mask in plan.art_masks], axis=-1)
    else:
        labels = np.zeros((size[1], size[0], 1), np.float32)
        source_labels = np.zeros((art_size[1], art_size[0], 1), np.float32)
    crowd = np.zeros((art_size[1], art_size[0]), np.float32)
    return Guides(*(np.ascontiguousarray(a, dtype=np.float32) for a in (place, pull, labels, source_labels, crowd)))


def _inside(matches: NDArray[np.floating], art_size: tuple[int, int]) -> NDArray[np.int32]:
    limit = np.array([art_size[1], art_size[0]]) - 1 - RADIUS
    return np.asarray(np.clip(np.rint(matches), RADIUS, limit), dtype=np.int32)


def _start(guides: Guides, art_size: tuple[int, int], seed: int) -> NDArray[np.int32]:
    """First matches: where the mesh says, or anywhere without a mesh."""
    if guides.place.any():
        return _inside(guides.place, art_size)
    rng = np.random.default_rng(seed)
    return _inside(rng.random(guides.place.shape) * np.array([art_size[1], art_size[0]]), art_size)


def _grown(
    matches: NDArray[np.int32], former: tuple[int, int], art_size: tuple[int, int], size: tuple[int, int]
) -> NDArray[np.int32]:
    """Matches of the former size carried to the next."""
    rows, columns = matches.shape[:2]
    y, x = np.arange(size[1]) * rows / size[1], np.arange(size[0]) * columns / size[0]
    yi, xi = y.astype(np.int64), x.astype(np.int64)
    ratio = np.array([art_size[1] / former[1], art_size[0] / former[0]])
    rest = np.stack(np.meshgrid((y - yi) * size[1] / rows, (x - xi) * size[0] / columns, indexing="ij"), axis=-1)
    return _inside(matches[yi[:, None], xi[None, :]] * ratio + rest, art_size)


def _resized_up(values: FloatArray, size: tuple[int, int]) -> FloatArray:
    return np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_LINEAR), dtype=np.float32)
