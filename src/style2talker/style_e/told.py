"""What the published audio encoder is told of a clip: the sound around each frame, a face at rest, the eyelids.

Training and inference make their input by the functions of this module, so that a network meets the same conditions in
both (the released training loop fed the expression of an unrelated clip where inference feeds the voice).
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from scipy.ndimage import uniform_filter1d

from style2talker.records import FloatArray

__all__ = ["EXPRESSIONS", "LID_CURVE", "blink_signal", "encoder_inputs", "recording_colour"]

EXPRESSIONS = {"rig": 52, "bfm": 64}
"""Coefficient space -> coefficients of an expression: ARKit blendshapes, or Deep3D's."""
LID_CURVE = (0.5, 0.9, 1.0, 0.9, 0.5)
"""A blink: how far the lids are closed in its five frames."""
_SHORTEST_GAP, _LONGEST_GAP, _NO_BLINK = 10, 70, 20
_LOUD_RANGE, _NEARBY = 1.76, 6


def blink_signal(n_frames: int, rng: Generator) -> FloatArray:
    """The published blink signal (T,): after gaps of 10 to min(T / 2, 70) frames a blink of five; none in 20 frames.

    For T of 21 the published bounds of the gap are 10 and 10, which its generator refuses; here such a gap is 10.
    """
    out = np.zeros(n_frames, np.float32)
    if n_frames <= _NO_BLINK:
        return out
    longest = max(min(n_frames // 2, _LONGEST_GAP), _SHORTEST_GAP + 1)
    at = 0
    while True:
        at += int(rng.integers(_SHORTEST_GAP, longest))
        if at + len(LID_CURVE) > n_frames:
            return out
        out[at : at + len(LID_CURVE)] = LID_CURVE
        at += len(LID_CURVE)


def recording_colour(windows: FloatArray) -> FloatArray:
    """The colour and level of a recording: (80,) mean of the loud frames of its mel windows (T, 80, 16).

    Loud is what comes within 22 decibels of the loudest quarter of a second, as in `condition.normalised`, which needs
    the columns that a stored corpus no longer has.
    """
    middle = windows[:, :, 6:10].mean(axis=2)
    level = middle.mean(axis=1)
    loud = level >= uniform_filter1d(level, _NEARBY).max() - _LOUD_RANGE
    return np.asarray(middle[loud].mean(axis=0), np.float32)


def encoder_inputs(
    windows: FloatArray, reference: FloatArray, lids: FloatArray, colour: FloatArray | None
) -> dict[str, FloatArray]:
    """Input of the audio encoder for some frames of a clip.

    Args:
        windows: (T, 80, 16) mel windows of the frames, in -4..4.
        reference: (C,) the expression of the portrait, or of a frame of the same person.
        lids: (T,) how far the eyelids are closed, from `blink_signal` or measured.
        colour: (80,) of the recording, to be taken out; None to leave the sound as it is.

    Returns:
        mel (T, 80, 16), reference (T, C), blink (T, 1), all float32.
    """
    plain = windows if colour is None else windows - colour[:, None]
    repeated = np.repeat(np.asarray(reference, np.float32)[None], len(plain), axis=0)
    return {
        "mel": np.asarray(plain, np.float32),
        "reference": repeated,
        "blink": np.asarray(lids, np.float32)[:, None],
    }
