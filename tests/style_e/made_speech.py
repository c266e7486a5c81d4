"""A made voice: phrases of syllables whose mouth is known, and an actor in the place of the diffusion model."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from style2talker.corpus.acting import acted_face, acted_head
from style2talker.emotion.facs import resemblance
from style2talker.face.rig import LIP_COLUMNS, load_rig
from style2talker.records import ARKIT_NAMES, Emotion, FloatArray, Speech
from style2talker.style_e.factors import CHANNELS, Factors
from style2talker.style_e.prosody import Prosody

RATE, FPS = 16000, 25.0
SYLLABLE_S = 0.24
JAW = ARKIT_NAMES.index("jawOpen")
PHRASES = ((0.4, 2.8), (3.3, 6.1), (6.8, 9.4))
"""Seconds of speech of a ten-second clip."""


def _envelope(times: FloatArray, phrases: tuple[tuple[float, float], ...]) -> FloatArray:
    """Loudness 0..1: one bump a syllable, zero between two, every fourth stressed."""
    out = np.zeros(len(times), np.float32)
    for begin, end in phrases:
        inside = (times >= begin) & (times < end)
        count = (times[inside] - begin) / SYLLABLE_S
        stress = np.where(count.astype(int) % 4 == 1, 1.0, 0.55)
        out[inside] = np.sin(np.pi * (count % 1)) ** 2 * stress
    return out


def made_speech(duration: float = 10.0, phrases: tuple[tuple[float, float], ...] = PHRASES) -> Speech:
    """A voice of 120 Hz that speaks in the given seconds."""
    times = (np.arange(round(duration * RATE)) / RATE).astype(np.float32)
    pulse = np.sin(2 * np.pi * 120 * times) + 0.5 * np.sin(2 * np.pi * 240 * times)
    samples = 0.3 * pulse * _envelope(times, phrases)
    frames = (np.arange(round(duration * FPS)) + 0.5) / FPS
    activity = np.zeros(len(frames), np.float32)
    for begin, end in phrases:
        activity[(frames >= begin) & (frames < end)] = 1
    return Speech(samples, np.zeros((round(duration * 80), 80), np.float32), activity)


def lip_gaps(shapes: FloatArray) -> FloatArray:
    """(T,) widest gap of the middle of the inner lips of the average face, over the mouth's width, of (T, 52)."""
    rig = load_rig()
    upper, lower = list(LIP_COLUMNS["upper"][0][2:7]), list(LIP_COLUMNS["lower"][0][2:7])
    width = np.linalg.norm(rig.reference[291] - rig.reference[61])
    pull = (rig.basis[:, lower] - rig.basis[:, upper])[..., 1] / width  # (52, 5)
    return np.asarray((shapes @ pull).max(1), np.float32)


def long_phrases(duration: float) -> tuple[tuple[float, float], ...]:
    """Phrases of 2.5 s with pauses of 0.5 s."""
    return tuple((t, t + 2.5) for t in np.arange(0.4, duration - 3, 3.0).tolist())


def made_lips(speech: Speech) -> FloatArray:
    """Channels (T, 14) of a made voice: the jaw opens on each syllable and the lips shut between two."""
    frames = ((np.arange(speech.n_frames) + 0.5) / FPS).astype(np.float32)
    runs = np.flatnonzero(np.diff(np.concatenate([[0], speech.activity > 0.5, [0]])))
    phrases = tuple((a / FPS, b / FPS) for a, b in runs.reshape(-1, 2).tolist())
    out = np.zeros((speech.n_frames, len(CHANNELS)), np.float32)
    out[:, 0] = 0.22 * np.maximum(_envelope(frames, phrases) - 0.12, 0)
    rounded = (np.floor(frames / SYLLABLE_S) % 5 == 2) * speech.activity
    out[:, CHANNELS.index("mouthPucker")] = 0.5 * np.convolve(rounded, np.hanning(7) / 3)[3:-3]
    out[:, CHANNELS.index("closure")] = out[:, 0] == 0
    return out


def made_curves(speech: Speech) -> FloatArray:
    """Mouth curves (T, 52) of the same mouth."""
    channels = made_lips(speech)
    out = np.zeros((speech.n_frames, 52), np.float32)
    out[:, JAW] = channels[:, 0] * (0.35 / 0.22)
    out[:, ARKIT_NAMES.index("mouthPucker")] = channels[:, CHANNELS.index("mouthPucker")] * 1.4
    return out


def actor(speech: Speech, voice: Prosody, emotion: Emotion, rng: Generator) -> Factors:
    """Factors of a made voice: its known mouth, and face and head as the synthetic corpus acts them."""
    asked = emotion.at((np.arange(speech.n_frames) / FPS).astype(np.float32)) * np.float32(emotion.strength)
    face, head = rng.spawn(2)
    play = acted_face(face, asked, voice, FPS)
    return Factors(made_lips(speech), play, acted_head(head, voice, resemblance(asked), FPS))
