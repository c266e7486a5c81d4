"""Synthetic speech (`corpus.synth`) -> samples for the published Style-E, beside or instead of films.

The mouth of each frame is known from the phones; a feeling of the sentence grammar is joined to it on the face of a
person of the corpus, as the product joins them. An option beyond the paper.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.random import Generator

from style2talker.corpus.synth import read_utterance
from style2talker.errors import InputError
from style2talker.face.bfm import to_blendshapes, to_expression
from style2talker.records import ARKIT_NAMES, FloatArray
from style2talker.speech.mel import log_mel, window_at
from style2talker.style_e.expression import join_lips, settled
from style2talker.style_e.factors import CHANNEL_SHAPES, CHANNELS
from style2talker.style_e.told import blink_signal, recording_colour
from style2talker.style_e.windowed import window_frames
from style2talker.train.feelings import Feelings
from style2talker.train.published.style_e.clips import BLINK

__all__ = ["Said", "Utterances"]

_FPS = 25.0
_CLOSURE = CHANNELS.index("closure")
_OPENING = [CHANNELS.index(name) for name in ("jawOpen", "mouthLowerDown", "mouthUpperUp", "mouthFunnel")]
_EYES = [i for i, name in enumerate(ARKIT_NAMES) if name.startswith("eyeLook")]


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """L frames of an utterance.

    Attributes:
        windows: (L, 80, 16) mel windows.
        colour: (80,) of the recording.
        expression: (L, C) coefficients.
        lids: (L,) how far the eyelids are closed.
        known: (C,) 1 for coefficients that the synthesis knows of, else 0.
        text: what the person feels.
    """

    windows: FloatArray
    colour: FloatArray
    expression: FloatArray
    lids: FloatArray
    known: FloatArray
    text: str


class Utterances:
    """Utterances of a folder, read when they are asked for and kept."""

    def __init__(self, folder: Path, count: int, feelings: Feelings, space: str) -> None:
        """List the utterances.

        Args:
            folder: of `corpus.synth`.
            count: how many to use, 0 for all.
            feelings: to draw from.
            space: of the coefficients.

        Raises:
            InputError: there are none.
        """
        files: Sequence[Path] = sorted(folder.glob("*.npz"))
        self.files = files[: count or None]
        if not self.files:
            raise InputError(f"{folder} holds no utterances: make them by python -m style2talker.corpus.synth")
        self.feelings, self.space = feelings, space
        self._read = lru_cache(maxsize=2048)(self._analysed)

    def _analysed(self, number: int) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Mel columns (M, 80), colour (80,), mouth (T, 52), speaking (T,) of an utterance."""
        utterance = read_utterance(self.files[number])
        columns, curves = log_mel(utterance.samples), utterance.curves()
        n_frames = min(len(curves), int(len(utterance.samples) / 16000 * _FPS))
        channels = np.clip(curves[:n_frames], 0.0, 1.0)
        channels[:, _OPENING] *= 1.0 - channels[:, [_CLOSURE]]
        times = np.arange(n_frames) / _FPS
        speaking = np.zeros(n_frames, np.float32)
        for phone in utterance.phones:
            speaking[(times >= phone.start) & (times < phone.end)] = 1.0
        colour = recording_colour(window_at(columns, n_frames, _FPS))
        return columns, colour, np.asarray(channels @ CHANNEL_SHAPES, np.float32), speaking

    def drawn(self, length: int, still: FloatArray, rng: Generator) -> Said:
        """Random frames of a random utterance with a random feeling.

        Args:
            length: L.
            still: (C,) the face of who speaks.
            rng: where chance comes from.
        """
        columns, colour, mouth, speaking = self._read(int(rng.integers(len(self.files))))
        frames = window_frames(len(mouth), length)[0]
        if len(mouth) > length:
            frames = frames + int(rng.integers(len(mouth) - length + 1))
        chosen = int(rng.integers(len(self.feelings.texts)))
        feeling = np.repeat(self.feelings.expressions[chosen][None], length, axis=0)
        rest = np.clip(still, 0.0, 1.0) if self.space == "rig" else to_blendshapes(still[None])[0]
        shapes = join_lips(settled(rest, feeling), feeling, mouth[frames], speaking[frames])
        lids = blink_signal(length, rng)
        shapes[:, list(BLINK)] = np.maximum(shapes[:, list(BLINK)], lids[:, None])
        known = np.ones(len(still), np.float32)
        if self.space == "rig":
            known[_EYES] = 0.0
        return Said(
            windows=window_at(columns, len(mouth), _FPS)[frames],
            colour=colour,
            expression=shapes if self.space == "rig" else to_expression(shapes),
            lids=np.asarray(shapes[:, list(BLINK)].mean(axis=1)),
            known=known,
            text=self.feelings.texts[chosen],
        )
