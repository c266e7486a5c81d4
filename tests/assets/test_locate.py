"""Locating: quick, without the network, and never fooled by a file that has changed."""

import hashlib
import os
import socket
import threading
from pathlib import Path

import pytest

from style2talker.assets import store
from style2talker.assets.catalogue import Asset, AssetFile
from style2talker.errors import AssetError

CONTENT = {"a.bin": b"alpha" * 7001, "b.bin": b"beta" * 5003}


def described(name):
    content = CONTENT[name]
    return AssetFile(name, hashlib.sha256(content).hexdigest(), len(content), "https://example.org/x", name)


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    """A cache that holds both assets; every use of the network fails the test."""

    def no_network(*arguments, **options):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    catalogue = {
        "one": Asset("one", "a test", "MIT", "us", (described("a.bin"),), "p==1"),
        "two": Asset("two", "a test", "MIT", "us", (described("a.bin"), described("b.bin")), "p==1"),
    }
    monkeypatch.setattr(store, "CATALOGUE", catalogue)
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("STYLE2TALKER_ASSETS", raising=False)
    fill(tmp_path / "cache")
    return tmp_path


def fill(folder):
    (folder / "two").mkdir(parents=True)
    (folder / "a.bin").write_bytes(CONTENT["a.bin"])
    for name, content in CONTENT.items():
        (folder / "two" / name).write_bytes(content)


@pytest.fixture
def hashed(monkeypatch):
    """Names of the files that were hashed."""
    names = []
    real = hashlib.file_digest

    def counting(stream, algorithm):
        names.append(Path(stream.name).name)
        return real(stream, algorithm)

    monkeypatch.setattr(hashlib, "file_digest", counting)
    return names


def test_a_file_is_hashed_once_and_again_when_it_has_changed(place, hashed):
    path = store.locate("one")
    assert [store.locate("one") for _ in range(3)] == [path] * 3
    assert hashed == ["a.bin"]
    os.utime(path, ns=(1, 1))
    store.locate("one")
    assert hashed == ["a.bin"] * 2


def test_verify_reads_every_byte_each_time(hashed):
    assert store.verify("two") and store.verify("two")
    assert hashed == ["a.bin", "b.bin"] * 2


def test_verify_sees_what_size_and_time_hide(place):
    path = store.locate("one")
    times = path.stat()
    path.write_bytes(b"A" * len(CONTENT["a.bin"]))
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert not store.verify("one")


@pytest.mark.parametrize(
    ("harm", "state", "said"),
    [
        (lambda path: path.unlink(), "missing", r"b\.bin is missing"),
        (lambda path: path.write_bytes(b"short"), "damaged", "5 bytes instead of 20012"),
        (lambda path: path.write_bytes(b"x" * 20012), "damaged", "checksum is wrong"),
        (lambda path: path.write_bytes(b""), "damaged", "0 bytes"),
    ],
)
def test_the_fault_is_named_with_the_way_out(place, harm, state, said):
    store.locate("two")
    harm(place / "cache" / "two" / "b.bin")
    with pytest.raises(AssetError, match=f"{said}.*: run `style2talker assets pull two`") as caught:
        store.locate("two")
    assert caught.value.exit_status == 4 and "\n" not in str(caught.value)
    assert store.inspect_asset("two").state == state
    assert [found.state for found in store.list_assets()] == ["ok", state]


def test_a_file_that_cannot_be_read_is_damaged(place, monkeypatch):
    def refuse(self, *arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(AssetError, match="cannot be read, Permission denied"):
        store.locate("one")


def test_a_whole_copy_anywhere_is_enough(place, monkeypatch):
    own = place / "own"
    fill(own)
    monkeypatch.setenv("STYLE2TALKER_ASSETS", str(own))
    assert store.locate("two") == own / "two"
    (own / "two" / "b.bin").write_bytes(b"damaged")
    assert store.locate("two") == place / "cache" / "two"
    (place / "cache" / "two" / "b.bin").unlink()
    with pytest.raises(AssetError, match=r"own.*is damaged"):
        store.locate("two")


def test_an_incomplete_copy_says_what_it_lacks(place, monkeypatch):
    own = place / "own"
    fill(own)
    (own / "two" / "b.bin").unlink()
    monkeypatch.setenv("STYLE2TALKER_ASSETS", str(own))
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(place / "empty"))
    with pytest.raises(AssetError, match=r"b\.bin is missing"):
        store.locate("two")


def test_a_folder_that_is_none_is_pointed_out(place, monkeypatch):
    monkeypatch.setenv("STYLE2TALKER_ASSETS", str(place / "nowhere"))
    assert store.locate("one") == place / "cache" / "a.bin"
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(place / "empty"))
    with pytest.raises(AssetError, match="nowhere, which is no folder"):
        store.locate("one")


@pytest.mark.parametrize("memory", ["no json", "[]", '{"x": 1}', ""])
def test_a_damaged_memory_costs_a_reading_and_no_more(place, memory, hashed):
    (place / "cache" / ".verified.json").write_text(memory)
    store.locate("one")
    store.locate("one")
    assert hashed == ["a.bin"]


def test_a_cache_that_cannot_be_written_costs_time_and_no_more(place, monkeypatch, hashed):
    fill(place / "own")
    (place / "in the way").write_text("")
    monkeypatch.setenv("STYLE2TALKER_ASSETS", str(place / "own"))
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(place / "in the way" / "cache"))
    assert store.locate("one") == store.locate("one") == place / "own" / "a.bin"
    assert hashed == ["a.bin"] * 2


def test_the_memory_forgets_files_that_are_gone(place, monkeypatch):
    fill(place / "own")
    monkeypatch.setenv("STYLE2TALKER_ASSETS", str(place / "own"))
    store.locate("one")
    (place / "own" / "a.bin").unlink()
    store.locate("one")
    seen = (place / "cache" / ".verified.json").read_text()
    assert "own" not in seen and "a.bin" in seen


def test_threads_may_locate_at_once(place):
    found = []
    threads = [threading.Thread(target=lambda: found.append(store.locate("two"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [place / "cache" / "two"] * 8
    assert sorted(p.name for p in (place / "cache").iterdir()) == [".verified.json", "a.bin", "two"]
