"""Landmarks of made frames against those of filmed ones; the finder is a stand-in that reads a mark in the picture."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from types import TracebackType

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="the train extra is not installed")

from tests.drawn_face import reference_points  # noqa: E402
from tests.train.published.drawn_corpus import make_corpus  # noqa: E402

from style2talker.errors import FaceError  # noqa: E402
from style2talker.records import Portrait  # noqa: E402
from style2talker.train.published.engine.settings import TrainingSettings  # noqa: E402
from style2talker.train.published.engine.state import State, save_state  # noqa: E402
from style2talker.train.published.style_a import heldout, judging  # noqa: E402
from style2talker.train.published.style_a.recipe import StyleARecipe  # noqa: E402
from style2talker.train.published.style_a.task import StyleATask  # noqa: E402


class _Finder:
    """Opens and closes as the real one."""

    def __enter__(self) -> _Finder:
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        return None


def read(pixels: np.ndarray, which: str, finder: object) -> Portrait:
    """A face as far to the right as the picture is bright; a black picture shows none."""
    bright = float(pixels.mean())
    if bright < 5:
        raise FaceError("no face")
    points = reference_points(pixels.shape[0])
    points[:, 0] += bright
    return Portrait(pixels, points, np.zeros(52, np.float32), np.zeros(3, np.float32))


@pytest.fixture(autouse=True)
def finder(monkeypatch: pytest.MonkeyPatch) -> _Finder:
    monkeypatch.setattr(judging, "find_portrait", read)
    monkeypatch.setattr(judging, "FaceFinder", _Finder)
    return _Finder()


def test_distances_are_in_percent_of_that_of_the_eyes(finder: _Finder) -> None:
    truth = torch.zeros(3, 3, 16, 16)
    made = truth.clone()
    made[1] += 20 / 127.5  # twenty grey levels: a face twenty pixels to the right
    made[2] = -1  # black
    mouth, face, found = judging.landmark_errors(made, truth, finder)
    side = judging._SIDE + 2 * (judging._SIDE // 4)
    assert found == 2
    assert mouth == pytest.approx(face)
    assert face == pytest.approx(100 * 20 / (0.3 * side) / 2, rel=0.05)
    assert judging.landmark_errors(truth, truth, finder) == (0, 0, 3)


def test_no_face_anywhere_is_told(finder: _Finder) -> None:
    black = torch.full((2, 3, 16, 16), -1.0)
    mouth, face, found = judging.landmark_errors(black, black, finder)
    assert np.isnan([mouth, face]).all()
    assert found == 0


def test_a_checkpoint_is_judged_beside_the_anchors(tmp_path: Path) -> None:
    corpus = make_corpus(tmp_path / "corpus")
    torch.manual_seed(0)
    task = StyleATask(StyleARecipe.tiny(), corpus)
    weights = {name: network.state_dict() for name, network in task.networks.items()}
    training = dataclasses.asdict(TrainingSettings())
    state = State("style-a", 0, 4, dict(task.describe()), training, weights)
    save_state(tmp_path / "checkpoint.pt", state)
    table = judging.main([str(tmp_path / "checkpoint.pt"), str(corpus)])
    assert (tmp_path / "held_out.md").read_text(encoding="utf-8") == table
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in table.splitlines()]
    assert [row[0] for row in rows] == ["made by", "---", "network", "still", "shift", "mesh"]
    numbers = {row[0]: dict(zip(rows[0][1:], map(float, row[1:]), strict=True)) for row in rows[2:]}
    # Untrained it gives the portrait back; who knows the flow does better.
    assert numbers["network"]["psnr"] == pytest.approx(numbers["still"]["psnr"], abs=0.3)
    assert numbers["mesh"]["psnr"] > numbers["still"]["psnr"]
    assert numbers["still"]["found"] == numbers["network"]["found"] > 0
    held = heldout.HeldOut.of(task.stream("validation", 0), 64)
    frames, opened = heldout.rendered(held.batch, lambda batch: task.render(task.networks, batch))
    assert frames.shape == held.batch["true"].shape
    assert 0 < opened <= 1
    assert torch.equal(heldout.anchors(held.batch)["still"], held.batch["picture"])
    again = judging.judge(task, _Finder())
    assert again["still"]["face"] == pytest.approx(numbers["still"]["face"], rel=1e-3)


def test_guesses_are_measured_alike(tmp_path: Path) -> None:
    task = StyleATask(StyleARecipe.tiny(), make_corpus(tmp_path / "corpus"))
    held = heldout.HeldOut.of(task.stream("validation", 0), 64)
    found = heldout.guesses(held, held.batch["true"])
    assert list(found) == ["", *heldout.anchors(held.batch)]
    own = heldout.likeness(held, found[""])
    assert own["psnr"] > 90 and own["mouth_psnr"] > 90
    assert own["ssim"] == pytest.approx(1)
    assert heldout.likeness(held, found["still"])["psnr"] < own["psnr"]


def test_pixels_are_rounded_and_cut_off() -> None:
    picture = torch.tensor([-2.0, -1.0, 0.0, 1.0, 3.0]).expand(3, 1, 5)
    assert heldout.as_pixels(picture)[0, :, 0].tolist() == [0, 0, 128, 255, 255]
