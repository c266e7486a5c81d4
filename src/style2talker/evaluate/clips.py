"""Videos of real speakers and their tracks -> clips to judge motion by, sound and picture brought together.

The sound of a found clip is often some frames off its picture, and now and then belongs to another one. The offset is
the lag at which a predicted opening of the lips agrees best with the tracked one, the shape of SyncNet's offset and
confidence (Chung & Zisserman, "Out of time: automated lip sync in the wild", 2016) with lips in place of embeddings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.recordings import one_person_a_recording
from style2talker.corpus.track import list_clips, load_track
from style2talker.errors import AudioError
from style2talker.evaluate.openings import opening_of_motion
from style2talker.evaluate.statistics import best_lag
from style2talker.face.lips import opening_of_track
from style2talker.media.audio import read_speech
from style2talker.records import Motion, Speech
from style2talker.speech.analyse import analyse
from style2talker.speech.synchrony import lagged

__all__ = ["Offset", "Predict", "RealClip", "aligned", "av_offset", "read_clips"]

Predict = Callable[[Speech], Motion]
"""Anything that gives a motion, as many frames as the speech, on the clock of the speech."""

_REACH = 9
_LAG_COST = 0.04
"""Correlation that a lag must win for each frame: in a clip of a few words, words alike fit at several lags."""
_LEAST_R, _LEAST_CONTRAST = 0.33, 0.08
_SEEN = 0.9


class Offset(NamedTuple):
    """How late a picture is against its sound.

    Attributes:
        lag: frames; positive: the sound leads.
        r: Pearson's r at that lag.
        contrast: r above the median of all lags.
    """

    lag: int
    r: float
    contrast: float

    @property
    def sure(self) -> bool:
        """Whether sound and picture belong together: r at least 0.33, and 0.08 above the median of all lags.

        Lenient on purpose, since to leave out the clips that a network fails on would flatter it: foreign sound passes
        in one clip of ten that last 10 s, and more often in shorter ones.
        """
        return self.r >= _LEAST_R and self.contrast >= _LEAST_CONTRAST


@dataclass(frozen=True, slots=True, eq=False)
class RealClip:
    """A person who was filmed speaking.

    Attributes:
        name: of the file.
        person: who speaks; nobody may be trained and judged on.
        speech: the whole sound.
        motion: T tracked frames on the clock of the speech.
        opening: (T,) gap between the inner lips in eye distances, NaN where no face was found.
        first: the frame of the speech that belongs to row 0.
    """

    name: str
    person: str
    speech: Speech
    motion: Motion
    opening: NDArray[np.float64]
    first: int = 0

    def moved(self, lag: int) -> RealClip:
        """The clip with its picture taken `lag` frames later against the sound."""
        n = len(self.opening)
        rows = slice(min(lag, n), n) if lag >= 0 else slice(0, max(n + lag, 0))
        m = self.motion
        part = Motion(m.blendshapes[rows], m.rotation[rows], m.translation[rows], m.fps)
        return replace(self, first=self.first + max(-lag, 0), motion=part, opening=self.opening[rows])

    def heard(self, curve: NDArray[np.floating]) -> NDArray[np.floating]:
        """The rows (T, …) of a curve on the clock of the speech that belong to the picture; shorter at the end."""
        return curve[self.first : self.first + len(self.opening)]


def _person(stem: str) -> str:
    """Who is in a clip: the actor of a MEAD name, what stands before "#" in an HDTF name, otherwise the clip itself."""
    actor = re.match(r"[MW]\d{3}(?=[_#])", stem)
    return actor.group() if actor else stem.split("#")[0]


def read_clips(videos: Iterable[Path], tracks: Path, fps: float = 25.0) -> list[RealClip]:
    """Clips that have sound and a track.

    Args:
        videos: files or folders.
        tracks: folder of what `style2talker.corpus.track` wrote for them.
        fps: the clock.

    Returns:
        Clips as they are, offsets still in them; clips with the same sound under two names are one person.
    """
    clips = []
    for path in list_clips(videos):
        file = tracks / f"{path.stem}.npz"
        if not file.exists():
            continue
        try:
            speech = analyse(read_speech(path), fps=fps)
        except AudioError:
            continue
        track = load_track(file)
        n = min(int(len(track.valid) * fps / track.fps), speech.n_frames)
        opening = opening_of_track(track)
        at = np.clip(np.arange(n) * (track.fps / fps), 0, len(opening) - 1)
        gap = np.interp(at, np.arange(len(opening)), opening)
        clips.append(RealClip(path.name, _person(path.stem), speech, track.motion().resampled(fps, n), gap))
    people = one_person_a_recording([clip.person for clip in clips], [clip.speech.mel for clip in clips])
    return [replace(clip, person=person) for clip, person in zip(clips, people, strict=True)]


def av_offset(predicted: NDArray[np.floating], seen: NDArray[np.floating], reach: int = _REACH) -> Offset:
    """The offset between sound and picture of a clip.

    Args:
        predicted: (T,) opening that the sound asks for.
        seen: (T,) opening that the picture shows.
        reach: largest offset either way, frames.
    """
    fit = best_lag(predicted, seen, reach, _LAG_COST)
    scores = lagged(predicted, seen, reach)
    usual = float(np.nanmedian(scores)) if np.isfinite(scores).any() else float("nan")
    return Offset(fit.lag, fit.r, fit.r - usual)


def aligned(clips: Sequence[RealClip], predict: Predict) -> tuple[list[RealClip], dict[str, Offset]]:
    """Take the offset between sound and picture out of each clip.

    Args:
        clips: as `read_clips` gives them.
        predict: what says how the lips should move.

    Returns:
        The clips whose sound belongs to their picture and that show a face in nine frames of ten, moved; and the
        offsets found in all of them by name.
    """
    kept, offsets = [], {}
    for clip in clips:
        found = av_offset(clip.heard(opening_of_motion(predict(clip.speech))), clip.opening)
        offsets[clip.name] = found
        if found.sure and np.isfinite(clip.opening).mean() >= _SEEN:
            kept.append(clip.moved(found.lag))
    return kept, offsets
