"""What is known of a clip once it has been judged, and how it is kept on disk between runs."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from style2talker.media.atomic import atomic_path
from style2talker.records import FloatArray

__all__ = ["Judged", "load_judged", "plain", "save_judged"]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """One clip.

    Attributes:
        clip: its name.
        key: of the files and options that it was judged by.
        width: of the pictures that were compared, pixels.
        height: of them.
        fps: frames per second that were compared.
        frames: how many.
        coverage: system -> share of frames with a face.
        values: system -> metric -> value; NaN where it cannot be told.
        notes: what a reader has to know: faces missing, pictures resized, lengths that differ, no sound.
        curves: name -> (T,) values to plot.
        rows: system -> (N, 70) expression, angles and translation of the frames with a face.
        faces: system -> (T, 56) blendshapes, rotation in radians and opening of the lips; NaN without a face.
        features: system -> (K, 2048) features of FID, where its network was given.
        error: why it could not be judged, "" if it was.
    """

    clip: str
    key: str
    width: int = 0
    height: int = 0
    fps: float = 0.0
    frames: int = 0
    coverage: Mapping[str, float] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    curves: Mapping[str, FloatArray] = field(default_factory=dict)
    rows: Mapping[str, FloatArray] = field(default_factory=dict)
    faces: Mapping[str, FloatArray] = field(default_factory=dict)
    features: Mapping[str, FloatArray] = field(default_factory=dict)
    error: str = ""


def plain(value: object) -> object:
    """A value that JSON can hold: mappings, lists and numbers, None for what is not finite."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value


def _number(value: float | None) -> float:
    return float("nan") if value is None else float(value)


_ARRAYS = ("rows", "faces", "features")


def save_judged(folder: Path, judged: Judged) -> None:
    """Write CLIP.npz with rows, faces and features, then CLIP.json with the rest. Raises OutputError."""
    with atomic_path(folder / f"{judged.clip}.npz") as part:
        arrays: dict[str, Any] = {
            f"{kind} {name}": np.asarray(rows, np.float32)
            for kind in _ARRAYS
            for name, rows in getattr(judged, kind).items()
        }
        np.savez_compressed(part, **arrays)
    facts = {f.name: getattr(judged, f.name) for f in dataclasses.fields(judged) if f.name not in _ARRAYS}
    facts["curves"] = {name: np.round(curve.astype(np.float64), 5) for name, curve in judged.curves.items()}
    with atomic_path(folder / f"{judged.clip}.json") as part:
        part.write_text(json.dumps(plain(facts), indent=1) + "\n", encoding="utf-8")


def _named(data: Mapping[str, FloatArray], kind: str) -> dict[str, FloatArray]:
    """System -> array, of those of a kind in a file."""
    return {name.removeprefix(f"{kind} "): data[name] for name in data if name.startswith(f"{kind} ")}


def load_judged(folder: Path, clip: str, key: str) -> Judged | None:
    """Read a clip that was judged by the same key; None where there is none, or it is damaged."""
    try:
        facts = json.loads((folder / f"{clip}.json").read_text(encoding="utf-8"))
        if facts["key"] != key or facts["error"]:
            return None
        with np.load(folder / f"{clip}.npz", allow_pickle=False) as data:
            rows, faces, features = (_named(data, kind) for kind in _ARRAYS)
        values = {s: {m: _number(v) for m, v in own.items()} for s, own in facts.pop("values").items()}
        curves = {n: np.array([_number(v) for v in c], np.float32) for n, c in facts.pop("curves").items()}
        return Judged(
            **{**facts, "notes": tuple(facts["notes"])},
            values=values,
            curves=curves,
            rows=rows,
            faces=faces,
            features=features,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
