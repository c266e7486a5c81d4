"""Blendshapes of a clip -> intensities of action units: the inverse of `emotion.facs.ACTION_UNITS`.

The table of action units A (52 blendshapes x U units) draws a face from intensities; here the intensities u >= 0 are
sought that draw the measured face b best, min |A u - b| (non-negative least squares, Lawson & Hanson, Solving Least
Squares Problems, 1974, chapter 23). b is the mean over the clip, less the mean of the same person at rest.

Left out of the fit because others draw the same: 11 (as 10), 23 (as 24 and 28 together) and 27 (as 26). Gaze, jaw and
mouth to the side are in the fit, so that they are not taken for something else, but are no part of a label.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from style2talker.emotion.facs import ACTION_UNITS, activations
from style2talker.errors import InputError
from style2talker.records import FloatArray

__all__ = ["LABELLED", "clip_mean", "read_openface", "unit_intensities"]

_Expression = NDArray[np.floating[Any]]

LABELLED = tuple(unit for unit in ACTION_UNITS if unit not in ("11", "27", "30", "63", "64", "mouth"))
"""Action units that a label may name, in the order of `ACTION_UNITS`."""

_TWINS = ("11", "23", "27")
_LEAST_VALID = 0.5
"""Share of frames with a face under which a clip says nothing about its person."""
_OPENFACE_MOST = 5.0
_ALONE = {"30": ("L", "R"), "mouth": ("L", "R")}


def _table() -> tuple[tuple[str, ...], NDArray[np.float64]]:
    """Names of the U columns and the (52, U) float64 activations of each unit at full intensity."""
    names = [unit + side for unit in ACTION_UNITS if unit not in _TWINS for side in _ALONE.get(unit, ("",))]
    return tuple(names), np.stack([activations({name: 1.0}) for name in names], axis=1).astype(np.float64)


_NAMES, _TABLE = _table()


def clip_mean(blendshapes: FloatArray, valid: NDArray[np.bool_]) -> FloatArray:
    """Mean expression of a clip.

    Args:
        blendshapes: (T, 52) activations in 0..1.
        valid: (T,) whether a face was found in the frame.

    Returns:
        (52,) float32, the mean over the valid frames.

    Raises:
        InputError: there is no face in half of the frames, or a value is not finite.
    """
    share = float(valid.mean()) if len(valid) else 0.0
    if share < _LEAST_VALID:
        raise InputError(f"a face in {share:.0%} of the frames, needed are {_LEAST_VALID:.0%}: leave the clip out")
    mean = blendshapes[valid].astype(np.float64).mean(axis=0)
    if not np.isfinite(mean).all():
        raise InputError("blendshapes that are not finite: track the clip again")
    return np.asarray(mean, np.float32)


def unit_intensities(mean: _Expression, rest: _Expression | None = None) -> dict[str, float]:
    """Action units of an expression.

    Args:
        mean: (52,) blendshapes of a clip.
        rest: (52,) of the same person at rest; None measures against no activation at all.

    Returns:
        Each unit of `LABELLED` but 23, which is 24 and 28 together -> intensity >= 0, 1 being the full unit.
    """
    change = np.asarray(mean, np.float64) - (0.0 if rest is None else np.asarray(rest, np.float64))
    solution, _ = nnls(_TABLE, change)
    found = dict(zip(_NAMES, solution, strict=True))
    return {unit: round(float(found[unit]), 4) for unit in LABELLED if unit in found}


def read_openface(path: Path) -> dict[str, float]:
    """Action units that OpenFace measured in a clip (Baltrusaitis et al., "OpenFace 2.0", FG 2018).

    Args:
        path: the CSV of its FeatureExtraction, with columns success and AU01_r, AU02_r, … in 0..5.

    Returns:
        Unit ("1", "2", …) -> mean over the frames that were tracked, divided by 5.

    Raises:
        InputError: no such file, no such columns, or too few tracked frames.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            rows = list(csv.DictReader(file, skipinitialspace=True))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"OpenFace file {path} cannot be read ({error}): name the CSV of FeatureExtraction") from error
    columns = [name for name in (rows[0] if rows else {}) if name and name.startswith("AU") and name.endswith("_r")]
    if not columns:
        raise InputError(f"OpenFace file {path} has no column such as AU01_r: run FeatureExtraction with -aus")
    try:
        kept = [row for row in rows if float(row.get("success") or 1) > 0]
        if len(kept) < _LEAST_VALID * len(rows):
            raise InputError(
                f"OpenFace file {path} has a face in {len(kept)} of {len(rows)} frames: leave the clip out"
            )
        table = np.array([[float(row[name]) for name in columns] for row in kept])
    except (TypeError, ValueError) as error:
        raise InputError(f"OpenFace file {path} holds what is no number ({error}): make it again") from error
    means = table.mean(axis=0) / _OPENFACE_MOST
    named: Mapping[str, float] = {
        str(int(name[2:-2])): float(mean) for name, mean in zip(columns, means, strict=True) if name[2:-2].isdigit()
    }
    return {unit: round(value, 4) for unit, value in named.items() if unit in LABELLED}
