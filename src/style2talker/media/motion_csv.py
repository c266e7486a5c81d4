"""Motion as the table that Live Link Face records: one row a frame, ready for Unreal, Faceit and other ARKit importers.

Columns: Timecode (HH:MM:SS:FF.mmm, FF in 60ths of a second whatever the frame rate), BlendShapeCount, the 52
blendshapes and nine angles in the order of the app, and four of our own at the end that make reading back exact.
"""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from style2talker.errors import MotionError
from style2talker.records import ARKIT_NAMES, FloatArray, Motion

__all__ = ["APP_NAMES", "from_csv", "to_csv"]

APP_NAMES = tuple(
    "EyeBlinkLeft EyeLookDownLeft EyeLookInLeft EyeLookOutLeft EyeLookUpLeft EyeSquintLeft EyeWideLeft EyeBlinkRight "
    "EyeLookDownRight EyeLookInRight EyeLookOutRight EyeLookUpRight EyeSquintRight EyeWideRight JawForward JawRight "
    "JawLeft JawOpen MouthClose MouthFunnel MouthPucker MouthRight MouthLeft MouthSmileLeft MouthSmileRight "
    "MouthFrownLeft MouthFrownRight MouthDimpleLeft MouthDimpleRight MouthStretchLeft MouthStretchRight MouthRollLower "
    "MouthRollUpper MouthShrugLower MouthShrugUpper MouthPressLeft MouthPressRight MouthLowerDownLeft "
    "MouthLowerDownRight MouthUpperUpLeft MouthUpperUpRight BrowDownLeft BrowDownRight BrowInnerUp BrowOuterUpLeft "
    "BrowOuterUpRight CheekPuff CheekSquintLeft CheekSquintRight NoseSneerLeft NoseSneerRight TongueOut".split()
)
"""The 52 blendshapes as a recording of Live Link Face names and orders them."""

_HEAD = ("HeadYaw", "HeadPitch", "HeadRoll")
_EYES = tuple(f"{side}Eye{turn}" for side in ("Left", "Right") for turn in ("Yaw", "Pitch", "Roll"))
_OURS = ("HeadRight", "HeadUp", "HeadForward", "FramesPerSecond")
_COLUMNS = ("Timecode", "BlendShapeCount", *APP_NAMES, *_HEAD, *_EYES, *_OURS)
_ORDER = [ARKIT_NAMES.index(name[0].lower() + name[1:]) for name in APP_NAMES]

# In radians, head: to the person's right, up, towards the left shoulder, as Faceit reads the app's files.
_HEAD_AXES, _HEAD_SIGNS = (1, 0, 2), np.array([-1, -1, 1], np.float32)
# Radians that an eye turns at a full eyeLook…: the slopes of recordings of the app.
_SIDEWAYS, _DOWN, _UP = 0.6, 0.61, 0.44

_TICKS = 60  # of a second, what FF counts; some writers count frames instead
_OTHER_TICKS = (30, 25, 24, 50, 48, 120)
_LONGEST_GAP_S = 60.0
_CLOCK = re.compile(r"(\d+):(\d+):(\d+):(\d+(?:\.\d*)?)")

_Doubles = NDArray[np.float64]


def to_csv(motion: Motion) -> str:
    """The text of the table of a motion.

    Args:
        motion: what to write.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    head = motion.rotation[:, _HEAD_AXES] * _HEAD_SIGNS + 0
    parts = [motion.blendshapes[:, _ORDER], head, _gaze(motion.blendshapes), motion.translation]
    for frame, row in enumerate(np.concatenate(parts, axis=1).astype(np.float32)):
        seconds, rest = divmod(round(frame / motion.fps * _TICKS * 1000), _TICKS * 1000)
        clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}:{rest // 1000:02}.{rest % 1000:03}"
        writer.writerow([clock, 61, *row.astype(str), repr(float(motion.fps))])
    return text.getvalue()


def from_csv(path: Path) -> Motion:
    """Read a table of ours, or of Live Link Face and whatever writes like it.

    Columns may stand in any order and case; of the blendshapes at least one must be there, what is missing is 0. Rows
    that the timecode says were dropped, and those that hold no face, are filled in between their neighbours. Without
    our columns the head pose is relative to its median, and the frame rate is that of the timecodes.

    Args:
        path: the file.

    Raises:
        MotionError: what is wrong, and in which line; the path is not named.
        OSError: it cannot be read.
        ValueError: it is no text.
        csv.Error: it is no table.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file)
        header = [name.strip().lower() for name in next(reader, [])]
        rows = [(reader.line_num, row) for row in reader if any(cell.strip() for cell in row)]
    place = _places(header)
    if "blendshapecount" in place:
        rows = [(line, row) for line, row in rows if not _faceless(row, place["blendshapecount"])]
    if not rows:
        raise MotionError("it has no rows with a face")
    for line, row in rows:
        if len(row) != len(header):
            raise MotionError(f"line {line} has {len(row)} columns, its first line {len(header)}")
    lines = [line for line, _ in rows]
    column = {name: _numbers(name, [row[place[name.lower()]] for _, row in rows], lines) for name in _found(place)}
    clocks = [row[place["timecode"]].strip() for _, row in rows]
    frames, fps = _frames(clocks, lines, column.get("FramesPerSecond"))

    def filled(names: tuple[str, ...]) -> FloatArray:
        """Columns (T, names) on the frames, zeros where there is none."""
        first = np.unique(frames, return_index=True)[1]
        every, zeros = np.arange(frames[-1] + 1), np.zeros(len(rows))
        values = [np.interp(every, frames[first], column.get(name, zeros)[first]) for name in names]
        return np.stack(values, axis=1).astype(np.float32)

    rotation = (filled(_HEAD) * _HEAD_SIGNS)[:, np.argsort(_HEAD_AXES)]
    if "FramesPerSecond" not in column:
        rotation -= np.median(rotation, axis=0)
    shapes = filled(APP_NAMES)[:, np.argsort(_ORDER)]
    return Motion(shapes, rotation, filled(_OURS[:3]), fps=fps)


def _gaze(blendshapes: FloatArray) -> FloatArray:
    """Yaw, pitch and roll (T, 6) of both eyes in radians, positive to the person's right and down."""
    look = {name: blendshapes[:, at] for at, name in enumerate(ARKIT_NAMES) if name.startswith("eyeLook")}
    angles = []
    for side, right, left in (("Left", "In", "Out"), ("Right", "Out", "In")):
        angles.append(_SIDEWAYS * (look[f"eyeLook{right}{side}"] - look[f"eyeLook{left}{side}"]))
        angles.append(_DOWN * look[f"eyeLookDown{side}"] - _UP * look[f"eyeLookUp{side}"])
        angles.append(np.zeros(len(blendshapes), np.float32))
    return np.stack(angles, axis=1)


def _places(header: list[str]) -> dict[str, int]:
    place = {name: at for at, name in enumerate(header) if name}
    twice = [name for name in place if header.count(name) > 1]
    if twice:
        raise MotionError(f"line 1 names the column {twice[0]} twice")
    if "timecode" not in place:
        raise MotionError("line 1 has no Timecode among its columns: give a table as Live Link Face writes it")
    if not any(name.lower() in place for name in APP_NAMES):
        raise MotionError("line 1 names none of the columns EyeBlinkLeft to TongueOut")
    return place


def _found(place: dict[str, int]) -> list[str]:
    return [name for name in (*APP_NAMES, *_HEAD, *_OURS) if name.lower() in place]


def _faceless(row: list[str], count: int) -> bool:
    return count < len(row) and row[count].strip() in ("0", "0.0")


def _numbers(name: str, cells: list[str], lines: list[int]) -> _Doubles:
    try:
        values = np.array(cells, dtype=np.float64)
    except ValueError:
        values = np.array([_number(cell) for cell in cells])
    bad = np.flatnonzero(~np.isfinite(values))
    if len(bad):
        raise MotionError(f"line {lines[bad[0]]}: {name} is {cells[bad[0]]!r}, expected a number")
    return values


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _frames(clocks: list[str], lines: list[int], given: _Doubles | None) -> tuple[NDArray[np.int64], float]:
    """The frame (T,) that each timecode means, from 0 on, and the frames per second."""
    if given is not None and (given != given[0]).any():
        line = lines[int(np.argmax(given != given[0]))]
        raise MotionError(f"line {line}: FramesPerSecond differs from that of line {lines[0]}")
    if given is not None and not 0 < given[0] <= 240:
        raise MotionError(f"line {lines[0]}: FramesPerSecond is {given[0]:g}, expected more than 0 and at most 240")
    times = _seconds(clocks, lines, _OTHER_TICKS if given is None else ())
    steps = np.diff(times)
    if (steps < 0).any():
        at = int(np.argmax(steps < 0)) + 1
        raise MotionError(f"line {lines[at]}: the timecode {clocks[at]} comes before {clocks[at - 1]}")
    if len(steps) and np.median(steps) == 0:
        raise MotionError(f"line {lines[1]}: the timecode stands still at {clocks[0]}")
    fps = _rate(times) if given is None else float(given[0])
    frames = np.rint(times * fps).astype(np.int64)
    missing = np.diff(frames) - 1
    if (missing > _LONGEST_GAP_S * fps).any():
        at = int(np.argmax(missing)) + 1
        raise MotionError(f"line {lines[at]}: the timecode {clocks[at]} leaves a gap of {steps[at - 1]:.0f} s")
    return frames, fps


def _seconds(clocks: list[str], lines: list[int], other_ticks: tuple[int, ...]) -> _Doubles:
    """Seconds (T,) since the first timecode, past midnight too."""
    found = [_CLOCK.fullmatch(clock) for clock in clocks]
    if None in found:
        at = found.index(None)
        raise MotionError(f"line {lines[at]}: the timecode is {clocks[at]!r}, expected HH:MM:SS:FF.mmm")
    fields = np.array([match.groups() for match in found if match], dtype=np.float64)
    whole, ticks = fields[:, :3] @ [3600, 60, 1], fields[:, 3]
    whole += 86400 * np.concatenate([[0], np.cumsum(np.diff(whole) < -43200)])
    best, least = whole + ticks / _TICKS, _unevenness(whole + ticks / _TICKS)
    for base in other_ticks:
        times = whole + ticks / base
        if ticks.max() < base and _unevenness(times) < 0.9 * least - 1e-6:
            best, least = times, _unevenness(times)
    return np.asarray(best - best[0])


def _unevenness(times: _Doubles) -> float:
    """How far steps differ from their median, in such steps; large where time runs backwards."""
    steps = np.diff(times)
    middle = float(np.median(steps)) if len(steps) else 1.0
    return float(np.abs(steps - middle).sum()) / middle if middle > 0 else float("inf")


def _rate(times: _Doubles) -> float:
    """Frames per second of times with gaps: the plainest number that moves no frame by half of one."""
    if len(times) == 1:
        return float(_TICKS)
    steps = np.diff(times)
    counts = np.rint(steps / np.median(steps))
    length = float(times[-1])
    rough = min(float(counts.sum()) / length, 240.0)
    plain: list[Any] = [round(rough), round(rough * 1.001) / 1.001]
    return next((float(rate) for rate in plain if rate > 0 and abs(rate - rough) * length < 0.5), rough)
