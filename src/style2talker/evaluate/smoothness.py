"""Curves over time -> do they run or tremble?

Log dimensionless jerk after Balasubramanian, Melendez-Calderon & Burdet, "A robust and sensitive metric for quantifying
movement smoothness" (2012), in windows of two seconds since it grows with length; and shares of the power spectrum.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.signal import welch

__all__ = ["log_jerk", "power_share"]

_WINDOW_S, _LEAST_S = 2.0, 1.0
_LONGEST_S = 4.0
_STILL = 1e-9


def log_jerk(curve: NDArray[np.floating], fps: float) -> float:
    """Minus the log of the dimensionless jerk of a curve (T,), mean over windows of 2 s; nearer to 0 is smoother.

    NaN for less than a second, for a curve that does not move, and for windows with frames that are not known.
    """
    size = min(round(_WINDOW_S * fps), len(curve))
    if size < _LEAST_S * fps:
        return float("nan")
    found = []
    for begin in range(0, len(curve) - size + 1, size):
        part = np.asarray(curve[begin : begin + size], np.float64)
        reach = float(np.ptp(part))
        if np.isfinite(reach) and reach > _STILL:
            jerk = np.diff(part, 3) * fps**3
            seconds = size / fps
            found.append(-np.log(max(float(np.square(jerk).sum()) / fps * seconds**5 / reach**2, 1e-300)))
    return float(np.mean(found)) if found else float("nan")


def power_share(curves: NDArray[np.floating], fps: float, low: float, high: float = np.inf) -> float:
    """Share of the power of curves (T, D) between two frequencies in Hz, their mean left out; all D together.

    NaN for less than a second and for curves that do not move. Power above half the frame rate cannot be seen.
    """
    known = np.asarray(curves, np.float64)
    known = known[np.isfinite(known).all(axis=1)]
    if len(known) < max(8, _LEAST_S * fps):
        return float("nan")
    at, power = welch(known, fps, nperseg=min(len(known), round(_LONGEST_S * fps)), axis=0)
    whole = power[at > 0].sum()
    return float(power[(at > 0) & (at >= low) & (at < high)].sum() / whole) if whole > _STILL**2 else float("nan")
