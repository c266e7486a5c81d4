"""Approximate nearest patches between a target and a source, and the picture that they vote for.

PatchMatch (Barnes et al. 2009) with jumps instead of scan order: every pixel looks at its neighbours' matches of the
former round and at random places, so rows are independent and the result does not depend on the number of threads.
Often-used source pixels cost more (after Kaspar et al. 2015), which keeps texture from washing out.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numba import njit, prange
from numpy.typing import NDArray

from style2talker.records import FloatArray

__all__ = ["CHANNELS", "RADIUS", "Guides", "coherence", "improve", "patch_energy", "usage", "vote"]

RADIUS = 2
"""Patches are (2 RADIUS + 1)² pixels."""
CHANNELS = 8
"""Channels of a feature map; unused ones are zero."""
_SIDE = 2 * RADIUS + 1


@dataclass(frozen=True, slots=True, eq=False)
class Guides:
    """What a match is judged by besides the patch itself, all taken at the patch's middle.

    Attributes:
        place: (H, W, 2) float32, where in the source (row, column) a target pixel would belong.
        pull: (H, W) float32, cost of a squared pixel away from that place.
        labels: (H, W, K) float32 soft labels of the target, times the cost of a wrong one.
        source_labels: (h, w, K) float32 soft labels of the source.
        crowd: (h, w) float32, cost of each source pixel for being used much already.
    """

    place: FloatArray
    pull: FloatArray
    labels: FloatArray
    source_labels: FloatArray
    crowd: FloatArray


@njit(cache=True)  # type: ignore[untyped-decorator]
def _random(state: int) -> int:
    """The next of a sequence of 32 bit numbers (xorshift, Marsaglia 2003)."""
    state ^= (state << 13) & 0xFFFFFFFF
    state ^= state >> 17
    state ^= (state << 5) & 0xFFFFFFFF
    return state


@njit(cache=True)  # type: ignore[untyped-decorator]
def _seeded(seed: int, row: int, column: int) -> int:
    """A well mixed start of the sequence of one pixel, never 0."""
    mixed = (seed * 0x9E3779B1 + row * 0x85EBCA6B + column * 0xC2B2AE35) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return (mixed ^ (mixed >> 16)) | 1


@njit(fastmath=True, cache=True)  # type: ignore[untyped-decorator]
def _cost(
    target: FloatArray,
    source: FloatArray,
    place: FloatArray,
    pull: FloatArray,
    labels: FloatArray,
    source_labels: FloatArray,
    crowd: FloatArray,
    y: int,
    x: int,
    sy: int,
    sx: int,
    best: float,
) -> float:
    """Cost of the source patch around (sy, sx) for the target pixel (y, x); the target is padded by RADIUS."""
    dy, dx = place[y, x, 0] - sy, place[y, x, 1] - sx
    total = pull[y, x] * (dy * dy + dx * dx) + crowd[sy, sx]
    wrong, weight = np.float32(0.0), np.float32(0.0)
    for k in range(labels.shape[2]):
        weight += labels[y, x, k]
        wrong += labels[y, x, k] * source_labels[sy, sx, k]
    total += weight - wrong
    for j in range(_SIDE):
        if total >= best:
            return float(total)
        row = np.float32(0.0)
        for i in range(_SIDE):
            for c in range(CHANNELS):
                e = target[y + j, x + i, c] - source[sy - RADIUS + j, sx - RADIUS + i, c]
                row += e * e
        total += row
    return float(total)


@njit(parallel=True, cache=True)  # type: ignore[untyped-decorator]
def _round(
    target: FloatArray,
    source: FloatArray,
    place: FloatArray,
    pull: FloatArray,
    labels: FloatArray,
    source_labels: FloatArray,
    crowd: FloatArray,
    matches: NDArray[np.int32],
    reach: int,
    tries: int,
    seed: int,
) -> tuple[NDArray[np.int32], FloatArray]:
    rows, columns = pull.shape
    height, width = crowd.shape
    out = np.empty_like(matches)
    costs = np.empty((rows, columns), np.float32)
    for y in prange(rows):
        for x in range(columns):
            by, bx = matches[y, x, 0], matches[y, x, 1]
            best = _cost(target, source, place, pull, labels, source_labels, crowd, y, x, by, bx, 1e18)
            state = _seeded(seed, y, x)
            for k in range(8 + tries):
                if k < 8:
                    step = 1 if k < 4 else 5
                    ny = y + (step if k % 4 == 0 else (-step if k % 4 == 1 else 0))
                    nx = x + (step if k % 4 == 2 else (-step if k % 4 == 3 else 0))
                    if ny < 0 or nx < 0 or ny >= rows or nx >= columns:
                        continue
                    sy, sx = matches[ny, nx, 0] + y - ny, matches[ny, nx, 1] + x - nx
                else:
                    radius = max(reach >> (k - 8), 1)
                    state = _random(state)
                    sy = by + state % (2 * radius + 1) - radius
                    state = _random(state)
                    sx = bx + state % (2 * radius + 1) - radius
                if sy < RADIUS or sx < RADIUS or sy >= height - RADIUS or sx >= width - RADIUS:
                    continue
                cost = _cost(target, source, place, pull, labels, source_labels, crowd, y, x, sy, sx, best)
                if cost < best:
                    best, by, bx = cost, sy, sx
            out[y, x, 0], out[y, x, 1] = by, bx
            costs[y, x] = best
    return out, costs


def improve(
    target: FloatArray,
    source: FloatArray,
    guides: Guides,
    matches: NDArray[np.int32],
    reach: int,
    tries: int,
    seed: int,
) -> tuple[NDArray[np.int32], FloatArray]:
    """One round of search.

    Args:
        target: (H, W, 8) float32 features.
        source: (h, w, 8) float32 features.
        guides: what else a match is judged by.
        matches: (H, W, 2) int32 (row, column) in the source of each target pixel, RADIUS away from its border.
        reach: radius in pixels of the first random try; each further try looks half as far.
        tries: number of random tries.
        seed: differs from round to round.

    Returns:
        better matches, never costlier than before, and their costs (H, W).
    """
    padded = np.pad(target, ((RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0)), mode="edge")
    found: tuple[NDArray[np.int32], FloatArray] = _round(
        padded,
        np.ascontiguousarray(source),
        guides.place,
        guides.pull,
        guides.labels,
        guides.source_labels,
        guides.crowd,
        matches,
        reach,
        tries,
        seed,
    )
    return found


def patch_energy(costs: FloatArray) -> float:
    """Mean cost of all matches."""
    return float(costs.mean(dtype=np.float64))


def coherence(matches: NDArray[np.int32]) -> FloatArray:
    """How well each match (H, W) continues its neighbours', 0 (alone) .. 1 (part of a whole stroke)."""
    rows, columns = matches.shape[:2]
    offset = matches - np.moveaxis(np.mgrid[0:rows, 0:columns], 0, -1)
    same = np.zeros((rows, columns), dtype=np.float32)
    padded = np.pad(offset, ((1, 1), (1, 1), (0, 0)), mode="edge")
    for dy, dx in ((0, 1), (2, 1), (1, 0), (1, 2)):
        near = np.abs(padded[dy : dy + rows, dx : dx + columns] - offset).max(axis=-1) <= 1
        same += near.astype(np.float32) / 4
    return np.asarray(cv2.boxFilter(same, -1, (_SIDE, _SIDE)), dtype=np.float32)


def usage(matches: NDArray[np.int32], shape: tuple[int, int]) -> FloatArray:
    """How often each source pixel (h, w) is used, relative to fair use of all; smoothed over a patch."""
    index = matches[..., 0].astype(np.int64) * shape[1] + matches[..., 1]
    counts = np.bincount(index.ravel(), minlength=shape[0] * shape[1]).reshape(shape).astype(np.float32)
    fair = index.size / (shape[0] * shape[1])
    return np.asarray(cv2.boxFilter(counts, -1, (_SIDE, _SIDE)) / np.float32(fair), dtype=np.float32)


@njit(parallel=True, cache=True)  # type: ignore[untyped-decorator]
def _vote(source: FloatArray, matches: NDArray[np.int32], costs: FloatArray, sharp: float) -> FloatArray:
    rows, columns = costs.shape
    height, width, _ = source.shape
    out = np.zeros((rows, columns, 3), np.float32)
    for y in prange(rows):
        for x in range(columns):
            total = 0.0
            r, g, b = 0.0, 0.0, 0.0
            least = 1e18
            for dy in range(-RADIUS, RADIUS + 1):
                for dx in range(-RADIUS, RADIUS + 1):
                    ny, nx = y + dy, x + dx
                    if 0 <= ny < rows and 0 <= nx < columns:
                        least = min(least, costs[ny, nx])
            for dy in range(-RADIUS, RADIUS + 1):
                for dx in range(-RADIUS, RADIUS + 1):
                    ny, nx = y + dy, x + dx
                    if ny < 0 or nx < 0 or ny >= rows or nx >= columns:
                        continue
                    sy, sx = matches[ny, nx, 0] - dy, matches[ny, nx, 1] - dx
                    if sy < 0 or sx < 0 or sy >= height or sx >= width:
                        continue
                    w = np.exp(-sharp * (costs[ny, nx] - least) / (least + 1e-4))
                    # The nearer the pixel to the middle of a patch, the more that patch has to say.
                    w /= 1.0 + 0.6 * (dy * dy + dx * dx)
                    total += w
                    r += w * source[sy, sx, 0]
                    g += w * source[sy, sx, 1]
                    b += w * source[sy, sx, 2]
            out[y, x, 0], out[y, x, 1], out[y, x, 2] = r / total, g / total, b / total
    return out


def vote(source: FloatArray, matches: NDArray[np.int32], costs: FloatArray, sharp: float) -> FloatArray:
    """The picture (H, W, 3) that overlapping matches agree on.

    Args:
        source: (h, w, 3) float32 picture.
        matches: (H, W, 2) int32.
        costs: (H, W) of the matches.
        sharp: how much a good match outweighs a poor one; 0 averages.
    """
    return np.asarray(_vote(np.ascontiguousarray(source), matches, costs, sharp))
