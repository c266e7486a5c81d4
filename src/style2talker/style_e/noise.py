"""Smooth seeded noise: the slow restlessness of a living face.

In: a generator, a length and a band. Out: curves of unit variance.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from style2talker.records import FloatArray

__all__ = ["smooth_noise"]


def smooth_noise(rng: Generator, n_frames: int, channels: int, cutoff: float, fps: float) -> FloatArray:
    """Band-limited noise, independent in each channel.

    Args:
        rng: where randomness comes from.
        n_frames: T.
        channels: how many curves.
        cutoff: highest frequency in Hz; nothing moves faster.
        fps: frames per second.

    Returns:
        (T, channels) float32 of mean 0 and standard deviation 1 over a long time.
    """
    step = fps / (2.0 * cutoff)
    n_knots = int(np.ceil(n_frames / step)) + 4
    knots = rng.standard_normal((n_knots, channels))
    offset = rng.uniform(0.0, 1.0, channels)
    at = np.arange(n_frames)[:, None] / step + offset + 1.0
    base = np.floor(at).astype(np.int64)
    u = at - base
    column = np.arange(channels)
    weights = ((1 - u) ** 3, 3 * u**3 - 6 * u**2 + 4, -3 * u**3 + 3 * u**2 + 3 * u + 1, u**3)
    total = sum(w * knots[base + i - 1, column] for i, w in enumerate(weights))
    return np.asarray(total / 6.0 / 0.69, np.float32)
