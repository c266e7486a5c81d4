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
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "FEWEST",
    "REACH",
    "STILL",
    "SURE",
    "Sync",
    "av_sync",
    "both_known",
    "lagged",
    "pearson",
    "quick_part",
    "shifted",
    "sync_curve",
]

REACH = 15
"""Largest offset either way, frames."""
SURE = 1.07
"""Certainty that one foreign sound in twenty reaches."""
FEWEST = 8
"""Frames that two curves must share to be correlated."""
STILL = 1e-6
"""Deviation under which a curve does not move."""
_SLOW_S = 0.52


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


def both_known(a: ArrayLike, b: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The values of two curves (T,) in the frames in which both are known, that is, finite."""
    x, y = np.asarray(a, np.float64), np.asarray(b, np.float64)
    known = np.isfinite(x) & np.isfinite(y)
    return x[known], y[known]


def pearson(a: ArrayLike, b: ArrayLike) -> float:
    """Pearson's r of two curves (T,); NaN where fewer than 8 frames are known or one of them does not move."""
    x, y = both_known(a, b)
    if len(x) < FEWEST or min(x.std(), y.std()) < STILL:
        return float("nan")
    return float(np.corrcoef(x, y)[0, 1])


def shifted(
    a: NDArray[np.floating], b: NDArray[np.floating], lag: int
) -> tuple[NDArray[np.floating], NDArray[np.floating]]:
    """The frames of a curve (T, …), and those of another one (T', …) that are `lag` later; as many of both."""
    n = min(len(a), len(b))
    return (a[: n - lag], b[lag:n]) if lag >= 0 else (a[-lag:n], b[: n + lag])


def lagged(a: ArrayLike, b: ArrayLike, reach: int) -> NDArray[np.float64]:
    """(2 reach + 1,) Pearson's r of a curve with another one taken -reach..reach frames later.

    Args:
        a: (T,) curve.
        b: (T',) curve; what one has more at the end is not used.
        reach: frames.
    """
    x, y = np.asarray(a, np.float64), np.asarray(b, np.float64)
    n = min(len(x), len(y))
    out = np.full(2 * reach + 1, np.nan)
    for lag in range(-min(reach, n), min(reach, n) + 1):
        out[lag + reach] = pearson(*shifted(x, y, lag))
    return out


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
    seconds = len(both_known(asked[:n], seen[:n])[0]) / fps
    scores = sync_curve(asked, seen, fps, reach)
    if not np.isfinite(scores).any():
        return Sync(0, float("nan"), float("nan"), seconds)
    best = int(np.nanargmax(scores))
    return Sync(best - reach, float(scores[best]), float(scores[best] - np.nanmedian(scores)), seconds)
