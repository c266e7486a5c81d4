"""Sound beside what is seen -> how a clip goes with its voice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter1d
from scipy.signal import find_peaks
from scipy.stats import spearmanr

from style2talker.errors import AudioError
from style2talker.evaluate.lips import loudness
from style2talker.evaluate.statistics import best_lag
from style2talker.evaluate.stillness import silent_stretches
from style2talker.evaluate.synchrony import chance_band
from style2talker.media.audio import read_speech
from style2talker.records import FloatArray
from style2talker.speech.analyse import analyse
from style2talker.speech.lip_regression import load_lip_regression
from style2talker.speech.synchrony import av_sync, both_known, lagged, shifted

__all__ = ["LEAST_SYNC_S", "Heard", "beat_alignment", "hear", "silent_lips", "sound_values"]

LEAST_SYNC_S = 4.0
"""Seconds of lips that offset and confidence need."""
_REACH = 2
_LEAST_SPEECH = 25
_SPEAKING = 0.5
_BEAT_S, _SMOOTH_S = 0.12, 0.08


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """A voice on the clock of a video.

    Attributes:
        level: (T,) loudness.
        asked: (T,) opening that the voice asks of lips, in units of its own.
        speaking: (T,) bool.
    """

    level: FloatArray
    asked: FloatArray
    speaking: NDArray[np.bool_]


def hear(path: Path, fps: float) -> Heard | None:
    """The voice of a file; None for one without sound."""
    try:
        speech = analyse(read_speech(path), fps=fps)
    except AudioError:
        return None
    return Heard(loudness(speech), load_lip_regression().asked(speech), speech.activity > _SPEAKING)


def silent_lips(opening: NDArray[np.floating], speaking: NDArray[np.bool_], fps: float) -> float:
    """How restless lips (T,) are in pauses of 0.3 s and more: median distance to their median, mean of pauses.

    NaN where there is no such pause in which the lips are seen.
    """
    n = min(len(opening), len(speaking))
    parts = [opening[stretch] for stretch in silent_stretches(speaking[:n], fps)]
    seen = [part[np.isfinite(part)] for part in parts]
    each = [float(np.median(np.abs(part - np.median(part)))) for part in seen if len(part)]
    return float(np.mean(each)) if each else float("nan")


def beat_alignment(rotation: NDArray[np.floating], level: NDArray[np.floating], fps: float) -> float:
    """How near a moment in which the head turns back is to each peak of loudness, 1 for in step, 0 for far.

    Mean of exp(-dt² / (2 · 0.12²)) as SadTalker (Zhang et al. 2023) takes it from dance; beats of the head are the
    minima of its speed of rotation (T, 3).
    """
    n = min(len(rotation), len(level))
    if n < fps:
        return float("nan")
    smooth = gaussian_filter1d(np.asarray(rotation[:n], np.float64), _SMOOTH_S * fps, axis=0, mode="nearest")
    speed = np.linalg.norm(np.gradient(smooth, axis=0), axis=1)
    loud = gaussian_filter1d(np.asarray(level[:n], np.float64), _SMOOTH_S * fps, mode="nearest")
    beats, _ = find_peaks(-speed)
    peaks, _ = find_peaks(loud, prominence=0.5 * loud.std())
    if not len(beats) or not len(peaks) or speed.max() < 1e-6:
        return float("nan")
    apart = np.abs(peaks[:, None] - beats[None]).min(axis=1) / fps
    return float(np.exp(-np.square(apart) / (2 * _BEAT_S**2)).mean())


def _rank(heard: NDArray[np.floating], opening: NDArray[np.floating], lag: int) -> float:
    """Spearman's correlation at a lag."""
    return float(spearmanr(*both_known(*shifted(heard, opening, lag))).statistic)


def _offset(asked: FloatArray, lips: NDArray[np.float64], fps: float) -> dict[str, float]:
    """Offset and confidence; NaN for less than 4 s of lips, in which chance decides."""
    nothing = float("nan")
    if np.isfinite(lips).sum() < LEAST_SYNC_S * fps:
        return dict.fromkeys(("av_offset", "av_offset_known", "av_confidence", "av_fit", "av_fit_chance"), nothing)
    found = av_sync(asked, lips, fps)
    return {
        "av_offset": float(found.lag) if found.sure else nothing,
        "av_offset_known": float(found.sure) if np.isfinite(found.confidence) else nothing,
        "av_confidence": found.confidence,
        "av_fit": found.r,
        "av_fit_chance": chance_band(asked, lips, fps)[0].high if np.isfinite(found.r) else nothing,
    }


def sound_values(
    heard: Heard, opening: NDArray[np.floating], fps: float, rotation: NDArray[np.floating] | None = None
) -> dict[str, float]:
    """How lips, and the head where its rotation (T, 3) is given, go with a voice.

    Args:
        heard: the voice.
        opening: (T,) of the lips, NaN where no face was found.
        fps: frames per second.
        rotation: radians.

    Returns:
        Correlations inside speech alone; what cannot be told is NaN.
    """
    n = min(len(opening), len(heard.level))
    level, lips = np.asarray(heard.level[:n], np.float64), np.asarray(opening[:n], np.float64)
    inside = np.where(heard.speaking[:n], lips, np.nan)
    if np.isfinite(inside).sum() < _LEAST_SPEECH:
        inside = np.full(n, np.nan)
    fit = best_lag(level, inside, _REACH)
    steps = lagged(np.diff(level), np.diff(inside), _REACH)
    return {
        "av_correlation": fit.r,
        "av_rank_correlation": _rank(level, inside, fit.lag) if np.isfinite(fit.r) else float("nan"),
        "av_step_correlation": float(np.nanmax(steps)) if np.isfinite(steps).any() else float("nan"),
        **_offset(heard.asked[:n], lips, fps),
        "silent_lips": silent_lips(lips, heard.speaking[:n], fps),
        "beat_alignment": float("nan") if rotation is None else beat_alignment(rotation, level, fps),
    }
