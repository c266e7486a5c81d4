"""Melody and stress of a voice on the frame clock: what head, brows and amplitude follow.

In: Speech. Out: loudness, stress pulses and phrases, one value a frame.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter1d, maximum_filter1d
from scipy.signal import find_peaks

from style2talker.records import FloatArray, Speech

__all__ = ["Prosody", "prosody", "smooth"]

_RATE = 16000
_WINDOW = 640
"""Samples of a loudness window: 40 ms."""
_PITCH_WINDOW = 1024
_PITCH_RANGE = (65.0, 400.0)
_FLOOR_DB = 35.0
_GAP_S = 0.28
"""Pauses shorter than this do not end a phrase."""


@dataclass(frozen=True, slots=True, eq=False)
class Prosody:
    """How a voice moves.

    Attributes:
        loudness: (T,) float32 in 0..1, relative to the loud parts of this voice, 0 where nobody speaks.
        speaking: (T,) float32 in 0..1, speech activity without the gaps inside words.
        accents: (T,) float32 in 0..1, the weight of a stressed syllable in the frame of its peak, else 0.
        phrases: (begin, end) frames of each stretch of speech, end exclusive.
    """

    loudness: FloatArray
    speaking: FloatArray
    accents: FloatArray
    phrases: tuple[tuple[int, int], ...]


def smooth(values: FloatArray, seconds: float, fps: float) -> FloatArray:
    """Gaussian smoothing along time with a standard deviation in seconds; ends are held."""
    return np.asarray(gaussian_filter1d(values, max(seconds * fps, 1e-3), axis=0, mode="nearest"), np.float32)


def _loudness(speech: Speech) -> FloatArray:
    """(T,) loudness in 0..1: decibels over a floor 35 dB under the loud parts."""
    hop = _RATE / speech.fps
    power = np.zeros(speech.n_frames, np.float32)
    for frame in range(speech.n_frames):
        middle = int((frame + 0.5) * hop)
        piece = speech.samples[max(0, middle - _WINDOW // 2) : middle + _WINDOW // 2]
        if len(piece):
            power[frame] = np.dot(piece, piece) / len(piece)
    spoken = speech.activity > 0.5
    if not spoken.any():
        return np.zeros(speech.n_frames, np.float32)
    decibels = 10 * np.log10(power + 1e-10)
    level = np.clip((decibels - np.percentile(decibels[spoken], 90)) / _FLOOR_DB + 1.0, 0.0, 1.0)
    return np.asarray(level * np.clip(speech.activity, 0.0, 1.0), np.float32)


def _pitch(speech: Speech, frames: list[int]) -> FloatArray:
    """Fundamental frequency in Hz at some frames by the peak of the autocorrelation, 0 where unvoiced."""
    low, high = (int(_RATE / f) for f in _PITCH_RANGE[::-1])
    out = np.zeros(len(frames), np.float32)
    window = np.hanning(_PITCH_WINDOW)
    norm = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * _PITCH_WINDOW)) ** 2)[: high + 1]
    for i, frame in enumerate(frames):
        begin = int((frame + 0.5) * _RATE / speech.fps) - _PITCH_WINDOW // 2
        piece = speech.samples[max(begin, 0) : begin + _PITCH_WINDOW]
        if len(piece) < _PITCH_WINDOW:
            continue
        spectrum = np.fft.rfft((piece - piece.mean()) * window, 2 * _PITCH_WINDOW)
        correlation = np.fft.irfft(np.abs(spectrum) ** 2)[: high + 1] / norm
        lag = low + int(correlation[low:].argmax())
        if correlation[lag] > 0.35 * max(float(correlation[0]), 1e-9):
            out[i] = _RATE / lag
    return out


def _accents(speech: Speech, loudness: FloatArray) -> FloatArray:
    """(T,) weights of stressed syllables: loudness peaks that stand out in level and in pitch."""
    curve = smooth(loudness, 0.05, speech.fps)
    peaks, facts = find_peaks(curve, prominence=0.06, distance=max(1, round(0.16 * speech.fps)))
    out = np.zeros(speech.n_frames, np.float32)
    if len(peaks) == 0:
        return out
    pitch = _pitch(speech, peaks.tolist())
    voiced = pitch > 0
    rise = np.zeros(len(peaks), np.float32)
    if voiced.any():
        rise[voiced] = 12 * np.log2(pitch[voiced] / np.median(pitch[voiced]))
    weight = 0.55 * curve[peaks] + 0.5 * np.minimum(facts["prominences"], 0.5) + 0.05 * np.clip(rise, -4.0, 6.0)
    out[peaks] = np.clip((weight - 0.3) * 1.6, 0.0, 1.0)
    strongest = maximum_filter1d(out, size=2 * round(0.3 * speech.fps) + 1, mode="constant")
    return np.where(out >= strongest, out, 0.35 * out).astype(np.float32)


def _phrases(activity: FloatArray, fps: float) -> tuple[tuple[int, int], ...]:
    """Stretches of speech, joined over gaps shorter than `_GAP_S`."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], (activity > 0.5).astype(np.int8), [0]])))
    runs: list[tuple[int, int]] = []
    for begin, end in edges.reshape(-1, 2).tolist():
        if runs and begin - runs[-1][1] < _GAP_S * fps:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((begin, end))
    return tuple(runs)


def prosody(speech: Speech) -> Prosody:
    """Measure loudness, stress and phrases of a voice; a pure function of the sound."""
    loudness = _loudness(speech)
    phrases = _phrases(speech.activity, speech.fps)
    speaking = np.zeros(speech.n_frames, np.float32)
    for begin, end in phrases:
        speaking[begin:end] = 1.0
    return Prosody(loudness, smooth(speaking, 0.12, speech.fps), _accents(speech, loudness), phrases)
