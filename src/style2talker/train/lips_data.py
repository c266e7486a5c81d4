"""Utterances and tracked clips -> mel windows and mouth channels to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy.signal import fftconvolve

from style2talker.corpus.track import list_clips, load_track
from style2talker.errors import AudioError
from style2talker.media.audio import read_speech
from style2talker.records import ARKIT_NAMES, FloatArray
from style2talker.speech.mel import log_mel, window_at
from style2talker.style_e.lips import CHANNELS, normalised
from style2talker.train.lips_sound import at_tempo, disguised
from style2talker.train.rig import person_of

__all__ = ["Clip", "example", "person_folds", "read_clips", "read_synthetic"]

_FPS = 25.0
_SAME_SOUND = 0.85


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One real clip at 25 fps.

    Attributes:
        name: of the file.
        person: who speaks.
        columns: (M, 80) log-mel columns of its sound.
        first: the frame of the sound, at 25 fps, that belongs to row 0 of the rest.
        channels: (T, len(CHANNELS)) tracked mouth channels in 0..1; the last, closure, is not tracked and 0.
        opening: (T,) gap between the inner lips in eye distances.
        seen: share of frames with a face.
    """

    name: str
    person: str
    columns: FloatArray
    channels: FloatArray
    opening: FloatArray
    seen: float
    first: int = 0

    def moved(self, lag: int) -> Clip:
        """The clip with its picture taken `lag` frames later against the sound."""
        n = len(self.opening)
        picture = slice(lag, n) if lag >= 0 else slice(0, n + lag)
        first = self.first + max(-lag, 0)
        return replace(self, first=first, channels=self.channels[picture], opening=self.opening[picture])

    @property
    def windows(self) -> FloatArray:
        """(T, 80, 16) normalised mel windows, one for each row."""
        return window_at(normalised(self.columns), len(self.opening), _FPS, self.first)


def read_synthetic(files: Sequence[Path]) -> tuple[list[FloatArray], list[FloatArray]]:
    """Mel columns (M, 80) and channels (T, C) of synthetic utterances."""
    columns, targets = [], []
    for file in files:
        with np.load(file) as data:
            columns.append(log_mel(data["samples"].astype(np.float32) / 32767))
            targets.append(data["curves"].astype(np.float32))
    return columns, targets


def example(
    columns: FloatArray,
    first: int,
    targets: FloatArray,
    length: int,
    voices: Sequence[FloatArray],
    rng: np.random.Generator,
) -> tuple[FloatArray, FloatArray]:
    """A stretch of disguised speech: windows (length, 80, 16) and its targets (length, C).

    Args:
        columns: (M, 80) log-mel columns.
        first: the frame of the sound that belongs to target row 0.
        targets: (T, C); a shorter clip is held at its end.
        length: frames.
        voices: columns of other speech, for a crowd.
        rng: where the chance comes from.
    """
    factor = float(rng.uniform(0.85, 1.18))
    heard = disguised(at_tempo(columns, factor, int(len(columns) / factor)), voices, rng)
    slow = at_tempo(targets, factor, max(int(len(targets) / factor), 2))
    begin = int(rng.integers(0, max(len(slow) - length, 0) + 1))
    sound = begin + round(first / factor)
    rows = np.minimum(np.arange(begin, begin + length), len(slow) - 1)
    return window_at(normalised(heard), length, _FPS, sound), slow[rows]


def read_clips(paths: Sequence[Path], tracks: Path) -> list[Clip]:
    """Real clips that have sound and a track."""
    clips = []
    for path in list_clips(paths):
        file = tracks / f"{path.stem}.npz"
        if not file.exists():
            continue
        try:
            samples = read_speech(path)
        except AudioError:
            continue
        track = load_track(file)
        n = int(min(len(track.valid) * _FPS / track.fps, len(samples) / 640))
        unit = np.linalg.norm(track.landmarks[:, 33] - track.landmarks[:, 263], axis=1)
        gap = np.linalg.norm(track.landmarks[:, 13] - track.landmarks[:, 14], axis=1) / unit
        clips.append(
            Clip(
                name=path.name,
                person=person_of(file),
                columns=log_mel(samples),
                channels=at_tempo(_folded(track.blendshapes), track.fps / _FPS, n),
                opening=at_tempo(gap.astype(np.float32), track.fps / _FPS, n),
                seen=float(track.valid.mean()),
            )
        )
    return _one_person_a_recording(clips)


def _same_sound(a: FloatArray, b: FloatArray) -> bool:
    """Whether columns (M, 80) are one recording, cut differently: they agree at some lag nearly all along."""
    short, long = sorted((a - a.mean(axis=0), b - b.mean(axis=0)), key=len)
    shared = fftconvolve(long, short[::-1], axes=0).sum(axis=1)
    energy = np.convolve((long**2).sum(axis=1), np.ones(len(short)))
    return bool((shared / np.sqrt((short**2).sum() * np.maximum(energy, 1e-6))).max() > _SAME_SOUND)


def _one_person_a_recording(clips: list[Clip]) -> list[Clip]:
    """The clips; those with the same sound under two names count as one person, whom a fold must not divide."""
    out: list[Clip] = []
    for clip in clips:
        twin = next((other for other in out if _same_sound(clip.columns, other.columns)), None)
        out.append(clip if twin is None else replace(clip, person=twin.person))
    return out


def _folded(blendshapes: FloatArray) -> FloatArray:
    """Mouth channels (T, C) of blendshapes (T, 52): left and right averaged."""
    columns = []
    for stem in CHANNELS:
        own = [i for i, name in enumerate(ARKIT_NAMES) if name in (stem, f"{stem}Left", f"{stem}Right")]
        columns.append(blendshapes[:, own].mean(axis=1) if own else np.zeros(len(blendshapes), np.float32))
    return np.stack(columns, axis=1)


def person_folds(clips: Sequence[Clip], count: int) -> Iterator[tuple[list[Clip], list[Clip]]]:
    """(train, test) lists of clips; nobody is in both."""
    people = sorted({clip.person for clip in clips})
    for fold in range(count):
        held = set(people[fold::count])
        yield [c for c in clips if c.person not in held], [c for c in clips if c.person in held]
