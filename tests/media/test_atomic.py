"""A file is there whole or not at all, and an older one is never harmed."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from style2talker.errors import OutputError
from style2talker.media.atomic import atomic_path, check_output


@contextmanager
def full_disk(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond `size` bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_file_appears_when_the_block_ends(tmp_path: Path) -> None:
    target = tmp_path / "out.npz"
    with atomic_path(target) as place:
        assert place.parent == tmp_path
        assert place.suffix == ".npz"
        assert place.name.startswith(".")
        assert str(os.getpid()) in place.name
        place.write_text("new")
        assert not target.exists()
    assert target.read_text() == "new"
    assert list(tmp_path.iterdir()) == [target]


def test_names_differ_within_a_process(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "a.mp4") as one, atomic_path(tmp_path / "a.mp4") as two:
        assert one != two
        one.touch()
        two.touch()


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(1), OSError(errno.EIO, "disk")])
def test_failure_leaves_the_older_file(tmp_path: Path, error: BaseException) -> None:
    target = tmp_path / "out.png"
    target.write_text("old")
    with pytest.raises(type(error)), atomic_path(target) as place:
        place.write_text("half")
        raise error
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG])
def test_full_disk_while_writing(tmp_path: Path, number: int) -> None:
    target = tmp_path / "out.png"
    target.write_text("old")
    with pytest.raises(OutputError, match=r"out\.png.*no space"), atomic_path(target):
        raise OSError(number, os.strerror(number))
    assert target.read_text() == "old"


def test_really_full_disk(tmp_path: Path) -> None:
    target = tmp_path / "out.bin"
    target.write_text("old")
    with full_disk(1000), pytest.raises(OutputError, match="no space"), atomic_path(target) as place:
        place.write_bytes(b"x" * 5000)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize(
    ("number", "message"), [(errno.ENOSPC, "no space"), (errno.EACCES, "Permission denied"), (errno.EBUSY, "busy")]
)
def test_move_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, message: str) -> None:
    target = tmp_path / "out.png"
    target.write_text("old")

    def refuse(source: object, _target: object) -> None:
        raise OSError(number, os.strerror(number), str(source))

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(OutputError, match=message), atomic_path(target) as place:
        place.write_text("new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_error_about_another_file_is_not_ours(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_path(tmp_path / "out.png"):
        (tmp_path / "input").read_text()


def test_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link.txt").symlink_to(tmp_path / "real" / "file.txt")
    with atomic_path(tmp_path / "link.txt") as place:
        place.write_text("new")
    assert (tmp_path / "link.txt").is_symlink()
    assert (tmp_path / "real" / "file.txt").read_text() == "new"


def test_longest_name(tmp_path: Path) -> None:
    target = tmp_path / ("n" * 250 + ".txt")
    with atomic_path(target) as place:
        place.write_text("new")
    assert target.read_text() == "new"


def test_places_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(OutputError, match="no folder"):
        check_output(tmp_path / "missing" / "out.png")
    with pytest.raises(OutputError, match="is a folder"):
        check_output(tmp_path)
    os.mkfifo(tmp_path / "pipe.mp4")
    with pytest.raises(OutputError, match="device or pipe"):
        check_output(tmp_path / "pipe.mp4")
    with pytest.raises(OutputError, match="device or pipe"):
        check_output(os.devnull)
    (tmp_path / "kept.png").touch()
    check_output(tmp_path / "kept.png")
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path).is_dir())
    with pytest.raises(OutputError, match="write-protected"):
        check_output(tmp_path / "kept.png")
    monkeypatch.setattr(os, "access", lambda _path, _mode: False)
    with pytest.raises(OutputError, match="not writable"):
        check_output(tmp_path / "out.png")


def test_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with atomic_path("out.txt") as place:
        place.write_text("new")
    assert (tmp_path / "out.txt").read_text() == "new"
