"""Thousands of sentences, read as the product reads them: what a scene may be asked to feel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from style2talker.emotion.sentence import Encoder, understand
from style2talker.records import LABELS, Emotion, FloatArray
from style2talker.train.emotion_grammar import FELT, sentences

__all__ = ["Feelings", "read_feelings"]

_LABEL_SHARE, _CHANGE_SHARE = 0.3, 0.25
_STRONGEST = 1.5


@dataclass(frozen=True, slots=True, eq=False)
class Feelings:
    """K sentences and what they ask for.

    Attributes:
        texts: the sentences.
        embeddings: (K, 384) of unit length, zeros for bare labels.
        expressions: (K, 52) activations at strength 1.
        amounts: (K, 8) of each emotion in the order of `LABELS`, as the grammar means them.
    """

    texts: tuple[str, ...]
    embeddings: FloatArray
    expressions: FloatArray
    amounts: FloatArray

    def drawn(self, rng: Generator, seconds: float) -> tuple[Emotion, FloatArray]:
        """A random feeling for a scene of some seconds, and (keys, 8) shares of the emotions in it.

        A bare label now and then, any strength, and in a quarter of the scenes a change on the way.
        """
        keys = 2 if rng.random() < _CHANGE_SHARE and seconds > 2 else 1
        labels = rng.random(keys) < _LABEL_SHARE
        chosen = np.where(labels, rng.integers(len(LABELS), size=keys), rng.integers(len(self.texts), size=keys))
        times = np.array([0.0, rng.uniform(0.3, 0.7) * seconds][:keys], np.float32)
        strength = float(rng.uniform(0.0, _STRONGEST))
        emotion = Emotion(
            tuple(self.texts[i] for i in chosen), times, self.embeddings[chosen], self.expressions[chosen], strength
        )
        shares = self.amounts[chosen] * np.float32(strength)
        return emotion, np.asarray(shares / np.maximum(shares.sum(axis=1, keepdims=True), 1.0), np.float32)


class _Remembering:
    """An encoder that has met every text before: embedding them together takes a fraction of the time."""

    def __init__(self, encoder: Encoder, texts: Sequence[str]) -> None:
        self._known = dict(zip(texts, encoder.encode(texts), strict=True))

    def encode(self, sentences: Sequence[str]) -> FloatArray:
        return np.stack([self._known[sentence] for sentence in sentences])


def read_feelings(encoder: Encoder, count: int, seed: int) -> Feelings:
    """The eight labels, then `count` sentences of the grammar."""
    texts, targets = sentences(np.random.default_rng(seed), count)
    remembering = _Remembering(encoder, texts)
    read = [understand(text, encoder=remembering) for text in (*LABELS, *texts)]
    amounts = np.zeros((len(read), len(LABELS)), np.float32)
    amounts[: len(LABELS)] = np.eye(len(LABELS))
    amounts[len(LABELS) :, [LABELS.index(label) for label in FELT]] = targets
    amounts[:, LABELS.index("neutral")] = 0
    return Feelings(
        (*LABELS, *texts),
        np.concatenate([emotion.embeddings[:1] for emotion in read]),
        np.concatenate([emotion.expressions[:1] for emotion in read]),
        amounts,
    )
