"""Blinks in the curves of the lids: how often, how long, how far.

A blink is a peak of the lids' closure that stands out and is over within half a second; a lowered gaze or narrowed eyes
are none. People who speak blink 15 to 25 times a minute (Bentivoglio et al., "Analysis of blink rate patterns in normal
subjects", 1997), so that a clip of a few seconds says nothing about a rate: pool clips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks, peak_widths

from style2talker.records import ARKIT_NAMES, Motion

__all__ = ["Blink", "BlinkStatistics", "blink_rates", "blink_statistics", "find_blinks", "lid_closure"]

_LIDS = [ARKIT_NAMES.index("eyeBlinkLeft"), ARKIT_NAMES.index("eyeBlinkRight")]
_STANDS_OUT = 0.25
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
    at, found = find_peaks(curve, prominence=_STANDS_OUT, distance=max(1, round(_APART_S * fps)))
    widths = (
        peak_widths(
            curve,
            at,
            rel_height=_HEIGHT,
            prominence_data=tuple(found[k] for k in ("prominences", "left_bases", "right_bases")),
        )[0]
        / fps
    )
    return [
        Blink(i / fps, w, float(curve[i])) for i, w in zip(at.tolist(), widths.tolist(), strict=True) if w <= _LONGEST_S
    ]


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


def blink_rates(motions: Sequence[Motion], pool_s: float = _POOL_S) -> list[float]:
    """Blinks a minute of pools of motions.

    Args:
        motions: joined in order until a pool lasts long enough; what remains joins the last pool.
        pool_s: least seconds of a pool.

    Returns:
        A rate for each pool; one pool of everything when all is shorter.
    """
    pools: list[list[Motion]] = [[]]
    for motion in motions:
        if sum(m.n_frames / m.fps for m in pools[-1]) >= pool_s:
            pools.append([])
        pools[-1].append(motion)
    if len(pools) > 1 and sum(m.n_frames / m.fps for m in pools[-1]) < pool_s:
        rest = pools.pop()
        pools[-1] += rest
    return [blink_statistics(pool).rate for pool in pools if pool]
