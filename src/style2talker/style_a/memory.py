"""A styled portrait is painted once: it is kept in the user's cache and found again by its content.

The key covers the pixels, the geometry, the art with its dials, the seed and the code of the painters, so that a
changed picture, option or version is painted anew. The folder is bounded: what was not used for longest goes first.
"""

from __future__ import annotations

import functools
import hashlib
import io
import os
import time
import zipfile
from contextlib import suppress
from importlib import resources
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.assets.store import cache_folder
from style2talker.errors import OutputError
from style2talker.face.landmarks import FaceFinder
from style2talker.media.atomic import atomic_path
from style2talker.records import Art, Portrait
from style2talker.style_a.artist import stylise

__all__ = ["stylise_once"]

_FOLDER = "styled"
_MOST_BYTES = 200_000_000


def stylise_once(portrait: Portrait, art: Art, seed: int = 0, finder: FaceFinder | None = None) -> Portrait:
    """As `style2talker.style_a.artist.stylise`, but what was painted before is taken from the cache.

    A cache that cannot be read or written costs time, never the result.
    """
    if art.kind == "none" or art.degree <= 0:
        return portrait
    path = cache_folder() / _FOLDER / f"{_key(portrait, art, seed)}.npz"
    found = _read(path, portrait)
    if found is not None:
        return found
    styled = stylise(portrait, art, seed, finder)
    with suppress(OSError, OutputError):
        _write(path, styled)
        _tidy(path.parent)
    return styled


@functools.cache
def _code() -> bytes:
    """Digest of the painters' code."""
    digest = hashlib.sha256()
    room = resources.files("style2talker.style_a")
    for folder in (room, room / "families"):
        for file in sorted(folder.iterdir(), key=lambda each: each.name):
            if file.name.endswith(".py"):
                digest.update(file.read_bytes())
    return digest.digest()


def _key(portrait: Portrait, art: Art, seed: int) -> str:
    digest = hashlib.sha256(_code())
    digest.update(repr((art.kind, art.kind == "family" and art.name)).encode())
    digest.update(repr((art.degree, art.structure, art.keep_color, seed)).encode())
    shown = (portrait.pixels, portrait.landmarks, portrait.blendshapes, portrait.rotation)
    for array in (*shown, portrait.alpha, art.picture):
        digest.update(b"none" if array is None else repr((array.shape, array.dtype.str)).encode())
        if array is not None:
            digest.update(array.tobytes())
    return digest.hexdigest()


def _read(path: Path, portrait: Portrait) -> Portrait | None:
    """The portrait of a file in the cache, marked as used; None where there is none or it is damaged."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as stored:
            pixels = cv2.imdecode(stored["pixels"], cv2.IMREAD_COLOR_RGB)
            alpha = None if portrait.alpha is None else cv2.imdecode(stored["alpha"], cv2.IMREAD_GRAYSCALE)
            landmarks = stored["landmarks"]
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, cv2.error):
        return None
    if pixels is None or pixels.shape != portrait.pixels.shape:
        return None
    now = time.time()
    with suppress(OSError):
        os.utime(path, (now, now))
    return Portrait(np.asarray(pixels, np.uint8), landmarks, portrait.blendshapes, portrait.rotation, alpha)


def _write(path: Path, styled: Portrait) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fast = [cv2.IMWRITE_PNG_COMPRESSION, 1]
    arrays: dict[str, NDArray[Any]] = {
        "pixels": cv2.imencode(".png", np.ascontiguousarray(styled.pixels[..., ::-1]), fast)[1],
        "landmarks": styled.landmarks,
    }
    if styled.alpha is not None:
        arrays["alpha"] = cv2.imencode(".png", styled.alpha, fast)[1]
    with atomic_path(path) as hidden:
        np.savez(hidden, allow_pickle=False, **arrays)


def _tidy(folder: Path) -> None:
    """Remove what was not used for longest, until the folder is small enough."""
    files = sorted((file.stat().st_mtime, file.stat().st_size, file) for file in folder.glob("*.npz"))
    total = sum(size for _, size, _ in files)
    for _, size, file in files:
        if total <= _MOST_BYTES:
            return
        file.unlink(missing_ok=True)
        total -= size
