"""Tracked clips -> intensities of their action units, held against the same person at rest."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.labelling.tracks import TrackedClip
from style2talker.corpus.labelling.units import clip_mean, read_openface, unit_intensities
from style2talker.errors import InputError
from style2talker.media.motion import read_motion
from style2talker.records import ARKIT_NAMES, FloatArray

__all__ = ["Measured", "measure", "read_expression"]

_LEAST_FOR_MEDIAN = 8
"""Clips from which on their median serves as the rest of a person who has no neutral clip."""
_NEUTRAL, _MEDIAN, _NOTHING = "neutral clip", "median of the corpus", "none"


@dataclass(frozen=True, slots=True)
class Measured:
    """Action units of a clip.

    Attributes:
        clip: the clip.
        intensities: unit -> 0..1 and more, the change from the person at rest.
        rest: what it was held against: "neutral clip", "median of the corpus" or "none".
        tracked: the same from our own tracking where `intensities` come from OpenFace, else None.
    """

    clip: TrackedClip
    intensities: Mapping[str, float]
    rest: str
    tracked: Mapping[str, float] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "intensities", MappingProxyType(dict(self.intensities)))


def read_expression(path: Path) -> FloatArray:
    """(52,) mean blendshapes of a tracked file.

    Args:
        path: .npz written by `corpus.track.save_track`, or a motion.

    Raises:
        InputError: the file is damaged or something else, or shows a face in too few frames.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            if "names" in data.files:
                blendshapes = read_motion(path).blendshapes
                valid: NDArray[np.bool_] = np.ones(len(blendshapes), bool)
            else:
                blendshapes, valid = data["blendshapes"].astype(np.float32), data["valid"].astype(bool)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise InputError(f"{path.name} is no tracked clip ({error}): run corpus track again") from error
    if blendshapes.ndim != 2 or blendshapes.shape[1] != len(ARKIT_NAMES) or valid.shape != blendshapes.shape[:1]:
        raise InputError(f"{path.name} holds blendshapes of shape {blendshapes.shape}, not (T, 52): track it again")
    return clip_mean(blendshapes, valid)


_Vector = NDArray[np.float64]
_Read = TypeVar("_Read")


def _rests(clips: Sequence[TrackedClip], values: Mapping[str, _Vector]) -> dict[str, tuple[_Vector | None, str]]:
    """Key -> (what the clip is held against, what that is)."""
    if not clips:
        return {}
    median = np.median(np.stack(list(values.values())), axis=0) if len(values) >= _LEAST_FOR_MEDIAN else None
    otherwise = (median, _MEDIAN) if median is not None else (None, _NOTHING)
    calm: dict[str, list[_Vector]] = {}
    for clip in clips:
        if clip.emotion == "neutral":
            calm.setdefault(clip.actor, []).append(values[clip.key])
    own = {actor: (np.mean(found, axis=0), _NEUTRAL) for actor, found in calm.items()}
    return {clip.key: own.get(clip.actor, otherwise) for clip in clips}


def _readable(
    clips: Sequence[TrackedClip], read: Callable[[TrackedClip], _Read], left_out: dict[str, str]
) -> dict[str, _Read]:
    """Key -> what was read; the reasons for clips that cannot be read are added to `left_out`."""
    values = {}
    for clip in clips:
        try:
            values[clip.key] = read(clip)
        except InputError as error:
            left_out[clip.name] = str(error)
    return values


def _by_tracking(clips: Sequence[TrackedClip], left_out: dict[str, str]) -> list[Measured]:
    values = _readable(clips, lambda clip: read_expression(clip.track).astype(np.float64), left_out)
    kept = [clip for clip in clips if clip.key in values]
    rests = _rests(kept, values)
    return [Measured(clip, unit_intensities(values[clip.key], rests[clip.key][0]), rests[clip.key][1]) for clip in kept]


def _by_openface(clips: Sequence[TrackedClip], folder: Path, left_out: dict[str, str]) -> list[Measured]:
    files = sorted(folder.rglob("*.csv"))
    tables = {path.stem: path for path in files}
    tables |= {path.relative_to(folder).with_suffix("").as_posix(): path for path in files}

    def read(clip: TrackedClip) -> dict[str, float]:
        path = tables.get(clip.name) or tables.get(clip.track.stem)
        if path is None:
            raise InputError(f"there is no OpenFace table {clip.track.stem}.csv in {folder}: make it, or leave it out")
        return read_openface(path)

    found = _readable(clips, read, left_out)
    kept = [clip for clip in clips if clip.key in found]
    units = list(dict.fromkeys(unit for table in found.values() for unit in table))
    values = {key: np.array([table.get(unit, 0.0) for unit in units]) for key, table in found.items()}
    rests = _rests(kept, values)
    tracked = {measured.clip.key: measured.intensities for measured in _by_tracking(kept, left_out)}
    out = []
    for clip in (clip for clip in kept if clip.key in tracked):
        rest, what = rests[clip.key]
        change = np.maximum(values[clip.key] - (0.0 if rest is None else rest), 0.0)
        intensities = {unit: round(float(value), 4) for unit, value in zip(units, change, strict=True)}
        out.append(Measured(clip, intensities, what, tracked[clip.key]))
    return out


def measure(clips: Sequence[TrackedClip], openface: Path | None = None) -> tuple[list[Measured], dict[str, str]]:
    """Measure the action units of a corpus.

    Args:
        clips: at least one.
        openface: a folder of tables that OpenFace made of the same clips, under the clips' names; they then replace
            our own measurement.

    Returns:
        What was measured, in the order of the clips, and clip name -> reason for those that cannot be measured.
    """
    left_out: dict[str, str] = {}
    if openface is None:
        return _by_tracking(clips, left_out), left_out
    return _by_openface(clips, openface, left_out), left_out
