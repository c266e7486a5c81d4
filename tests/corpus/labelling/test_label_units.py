from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from style2talker.corpus.labelling.units import LABELLED, clip_mean, read_openface, unit_intensities
from style2talker.emotion.facs import activations
from style2talker.errors import InputError


@pytest.mark.parametrize("unit", [unit for unit in LABELLED if unit != "23"])
def test_a_drawn_unit_is_measured_again(unit: str) -> None:
    found = unit_intensities(activations({unit: 0.6}))
    assert found[unit] == pytest.approx(0.6, abs=1e-3)
    assert sum(found.values()) == pytest.approx(0.6, abs=2e-3)


def test_tightened_lips_are_pressed_and_rolled_in() -> None:
    found = unit_intensities(activations({"23": 0.8}))
    assert "23" not in found
    assert {unit for unit, value in found.items() if value > 0.01} == {"24", "28"}


def test_a_mixture_is_taken_apart() -> None:
    drawn = {"1": 0.5, "2": 0.3, "5": 0.4, "26": 0.7, "20": 0.25}
    found = unit_intensities(activations(drawn))
    assert {unit: value for unit, value in found.items() if value > 0.01} == pytest.approx(drawn, abs=2e-3)


def test_the_face_at_rest_is_taken_off() -> None:
    rest = activations({"7": 0.4, "18": 0.3})
    now = activations({"7": 0.4, "18": 0.1, "12": 0.5})
    found = unit_intensities(now, rest)
    assert found["12"] == pytest.approx(0.5, abs=1e-3)
    assert found["7"] == pytest.approx(0.0, abs=1e-3)
    assert found["18"] == 0.0


def test_looking_aside_is_no_expression() -> None:
    assert max(unit_intensities(activations({"63": 1.0, "30L": 0.5, "mouthR": 0.5})).values()) < 0.01


def test_the_mean_leaves_out_frames_without_a_face() -> None:
    frames = np.zeros((5, 52), np.float32)
    frames[3:] = 0.9
    assert clip_mean(frames, np.array([1, 1, 1, 0, 0], bool)).max() == 0
    with pytest.raises(InputError, match="a face in 40% of the frames"):
        clip_mean(frames, np.array([0, 0, 0, 1, 1], bool))
    with pytest.raises(InputError, match="a face in 0%"):
        clip_mean(frames[:0], np.zeros(0, bool))
    with pytest.raises(InputError, match="not finite"):
        clip_mean(frames * np.float32(np.nan), np.ones(5, bool))


def _openface(folder: Path, rows: list[str]) -> Path:
    path = folder / "clip.csv"
    path.write_text("frame, success, AU01_r, AU12_r, AU45_r, AU12_c\n" + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_openface_is_read_over_tracked_frames(tmp_path: Path) -> None:
    path = _openface(tmp_path, ["1, 1, 0.5, 2.0, 1, 1", "2, 1, 1.5, 3.0, 1, 1", "3, 0, 5, 5, 5, 1"])
    assert read_openface(path) == {"1": 0.2, "12": 0.5}


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ([], "no column"),
        (["1, 0, 1, 1, 1, 1", "2, 0, 1, 1, 1, 1", "3, 1, 1, 1, 1, 1"], "1 of 3 frames"),
        (["1, 1, x, 1, 1, 1"], "no number"),
        (["1, 1"], "no number"),
    ],
)
def test_an_unusable_openface_file_is_named(tmp_path: Path, rows: list[str], complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        read_openface(_openface(tmp_path, rows))


def test_a_missing_openface_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_openface(tmp_path / "none.csv")
