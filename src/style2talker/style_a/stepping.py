"""Motion as it is drawn by hand: each drawing is held for several frames ("on twos": 12 drawings a second).

Drawings are chosen so that the mouth still closes: of the moments that a drawing stands for, it shows the most telling.
"""

from __future__ import annotations

import numpy as np

from style2talker.records import ARKIT_NAMES, Motion

__all__ = ["stepped"]

_OPEN = ARKIT_NAMES.index("jawOpen")
_PRESSED = tuple(ARKIT_NAMES.index(name) for name in ("mouthClose", "mouthPressLeft", "mouthPressRight"))
_BLINKS = tuple(ARKIT_NAMES.index(name) for name in ("eyeBlinkLeft", "eyeBlinkRight"))
_CLOSED = 0.04
"""jawOpen, its part that the closing lips take off, below which the mouth counts as shut."""


def stepped(motion: Motion, rate: float | None) -> Motion:
    """The motion with `rate` drawings a second, each held until the next; the motion itself where that is no fewer.

    Args:
        motion: any motion.
        rate: drawings per second; None for one in every frame.

    Returns:
        A motion of the same length and clock.
    """
    if rate is None or rate >= motion.fps:
        return motion
    drawing = np.floor(np.arange(motion.n_frames) * (rate / motion.fps) + 1e-6).astype(np.int64)
    begins = np.flatnonzero(np.diff(drawing, prepend=-1))
    ends = np.append(begins[1:], motion.n_frames)
    opening = motion.blendshapes[:, _OPEN] - motion.blendshapes[:, list(_PRESSED)].max(axis=1)
    blink = motion.blendshapes[:, list(_BLINKS)].mean(axis=1)
    shown = np.empty(motion.n_frames, np.int64)
    for begin, end in zip(begins, ends, strict=True):
        shown[begin:end] = begin + _most_telling(opening[begin:end], blink[begin:end])
    return Motion(motion.blendshapes[shown], motion.rotation[shown], motion.translation[shown], motion.fps)


def _most_telling(opening: np.ndarray, blink: np.ndarray) -> int:
    """Which of a few frames to draw: one where the lips are shut, else where the eyes are, else the middle one."""
    if opening.min() < _CLOSED < opening.max():
        return int(opening.argmin())
    if blink.max() > 0.6:
        return int(blink.argmax())
    return len(opening) // 2
