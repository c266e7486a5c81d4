"""Blinks in the curves of the lids: how often, how long, how far.

A blink is a peak of the lids' closure that stands out, is over within half a second and gives half of the way back; a
lowered gaze, narrowed eyes and the trembling of a tracker are none. People who speak blink 15 to 25 times a minute
(Bentivoglio et al., "Analysis of blink rate patterns in normal subjects", 1997), so that a clip of a few seconds says
nothing about a rate: pool clips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

from style2talker.records import ARKIT_NAMES, Motion

__all__ = ["Blink", "BlinkStatistics", "blink_pools", "blink_statistics", "find_blinks", "lid_closure"]

_LIDS = [ARKIT_NAMES.index("eyeBlinkLeft"), ARKIT_NAMES.index("eyeBlinkRight")]
_STANDS_OUT, _BACK = 0.25, 0.5
_AROUND_S = 0.5
"""Seconds before and after a peak in which the lids must be open."""
_LONGEST_S, _APART_S = 0.5, 0.16
_HEIGHT = 0.8
"""Share of the way down from the peak at which the length of a blink is measured."""
_POOL_S = 10.0


class Blink(NamedTuple):
    """One blink: when the lids are most closed, how long it lasts in seconds, the closure then in 0..1."""

    time: float
    duration: float
    closure: float


@dataclass(frozen=True, slots=True)
class BlinkStatistics:
    """Of several motions together.

    Attributes:
        count: blinks.
        seconds: watched.
        rate: a minute; NaN when nothing was watched.
        duration: median in seconds, NaN without blinks.
        closure: median at the peak in 0..1, NaN without blinks.
    """

    count: int
    seconds: float
    rate: float
    duration: float
    closure: float


def lid_closure(motion: Motion) -> NDArray[np.float64]:
    """(T,) mean eyeBlink of both eyes, 0..1."""
    return np.asarray(motion.blendshapes[:, _LIDS].mean(axis=1), np.float64)


def find_blinks(closure: NDArray[np.floating], fps: float) -> list[Blink]:
    """Blinks in a curve.

    Args:
        closure: (T,) of the lids in 0..1; NaN counts as open.
        fps: frames per second.

    Returns:
        In order of time. One cut off by an end of the clip is none.
    """
    curve = np.nan_to_num(np.asarray(closure, np.float64))
    if len(curve) < 3:
        return []
    peaks, _ = find_peaks(curve, prominence=_STANDS_OUT, distance=max(1, round(_APART_S * fps)))
    around = max(1, round(_AROUND_S * fps))
    # Each peak has the stretch between its neighbours to itself: the second of two blinks is no longer than the first.
    lefts = np.maximum(np.concatenate([[0], peaks[:-1] + 1]), peaks - around)
    rights = np.minimum(np.concatenate([peaks[1:], [len(curve)]]), peaks + around + 1)
    out = []
    for peak, left, right in zip(peaks.tolist(), lefts.tolist(), rights.tolist(), strict=True):
        top = float(curve[peak])
        depth = top - float(max(curve[left : peak + 1].min(), curve[peak:right].min()))
        if depth < max(_STANDS_OUT, _BACK * top):
            continue
        level = top - _HEIGHT * depth
        length = _crossing(curve[peak:right], level) + _crossing(curve[left : peak + 1][::-1], level)
        if length / fps <= _LONGEST_S:
            out.append(Blink(peak / fps, length / fps, top))
    return out


def _crossing(falling: NDArray[np.float64], level: float) -> float:
    """Frames after which a curve that begins above a level first reaches it."""
    at = int(np.argmax(falling <= level))
    above, below = float(falling[at - 1]), float(falling[at])
    return at - 1 + (above - level) / (above - below)


def blink_statistics(motions: Sequence[Motion]) -> BlinkStatistics:
    """What all motions together show."""
    blinks = [blink for motion in motions for blink in find_blinks(lid_closure(motion), motion.fps)]
    seconds = float(sum(motion.n_frames / motion.fps for motion in motions))
    nothing = float("nan")
    return BlinkStatistics(
        len(blinks),
        seconds,
        60 * len(blinks) / seconds if seconds else nothing,
        float(np.median([b.duration for b in blinks])) if blinks else nothing,
        float(np.median([b.closure for b in blinks])) if blinks else nothing,
    )


def blink_pools(motions: Sequence[Motion], pool_s: float = _POOL_S) -> list[BlinkStatistics]:
    """What pools of motions show, each long enough to have a rate.

    Args:
        motions: joined in order until a pool lasts long enough; what remains joins the last pool.
        pool_s: least seconds of a pool.

    Returns:
        Statistics of each pool; one pool of everything when all is shorter.
    """
    pools: list[list[Motion]] = [[]]
    for motion in motions:
        if sum(m.n_frames / m.fps for m in pools[-1]) >= pool_s:
            pools.append([])
        pools[-1].append(motion)
    if len(pools) > 1 and sum(m.n_frames / m.fps for m in pools[-1]) < pool_s:
        rest = pools.pop()
        pools[-1] += rest
    return [blink_statistics(pool) for pool in pools if pool]
