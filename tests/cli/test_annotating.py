from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import typer

from style2talker.cli.annotating import annotate
from style2talker.cli.app import run
from style2talker.corpus.track import save_track
from style2talker.emotion.facs import activations
from style2talker.face.tracking import Track

app = typer.Typer()
app.command()(annotate)


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("STYLE2TALKER_MODEL", "OPENAI_BASE_URL", "OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    shapes = np.tile(activations({"12": 0.8}), (3, 1))
    still = np.zeros((3, 478, 3), np.float32)
    path = tmp_path / "M003#happy#level_2#001.npz"
    save_track(path, Track(still, shapes, still[:, 0], np.ones(3, bool), 25.0))
    return path


def test_labels_are_written_and_told(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "labels"
    (tmp_path / "broken.npz").write_bytes(b"x")
    assert run([str(tmp_path), "-o", str(out), "--json"], app) == 0
    line, facts = capsys.readouterr().out.splitlines()
    assert "1 clips, 1 left out" in line and "labels.html" in line
    found = json.loads(facts)
    assert (found["labelled"], found["left_out"]) == (1, 1)
    assert list(json.loads(Path(found["text"]).read_text(encoding="utf-8"))) == ["M003_happy_level_2_001"]


def test_a_dry_run_tells_what_asking_would_cost(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    out = tmp_path / "labels"
    options = [str(clip), "-o", str(out), "--dry-run", "--model", "small", "--price-in", "1", "--price-out", "2"]
    assert run(options, app) == 0
    told = capsys.readouterr().out
    assert 'model = "small"' in told and 'base_url = "http://127.0.0.1:9/v1"' in told
    assert "1 clips in 1 requests" in told and "cost: about 0.00" in told
    assert not out.exists()


def test_a_dry_run_of_the_grammar_asks_nothing(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(clip), "-o", str(tmp_path / "labels"), "--dry-run"], app) == 0
    assert "to ask" not in capsys.readouterr().out


@pytest.mark.parametrize("text", ["keep = 3\nseed = 4\n", "[corpus]\nout = 'x'\n[annotate]\nkeep = 3\nseed = 4\n"])
def test_options_come_from_a_file_and_the_command_line_wins(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    config = tmp_path / "c.toml"
    config.write_text(text, encoding="utf-8")
    assert run([str(clip), "-o", "labels", "--config", str(config), "--seed", "5", "--dry-run"], app) == 0
    told = capsys.readouterr().out
    assert "keep = 3" in told and "seed = 5" in told


@pytest.mark.parametrize(
    ("text", "told"), [("keeep = 3", "did you mean keep"), ("keep = ", "no TOML"), (None, "cannot be read")]
)
def test_a_wrong_file_is_told(
    clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str | None, told: str
) -> None:
    config = tmp_path / "c.toml"
    if text is not None:
        config.write_text(text, encoding="utf-8")
    assert run([str(clip), "-o", "labels", "--config", str(config)], app) == 2
    assert told in capsys.readouterr().err


def test_a_missing_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(tmp_path / "none"), "-o", "labels"], app) == 3
    assert "is not there" in capsys.readouterr().err


def test_a_folder_without_clip_is_told(clip: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(clip), "-o", str(tmp_path / "labels"), "--clip", str(tmp_path / "none")], app) == 4
    assert "vision_model.onnx" in capsys.readouterr().err
