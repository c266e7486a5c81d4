"""The table of a motion is one that Live Link Face could have written, and its own recordings are read."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from style2talker.errors import MotionError
from style2talker.media.motion import read_motion, write_motion
from style2talker.media.motion_csv import APP_NAMES, from_csv, to_csv
from style2talker.records import ARKIT_NAMES, Motion

# The first line of a recording of the app, as it stands in one.
RECORDED = (
    "Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft,EyeLookOutLeft,EyeLookUpLeft,EyeSquintLeft,"
    "EyeWideLeft,EyeBlinkRight,EyeLookDownRight,EyeLookInRight,EyeLookOutRight,EyeLookUpRight,EyeSquintRight,"
    "EyeWideRight,JawForward,JawRight,JawLeft,JawOpen,MouthClose,MouthFunnel,MouthPucker,MouthRight,MouthLeft,"
    "MouthSmileLeft,MouthSmileRight,MouthFrownLeft,MouthFrownRight,MouthDimpleLeft,MouthDimpleRight,MouthStretchLeft,"
    "MouthStretchRight,MouthRollLower,MouthRollUpper,MouthShrugLower,MouthShrugUpper,MouthPressLeft,MouthPressRight,"
    "MouthLowerDownLeft,MouthLowerDownRight,MouthUpperUpLeft,MouthUpperUpRight,BrowDownLeft,BrowDownRight,BrowInnerUp,"
    "BrowOuterUpLeft,BrowOuterUpRight,CheekPuff,CheekSquintLeft,CheekSquintRight,NoseSneerLeft,NoseSneerRight,"
    "TongueOut,HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll"
).split(",")
OURS = ["HeadRight", "HeadUp", "HeadForward", "FramesPerSecond"]


def some_motion(frames: int = 41, fps: float = 25.0) -> Motion:
    rng = np.random.default_rng(8)
    pose = rng.normal(0, 0.2, (2, frames, 3)).astype(np.float32)
    return Motion(rng.uniform(0, 1, (frames, 52)).astype(np.float32), pose[0], pose[1], fps)


def table_of(motion: Motion) -> list[list[str]]:
    return list(csv.reader(to_csv(motion).splitlines()))


def write(path: Path, rows: list[list[str]], end: str = "\n") -> Path:
    path.write_bytes(end.join(",".join(row) for row in rows).encode())
    return path


def recording(clocks: list[str], values: dict[str, list[float]], head: list[str] | None = None) -> list[list[str]]:
    """Rows of the app: zeros, but for the columns in `values`."""
    head = head or RECORDED
    rows = [head]
    for at, clock in enumerate(clocks):
        cells = {name: f"{series[at]:.10f}" for name, series in values.items()}
        cells |= {"Timecode": clock, "BlendShapeCount": "61"}
        rows.append([cells.get(name, "0.0000000000") for name in head])
    return rows


def shape(motion: Motion, name: str) -> np.ndarray:
    return motion.blendshapes[:, ARKIT_NAMES.index(name)]


def faceit_frames(clock: str) -> float:
    """The arithmetic of the importers of Unreal and Faceit: seconds, and 60ths of one."""
    return sum(scale * float(part) for scale, part in zip((3600, 60, 1, 1 / 60), clock.split(":"), strict=True))


def test_the_columns_are_those_of_the_app_then_ours() -> None:
    rows = table_of(some_motion())
    assert rows[0] == [*RECORDED, *OURS]
    assert rows[0][2:54] == list(APP_NAMES)
    assert {len(row) for row in rows} == {67}
    assert all(cell for row in rows for cell in row)  # Unreal skips empty cells, and then counts too few
    assert {row[1] for row in rows[1:]} == {"61"}


@pytest.mark.parametrize("fps", [25.0, 30000 / 1001, 60.0, 1 / 3, 240.0])
def test_timecodes_count_60ths_of_a_second(fps: float) -> None:
    clocks = [row[0] for row in table_of(some_motion(200, fps))[1:]]
    assert clocks[0] == "00:00:00:00.000"
    assert {len(clock) for clock in clocks} == {15}  # the MotionBuilder script cuts off the last four characters
    np.testing.assert_allclose([faceit_frames(clock) for clock in clocks], np.arange(200) / fps, atol=1 / 60000)


def test_readers_by_place_find_each_shape() -> None:
    """Faceit and the LiveLinkFace add-on for Blender take columns by their place."""
    motion = some_motion()
    rows = np.array([row[2:] for row in table_of(motion)[1:]], dtype=np.float32)
    for place, name in enumerate(RECORDED[2:54]):
        np.testing.assert_array_equal(rows[:, place], shape(motion, name[0].lower() + name[1:]))


def test_angles_turn_as_the_importers_expect() -> None:
    turned = np.array([[0.1, 0, 0], [0, 0.2, 0], [0, 0, 0.3]], np.float32)  # chin down, to the left, to the left
    rows = table_of(Motion(np.zeros((3, 52)), turned, np.zeros((3, 3))))[1:]
    assert [row[54:57] for row in rows] == [["0.0", "-0.1", "0.0"], ["-0.2", "0.0", "0.0"], ["0.0", "0.0", "0.3"]]


def test_eyes_turn_by_their_shapes() -> None:
    """A recorded frame: both eyes to the person's left and up."""
    shapes = np.zeros((2, 52), np.float32)
    for name, value in (("eyeLookOutLeft", 0.33), ("eyeLookInRight", 0.42), ("eyeLookUpLeft", 0.316)):
        shapes[0, ARKIT_NAMES.index(name)] = value
    shapes[1, ARKIT_NAMES.index("eyeLookDownRight")] = 0.206
    first, second = (
        np.array(row[57:63], np.float32) for row in table_of(Motion(shapes, np.zeros((2, 3)), shapes[:, :3]))[1:]
    )
    assert first[0] < -0.15
    assert first[3] < -0.15
    assert first[1] == pytest.approx(-0.14, abs=0.01)
    assert second[4] == pytest.approx(0.126, abs=0.01)
    assert second[:4].tolist() == [0, 0, 0, 0]


def test_a_table_through_a_spreadsheet(tmp_path: Path) -> None:
    """Columns in another order, extra ones, empty lines, a byte order mark and CRLF."""
    motion = some_motion(100, 30.0)
    rows = [["note", *reversed(row)] for row in table_of(motion)]
    path = write(tmp_path / "m.csv", [*rows[:40], [""], *rows[40:], ["", ""]], "\r\n")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    again = read_motion(path)
    np.testing.assert_array_equal(again.blendshapes, motion.blendshapes)
    np.testing.assert_array_equal(again.rotation, motion.rotation)
    np.testing.assert_array_equal(again.translation, motion.translation)
    assert again.fps == 30


def test_deleted_rows_are_filled_in(tmp_path: Path) -> None:
    motion = some_motion(30, 23.976)
    rows = table_of(motion)
    again = from_csv(write(tmp_path / "m.csv", rows[:11] + rows[14:]))
    kept = np.delete(np.arange(30), [10, 11, 12])
    assert (again.n_frames, again.fps) == (30, 23.976)
    np.testing.assert_array_equal(again.blendshapes[kept], motion.blendshapes[kept])
    middle = (motion.blendshapes[9] + motion.blendshapes[13]) / 2
    np.testing.assert_allclose(again.blendshapes[11], middle, atol=1e-6)


def test_a_recording_of_the_app(tmp_path: Path) -> None:
    """Time of day, 30 pictures a second counted in 60ths, a drift in the last digits, two pictures dropped."""
    ticks = np.array([47.169, 49.169, 51.168, 53.168, 55.168, 57.168, 59.167, 61.167, 67.166, 69.166])
    clocks = [f"12:27:{47 + int(t // 60)}:{t % 60:06.3f}" for t in ticks]
    rows = recording(clocks, {"JawOpen": [*np.arange(8) / 20, 0.5, 0.55], "HeadPitch": [0.3] * 9 + [0.4]})
    motion = from_csv(write(tmp_path / "m.csv", rows))
    assert (motion.n_frames, motion.fps) == (12, 30)
    np.testing.assert_allclose(shape(motion, "jawOpen"), np.arange(12) / 20, atol=1e-6)
    np.testing.assert_allclose(motion.rotation[:-1], 0, atol=1e-6)  # about the median: the phone stood low
    np.testing.assert_allclose(motion.rotation[-1], [-0.1, 0, 0], atol=1e-6)
    assert not motion.translation.any()


def test_60_pictures_a_second_in_another_order(tmp_path: Path) -> None:
    head = ["Timecode", "BlendShapeCount", "HeadRoll", "mouthSmileLeft", "jawOpen"]
    clocks = [f"01:02:03:{t:02}.000" for t in range(10, 40)]
    rows = recording(clocks, {"jawOpen": [0.4] * 30, "HeadRoll": [0.0] * 29 + [0.2]}, head)
    motion = from_csv(write(tmp_path / "m.csv", rows))
    assert (motion.n_frames, motion.fps) == (30, 60)
    assert shape(motion, "jawOpen").min() == shape(motion, "jawOpen").max() == np.float32(0.4)
    assert not shape(motion, "tongueOut").any()
    assert motion.rotation[-1, 2] == np.float32(0.2)


def test_52_columns_without_angles(tmp_path: Path) -> None:
    rows = [
        ["52" if at == 1 and cell == "61" else cell for at, cell in enumerate(row[:54])]
        for row in recording(["00:00:00:00.000", "00:00:00:02.000"], {"JawOpen": [0.2, 0.4]})
    ]
    motion = from_csv(write(tmp_path / "m.csv", rows))
    assert not motion.rotation.any()
    assert shape(motion, "jawOpen").tolist() == pytest.approx([0.2, 0.4])


@pytest.mark.parametrize("base", [24, 25, 30, 50, 60, 120])
@pytest.mark.parametrize("dropped", [(), (7, 8, 90)])
def test_timecodes_that_count_frames(tmp_path: Path, base: int, dropped: tuple[int, ...]) -> None:
    """Other writers count FF in frames of their own rate, without decimals."""
    frames = [t for t in range(3 * base) if t not in dropped]
    clocks = [f"00:00:{t // base:02}:{t % base:02}" for t in frames]
    motion = from_csv(write(tmp_path / "m.csv", recording(clocks, {"JawOpen": [t / 400 for t in frames]})))
    assert (motion.n_frames, motion.fps) == (3 * base, base)
    np.testing.assert_allclose(shape(motion, "jawOpen"), np.arange(3 * base) / 400, atol=1e-6)


def test_59_94_over_minutes_and_midnight(tmp_path: Path) -> None:
    ticks = np.rint(np.arange(9000) * 1001 / 1000 * 1000).astype(int) + (86400 - 60) * 60000
    clocks = [
        f"{t // 216000000 % 24:02}:{t // 3600000 % 60:02}:{t // 60000 % 60:02}:{t // 1000 % 60:02}.{t % 1000:03}"
        for t in ticks
    ]
    motion = from_csv(write(tmp_path / "m.csv", recording(clocks, {"JawOpen": [0.1] * 9000}, ["Timecode", "JawOpen"])))
    assert motion.n_frames == 9000
    assert motion.fps == pytest.approx(60000 / 1001)


def test_rows_without_a_face_and_rows_twice(tmp_path: Path) -> None:
    clocks = ["00:00:01:00.000", "00:00:01:02.000", "00:00:01:02.000", "00:00:01:04.000", "00:00:01:06.000"]
    rows = recording(clocks, {"JawOpen": [0.1, 0.2, 0.9, 0.3, 0.4]})
    rows[4] = ["00:00:01:04.000", "0"]
    motion = from_csv(write(tmp_path / "m.csv", rows))
    assert motion.fps == 30
    np.testing.assert_allclose(shape(motion, "jawOpen"), [0.1, 0.2, 0.3, 0.4], atol=1e-6)


def test_a_single_picture(tmp_path: Path) -> None:
    motion = from_csv(write(tmp_path / "m.csv", recording(["00:00:01:00.000"], {"JawOpen": [0.1]})))
    assert (motion.n_frames, motion.fps) == (1, 60)


def _cell(row: int, name: str, value: str) -> Callable[[list[list[str]]], list[list[str]]]:
    def changed(rows: list[list[str]]) -> list[list[str]]:
        rows[row][rows[0].index(name)] = value
        return rows

    return changed


FAULTS = [
    (lambda rows: [], "no Timecode among its columns"),
    (lambda rows: [row[1:] for row in rows], "line 1 has no Timecode among its columns"),
    (lambda rows: [[row[0], row[54]] for row in rows], "none of the columns EyeBlinkLeft"),
    (lambda rows: rows[:1], "no rows with a face"),
    (lambda rows: [[*row, row[2]] for row in rows], "column eyeblinkleft twice"),
    (lambda rows: [*rows[:3], rows[3][:-1], *rows[4:]], "line 4 has 66 columns, its first line 67"),
    (_cell(3, "JawOpen", "x"), "line 4: JawOpen is 'x', expected a number"),
    (_cell(2, "HeadYaw", ""), "line 3: HeadYaw is '', expected a number"),
    (_cell(5, "TongueOut", "nan"), "line 6: TongueOut is 'nan'"),
    (_cell(4, "Timecode", "0.16"), "line 5: the timecode is '0.16', expected HH:MM:SS:FF.mmm"),
    (_cell(4, "Timecode", "00:00:00:01.000"), "line 5: the timecode 00:00:00:01.000 comes before 00:00:00:04.800"),
    (_cell(5, "Timecode", "00:10:00:00.000"), "line 6: the timecode 00:10:00:00.000 leaves a gap of 600 s"),
    (_cell(2, "FramesPerSecond", "30"), "line 3: FramesPerSecond differs from that of line 2"),
    (lambda rows: [rows[0], *([*row[:-1], "0"] for row in rows[1:])], "FramesPerSecond is 0, expected more than 0"),
    (lambda rows: [rows[0], *([rows[1][0], *row[1:]] for row in rows[1:])], "line 3: the timecode stands still"),
]


@pytest.mark.parametrize(("change", "message"), FAULTS, ids=[message for _, message in FAULTS])
def test_a_fault_is_one_line_that_says_where(
    tmp_path: Path, change: Callable[[list[list[str]]], list[list[str]]], message: str
) -> None:
    write(tmp_path / "n.csv", change(table_of(some_motion(5))))
    with pytest.raises(MotionError) as caught:
        read_motion(tmp_path / "n.csv")
    assert str(caught.value).startswith(f"{tmp_path / 'n.csv'}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_ten_minutes_are_exact(tmp_path: Path) -> None:
    motion = some_motion(15000, 25.0)
    write_motion(tmp_path / "m.csv", motion)
    again = read_motion(tmp_path / "m.csv")
    assert again.fps == 25
    np.testing.assert_array_equal(again.blendshapes, motion.blendshapes)
    np.testing.assert_array_equal(again.rotation, motion.rotation)
