"""The stream of samples that the published Style-E learns from: sample n is a pure function of the seed and n.

Clip A and clip B of one person, but the condition is made as inference makes it, by
`style_e.told.encoder_inputs`: B's voice, one frame of A's face, B's eyelids; the outcome is B's expression, the text is
one of B's sentences. The released loop fed A's expression in the place of the voice and never used the sound.

Deviations: any frame may come first (the released loop begins at the fourth); a clip shorter than a window has its
first frame repeated in front, as when sampling, where the released loop mirrors clips of fewer than 50 frames; clips
are drawn by their length, so that every frame counts alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from style2talker.errors import InputError
from style2talker.records import FloatArray
from style2talker.style_e.told import encoder_inputs
from style2talker.style_e.windowed import window_frames
from style2talker.train.disguise import mixed
from style2talker.train.published.style_e.clips import IDENTITY, Clip, Corpus, people_of
from style2talker.train.published.style_e.settings import StyleESettings
from style2talker.train.published.style_e.texts import Embeddings
from style2talker.train.published.style_e.utterances import Utterances

__all__ = ["Samples", "units"]

_KNOTS = 4
_HISS_SHARE, _HISS_DB = 0.5, (3.0, 35.0)
_LEAST = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class _Drawn:
    """What a sample is made of, before noise: L frames of a film or an utterance."""

    windows: FloatArray
    colour: FloatArray
    expression: FloatArray
    lids: FloatArray
    known: FloatArray
    identity: FloatArray
    text: str
    heard: bool


def units(samples: Sequence[Mapping[str, np.ndarray]]) -> tuple[FloatArray, FloatArray]:
    """Centre and spread (C,) of the expressions in samples; one that hardly moves here may move elsewhere."""
    rows = np.concatenate([sample["expression"] for sample in samples]).astype(np.float64)
    spread = rows.std(axis=0)
    return rows.mean(axis=0).astype(np.float32), np.maximum(spread, _LEAST * spread.max()).astype(np.float32)


def _disguised(windows: FloatArray, throat: float, rng: Generator) -> FloatArray:
    """Mel windows (L, 80, 16) of the same words by a longer or shorter throat, half the time above a hiss."""
    bands = np.clip(np.arange(80) * np.exp(rng.normal(0.0, throat)), 0, 79)
    low = np.floor(bands).astype(int)
    weight = (bands - low).astype(np.float32)[:, None]
    out = windows[:, low] * (1 - weight) + windows[:, np.minimum(low + 1, 79)] * weight
    if rng.random() < _HISS_SHARE and np.ptp(out) > 0:
        columns = out.transpose(0, 2, 1).reshape(-1, 80)
        tilt = np.interp(np.arange(80), np.linspace(0, 79, _KNOTS), rng.normal(0.0, 0.6, _KNOTS))
        hiss = np.asarray(tilt + rng.normal(0.0, 0.2, columns.shape), np.float32)
        out = mixed(columns, hiss, float(rng.uniform(*_HISS_DB))).reshape(len(out), 16, 80).transpose(0, 2, 1)
    return np.asarray(out, np.float32)


class Samples:
    """A `Stream` of the engine."""

    def __init__(
        self,
        corpus: Corpus,
        settings: StyleESettings,
        split: str,
        seed: int,
        texts: Embeddings,
        utterances: Utterances | None = None,
    ) -> None:
        """A stream.

        Args:
            corpus: where clips come from.
            settings: of the training.
            split: "train", or "validation" for held-out clips without any augmentation.
            seed: of all that chance decides.
            texts: embedding of every sentence.
            utterances: synthetic speech for a share of the samples; None for none.

        Raises:
            InputError: the split has nothing to draw from.
        """
        rows = corpus.split(split, sound=None if settings.silent else True)
        if not rows:
            raise InputError(f"the corpus {corpus.folder} has no clips for {split}: add some, or set silent = true")
        self._corpus, self._settings, self._seed, self._texts = corpus, settings, seed, texts
        self._utterances = utterances
        self._learns = split == "train"
        self._names = [row.clip for row in rows]
        self._ends = np.cumsum([row.frames or 0 for row in rows])
        people = people_of(corpus.split(split))
        self._own = {row.clip: people[row.person] for row in rows}

    def sample(self, number: int) -> dict[str, np.ndarray]:
        """Sample `number`: arrays without the axis of the batch.

        Returns:
            mel (L, 80, 16), reference (L, C), blink (L, 1) for the audio encoder; expression (L, C), known (C,), text
            (D,), noise (L, C), given (2,) all float32; steps () int64; in the space "bfm" identity (80,) as well.
        """
        settings = self._settings
        rng = np.random.default_rng([self._seed, number])
        clip = self._corpus.load(self._names[int(np.searchsorted(self._ends, rng.integers(self._ends[-1]), "right"))])
        reference = self._reference(clip, rng)
        drawn = self._drawn(clip, reference, rng)
        windows = drawn.windows
        if self._learns and settings.disguise:
            windows = _disguised(windows, settings.disguise, rng)
        if self._learns and settings.colour:
            windows = windows + self._filtered(rng)
        colour = drawn.colour if settings.level_sound else None
        out: dict[str, np.ndarray] = {
            **encoder_inputs(windows, reference, drawn.lids, colour),
            "expression": drawn.expression,
            "known": drawn.known,
            "text": self._texts[drawn.text],
            "steps": np.asarray(rng.integers(settings.schedule_steps), np.int64),
            "noise": rng.standard_normal(drawn.expression.shape, np.float32),
            "given": np.array(
                [
                    drawn.heard and not (rng.random() < settings.drop_speech and self._learns),
                    not (rng.random() < settings.drop_text and self._learns),
                ],
                np.float32,
            ),
        }
        return out | ({"identity": drawn.identity} if settings.space == "bfm" else {})

    def _drawn(self, clip: Clip, still: FloatArray, rng: Generator) -> _Drawn:
        settings = self._settings
        if self._utterances is not None and self._learns and rng.random() < settings.speech_share:
            said = self._utterances.drawn(settings.window, still, rng)
            identity = np.zeros(IDENTITY, np.float32)
            return _Drawn(said.windows, said.colour, said.expression, said.lids, said.known, identity, said.text, True)
        count = len(clip.expression)
        frames = window_frames(count, settings.window)[0]
        frames = frames + int(rng.integers(max(count - settings.window, 0) + 1))
        windows = np.zeros((settings.window, 80, 16), np.float32)
        return _Drawn(
            windows=windows if clip.windows is None else np.asarray(clip.windows[frames]),
            colour=clip.colour,
            expression=clip.expression[frames],
            lids=clip.lids[frames],
            known=np.ones(clip.expression.shape[1], np.float32),
            identity=clip.identity,
            text=clip.sentences[int(rng.integers(len(clip.sentences)))],
            heard=clip.windows is not None,
        )

    def _reference(self, clip: Clip, rng: Generator) -> FloatArray:
        """(C,) a random frame of a random clip of the same person."""
        own = self._own[clip.row.clip]
        other = self._corpus.load(own[int(rng.integers(len(own)))])
        return np.asarray(other.expression[int(rng.integers(len(other.expression)))], np.float32)

    def _filtered(self, rng: Generator) -> FloatArray:
        """(80, 1) what another microphone adds to the log-mel columns."""
        knots = rng.normal(0.0, self._settings.colour, _KNOTS)
        return np.interp(np.arange(80), np.linspace(0, 79, _KNOTS), knots).astype(np.float32)[:, None]
