"""What the networks of Style-E learn from: scenes of a person speaking, invented or filmed, and how they are drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray
from style2talker.speech.mel import window_at
from style2talker.style_e.condition import normalised
from style2talker.train.disguise import at_tempo, disguised

__all__ = ["FPS", "Example", "Scene", "drawn"]

FPS = 25.0


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """A person speaking, at 25 fps.

    Attributes:
        name: of the utterance or film.
        person: who speaks; what is learned from one person is judged on others.
        columns: (M, 80) log-mel columns, no rows where the sound is not known.
        first: the frame of the sound that belongs to row 0 of the rest.
        rows: (T, FACTORS) the motion, as `style_e.factors.joined` writes it.
        known: (FACTORS,) 1 for the factors that were seen, 0 for those that nobody knows.
        voice: (T, 3) loudness, speaking, stress.
        feeling: (T, 52) activations that are asked for, scaled by strength.
        sentence: (384,) embedding of the sentence that asks for them, scaled by strength; zeros for a bare label.
        visemes: (T,) number of the viseme in each frame, -1 where it is not known.
        opening: (T,) gap between the inner lips in eye distances, of a film; nothing for an invention.
    """

    name: str
    person: str
    columns: FloatArray
    rows: FloatArray
    known: FloatArray
    voice: FloatArray
    feeling: FloatArray
    sentence: FloatArray
    visemes: NDArray[np.int8]
    opening: FloatArray
    first: int = 0

    def moved(self, lag: int) -> Scene:
        """The scene with its picture taken `lag` frames later against the sound."""
        n = len(self.rows)
        picture = slice(lag, n) if lag >= 0 else slice(0, n + lag)
        sound = slice(0, n - lag) if lag >= 0 else slice(-lag, n)
        return replace(
            self,
            first=self.first + max(-lag, 0),
            rows=self.rows[picture],
            feeling=self.feeling[picture],
            opening=self.opening[picture],
            voice=self.voice[sound],
            visemes=self.visemes[sound],
        )

    @property
    def windows(self) -> FloatArray:
        """(T, 80, 16) normalised mel windows, one for each row."""
        return window_at(normalised(self.columns), len(self.rows), FPS, self.first)


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """A stretch of L frames of each of B scenes: arrays of `Scene` with a batch axis, `heard` 0 without sound."""

    windows: FloatArray
    rows: FloatArray
    known: FloatArray
    voice: FloatArray
    feeling: FloatArray
    sentence: FloatArray
    visemes: NDArray[np.int64]
    opening: FloatArray
    heard: FloatArray


def _stretch(
    scene: Scene, length: int, voices: Sequence[FloatArray], rng: np.random.Generator
) -> dict[str, np.ndarray]:
    """Random frames of a scene, played a little faster or slower, its sound in disguise, now and then mirrored."""
    factor = float(rng.uniform(0.85, 1.18))
    n = max(int(len(scene.rows) / factor), 2)
    begin = int(rng.integers(0, max(n - length, 0) + 1))
    frames = np.minimum(np.arange(begin, begin + length), n - 1)
    windows = np.zeros((length, 80, 16), np.float32)
    if len(scene.columns):
        heard = disguised(at_tempo(scene.columns, factor, int(len(scene.columns) / factor)), voices, rng)
        windows = window_at(normalised(heard), length, FPS, begin + round(scene.first / factor))
    taken = {name: at_tempo(getattr(scene, name), factor, n)[frames] for name in ("rows", "voice", "feeling")}
    opening = at_tempo(scene.opening, factor, n)[frames] if len(scene.opening) else np.zeros(length, np.float32)
    nearest = np.minimum(np.round(frames * factor).astype(int), len(scene.rows) - 1)
    return taken | {"windows": windows, "opening": opening, "visemes": scene.visemes[nearest].astype(np.int64)}


def drawn(
    scenes: Sequence[Scene], count: int, length: int, voices: Sequence[FloatArray], rng: np.random.Generator
) -> Example:
    """Stretches of random scenes.

    Args:
        scenes: to choose from.
        count: B.
        length: L frames; a shorter scene is held at its end.
        voices: mel columns of other speech, for a crowd in the background.
        rng: where the chance comes from.
    """
    chosen = [scenes[i] for i in rng.integers(len(scenes), size=count)]
    parts = [_stretch(scene, length, voices, rng) for scene in chosen]
    stacked = {name: np.stack([part[name] for part in parts]) for name in parts[0]}
    return Example(
        known=np.stack([scene.known for scene in chosen]),
        sentence=np.stack([scene.sentence for scene in chosen]),
        heard=np.array([len(scene.columns) > 0 for scene in chosen], np.float32),
        **stacked,
    )
