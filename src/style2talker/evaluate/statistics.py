"""Numbers over curves and clips: correlation that allows for a lag, intervals, bands of what is usual.

Curves are (T,) on one clock; frames that are not known are NaN and count for nothing.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray
from scipy.stats import chi2

from style2talker.speech.synchrony import FEWEST, STILL, both_known, lagged

__all__ = [
    "Band",
    "Fit",
    "band",
    "best_lag",
    "bootstrap",
    "bridged",
    "closeness",
    "poisson_interval",
    "spread_ratio",
]


class Fit(NamedTuple):
    """How well two curves agree, and with the second one how many frames late."""

    r: float
    lag: int


class Band(NamedTuple):
    """From low to high, both included."""

    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Whether a value lies inside; NaN lies nowhere."""
        return bool(self.low <= value <= self.high)


def best_lag(a: ArrayLike, b: ArrayLike, reach: int, cost: float = 0.0) -> Fit:
    """The lag at which two curves agree best.

    Args:
        a: (T,) curve.
        b: (T',) curve.
        reach: largest lag either way, frames.
        cost: r that a lag must win for each frame. It chooses between peaks of r and does not pull a peak aside.

    Returns:
        Fit whose r is NaN and whose lag is 0 where they agree at no lag that can be measured.
    """
    scores = lagged(a, b, reach)
    if np.isnan(scores).all():
        return Fit(float("nan"), 0)
    known = np.concatenate([[-np.inf], np.where(np.isnan(scores), -np.inf, scores), [-np.inf]])
    peak = (known[1:-1] >= known[:-2]) & (known[1:-1] >= known[2:]) & np.isfinite(scores)
    lags = np.arange(-reach, reach + 1)
    at = int(np.argmax(np.where(peak, known[1:-1] - cost * np.abs(lags), -np.inf)))
    return Fit(float(scores[at]), int(lags[at]))


def spread_ratio(a: ArrayLike, b: ArrayLike) -> float:
    """Standard deviation of a curve over that of another one, where both are known; NaN where the other is still."""
    x, y = both_known(a, b)
    if len(x) < FEWEST or y.std() < STILL:
        return float("nan")
    return float(x.std() / y.std())


def bootstrap(values: ArrayLike, rng: Generator, level: float = 0.95, resamples: int = 1000) -> Band:
    """Interval of the mean of clips or people by the percentile bootstrap (Efron 1979).

    Args:
        values: (K,) one number each; NaN are left out.
        rng: where chance comes from.
        level: share of resamples inside.
        resamples: how often.

    Returns:
        Band, NaN for no values.
    """
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    if not len(known):
        return Band(float("nan"), float("nan"))
    means = known[rng.integers(len(known), size=(resamples, len(known)))].mean(axis=1)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Band(float(low), float(high))


def band(values: ArrayLike, share: float = 0.8) -> Band:
    """The middle share of values (K,), 10 to 90 % as it comes; NaN are left out, and a band of nothing is NaN."""
    known = np.asarray(values, np.float64)
    known = known[np.isfinite(known)]
    if not len(known):
        return Band(float("nan"), float("nan"))
    low, high = np.quantile(known, [(1 - share) / 2, (1 + share) / 2])
    return Band(float(low), float(high))


def bridged(curve: ArrayLike, most: int = 5) -> NDArray[np.float64]:
    """A curve (T,) with gaps of up to so many unknown frames filled in a straight line; those at the ends stay."""
    out = np.array(curve, np.float64)
    known = np.flatnonzero(np.isfinite(out))
    for before, after in zip(known[:-1].tolist(), known[1:].tolist(), strict=True):
        if 1 < after - before <= most + 1:
            inside = np.arange(before + 1, after)
            out[inside] = np.interp(inside, [before, after], [out[before], out[after]])
    return out


def closeness(value: float, truth: float) -> float:
    """How near a measure is to that of the reference, 1 for the same, 0 for half or double and beyond.

    Too much loses as much as too little: 1 - |log2(value / truth)|. NaN where either is not positive.
    """
    if not (value > 0 and truth > 0):
        return float("nan")
    return float(1 - min(1.0, abs(np.log2(value / truth))))


def poisson_interval(count: int, seconds: float, level: float = 0.95) -> Band:
    """Interval of a rate a minute after so many events, exact (Garwood 1936); NaN when nothing was watched."""
    if seconds <= 0:
        return Band(float("nan"), float("nan"))
    tail = (1 - level) / 2
    low = chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    return Band(float(60 * low / seconds), float(60 * chi2.ppf(1 - tail, 2 * count + 2) / 2 / seconds))
