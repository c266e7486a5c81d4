"""A folder of labelled recordings -> judges of emotions, none of which has seen the person that it judges.

The recordings are the user's own: those of MEAD may be used for research and not be passed on, so no trained judge
comes with this package. Names say who feels what, in any layout that `corpus` reads (MEAD, CREMA-D, RAVDESS); each
recording is tracked once and its track kept.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from style2talker.corpus.layouts import find_recordings, recording_of
from style2talker.corpus.track import load_track, save_track
from style2talker.corpus.tracking import track_cropped
from style2talker.errors import FaceError, InputError, VideoError
from style2talker.evaluate.emotion_judge import EmotionClip, EmotionJudge, fit_judge, left_out
from style2talker.media.video import probe_video, read_frames
from style2talker.records import LABELS

__all__ = ["JudgeBench", "labelled_clips"]

_LEAST_PEOPLE = 2


def labelled_clips(
    folder: Path, keep: Path, progress: Callable[[str, int, int], None] | None = None
) -> tuple[list[EmotionClip], list[str]]:
    """Read the recordings of a folder, or the tracks (.npz) in it, whose names say person and emotion.

    Args:
        folder: of videos, sub-folders included, or of tracks as `style2talker.corpus.track` writes them.
        keep: folder for the tracks of videos; a video that has one there is not tracked again.
        progress: called with a name, recordings done and recordings in all.

    Returns:
        (clips, what was left out and why).

    Raises:
        InputError: the folder does not exist, or nothing in it has such a name.
        AssetError: the face model is missing.
        OutputError: the tracks cannot be kept.
    """
    clips, left = [], []
    tracks = sorted(folder.glob("*.npz"))
    named = [(path, path.name) for path in tracks] if tracks else [(f / n, n) for f, n in find_recordings([folder])]
    wanted = [(p, r) for p, n in named if (r := recording_of(n, "auto")) is not None and r.emotion in LABELS]
    for number, (path, recording) in enumerate(wanted, start=1):
        file = path if tracks else keep / f"{recording.clip}.npz"
        try:
            if not file.exists():
                fps = float(probe_video(path).fps)
                track, _, _ = track_cropped(read_frames(path, fps))
                keep.mkdir(parents=True, exist_ok=True)
                save_track(file, dataclasses.replace(track, fps=fps))
            track = load_track(file)
        except (FaceError, VideoError) as error:
            left.append(f"{path.name} of the judge: {error}")
            continue
        seen = track.blendshapes[track.valid]
        clips.append(EmotionClip(recording.person, str(recording.emotion), seen, track.fps))
        if progress is not None:
            progress("reading the judge's people", number, len(wanted))
    if not clips:
        raise InputError(f"{folder} holds no recording whose name says who feels what: name a folder as MEAD's")
    return clips, left


@dataclass(slots=True, eq=False)
class JudgeBench:
    """Judges by the people that they must not have seen.

    Attributes:
        clips: all recordings.
    """

    clips: Sequence[EmotionClip]
    _judges: dict[tuple[str, bool], EmotionJudge | None] = field(default_factory=dict)

    def _usable(self, absolute: bool) -> list[EmotionClip]:
        """Clips of people with a neutral clip, which a judge of differences needs."""
        calm = {clip.person for clip in self.clips if clip.label == "neutral"}
        return [clip for clip in self.clips if absolute or clip.person in calm]

    def judge(self, person: str, absolute: bool) -> EmotionJudge | None:
        """A judge trained on everybody but a person; None where nobody else is left."""
        key = (person, absolute)
        if key not in self._judges:
            others = [clip for clip in self._usable(absolute) if clip.person != person]
            self._judges[key] = fit_judge(others, absolute) if len({c.label for c in others}) > 1 else None
        return self._judges[key]

    def told(self) -> str:
        """How often such judges are right about real people that they have not seen, in one line."""
        people = {clip.person for clip in self.clips}
        head = f"judge of {len(people)} people and {len(self.clips)} clips"
        if len(people) < _LEAST_PEOPLE:
            return f"{head}, nobody left to test it on; chance 12.5 %"
        words = []
        for absolute, name in ((False, "against the own neutral face"), (True, "without it")):
            usable = self._usable(absolute)
            if len({clip.person for clip in usable}) >= _LEAST_PEOPLE:
                table = left_out(usable, absolute)
                right = 100 * np.trace(table) / table.sum()
                words.append(f"{right:.0f} % {name}")
        return f"{head}, right on real windows of people left out: {', '.join(words) or 'untested'}; chance 12.5 %"
