"""Sentences in, feelings out: what the face should do for a label, a sentence or a timeline of them.

Labels and plain words for feelings ("very happy", "slightly annoyed") need no language model. Any other English
sentence is embedded by the sentence encoder and mapped to a mixture of the eight emotions; muscles that it names
("with brows drawn together") are added as they are. Seven other languages are read by their vocabularies.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from style2talker.emotion import facs, timeline
from style2talker.emotion.encoder import TextEncoder
from style2talker.emotion.foreign import read_foreign
from style2talker.emotion.languages.detect import ENGLISH, VOCABULARIES, language_of
from style2talker.emotion.lexicon import AMBIGUOUS, feeling_of
from style2talker.emotion.manner import DEGREES, manner, tokens
from style2talker.emotion.meaning import load_meaning_map
from style2talker.emotion.muscles import muscle_units
from style2talker.records import LABELS, Emotion, FloatArray

__all__ = ["Encoder", "explain", "understand"]

_SIZE = 384
_FILLERS = frozenset(
    {"a", "an", "the", "i", "you", "he", "she", "they", "it", "am", "is", "are", "be", "being"}
    | {"feel", "feels", "feeling", "look", "looks", "looking", "seem", "seems", "sound", "sounds", "sounding"}
    | {"with", "in", "and", "of", "person", "man", "woman", "girl", "boy", "speaker", "voice", "face", "tone"}
    | {"expression", "emotion", "mood", "his", "her", "their", "suddenly", "now", "then", "still", "full"}
)
_DEGREE_WORDS = frozenset(word for phrase in DEGREES for word in phrase.split())
_WORD_SHARE = 0.5
"""Of a plain word for a feeling against the meaning of the whole sentence that holds it."""
_MOST_PLAIN = 0.3
"""What is left of a guessed feeling when every feeling that the sentence names is neutral."""
_MUSCLES_ALONE = 0.5
"""What is left of a guessed feeling when a sentence names muscles but no feeling: the muscles speak for themselves."""
_VISIBLE = 0.2
"""Activation under which nobody would see an expression."""


class Encoder(Protocol):
    """What turns sentences into embeddings: a `TextEncoder` or a stand-in."""

    def encode(self, sentences: Sequence[str]) -> FloatArray:
        """(K, D) float32 of unit length."""
        ...


def _named(text: str) -> FloatArray | None:
    """(8,) mean amounts of the feelings that plain words of a text name, None without such a word."""
    found = [feeling_of(word) for word in tokens(text) if word not in AMBIGUOUS]
    amounts = np.zeros(len(LABELS), np.float32)
    levels = [feeling for feeling in found if feeling is not None]
    for label, level in levels:
        amounts[LABELS.index(label)] += level / len(levels)
    return amounts if levels else None


def _plain_amounts(text: str) -> FloatArray | None:
    """(8,) amounts of a text of nothing but feelings, degree words and fillers; None for any other text."""
    words = tokens(text)
    found = [feeling for feeling in map(feeling_of, words) if feeling is not None]
    others = [w for w in words if feeling_of(w) is None and w not in _FILLERS and w not in _DEGREE_WORDS]
    if not found or others:
        return None
    amounts = np.zeros(len(LABELS), np.float32)
    for label, level in found:
        amounts[LABELS.index(label)] += level / len(found) ** 0.5
    return amounts


def _sentence_amounts(text: str, learned: FloatArray) -> FloatArray:
    """(8,) amounts of a free sentence: what the map learned, steadied by the plain words in it."""
    named = _named(text)
    if named is None:
        return learned * np.float32(_MUSCLES_ALONE if muscle_units(text) else 1.0)
    if named.max() == 0:
        return learned * np.float32(_MOST_PLAIN)
    return np.asarray((1 - _WORD_SHARE) * learned + _WORD_SHARE * named, np.float32)


def _language(text: str) -> str:
    """The language of a text; what holds only plain English words or names muscles in English is English."""
    return ENGLISH if _plain_amounts(text) is not None or muscle_units(text) else language_of(text)


def _read(text: str) -> tuple[FloatArray | None, dict[str, float]]:
    """Amounts (8,) with the manner counted in, None where the encoder has to tell them; and the named muscles."""
    language = _language(text)
    if language == ENGLISH:
        plain = _plain_amounts(text)
        scaled: FloatArray | None = None if plain is None else np.asarray(plain * manner(text), np.float32)
        return scaled, muscle_units(text)
    if language not in VOCABULARIES:
        return np.zeros(len(LABELS), np.float32), {}
    reading = read_foreign(text, VOCABULARIES[language])
    return reading.amounts, reading.units


def _expression(amounts: FloatArray, units: dict[str, float]) -> FloatArray:
    """(52,) activations of amounts of emotions, with the named muscles on top."""
    felt = np.minimum(amounts @ facs.prototypes(), 1.0).astype(np.float32)
    return np.asarray(np.maximum(felt, facs.activations(units)), np.float32) if units else felt


def understand(
    text: str,
    strength: float = 1.0,
    encoder: Encoder | None = None,
    load: Callable[[], Encoder] = TextEncoder,
) -> Emotion:
    """Read what a person is to feel.

    Args:
        text: a label, a sentence or a timeline such as "0: calm; 2.5: suddenly furious".
        strength: 0 (nothing) .. 1.5 (exaggerated).
        encoder: a loaded encoder.
        load: what loads one, called only when none is given and a sentence needs it.

    Returns:
        The feeling over time; embeddings are zero where no encoder was needed.

    Raises:
        EmotionError: a text or strength that cannot be read.
        AssetError: a free sentence and no sentence encoder.
    """
    keys = timeline.parse(text)
    amounts, units = (list(column) for column in zip(*(_read(words) for _, words in keys), strict=True))
    free = [i for i, known in enumerate(amounts) if known is None]
    embeddings = np.zeros((len(keys), _SIZE), np.float32)
    if free:
        ready = encoder if encoder is not None else load()
        embeddings[free] = ready.encode([keys[i][1] for i in free])
        for i, learned in zip(free, load_meaning_map().amounts(embeddings[free]), strict=True):
            amounts[i] = _sentence_amounts(keys[i][1], learned) * np.float32(manner(keys[i][1]))
    expressions = [_expression(a, u) for a, u in zip(amounts, units, strict=True) if a is not None]
    return Emotion(
        texts=tuple(words for _, words in keys),
        times=np.array([seconds for seconds, _ in keys], np.float32),
        embeddings=embeddings,
        expressions=np.stack(expressions),
        strength=strength,
    )


def _muscle_names(units: dict[str, float]) -> str:
    """The named muscles, for a person to read."""
    sides = {"L": " (left)", "R": " (right)"}
    names = [
        facs.UNIT_NAMES[unit] if unit in facs.UNIT_NAMES else facs.UNIT_NAMES[unit[:-1]] + sides[unit[-1]]
        for unit in units
    ]
    return f"; muscles: {', '.join(names)}" if names else ""


def _remark(text: str, language: str, embedded: bool, expression: FloatArray) -> str:
    """What else there is to say: the language, and why a face stays neutral."""
    if not language:
        return " (language not understood: the face stays neutral)"
    if language != ENGLISH:
        known = read_foreign(text, VOCABULARIES[language]).known
        return f" ({language})" if known else f" ({language}, no known word for a feeling: the face stays neutral)"
    if embedded and expression.max() < _VISIBLE:
        return " (no feeling found in this sentence: the face stays neutral)"
    return ""


def explain(emotion: Emotion) -> tuple[str, ...]:
    """Say in a line for each key how it was understood, for a person to check.

    Args:
        emotion: what `understand` gave.

    Returns:
        K lines such as `0 s: "furious" -> angry 100%`, with the muscles that the words name and the language where it
        is not English; a sentence that speaks of no feeling, or in a language that is not known, is called neutral
        with a note that says so.
    """
    lines = []
    for text, seconds, embedding, expression in zip(
        emotion.texts, emotion.times, emotion.embeddings, emotion.expressions, strict=True
    ):
        language = _language(text)
        units = _read(text)[1]
        shares = facs.resemblance(expression)
        parts = [f"{LABELS[i]} {shares[i]:.0%}" for i in np.argsort(-shares) if shares[i] >= 0.15]
        remark = _muscle_names(units) + _remark(text, language, bool(embedding.any()), expression)
        shown = text if len(text) <= 60 else text[:59] + "…"
        lines.append(f'{seconds:g} s: "{shown}" -> {", ".join(parts)}{remark}')
    return tuple(lines)
