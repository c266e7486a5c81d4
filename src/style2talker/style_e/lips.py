"""Mouth channels -> mouth curves: lips that shut on p, b, m, in silence and at both ends of the clip.

In: channels of the diffusion model and speech activity, T frames. Out: (T, 52) blendshapes of the mouth, 0 where nobody
speaks.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d

from style2talker.face.rig import load_rig
from style2talker.records import FloatArray
from style2talker.style_e.factors import CHANNEL_SHAPES, CHANNELS

__all__ = ["ARTICULATION", "lip_curves", "opening_pulls"]

_CLOSURE = CHANNELS.index("closure")
_OPENING = [CHANNELS.index(name) for name in ("jawOpen", "mouthLowerDown", "mouthUpperUp", "mouthFunnel")]
ARTICULATION = np.array([1.75, 1.3, 1.7, 1.3, 1.3, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.0], np.float32)
"""A regression shrinks towards the mean; times these, channels spread as those of tracked speakers."""
_ONSET_S, _OFFSET_S = 0.08, 0.12
_SOME_VOICE = 0.6
"""Speech activity from which lips move freely: what hardly sounds is articulated all the same."""
_DIP, _EDGE = 0.5, 0.15
"""A closure must be a dip: lips that are wider than this part of their opening nearby do not snap shut."""
_NEARBY = 9
_PEAK, _PROMINENCE = 0.12, 0.06
_LIKELY, _SURER = 0.3, 0.2
_ENDS_S = 0.12
"""Within this time of either end the lips come to rest."""


@lru_cache(maxsize=1)
def opening_pulls() -> FloatArray:
    """(len(CHANNELS),) how far each channel parts the middle of the inner lips of the rig, in eye distances."""
    rig = load_rig()
    eyes = np.linalg.norm(rig.reference[33] - rig.reference[263])
    pulls = np.asarray(CHANNEL_SHAPES @ (rig.basis[:, 14] - rig.basis[:, 13])[:, 1] / eyes, np.float32)
    pulls.setflags(write=False)
    return pulls


def _shut(closure: FloatArray, opening: FloatArray) -> FloatArray:
    """How far the lips are shut (T,) for a likelihood of closure (T,) and an opening (T,) that knows of none.

    Wholly at each peak that stands out from the quarter of a second on both sides (a p lasts one frame or two), where
    the opening dips as well: two signs go wrong less often than one.
    """
    base = np.clip((closure - _LIKELY) / _SURER, 0.0, 1.0)
    valley = np.maximum(minimum_filter1d(closure, 7, origin=3), minimum_filter1d(closure, 7, origin=-3))
    peak = (closure > _PEAK) & (closure >= maximum_filter1d(closure, 5)) & (closure - valley > _PROMINENCE)
    beside = np.convolve(peak, [0.4, 1.0, 0.4], mode="same").clip(0, 1)
    of_nearby = opening / np.maximum(maximum_filter1d(opening, _NEARBY), 1e-3)
    dips = np.clip((_DIP + _EDGE - of_nearby) / _EDGE, 0.0, 1.0)
    return np.asarray(np.maximum(base * base * (3 - 2 * base), beside) * dips, np.float32)


def _gate(activity: FloatArray, fps: float) -> FloatArray:
    """(T,) 0..1: opens a little before a voice begins and closes a little after it ends."""
    voice = np.clip(activity / _SOME_VOICE, 0.0, 1.0)
    early = maximum_filter1d(voice, 2 * round(_ONSET_S * fps) + 1, origin=0)
    late = maximum_filter1d(voice, 2 * round(_OFFSET_S * fps) + 1, origin=0)
    held = np.maximum(voice, np.minimum(early, late))
    return np.asarray(gaussian_filter1d(held, 0.04 * fps), np.float32)


def _ending(n_frames: int, fps: float) -> FloatArray:
    """(T,) 0..1: 0 in the first and the last frame."""
    from_end = np.minimum(np.arange(n_frames), np.arange(n_frames)[::-1]) / (fps * _ENDS_S)
    weight = np.clip(from_end, 0.0, 1.0)
    return np.asarray(weight * weight * (3 - 2 * weight), np.float32)


def lip_curves(channels: FloatArray, activity: FloatArray, fps: float) -> FloatArray:
    """Mouth curves (T, 52) in 0..1.

    Args:
        channels: (T, len(CHANNELS)) of a speaking mouth.
        activity: (T,) 0..1, how sure it is that somebody speaks.
        fps: frames per second.
    """
    spoken = np.tanh(np.maximum(channels, 0.0) * ARTICULATION)
    shut = _shut(channels[:, _CLOSURE], np.maximum(spoken @ opening_pulls(), 0.0))
    spoken[:, _OPENING] *= (1.0 - shut)[:, None]
    gate = _gate(activity, fps) * _ending(len(channels), fps)
    return np.asarray((spoken * gate[:, None]) @ CHANNEL_SHAPES, np.float32)
