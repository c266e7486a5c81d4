"""How far and how fast a head turns, in numbers to hold beside those of tracked people.

A tracked rotation trembles, a made one does not, so both are smoothed alike before anything is measured. Ranges grow
with length: compare motions that last as long. Angular range and speed as the statistics of heads that speak: Munhall
et al., "Visual prosody and speech intelligibility" (2004); Hadar et al., "Kinematics of head movements accompanying
speech during conversation" (1983).
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter1d

from style2talker.records import Motion

__all__ = ["HEAD_STATISTICS", "head_statistics"]

AXES = ("pitch", "yaw", "roll")
_MEASURES = ("range", "median speed", "quick speed")
HEAD_STATISTICS = tuple(f"{axis} {measure}" for axis in AXES for measure in _MEASURES)
"""Range: from the 5 % to the 95 % quantile, degrees. Median and quick (90 %) speed: degrees a second."""
_SMOOTH_S = 0.08
_LEAST_S = 1.0


def head_statistics(motion: Motion, smooth_s: float = _SMOOTH_S) -> dict[str, float]:
    """Range and speed of each axis of the head's rotation.

    Args:
        motion: made, or that of a track.
        smooth_s: standard deviation of the Gaussian that rotation is smoothed with first, seconds.

    Returns:
        A value for each of `HEAD_STATISTICS`; NaN for a motion of less than a second.
    """
    if motion.n_frames < _LEAST_S * motion.fps:
        return dict.fromkeys(HEAD_STATISTICS, float("nan"))
    degrees = np.degrees(motion.rotation.astype(np.float64))
    degrees = gaussian_filter1d(degrees, smooth_s * motion.fps, axis=0, mode="nearest")
    low, high = np.quantile(degrees, [0.05, 0.95], axis=0)
    speed = np.abs(np.diff(degrees, axis=0)) * motion.fps
    table = np.stack([high - low, np.median(speed, axis=0), np.quantile(speed, 0.9, axis=0)], axis=1)  # (axis, measure)
    return dict(zip(HEAD_STATISTICS, table.ravel().tolist(), strict=True))
