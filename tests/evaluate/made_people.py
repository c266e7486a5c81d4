"""People who never were: curves, motions and clips whose openings, offsets and blinks are known."""

from __future__ import annotations

import numpy as np

from style2talker.evaluate.clips import RealClip
from style2talker.evaluate.openings import opening_of_motion
from style2talker.records import ARKIT_NAMES, FloatArray, Motion, Speech
from style2talker.speech.analyse import analyse

FPS = 25.0
JAW, PUCKER, FUNNEL = (ARKIT_NAMES.index(name) for name in ("jawOpen", "mouthPucker", "mouthFunnel"))
LIDS = [ARKIT_NAMES.index(name) for name in ("eyeBlinkLeft", "eyeBlinkRight")]


def wandering(seed: int, n_frames: int, pace: float = 2.5) -> FloatArray:
    """(T,) in 0..1: a curve that never repeats, some `pace` frames smooth."""
    noise = np.random.default_rng(seed).normal(0, 1, n_frames + 40)
    kernel = np.exp(-0.5 * (np.arange(-12, 13) / pace) ** 2)
    curve = np.convolve(noise, kernel / np.linalg.norm(kernel), "same")[20:-20]
    return (1 / (1 + np.exp(-1.5 * curve))).astype(np.float32)


def moved(channels: dict[int, FloatArray], rotation: FloatArray | None = None) -> Motion:
    """A motion of a few channels."""
    n = len(next(iter(channels.values()))) if channels else len(rotation)
    shapes = np.zeros((n, 52), np.float32)
    for index, curve in channels.items():
        shapes[:, index] = curve
    turned = np.zeros((n, 3), np.float32) if rotation is None else rotation
    return Motion(shapes, turned, np.zeros((n, 3), np.float32), FPS)


def voiced(curve: FloatArray, seed: int = 0) -> Speech:
    """A hiss as loud as a curve (T,) says."""
    level = np.interp(np.arange(len(curve) * 640) / 640, np.arange(len(curve)) + 0.5, curve)
    noise = np.random.default_rng(seed).normal(0, 0.1, len(level))
    return analyse((level**2 * noise).astype(np.float32))


def speaking(curve: FloatArray) -> Motion:
    """The mouth of somebody who speaks as a curve (T,) says."""
    return moved({JAW: 0.5 * curve, PUCKER: 0.6 * curve[::-1], FUNNEL: 0.3 * curve})


def filmed(name: str, curve: FloatArray, late: int = 0, person: str | None = None, heard: FloatArray | None = None):
    """A clip of a jaw that follows a curve, its picture `late` frames behind the sound of `heard`."""
    asked = speaking(curve)
    motion = Motion(np.roll(asked.blendshapes, late, axis=0), asked.rotation, asked.translation, FPS)
    opening = opening_of_motion(motion).astype(np.float64)
    return RealClip(name, person or name, voiced(curve if heard is None else heard), motion, opening)
