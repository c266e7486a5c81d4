"""Motion files: `Motion` to .npz, .csv or .json and back, equal to the last bit.

A table (.csv) has the columns frame, time, the 52 blendshapes, pitch, yaw, roll, right, up, forward; its frames per
second follow from the times.
"""

from __future__ import annotations

import csv
import io
import json
import os
import zipfile
import zlib
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from style2talker.errors import MotionError, UsageError
from style2talker.media.atomic import atomic_path
from style2talker.records import ARKIT_NAMES, FloatArray, Motion

__all__ = ["read_motion", "write_motion"]

_ROTATION = ("pitch", "yaw", "roll")
_TRANSLATION = ("right", "up", "forward")
_COLUMNS = ("frame", "time", *ARKIT_NAMES, *_ROTATION, *_TRANSLATION)
_FIELDS = ("names", "blendshapes", "rotation", "translation", "fps")
_SUFFIXES = (".npz", ".csv", ".json")
_DEFAULT_FPS = 25.0  # of a table with a single row, which cannot tell


def read_motion(path: str | os.PathLike[str]) -> Motion:
    """Read a motion file.

    Args:
        path: .npz, .csv or .json; its blendshapes may come in any order, under their ARKit names.

    Returns:
        The motion.

    Raises:
        MotionError: the file is missing, of another kind, damaged or holds something else.
    """
    place = Path(path)
    suffix = place.suffix.lower()
    if suffix not in _SUFFIXES:
        raise MotionError(f"{path} is not a motion file: give one that ends in {', '.join(_SUFFIXES)}")
    if not place.is_file():
        raise MotionError(f"{path} is not there: give the path of a motion file")
    read = {".npz": _from_npz, ".csv": _from_csv, ".json": _from_json}[suffix]
    try:
        fields = read(place)
        fps = float(fields["fps"])
        shapes = _ordered([str(name) for name in fields["names"]], fields["blendshapes"])
        return Motion(shapes, _table(fields["rotation"]), _table(fields["translation"]), fps=fps)
    except MotionError as cause:
        raise MotionError(f"{path}: {cause}") from cause
    except KeyError as cause:
        raise MotionError(f"{path} lacks {cause}: a motion file holds {', '.join(_FIELDS)}") from cause
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
            text = _to_csv(motion) if suffix == ".csv" else _to_json(motion)
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


def _from_csv(path: Path) -> dict[str, Any]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    header = [name.strip() for name in rows[0]] if rows else []
    missing = [name for name in _COLUMNS[1:] if name not in header]
    if missing:
        raise MotionError(f"it lacks the columns {', '.join(missing[:3])}{' and others' * (len(missing) > 3)}")
    if len(rows) == 1:
        raise MotionError("it has no rows")
    if any(len(row) != len(header) for row in rows):
        raise MotionError(f"it has rows of other than {len(header)} columns")
    column = {}
    for name in _COLUMNS[1:]:
        at = header.index(name)
        column[name] = np.array([row[at] for row in rows[1:]], dtype=np.float64)
    return {
        "names": ARKIT_NAMES,
        "blendshapes": np.stack([column[name] for name in ARKIT_NAMES], axis=1),
        "rotation": np.stack([column[name] for name in _ROTATION], axis=1),
        "translation": np.stack([column[name] for name in _TRANSLATION], axis=1),
        "fps": _fps_of(column["time"]),
    }


def _to_csv(motion: Motion) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    values = np.concatenate([motion.blendshapes, motion.rotation, motion.translation], axis=1)
    for frame, row in enumerate(values):
        writer.writerow([frame, repr(frame / motion.fps), *row.astype(str)])
    return text.getvalue()


def _fps_of(times: np.ndarray[Any, np.dtype[np.float64]]) -> float:
    """Frames per second whose frames fall on these times in seconds: the plainest number that gives just them."""
    if len(times) == 1:
        return _DEFAULT_FPS
    times = times - times[0]
    if not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
        raise MotionError("its times do not increase")
    rough = (len(times) - 1) / float(times[-1])
    frames = np.arange(len(times))
    near = [rough, float(np.nextafter(rough, 0)), float(np.nextafter(rough, np.inf))]
    for fps in [float(Fraction(rough).limit_denominator(1001)), float(f"{rough:.12g}"), *near]:
        if fps > 0 and np.array_equal(frames / fps, times):
            return fps
    if np.abs(frames / rough - times).max() > 0.5 / rough:
        raise MotionError("its times are not evenly spaced")
    plain = float(Fraction(rough).limit_denominator(1001))
    return plain if plain > 0 and abs(plain - rough) * float(times[-1]) < 1e-2 else rough


def _ordered(names: list[str], blendshapes: Any) -> FloatArray:
    """Blendshapes (T, 52) in the order of `ARKIT_NAMES`."""
    table = _table(blendshapes)
    if sorted(names) != sorted(ARKIT_NAMES) or table.ndim != 2 or table.shape[1] != len(names):
        raise MotionError(f"it holds {len(names)} names for blendshapes {table.shape}, expected the 52 of ARKit")
    return table[:, [names.index(name) for name in ARKIT_NAMES]]


def _table(values: Any) -> FloatArray:
    return np.asarray(values, dtype=np.float32)
