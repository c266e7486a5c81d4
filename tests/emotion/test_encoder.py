"""The NumPy encoder against a plain reading of a tiny random model; the real one where it is installed."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest
from tiny_encoder import SIZE, plain_embedding, write_tiny_encoder

from style2talker.assets import store
from style2talker.emotion.encoder import TextEncoder, read_safetensors
from style2talker.errors import AssetError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tiny_encoder(tmp_path / "encoder")


def test_embeddings_match_a_plain_implementation(folder: Path) -> None:
    sentences = ["a very angry man", "trains.", "happy", "a man very very very very angry. happy trains"]
    ids = [[2, 4, 6, 7, 5, 3], [2, 9, 10, 11, 3], [2, 8, 3], [2, 4, 5, 6, 6, 6, 6, 7, 11, 8, 9, 10, 3]]
    tensors = read_safetensors(folder / "model.safetensors")
    expected = np.stack([plain_embedding(tensors, i) for i in ids])
    got = TextEncoder(folder).encode(sentences)
    assert got.dtype == np.float32
    np.testing.assert_allclose(got, expected, atol=2e-6)
    np.testing.assert_allclose(np.linalg.norm(got, axis=1), 1, atol=1e-6)


def test_company_in_a_batch_changes_nothing(folder: Path) -> None:
    encoder = TextEncoder(folder)
    many = ["angry", "a man " * 20, "trains"] * 50
    together = encoder.encode(many)
    alone = np.concatenate([encoder.encode([text]) for text in many[:3]])
    np.testing.assert_allclose(together[:3], alone, atol=2e-6)
    np.testing.assert_allclose(together[-3:], alone, atol=2e-6)
    assert encoder.encode([]).shape == (0, SIZE)
    assert encoder.size == SIZE


def test_long_and_strange_texts_are_read(folder: Path) -> None:
    got = TextEncoder(folder).encode(["angry " * 900, "", "😡 愤怒 \u0000", "a" * 2000])
    assert np.isfinite(got).all()


def test_a_path_to_one_of_the_files_means_its_folder(folder: Path) -> None:
    assert TextEncoder(folder / "model.safetensors").size == SIZE


def test_safetensors_are_read_only_and_other_types_left_out(folder: Path) -> None:
    tensors = read_safetensors(folder / "model.safetensors")
    assert "embeddings.position_ids" not in tensors
    assert "__metadata__" not in tensors
    with pytest.raises(ValueError, match="read-only"):
        tensors["embeddings.word_embeddings.weight"][0] = 1


@pytest.mark.parametrize(
    "damage", [b"", b"\x01", b"\xff" * 40, struct.pack("<Q", 4) + b"nope", struct.pack("<Q", 2) + b"[]"]
)
def test_a_damaged_model_is_an_asset_error(folder: Path, damage: bytes) -> None:
    (folder / "model.safetensors").write_bytes(damage)
    with pytest.raises(AssetError, match="assets pull sentence_encoder"):
        TextEncoder(folder)


def test_a_cut_model_is_an_asset_error(folder: Path) -> None:
    data = (folder / "model.safetensors").read_bytes()
    (folder / "model.safetensors").write_bytes(data[:-100])
    with pytest.raises(AssetError, match="damaged"):
        TextEncoder(folder)


@pytest.mark.parametrize("name", ["tokenizer.json", "config.json"])
def test_damaged_companions_are_asset_errors(folder: Path, name: str) -> None:
    (folder / name).write_text(json.dumps({"version": "9"})[:-3])
    with pytest.raises(AssetError, match="damaged"):
        TextEncoder(folder)
    (folder / name).unlink()
    with pytest.raises(AssetError, match="damaged"):
        TextEncoder(folder)


def test_a_missing_asset_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STYLE2TALKER_ASSETS", str(tmp_path))
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path / "cache"))
    with pytest.raises(AssetError, match="style2talker assets pull"):
        TextEncoder()


def test_the_real_encoder_knows_meaning() -> None:
    try:
        store.locate("sentence_encoder")
    except AssetError as error:
        pytest.skip(str(error))
    encoder = TextEncoder()
    vectors = encoder.encode(["This is an example sentence", "a furious man", "he is very angry", "the bread is fresh"])
    # The first numbers that sentence-transformers gives for this sentence.
    np.testing.assert_allclose(vectors[0, :3], [0.0677, 0.0635, 0.0487], atol=2e-3)
    assert vectors[1] @ vectors[2] > vectors[1] @ vectors[3] + 0.2
