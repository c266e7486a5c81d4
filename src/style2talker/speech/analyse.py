"""Samples -> Speech: mel columns and speech activity on the clock of the video."""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray, Speech
from style2talker.speech.activity import speech_activity
from style2talker.speech.mel import SAMPLE_RATE, log_mel

__all__ = ["analyse"]


def analyse(samples: FloatArray, n_frames: int | None = None, fps: float = 25.0) -> Speech:
    """Analyse a voice.

    Args:
        samples: (N,) float32 in -1..1 at 16 kHz; kept, not copied.
        n_frames: frames on the clock; as many as the sound fills, rounded up, when None.
        fps: frames per second of the clock.
    """
    if n_frames is None:
        n_frames = max(1, int(np.ceil(len(samples) * fps / SAMPLE_RATE - 1e-6)))
    mel = log_mel(samples)
    samples, mel = samples.view(), mel.view()
    for array in (samples, mel):
        array.setflags(write=False)
    return Speech(samples, mel, speech_activity(mel, n_frames, fps), fps)
