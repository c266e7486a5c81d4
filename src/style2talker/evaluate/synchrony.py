"""Sound and lips -> how late the picture is, and how sure that is: do they belong together at all?

Both curves lose what is slower than half a second before they are compared: loudness and lips rise and fall with every
phrase, so that slow parts agree at many lags and with many voices. The lag of the best agreement is the offset, its
height above the median of all lags the confidence, the shape of SyncNet's (Chung & Zisserman, "Out of time: automated
lip sync in the wild", 2016).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.statistics import Band, lagged, pearson

__all__ = ["REACH", "SURE", "Sync", "av_sync", "chance_band", "quick_part", "sync_curve"]

REACH = 15
"""Largest offset either way, frames."""
SURE = 1.07
"""Certainty that one foreign sound in twenty reaches."""
_SLOW_S = 0.52
_FEWEST_TURNS = 8


class Sync(NamedTuple):
    """How a picture goes with a sound.

    Attributes:
        lag: frames by which the picture is late; positive: the sound leads.
        r: Pearson's r at that lag.
        confidence: r above the median of all lags.
        seconds: of lips that were compared.
    """

    lag: int
    r: float
    confidence: float
    seconds: float

    @property
    def certainty(self) -> float:
        """Confidence times the root of the seconds: chance alone reaches the same in clips of any length."""
        return self.confidence * math.sqrt(self.seconds)

    @property
    def sure(self) -> bool:
        """Whether sound and picture belong together, so that the lag means something."""
        return self.certainty >= SURE


def quick_part(curve: NDArray[np.floating], fps: float) -> NDArray[np.float64]:
    """A curve (T,) without its mean over half a second; NaN stays NaN and counts for nothing."""
    values = np.asarray(curve, np.float64)
    known = np.isfinite(values)
    half = max(1, round(_SLOW_S * fps / 2 - 0.25))
    window, inside = np.ones(2 * half + 1), slice(half, half + len(values))
    parts = np.where(known, values, 0.0), known.astype(np.float64)
    total, count = (np.convolve(part, window)[inside] for part in parts)
    return np.asarray(values - total / np.maximum(count, 1))


def sync_curve(
    asked: NDArray[np.floating], seen: NDArray[np.floating], fps: float, reach: int = REACH
) -> NDArray[np.float64]:
    """Pearson's r (2 reach + 1,) of the quick parts of two curves, the second one taken -reach..reach frames later.

    Args:
        asked: (T,) opening that the sound asks for.
        seen: (T,) opening that the picture shows; NaN where no face was found.
        fps: frames per second of both.
        reach: frames.
    """
    return lagged(quick_part(asked, fps), quick_part(seen, fps), reach)


def av_sync(asked: NDArray[np.floating], seen: NDArray[np.floating], fps: float, reach: int = REACH) -> Sync:
    """Offset and confidence of a clip; NaN where nothing moves.

    Args:
        asked: (T,) opening that the sound asks for.
        seen: (T,) opening that the picture shows; NaN where no face was found.
        fps: frames per second of both.
        reach: largest offset either way, frames.
    """
    n = min(len(asked), len(seen))
    known = np.isfinite(np.asarray(asked, np.float64)[:n]) & np.isfinite(np.asarray(seen, np.float64)[:n])
    seconds = float(known.sum()) / fps
    scores = sync_curve(asked, seen, fps, reach)
    if not np.isfinite(scores).any():
        return Sync(0, float("nan"), float("nan"), seconds)
    best = int(np.nanargmax(scores))
    return Sync(best - reach, float(scores[best]), float(scores[best] - np.nanmedian(scores)), seconds)


def chance_band(
    asked: NDArray[np.floating], seen: NDArray[np.floating], fps: float, reach: int = REACH
) -> tuple[Band, int]:
    """What chance gives: the middle 95 % of r where the sound is turned round the clip further than the reach.

    Args:
        asked: (T,) opening that the sound asks for.
        seen: (T,) opening that the picture shows.
        fps: frames per second of both.
        reach: frames on each side that are no chance.

    Returns:
        (band, number of turns that it stands on); NaN for a clip too short to be turned eight times.
    """
    n = min(len(asked), len(seen))
    quick, shown = quick_part(asked[:n], fps), quick_part(seen[:n], fps)
    scores = np.array([pearson(np.roll(quick, turn), shown) for turn in range(reach + 1, n - reach)])
    known = scores[np.isfinite(scores)]
    if len(known) < _FEWEST_TURNS:
        return Band(float("nan"), float("nan")), len(known)
    low, high = np.quantile(known, [0.025, 0.975])
    return Band(float(low), float(high)), len(known)
