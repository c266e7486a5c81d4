"""Utterances and tracked clips -> mel windows and mouth channels to learn from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch

from style2talker.corpus.track import list_clips, load_track
from style2talker.errors import AudioError
from style2talker.media.audio import read_speech
from style2talker.records import ARKIT_NAMES, FloatArray
from style2talker.speech.mel import log_mel, window_at
from style2talker.style_e.lips import CHANNELS, normalised
from style2talker.train.rig import person_of

__all__ = ["Clip", "person_folds", "read_clips", "read_synthetic"]

_FPS = 25.0


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One real clip at 25 fps.

    Attributes:
        name: of the file.
        person: who speaks.
        mel: (T, 80, 16) normalised windows.
        channels: (T, len(CHANNELS)) tracked mouth channels in 0..1; the last, closure, is not tracked and 0.
        opening: (T,) gap between the inner lips in eye distances.
        seen: share of frames with a face.
    """

    name: str
    person: str
    mel: FloatArray
    channels: FloatArray
    opening: FloatArray
    seen: float

    def moved(self, lag: int) -> Clip:
        """The clip with its picture taken `lag` frames later against the sound."""
        n = len(self.opening)
        picture = slice(lag, n) if lag >= 0 else slice(0, n + lag)
        sound = slice(0, n - lag) if lag >= 0 else slice(-lag, n)
        return replace(self, mel=self.mel[sound], channels=self.channels[picture], opening=self.opening[picture])


def _mel_windows(samples: FloatArray, n_frames: int) -> FloatArray:
    return window_at(normalised(log_mel(samples)), n_frames, _FPS)


def read_synthetic(files: Sequence[Path]) -> tuple[list[torch.Tensor], list[torch.Tensor]]:
    """Mel windows (T, 80, 16) and channels (T, C) of synthetic utterances, half precision to save memory."""
    mels, targets = [], []
    for file in files:
        with np.load(file) as data:
            samples, curves = data["samples"].astype(np.float32) / 32767, data["curves"].astype(np.float32)
        mels.append(torch.from_numpy(_mel_windows(samples, len(curves)).astype(np.float16)))
        targets.append(torch.from_numpy(curves))
    return mels, targets


def _on_clock(values: FloatArray, fps: float, n_frames: int) -> FloatArray:
    """Values (K, …) at `fps` on the 25 fps clock."""
    at = np.clip(np.arange(n_frames) * (fps / _FPS), 0, len(values) - 1)
    low = np.floor(at).astype(int)
    weight = (at - low).reshape(-1, *([1] * (values.ndim - 1)))
    mixed = values[low] * (1 - weight) + values[np.minimum(low + 1, len(values) - 1)] * weight
    return np.asarray(mixed, np.float32)


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
                mel=_mel_windows(samples, n),
                channels=_on_clock(_folded(track.blendshapes), track.fps, n),
                opening=_on_clock(gap.astype(np.float32), track.fps, n),
                seen=float(track.valid.mean()),
            )
        )
    return clips


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
