"""How different motions of one voice are from seed to seed: heads should differ, lips should agree.

Mean distance of pairs of trajectories, the diversity of SadTalker (Zhang et al., CVPR 2023) on poses and lips.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.openings import opening_of_motion
from style2talker.records import Motion
from style2talker.speech.synchrony import pearson

__all__ = ["Diversity", "diversity", "diversity_of"]

_STILL = 1e-4
"""Degrees."""


@dataclass(frozen=True, slots=True)
class Diversity:
    """Of a set of motions, mean over pairs; NaN for fewer than two.

    Attributes:
        rotation: root mean square distance of the heads' rotations, degrees.
        of_own: the same over the deviation that a head has within its own motion; 1.4 for strangers.
        lips: root mean square distance of the lips' openings, eye distances.
        lips_r: Pearson's r of the lips' openings.
    """

    rotation: float
    of_own: float
    lips: float
    lips_r: float


def _distance(curves: Sequence[NDArray[np.float64]]) -> float:
    """Mean over pairs of the root mean square distance of curves (T, …) that are cut to the shortest.

    Frames that one of them does not know (NaN) are left out.
    """
    pairs = [(a, b, min(len(a), len(b))) for a, b in combinations(curves, 2)]
    apart = [np.sum((a[:n] - b[:n]) ** 2, axis=-1) for a, b, n in pairs]
    each = [float(np.sqrt(known.mean())) for square in apart if len(known := square[np.isfinite(square)])]
    return float(np.mean(each)) if each else float("nan")


def _within(turn: NDArray[np.float64]) -> float:
    """Deviation of a head within its own motion (T, 3), NaN frames left out."""
    known = turn[np.isfinite(turn).all(axis=1)]
    return float(np.sqrt(np.sum(known.var(axis=0)))) if len(known) else 0.0


def diversity_of(turns: Sequence[NDArray[np.float64]], openings: Sequence[NDArray[np.float64]]) -> Diversity:
    """Judge rotations (T, 3) in degrees and openings (T,) in eye distances of clips of one voice; NaN is not known."""
    between = _distance(turns)
    within = [_within(turn) for turn in turns if len(turn)]
    own = float(np.mean(within)) if within else 0.0
    agreeing = [pearson(a[:n], b[:n]) for a, b in combinations(openings, 2) for n in [min(len(a), len(b))]]
    known = [r for r in agreeing if np.isfinite(r)]
    return Diversity(
        between,
        between / own if own > _STILL else float("nan"),
        _distance([opening[:, None] for opening in openings]),
        float(np.mean(known)) if known else float("nan"),
    )


def diversity(motions: Sequence[Motion]) -> Diversity:
    """Judge motions of one voice that differ in their seeds."""
    turns = [np.degrees(motion.rotation.astype(np.float64)) for motion in motions]
    return diversity_of(turns, [opening_of_motion(motion).astype(np.float64) for motion in motions])
