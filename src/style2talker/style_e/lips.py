"""Speech -> mouth curves, by a small network learned from synthetic and real speakers.

In: Speech. Out: (T, 52) blendshapes of the mouth, 0 where nobody speaks; lips shut on p, b, m, in silence and at both
ends of the clip.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d, minimum_filter1d, uniform_filter1d

from style2talker.assets.store import package_data
from style2talker.records import ARKIT_NAMES, FloatArray, Speech
from style2talker.runtime.ports import LIPS
from style2talker.runtime.session import Session
from style2talker.speech.mel import window_at

__all__ = ["CHANNELS", "LipModel", "SpeechModel", "lip_motion", "normalised"]

CHANNELS = (
    "jawOpen",
    "mouthFunnel",
    "mouthPucker",
    "mouthLowerDown",
    "mouthUpperUp",
    "mouthStretch",
    "mouthSmile",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthPress",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthDimple",
    "closure",
)
"""What the network gives for each frame; a stem stands for its left and right shape. "closure": the lips are shut."""

_CLOSURE = CHANNELS.index("closure")
_OPENING = [CHANNELS.index(name) for name in ("jawOpen", "mouthLowerDown", "mouthUpperUp", "mouthFunnel")]
_ARTICULATION = np.array([1.75, 1.3, 1.7, 1.3, 1.3, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.2, 1.0], np.float32)
"""A regression shrinks towards the mean; times these, channels spread as those of tracked speakers."""
_RUN, _CONTEXT = 250, 40
_ONSET_S, _OFFSET_S = 0.08, 0.12
_FPS = 25.0
_LOUD_RANGE = 1.76
"""22 decibels on the log-mel scale."""

_EXPAND = np.zeros((len(CHANNELS), len(ARKIT_NAMES)), np.float32)
for _row, _stem in enumerate(CHANNELS[:-1]):
    for _column, _name in enumerate(ARKIT_NAMES):
        if _name in (_stem, f"{_stem}Left", f"{_stem}Right"):
            _EXPAND[_row, _column] = 1.0


class SpeechModel(Protocol):
    """Normalised mel windows (T, 80, 16) -> mouth channels (T, len(CHANNELS)) in 0..1."""

    def __call__(self, windows: FloatArray) -> FloatArray:
        """Mouth channels of mel windows."""
        ...


class LipModel:
    """The network that comes with the package."""

    def __init__(self) -> None:
        """Load it. Raises AssetError when the installation lacks it."""
        self._session = Session(package_data("lips.onnx"), LIPS)

    def __call__(self, windows: FloatArray) -> FloatArray:
        """Mouth channels (T, len(CHANNELS)) of normalised mel windows (T, 80, 16)."""
        return self._session.run(mel=windows)["shapes"]


def normalised(mel: FloatArray) -> FloatArray:
    """Mel columns (M, 80) without the colour and level of their recording: minus the mean of its loud columns.

    Loud is what comes within 22 decibels of the loudest quarter of a second, so pauses of any length count for nothing.
    """
    level = mel.mean(axis=1)
    loud = level >= uniform_filter1d(level, 20).max() - _LOUD_RANGE
    return np.asarray(mel - mel[loud].mean(axis=0), dtype=np.float32)


def channels_of(mel: FloatArray, n_frames: int, model: SpeechModel) -> FloatArray:
    """Mouth channels (T, len(CHANNELS)) at 25 fps of mel columns (M, 80), run by run so that memory stays flat."""
    plain = normalised(mel)
    out = np.empty((n_frames, len(CHANNELS)), np.float32)
    for begin in range(0, n_frames, _RUN):
        end = min(begin + _RUN, n_frames)
        first, last = max(begin - _CONTEXT, 0), min(end + _CONTEXT, n_frames)
        windows = window_at(plain, last - first, _FPS, first)
        out[begin:end] = model(windows)[begin - first : end - first]
    return out


def _shut(closure: FloatArray) -> FloatArray:
    """How far the lips are shut (T,) for a likelihood of closure (T,).

    Wholly at each peak that stands out from the quarter of a second on both sides: a p lasts one frame or two.
    """
    base = np.clip((closure - 0.55) / 0.3, 0.0, 1.0)
    valley = np.maximum(minimum_filter1d(closure, 7, origin=3), minimum_filter1d(closure, 7, origin=-3))
    peak = (closure > 0.36) & (closure >= maximum_filter1d(closure, 5)) & (closure - valley > 0.12)
    beside = np.convolve(peak, [0.4, 1.0, 0.4], mode="same").clip(0, 1)
    return np.asarray(np.maximum(base * base * (3 - 2 * base), beside), np.float32)


def _gate(activity: FloatArray, fps: float) -> FloatArray:
    """(T,) 0..1: opens a little before a voice begins and closes a little after it ends."""
    early = maximum_filter1d(activity, 2 * round(_ONSET_S * fps) + 1, origin=0)
    late = maximum_filter1d(activity, 2 * round(_OFFSET_S * fps) + 1, origin=0)
    held = np.maximum(activity, np.minimum(early, late))
    return np.asarray(gaussian_filter1d(held, 0.04 * fps), np.float32)


def lip_motion(speech: Speech, model: SpeechModel) -> FloatArray:
    """Mouth curves (T, 52) of a voice.

    Args:
        speech: the voice on a clock of 25 fps.
        model: mel windows to mouth channels.
    """
    channels = channels_of(speech.mel, speech.n_frames, model)
    shut = _shut(channels[:, _CLOSURE])
    channels = np.tanh(channels * _ARTICULATION)
    channels[:, _OPENING] *= (1.0 - shut)[:, None]
    gate = _gate(speech.activity, speech.fps)
    return np.asarray((channels * gate[:, None]) @ _EXPAND, np.float32)
