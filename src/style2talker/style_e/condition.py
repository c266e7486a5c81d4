"""What the diffusion model is told: the sound without its recording, the melody of the voice, the feeling.

The same functions make the examples of training and the input of every run.
"""

from __future__ import annotations

import numpy as np
from scipy.ndimage import uniform_filter1d

from style2talker.records import FloatArray
from style2talker.style_e.prosody import Prosody, smooth

__all__ = ["normalised", "voice_rows"]

_LOUD_RANGE = 1.76
"""22 decibels on the log-mel scale."""
_STRESS_S = 0.09


def normalised(mel: FloatArray) -> FloatArray:
    """Mel columns (M, 80) without the colour and level of their recording: minus the mean of its loud columns.

    Loud is what comes within 22 decibels of the loudest quarter of a second, so pauses of any length count for nothing.
    """
    level = mel.mean(axis=1)
    loud = level >= uniform_filter1d(level, 20).max() - _LOUD_RANGE
    return np.asarray(mel - mel[loud].mean(axis=0), dtype=np.float32)


def voice_rows(voice: Prosody, fps: float) -> FloatArray:
    """Loudness, speaking and stress, (T, 3) in about 0..1."""
    stress = smooth(voice.accents, _STRESS_S, fps) * np.float32(2.5 * _STRESS_S * fps)
    return np.stack([voice.loudness, voice.speaking, stress], axis=1).astype(np.float32)
