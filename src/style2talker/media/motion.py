"""Motion files: `Motion` to .npz, .csv or .json and back, equal to the last bit.

The table (.csv) is that of `motion_csv`; the others hold the fields of `Motion` under their names.
"""

from __future__ import annotations

import csv
import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from style2talker.errors import MotionError, UsageError
from style2talker.media.atomic import atomic_path
from style2talker.media.motion_csv import from_csv, to_csv
from style2talker.records import ARKIT_NAMES, FloatArray, Motion

__all__ = ["read_motion", "write_motion"]

_FIELDS = ("names", "blendshapes", "rotation", "translation", "fps")
_SUFFIXES = (".npz", ".csv", ".json")


def read_motion(path: str | os.PathLike[str]) -> Motion:
    """Read a motion file.

    Args:
        path: .npz, .csv or .json; its blendshapes may come in any order, under their ARKit names. A .csv may also be
            a recording of Live Link Face.

    Returns:
        The motion.

    Raises:
        MotionError: the file is missing, of another kind, damaged or holds something else; in text, with the line.
    """
    place = Path(path)
    suffix = place.suffix.lower()
    if suffix not in _SUFFIXES:
        raise MotionError(f"{path} is not a motion file: give one that ends in {', '.join(_SUFFIXES)}")
    if not place.is_file():
        raise MotionError(f"{path} is not there: give the path of a motion file")
    try:
        if suffix == ".csv":
            return from_csv(place)
        return _motion(_from_npz(place) if suffix == ".npz" else _from_json(place))
    except MotionError as cause:
        raise MotionError(f"{path}: {cause}") from cause
    except KeyError as cause:
        raise MotionError(f"{path} lacks {cause}: a motion file holds {', '.join(_FIELDS)}") from cause
    except json.JSONDecodeError as cause:
        where = f"line {cause.lineno}, column {cause.colno}"
        raise MotionError(f"{path} is damaged, {where}: {cause.msg}; write it again") from cause
    except (OSError, EOFError, ValueError, TypeError, zipfile.BadZipFile, zlib.error, csv.Error) as cause:
        raise MotionError(f"{path} is damaged or not a motion file: write it again") from cause


def write_motion(path: str | os.PathLike[str], motion: Motion) -> None:
    """Write a motion file; the same motion gives the same bytes.

    Args:
        path: .npz, .csv or .json.
        motion: what to write.

    Raises:
        UsageError: another suffix.
        OutputError: the file cannot be written.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _SUFFIXES:
        raise UsageError(f"{path} is not a name for a motion file: end it in {', '.join(_SUFFIXES)}")
    with atomic_path(path) as place:
        if suffix == ".npz":
            arrays = {name: getattr(motion, name) for name in ("blendshapes", "rotation", "translation")}
            with place.open("wb") as file:
                np.savez_compressed(file, names=np.array(motion.names), fps=np.float64(motion.fps), **arrays)
        else:
            text = to_csv(motion) if suffix == ".csv" else _to_json(motion)
            place.write_text(text, encoding="utf-8", newline="")


def _from_npz(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        arrays = np.load(file, allow_pickle=False)
        if isinstance(arrays, np.ndarray):
            raise MotionError("it holds a single array")
        return {name: arrays[name] for name in _FIELDS}


def _from_json(path: Path) -> dict[str, Any]:
    fields = json.loads(path.read_text(encoding="utf-8-sig"))
    if not isinstance(fields, dict):
        raise MotionError(f"it holds a {type(fields).__name__}, expected an object")
    return {name: fields[name] for name in _FIELDS}


def _to_json(motion: Motion) -> str:
    fields: dict[str, Any] = {"fps": motion.fps, "names": motion.names}
    for name in ("blendshapes", "rotation", "translation"):
        rows = getattr(motion, name)
        # The shortest decimals that give back the same float32.
        fields[name] = [row.astype(str).astype(np.float64).tolist() for row in rows]
    return json.dumps(fields, allow_nan=False) + "\n"


def _motion(fields: dict[str, Any]) -> Motion:
    try:
        fps = float(fields["fps"])
    except (TypeError, ValueError) as cause:
        raise MotionError(f"fps is {fields['fps']!r}, expected a number") from cause
    names = [str(name) for name in fields["names"]]
    if sorted(names) != sorted(ARKIT_NAMES):
        unknown = [name for name in names if name not in ARKIT_NAMES]
        found = f", among them {unknown[0]!r}" if unknown else ""
        raise MotionError(f"it holds {len(names)} names{found}, expected the 52 of ARKit")
    shapes = _table("blendshapes", fields["blendshapes"], 52)[:, [names.index(name) for name in ARKIT_NAMES]]
    pose = [_table(name, fields[name], 3) for name in ("rotation", "translation")]
    return Motion(shapes, pose[0], pose[1], fps=fps)


def _table(name: str, values: Any, width: int) -> FloatArray:
    """Values (T, width), or the first frame that is otherwise."""
    for frame, row in enumerate(values):
        if np.shape(row) != (width,):
            raise MotionError(f"{name} of frame {frame} is not {width} numbers")
    try:
        table = np.asarray(values, dtype=np.float32).reshape(-1, width)
    except (TypeError, ValueError) as cause:
        raise MotionError(f"{name} holds something other than numbers") from cause
    bad = np.flatnonzero(~np.isfinite(table).all(axis=1))
    if len(bad):
        raise MotionError(f"{name} of frame {bad[0]} is not finite")
    return table
