"""Log-mel columns -> how sure it is that somebody speaks, per video frame.

The level in the bands of the voice is held against a noise floor and a speech level that follow the recording, so hum
and babble count as background and a quiet voice still counts as a voice.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d, grey_closing, grey_opening, maximum_filter1d, percentile_filter

from style2talker.records import FloatArray
from style2talker.speech.mel import MEL_RATE

__all__ = ["speech_activity"]

_VOICE_BANDS = slice(4, 56)
"""About 150 Hz to 4 kHz."""
_UNIT_DB = 12.5
"""Decibels per unit of the log-mel scale."""
_MEMORY_S = 12.0
_SILENCE_DB = -52.0
_KEEP_S = 0.12


def _steadied(activity: NDArray[np.float64], contrast_db: float) -> NDArray[np.float64]:
    """Activity without gaps and blips too short to be meant; the less a voice stands out, the longer those are.

    Args:
        activity: (M,) in 0..1 at the rate of the mel columns.
        contrast_db: level of the voice above the background.
    """
    doubt = float(np.clip((26.0 - contrast_db) / 14.0, 0.0, 1.0))
    gap, blip = (int((least + doubt * more) * MEL_RATE) | 1 for least, more in ((0.1, 0.4), (0.05, 0.15)))
    padded = np.pad(activity, gap)
    return np.asarray(grey_opening(grey_closing(padded, size=gap), size=blip)[gap:-gap], np.float64)


def speech_activity(mel: FloatArray, n_frames: int, fps: float) -> FloatArray:
    """Speech activity (T,) in 0..1.

    Args:
        mel: (M, 80) log-mel columns at 80 Hz.
        n_frames: number of frames T.
        fps: frames per second.
    """
    voice = mel[:, _VOICE_BANDS]
    # The mean rewards broad noise, the loudest bands reward a voice: harmonics and formants stand out.
    level = _UNIT_DB * (0.4 * voice.mean(axis=1) + 0.6 * np.sort(voice, axis=1)[:, -12:].mean(axis=1))
    level = gaussian_filter1d(level.astype(np.float64), 1.6, mode="nearest")
    size = min(int(_MEMORY_S * MEL_RATE) | 1, 2 * len(level) + 1)
    coarse = level[::8]
    floor = np.interp(
        np.arange(len(level)), np.arange(len(coarse)) * 8, percentile_filter(coarse, 8, size=max(size // 8, 3))
    )
    speech = np.interp(
        np.arange(len(level)), np.arange(len(coarse)) * 8, percentile_filter(coarse, 92, size=max(size // 8, 3))
    )
    loudest = float(np.percentile(level, 95))
    floor = np.minimum(floor, loudest - 9.0)
    speech = np.maximum(speech, loudest - 15.0)
    threshold = np.maximum(floor + 0.33 * (speech - floor), loudest + _SILENCE_DB + 20.0)
    activity = 1.0 / (1.0 + np.exp(-np.clip((level - threshold) / 1.6, -30, 30)))
    activity = _steadied(activity, float(np.median(speech - floor)))
    activity = maximum_filter1d(activity, int(_KEEP_S * MEL_RATE) | 1)
    activity = gaussian_filter1d(activity, 2.0, mode="nearest")
    at = np.arange(n_frames) * (MEL_RATE / fps)
    return np.asarray(np.interp(at, np.arange(len(activity)), activity), dtype=np.float32)
