"""Sentence embeddings by NumPy: a BERT encoder read straight from its safetensors file, no deep-learning library.

In: sentences. Out: (K, D) float32 of unit length. The model is all-MiniLM-L6-v2 (Reimers & Gurevych,
"Sentence-BERT", EMNLP 2019; Wang et al., "MiniLM", NeurIPS 2020; Apache-2.0): six layers, D = 384.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from style2talker.assets import store
from style2talker.errors import AssetError
from style2talker.records import FloatArray

__all__ = ["TextEncoder", "read_safetensors"]

_ASSET = "sentence_encoder"
_LONGEST = 256
"""Tokens of a sentence that are read, as the model was trained."""
_BATCH = 64


def read_safetensors(path: Path) -> dict[str, FloatArray]:
    """Map the float32 tensors of a safetensors file into memory, without copying.

    Args:
        path: a file of 8 bytes header length, a JSON header and raw little-endian tensors.

    Returns:
        Name -> read-only array; tensors of other types are left out.

    Raises:
        AssetError: the file is damaged.
    """
    try:
        data = np.memmap(path, np.uint8, mode="r")
        (length,) = struct.unpack("<Q", data[:8].tobytes())
        header = json.loads(data[8 : 8 + length].tobytes())
        out = {}
        for name, entry in header.items():
            if entry.get("dtype") == "F32":
                begin, end = (8 + length + offset for offset in entry["data_offsets"])
                out[name] = np.frombuffer(data[begin:end], "<f4").reshape(entry["shape"])
    except (OSError, ValueError, struct.error, KeyError, AttributeError, TypeError) as error:
        raise AssetError(
            f"sentence encoder {path.name} is damaged ({error}): run style2talker assets pull {_ASSET}"
        ) from error
    return out


def _normalised(x: FloatArray, weight: FloatArray, bias: FloatArray, epsilon: float) -> FloatArray:
    """Layer normalisation over the last axis."""
    centred = x - x.mean(-1, keepdims=True)
    scale = 1.0 / np.sqrt(np.square(centred).mean(-1, keepdims=True) + np.float32(epsilon))
    return np.asarray(centred * scale * weight + bias, np.float32)


def _gelu(x: FloatArray) -> FloatArray:
    """Gaussian error linear unit, the exact form."""
    # Slow to import, and labels need no encoder.
    from scipy.special import erf

    return np.asarray(0.5 * x * (1.0 + erf(x * np.float32(0.70710678))), np.float32)


class TextEncoder:
    """Reads the encoder's weights once; encodes any number of sentences.

    Args:
        folder: a folder with model.safetensors, config.json and tokenizer.json; None takes the verified asset.

    Raises:
        AssetError: the model is missing or damaged.
    """

    def __init__(self, folder: Path | None = None) -> None:
        from tokenizers import Tokenizer

        place = Path(folder) if folder is not None else store.locate(_ASSET)
        if place.is_file():
            place = place.parent
        self._tensors: Mapping[str, FloatArray] = read_safetensors(place / "model.safetensors")
        try:
            self._config = json.loads((place / "config.json").read_text(encoding="utf-8"))
            self._tokenizer = Tokenizer.from_str((place / "tokenizer.json").read_text(encoding="utf-8"))
        except Exception as error:  # the tokenizer library raises bare Exception for a damaged file
            raise AssetError(
                f"sentence encoder in {place.name} is damaged ({error}): run style2talker assets pull {_ASSET}"
            ) from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)

    @property
    def size(self) -> int:
        """Length D of an embedding."""
        return int(self._config["hidden_size"])

    def encode(self, sentences: Sequence[str]) -> FloatArray:
        """Embed sentences.

        Args:
            sentences: K texts in any order; what is over 256 tokens is not read.

        Returns:
            (K, D) float32 of unit length; the cosine of two is how near they are in meaning.
        """
        out = np.zeros((len(sentences), self.size), np.float32)
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(sentences))]
        order = sorted(range(len(ids)), key=lambda i: (len(ids[i]), i))
        for begin in range(0, len(order), _BATCH):
            chosen = order[begin : begin + _BATCH]
            width = max(len(ids[i]) for i in chosen)
            tokens = np.zeros((len(chosen), width), np.int64)
            mask = np.zeros((len(chosen), width), bool)
            for row, i in enumerate(chosen):
                tokens[row, : len(ids[i])] = ids[i]
                mask[row, : len(ids[i])] = True
            hidden = self._hidden(tokens, mask)
            pooled = np.where(mask[..., None], hidden, 0.0).sum(1) / mask.sum(1, keepdims=True)
            out[chosen] = pooled / np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-9)
        return out

    def _linear(self, name: str, x: FloatArray) -> FloatArray:
        return np.asarray(x @ self._tensors[f"{name}.weight"].T + self._tensors[f"{name}.bias"], np.float32)

    def _norm(self, name: str, x: FloatArray) -> FloatArray:
        weight, bias = self._tensors[f"{name}.weight"], self._tensors[f"{name}.bias"]
        return _normalised(x, weight, bias, float(self._config["layer_norm_eps"]))

    def _hidden(self, tokens: NDArray[np.int64], mask: NDArray[np.bool_]) -> FloatArray:
        """Last hidden states (B, L, D) of tokens (B, L) int64; mask (B, L) bool is False on padding."""
        table = self._tensors
        x = table["embeddings.word_embeddings.weight"][tokens]
        x = x + table["embeddings.position_embeddings.weight"][: tokens.shape[1]]
        x = self._norm("embeddings.LayerNorm", x + table["embeddings.token_type_embeddings.weight"][0])
        hidden_bias = np.where(mask, 0.0, -1e9).astype(np.float32)[:, None, None, :]
        for layer in range(int(self._config["num_hidden_layers"])):
            name = f"encoder.layer.{layer}"
            attended = self._linear(f"{name}.attention.output.dense", self._attention(name, x, hidden_bias))
            x = self._norm(f"{name}.attention.output.LayerNorm", x + attended)
            wide = _gelu(self._linear(f"{name}.intermediate.dense", x))
            x = self._norm(f"{name}.output.LayerNorm", x + self._linear(f"{name}.output.dense", wide))
        return x

    def _attention(self, name: str, x: FloatArray, bias: FloatArray) -> FloatArray:
        """Multi-head self-attention (B, L, D) before its output projection."""
        heads = int(self._config["num_attention_heads"])
        size = x.shape[-1] // heads

        def split(part: str) -> FloatArray:
            values = self._linear(f"{name}.attention.self.{part}", x)
            return values.reshape(*x.shape[:2], heads, size).transpose(0, 2, 1, 3)  # (B, heads, L, D/heads)

        query, key, value = split("query"), split("key"), split("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32(np.sqrt(size)) + bias  # (B, heads, L, L)
        weights = np.exp(scores - scores.max(-1, keepdims=True))
        mixed = (weights / weights.sum(-1, keepdims=True)) @ value
        return np.asarray(mixed.transpose(0, 2, 1, 3).reshape(x.shape), np.float32)  # (B, L, D)
