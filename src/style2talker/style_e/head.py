"""The head that the diffusion model turns, within what the renderer can show, and the breath that lifts it.

In: head (T, 6) of the model. Out: rotation in radians and translation in eye distances, both (T, 3).
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from scipy.ndimage import gaussian_filter1d

from style2talker.records import FloatArray
from style2talker.style_e.noise import smooth_noise

__all__ = ["LARGEST_ANGLE", "breath", "posed"]

LARGEST_ANGLE = float(np.radians(15.0))
"""No rotation goes beyond, whatever the options ask for."""
_FREE_ANGLE = float(np.radians(7.0))
_FREE_SHIFT, _LARGEST_SHIFT = 0.15, 0.3
_SMOOTH_S = 0.06
_BREATH_HZ, _BREATH = 0.25, 0.010


def breath(rng: Generator, n_frames: int, fps: float) -> FloatArray:
    """(T,) upward translation in eye distances: about a quarter of a hertz, not quite regular, 0 at first."""
    pace = _BREATH_HZ * (1 + 0.12 * smooth_noise(rng, n_frames, 1, 0.2, fps)[:, 0])
    phase = 2 * np.pi * np.cumsum(np.clip(pace, 0.15, 0.4)) / fps
    return np.asarray(_BREATH * 0.5 * (1 - np.cos(phase - phase[:1])), np.float32)


def _bounded(angles: FloatArray, free: float, most: float) -> FloatArray:
    """Leave angles under `free` as they are and bend larger ones so that none passes `most`."""
    size = np.abs(angles)
    room = most - free
    return np.asarray(np.sign(angles) * np.where(size > free, free + room * np.tanh((size - free) / room), size))


def posed(head: FloatArray, scale: float, fps: float) -> tuple[FloatArray, FloatArray]:
    """Rotation and translation of a head.

    Args:
        head: (T, 6) of the model: radians (pitch, yaw, roll), eye distances (right, up, towards the camera).
        scale: 0 still .. 1 as people move .. 2 doubled.
        fps: frames per second.

    Returns:
        rotation (T, 3) float32 radians within `LARGEST_ANGLE`; translation (T, 3) float32 in eye distances, without
        breath.
    """
    smooth = gaussian_filter1d(head, _SMOOTH_S * fps, axis=0, mode="nearest") * scale
    rotation = _bounded(smooth[:, :3], _FREE_ANGLE, LARGEST_ANGLE)
    translation = _bounded(smooth[:, 3:], _FREE_SHIFT, _LARGEST_SHIFT)
    return rotation.astype(np.float32), translation.astype(np.float32)
