"""Samples at 16 kHz -> log-mel columns at 80 Hz, with the settings of Wav2Lip that the published method uses.

Pre-emphasis 0.97, window and FFT 800 samples, hop 200, 80 Slaney bands of 55..7600 Hz, decibels above -100 minus a
reference of 20, scaled to -4..4 (Prajwal et al., "A Lip Sync Expert Is All You Need", ACM MM 2020).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray

__all__ = ["MEL_RATE", "log_mel", "mel_filters", "window_at", "window_level"]

SAMPLE_RATE = 16000
MEL_RATE = 80
WINDOW_COLUMNS = 16

_FFT, _HOP, _BANDS = 800, 200, 80
_LOW_HZ, _HIGH_HZ = 55.0, 7600.0
_BLOCK = 1024
_MIDDLE = slice(5, 11)


def _to_mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Slaney's scale: linear below 1 kHz, logarithmic above."""
    step = np.log(6.4) / 27.0
    return np.where(hertz < 1000, hertz * 3 / 200, 15 + np.log(np.maximum(hertz, 1000) / 1000) / step)


def _to_hertz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    step = np.log(6.4) / 27.0
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp(step * (np.maximum(mel, 15) - 15)))


@lru_cache(maxsize=1)
def mel_filters() -> FloatArray:
    """Triangular filters (80, 401) of equal area over FFT bins."""
    ends = _to_mel(np.array([_LOW_HZ, _HIGH_HZ]))
    edges = _to_hertz(np.linspace(ends[0], ends[1], _BANDS + 2))
    bins = np.fft.rfftfreq(_FFT, 1 / SAMPLE_RATE)
    rise = (bins[None] - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins[None]) / (edges[2:] - edges[1:-1])[:, None]
    filters = np.maximum(0, np.minimum(rise, fall)) * (2.0 / (edges[2:] - edges[:-2]))[:, None]
    return np.asarray(filters, dtype=np.float32)


def _stretch(samples: FloatArray, first: int, last: int) -> FloatArray:
    """Pre-emphasised samples under columns first..last - 1, mirrored beyond the ends of the sound."""
    half, n = _FFT // 2, len(samples)
    # Half a window more than needed, so that there is always enough to mirror.
    low, high = max(first * _HOP - 2 * half, 0), min((last - 1) * _HOP + half, n)
    emphasised = samples[low:high].astype(np.float32)
    emphasised[1:] -= np.float32(0.97) * samples[low : high - 1]
    if low > 0:
        emphasised[0] -= np.float32(0.97) * samples[low - 1]
    before, after = max(half - first * _HOP, 0), max((last - 1) * _HOP + half - n, 0)
    padded = np.pad(emphasised, (before, after), mode="reflect" if n > half else "constant")
    return padded[max(first * _HOP - half, 0) - low :]


def log_mel(samples: FloatArray) -> FloatArray:
    """Log-mel columns (M, 80) in -4..4 of samples (N,) at 16 kHz; M = N // 200 + 1, column m centred at m / 80 s."""
    count = len(samples) // _HOP + 1
    # A periodic Hann window.
    window = np.hanning(_FFT + 1)[:-1].astype(np.float32)
    out = np.empty((count, _BANDS), dtype=np.float32)
    # Block by block: a long sound is never held a second time.
    for first in range(0, count, _BLOCK):
        last = min(first + _BLOCK, count)
        frames = np.lib.stride_tricks.sliding_window_view(_stretch(samples, first, last), _FFT)[::_HOP]  # (m, 800)
        spectrum = np.abs(np.fft.rfft(frames[: last - first] * window, axis=1)).astype(np.float32)
        decibels = 20 * np.log10(np.maximum(spectrum @ mel_filters().T, 1e-5)) - 20
        out[first:last] = np.clip(8 * (decibels + 100) / 100 - 4, -4, 4)
    return out


def window_at(mel: FloatArray, n_frames: int, fps: float, first: int = 0) -> FloatArray:
    """The 16 mel columns (0.2 s) around each video frame: (T, 80, 16).

    Args:
        mel: (M, 80) columns at 80 Hz.
        n_frames: number of frames T.
        fps: frames per second.
        first: number of the first frame.

    Returns:
        Window t begins at column int(80 (first + t - 2) / fps); columns beyond the clip repeat its ends.
    """
    frames = first + np.arange(n_frames)
    begin = np.trunc(MEL_RATE * (frames - 2) / fps).astype(np.int64)
    index = np.clip(begin[:, None] + np.arange(WINDOW_COLUMNS), 0, len(mel) - 1)
    return np.asarray(mel[index].transpose(0, 2, 1), dtype=np.float32)


def window_level(windows: FloatArray) -> FloatArray:
    """Level (T,) of a voice: the mean over all bands of the log-mel columns in the 75 ms in the middle of windows.

    Args:
        windows: (T, 80, 16), as `window_at` gives them.
    """
    return np.asarray(windows[:, :, _MIDDLE].mean(axis=(1, 2)), np.float32)
