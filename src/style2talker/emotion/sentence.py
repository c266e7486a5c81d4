"""Sentences in, feelings out: what the face should do for a label, a sentence or a timeline of them.

Labels and plain words for feelings ("very happy", "slightly annoyed") need no language model. Any other
sentence is embedded by the sentence encoder and mapped to a mixture of the eight emotions.
"""

from __future__ import annotations

import numpy as np

from style2talker.emotion import facs, timeline
from style2talker.emotion.lexicon import feeling_of
from style2talker.emotion.manner import DEGREES, manner, tokens
from style2talker.records import LABELS, Emotion, FloatArray

__all__ = ["understand"]

_FILLERS = frozenset(
    {"a", "an", "the", "i", "you", "he", "she", "they", "it", "am", "is", "are", "be", "being"}
    | {"feel", "feels", "feeling", "look", "looks", "looking", "seem", "seems", "sound", "sounds", "sounding"}
    | {"with", "in", "and", "of", "person", "man", "woman", "girl", "boy", "speaker", "voice", "face", "tone"}
    | {"expression", "emotion", "mood", "his", "her", "their", "suddenly", "now", "then", "still", "full"}
)
_DEGREE_WORDS = frozenset(word for phrase in DEGREES for word in phrase.split())
_SIZE = 384


def plain_expression(text: str) -> FloatArray | None:
    """(52,) activations of a text of nothing but feelings, degree words and fillers; None for other texts."""
    words = tokens(text)
    found = [feeling for feeling in map(feeling_of, words) if feeling is not None]
    others = [w for w in words if feeling_of(w) is None and w not in _FILLERS and w not in _DEGREE_WORDS]
    if not found or others:
        return None
    table = facs.prototypes()
    share = 1.0 / len(found) ** 0.5
    total = sum((level * share * table[LABELS.index(label)] for label, level in found), np.zeros(52, np.float32))
    return facs.saturated(np.asarray(total * manner(text), np.float32))


def understand(text: str, strength: float = 1.0) -> Emotion:
    """Read what a person is to feel.

    Args:
        text: a label, a sentence or a timeline.
        strength: 0 (nothing) .. 1.5 (exaggerated).

    Returns:
        The feeling over time.

    Raises:
        EmotionError: a text or strength that cannot be read.
    """
    keys = timeline.parse(text)
    zero = np.zeros(52, np.float32)
    expressions = [zero if (e := plain_expression(words)) is None else e for _, words in keys]
    return Emotion(
        texts=tuple(words for _, words in keys),
        times=np.array([seconds for seconds, _ in keys], np.float32),
        embeddings=np.zeros((len(keys), _SIZE), np.float32),
        expressions=np.stack(expressions),
        strength=strength,
    )
