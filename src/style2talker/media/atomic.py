"""Whole files or none: output is written beside its target and moved there when it is complete.

In: the path that a person asked for. Out: a path to write to. A failed run leaves neither a half-written file nor a
changed older one.
"""

from __future__ import annotations

import errno
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from style2talker.errors import OutputError

__all__ = ["atomic_path", "check_output"]

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def check_output(path: str | os.PathLike[str]) -> None:
    """Find out before the work begins whether a file can be written.

    Args:
        path: the file to be written; an ordinary file that is there already may be replaced.

    Raises:
        OutputError: its folder is missing or not writable, or the path is a folder, a device or write-protected.
    """
    target = Path(os.path.realpath(path))
    folder = target.parent
    if target.is_dir():
        raise OutputError(f"{path} is a folder: name a file in it")
    if not folder.is_dir():
        raise OutputError(f"{path} cannot be written, there is no folder {folder}: create it first")
    if target.exists() and not target.is_file():
        raise OutputError(f"{path} is a device or pipe: name an ordinary file")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise OutputError(f"{path} cannot be written, the folder {folder} is not writable: choose another one")
    if target.exists() and not os.access(target, os.W_OK):
        raise OutputError(f"{path} is write-protected: choose another name")


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """Yield a hidden path in the same folder with the same suffix, moved to `path` if the block succeeds.

    A symbolic link is followed: the file that it points to is replaced. On any exception, KeyboardInterrupt too, the
    hidden file is removed and an older file at `path` stays as it was.

    Args:
        path: the file to be written.

    Yields:
        The path to write to; nothing exists there yet.

    Raises:
        OutputError: what `check_output` finds, no space on the disk, or a refusal of the system to write or move.
    """
    check_output(path)
    target = Path(os.path.realpath(path))
    hidden = target.with_name(f".{target.stem[:40]}.{os.getpid()}-{uuid.uuid4().hex[:8]}{target.suffix}")
    try:
        yield hidden
        hidden.replace(target)
    except OSError as error:
        if error.errno in _FULL:
            message = f"{path} cannot be written, no space left on the disk: free some or choose another disk"
            raise OutputError(message) from error
        if error.filename is not None and str(error.filename) == str(hidden):
            raise OutputError(f"{path} cannot be written: {error.strerror}") from error
        raise
    finally:
        hidden.unlink(missing_ok=True)
