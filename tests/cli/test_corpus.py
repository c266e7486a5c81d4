"""`style2talker corpus …`: what it makes, what it refuses, and what it tells."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
from endings import Command

from style2talker.cli import corpus as module
from style2talker.cli.corpus import corpus_app, crop, inspect, landmarks, mel, pack, run_plan, split, stylize, track
from style2talker.corpus.labelling.options import AnnotateOptions
from style2talker.corpus.manifest import ClipRow, Mark, read_manifest, write_manifest
from style2talker.corpus.outcome import Place
from style2talker.corpus.runner import Summary, run_stage
from style2talker.corpus.stages import STAGES
from style2talker.media.audio import Sound
from style2talker.media.writer import VideoWriter


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a recording of two seconds of sound and no face, and stages that run in this process."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "raw").mkdir()
    voice = Sound(0.3 * np.sin(np.arange(32000) / 4).astype(np.float32), 16000)
    with VideoWriter(tmp_path / "raw" / "M003#sad#level_1#001.mp4", 128, 96, 25, voice, 50) as out:
        for index in range(50):
            out.write(np.full((96, 128, 3), 60 + index, np.uint8))
    monkeypatch.setattr(module, "_run", _here)
    return tmp_path


def _here(place: Place, name: str, options: object, workers: module.Workers) -> Summary:
    return run_stage(place, STAGES[name], options, 0, None, workers[2])


def test_stage_after_stage(here: Path, command: Command) -> None:
    done = command("corpus", "crop", "raw", "-o", "c", "--box", "whole", "--size", "64", "--licence", "mine")
    assert (done.status, done.err) == (0, "")
    assert re.fullmatch(r"crop: 1 done \(50 frames in \d+\.\d s\)\n", done.out)
    done = command("corpus", "split", "c", "--seconds", "1", "--json")
    facts = json.loads(done.out.splitlines()[-1])
    (stage,) = facts["stages"]
    assert stage.pop("seconds") > 0
    assert stage == {"stage": "split", "done": 1, "skipped": 0, "failed": 0, "unchanged": 0, "frames": 50}
    assert command("corpus", "mel", "c").out.startswith("mel: 2 done (50 frames in ")
    assert command("corpus", "mel", "c").out == "mel: 2 unchanged\n"
    assert command("corpus", "landmarks", "c").out == "landmarks: no clips\n"
    assert command("corpus", "sync", "c").out == "sync: no clips\n"
    assert command("corpus", "pack", "c", "--size", "32").out.startswith("pack: 2 done")
    row = read_manifest(here / "c").rows["M003#sad#level_1#001_2"]
    assert (row.licence, row.frames, row.files["lmdb"]) == ("mine", 25, "lmdb/32/data.mdb")
    told = command("corpus", "inspect", "c", "-o", ".", "--json")
    assert "2 clips of 1 recordings" in told.out
    assert json.loads(told.out.splitlines()[-1])["clips"] == 2
    assert (here / "inspect.html").is_file()
    assert (here / "inspect.png").is_file()


def test_a_plan_is_run_and_says_what_was_skipped(here: Path, command: Command) -> None:
    plan = here / "plan.toml"
    plan.write_text(
        '[corpus]\nsources = ["raw"]\nstages = ["crop", "mel"]\n[people]\ntest = ["M003"]\n'
        '[crop]\nbox = "whole"\nmin_frames = 60\n'
    )
    done = command("corpus", "run", "plan.toml")
    assert (done.status, done.out) == (0, "crop: 1 skipped\nmel: no clips\nthe reasons are in corpus/report.jsonl\n")
    plan.write_text(plan.read_text().replace("60", "20"))
    assert re.fullmatch(r"crop: 1 done .*\nmel: 1 done .*\n", command("corpus", "run", "plan.toml").out)
    shown = command("corpus", "run", "plan.toml", "--dry-run").out
    assert '[crop]\nsize = 256\nmargin = 0.1\nbox = "whole"' in shown
    assert 'sources = ["raw"]' in shown


def test_labels_are_part_of_a_plan(here: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(module, "_label", lambda folder, options: asked.append((folder, options)))
    Path("plan.toml").write_text(
        '[corpus]\nsources = ["raw"]\nstages = ["crop", "annotate"]\n[crop]\nbox = "whole"\n[annotate]\nkeep = 3\n'
    )
    assert command("corpus", "run", "plan.toml").status == 0
    assert asked == [(Path("corpus"), AnnotateOptions(keep=3))]


def test_labels_lie_in_the_corpus(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[object] = []
    monkeypatch.setattr("style2talker.corpus.annotate.prepare", lambda *words: calls.append(words) or "job")
    monkeypatch.setattr("style2talker.corpus.annotate.annotate", lambda job, progress: calls.append(job))
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    module._label(Path("c"), AnnotateOptions())
    assert calls == [([Path("c")], Path("c/labels"), AnnotateOptions(), None), "job"]


def test_options_come_from_a_file_and_the_command_line_wins(here: Path, command: Command) -> None:
    Path("all.toml").write_text("[crop]\nsize = 128\nmargin = 0.3\n[pack]\nquality = 97\n")
    shown = command("corpus", "crop", "raw", "-o", "c", "--config", "all.toml", "--size", "64", "--dry-run").out
    assert "size = 64\nmargin = 0.3\n" in shown
    assert "quality = 97" in command("corpus", "pack", "c", "--config", "all.toml", "--dry-run").out
    assert command("corpus", "sync", "c", "--most", "4", "--dry-run").out == "[sync]\nmost = 4\n"
    assert command("corpus", "track", "c", "--min-coverage", "0.5", "--dry-run").out == (
        '[track]\nmin_coverage = 0.5\ndeep3d = ""\n'
    )
    assert not (here / "c").exists()


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["crop", "raw", "-o", "c", "--size", "63"], 2, "size is 63, a video needs an even number"),
        (["crop", "gone", "-o", "c"], 3, "gone does not exist"),
        (["crop", "raw", "-o", "c", "--layout", "meed"], 2, "did you mean mead"),
        (["crop", "raw", "-o", "c", "--test", "M004"], 2, "names M004, who is not in the corpus: did you mean M003"),
        (["split", "gone"], 2, "gone is no corpus, it has no manifest.jsonl"),
        (["inspect", "raw"], 2, "raw is no corpus"),
        (["pack", "raw", "--quality", "75"], 2, "quality is 75, allowed is 95 to 100"),
        (["run", "gone.toml"], 2, "gone.toml cannot be read"),
        (["split", "raw", "--config", "gone.toml"], 2, "gone.toml cannot be read"),
        (["mel", "raw", "--jobs", "-1"], 2, "--jobs"),
    ],
)
def test_wrong_words_are_refused(here: Path, command: Command, words: list[str], status: int, says: str) -> None:
    done = command("corpus", *words)
    assert done.status == status
    assert says in done.err
    assert done.err.count("\n") == 1


def test_failures_are_an_error(here: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    write_manifest(here, {"a": ClipRow("a", "a", "h", "p").marked("crop", Mark("k"))})
    monkeypatch.setattr(module, "_run", lambda *_: Summary("mel", done=1, failed=2, frames=9, seconds=0.5))
    done = command("corpus", "mel", ".")
    assert done.status == 1
    assert done.out == "mel: 1 done, 2 failed (9 frames in 0.5 s)\nthe reasons are in report.jsonl\n"
    assert "2 clips failed, the reasons are in report.jsonl: run it again" in done.err


def test_as_many_processes_as_cores(here: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    monkeypatch.chdir(here)
    asked: list[object] = []
    monkeypatch.setattr("os.cpu_count", lambda: 7)
    monkeypatch.setattr("style2talker.corpus.runner.run_stage", lambda *words: asked.append(words[3]) or Summary("mel"))
    write_manifest(here, {})
    command("corpus", "mel", ".")
    command("corpus", "mel", ".", "--jobs", "2")
    assert asked == [7, 2]


def test_help_has_an_example_for_every_stage(command: Command) -> None:
    for function in (crop, inspect, landmarks, mel, pack, run_plan, split, track):
        assert f"Example: style2talker corpus {function.__name__.removesuffix('_plan')}" in (function.__doc__ or "")
    assert "learned linear map" in command("corpus", "track", "--help").out
    assert corpus_app.info.help == "From folders of videos to training data."


def test_stylize_takes_the_options_of_an_art(here: Path, command: Command) -> None:
    assert stylize.__doc__ is not None
    command("corpus", "crop", "raw", "-o", "c", "--box", "whole", "--size", "64")
    told = command("corpus", "stylize", "c", "--art", "comic", "--art-degree", "0.5", "--keep-color", "--dry-run")
    assert told.out.startswith('[stylize]\nart = "comic"\nart_degree = 0.5\nart_structure = 0.3\nkeep_color = true\n')
    assert command("corpus", "stylize", "c", "--art", "comic").out == "stylize: no clips\n"  # none is tracked
    refused = command("corpus", "stylize", "c", "--art", "comix")
    assert refused.status == 2
    assert "did you mean comic?" in refused.err
