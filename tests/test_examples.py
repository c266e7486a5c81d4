"""The examples run as their first lines say, and do what they say."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import wave
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import pytest
from PIL import Image
from scipy.spatial.transform import Rotation

from style2talker.assets.store import package_data, verify
from style2talker.face.pose import rotation_matrix
from style2talker.media.motion import read_motion, write_motion
from style2talker.records import ARKIT_NAMES, Motion

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.fixture
def arguments(tmp_path: Path) -> tuple[str, str]:
    """The bundled portrait, and the first words of the bundled speech."""
    if not verify("face_landmarker") and "CI" not in os.environ:
        pytest.skip("the model file face_landmarker is not here: style2talker assets pull face_landmarker")
    short = tmp_path / "speech.wav"
    with wave.open(str(package_data("example/speech.wav"))) as whole, wave.open(str(short), "wb") as part:
        part.setparams(whole.getparams())
        part.writeframes(whole.readframes(whole.getframerate()))
    return str(package_data("example/portrait.jpg")), str(short)


def _run(name: str, *words: str) -> None:
    done = subprocess.run([sys.executable, str(EXAMPLES / name), *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_feelings_writes_a_sheet_of_different_faces(arguments: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "sheet.png"
    _run("feelings.py", *arguments, str(out))
    with Image.open(out) as sheet:
        pixels = np.asarray(sheet, dtype=np.float32)
    assert pixels.shape == (384, 768, 3)
    tiles = [pixels[y : y + 192, x : x + 192] for y in (0, 192) for x in range(0, 768, 192)]
    assert min(np.abs(a - tiles[0]).mean() for a in tiles[1:]) > 0.2


def _some_motion(frames: int = 20, fps: float = 25.0) -> Motion:
    rng = np.random.default_rng(3)
    pose = rng.normal(0, 0.1, (2, frames, 3)).astype(np.float32)
    return Motion(rng.uniform(0, 0.5, (frames, 52)).astype(np.float32), pose[0], pose[1], fps)


def _shape(motion: Motion, name: str) -> np.ndarray:
    return motion.blendshapes[:, ARKIT_NAMES.index(name)]


def test_edit_motion_edits_a_file(tmp_path: Path) -> None:
    motion = _some_motion()
    write_motion(tmp_path / "in.csv", motion)
    write_motion(tmp_path / "still.json", Motion(np.zeros((1, 52)), np.zeros((1, 3)), np.zeros((1, 3)), 30))
    options = ["--smile", "3", "--head", "0", "--speed", "0.5", "--mirror", "--blend", str(tmp_path / "still.json")]
    _run("edit_motion.py", str(tmp_path / "in.csv"), str(tmp_path / "out.npz"), *options, "--weight", "0.25")
    edited = read_motion(tmp_path / "out.npz")
    assert (edited.n_frames, edited.fps) == (40, 25)
    assert not edited.rotation.any()
    smile = np.minimum(_shape(motion, "mouthSmileLeft") * 3, 1) * 0.75
    np.testing.assert_allclose(_shape(edited, "mouthSmileRight")[::2], smile, atol=1e-6)
    np.testing.assert_allclose(_shape(edited, "jawOpen")[::2], _shape(motion, "jawOpen") * 0.75, atol=1e-6)


def test_each_edit_of_a_motion_does_one_thing() -> None:
    edits = runpy.run_path(str(EXAMPLES / "edit_motion.py"))
    motion = _some_motion()
    mirrored = edits["mirrored"](motion)
    for left, right in (("jawLeft", "jawRight"), ("eyeLookInLeft", "eyeLookInRight"), ("browInnerUp", "browInnerUp")):
        np.testing.assert_array_equal(_shape(mirrored, left), _shape(motion, right))
    np.testing.assert_array_equal(mirrored.rotation[:, 1], -motion.rotation[:, 1])
    np.testing.assert_array_equal(mirrored.rotation[:, 0], motion.rotation[:, 0])
    np.testing.assert_array_equal(edits["mirrored"](mirrored).blendshapes, motion.blendshapes)
    np.testing.assert_array_equal(edits["held"](motion, 0.5).rotation, motion.rotation * np.float32(0.5))
    fast = edits["retimed"](motion, 2.0)
    assert (fast.n_frames, fast.fps) == (10, 25)
    np.testing.assert_allclose(fast.blendshapes, motion.blendshapes[::2], atol=1e-6)
    louder = edits["exaggerated"](motion, 4.0, ("jaw",))
    np.testing.assert_array_equal(_shape(louder, "jawOpen"), np.minimum(_shape(motion, "jawOpen") * 4, 1))
    np.testing.assert_array_equal(_shape(louder, "mouthClose"), _shape(motion, "mouthClose"))
    other = Motion(1 - motion.blendshapes, -motion.rotation, motion.translation, 25)
    np.testing.assert_allclose(edits["blended"](motion, other, 0.5).blendshapes, 0.5, atol=1e-6)


class _Keyed:
    """Something of Blender's that can be keyed: remembers the value that each keyframe found."""

    def __init__(self, name: str = "") -> None:
        self.name = name
        self.pose = None
        self.rotation_mode = "QUATERNION"
        self.keys: list[tuple[str, float, object]] = []

    def keyframe_insert(self, data_path: str, *, frame: float) -> bool:
        self.keys.append((data_path, frame, getattr(self, data_path)))
        return True


class _FakeBlender(ModuleType):
    """What the example touches of bpy, and no more: it stores and records, so that a wrong name fails."""

    def __init__(self, *shapes: str) -> None:
        super().__init__("bpy")
        self.blocks = {name: _Keyed(name) for name in shapes}
        self.render = SimpleNamespace(fps=24, fps_base=1.0)
        self.scene = SimpleNamespace(render=self.render, frame_start=1, frame_end=250)
        shape_keys = SimpleNamespace(key_blocks=list(self.blocks.values())) if shapes else None
        mesh = SimpleNamespace(name="Face", type="MESH", data=SimpleNamespace(shape_keys=shape_keys))
        self.context = SimpleNamespace(object=mesh, scene=self.scene)
        self.head, self.bone = _Keyed("Head"), _Keyed("head")
        rig = SimpleNamespace(pose=SimpleNamespace(bones={"head": self.bone}))
        self.data = SimpleNamespace(objects={"Head": self.head, "Rig": rig})


def _play(monkeypatch: pytest.MonkeyPatch, blender: _FakeBlender, *words: str) -> None:
    monkeypatch.setitem(sys.modules, "bpy", blender)
    monkeypatch.setattr(sys, "argv", ["blender", "face.blend", "--python", "blender_play.py", "--", *words])
    runpy.run_path(str(EXAMPLES / "blender_play.py"), run_name="__main__")


@pytest.mark.parametrize("suffix", ["csv", "json", "npz"])
@pytest.mark.parametrize(("fps", "whole"), [(25.0, 25), (30000 / 1001, 30)])
def test_blender_keys_every_frame(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, suffix: str, fps: float, whole: int
) -> None:
    motion = _some_motion(50, fps)
    write_motion(tmp_path / f"m.{suffix}", motion)
    blender = _FakeBlender("Basis", "jawOpen", "MouthSmileLeft", "Fang")
    _play(monkeypatch, blender, str(tmp_path / f"m.{suffix}"), "--head", "Head", "--start", "11")
    for name, column in (("jawOpen", "jawOpen"), ("MouthSmileLeft", "mouthSmileLeft")):
        paths, frames, values = zip(*blender.blocks[name].keys, strict=True)
        assert set(paths) == {"value"}
        assert frames == tuple(range(11, 61))
        np.testing.assert_allclose(values, _shape(motion, column), atol=1e-7)
    assert not blender.blocks["Basis"].keys
    assert not blender.blocks["Fang"].keys
    assert (blender.render.fps, blender.render.fps / blender.render.fps_base) == (whole, pytest.approx(fps))
    assert (blender.scene.frame_start, blender.scene.frame_end) == (11, 60)
    paths, frames, angles = zip(*blender.head.keys, strict=True)
    assert (blender.head.rotation_mode, set(paths), frames) == ("XZY", {"rotation_euler"}, tuple(range(11, 61)))
    np.testing.assert_allclose(angles, motion.rotation[:, [0, 2, 1]], atol=1e-7)


def _turned(angles: tuple[float, ...], order: str) -> np.ndarray:
    """The matrix that Blender makes of `rotation_euler` in a `rotation_mode`: the first letter turns first."""
    axes = dict(zip("XYZ", angles, strict=True))
    return Rotation.from_euler(order.lower(), [axes[letter] for letter in order]).as_matrix()


def test_the_head_turns_in_blender_as_it_does_in_the_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    angles = np.array([[0.2, 0.5, -0.3]])
    write_motion(tmp_path / "m.npz", Motion(np.zeros((1, 52)), angles, np.zeros((1, 3))))
    for head in ("Head", "Rig:head"):
        blender = _FakeBlender("jawOpen")
        _play(monkeypatch, blender, str(tmp_path / "m.npz"), "--head", head)
        keyed = blender.head if head == "Head" else blender.bone
        found = _turned(keyed.keys[0][2], keyed.rotation_mode)
        # Rows: where x, y and z of the camera (right in the picture, down, away) lie in the world, and in the bone.
        world = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]] if head == "Head" else [[1, 0, 0], [0, -1, 0], [0, 0, -1]])
        np.testing.assert_allclose(world @ found @ world.T, rotation_matrix(angles[0]), atol=1e-6)


def test_blender_keeps_its_rate_for_a_recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = ["Timecode,BlendShapeCount,JawOpen,HeadYaw", "12:00:59:59.000,61,0.1,0.2", "12:01:00:00.500,0,0,0"]
    (tmp_path / "m.csv").write_text("\n".join([*rows, "12:01:00:04.000,61,0.3,0.4"]))
    blender = _FakeBlender("jawOpen")
    _play(monkeypatch, blender, str(tmp_path / "m.csv"), "--head", "Rig:head")
    assert blender.blocks["jawOpen"].keys == [("value", 1.0, 0.1), ("value", 3.0, 0.3)]
    assert blender.bone.keys[1] == ("rotation_euler", 3.0, (0.0, -0.4, -0.0))
    assert (blender.render.fps, blender.scene.frame_end) == (24, 3)


@pytest.mark.parametrize(
    ("shapes", "words", "message"),
    [
        ((), ("m.json",), "no mesh with shape keys"),
        (("Fang",), ("m.json",), "no shape key with an ARKit name"),
        (("jawOpen",), ("m.json", "--head", "Tail"), "there is no Tail"),
        (("jawOpen",), ("m.json", "--head", "Rig:tail"), "there is no Rig:tail"),
        (("jawOpen",), ("m.json", "--head", "Head:head"), "there is no Head:head"),
        (("jawOpen",), ("m.bvh",), "no motion file"),
        (("jawOpen",), ("gone.json",), r"gone\.json cannot be read as a motion"),
    ],
)
def test_blender_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shapes: tuple[str, ...], words: tuple[str, ...], message: str
) -> None:
    write_motion(tmp_path / "m.json", _some_motion(2))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=message):
        _play(monkeypatch, _FakeBlender(*shapes), *words)
