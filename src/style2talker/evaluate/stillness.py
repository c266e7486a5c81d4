"""What moves where nothing should: lips in silence, a head that was asked to keep still.

Peak to peak: the largest distance that a point strays within a stretch, so that a drift counts as much as a twitch.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.openings import lip_points
from style2talker.records import Motion

__all__ = ["HeadTravel", "head_travel", "lip_travel", "silent_stretches"]

LEAST_SILENCE_S = 0.3
SETTLE_S = 0.2
"""After a voice falls silent and before it begins, lips may still move."""


@dataclass(frozen=True, slots=True)
class HeadTravel:
    """Peak to peak.

    Attributes:
        rotation: largest of the three angles, degrees.
        translation: largest of the three axes, eye distances.
        sideways: of the axis right alone; breath moves the head up and down.
    """

    rotation: float
    translation: float
    sideways: float


def silent_stretches(
    speaking: NDArray[np.bool_], fps: float, least_s: float = LEAST_SILENCE_S, settle_s: float = SETTLE_S
) -> list[slice]:
    """Stretches of frames in which nobody speaks, without the time that lips need to settle.

    Args:
        speaking: (T,) bool.
        fps: frames per second.
        least_s: seconds that must remain.
        settle_s: seconds taken off beside speech; nothing is taken off at the ends of the clip.
    """
    quiet = np.concatenate([[False], ~np.asarray(speaking, bool), [False]])
    edges = np.flatnonzero(np.diff(quiet.astype(np.int8)))
    settle, n_frames = round(settle_s * fps), len(speaking)
    out = []
    for begin, end in edges.reshape(-1, 2).tolist():
        first = begin + (settle if begin > 0 else 0)
        last = end - (settle if end < n_frames else 0)
        if last - first >= max(least_s * fps, 1):
            out.append(slice(first, last))
    return out


def lip_travel(motion: Motion, stretches: list[slice]) -> NDArray[np.float64]:
    """How far the lips stray in each stretch: (K,) eye distances, the farthest of all points of the lips.

    Args:
        motion: judged on the average face, head motion left out.
        stretches: of frames; an empty one gives NaN.
    """
    points = lip_points(motion).astype(np.float64)
    far = [np.ptp(points[s], axis=0) if len(points[s]) else np.full(points.shape[1:], np.nan) for s in stretches]
    return np.array([np.linalg.norm(box, axis=1).max() for box in far], np.float64)


def head_travel(motion: Motion) -> HeadTravel:
    """How far the head strays within a motion; NaN for one without frames."""
    if motion.n_frames == 0:
        return HeadTravel(float("nan"), float("nan"), float("nan"))
    shift = np.ptp(motion.translation, axis=0)
    return HeadTravel(float(np.degrees(np.ptp(motion.rotation, axis=0).max())), float(shift.max()), float(shift[0]))
