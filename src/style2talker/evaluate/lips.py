"""Motion from speech beside tracked speakers: do the lips open when the person's did, and as far?

Every r is taken at the best lag within three frames either way, those of the baselines and controls too: loudness needs
no training and moves every mouth a little, foreign and shifted speech say what chance gives. Real people agree with
their own loudness only moderately (Yehia 1998; Hershey & Movellan 2000), so no r means anything alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from style2talker.evaluate.clips import Predict, RealClip
from style2talker.evaluate.openings import opening_of_motion
from style2talker.evaluate.statistics import Band, best_lag, bootstrap, spread_ratio
from style2talker.records import ARKIT_NAMES, FloatArray, Motion, Speech
from style2talker.speech.mel import window_at, window_level
from style2talker.speech.synchrony import lagged

__all__ = ["REACH", "LipReport", "LipScore", "lip_report", "loudness"]

REACH = 3
"""Largest lag that any correlation may choose, frames either way."""
_SHIFT_FROM, _SHIFT_STEP = 12, 3
_PUCKER, _FUNNEL = ARKIT_NAMES.index("mouthPucker"), ARKIT_NAMES.index("mouthFunnel")


@dataclass(frozen=True, slots=True)
class LipScore:
    """One clip.

    Attributes:
        name: of the clip.
        person: who speaks.
        frames: how many were compared.
        lag: at which the opening agrees best, frames; positive: the motion is early.
        opening: Pearson's r of the opening at that lag.
        loudness: r of the loudness of the voice with the person's opening, at its own best lag.
        foreign: r of the motion of other people's speech, each at its own best lag, mean.
        shifted: r of the motion moved by half a second and more around the clip, each at its best lag, mean.
        spread: standard deviation of the opening over that of the person.
        pucker: r of mouthPucker at the lag of the opening.
        funnel: r of mouthFunnel at the lag of the opening.
    """

    name: str
    person: str
    frames: int
    lag: int
    opening: float
    loudness: float
    foreign: float
    shifted: float
    spread: float
    pucker: float
    funnel: float


@dataclass(frozen=True, slots=True)
class LipReport:
    """All clips.

    Attributes:
        clips: one score each.
    """

    clips: tuple[LipScore, ...]

    def values(self, name: str) -> NDArray[np.float64]:
        """(K,) the field of each clip."""
        return np.array([getattr(clip, name) for clip in self.clips], np.float64)

    def people(self, name: str) -> dict[str, float]:
        """Person -> mean of the field over the person's clips, NaN left out; sorted by name."""
        own = {person: [c for c in self.clips if c.person == person] for person in {c.person for c in self.clips}}
        return {person: _mean([getattr(c, name) for c in own[person]]) for person in sorted(own)}

    def mean(self, name: str) -> float:
        """Mean of the field over people, each counted once; NaN for nobody."""
        return _mean(list(self.people(name).values()))

    def least(self, name: str) -> float:
        """The person who fares worst; NaN for nobody."""
        known = [v for v in self.people(name).values() if np.isfinite(v)]
        return min(known, default=float("nan"))

    def interval(self, name: str, rng: Generator) -> Band:
        """95 % interval of the mean over clips, by the bootstrap."""
        return bootstrap(self.values(name), rng)


def _mean(values: Sequence[float]) -> float:
    known = [v for v in values if np.isfinite(v)]
    return float(np.mean(known)) if known else float("nan")


def loudness(speech: Speech) -> FloatArray:
    """Level (T,) of a voice: the mean over all bands of the log-mel columns in the 75 ms around each frame.

    The level in decibels of the samples themselves agrees less with lips, so it would make too weak a baseline.
    """
    return window_level(window_at(speech.mel, speech.n_frames, speech.fps))


def _at_lag(curve: NDArray[np.floating], seen: NDArray[np.floating], lag: int) -> float:
    """Pearson's r at one lag."""
    return float(lagged(curve, seen, abs(lag))[lag + abs(lag)])


def _shifted(predicted: NDArray[np.floating], seen: NDArray[np.floating]) -> float:
    """Mean r of the prediction rolled around the clip by half a second and more."""
    n = min(len(predicted), len(seen))
    shifts = range(_SHIFT_FROM, n - _SHIFT_FROM + 1, _SHIFT_STEP)
    return _mean([best_lag(np.roll(predicted[:n], k), seen[:n], REACH).r for k in shifts])


def _score(clip: RealClip, motion: Motion, opening: NDArray[np.floating], foreign: Sequence[FloatArray]) -> LipScore:
    predicted = clip.heard(opening)
    n = min(len(predicted), len(clip.opening))
    found = best_lag(predicted, clip.opening, REACH)
    shapes, seen = clip.heard(motion.blendshapes), clip.motion.blendshapes
    return LipScore(
        name=clip.name,
        person=clip.person,
        frames=n,
        lag=found.lag,
        opening=found.r,
        loudness=best_lag(clip.heard(loudness(clip.speech)), clip.opening, REACH).r,
        foreign=_mean([best_lag(other, clip.opening, REACH).r for other in foreign]),
        shifted=_shifted(predicted, clip.opening),
        spread=spread_ratio(predicted[:n], clip.opening[:n]),
        pucker=_at_lag(shapes[:, _PUCKER], seen[:, _PUCKER], found.lag),
        funnel=_at_lag(shapes[:, _FUNNEL], seen[:, _FUNNEL], found.lag),
    )


def lip_report(clips: Sequence[RealClip], predict: Predict) -> LipReport:
    """Judge what moves lips by people who were filmed.

    Args:
        clips: aligned clips; held out from whatever `predict` learned, or the report says nothing about new people.
        predict: speech to motion.

    Returns:
        A score for each clip, in order.
    """
    motions = [predict(clip.speech) for clip in clips]
    openings = [opening_of_motion(motion) for motion in motions]
    scores = []
    for clip, motion, opening in zip(clips, motions, openings, strict=True):
        foreign = [
            other.heard(curve) for other, curve in zip(clips, openings, strict=True) if other.person != clip.person
        ]
        scores.append(_score(clip, motion, opening, foreign))
    return LipReport(tuple(scores))
