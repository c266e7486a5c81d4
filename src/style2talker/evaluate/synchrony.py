"""How well a voice and lips that have nothing to do with each other agree: what chance gives."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.statistics import Band
from style2talker.speech.synchrony import REACH, pearson, quick_part

__all__ = ["chance_band"]

_FEWEST_TURNS = 8


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
