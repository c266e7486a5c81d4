"""Mel columns -> the same speech through another throat, room, microphone and crowd: augmentation for lips from sound.

Everything happens on the decibel scale of the columns, where a filter is a sum, and sounds are mixed as powers; so a
new disguise of an utterance costs a millisecond each time it is seen.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.signal import lfilter

from style2talker.records import FloatArray
from style2talker.speech.mel import MEL_RATE

__all__ = ["at_tempo", "disguised", "mixed", "noise_columns"]

_UNIT_DB = 12.5
"""Decibels per unit of the log-mel scale."""
_BANDS = 80


def _power(columns: FloatArray) -> FloatArray:
    return np.asarray(10.0 ** (columns * (_UNIT_DB / 10.0)), np.float32)


def _columns(power: FloatArray) -> FloatArray:
    return np.asarray(np.log10(np.maximum(power, 1e-9)) * (10.0 / _UNIT_DB), np.float32)


def _loud(columns: FloatArray) -> float:
    """Level of the louder part, in units of the mel scale."""
    return float(np.quantile(columns.mean(axis=1), 0.85))


def at_tempo(values: FloatArray, factor: float, n: int) -> FloatArray:
    """`n` rows of values (K, …) read `factor` times as fast, linear in between, held at the end."""
    at = np.clip(np.arange(n) * factor, 0, len(values) - 1)
    low = np.floor(at).astype(int)
    weight = (at - low).reshape(-1, *([1] * (values.ndim - 1))).astype(np.float32)
    mix = values[low] * (1 - weight) + values[np.minimum(low + 1, len(values) - 1)] * weight
    return np.asarray(mix, np.float32)


def mixed(columns: FloatArray, noise: FloatArray, ratio_db: float) -> FloatArray:
    """Speech columns (M, 80) with noise (M, 80) under them, loud part against loud part, at a ratio in decibels."""
    shift = _loud(columns) - _loud(noise) - ratio_db / _UNIT_DB
    return np.maximum(_columns(_power(columns) + _power(np.asarray(noise + shift, np.float32))), -4.0)


def noise_columns(n: int, voices: Sequence[FloatArray], rng: np.random.Generator) -> FloatArray:
    """Noise (n, 80): a crowd of other voices, a hiss or rumble that comes and goes, or tones as in music."""
    kind = rng.random()
    if kind < 0.5:
        total = np.zeros((n, _BANDS), np.float32)
        for _ in range(int(rng.integers(2, 8))):
            voice = np.asarray(voices[int(rng.integers(len(voices)))], np.float32)
            index = (np.arange(n) + int(rng.integers(len(voice)))) % len(voice)
            total += _power((voice - _loud(voice))[index]) * 10 ** float(rng.uniform(-0.6, 0.6))
        return _columns(total)
    tilt = np.interp(np.arange(_BANDS), np.linspace(0, _BANDS - 1, 5), rng.normal(0, 0.6, 5))
    swell = np.interp(np.arange(n), np.linspace(0, n, 12), rng.normal(0, float(rng.uniform(0, 0.5)), 12))
    out = tilt[None] + swell[:, None] + rng.normal(0, 0.2, (n, _BANDS))
    if kind > 0.85:
        step = int(rng.uniform(0.15, 0.6) * MEL_RATE)
        for begin in range(0, n, step):
            out[begin : begin + step, rng.integers(0, 60, 6)] += rng.uniform(0.8, 2.2)
    return np.asarray(out, np.float32)


def _in_a_room(columns: FloatArray, rng: np.random.Generator) -> FloatArray:
    decay = 10 ** (-6.0 / (float(rng.uniform(0.15, 0.8)) * MEL_RATE))
    power = _power(columns)
    tail = lfilter([0.0, decay], [1.0, -decay], power, axis=0)
    return _columns(np.asarray(power + float(rng.uniform(0.02, 0.2)) * tail, np.float32))


def disguised(columns: FloatArray, voices: Sequence[FloatArray], rng: np.random.Generator) -> FloatArray:
    """Columns (M, 80) of the same words by a longer or shorter throat, in a room, by a microphone, amid noise.

    Args:
        columns: (M, 80) log-mel columns.
        voices: columns of other speech, for a crowd.
        rng: where the chance comes from.
    """
    bands = np.clip(np.arange(_BANDS) * float(rng.uniform(0.86, 1.16)) + float(rng.uniform(-1, 1)), 0, _BANDS - 1)
    low = np.floor(bands).astype(int)
    weight = (bands - low).astype(np.float32)
    out = columns[:, low] * (1 - weight) + columns[:, np.minimum(low + 1, _BANDS - 1)] * weight
    knots = rng.normal(0, 0.35, 6)
    out = out + np.interp(np.arange(_BANDS), np.linspace(0, _BANDS - 1, 6), knots).astype(np.float32)
    if rng.random() < 0.35:
        out = _in_a_room(out, rng)
    if rng.random() < 0.6:
        out = mixed(out, noise_columns(len(out), voices, rng), float(rng.uniform(-3, 30)))
    if rng.random() < 0.2:
        out[:, int(rng.integers(52, 78)) :] -= float(rng.uniform(1.5, 4))
    if rng.random() < 0.2:
        out[:, : int(rng.integers(1, 10))] -= float(rng.uniform(1.5, 4))
    if rng.random() < 0.2:
        begin = int(rng.integers(0, _BANDS - 8))
        out[:, begin : begin + int(rng.integers(3, 9))] -= float(rng.uniform(0.5, 2))
    out = out + np.float32(rng.normal(0, 0.5)) + rng.normal(0, 0.04, out.shape).astype(np.float32)
    return np.asarray(np.clip(out, -4, 4), np.float32)
