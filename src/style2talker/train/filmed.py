"""Clips and their tracks -> scenes of real people, their sound in step with their lips, sorted by person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

from style2talker.corpus.recordings import one_person_a_recording
from style2talker.corpus.track import list_clips, load_track
from style2talker.errors import AudioError
from style2talker.face.tracking import Track
from style2talker.media.audio import read_speech
from style2talker.records import ARKIT_NAMES, FloatArray, Speech
from style2talker.speech.analyse import analyse
from style2talker.style_e.condition import voice_rows
from style2talker.style_e.factors import CHANNEL_SHAPES, CHANNELS, PLAY, Factors, joined
from style2talker.style_e.prosody import prosody
from style2talker.train.disguise import at_tempo
from style2talker.train.rig import person_of
from style2talker.train.scenes import FPS, Scene

__all__ = ["filmed_scene", "filmed_scenes", "person_folds"]

_SEEN = 0.9
_UPPER = ("brow", "eye", "cheek", "nose")
_STEADY = 1.0
"""Frames of smoothing that take the tracker's tremor out of a head."""


def _known(heard: bool) -> FloatArray:
    """(FACTORS,): play of the upper face and head can be seen; the mouth is of use where its sound is known."""
    mouth = np.full(len(CHANNELS), float(heard))
    mouth[CHANNELS.index("closure")] = 0.0
    upper = [ARKIT_NAMES[i].startswith(_UPPER) for i in PLAY]
    return np.concatenate([mouth, upper, np.ones(6)]).astype(np.float32)


def _folded(blendshapes: FloatArray) -> FloatArray:
    """Mouth channels (T, C) of blendshapes (T, 52): left and right averaged, closure 0."""
    shares = CHANNEL_SHAPES / np.maximum(CHANNEL_SHAPES.sum(axis=1, keepdims=True), 1.0)
    return np.asarray(blendshapes @ shares.T, np.float32)


def filmed_scene(name: str, person: str, track: Track, samples: FloatArray | None, rest: FloatArray) -> Scene:
    """A scene of a tracked clip.

    Args:
        name: of the clip.
        person: who is seen.
        track: of the clip.
        samples: (N,) its sound at 16 kHz, or None.
        rest: (52,) the person's face without a feeling; what the clip shows beyond it on average is its feeling.
    """
    motion = track.motion()
    n = int(len(track.valid) * FPS / track.fps)
    speech: Speech | None = None
    if samples is not None:
        n = min(n, len(samples) // int(16000 / FPS))
        speech = analyse(samples, n)

    def clocked(values: FloatArray) -> FloatArray:
        return at_tempo(values, track.fps / FPS, n)

    unit = np.linalg.norm(track.landmarks[:, 33] - track.landmarks[:, 263], axis=1)
    gap = np.linalg.norm(track.landmarks[:, 13] - track.landmarks[:, 14], axis=1) / unit
    shapes = clocked(track.blendshapes)
    feeling = np.maximum(shapes.mean(axis=0) - rest, 0.0)
    head = clocked(np.concatenate([motion.rotation, motion.translation], axis=1))
    play = np.zeros_like(shapes)
    play[:, PLAY] = (shapes - shapes.mean(axis=0))[:, PLAY]
    return Scene(
        name=name,
        person=person,
        columns=np.zeros((0, 80), np.float32) if speech is None else speech.mel,
        rows=joined(Factors(_folded(shapes), play, gaussian_filter1d(head, _STEADY, axis=0))),
        known=_known(speech is not None),
        voice=np.zeros((n, 3), np.float32) if speech is None else voice_rows(prosody(speech), FPS),
        feeling=np.repeat(feeling[None], n, axis=0).astype(np.float32),
        sentence=np.zeros(384, np.float32),
        visemes=np.full(n, -1, np.int8),
        opening=clocked(gap.astype(np.float32)),
    )


def _rest_of(path: Path, tracks: dict[Path, Track]) -> FloatArray:
    """The face without a feeling of the person in a clip: of their clips named neutral, else of this one."""
    own = [track for other, track in tracks.items() if "neutral" in other.name and person_of(other) == person_of(path)]
    return np.asarray(np.mean([t.blendshapes.mean(axis=0) for t in own or [tracks[path]]], axis=0), np.float32)


def filmed_scenes(paths: Sequence[Path], tracks: Path) -> list[Scene]:
    """Scenes of clips (files or folders) that have a track in the folder `tracks` and show a face nearly all along."""
    clips = [path for path in list_clips(paths) if (tracks / f"{path.stem}.npz").exists()]
    found = {path: load_track(tracks / f"{path.stem}.npz") for path in clips}
    scenes = []
    for path, track in found.items():
        if track.valid.mean() < _SEEN:
            continue
        try:
            samples = read_speech(path)
        except AudioError:
            samples = None
        scenes.append(filmed_scene(path.name, person_of(path), track, samples, _rest_of(path, found)))
    return _one_person_a_recording(scenes)


def _one_person_a_recording(scenes: list[Scene]) -> list[Scene]:
    """The scenes; those with the same sound under two names count as one person, whom a fold must not divide."""
    people = one_person_a_recording([scene.person for scene in scenes], [scene.columns for scene in scenes])
    return [replace(scene, person=person) for scene, person in zip(scenes, people, strict=True)]


def person_folds(scenes: Sequence[Scene], count: int) -> Iterator[tuple[list[Scene], list[Scene]]]:
    """(train, test) lists of scenes; nobody is in both."""
    people = sorted({scene.person for scene in scenes})
    for fold in range(count):
        held = set(people[fold::count])
        yield [s for s in scenes if s.person not in held], [s for s in scenes if s.person in held]
