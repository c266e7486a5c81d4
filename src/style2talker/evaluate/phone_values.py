"""Timed phones beside lips -> do they shut where they must, and does each sound have its shape?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.visemes import Phone
from style2talker.evaluate.closures import closures
from style2talker.evaluate.lip_shapes import viseme_error, viseme_means, viseme_scatter

__all__ = ["SHUT_SHARE", "phone_values"]

SHUT_SHARE = 0.15
"""Share of a clip's frames whose lips are nearest each other: those count as shut (as in the rules of JALI, 2016)."""


def phone_values(
    phones: Sequence[Phone],
    opening: NDArray[np.floating],
    shapes: NDArray[np.float64],
    truth: Mapping[str, NDArray[np.float64]],
    fps: float,
) -> dict[str, float]:
    """Judge lips by what is said.

    Args:
        phones: in order.
        opening: (T,) of the lips, NaN where no face was found.
        shapes: (T, 20, 2) of `lip_shapes`.
        truth: means of the visemes of the reference; empty without one.
        fps: frames per second.

    Returns:
        closure_share: of p, b, m on which lips shut; closure_elsewhere: of other sounds, what chance gives;
        viseme_error and viseme_scatter. NaN where it was not seen or said, and for lips that never move.
    """
    known = opening[np.isfinite(opening)]
    moving = len(known) > 0 and float(np.ptp(known)) > 0
    level = float(np.quantile(known, SHUT_SHARE)) if moving else float("nan")
    counts = closures(opening, phones, fps, level, 0.0) if moving else None
    return {
        "closure_share": float("nan") if counts is None else counts.share,
        "closure_elsewhere": float("nan") if counts is None else counts.elsewhere,
        "viseme_error": viseme_error(viseme_means(shapes, phones, fps), truth),
        "viseme_scatter": viseme_scatter(shapes, phones, fps) if moving else float("nan"),
    }
