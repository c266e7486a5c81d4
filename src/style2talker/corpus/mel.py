"""Stage `mel`: the sound of a clip -> the windows of log-mel columns that go with its frames.

The same code as for generation, with the settings of Wav2Lip (`speech/mel.py`).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from style2talker.corpus.clips import FPS
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.settings import NoOptions
from style2talker.errors import AudioError
from style2talker.media.atomic import atomic_path
from style2talker.media.audio import SPEECH_RATE, read_speech
from style2talker.records import FloatArray
from style2talker.speech.mel import log_mel, window_at

__all__ = ["mel_clip", "mel_windows"]


def mel_windows(samples: FloatArray, n_frames: int | None = None) -> FloatArray:
    """The windows of a speech.

    Args:
        samples: (N,) float32 at 16 kHz.
        n_frames: number of frames at 25 a second; as many as the sound lasts when None.

    Returns:
        (T, 1, 80, 16) float32 in -4..4, window t as `window_at` puts it.
    """
    count = round(len(samples) / SPEECH_RATE * FPS) if n_frames is None else n_frames
    return window_at(log_mel(samples), count, FPS)[:, None]


def mel_clip(row: ClipRow, place: Place, options: NoOptions) -> Outcome:
    """Write the windows of a clip.

    Raises:
        AudioError: it has no sound, or is silent.
        OutputError: they cannot be written.
    """
    if "sound" not in row.files:
        raise AudioError("the clip has no sound")
    windows = mel_windows(read_speech(place.path(row.files["sound"])), row.frames)
    file = place.file("mel", row.clip, ".npy")
    with atomic_path(place.path(file)) as part:
        np.save(part, windows)
    return Outcome(dataclasses.replace(row, files={**row.files, "mel": file}))
