"""Blinks and gaze.

In: phrases and feeling. Out: lid closure (T, 2) in 0..1 and gaze (T, 2) for both eyes together.
Rates after Bentivoglio et al., "Analysis of blink rate patterns" (Movement Disorders 12, 1997: 26 a minute in
conversation, 17 at rest) and Hömke, Holler & Levinson (2017: blinks gather at phrase ends); lid speeds after
Evinger, Manning & Sibony (1991: closing about twice as fast as opening).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.random import Generator

from style2talker.records import ARKIT_NAMES, LABELS, FloatArray

__all__ = ["BLINK_PER_MINUTE", "add_gaze", "blink_frames", "blinks", "gaze"]

BLINK_PER_MINUTE = 20.0
"""Of a neutral speaker."""

_HURRY = dict(zip(LABELS, (0.8, 0.9, 1.05, 1.25, 1.0, 1.0, 0.9, 0.8), strict=True))
_MARGIN_S = 0.35
"""Eyes stay open this long at both ends of a clip."""
_SNAP_S = 0.9
_SHORTEST_S = 0.9
_DOUBLE = 0.1
_CLOSING_S, _HELD_S, _OPENING_S = 0.095, 0.03, 0.18
_JITTER = 0.02
_WANDER = np.array([0.16, 0.08])
_AWAY = 0.3


def _index(name: str) -> int:
    return ARKIT_NAMES.index(name)


def blink_frames(
    rng: Generator, n_frames: int, fps: float, phrases: Sequence[tuple[int, int]], feeling: FloatArray
) -> FloatArray:
    """Frames, not whole ones, at which the lids are shut.

    Args:
        rng: where randomness comes from.
        n_frames: T.
        fps: frames per second.
        phrases: (begin, end) frames of speech; their ends attract blinks.
        feeling: (8,) shares of the emotions: fear hurries blinks, surprise and anger hold them back.

    Returns:
        (K,) increasing frames.
    """
    rate = BLINK_PER_MINUTE * float(feeling @ np.array([_HURRY[label] for label in LABELS]))
    mean = 60.0 / rate * (1 + _DOUBLE)
    ends = np.array([end / fps + 0.06 for _, end in phrases])
    last = n_frames / fps - _MARGIN_S
    times: list[float] = []
    now = _MARGIN_S + rng.uniform(0.1, 0.8) * mean
    while now < last:
        near = ends[np.abs(ends - now) < _SNAP_S]
        if len(near):
            snapped = float(near[np.abs(near - now).argmin()])
            if snapped > _MARGIN_S and (not times or snapped - times[-1] > _SHORTEST_S):
                now = snapped
        if now >= last:
            break
        times.append(now)
        if rng.random() < _DOUBLE and now + 0.4 < last:
            times.append(now + rng.uniform(0.36, 0.45))
        now = times[-1] + max(_SHORTEST_S, mean * rng.lognormal(-0.125, 0.5))
    return np.array(times, np.float32) * np.float32(fps)


def _profile(seconds: FloatArray, opening: float) -> FloatArray:
    """Closure in 0..1 at times around the moment when the lid is shut: quick down, short rest, slower up."""
    down = np.clip(1 + seconds / _CLOSING_S, 0.0, 1.0)
    up = np.clip(1 - (seconds - _HELD_S) / opening, 0.0, 1.0)
    return np.asarray(np.where(seconds < 0, down * down * (3 - 2 * down), up * up * (3 - 2 * up)), np.float32)


def blinks(
    rng: Generator, n_frames: int, fps: float, phrases: Sequence[tuple[int, int]], feeling: FloatArray
) -> FloatArray:
    """Lid closure of each frame.

    Args:
        rng: where randomness comes from.
        n_frames: T.
        fps: frames per second.
        phrases: (begin, end) frames of speech.
        feeling: (8,) shares of the emotions.

    Returns:
        (T, 2) float32 in 0..1 for left and right eye: 0 open as the face has them, 1 shut.
    """
    out = np.zeros((n_frames, 2), np.float32)
    for centre in np.round(blink_frames(rng, n_frames, fps, phrases, feeling)):
        opening = _OPENING_S * rng.uniform(0.85, 1.2)
        late = rng.uniform(-0.2, 0.2, 2)
        depth = np.array([1.0, rng.uniform(0.95, 1.0)])[rng.permutation(2)]
        begin, end = max(0, int(centre) - 5), min(n_frames, int(centre) + 10)
        seconds = ((np.arange(begin, end) - centre)[:, None] - late * (np.arange(begin, end) != centre)[:, None]) / fps
        out[begin:end] = np.maximum(out[begin:end], _profile(seconds.astype(np.float32), opening) * depth)
    return out


def gaze(rng: Generator, n_frames: int, fps: float, feeling: FloatArray, speaking: FloatArray) -> FloatArray:
    """Where both eyes look, beside where the portrait looks: fixations joined by quick saccades.

    Args:
        rng: where randomness comes from.
        n_frames: T.
        fps: frames per second.
        feeling: (8,) shares of the emotions: fear makes eyes restless.
        speaking: (T,) 0..1; a listener of oneself looks away less while silent.

    Returns:
        (T, 2) float32 (towards the person's left, up), 1 being the full range of the eye.
    """
    restless = 1.0 + 0.6 * float(feeling[LABELS.index("fear")])
    out = np.zeros((n_frames, 2), np.float32)
    frame = rng.uniform(0.5, 1.6) * fps
    target = np.zeros(2)
    while frame < n_frames - _MARGIN_S * fps:
        begin = int(frame)
        away = rng.random() < _AWAY * restless * (0.4 + 0.6 * float(speaking[begin]))
        spread = _WANDER if away else np.full(2, _JITTER)
        goal = np.clip(rng.normal(0.0, 1.0, 2), -1.5, 1.5) * spread
        ramp = np.array([0.55, 1.0]) if np.abs(goal - target).max() < 0.15 else np.array([0.3, 0.75, 1.0])
        path = target + ramp[:, None] * (goal - target)
        stop = min(n_frames, begin + len(path))
        out[begin:stop] = path[: stop - begin]
        out[stop:] = goal
        target = goal
        frame = begin + max(4.0, rng.gamma(2.5, (0.35 if away else 0.55) / restless) * fps)
    return out


def add_gaze(blendshapes: FloatArray, direction: FloatArray) -> FloatArray:
    """Turn both eyes together.

    Args:
        blendshapes: (T, 52) in 0..1.
        direction: (T, 2) (towards the person's left, up), added to where the eyes look.

    Returns:
        (T, 52) with the eight eyeLook shapes changed; both eyes turn by the same amount and the lids follow a
        lowered gaze a little.
    """
    out = blendshapes.copy()
    pairs = (
        ("eyeLookOutLeft", "eyeLookInLeft", 0),
        ("eyeLookInRight", "eyeLookOutRight", 0),
        ("eyeLookUpLeft", "eyeLookDownLeft", 1),
        ("eyeLookUpRight", "eyeLookDownRight", 1),
    )
    for positive, negative, axis in pairs:
        plus, minus = blendshapes[:, _index(positive)], blendshapes[:, _index(negative)]
        shared = np.minimum(plus, minus)
        net = plus - minus + direction[:, axis]
        out[:, _index(positive)] = np.clip(shared + np.maximum(net, 0.0), 0.0, 1.0)
        out[:, _index(negative)] = np.clip(shared + np.maximum(-net, 0.0), 0.0, 1.0)
    lowered = 0.2 * np.maximum(-direction[:, 1], 0.0)
    for name in ("eyeBlinkLeft", "eyeBlinkRight"):
        out[:, _index(name)] = np.clip(out[:, _index(name)] + lowered, 0.0, 1.0)
    return out
