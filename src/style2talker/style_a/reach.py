"""Any head motion -> one that the picture can follow: bent softly where a single view knows no more."""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray, Motion

__all__ = ["FARTHEST", "within_reach"]

FARTHEST = (np.radians([19.0, 30.0, 26.0]), np.array([0.9, 0.9, 1.2]))
"""Pitch, yaw and roll in radians, and translation in eye distances, that no frame passes."""

_FREE = 0.72
"""Share of it up to which motion is left as it is."""
_TURNED_MOST = np.radians(60.0)
"""A portrait turned as far as this could turn no farther at all."""


def _bent(values: FloatArray, most: FloatArray) -> FloatArray:
    """Values bent so that none passes `most`; those under `_FREE` of it stay bit for bit."""
    free = _FREE * most
    size = np.abs(values)
    room = most - free
    bent = np.sign(values) * (free + room * np.tanh((size - free) / room))
    return np.asarray(np.where(size > free, bent, values), dtype=np.float32)


def within_reach(motion: Motion, turned: FloatArray) -> Motion:
    """A motion that a portrait can follow without tearing.

    Args:
        motion: any motion.
        turned: (3,) radians, how far the portrait itself is turned; one that is turned far can turn less.

    Returns:
        The motion itself where all of it is within reach.
    """
    angles, distance = FARTHEST
    room = np.clip(1.0 - np.abs(turned) / _TURNED_MOST, 0.3, 1.0)
    most = (angles * np.array([room[0], room[1], 1.0])).astype(np.float32)
    rotation, translation = _bent(motion.rotation, most), _bent(motion.translation, distance.astype(np.float32))
    if np.array_equal(rotation, motion.rotation) and np.array_equal(translation, motion.translation):
        return motion
    return Motion(motion.blendshapes, rotation, translation, motion.fps)
