"""Sentences of a corpus -> their embeddings, each encoded once and kept beside the labels.

The package's encoder gives 384 numbers of unit length. Embeddings of CLIP (ViT-B/32, 512 numbers, not brought to unit
length, as published) come from whatever encoder is passed, or from the file that is kept: `labels/text_512.npz` with
the arrays `sentences` (K,) and `embeddings` (K, 512).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from style2talker.emotion.encoder import TextEncoder
from style2talker.emotion.sentence import Encoder
from style2talker.errors import InputError, UsageError
from style2talker.media.atomic import atomic_path
from style2talker.records import FloatArray
from style2talker.train.published.style_e.settings import StyleESettings

__all__ = ["Embeddings", "embedded", "read_sentences"]

Embeddings = Mapping[str, FloatArray]
"""Sentence -> (D,)."""

_LABELS, _TEXT = "labels", "text.json"
_OWN_WIDTH = 384


def read_sentences(folder: Path) -> dict[str, tuple[str, ...]]:
    """The published map of a corpus, `actor_emotion_level_n_clip` -> its sentences; empty where it has no labels.

    Raises:
        InputError: the file is damaged.
    """
    path = folder / _LABELS / _TEXT
    if not path.is_file():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return {str(key): tuple(str(text) for text in texts) for key, texts in content.items()}
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InputError(f"{path} cannot be read ({error}): run corpus annotate again") from error


def _kept(path: Path) -> dict[str, FloatArray]:
    """What a file of embeddings holds; nothing where there is none."""
    if not path.is_file():
        return {}
    try:
        with np.load(path, allow_pickle=False) as data:
            return dict(zip(data["sentences"].tolist(), data["embeddings"].astype(np.float32), strict=True))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(f"{path} is damaged ({error}): delete it, it is made again") from error


def embedded(
    sentences: Sequence[str], settings: StyleESettings, folder: Path, encoder: Encoder | None = None
) -> dict[str, FloatArray]:
    """Embed sentences, by what is kept in the corpus where it is there; what is new is kept as well.

    Args:
        sentences: any.
        settings: which encoder.
        folder: of the corpus.
        encoder: what encodes new sentences; the package's when None.

    Raises:
        UsageError: the width is not that of the encoder.
        InputError: what is kept is damaged.
    """
    path = folder / _LABELS / f"text_{settings.text_width}.npz"
    known = _kept(path)
    new = sorted(set(sentences) - set(known))
    if new:
        made = np.asarray((encoder or _encoder(settings)).encode(new), np.float32)
        if made.shape[1] != settings.text_width:
            raise UsageError(f"the encoder gives {made.shape[1]} numbers a sentence: set text_width to that")
        known |= dict(zip(new, made, strict=True))
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_path(path) as part:
            names = sorted(known)
            np.savez(part, sentences=np.array(names), embeddings=np.stack([known[name] for name in names]))
    return {sentence: known[sentence] for sentence in sentences}


def _encoder(settings: StyleESettings) -> Encoder:
    if settings.text_width != _OWN_WIDTH:
        raise UsageError(
            f"text_width is {settings.text_width}, the package's encoder gives {_OWN_WIDTH}: set text_width to that, "
            f"or put CLIP's embeddings into {_LABELS}/text_{settings.text_width}.npz of the corpus"
        )
    return TextEncoder()
