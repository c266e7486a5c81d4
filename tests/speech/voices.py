"""Sounds with known content: a buzz through formants stands for a vowel, a muffled one for a nasal."""

import numpy as np
from scipy.signal import lfilter

RATE = 16000
FORMANTS = {"a": (800, 1200, 2600), "i": (280, 2300, 3000), "u": (310, 800, 2300), "m": (250, 1100, 2200)}


def buzz(seconds, pitch=120.0):
    """A glottal pulse train with a little jitter."""
    n = round(seconds * RATE)
    phase = np.cumsum(pitch * (1 + 0.02 * np.sin(np.arange(n) * 2 * np.pi * 5 / RATE)) / RATE)
    pulses = (np.diff(np.floor(phase), prepend=0) > 0).astype(float)
    return lfilter([1.0], [1.0, -0.96], pulses)


def vowel(name, seconds, pitch=120.0):
    """Steady sound of a vowel ("m" is a nasal), at a level of -20 dB."""
    out = buzz(seconds, pitch)
    for hertz in FORMANTS[name]:
        radius = np.exp(-np.pi * (60 if name != "m" else 250) / RATE)
        out = lfilter([1 - radius], [1, -2 * radius * np.cos(2 * np.pi * hertz / RATE), radius**2], out)
    if name == "m":
        out = lfilter([0.06], [1, -0.94], out)
    out = out / np.sqrt(np.mean(out**2)) * 0.1
    edge = np.minimum(1, np.minimum(np.arange(len(out)), np.arange(len(out))[::-1]) / 320)
    return (out * edge).astype(np.float32)


def silence(seconds, level=1e-4, seed=0):
    """Nearly nothing: the noise of a quiet room."""
    return np.random.default_rng(seed).normal(0, level, round(seconds * RATE)).astype(np.float32)
