"""How a speaker of the synthetic corpus acts: the play of the face and the motion of the head, from voice and feeling.

In: prosody and feeling. Out: what comes on top of the expression that is asked for (T, 52), and the head (T, 6).
After Munhall et al., "Visual prosody and speech intelligibility" (Psychological Science 15, 2004) and Hadar
et al., "Head movement correlates of juncture and stress at sentence level" (Language and Speech 26, 1983):
heads move with stress, rest in pauses, and hardly above 4 Hz while speaking; brows rise on stress (Cave et al.,
"About the relationship between eyebrow movements and F0 variations", ICSLP 1996). Postures after Witkower & Tracy,
"Bodily communication of emotion" (Emotion Review 11, 2019). It teaches the diffusion model what a few minutes of film
cannot.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.ndimage import gaussian_filter1d

from style2talker.records import ARKIT_NAMES, LABELS, FloatArray
from style2talker.style_e.noise import smooth_noise
from style2talker.style_e.prosody import Prosody, smooth

__all__ = ["acted_face", "acted_head"]

_BROWS = [ARKIT_NAMES.index(name) for name in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")]
_EYES_AND_BROWS = [i for i, name in enumerate(ARKIT_NAMES) if name.startswith(("brow", "eye", "cheek", "nose"))]


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

_NOD = 4.2
"""Degrees of pitch of the strongest stress."""
_NOD_S = 0.11
_DRIFT = np.array([1.3, 2.5, 1.4])
_POSTURE = np.array([1.5, 3.4, 2.0])
_SWAY = np.array([0.015, 0.010, 0.012])
_DRIFT_HZ = 0.45
_QUICK, _QUICK_HZ = 0.55, 2.0
_SMOOTH_S = 0.07


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


def acted_face(rng: Generator, expression: FloatArray, voice: Prosody, fps: float) -> FloatArray:
    """How an expression breathes: with the voice's loudness and stress, and by slow noise.

    Args:
        rng: where randomness comes from.
        expression: (T, 52) activations, scaled by strength.
        voice: loudness, stress and phrases.
        fps: frames per second.

    Returns:
        (T, 52) to be added to the expression; brows rise on stress whatever is felt.
    """
    n_frames = len(expression)
    awake = 0.5 + 0.5 * voice.speaking
    swell = 0.14 * (smooth(voice.loudness, 0.25, fps) - 0.5)
    whole = smooth_noise(rng, n_frames, 1, 0.5, fps)[:, 0] * 0.045
    parts = smooth_noise(rng, n_frames, 2, 1.1, fps) * 0.05
    stress = smooth(voice.accents, 0.09, fps) * 0.09 * fps
    gain = (swell + whole * awake)[:, None] + np.zeros((1, expression.shape[1]), np.float32)
    gain[:, _EYES_AND_BROWS] += parts[:, :1] * awake[:, None] + 0.25 * stress[:, None]
    others = [i for i in range(expression.shape[1]) if i not in _EYES_AND_BROWS]
    gain[:, others] += parts[:, 1:] * awake[:, None]
    out = np.asarray(expression * gain, np.float32)
    out[:, _BROWS] += 0.22 * stress[:, None] * rng.uniform(0.7, 1.1, 3).astype(np.float32)
    return out


def acted_head(rng: Generator, voice: Prosody, feeling: FloatArray, fps: float) -> FloatArray:
    """Rotation and translation of a speaking head.

    Args:
        rng: where randomness comes from.
        voice: loudness, stress and phrases.
        feeling: (T, 8) shares of the emotions in the order of `LABELS`.
        fps: frames per second.

    Returns:
        (T, 6) float32: radians (pitch, yaw, roll), eye distances (right, up, towards the camera).
    """
    n_frames = len(voice.speaking)
    bearing = smooth((feeling @ _TABLE).astype(np.float32), 0.25, fps)
    lively = bearing[:, 4:]
    awake = 0.3 + 0.7 * smooth(voice.speaking, 0.35, fps)[:, None]
    slow = smooth_noise(rng, n_frames, 3, _DRIFT_HZ, fps) * _DRIFT
    quick = smooth_noise(rng, n_frames, 3, _QUICK_HZ, fps) * _DRIFT * _QUICK
    moving = (
        awake * (slow + quick * voice.speaking[:, None] * lively) + _nods(rng, voice, fps) + _postures(rng, voice, fps)
    )
    degrees = gaussian_filter1d(bearing[:, :3] + moving * lively, _SMOOTH_S * fps, axis=0, mode="nearest")
    sway = smooth_noise(rng, n_frames, 3, 0.3, fps) * _SWAY * awake * lively
    sway[:, 2] += bearing[:, 3]
    return np.concatenate([np.radians(degrees), sway], axis=1).astype(np.float32)
