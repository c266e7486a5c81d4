"""Points of a face -> its lips, free of head motion and size; how they move, and what they do on each sound.

Each frame is laid onto the median face by the bridge of the nose and the corners of the eyes, in distances of the outer
corners of the eyes. Dynamics of lips after THEval (2025): deviation over time of the distances between points. Sounds:
each viseme has a mean shape; speech that says something has shapes that differ more between visemes than within one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.visemes import Phone, viseme_of
from style2talker.evaluate.landmark_distance import similarity

__all__ = ["lip_dynamics", "lip_shapes", "viseme_error", "viseme_means", "viseme_scatter"]

_RIGID = (27, 28, 29, 30, 36, 39, 42, 45)
_OUTER = (36, 45)
_MOUTH = slice(48, 68)
_FEWEST = 3
"""Frames of a viseme that its mean needs."""

Shapes = NDArray[np.float64]


def lip_shapes(points: NDArray[np.floating], valid: NDArray[np.bool_]) -> Shapes:
    """(T, 20, 2) points of the lips in eye distances; NaN where no face was found.

    Args:
        points: (T, 68, 2) pixels, in iBUG's order.
        valid: (T,) bool.
    """
    out = np.full((len(points), 20, 2), np.nan)
    if not valid.any():
        return out
    usual = np.median(points[valid].astype(np.float64), axis=0)
    # Upright, the outer corners of the eyes one unit apart, so that two videos can be compared.
    upright = similarity(usual[list(_OUTER)], np.array([[-0.5, 0.0], [0.5, 0.0]]))
    target = usual[list(_RIGID)] @ upright[:, :2].T + upright[:, 2]
    for i in np.flatnonzero(valid):
        matrix = similarity(points[i, _RIGID].astype(np.float64), target)
        out[i] = points[i, _MOUTH] @ matrix[:, :2].T + matrix[:, 2]
    return out


def lip_dynamics(shapes: Shapes) -> float:
    """Mean over all pairs of points of the deviation over time of their distance; NaN for fewer than two frames."""
    known = shapes[np.isfinite(shapes).all(axis=(1, 2))]
    if len(known) < 2:
        return float("nan")
    first, second = np.triu_indices(known.shape[1], 1)
    return float(np.linalg.norm(known[:, first] - known[:, second], axis=-1).std(axis=0).mean())


def _samples(shapes: Shapes, phones: Sequence[Phone], fps: float) -> dict[str, Shapes]:
    """Viseme -> (K, 20, 2) shapes in the middle of its sounds."""
    found: dict[str, list[Shapes]] = {}
    for phone in phones:
        at = int((phone.start + phone.end) / 2 * fps)
        viseme = viseme_of(phone.symbol)
        if viseme != "silence" and at < len(shapes) and np.isfinite(shapes[at]).all():
            found.setdefault(viseme, []).append(shapes[at])
    return {name: np.stack(each) for name, each in found.items() if len(each) >= _FEWEST}


def viseme_means(shapes: Shapes, phones: Sequence[Phone], fps: float) -> dict[str, Shapes]:
    """Viseme -> mean shape (20, 2) in the middle of its sounds, for those that are heard three times and more."""
    return {name: each.mean(axis=0) for name, each in _samples(shapes, phones, fps).items()}


def viseme_error(means: Mapping[str, Shapes], truth: Mapping[str, Shapes]) -> float:
    """Mean over visemes that both know of the mean distance of points, eye distances; NaN for none."""
    shared = sorted(set(means) & set(truth))
    return float(np.mean([np.linalg.norm(means[k] - truth[k], axis=-1).mean() for k in shared])) if shared else np.nan


def viseme_scatter(shapes: Shapes, phones: Sequence[Phone], fps: float) -> float:
    """Variance of shapes between visemes over that within them; NaN for fewer than two visemes, 0 for still lips."""
    samples = _samples(shapes, phones, fps)
    if len(samples) < 2:
        return float("nan")
    everything = np.concatenate([*samples.values()])
    middle = everything.mean(axis=0)
    between = sum(len(each) * float(np.square(each.mean(axis=0) - middle).sum()) for each in samples.values())
    within = sum(float(np.square(each - each.mean(axis=0)).sum()) for each in samples.values())
    return between / within if within > 1e-12 else 0.0
