"""A checkpoint file -> its tensors, without running anything that the file names.

`torch.load` reads PyTorch's own formats with `weights_only`: tensors, containers and plain values, beside them the
argument lists (`argparse.Namespace`) that training scripts like to add, which hold data and run nothing. A file that
names any other class or function is refused. Safetensors files hold no code by design. DualStyleGAN's codes are a
pickled dictionary in a NumPy file, which is read by an unpickler that makes arrays and containers only.
"""

from __future__ import annotations

import argparse
import json
import math
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from pickle import UnpicklingError
from typing import Any

import numpy as np
import torch

from style2talker.errors import AssetError
from style2talker.face.coefficients import read_npy
from style2talker.train.published.checkpoints.family import State

__all__ = ["read_checkpoint"]

_WRAPPED = "module."
_LONGEST_HEADER = 100_000_000
_DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "I64": torch.int64,
    "I32": torch.int32,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


def read_checkpoint(path: Path) -> dict[str, State]:
    """The tensors of a file.

    Args:
        path: a `.pt`, `.pth`, `.tar` or like file of PyTorch, a `.safetensors` file, or DualStyleGAN's `.npy` of codes.

    Returns:
        Entry -> key -> tensor. Tensors at the top level are the entry "", and are in every other entry too; the prefix
        of a wrapper for several devices is taken off.

    Raises:
        AssetError: the file is missing or damaged, names code, or holds no tensors.
    """
    try:
        if not path.is_file():
            raise AssetError(f"checkpoint {path} is missing: give the path of an existing file")
        content = _READERS.get(path.suffix.lower(), _pickled)(path)
    except OSError as error:
        raise AssetError(f"checkpoint {path} cannot be read: {error.strerror or error}") from error
    if not isinstance(content, Mapping):
        raise AssetError(f"checkpoint {path} holds a {type(content).__name__}: expected a dictionary of tensors")
    top = {str(key): value for key, value in content.items() if isinstance(value, torch.Tensor)}
    entries: dict[str, State] = {"": _unwrapped(top)} if top else {}
    for name, value in content.items():
        if isinstance(value, Mapping):
            tensors = {str(key): item for key, item in value.items() if isinstance(item, torch.Tensor)}
            if tensors:
                entries[str(name)] = {**top, **_unwrapped(tensors)}
    if not entries:
        raise AssetError(f"checkpoint {path} holds no tensors: it has {_listed(content)}")
    return entries


def _listed(content: Mapping[Any, Any]) -> str:
    return ", ".join(str(key) for key in list(content)[:8]) or "nothing"


def _unwrapped(state: State) -> State:
    """Keys without the prefix of a data-parallel wrapper."""
    if state and all(key.startswith(_WRAPPED) for key in state):
        return {key[len(_WRAPPED) :]: value for key, value in state.items()}
    return state


def _pickled(path: Path) -> Any:
    """What a file of PyTorch holds; large tensors stay on the disk until they are used."""
    try:
        with torch.serialization.safe_globals([argparse.Namespace]), warnings.catch_warnings():
            # Older and newer pickles are read as well as the one that this version of PyTorch writes.
            warnings.simplefilter("ignore", UserWarning)
            return torch.load(path, map_location="cpu", weights_only=True, mmap=zipfile.is_zipfile(path))
    except UnpicklingError as error:
        raise AssetError(f"checkpoint {path} is refused, {_refusal(path, error)}") from error
    except (RuntimeError, EOFError, ValueError, KeyError, UnicodeDecodeError, zipfile.BadZipFile) as error:
        reason = " ".join(str(error).split())[:120]
        raise AssetError(f"checkpoint {path} is damaged or no checkpoint of PyTorch ({reason})") from error


def _refusal(path: Path, error: Exception) -> str:
    """Why the reader of plain data stopped."""
    named: list[str] = []
    if zipfile.is_zipfile(path):
        named = sorted(torch.serialization.get_unsafe_globals_in_checkpoint(path))
    if named:
        return f"it names code that would have to be run ({', '.join(named[:3])}): save its state_dict alone"
    return f"it holds more than data ({' '.join(str(error).split())[:120]}): save its state_dict alone"


def _safetensors(path: Path) -> dict[str, torch.Tensor]:
    """The tensors of a safetensors file: eight bytes of length, a JSON header, then the raw values."""
    try:
        with path.open("rb") as stream:
            (length,) = struct.unpack("<Q", stream.read(8))
            if length > _LONGEST_HEADER:
                raise ValueError(f"its header would be {length} bytes long")
            header = json.loads(stream.read(length))
        header.pop("__metadata__", None)
        start = 8 + length
        size = path.stat().st_size - start
        raw = np.memmap(path, dtype=np.uint8, mode="c", offset=start, shape=(size,))
        return dict(_tensors(header, torch.from_numpy(raw), size))
    except (struct.error, ValueError, KeyError, TypeError, AttributeError) as error:
        raise AssetError(f"checkpoint {path} is damaged or no safetensors file ({error})") from error


def _tensors(header: Mapping[str, Any], raw: torch.Tensor, size: int) -> Iterator[tuple[str, torch.Tensor]]:
    for key, about in header.items():
        begin, end = about["data_offsets"]
        dtype, shape = _DTYPES[about["dtype"]], [int(side) for side in about["shape"]]
        if not 0 <= begin <= end <= size or end - begin != math.prod(shape) * dtype.itemsize:
            raise ValueError(f"{key} does not lie within the file")
        # A copy, because values need not be aligned within the file.
        yield key, raw[begin:end].clone().view(dtype).reshape(shape)


def _codes(path: Path) -> dict[str, torch.Tensor]:
    """Codes of art pictures, (1, rows, width) each under the name of its picture -> one table in their order."""
    try:
        content = read_npy(path)
        content = content.item() if isinstance(content, np.ndarray) else content
        rows = [np.asarray(code, dtype=np.float32) for code in content.values()]
        return {"exstyle_codes": torch.from_numpy(np.concatenate(rows))}
    except Exception as error:
        # NumPy and pickle raise whatever a damaged file leads them into.
        reason = " ".join(str(error).split())[:100]
        raise AssetError(f"checkpoint {path} is no file of DualStyleGAN's art codes ({reason})") from error


_READERS: dict[str, Callable[[Path], Any]] = {".safetensors": _safetensors, ".npy": _codes}
