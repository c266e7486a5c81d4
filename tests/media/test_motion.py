"""Motion files give back what was written, and damage is told."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import numpy as np
import pytest

from style2talker.errors import MotionError, OutputError, UsageError
from style2talker.media.motion import read_motion, write_motion
from style2talker.records import Motion

SUFFIXES = ("npz", "csv", "json")


def random_motion(frames: int = 37, fps: float = 25.0) -> Motion:
    rng = np.random.default_rng(5)
    shapes = rng.uniform(0, 1, (frames, 52)).astype(np.float32)
    shapes[0, :4] = [0, 1, 1e-8, 1 / 3]
    return Motion(shapes, rng.normal(0, 0.3, (frames, 3)).astype(np.float32), rng.normal(0, 1e-3, (frames, 3)), fps=fps)


def assert_equal(one: Motion, two: Motion) -> None:
    assert one.fps == two.fps
    assert one.names == two.names
    for name in ("blendshapes", "rotation", "translation"):
        np.testing.assert_array_equal(getattr(one, name), getattr(two, name))


@pytest.mark.parametrize("suffix", [*SUFFIXES, "CSV"])
@pytest.mark.parametrize("fps", [25.0, 24.0, 29.97, 30000 / 1001, 23.976, 60.0, 12.3456789, 1 / 3])
@pytest.mark.parametrize("frames", [2, 3, 37])
def test_round_trip_is_exact(tmp_path: Path, suffix: str, fps: float, frames: int) -> None:
    motion = random_motion(frames, fps)
    path = tmp_path / f"m.{suffix}"
    write_motion(path, motion)
    assert_equal(read_motion(path), motion)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_one_frame(tmp_path: Path, suffix: str) -> None:
    write_motion(tmp_path / f"m.{suffix}", random_motion(1))
    assert_equal(read_motion(tmp_path / f"m.{suffix}"), random_motion(1))


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_same_motion_same_bytes(tmp_path: Path, suffix: str) -> None:
    for name in ("a", "b"):
        write_motion(tmp_path / f"{name}.{suffix}", random_motion())
    assert (tmp_path / f"a.{suffix}").read_bytes() == (tmp_path / f"b.{suffix}").read_bytes()


def test_names_in_another_order(tmp_path: Path) -> None:
    motion = random_motion()
    np.savez(
        tmp_path / "m.npz",
        names=np.array(motion.names[::-1]),
        blendshapes=motion.blendshapes[:, ::-1],
        rotation=motion.rotation,
        translation=motion.translation,
        fps=25,
    )
    assert_equal(read_motion(tmp_path / "m.npz"), motion)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_damaged_files(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"m.{suffix}"
    write_motion(path, random_motion())
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], b"", b"\x00\xff\x80" * 50, whole[:20] + b"\xff" * 2000, b"[1, 2]"):
        path.write_bytes(damaged)
        with pytest.raises(MotionError, match=rf"m\.{suffix}"):
            read_motion(path)


def test_pickles_are_not_run(tmp_path: Path) -> None:
    fields = dict.fromkeys(("blendshapes", "rotation", "translation", "fps"), 1)
    np.savez(tmp_path / "m.npz", names=np.array([{"a": 1}], dtype=object), **fields)
    with pytest.raises(MotionError, match="damaged"):
        read_motion(tmp_path / "m.npz")
    (tmp_path / "p.npz").write_bytes(pickle.dumps([1]))
    with pytest.raises(MotionError, match="damaged"):
        read_motion(tmp_path / "p.npz")


def test_wrong_contents(tmp_path: Path) -> None:
    motion = random_motion()
    write_motion(tmp_path / "m.json", motion)
    fields = json.loads((tmp_path / "m.json").read_text())
    changes = [
        ({"fps": 0}, "frames per second"),
        ({"fps": "fast"}, "fps is 'fast'"),
        ({"names": fields["names"][:-1]}, "51 names"),
        ({"names": ["x", *fields["names"][1:]]}, "among them 'x', expected the 52 of ARKit"),
        ({"names": 3}, "damaged"),
        ({"rotation": fields["rotation"][:-1]}, "rotation has shape"),
        ({"translation": [[0.0] * 3] * 4 + [[float("nan")] * 3] * 33}, "translation of frame 4 is not finite"),
        ({"blendshapes": [*fields["blendshapes"][:2], [3]]}, "blendshapes of frame 2 is not 52 numbers"),
        ({"rotation": [["a", "b", "c"]] * 37}, "rotation holds something other than numbers"),
    ]
    for change, message in changes:
        (tmp_path / "n.json").write_text(json.dumps(fields | change))
        with pytest.raises(MotionError, match=message):
            read_motion(tmp_path / "n.json")
    (tmp_path / "n.json").write_text('{"fps": 25,\n "names": [}')
    with pytest.raises(MotionError, match=r"n\.json is damaged, line 2, column 12: Expecting value"):
        read_motion(tmp_path / "n.json")
    del fields["rotation"]
    (tmp_path / "n.json").write_text(json.dumps(fields))
    with pytest.raises(MotionError, match="lacks 'rotation'"):
        read_motion(tmp_path / "n.json")
    np.save(tmp_path / "a.npy", np.zeros(3))
    (tmp_path / "a.npy").rename(tmp_path / "a.npz")
    with pytest.raises(MotionError, match="single array"):
        read_motion(tmp_path / "a.npz")


def test_other_suffixes_and_places(tmp_path: Path) -> None:
    (tmp_path / "m.txt").touch()
    with pytest.raises(MotionError, match="not a motion file"):
        read_motion(tmp_path / "m.txt")
    with pytest.raises(MotionError, match="is not there"):
        read_motion(tmp_path / "m.npz")
    with pytest.raises(UsageError, match=r"\.npz, \.csv, \.json"):
        write_motion(tmp_path / "m.bvh", random_motion())
    with pytest.raises(OutputError, match="no folder"):
        write_motion(tmp_path / "no" / "m.npz", random_motion())


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_failed_write_keeps_the_older_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str) -> None:
    path = tmp_path / f"m.{suffix}"
    write_motion(path, random_motion())

    def no_space(*_args: object, **_more: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez_compressed", no_space)
    monkeypatch.setattr(Path, "write_text", no_space)
    with pytest.raises(OutputError, match="no space"):
        write_motion(path, random_motion(3))
    assert_equal(read_motion(path), random_motion())
    assert list(tmp_path.iterdir()) == [path]
