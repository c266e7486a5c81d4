"""A tracked face -> how its lips, lids and head move, and whether the head keeps its shape."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.landmarks import to_68
from style2talker.evaluate.blinks import find_blinks, lid_closure
from style2talker.evaluate.geometry import head_shape, jitter, shape_residuals
from style2talker.evaluate.head_motion import head_statistics
from style2talker.evaluate.lip_shapes import lip_dynamics, lip_shapes
from style2talker.evaluate.smoothness import log_jerk, power_share
from style2talker.face.tracking import Track
from style2talker.records import FloatArray, Motion

__all__ = ["blink_values", "head_values", "motion_values", "shape_values"]

_QUIET = (0.2, 2.0)
_TREMBLE = 6.0
_LEAST_BLINKS = 3


def blink_values(motion: Motion) -> dict[str, float]:
    """Blinks a minute, how long they last in ms, the coefficient of variation of the time between them.

    `blinks` and `seconds` are what the rate is made of: few blinks leave it open by half and more.
    """
    blinks = find_blinks(lid_closure(motion), motion.fps)
    seconds = motion.n_frames / motion.fps
    between = np.diff([blink.time for blink in blinks])
    varied = len(blinks) >= _LEAST_BLINKS
    return {
        "blinks": float(len(blinks)),
        "seconds": seconds,
        "blink_rate": 60 * len(blinks) / seconds if seconds else float("nan"),
        "blink_duration": 1000 * float(np.median([b.duration for b in blinks])) if blinks else float("nan"),
        "blink_interval_cv": float(between.std() / between.mean()) if varied else float("nan"),
    }


def head_values(motion: Motion) -> dict[str, float]:
    """Range of each axis in degrees, median speed, and how the power of rotation lies over frequencies."""
    head = head_statistics(motion)
    degrees = np.degrees(motion.rotation.astype(np.float64))
    return {
        "pitch_range": head["pitch range"],
        "yaw_range": head["yaw range"],
        "roll_range": head["roll range"],
        "head_deviation": float(np.sqrt(degrees.var(axis=0).sum())),
        "head_speed": float(np.linalg.norm([head[f"{axis} median speed"] for axis in ("pitch", "yaw", "roll")])),
        "head_slow_share": power_share(degrees, motion.fps, *_QUIET),
        "head_tremble_share": power_share(degrees, motion.fps, _TREMBLE),
    }


def shape_values(track: Track, source: FloatArray | None = None) -> dict[str, float]:
    """Whether a head keeps its shape: mean, worst 5 % and drift of what no rigid motion explains, in eye distances.

    Args:
        track: the face.
        source: rigid points (V, 3) of a source picture in eye distances; `shape_to_portrait` is NaN without.
    """
    shape = head_shape(track)
    residuals = shape_residuals(track, shape) if shape is not None else np.full(len(track.valid), np.nan)
    seen = np.flatnonzero(np.isfinite(residuals))
    known = residuals[seen]
    slope = float(np.polyfit(seen / track.fps, known, 1)[0]) if len(seen) > track.fps else float("nan")
    to_source = shape_residuals(track, source)[seen] if source is not None and len(seen) else np.zeros(0)
    return {
        "shape_residual": float(known.mean()) if len(known) else float("nan"),
        "shape_residual_worst": float(np.quantile(known, 0.95)) if len(known) else float("nan"),
        "shape_drift": 60 * slope,
        "shape_to_portrait": float(to_source.mean()) if len(to_source) else float("nan"),
    }


def motion_values(track: Track, opening: NDArray[np.floating], source: FloatArray | None = None) -> dict[str, float]:
    """Everything that a track alone says; NaN where too little was seen.

    Args:
        track: the face.
        opening: (T,) of its lips, NaN where no face was found.
        source: as for `shape_values`.
    """
    motion = track.motion()
    own = {
        "lip_spread": float(np.nanstd(opening)) if np.isfinite(opening).any() else float("nan"),
        "lip_dynamics": lip_dynamics(lip_shapes(to_68(track.landmarks), track.valid)),
        "lip_smoothness": log_jerk(opening, track.fps),
        "jitter": jitter(track),
    }
    return own | blink_values(motion) | head_values(motion) | shape_values(track, source)
