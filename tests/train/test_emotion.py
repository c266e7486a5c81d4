"""The grammar of feelings and the fit of the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from style2talker.emotion.manner import degree
from style2talker.emotion.meaning import MeaningMap
from style2talker.emotion.muscles import muscle_units
from style2talker.records import LABELS, FloatArray
from style2talker.train import emotion
from style2talker.train.emotion_grammar import FELT, sentences
from style2talker.train.emotion_utterances import SCENES, UTTERANCES


def test_the_grammar_gives_different_balanced_sentences() -> None:
    texts, targets = sentences(np.random.default_rng(1), 3000)
    assert len(set(texts)) == len(texts) == 3000
    assert targets.shape == (3000, 7)
    assert targets.min() == 0
    assert targets.max() <= emotion.MOST
    share = (targets > 0.3).mean(0)
    assert share.min() > 0.06
    assert share.max() < 0.14
    assert 0.2 < (targets.max(1) == 0).mean() < 0.4
    assert not any("{" in text for text in texts)


def test_the_grammar_is_a_function_of_its_seed() -> None:
    one, other = (sentences(np.random.default_rng(s), 200)[0] for s in (2, 3))
    assert one == sentences(np.random.default_rng(2), 200)[0]
    assert one != other


def test_denied_feelings_have_no_target() -> None:
    texts, targets = sentences(np.random.default_rng(0), 4000)
    denied = [t.max() for text, t in zip(texts, targets, strict=True) if " is no longer " in text]
    assert denied
    assert max(denied) == 0


def bag(texts: Sequence[str]) -> FloatArray:
    """Embeddings by counting letter pairs into 96 places."""
    out = np.zeros((len(texts), 96), np.float32)
    for row, text in zip(out, texts, strict=True):
        for word in text.lower().split():
            for pair, count in Counter(pairwise(word)).items():
                row[(ord(pair[0]) * 31 + ord(pair[1])) % 96] += count
        row /= max(float(np.linalg.norm(row)), 1e-6)
    return out


def test_the_fit_learns_and_repeats(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    words = rng.normal(size=(7, 40))
    labels = rng.integers(0, 8, 3000)
    table = np.concatenate([words, np.zeros((1, 40))])
    embeddings = (table[labels] + rng.normal(0, 0.6, (3000, 40))).astype(np.float32)
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    targets = np.concatenate([np.eye(7), np.zeros((1, 7))])[labels].astype(np.float32)
    learned = emotion.fit_together(embeddings[:2600], targets[:2600], seed=4, count=2)
    columns = [LABELS.index(label) for label in FELT]
    raw = learned.raw(embeddings[2600:])[:, columns]
    inside = labels[2600:] < 7
    assert (raw[inside].argmax(1) == labels[2600:][inside]).mean() > 0.9
    assert raw[~inside].max(1).mean() < 0.6 * raw[inside].max(1).mean()
    again = emotion.fit_together(embeddings[:2600], targets[:2600], seed=4, count=2)
    emotion.save(tmp_path / "a.npz", learned)
    emotion.save(tmp_path / "b.npz", again)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_gradients_are_right() -> None:
    rng = np.random.default_rng(0)
    weights = [rng.normal(0, 0.5, s) for s in ((6, 5), (5,), (5, 7), (7,))]
    x, y = rng.normal(size=(9, 6)), rng.uniform(0, 1, (9, 7))

    def loss() -> float:
        z = np.tanh(x @ weights[0] + weights[1]) @ weights[2] + weights[3]
        return float((np.log1p(np.exp(z)) - y * z).sum() / len(x))

    found = emotion._gradients(weights, x, y)  # type: ignore[arg-type]
    for part, gradient in zip(weights, found, strict=True):
        for _ in range(4):
            place = tuple(int(rng.integers(n)) for n in part.shape)
            kept = part[place]
            part[place] = kept + 1e-5
            high = loss()
            part[place] = kept - 1e-5
            low = loss()
            part[place] = kept
            assert gradient[place] == pytest.approx((high - low) / 2e-5, abs=1e-6)


def test_the_command_writes_a_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Counting:
        def __init__(self, folder: Path | None) -> None:
            assert folder == tmp_path

        def encode(self, texts: Sequence[str]) -> FloatArray:
            return bag(texts)

    monkeypatch.setattr(emotion, "TextEncoder", Counting)
    out = tmp_path / "map.npz"
    emotion.main(["--out", str(out), "--encoder", str(tmp_path), "--sentences", "3000"])
    with np.load(out) as found:
        parts = [found[k].astype(np.float32) for k in ("hidden", "hidden_bias", "output", "output_bias")]
        learned = MeaningMap(*parts, float(found["most"]))
    texts, targets = sentences(np.random.default_rng(0), 3000)
    felt = targets.max(1) > 0.5
    raw = learned.raw(bag(texts))[:, [LABELS.index(label) for label in FELT]]
    assert (raw[felt].argmax(1) == targets[felt].argmax(1)).mean() > 0.3  # chance is 0.14


def test_the_grammar_has_muscles_manner_and_tens_of_thousands_of_wordings() -> None:
    texts, _ = sentences(np.random.default_rng(8), 20000)
    assert len({text.lower().rstrip(".") for text in texts}) > 15000
    some = texts[:1500]
    assert sum(bool(muscle_units(text)) for text in some) > 0.04 * len(some)
    assert sum(degree(text.lower()) != 1 for text in some) > 0.12 * len(some)


def test_utterances_and_scenes_reach_the_grammar() -> None:
    texts, targets = sentences(np.random.default_rng(9), 6000)
    for label, said in UTTERANCES.items():
        hits = [t for text, t in zip(texts, targets, strict=True) if any(s in text for s in said)]
        assert len(hits) > 10, label
        felt = [LABELS.index(FELT[int(t.argmax())]) if t.max() else LABELS.index("neutral") for t in hits]
        assert np.mean([f == LABELS.index(label) for f in felt]) > 0.9, label
    assert set(SCENES) == set(FELT)
    assert all(any(scene in text for text in texts for scene in scenes) for scenes in SCENES.values())
