"""The packed corpus, read as published loaders read it; the same clips in the same order give the same bytes."""

from __future__ import annotations

import builtins
import io
import json
from pathlib import Path
from typing import Any

import lmdb
import numpy as np
import pytest
from made_videos import write_video
from PIL import Image

from style2talker.corpus.deep3d import save_coefficients
from style2talker.corpus.landmarks import to_68
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Place
from style2talker.corpus.pack import finish_pack, lmdb_key, open_pack, pack_clip, packed, payload, put_clip, write_lists
from style2talker.corpus.settings import PackOptions
from style2talker.errors import OutputError, UsageError
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track
from style2talker.media.video import read_frames


def format_for_lmdb(*args: object) -> bytes:
    """As PIRenderer's loader makes a key."""
    return "-".join(str(arg).zfill(7) if isinstance(arg, int) else str(arg) for arg in args).encode("utf-8")


def frames(count: int = 6, size: int = 64) -> list[np.ndarray]:
    y, x = np.mgrid[:size, :size] * 255 // size
    return [np.stack([x, y, np.full_like(x, 20 * i)], axis=-1).astype(np.uint8) for i in range(count)]


@pytest.fixture
def clip(tmp_path: Path) -> tuple[ClipRow, Place]:
    """A clip of six frames with its coefficients."""
    place = Place(tmp_path / "corpus")
    files = {"video": place.file("clips", "a#1", ".mp4"), "coefficients": place.file("3DMM", "a#1", ".npy")}
    write_video(place.path(files["video"]), frames())
    points = load_rig().reference[None].repeat(6, axis=0).astype(np.float32) * 16 + np.float32(32)
    track = Track(points, np.zeros((6, 52), np.float32), np.zeros((6, 3), np.float32), np.ones(6, bool), 25.0)
    save_coefficients(place.path(files["coefficients"]), track, to_68(points), 64, 64)
    return ClipRow("a#1", "a.mp4", "h", "a", frames=6, files=files), place


def read_clip(folder: Path, name: str) -> dict[str, Any]:
    """A clip as published loaders read it."""
    environment = lmdb.open(str(folder), max_readers=32, readonly=True, lock=False, readahead=False, meminit=False)
    with environment, environment.begin(write=False) as txn:
        length = int(txn.get(format_for_lmdb(name, "length")).decode("utf-8"))
        pictures = [Image.open(io.BytesIO(txn.get(format_for_lmdb(name, i)))) for i in range(length)]
        values = {"pictures": pictures, "clips": int(txn.get(format_for_lmdb("length")).decode("utf-8"))}
        for key, shape in (("keypoint", (-1, 68, 2)), ("coeff_3dmm", (-1, 260))):
            raw = txn.get(format_for_lmdb(name, key))
            values[key] = None if raw is None else np.frombuffer(raw, dtype=np.float32).reshape(shape)
    return values


def test_what_is_packed_is_read_by_published_loaders(clip: tuple[ClipRow, Place], tmp_path: Path) -> None:
    row, place = clip
    out = pack_clip(row, place, PackOptions(size=64))
    assert out.row.files["lmdb"] == "lmdb/64/data.mdb"
    assert out.payload is not None
    put_clip(tmp_path / "pack", out.payload)
    found = read_clip(tmp_path / "pack", "a#1")
    assert (found["clips"], len(found["pictures"])) == (1, 6)
    decoded = list(read_frames(place.path(row.files["video"])))
    for picture, pixels in zip(found["pictures"], decoded, strict=True):
        assert picture.size == (64, 64)
        assert np.abs(np.asarray(picture).astype(int) - pixels).mean() < 1.5
    content = np.load(place.path(row.files["coefficients"]), allow_pickle=True).item()
    assert np.array_equal(found["keypoint"], content["lm68"])
    assert np.array_equal(found["coeff_3dmm"][:, :257], content["coeff"])
    assert np.allclose(found["coeff_3dmm"][:, 257:], content["trans_param"][:, 2:])


def test_points_and_alignment_follow_the_size(clip: tuple[ClipRow, Place]) -> None:
    row, place = clip
    values = payload("a", frames(), place.path(row.files["coefficients"]), PackOptions(size=32))
    content = np.load(place.path(row.files["coefficients"]), allow_pickle=True).item()
    points = np.frombuffer(values[lmdb_key("a", "keypoint")], np.float32).reshape(-1, 68, 2)
    crop = np.frombuffer(values[lmdb_key("a", "coeff_3dmm")], np.float32).reshape(-1, 260)[:, 257:]
    assert np.allclose(points, content["lm68"] / 2)
    assert np.allclose(crop, content["trans_param"][:, 2:] * [2, 0.5, 0.5])
    assert Image.open(io.BytesIO(values[lmdb_key("a", 0)])).size == (32, 32)
    assert lmdb_key("a", 12) == format_for_lmdb("a", 12) == b"a-0000012"
    assert lmdb_key("a", "length") not in payload("b", frames(), None, PackOptions())


def test_quality_is_at_least_95(clip: tuple[ClipRow, Place]) -> None:
    rng = np.random.default_rng(1)
    noisy = [rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)]
    best = payload("a", noisy, None, PackOptions(64, 100))[lmdb_key("a", 0)]
    usual = payload("a", noisy, None, PackOptions(64))[lmdb_key("a", 0)]
    assert len(usual) < len(best)
    tables = Image.open(io.BytesIO(usual)).quantization  # type: ignore[attr-defined]
    assert max(max(table) for table in tables.values()) <= 12


def test_the_same_clips_give_the_same_bytes_and_no_clip_is_stored_twice(tmp_path: Path) -> None:
    clips = [payload(name, frames(9), None, PackOptions(64)) for name in ("a", "b", "c", "d")]
    for values in clips:
        put_clip(tmp_path / "one", values)
    for values in clips[:2] + clips[1:3] + clips:
        put_clip(tmp_path / "two", values)
    assert (tmp_path / "one" / "data.mdb").read_bytes() == (tmp_path / "two" / "data.mdb").read_bytes()
    assert [path.name for path in (tmp_path / "one").iterdir()] == ["data.mdb"]
    assert packed(tmp_path / "one") == ["a", "b", "c", "d"]
    assert read_clip(tmp_path / "one", "c")["clips"] == 4


def test_a_clip_that_changed_is_replaced(tmp_path: Path) -> None:
    put_clip(tmp_path / "p", payload("a", frames(6), None, PackOptions(64)))
    put_clip(tmp_path / "p", payload("a", frames(6)[::-1], None, PackOptions(64)))
    found = read_clip(tmp_path / "p", "a")
    assert found["clips"] == 1
    assert np.asarray(found["pictures"][0])[..., 2].mean() == pytest.approx(100, abs=2)


def test_lists_name_the_clips_of_each_split(tmp_path: Path) -> None:
    for name in ("a#1", "b#1", "old#1"):
        put_clip(tmp_path / "p", payload(name, frames(3), None, PackOptions(64)))
    rows = [ClipRow("a#1", "", "h1", "a"), ClipRow("b#1", "", "h2", "b", split="test")]
    finish_pack(tmp_path / "p", rows)
    assert packed(tmp_path / "p") == ["a#1", "b#1"]
    assert read_clip(tmp_path / "p", "a#1")["clips"] == 2
    with open_pack(tmp_path / "p") as environment:
        assert environment.stat()["entries"] == 2 * 4 + 1
    assert (tmp_path / "p" / "train_list.txt").read_text() == "a#1\n"
    assert (tmp_path / "p" / "test_list.txt").read_text() == "b#1\n"
    lists = {p.stem: json.loads(p.read_text()) for p in (tmp_path / "p" / "lists").iterdir()}
    assert lists["train"] == lists["train_facial"] == ["a#1"]
    assert lists["test"] == lists["test_facial"] == ["b#1"]
    assert lists["validation"] == []
    before = (tmp_path / "p" / "train_list.txt").stat().st_ino
    write_lists(tmp_path / "p", {"train": ["a#1"]})
    assert (tmp_path / "p" / "train_list.txt").stat().st_ino == before


def test_what_is_missing_or_damaged_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutputError, match="cannot be opened as LMDB"):
        packed(tmp_path / "none")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad" / "data.mdb").write_bytes(b"x" * 9000)
    with pytest.raises(OutputError, match="cannot be opened as LMDB"):
        packed(tmp_path / "bad")
    real = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name == "lmdb":
            raise ImportError(name)
        return real(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match="pip install lmdb"):
        packed(tmp_path / "none")
