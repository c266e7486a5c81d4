"""Head motion from the voice: nods on stress, posture per phrase, slow drift, breath.

In: prosody and feeling. Out: rotation in radians and translation in eye distances, both (T, 3).
After Munhall et al., "Visual prosody and speech intelligibility" (Psychological Science 15, 2004) and Hadar
et al., "Head movement correlates of juncture and stress at sentence level" (Language and Speech 26, 1983):
heads move with stress, rest in pauses, and hardly above 4 Hz while speaking. Postures after Witkower & Tracy,
"Bodily communication of emotion" (Emotion Review 11, 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.ndimage import gaussian_filter1d

from style2talker.records import LABELS, FloatArray
from style2talker.style_e.noise import smooth_noise
from style2talker.style_e.prosody import Prosody, smooth

__all__ = ["LARGEST_ANGLE", "breath", "head_motion"]

LARGEST_ANGLE = float(np.radians(15.0))
"""No rotation goes beyond, whatever the options ask for."""


@dataclass(frozen=True, slots=True)
class _Bearing:
    """How a feeling carries the head: degrees (pitch, yaw, roll), forward in eye distances, liveliness."""

    pitch: float
    yaw: float
    roll: float
    forward: float
    lively: float


_BEARINGS = {
    "angry": _Bearing(3.0, 0.0, 0.0, 0.06, 1.2),
    "contempt": _Bearing(-4.0, 2.5, -2.5, -0.02, 0.75),
    "disgusted": _Bearing(-1.5, -3.0, 1.5, -0.05, 0.85),
    "fear": _Bearing(-1.0, 1.5, 0.0, -0.07, 1.05),
    "happy": _Bearing(-1.0, 0.0, 1.5, 0.02, 1.3),
    "neutral": _Bearing(0.0, 0.0, 0.0, 0.0, 1.0),
    "sad": _Bearing(5.0, -1.0, 2.5, -0.01, 0.55),
    "surprised": _Bearing(-2.5, 0.0, 0.0, -0.04, 1.1),
}
_TABLE = np.array([[b.pitch, b.yaw, b.roll, b.forward, b.lively] for b in map(_BEARINGS.__getitem__, LABELS)])

_NOD = 3.2
"""Degrees of pitch of the strongest stress."""
_NOD_S = 0.11
_DRIFT = np.array([1.0, 1.9, 0.9])
_POSTURE = np.array([1.3, 2.8, 1.6])
_SWAY = np.array([0.015, 0.010, 0.012])
_DRIFT_HZ = 0.45
_QUICK_HZ = 1.6
_EASE_S = 0.8
_SMOOTH_S = 0.07
_BREATH_HZ, _BREATH = 0.25, 0.010


def _nods(rng: Generator, voice: Prosody, fps: float) -> FloatArray:
    """(T, 3) degrees: each stress dips the chin, now and then lifts it, with a trace of yaw and roll."""
    at = np.flatnonzero(voice.accents)
    pulses = np.zeros((len(voice.accents), 3), np.float32)
    size = voice.accents[at] * rng.uniform(0.6, 1.2, len(at)) * np.where(rng.random(len(at)) < 0.2, -0.6, 1.0)
    pulses[at, 0] = size
    pulses[at, 1] = np.abs(size) * rng.normal(0.0, 0.35, len(at))
    pulses[at, 2] = np.abs(size) * rng.normal(0.0, 0.25, len(at))
    sigma = _NOD_S * fps
    return np.asarray(_NOD * sigma * np.sqrt(2 * np.pi) * gaussian_filter1d(pulses, sigma, axis=0, mode="constant"))


def _postures(rng: Generator, voice: Prosody, fps: float) -> FloatArray:
    """(T, 3) degrees: every phrase has its own bearing, half given up in the pause after it."""
    out = np.zeros((len(voice.speaking), 3), np.float32)
    for begin, end in voice.phrases:
        for first in range(begin, end, round(2.5 * fps)):
            out[first:] = rng.normal(0.0, 1.0, 3).clip(-1.8, 1.8) * _POSTURE
        out[end:] *= 0.5
    return smooth(out, 0.28, fps)


def breath(rng: Generator, n_frames: int, fps: float) -> FloatArray:
    """(T,) upward translation in eye distances: about a quarter of a hertz, not quite regular, 0 at first."""
    pace = _BREATH_HZ * (1 + 0.12 * smooth_noise(rng, n_frames, 1, 0.2, fps)[:, 0])
    phase = 2 * np.pi * np.cumsum(np.clip(pace, 0.15, 0.4)) / fps
    return np.asarray(_BREATH * 0.5 * (1 - np.cos(phase - phase[:1])), np.float32)


def _bounded(angles: FloatArray, free: float, most: float) -> FloatArray:
    """Leave angles under `free` as they are and bend larger ones so that none passes `most`."""
    size = np.abs(angles)
    room = most - free
    return np.asarray(np.sign(angles) * np.where(size > free, free + room * np.tanh((size - free) / room), size))


def head_motion(
    rng: Generator, voice: Prosody, feeling: FloatArray, scale: float, fps: float
) -> tuple[FloatArray, FloatArray]:
    """Rotation and translation of a speaking head.

    Args:
        rng: where randomness comes from.
        voice: loudness, stress and phrases.
        feeling: (T, 8) shares of the emotions in the order of `LABELS`.
        scale: 0 still .. 1 as people move .. 2 doubled.
        fps: frames per second.

    Returns:
        rotation (T, 3) float32 radians (pitch, yaw, roll) within `LARGEST_ANGLE`; translation (T, 3) float32
        in eye distances (right, up, towards the camera), without breath.
    """
    n_frames = len(voice.speaking)
    bearing = smooth((feeling @ _TABLE).astype(np.float32), 0.25, fps)
    lively = bearing[:, 4:]
    awake = 0.3 + 0.7 * smooth(voice.speaking, 0.35, fps)[:, None]
    slow = smooth_noise(rng, n_frames, 3, _DRIFT_HZ, fps) * _DRIFT
    quick = smooth_noise(rng, n_frames, 3, _QUICK_HZ, fps) * _DRIFT * 0.22
    ease = np.clip(np.arange(n_frames) / fps / _EASE_S, 0.0, 1.0)[:, None]
    ease = ease * ease * (3 - 2 * ease)
    moving = (
        awake * (slow + quick * voice.speaking[:, None] * lively) + _nods(rng, voice, fps) + _postures(rng, voice, fps)
    )
    degrees = bearing[:, :3] + moving * lively * ease
    degrees = gaussian_filter1d(degrees, _SMOOTH_S * fps, axis=0, mode="nearest") * scale
    rotation = _bounded(np.radians(degrees), float(np.radians(7.0)), LARGEST_ANGLE)
    sway = smooth_noise(rng, n_frames, 3, 0.3, fps) * _SWAY * awake * lively * ease
    sway[:, 2] += bearing[:, 3]
    return rotation.astype(np.float32), (sway * scale).astype(np.float32)
