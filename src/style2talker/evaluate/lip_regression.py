"""People on film -> the regression by which `speech.lip_regression` hears what opening of lips a voice asks for.

To learn it again from films and their tracks:

    python -m style2talker.evaluate.lip_regression --videos FILMS… --tracks TRACKS --out lip_regression.npz
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from style2talker.errors import InputError
from style2talker.evaluate.clips import RealClip, read_clips
from style2talker.media.atomic import atomic_path
from style2talker.speech.lip_regression import LipRegression, mel_bands
from style2talker.speech.synchrony import Sync, av_sync, shifted

__all__ = ["fit_lip_regression", "main"]

_RIDGE = 0.1
"""Penalty on the squared weights."""
_ROUNDS = 4
_REACH = 5
"""Frames that the picture of a film to learn from may be early or late."""
_log = logging.getLogger(__name__)


_Moments = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Means over the frames of a clip: (128, 128) of bands with bands, (128,) of bands with lips."""


@dataclass(frozen=True, slots=True, eq=False)
class _Heard:
    """A clip as the regression sees it."""

    clip: RealClip
    bands: NDArray[np.float64]

    def moments(self, lag: int) -> _Moments:
        """Of the sound with lips that are `lag` frames late, both without their means, lips in their own deviation."""
        sound, lips = shifted(self.bands, self.clip.opening, lag)
        known = np.isfinite(lips)
        x, y = sound[known] - sound[known].mean(axis=0), lips[known] - lips[known].mean()
        y = y / max(float(y.std()), 1e-6)
        return x.T @ x / max(len(y), 1), x.T @ y / max(len(y), 1)

    def sync(self, learned: LipRegression) -> Sync:
        """How the clip is heard."""
        return av_sync(self.bands @ learned.weights, self.clip.opening, self.clip.speech.fps, _REACH)


def _solved(moments: Sequence[_Moments]) -> LipRegression:
    """Ridge regression, each clip counted once, each band in its own deviation."""
    squares, products = (np.mean([m[k] for m in moments], axis=0) for k in (0, 1))
    deviation = np.sqrt(np.maximum(np.diag(squares), 1e-6))
    alike = squares / np.outer(deviation, deviation) + _RIDGE * np.eye(len(deviation))
    return LipRegression(np.asarray(np.linalg.solve(alike, products / deviation) / deviation, np.float32))


def fit_lip_regression(clips: Sequence[RealClip]) -> tuple[LipRegression, dict[str, Sync]]:
    """Learn from films, whose offsets need not be known: what is learned from others finds that of each person.

    Args:
        clips: of at least two people, with sound that belongs to the picture, which is up to 5 frames early or late.

    Returns:
        (the regression, clip -> how what was learned from the other people hears it).

    Raises:
        InputError: fewer than two people.
    """
    people = sorted({clip.person for clip in clips})
    if len(people) < 2:
        raise InputError(f"clips of {len(people)} person, to learn what lips do needs 2: add clips of others")
    heard = [_Heard(clip, mel_bands(clip.speech).astype(np.float64)) for clip in clips]
    lags = [0] * len(heard)
    found: dict[str, Sync] = {}
    for _ in range(_ROUNDS):
        moments = [each.moments(lag) for each, lag in zip(heard, lags, strict=True)]
        for person in people:
            learned = _solved([m for m, each in zip(moments, heard, strict=True) if each.clip.person != person])
            for each in heard:
                if each.clip.person == person:
                    found[each.clip.name] = each.sync(learned)
        lags = [found[each.clip.name].lag for each in heard]
    return _solved([each.moments(lag) for each, lag in zip(heard, lags, strict=True)]), found


def main(arguments: Sequence[str] | None = None) -> None:
    """Learn the regression and say how each clip is heard by what was learned from others."""
    parser = argparse.ArgumentParser(
        prog="python -m style2talker.evaluate.lip_regression", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--videos", type=Path, nargs="+", required=True, help="films of people who speak, or folders")
    parser.add_argument("--tracks", type=Path, required=True, help="folder of their tracks")
    parser.add_argument("--out", type=Path, required=True, help="the .npz to write")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    learned, found = fit_lip_regression(read_clips(options.videos, options.tracks))
    for name, sync in found.items():
        _log.info("%s: %+d frames, confidence %.2f in %.1f s", name, sync.lag, sync.confidence, sync.seconds)
    with atomic_path(options.out) as part, part.open("wb") as stream:
        np.savez(stream, weights=learned.weights)


if __name__ == "__main__":
    main()
