"""Train the map from sentence embeddings to emotions: `python -m style2talker.train.emotion --out emotion.npz`.

In: a grammar of sentences and the sentence encoder. Out: an .npz of float16 weights for
`style2talker.emotion.meaning`. NumPy alone; a minute for the embeddings and seconds for the fit on two cores.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.random import Generator

from style2talker.emotion.encoder import TextEncoder
from style2talker.emotion.meaning import MeaningMap
from style2talker.records import LABELS, FloatArray
from style2talker.train.emotion_grammar import FELT, sentences

__all__ = ["fit", "fit_together", "main", "save"]

MOST = 1.35
"""The largest amount of an emotion."""
_GAIN = 4.0
"""Embeddings of unit length are small in each dimension; the hidden layer sees them this much larger."""
_BATCH = 256
_log = logging.getLogger(__name__)

_Weights = list[FloatArray]


def _start(rng: Generator, size: int, units: int) -> _Weights:
    first = rng.normal(0.0, size**-0.5, (size, units))
    second = rng.normal(0.0, units**-0.5, (units, len(FELT)))
    parts = (first, np.zeros(units), second, np.full(len(FELT), -2.0))
    return [part.astype(np.float32) for part in parts]


def _gradients(weights: _Weights, x: FloatArray, y: FloatArray) -> _Weights:
    """Gradients of the mean cross entropy of sigmoids, x (B, D) scaled embeddings, y (B, 7) in 0..1."""
    layer = np.tanh(x @ weights[0] + weights[1])
    error = (1 / (1 + np.exp(-(layer @ weights[2] + weights[3]))) - y) / np.float32(len(x))
    back = error @ weights[2].T * (1 - layer * layer)
    return [x.T @ back, back.sum(0), layer.T @ error, error.sum(0)]


def _batches(rng: Generator, count: int, epochs: int) -> Iterator[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    size = min(_BATCH, count)
    for _ in range(epochs):
        order = rng.permutation(count)
        for begin in range(0, count - size + 1, size):
            yield order[begin : begin + size]


def fit(
    embeddings: FloatArray,
    targets: FloatArray,
    rng: Generator,
    units: int = 48,
    epochs: int = 30,
    noise: float = 0.05,
    rate: float = 2e-3,
) -> _Weights:
    """Fit one small network by Adam (Kingma & Ba, ICLR 2015) with a cosine rate.

    Args:
        embeddings: (K, D) of unit length.
        targets: (K, 7) amounts in the order of `FELT`.
        rng: where randomness comes from.
        units: U of the hidden layer.
        epochs: passes over the sentences.
        noise: standard deviation of what is added to each dimension of an embedding, so that paraphrases fall together.
        rate: first step size.

    Returns:
        Weights (D, U), (U,), (U, 7), (7,).
    """
    weights = _start(rng, embeddings.shape[1], units)
    mean, square = ([np.zeros_like(part) for part in weights] for _ in range(2))
    steps = epochs * (len(embeddings) // min(_BATCH, len(embeddings)))
    for step, chosen in enumerate(_batches(rng, len(embeddings), epochs), 1):
        x = embeddings[chosen] + rng.normal(0.0, noise, (len(chosen), embeddings.shape[1])).astype(np.float32)
        x = _GAIN * x / np.linalg.norm(x, axis=1, keepdims=True)
        now = rate * 0.5 * (1 + np.cos(np.pi * step / steps))
        for i, gradient in enumerate(_gradients(weights, x, targets[chosen] / MOST)):
            mean[i] = 0.9 * mean[i] + 0.1 * gradient
            square[i] = 0.999 * square[i] + 0.001 * gradient**2
            scale = np.sqrt(square[i] / (1 - 0.999**step)) + 1e-8
            weights[i] = (weights[i] - now * mean[i] / (1 - 0.9**step) / scale).astype(np.float32)
    return weights


def fit_together(embeddings: FloatArray, targets: FloatArray, seed: int, count: int = 4) -> MeaningMap:
    """Fit several networks and join them into one whose output is the mean of theirs (before the sigmoid).

    Args:
        embeddings: (K, D) of unit length.
        targets: (K, 7) amounts in the order of `FELT`.
        seed: of everything that chance decides.
        count: how many networks.

    Returns:
        The map with a column for each of the eight labels; neutral stays at 0.
    """
    members = [fit(embeddings, targets, rng) for rng in np.random.default_rng(seed).spawn(count)]
    columns = [LABELS.index(label) for label in FELT]
    units = sum(len(member[1]) for member in members)
    output, bias = np.zeros((units, len(LABELS)), np.float32), np.full(len(LABELS), -30.0, np.float32)
    output[:, columns] = np.concatenate([member[2] for member in members]) / count
    bias[columns] = np.mean([member[3] for member in members], axis=0)
    hidden = np.float32(_GAIN) * np.concatenate([member[0] for member in members], axis=1)
    hidden_bias = np.concatenate([member[1] for member in members])
    return MeaningMap(hidden.astype(np.float32), hidden_bias, output, bias, MOST)


def save(path: Path, learned: MeaningMap) -> None:
    """Write the weights as float16; the same map gives the same bytes."""
    np.savez_compressed(
        path,
        hidden=learned.hidden.astype(np.float16),
        hidden_bias=learned.hidden_bias.astype(np.float16),
        output=learned.output.astype(np.float16),
        output_bias=learned.output_bias.astype(np.float16),
        most=np.float32(learned.most),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Train from the command line."""
    parser = argparse.ArgumentParser(prog="python -m style2talker.train.emotion", description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="the .npz to write")
    parser.add_argument("--encoder", type=Path, help="folder of the sentence encoder (default: the installed asset)")
    parser.add_argument("--sentences", type=int, default=26000, help="how many sentences to draw (default 26000)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    texts, targets = sentences(np.random.default_rng(options.seed), options.sentences)
    _log.info("embedding %d sentences, for example: %s", len(texts), "; ".join(texts[:3]))
    embeddings = TextEncoder(options.encoder).encode(texts)
    learned = fit_together(embeddings, targets, options.seed)
    error = np.abs(learned.raw(embeddings)[:, [LABELS.index(label) for label in FELT]] - targets).mean()
    save(options.out, learned)
    _log.info("mean error of an amount %.3f, wrote %s", error, options.out)


if __name__ == "__main__":
    main()
