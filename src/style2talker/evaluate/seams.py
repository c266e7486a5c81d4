"""Does a long motion show where its parts were joined? Jerk at the joints over jerk elsewhere.

Jerk is the third difference, the roughness that smoothness is told by (Balasubramanian, Melendez-Calderon & Burdet, "A
robust and sensitive metric for quantifying movement smoothness", 2012). 1 is no seam. A comb of joints is held beside
the same comb moved along: that tells what chance gives, since few joints meet few blinks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.statistics import Band
from style2talker.records import ARKIT_NAMES, Motion

__all__ = ["CHANNELS", "Seams", "seam_ratios", "seams"]

CHANNELS = (*ARKIT_NAMES, "pitch", "yaw", "roll", "right", "up", "forward")
"""Every channel of a motion."""
_ORDER = 3
_STILL = 1e-7


@dataclass(frozen=True, slots=True)
class Seams:
    """Roughness at joints.

    Attributes:
        ratio: jerk there over jerk elsewhere, mean over the channels that move; NaN when none does.
        worst: channel whose ratio is largest, "" when none moves.
        worst_ratio: of that channel.
        chance: the middle 95 % of `ratio` for the joints moved along.
        worst_chance: the 95 % quantile of `worst_ratio` for the joints moved along.
    """

    ratio: float
    worst: str
    worst_ratio: float
    chance: Band
    worst_chance: float


def _jerk(motion: Motion) -> NDArray[np.float64]:
    """(T - 3, 58) of all channels, each with mean 1; channels that do not move are NaN."""
    all_channels = np.concatenate([motion.blendshapes, motion.rotation, motion.translation], axis=1)
    jerk = np.abs(np.diff(all_channels.astype(np.float64), _ORDER, axis=0))
    mean = jerk.mean(axis=0) if len(jerk) else np.zeros(len(CHANNELS))
    return np.asarray(jerk / np.where(mean > _STILL, mean, np.nan), np.float64)


def _ratios(jerk: NDArray[np.float64], borders: NDArray[np.int64]) -> NDArray[np.float64]:
    """(58,) jerk of the differences that span a border over the rest; NaN where there is nothing to compare."""
    at = (borders[:, None] - np.arange(1, _ORDER + 1)).ravel()
    here = np.zeros(len(jerk), bool)
    here[at[(at >= 0) & (at < len(jerk))]] = True
    if here.all() or not here.any():
        return np.full(len(CHANNELS), np.nan)
    elsewhere = jerk[~here].mean(axis=0)
    return np.asarray(jerk[here].mean(axis=0) / np.where(elsewhere > 0, elsewhere, np.nan), np.float64)


def seam_ratios(motion: Motion, borders: Sequence[int]) -> dict[str, float]:
    """Jerk at joints over jerk elsewhere for each of `CHANNELS`; NaN for channels that do not move.

    Args:
        motion: of any length.
        borders: frames that are the first of a new part.
    """
    return dict(zip(CHANNELS, _ratios(_jerk(motion), np.asarray(borders, np.int64)).tolist(), strict=True))


def _summary(ratios: NDArray[np.float64]) -> tuple[float, int, float]:
    """(mean, index of the largest, the largest); NaN and -1 when no channel moves."""
    if np.isnan(ratios).all():
        return float("nan"), -1, float("nan")
    return float(np.nanmean(ratios)), int(np.nanargmax(ratios)), float(np.nanmax(ratios))


def seams(motion: Motion, every: int) -> Seams:
    """Judge a motion whose parts are all as long.

    Args:
        motion: of more than two parts.
        every: frames of a part.
    """
    jerk = _jerk(motion)
    comb = np.arange(every, motion.n_frames, every)
    ratio, worst, most = _summary(_ratios(jerk, comb))
    moved = [_summary(_ratios(jerk, comb - k)) for k in range(2 * _ORDER, every - 2 * _ORDER + 1, _ORDER)]
    means, largest = (np.array([m[i] for m in moved], np.float64) for i in (0, 2))
    nothing = not len(moved) or np.isnan(means).all()
    chance = Band(float("nan"), float("nan")) if nothing else Band(*np.nanquantile(means, [0.025, 0.975]).tolist())
    return Seams(
        ratio,
        CHANNELS[worst] if worst >= 0 else "",
        most,
        chance,
        float("nan" if nothing else np.nanquantile(largest, 0.95)),
    )
