"""The examples run as their first lines say, and do what they say."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from style2talker.assets.store import package_data, verify
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


def test_edit_motion_writes_a_clip(arguments: tuple[str, str], tmp_path: Path) -> None:
    out = tmp_path / "wink.mp4"
    _run("edit_motion.py", *arguments, str(out))
    assert out.read_bytes()[4:8] == b"ftyp"


def test_a_wink_closes_one_eye_for_a_moment_and_the_head_turns_the_other_way() -> None:
    with_a_wink = runpy.run_path(str(EXAMPLES / "edit_motion.py"))["with_a_wink"]
    rng = np.random.default_rng(3)
    still = Motion(np.zeros((29, 52)), rng.normal(0, 0.1, (29, 3)), np.zeros((29, 3)))
    winking = with_a_wink(still)
    left = winking.blendshapes[:, ARKIT_NAMES.index("eyeBlinkLeft")]
    assert left.max() > 0.9
    assert left[0] == left[-1] == 0
    assert not winking.blendshapes[:, ARKIT_NAMES.index("eyeBlinkRight")].any()
    np.testing.assert_array_equal(winking.rotation[:, 1], -still.rotation[:, 1])
    np.testing.assert_array_equal(winking.rotation[:, 0], still.rotation[:, 0])
