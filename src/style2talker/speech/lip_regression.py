"""The sound of a voice -> the opening of lips that it asks for, by a linear regression learned from people on film.

Loudness alone puts vowels and hisses together; 16 bands of the mel around a frame tell them apart, and that much is
linear (Yehia, Rubin & Vatikiotis-Bateson, "Quantitative association of vocal-tract and facial behavior", 1998). The
regression has nothing of the networks that make our motion: neither weights nor synthetic speech, only real people.
It is learned by `python -m style2talker.evaluate.lip_regression`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from style2talker.assets.store import package_data
from style2talker.records import FloatArray, Speech
from style2talker.speech.mel import window_at

__all__ = ["LipRegression", "load_lip_regression", "mel_bands"]

_BANDS, _STEPS = 16, 8


def mel_bands(speech: Speech) -> FloatArray:
    """(T, 128) the mel in 16 bands and 8 steps of 25 ms around each frame."""
    windows = window_at(speech.mel, speech.n_frames, speech.fps)  # (T, 80, 16)
    cut = windows.reshape(len(windows), _BANDS, windows.shape[1] // _BANDS, _STEPS, windows.shape[2] // _STEPS)
    return np.asarray(cut.mean(axis=(2, 4)).reshape(len(windows), -1), np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class LipRegression:
    """What a voice asks of lips.

    Attributes:
        weights: (128,) of the bands of `mel_bands`.
    """

    weights: FloatArray

    def asked(self, speech: Speech) -> FloatArray:
        """Opening (T,) that a voice asks for, in units that mean nothing: to be correlated."""
        return np.asarray(mel_bands(speech) @ self.weights, np.float32)


@lru_cache(maxsize=1)
def load_lip_regression() -> LipRegression:
    """The regression that comes with the package. Raises AssetError when the installation lacks it."""
    with np.load(package_data("lip_regression.npz"), allow_pickle=False) as data:
        return LipRegression(data["weights"])
