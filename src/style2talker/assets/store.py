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
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Literal

from style2talker.assets.catalogue import CATALOGUE, Asset, AssetFile
from style2talker.errors import AssetError, OutputError, UsageError

__all__ = ["AssetState", "cache_folder", "inspect_asset", "list_assets", "locate", "package_data", "pull", "verify"]

Progress = Callable[[str, int, int], None]
"""Called with a file's name, bytes done, bytes in all."""
Notice = Callable[[str], None]
"""Called with one line of news."""

State = Literal["ok", "missing", "damaged"]

_SEEN = ".verified.json"
_STALE_S = 86400.0


@dataclass(frozen=True, slots=True)
class AssetState:
    """Where an asset stands.

    Attributes:
        asset: the asset.
        state: "ok", "missing" or "damaged".
        path: where it is, or where a pull would put it.
        fault: what is wrong with it, on one line; "" when nothing is.
    """

    asset: Asset
    state: State
    path: Path
    fault: str = ""


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

    A checksum is computed once for each size and time of change of a file, then remembered in the cache.

    Raises:
        AssetError: it is missing or damaged; the message says how to get it.
        UsageError: there is no asset of that name.
    """
    found = _state(_known(name))
    if found.state == "ok":
        return found.path
    named = os.environ.get("STYLE2TALKER_ASSETS")
    wrong = f" (STYLE2TALKER_ASSETS names {named}, which is no folder)" if named and not Path(named).is_dir() else ""
    raise AssetError(f"model file {found.fault}{wrong}: run `style2talker assets pull {name}`")


def verify(name: str) -> bool:
    """Whether an asset is there and every byte of it is right; reads the files anew."""
    return inspect_asset(name).state == "ok"


def inspect_asset(name: str) -> AssetState:
    """The state of an asset, every byte of it read anew. Raises UsageError when there is none of that name."""
    return _state(_known(name), afresh=True)


def list_assets() -> list[AssetState]:
    """The state of every asset in the catalogue."""
    return [_state(asset) for asset in CATALOGUE.values()]


def pull(name: str, progress: Progress | None = None, notice: Notice | None = None) -> Path:
    """Make an asset available, fetching what is missing or damaged into the cache.

    Args:
        name: the asset.
        progress: called with (file name, bytes done, bytes in all).
        notice: called with one line when a source fails and the next is tried.

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
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _lock(folder / ".lock", notice) as alone:
            _fetch(asset, folder, alone, progress, notice)
    except OSError as error:
        raise OutputError(
            f"the cache {folder} cannot be written, {error.strerror or error}: free some space, or name another "
            "folder by STYLE2TALKER_CACHE"
        ) from error
    return locate(name)


def _fetch(asset: Asset, folder: Path, alone: bool, progress: Progress | None, notice: Notice | None) -> None:
    """Fetch what the cache lacks of an asset. Raises AssetError, OSError."""
    from style2talker.assets.fetch import fetch_files, sweep

    paths = _paths(asset, folder)
    wanted = [file for path, file in zip(paths, asset.files, strict=True) if _look(path, file, afresh=True)[1]]
    home = paths[0].parent
    home.mkdir(exist_ok=True)
    for place in {folder, home}:
        sweep(place, 0.0 if alone else _STALE_S)
    try:
        if wanted:
            fetch_files(asset, wanted, home, progress, notice)
    finally:
        if home != folder and not any(home.iterdir()):
            home.rmdir()


@contextmanager
def _lock(path: Path, notice: Notice | None) -> Iterator[bool]:
    """Let one process at a time fetch; yields whether that is certain.

    The system frees the lock of a process that dies. Where there is no such lock, two processes fetch the same file
    twice, and both end with it all the same.
    """
    try:
        import fcntl
    except ImportError:
        yield False
        return
    with path.open("ab") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if notice is not None:
                notice("another process is fetching; waiting for it")
            fcntl.flock(stream, fcntl.LOCK_EX)
        except OSError:
            yield False
            return
        yield True


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
    damaged, missing = [], []
    for folder in folders:
        found = [_look(path, file, afresh) for path, file in zip(_paths(asset, folder), asset.files, strict=True)]
        wrong = [fault for state, fault in found if state == "damaged"]
        gone = [fault for state, fault in found if state == "missing"]
        if wrong:
            damaged.append(AssetState(asset, "damaged", _place(asset, folder), wrong[0]))
        elif gone:
            missing.append(gone)
        else:
            return AssetState(asset, "ok", _place(asset, folder))
    if damaged:
        return damaged[0]
    return AssetState(asset, "missing", _place(asset, cache_folder()), min(missing, key=len)[0])


def _look(path: Path, file: AssetFile, afresh: bool = False) -> tuple[State, str]:
    """State of a local file and what is wrong with it; a checksum found right is remembered by size and time."""
    try:
        status = path.stat()
        if status.st_size != file.size:
            return "damaged", f"{path} is damaged, it has {status.st_size} bytes instead of {file.size}"
        memory = cache_folder() / _SEEN
        key, stamp = str(path.resolve()), [status.st_size, status.st_mtime_ns, file.sha256]
        if not afresh and _remembered(memory).get(key) == stamp:
            return "ok", ""
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
    except (FileNotFoundError, NotADirectoryError):
        return "missing", f"{file.name} is missing"
    except OSError as error:
        return "damaged", f"{path} cannot be read, {error.strerror or error}"
    if digest != file.sha256:
        return "damaged", f"{path} is damaged, its checksum is wrong"
    _remember(memory, key, stamp)
    return "ok", ""


def _remembered(memory: Path) -> dict[str, list[object]]:
    try:
        found = json.loads(memory.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remember(memory: Path, key: str, stamp: list[object]) -> None:
    """Note a checksum found right, forget files that are gone; a cache that cannot be written only costs time."""
    seen = _remembered(memory)
    if seen.get(key) == stamp:
        return
    kept = {path: entry for path, entry in seen.items() if Path(path).is_file()}
    part = memory.with_name(f"{memory.name}.{uuid.uuid4().hex}")
    try:
        memory.parent.mkdir(parents=True, exist_ok=True)
        part.write_text(json.dumps({**kept, key: stamp}), encoding="utf-8")
        part.replace(memory)
    except OSError:
        # Removing the rest may fail for the same reason as writing did.
        with suppress(OSError):
            part.unlink(missing_ok=True)
