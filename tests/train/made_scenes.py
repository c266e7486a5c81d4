"""Made scenes: noise bursts stand for open vowels, a low hum for closed lips; and a small pool of feelings."""

from __future__ import annotations

import numpy as np

from style2talker.corpus.synth import Utterance
from style2talker.corpus.visemes import Phone
from style2talker.emotion.facs import prototypes
from style2talker.records import LABELS, FloatArray
from style2talker.train.feelings import Feelings
from style2talker.train.invented import invented_scene
from style2talker.train.scenes import Scene

__all__ = ["made_feelings", "made_film", "made_scene", "made_utterance"]


def made_feelings() -> Feelings:
    """The eight labels and two sentences with embeddings of their own."""
    texts = (*LABELS, "full of joy", "in a rage")
    embeddings = np.zeros((len(texts), 384), np.float32)
    embeddings[8, 0] = embeddings[9, 1] = 1.0
    amounts = np.zeros((len(texts), 8), np.float32)
    amounts[:8] = np.eye(8)
    amounts[:, LABELS.index("neutral")] = 0
    amounts[8, LABELS.index("happy")] = amounts[9, LABELS.index("angry")] = 1.0
    return Feelings(texts, embeddings, np.minimum(amounts @ prototypes(), 1.0).astype(np.float32), amounts)


def made_utterance(seed: int, seconds: float = 6.0) -> Utterance:
    """[a] and [m] in turn, of random lengths, a little silence around."""
    rng = np.random.default_rng(seed)
    samples = rng.normal(0, 0.002, round(seconds * 16000)).astype(np.float32)
    phones, at = [], 0.2
    t = np.arange(len(samples)) / 16000
    while at < seconds - 0.6:
        for symbol in ("aa", "m"):
            end = at + float(rng.uniform(0.12, 0.28))
            inside = (t >= at) & (t < end)
            samples[inside] += (
                rng.normal(0, 0.2, inside.sum()) if symbol == "aa" else 0.2 * np.sin(2 * np.pi * 150 * t[inside])
            )
            phones.append(Phone(symbol, at, end))
            at = end
    return Utterance(np.clip(samples, -1, 1).astype(np.float32), tuple(phones), 1.0)


def made_scene(seed: int) -> Scene:
    """An invented scene of a made utterance."""
    return invented_scene(f"{seed}", made_utterance(seed), made_feelings(), np.random.default_rng(seed))


def made_film(seed: int, lag: int = 0, person: str = "p") -> Scene:
    """A made scene as if it had been filmed: the opening of its lips was measured, its picture is `lag` frames late."""
    scene = made_scene(seed)
    rows = np.roll(scene.rows, lag, axis=0)
    known = np.ones_like(scene.known)
    known[13] = 0
    opening: FloatArray = np.asarray(rows[:, 0] * 0.03 + 0.1, np.float32)
    return Scene(
        f"film{seed}", person, scene.columns, rows, known, scene.voice, scene.feeling, scene.sentence,
        np.full_like(scene.visemes, -1), opening,
    )  # fmt: skip
