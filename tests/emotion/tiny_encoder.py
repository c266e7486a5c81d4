"""A random BERT of a few thousand numbers in the files of the real one, and a plain reading of it."""

from __future__ import annotations

import json
import math
import struct
from pathlib import Path

import numpy as np

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "a", "man", "very", "angry", "happy", "train", "##s", "."]
SIZE, HEADS, LAYERS, INNER = 12, 3, 2, 20


def write_tiny_encoder(folder: Path) -> Path:
    """Write model.safetensors, config.json and tokenizer.json; return the folder."""
    rng = np.random.default_rng(3)
    tensors = {
        "embeddings.word_embeddings.weight": (len(WORDS), SIZE),
        "embeddings.position_embeddings.weight": (300, SIZE),
        "embeddings.token_type_embeddings.weight": (2, SIZE),
    }
    dense = {"embeddings.LayerNorm": None}
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        dense |= {f"{name}.attention.self.{part}": (SIZE, SIZE) for part in ("query", "key", "value")}
        dense |= {f"{name}.attention.output.dense": (SIZE, SIZE), f"{name}.intermediate.dense": (INNER, SIZE)}
        dense |= {f"{name}.output.dense": (SIZE, INNER)}
        dense |= {f"{name}.attention.output.LayerNorm": None, f"{name}.output.LayerNorm": None}
    arrays = {name: rng.normal(0, 0.7, shape).astype("<f4") for name, shape in tensors.items()}
    for name, shape in dense.items():
        weight = rng.normal(1, 0.2, SIZE) if shape is None else rng.normal(0, 0.4, shape)
        arrays[f"{name}.weight"] = weight.astype("<f4")
        arrays[f"{name}.bias"] = rng.normal(0, 0.3, SIZE if shape is None else shape[0]).astype("<f4")
    header: dict[str, object] = {"__metadata__": {"format": "pt"}}
    body = np.arange(4, dtype="<i8").tobytes()
    header["embeddings.position_ids"] = {"dtype": "I64", "shape": [1, 4], "data_offsets": [0, len(body)]}
    for name, array in arrays.items():
        header[name] = {"dtype": "F32", "shape": array.shape, "data_offsets": [len(body), len(body) + array.nbytes]}
        body += array.tobytes()
    text = json.dumps(header).encode()
    folder.mkdir(exist_ok=True)
    (folder / "model.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body)
    config = {"hidden_size": SIZE, "num_attention_heads": HEADS, "num_hidden_layers": LAYERS, "layer_norm_eps": 1e-12}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text(json.dumps(_tokenizer()))
    return folder


def _tokenizer() -> dict[str, object]:
    special = [
        {"id": i, "content": w, "single_word": False, "lstrip": False, "rstrip": False, "normalized": False,
         "special": True}
        for i, w in enumerate(WORDS[:4])
    ]  # fmt: skip
    pieces = [{"SpecialToken": {"id": "[CLS]", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}},
              {"SpecialToken": {"id": "[SEP]", "type_id": 0}}]  # fmt: skip
    return {
        "version": "1.0",
        "truncation": None,
        "padding": {"strategy": {"Fixed": 128}, "direction": "Right", "pad_to_multiple_of": None, "pad_id": 0,
                    "pad_type_id": 0, "pad_token": "[PAD]"},
        "added_tokens": special,
        "normalizer": {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True,
                       "strip_accents": None, "lowercase": True},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "TemplateProcessing", "single": pieces, "pair": pieces, "special_tokens": {
            "[CLS]": {"id": "[CLS]", "ids": [2], "tokens": ["[CLS]"]},
            "[SEP]": {"id": "[SEP]", "ids": [3], "tokens": ["[SEP]"]}}},
        "decoder": None,
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
                  "max_input_chars_per_word": 100, "vocab": {w: i for i, w in enumerate(WORDS)}},
    }  # fmt: skip


def plain_embedding(tensors: dict[str, np.ndarray], ids: list[int]) -> np.ndarray:
    """One sentence through the model, token by token in double precision, without batches or padding."""

    def linear(name: str, x: np.ndarray) -> np.ndarray:
        return tensors[f"{name}.weight"].astype(float) @ x + tensors[f"{name}.bias"]

    def norm(name: str, x: np.ndarray) -> np.ndarray:
        y = (x - x.mean()) / math.sqrt(x.var() + 1e-12)
        return y * tensors[f"{name}.weight"] + tensors[f"{name}.bias"]

    words, places = tensors["embeddings.word_embeddings.weight"], tensors["embeddings.position_embeddings.weight"]
    kind = tensors["embeddings.token_type_embeddings.weight"][0]
    states = [norm("embeddings.LayerNorm", words[i].astype(float) + places[n] + kind) for n, i in enumerate(ids)]
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        query, key, value = (
            [linear(f"{name}.attention.self.{part}", x) for x in states] for part in ("query", "key", "value")
        )
        new = []
        for n, x in enumerate(states):
            mixed = np.zeros(SIZE)
            for head in range(HEADS):
                span = slice(head * SIZE // HEADS, (head + 1) * SIZE // HEADS)
                weights = [math.exp(float(query[n][span] @ k[span]) / math.sqrt(SIZE / HEADS)) for k in key]
                mixed[span] = sum(w / sum(weights) * v[span] for w, v in zip(weights, value, strict=True))
            x = norm(f"{name}.attention.output.LayerNorm", x + linear(f"{name}.attention.output.dense", mixed))
            inner = linear(f"{name}.intermediate.dense", x)
            inner = np.array([0.5 * u * (1 + math.erf(u / math.sqrt(2))) for u in inner])
            new.append(norm(f"{name}.output.LayerNorm", x + linear(f"{name}.output.dense", inner)))
        states = new
    mean = np.mean(states, axis=0)
    return mean / np.linalg.norm(mean)
