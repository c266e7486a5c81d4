"""From the embedding of a sentence to how much of each emotion it speaks of, by a small learned map.

In: (K, D) unit embeddings. Out: (K, 8) amounts, 1 being the emotion as its label says it. The weights come from
`python -m style2talker.train.emotion`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from style2talker.assets import store
from style2talker.errors import AssetError
from style2talker.records import FloatArray

__all__ = ["MeaningMap", "load_meaning_map"]

_WEIGHTS = "emotion.npz"
_QUIET, _SURE = 0.2, 0.45
"""Amounts below the first are chance; from the second on they count in full."""
_LEAST_SHOWN = 0.35
"""Part of an amount that is certainty, not intensity: a feeling that is only guessed at still shows."""


@dataclass(frozen=True, slots=True, eq=False)
class MeaningMap:
    """One hidden layer of tanh, then a sigmoid for each emotion.

    Attributes:
        hidden: (D, U) float32 weights.
        hidden_bias: (U,) float32.
        output: (U, 8) float32 weights, in the order of `LABELS`.
        output_bias: (8,) float32.
        most: the amount that a sigmoid of 1 stands for.
    """

    hidden: FloatArray
    hidden_bias: FloatArray
    output: FloatArray
    output_bias: FloatArray
    most: float

    def raw(self, embeddings: FloatArray) -> FloatArray:
        """(K, 8) amounts as learned, for embeddings (K, D)."""
        layer = np.tanh(embeddings @ self.hidden + self.hidden_bias)
        return np.asarray(self.most / (1.0 + np.exp(-(layer @ self.output + self.output_bias))), np.float32)

    def amounts(self, embeddings: FloatArray) -> FloatArray:
        """Amounts with chance taken out.

        Args:
            embeddings: (K, D) float32 of unit length.

        Returns:
            (K, 8) float32 in 0..1.35 in the order of `LABELS`; near 0 for a sentence that speaks of no feeling.
        """
        raw = self.raw(embeddings)
        top = raw.max(1, keepdims=True)
        sure = np.clip((top - _QUIET) / (_SURE - _QUIET), 0.0, 1.0)
        sure = sure * sure * (3 - 2 * sure)
        shown = np.where(top < 1.0, _LEAST_SHOWN + (1 - _LEAST_SHOWN) * top, top)
        return np.asarray(raw / np.maximum(top, 1e-6) * shown * sure, np.float32)


def load_meaning_map() -> MeaningMap:
    """Read the learned map that comes with the package.

    Raises:
        AssetError: the file is missing or damaged.
    """
    place = store.package_data(_WEIGHTS)
    try:
        with np.load(place) as found:
            parts = [np.asarray(found[name], np.float32) for name in ("hidden", "hidden_bias", "output", "output_bias")]
            return MeaningMap(parts[0], parts[1], parts[2], parts[3], float(found["most"]))
    except (OSError, KeyError, ValueError) as error:
        raise AssetError(f"package file {_WEIGHTS} cannot be read ({error}): install style2talker again") from error
