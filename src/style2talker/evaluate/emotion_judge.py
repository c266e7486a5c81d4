"""A judge of emotions: trained on tracked real people, it says which of the eight a moving face shows.

In: blendshapes (T, 52) of a person who talks, usually minus that person's neutral face. Out: shares of the eight
emotions, for each window of a second or for the whole clip. The judge is a multinomial logistic regression on the
mean and the standard deviation of each blendshape within the window; it knows nothing of the prototypes that the
generator uses. Run it on a folder of tracks (`python -m style2talker.corpus.track`) whose file names hold the person
first and the emotion somewhere, as those of MEAD do (Wang et al., ECCV 2020): W009_front_happy_level3_001.npz.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import log_softmax, softmax

from style2talker.errors import VideoError
from style2talker.records import LABELS, FloatArray

__all__ = [
    "HOP_S",
    "WINDOW_S",
    "EmotionClip",
    "EmotionJudge",
    "features",
    "fit_judge",
    "left_out",
    "main",
    "read_clips",
]

HOP_S, WINDOW_S = 0.2, 1.0
"""Seconds between windows, and of a window."""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class EmotionClip:
    """A tracked clip of a person who shows one emotion.

    Attributes:
        person: who it is.
        label: one of `LABELS`.
        blendshapes: (T, 52) float32, absolute as tracked.
        fps: frames per second.
    """

    person: str
    label: str
    blendshapes: FloatArray
    fps: float


def read_clips(folder: Path) -> list[EmotionClip]:
    """Read the tracks of a folder whose names say person and emotion; other files are passed over.

    Args:
        folder: holds `.npz` files as `style2talker.corpus.track` writes them.

    Returns:
        Clips in the order of their names; frames without a face are left out.

    Raises:
        VideoError: no file there has such a name.
    """
    clips = []
    for path in sorted(folder.glob("*.npz")):
        person, *words = path.stem.lower().split("_")
        label = next((word for word in words if word in LABELS), None)
        if label is None:
            continue
        with np.load(path, allow_pickle=False) as track:
            seen = track["blendshapes"].astype(np.float32)[track["valid"]]
            clips.append(EmotionClip(person.upper(), label, seen, float(track["fps"])))
    if not clips:
        raise VideoError(f"no track named PERSON_…_EMOTION_….npz in {folder.name}: run style2talker.corpus.track")
    return clips


def features(blendshapes: FloatArray, fps: float, seconds: float = WINDOW_S) -> FloatArray:
    """What the judge sees.

    Args:
        blendshapes: (T, 52), minus the neutral face of the person where that is known.
        fps: frames per second.
        seconds: length of a window; a shorter clip is one window.

    Returns:
        (W, 104) float32: mean, then standard deviation of each blendshape in windows every 0.2 s.
    """
    size = min(max(1, round(seconds * fps)), len(blendshapes))
    starts = range(0, len(blendshapes) - size + 1, max(1, round(HOP_S * fps)))
    cut = np.stack([blendshapes[start : start + size] for start in starts])
    return np.concatenate([cut.mean(1), cut.std(1)], axis=1).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class EmotionJudge:
    """Multinomial logistic regression on features in their own unit.

    They are not standardised: a tracker never moves some of the 52, and their noise would decide.

    Attributes:
        centre: (104,) mean of the features in training.
        weights: (105, 8) in the order of `LABELS`, the bias last.
        absolute: it was trained on absolute blendshapes, not on differences to the person's neutral face.
    """

    centre: FloatArray
    weights: FloatArray
    absolute: bool

    def windows(self, blendshapes: FloatArray, fps: float) -> FloatArray:
        """Shares (W, 8) of the emotions in each window of a clip (T, 52)."""
        x = features(blendshapes, fps) - self.centre
        return np.asarray(softmax(x @ self.weights[:-1] + self.weights[-1], axis=1), np.float32)

    def clip(self, blendshapes: FloatArray, fps: float) -> FloatArray:
        """Shares (8,) of the emotions over a whole clip (T, 52): the mean over its windows."""
        return np.asarray(self.windows(blendshapes, fps).mean(0), np.float32)


def _relative(clips: Sequence[EmotionClip], absolute: bool) -> list[FloatArray]:
    """Blendshapes of clips, minus the mean of the person's neutral clips unless they are to stay absolute."""
    if absolute:
        return [clip.blendshapes for clip in clips]
    neutral = {}
    for person in sorted({clip.person for clip in clips}):
        calm = [c.blendshapes for c in clips if c.person == person and c.label == "neutral"]
        if not calm:
            raise VideoError(f"{person} has no neutral clip to compare with: add one or judge absolute blendshapes")
        neutral[person] = np.concatenate(calm).mean(0)
    return [clip.blendshapes - neutral[clip.person] for clip in clips]


def fit_judge(clips: Sequence[EmotionClip], absolute: bool = False, ridge: float = 0.2) -> EmotionJudge:
    """Train a judge.

    Args:
        clips: of any number of people, each with a neutral clip unless `absolute`.
        absolute: judge blendshapes as tracked, not their difference to the mean of the person's neutral clips.
        ridge: penalty on the squared weights, against the sum of log likelihoods over the windows.

    Raises:
        VideoError: a person without a neutral clip.
    """
    cut = [features(x, c.fps) for x, c in zip(_relative(clips, absolute), clips, strict=True)]
    x = np.concatenate(cut).astype(np.float64)
    labels = np.repeat([LABELS.index(clip.label) for clip in clips], [len(part) for part in cut])
    centre = x.mean(0)
    x = np.column_stack([x - centre, np.ones(len(x))])
    wanted = np.eye(len(LABELS))[labels]
    penalty = np.append(np.full(x.shape[1] - 1, ridge), 0.0)[:, None]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(x.shape[1], len(LABELS))
        shares = log_softmax(x @ weights, axis=1)
        gradient = x.T @ (np.exp(shares) - wanted) + penalty * weights
        return float(-(wanted * shares).sum() + 0.5 * (penalty * weights**2).sum()), gradient.ravel()

    found = minimize(loss, np.zeros(x.shape[1] * len(LABELS)), jac=True, method="L-BFGS-B", options={"maxiter": 500})
    weights = found.x.reshape(x.shape[1], len(LABELS)).astype(np.float32)
    return EmotionJudge(centre.astype(np.float32), weights, absolute)


def left_out(clips: Sequence[EmotionClip], absolute: bool = False, ridge: float = 0.2) -> NDArray[np.int64]:
    """Judge each person by a judge that never saw that person.

    Args:
        clips: of at least two people.
        absolute: as for `fit_judge`.
        ridge: as for `fit_judge`.

    Returns:
        (8, 8) counts of windows, row the true emotion, column the judged one.

    Raises:
        VideoError: fewer than two people, or one without a neutral clip.
    """
    people = sorted({clip.person for clip in clips})
    if len(people) < 2:
        raise VideoError(f"tracks of {len(people)} person, leaving one out needs 2: add another person")
    table = np.zeros((len(LABELS), len(LABELS)), np.int64)
    relative = _relative(clips, absolute)
    for person in people:
        judge = fit_judge([clip for clip in clips if clip.person != person], absolute, ridge)
        for clip, shapes in zip(clips, relative, strict=True):
            if clip.person == person:
                judged = judge.windows(shapes, clip.fps).argmax(1)
                np.add.at(table, (LABELS.index(clip.label), judged), 1)
    return table


def main(arguments: Sequence[str] | None = None) -> None:
    """Say how well the judge knows people that it never saw."""
    parser = argparse.ArgumentParser(
        prog="python -m style2talker.evaluate.emotion_judge", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--tracks", type=Path, required=True, help="folder of tracked clips of real people")
    parser.add_argument("--ridge", type=float, default=0.2, help="penalty on the weights (default 0.2)")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    clips = read_clips(options.tracks)
    for absolute in (False, True):
        table = left_out(clips, absolute, options.ridge)
        name = "absolute blendshapes" if absolute else "minus the person's neutral face"
        _log.info(
            "%s: %.0f %% of %d windows of people left out, by chance %.1f %%",
            name,
            100 * np.trace(table) / table.sum(),
            table.sum(),
            100 / len(LABELS),
        )


if __name__ == "__main__":
    main()
