"""Asset name -> verified local file: found in a folder of the user's or in the cache, fetched only when asked.

Folders are searched in this order: the one named by the environment variable STYLE2TALKER_ASSETS, then the cache
(STYLE2TALKER_CACHE, else the platform's usual place). An asset of one file is that file in the folder; an asset of
several files is a sub-folder of the asset's name.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from style2talker.assets.catalogue import CATALOGUE, Asset, AssetFile
from style2talker.assets.fetch import fetch_files
from style2talker.errors import AssetError, OutputError, UsageError

__all__ = ["AssetState", "cache_folder", "list_assets", "locate", "package_data", "pull", "verify"]

Progress = Callable[[str, int, int], None]
"""Called with a file's name or a source's, bytes done, bytes in all."""

_BLOCK = 1 << 20
_SEEN = ".verified.json"


@dataclass(frozen=True, slots=True)
class AssetState:
    """Where an asset stands.

    Attributes:
        asset: the asset.
        state: "ok", "missing" or "damaged".
        path: where it is, or where a pull would put it.
    """

    asset: Asset
    state: Literal["ok", "missing", "damaged"]
    path: Path


def package_data(name: str) -> Path:
    """Path of a weight file that comes with the package.

    Raises:
        AssetError: the installation lacks it.
    """
    path = Path(str(resources.files("style2talker") / "assets" / "data" / name))
    if not path.exists():
        raise AssetError(f"the installation lacks {name}: install style2talker again")
    return path


def cache_folder() -> Path:
    """The folder that pulled assets go to; it need not exist."""
    named = os.environ.get("STYLE2TALKER_CACHE")
    if named:
        return Path(named).expanduser()
    if sys.platform == "darwin":
        base = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return base / "style2talker"


def locate(name: str) -> Path:
    """The verified local file (or folder, for an asset of several files) of an asset. Never uses the network.

    Raises:
        AssetError: it is missing or damaged; the message says how to get it.
        UsageError: there is no asset of that name.
    """
    found = _state(_known(name))
    if found.state == "missing":
        raise AssetError(f"model file {found.asset.files[0].name} is missing: run `style2talker assets pull {name}`")
    if found.state == "damaged":
        raise AssetError(f"model file {found.path} is damaged: run `style2talker assets pull {name}`")
    return found.path


def verify(name: str) -> bool:
    """Whether an asset is there and every byte of it is right; reads the files anew."""
    return _state(_known(name), afresh=True).state == "ok"


def list_assets() -> list[AssetState]:
    """The state of every asset in the catalogue."""
    return [_state(asset) for asset in CATALOGUE.values()]


def pull(name: str, progress: Progress | None = None) -> Path:
    """Make an asset available, fetching what is missing or damaged into the cache.

    Args:
        name: the asset.
        progress: called with (what, bytes done, bytes in all).

    Returns:
        The file, or the folder of an asset of several files.

    Raises:
        AssetError: no source could give it.
        OutputError: the cache cannot be written.
        UsageError: there is no asset of that name.
    """
    asset = _known(name)
    found = _state(asset, afresh=True)
    if found.state == "ok":
        return found.path
    folder = cache_folder()
    home = folder if len(asset.files) == 1 else folder / asset.name
    try:
        home.mkdir(parents=True, exist_ok=True)
        with _lock(folder / f".{asset.name}.lock"):
            wanted = [file for file in asset.files if not _right(home / file.name, file, afresh=True)]
            if wanted:
                fetch_files(asset, wanted, home, progress)
    except OSError as error:
        raise OutputError(f"the cache {folder} cannot be written: {error.strerror or error}") from error
    return _place(asset, folder)


def _known(name: str) -> Asset:
    if name not in CATALOGUE:
        raise UsageError(f"there is no asset {name!r}, known: {', '.join(CATALOGUE)}")
    return CATALOGUE[name]


def _place(asset: Asset, folder: Path) -> Path:
    return folder / asset.files[0].name if len(asset.files) == 1 else folder / asset.name


def _paths(asset: Asset, folder: Path) -> list[Path]:
    place = _place(asset, folder)
    return [place] if len(asset.files) == 1 else [place / file.name for file in asset.files]


def _state(asset: Asset, afresh: bool = False) -> AssetState:
    """The first folder that holds the whole asset right; else the first that holds it damaged; else missing."""
    named = os.environ.get("STYLE2TALKER_ASSETS")
    folders = ([Path(named).expanduser()] if named else []) + [cache_folder()]
    damaged = None
    for folder in folders:
        paths = _paths(asset, folder)
        if not all(path.is_file() for path in paths):
            continue
        if all(_right(path, file, afresh) for path, file in zip(paths, asset.files, strict=True)):
            return AssetState(asset, "ok", _place(asset, folder))
        damaged = damaged or AssetState(asset, "damaged", _place(asset, folder))
    return damaged or AssetState(asset, "missing", _place(asset, cache_folder()))


def _right(path: Path, file: AssetFile, afresh: bool) -> bool:
    """Whether a local file has the right bytes; a checksum once found right is remembered by size and time."""
    try:
        status = path.stat()
    except OSError:
        return False
    if status.st_size != file.size:
        return False
    memory = cache_folder() / _SEEN
    key, stamp = str(path.resolve()), [status.st_size, status.st_mtime_ns, file.sha256]
    seen = _remembered(memory)
    if not afresh and seen.get(key) == stamp:
        return True
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    if digest.hexdigest() != file.sha256:
        return False
    _remember(memory, {**seen, key: stamp})
    return True


def _remembered(memory: Path) -> dict[str, list[object]]:
    try:
        found = json.loads(memory.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(memory: Path, seen: dict[str, list[object]]) -> None:
    """Write the memory; a cache that cannot be written only costs time."""
    part = memory.with_name(f"{memory.name}.{os.getpid()}.part")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps(seen))
        part.replace(memory)
    except OSError:
        part.unlink(missing_ok=True)


@contextmanager
def _lock(path: Path) -> Iterator[None]:
    """Let one process at a time fetch an asset; the system frees the lock of a process that dies."""
    with path.open("a+b") as stream:
        if sys.platform == "win32":
            import msvcrt

            stream.seek(0)
            msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(stream, fcntl.LOCK_EX)
        yield
