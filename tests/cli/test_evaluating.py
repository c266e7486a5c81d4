"""`evaluate`: what it writes and says; the judging itself runs on a tracker that needs no model where none is here."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from bad_files import silent_film
from endings import Command, assert_refused, listing
from PIL import Image

from style2talker.cli import evaluating
from style2talker.errors import FaceError
from style2talker.evaluate import judging
from style2talker.evaluate.running import PATHS

FILES = ["clips", "report.html", "results.csv", "results.json", "results.md"]


@pytest.fixture
def faceless(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tracker that never finds a face."""

    def lost(frames):
        raise FaceError(f"no face found in any of {sum(1 for _ in frames)} frames")

    monkeypatch.setattr(judging, "track_cropped", lost)


def portrait(place: Path, side: int = 160) -> np.ndarray:
    with Image.open(place / "portrait.jpg") as picture:
        return np.asarray(picture.convert("RGB").resize((side, side)))


def test_a_pair_is_judged_with_real_faces(place: Path, command: Command, landmarker: Path) -> None:
    pixels = portrait(place, 256)
    silent_film(place / "real.mp4", pixels, frames=6)
    silent_film(place / "made.mp4", np.clip(pixels.astype(int) + 12, 0, 255).astype(np.uint8), frames=6)
    words = ("evaluate", "made.mp4", "--reference", "real.mp4", "-o", "judged", "--json")
    ended = command(*words)
    assert (ended.status, ended.err) == (0, "")
    *_, line, last = ended.out.splitlines()
    assert line == "wrote judged/report.html: 1 clips"
    facts = {"report": "judged/report.html", "results": "judged/results.json", "clips": 1}
    assert json.loads(last) == {**facts, "taken_over": 0, "failed": 0, "left_out": 0}
    assert sorted(path.name for path in (place / "judged").iterdir()) == FILES
    values = json.loads((place / "judged" / "results.json").read_text())["clips"]["made"]
    assert values["generated"]["psnr"] == pytest.approx(20 * np.log10(255 / 12), abs=1.5)
    assert values["generated"]["lmd_px"] < 2
    before = listing(place / "judged")
    again = command(*words)
    assert again.out.splitlines()[-2] == "wrote judged/report.html: 1 clips, 1 of them judged before"
    assert listing(place / "judged") == before


def test_what_is_missing_is_told(place: Path, command: Command, faceless: None) -> None:
    for name in ("made/a.mp4", "made/b.mp4", "real/a.mp4"):
        (place / name).parent.mkdir(exist_ok=True)
        silent_film(place / name, portrait(place, 64), frames=3)
    (place / "made" / "c.mp4").write_bytes(b"no film")
    (place / "real" / "c.mp4").write_bytes(b"no film")
    ended = command("evaluate", "made", "--reference", "real", "-o", "out", "--jobs", "1", "--every", "2")
    assert ended.status == 0
    lines = ended.out.splitlines()
    assert lines[0].startswith("c could not be judged: ")
    assert "left out: b.mp4 has no reference" in lines
    assert "a: generated: no face found in any frame" in lines
    assert lines[-1] == "wrote out/report.html: 1 clips"


def test_a_dry_run_shows_options_that_config_reads(place: Path, command: Command, no_models: None) -> None:
    before = listing(place)
    ended = command("evaluate", "a.mp4", "-o", "out", "--every", "3", "--dry-run")
    assert ended.status == 0
    assert tomllib.loads(ended.out)["evaluate"] == {"every": 3, "jobs": 0, **dict.fromkeys((*PATHS, "emotion"), "")}
    assert "# clips: a.mp4" in ended.out
    assert listing(place) == before
    (place / "sub").mkdir()
    (place / "sub" / "o.toml").write_text(ended.out.replace('art = ""', 'art = "ink.png"'))
    words = ("--config", "sub/o.toml", "--jobs", "2", "--emotion", "happy", "--dry-run")
    again = tomllib.loads(command("evaluate", "a.mp4", "-o", "out", *words).out)["evaluate"]
    assert (again["every"], again["jobs"], again["emotion"], again["art"]) == (3, 2, "happy", "sub/ink.png")


def test_help_has_the_example(command: Command) -> None:
    shown = " ".join(command("evaluate", "--help").out.split())
    assert "Example: style2talker evaluate made.mp4 --reference real.mp4 -o judged" in shown
    assert evaluating.evaluate.__doc__ is not None


def test_bad_words_are_refused(place: Path, command: Command, no_models: None) -> None:
    silent_film(place / "a.mp4", portrait(place, 64), frames=2)
    (place / "o.toml").write_text("evry = 2\n")
    cases = [
        (("a.mp4", "-o", "out", "--every", "0"), 2, "every is 0"),
        (("a.mp4", "-o", "out", "--config", "o.toml"), 2, "did you mean every"),
        (("gone.mp4", "-o", "out"), 3, "gone.mp4 does not exist"),
        (("portrait.jpg", "-o", "out"), 3, "portrait.jpg"),
        (("a.mp4", "-o", "portrait.jpg"), 1, "is a file: name a folder"),
        (("a.mp4", "-o", "portrait.jpg/out"), 1, "cannot be made"),
        (("a.mp4", "-o", "out"), 4, "face_landmarker"),
    ]
    for words, status, says in cases:
        assert_refused(command("evaluate", *words), status, says)
