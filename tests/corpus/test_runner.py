"""A corpus is made once, whole, and the same, by any number of processes, whatever kills them."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from made_videos import clicks, picture, write_video

from style2talker.corpus import workers as workers_module
from style2talker.corpus.manifest import MANIFEST, ClipRow, Mark, read_manifest
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.runner import REPORT, Summary, locked, run_stage, write_report
from style2talker.corpus.settings import (
    CorpusOptions,
    CropOptions,
    NoOptions,
    PackOptions,
    PeopleOptions,
    SplitOptions,
)
from style2talker.corpus.sources import hash_file, open_sources
from style2talker.corpus.stages import STAGES, Stage, stage_key, tool_versions
from style2talker.corpus.workers import Result, perform, results
from style2talker.errors import AssetError, InputError, OutputError, UsageError

WHOLE = CropOptions(size=64, box="whole", min_frames=10)
PLAN = """
[corpus]
sources = ["raw"]
out = "OUT"
licence = "test only"
stages = ["crop", "split", "mel", "pack"]
[people]
test = ["M009"]
[crop]
size = 64
box = "whole"
min_frames = 10
[split]
seconds = 0.8
min_tail = 0.2
[pack]
size = 64
"""


@pytest.fixture(scope="session")
def raw(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `raw`: four people, one of them without sound, one too short, and a copy under another name."""
    folder = tmp_path_factory.mktemp("recordings")
    for number, name in enumerate(["M003#angry#level_1#001", "M009#sad#level_2#001", "M011#happy#level_3#001"]):
        frames = [picture([(40 + 2 * i, 60)], ground=40 + 20 * number) for i in range(45)]
        write_video(folder / "raw" / f"{name}.mp4", frames, sound=clicks((0.4, 1.2), 1.8) if number < 2 else None)
    write_video(folder / "raw" / "WRA_Short_000.mp4", [picture([(40, 60)])] * 4)
    copy = folder / "raw" / "M012#happy#level_3#001.mp4"
    copy.write_bytes((folder / "raw" / "M011#happy#level_3#001.mp4").read_bytes())
    return folder


def described(out: str = "corpus", layout: str = "auto") -> CorpusOptions:
    return CorpusOptions(("raw",), out, layout, "test only")


def make(raw: Path, out: Path, *flags: str) -> dict[str, Summary]:
    """Run the plan in a process of its own, as a user would; linear algebra has one thread in it."""
    done = subprocess.run(command(raw, out, *flags), capture_output=True, text=True, check=True)
    summaries = [Summary(**each) for each in json.loads(done.stdout.splitlines()[-1])["stages"]]
    return {each.stage: each for each in summaries}


def command(raw: Path, out: Path, *flags: str) -> list[str]:
    """The words of a run; its plan is written beside the recordings."""
    plan = raw / f"{hashlib.sha256(str(out).encode()).hexdigest()[:12]}.toml"
    plan.write_text(PLAN.replace("OUT", str(out)))
    return [sys.executable, "-m", "style2talker", "corpus", "run", str(plan), "--json", *flags]


def content(folder: Path) -> dict[str, str]:
    """Hash of every file of a corpus but the cache of hashes, whose facts are of the source files."""
    files = [path for path in folder.rglob("*") if path.is_file() and path.name != ".sources.jsonl"]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="session")
def made(raw: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Summary]]:
    out = tmp_path_factory.mktemp("made") / "corpus"
    return out, make(raw, out, "--jobs", "1")


def test_every_recording_is_made_or_has_a_reason(made: tuple[Path, dict[str, Summary]]) -> None:
    out, summaries = made
    assert summaries == {
        "crop": Summary("crop", done=3, skipped=1),
        "split": Summary("split", done=3),
        "mel": Summary("mel", done=4, skipped=2),
        "pack": Summary("pack", done=6),
    }
    table = read_manifest(out)
    rows = {row.clip: row for row in table.leaves() if "video" in row.files}
    assert sorted(rows) == [
        f"{a}#001_{k}" for a in ("M003#angry#level_1", "M009#sad#level_2", "M011#happy#level_3") for k in (1, 2)
    ]
    piece = rows["M009#sad#level_2#001_2"]
    assert (piece.person, piece.emotion, piece.level, piece.view, piece.split) == ("M009", "sad", 2, "front", "test")
    assert (piece.frames, piece.start, piece.licence, piece.fps) == (20, 0.8, "test only", 25.0)
    assert piece.source == "M009#sad#level_2#001.mp4"
    assert piece.versions["style2talker"] == tool_versions(STAGES["crop"])["style2talker"]
    assert rows["M003#angry#level_1#001_1"].split == "train"
    for role in ("video", "sound", "mel", "lmdb"):
        assert (out / piece.files[role]).is_file()
    lines = [json.loads(line) for line in (out / REPORT).read_text().splitlines()]
    assert {(line["clip"], line["stage"], line["status"]): line["reason"] for line in lines} == {
        ("(not used) M012#happy#level_3#001.mp4", "scan", "skipped"): (
            "M012#happy#level_3#001.mp4 is the same file as M011#happy#level_3#001.mp4"
        ),
        ("M011#happy#level_3#001_1", "mel", "skipped"): "the clip has no sound",
        ("M011#happy#level_3#001_2", "mel", "skipped"): "the clip has no sound",
        ("M003#angry#level_1#001", "split", "note"): "left out a tail of 0.20 s",
        ("M009#sad#level_2#001", "split", "note"): "left out a tail of 0.20 s",
        ("M011#happy#level_3#001", "split", "note"): "left out a tail of 0.20 s",
        ("WRA_Short_000", "crop", "skipped"): "only 4 frames on end can be used, at least 10 are wanted",
    }
    text = (out / MANIFEST).read_text()
    assert str(out) not in text


def test_a_second_run_does_nothing(raw: Path, made: tuple[Path, dict[str, Summary]]) -> None:
    out, _ = made
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and path.name != ".lock"}
    again = make(raw, out, "--jobs", "2")
    assert [(each.done, each.skipped, each.failed) for each in again.values()] == [(0, 0, 0)] * 4
    assert again["pack"].unchanged == 6
    after = {path: path.stat().st_mtime_ns for path in out.rglob("*") if path.is_file() and path.name != ".lock"}
    assert after == before


def test_two_processes_make_the_same_bytes(raw: Path, made: tuple[Path, dict[str, Summary]], tmp_path: Path) -> None:
    make(raw, tmp_path / "corpus", "--jobs", "2")
    assert content(tmp_path / "corpus") == content(made[0])


def test_a_killed_run_goes_on_to_the_same_bytes(
    raw: Path, made: tuple[Path, dict[str, Summary]], tmp_path: Path
) -> None:
    out = tmp_path / "corpus"
    delays = random.Random(5)
    for jobs in ("2", "1"):
        process = subprocess.Popen(
            command(raw, out, "--jobs", jobs), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        begun = time.monotonic()
        # Killed at a random time after the first clip is there.
        while process.poll() is None and not list(out.glob("clips/*.mp4")) and time.monotonic() - begun < 60:
            time.sleep(0.02)
        time.sleep(delays.uniform(0, 0.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
    make(raw, out)
    assert content(out) == content(made[0])


@pytest.fixture
def place(raw: Path, tmp_path: Path) -> Place:
    """A corpus of its own, cropped."""
    place = open_sources(described(str(tmp_path / "corpus")), PeopleOptions(("M009",)), raw)
    run_stage(place, STAGES["crop"], WHOLE)
    return place


def test_what_changed_is_done_again_and_what_is_gone_by_it_is_removed(place: Place) -> None:
    split = SplitOptions(seconds=0.8, min_tail=0.2)
    run_stage(place, STAGES["split"], split)
    assert run_stage(place, STAGES["mel"], NoOptions()).done == 4
    first = place.path("clips/M003#angry#level_1#001_1.mp4")
    first.unlink()
    assert run_stage(place, STAGES["split"], split) == Summary("split", done=1, unchanged=2)
    # Its pieces are new rows, so that what was made of them is made again.
    assert run_stage(place, STAGES["mel"], NoOptions()) == Summary("mel", done=2, unchanged=4)
    assert run_stage(place, STAGES["split"], SplitOptions(seconds=1.0, min_tail=0.2)).done == 3
    assert not list(place.folder.glob("mel/*"))
    run_stage(place, STAGES["split"], SplitOptions())
    leaves = [row.clip for row in read_manifest(place.folder).leaves() if row.files]
    assert leaves == ["M003#angry#level_1#001", "M009#sad#level_2#001", "M011#happy#level_3#001"]
    assert list(place.folder.glob("*/*_[12].*")) == []
    run_stage(place, STAGES["crop"], dataclasses.replace(WHOLE, size=32))
    assert run_stage(place, STAGES["split"], SplitOptions()).done == 3


def test_skipped_clips_are_tried_again_on_request(place: Place) -> None:
    assert run_stage(place, STAGES["crop"], WHOLE) == Summary("crop", unchanged=4)
    assert run_stage(place, STAGES["crop"], WHOLE, retry=True) == Summary("crop", skipped=1, unchanged=3)


def test_a_stage_that_fails_at_a_clip_goes_on_and_tries_again(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    good = STAGES["mel"]

    def bad(row: ClipRow, where: Place, options: NoOptions) -> Outcome:
        if row.person == "M003":
            raise ZeroDivisionError(f"in {where.folder}/x")
        return good.work(row, where, options)

    monkeypatch.setitem(STAGES, "mel", dataclasses.replace(good, work=bad))
    told: list[tuple[str, int, int]] = []
    found = run_stage(place, STAGES["mel"], NoOptions(), progress=lambda *facts: told.append(facts))
    assert found == Summary("mel", done=1, skipped=1, failed=1)
    assert told == [("mel", 1, 3), ("mel", 2, 3), ("mel", 3, 3)]
    mark = read_manifest(place.folder).rows["M003#angry#level_1#001"].marks["mel"]
    assert (mark.status, mark.reason) == ("failed", "internal error, ZeroDivisionError: in x")
    monkeypatch.setitem(STAGES, "mel", good)
    assert run_stage(place, STAGES["mel"], NoOptions()) == Summary("mel", done=1, unchanged=2)


@pytest.mark.parametrize("error", [AssetError("no model"), OutputError("no space"), UsageError("no package")])
def test_what_no_clip_could_survive_ends_the_run(
    place: Place, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def bad(row: ClipRow, where: Place, options: NoOptions) -> Outcome:
        if row.person == "M009":
            raise error
        return Outcome(row)

    monkeypatch.setitem(STAGES, "mel", dataclasses.replace(STAGES["mel"], work=bad))
    with pytest.raises(type(error)):
        run_stage(place, STAGES["mel"], NoOptions())
    rows = read_manifest(place.folder).rows
    assert rows["M003#angry#level_1#001"].marks["mel"].status == "done"
    assert "mel" not in rows["M009#sad#level_2#001"].marks
    assert not (place.folder / "journal.jsonl").exists()


def test_one_run_at_a_time_and_nothing_half_written_stays(tmp_path: Path) -> None:
    (tmp_path / "clips").mkdir()
    left = [tmp_path / "clips" / ".a#1.123-0a1b2c3d.mp4", tmp_path / ".manifest.9-ffffffff.jsonl"]
    for path in [*left, tmp_path / "clips" / ".keep"]:
        path.touch()
    with locked(tmp_path):
        assert not any(path.exists() for path in left)
        assert (tmp_path / "clips" / ".keep").exists()
        if sys.platform != "win32":
            with pytest.raises(UsageError, match="another run is at work"), locked(tmp_path):
                pass
    with locked(tmp_path):
        pass


def test_a_key_depends_on_all_that_came_before(made: tuple[Path, dict[str, Summary]]) -> None:
    row = read_manifest(made[0]).rows["M003#angry#level_1#001"]
    stage = STAGES["track"]
    key = stage_key(stage, row, WHOLE)
    assert key == stage_key(stage, dataclasses.replace(row, licence="x", split="test"), WHOLE)
    others = [
        stage_key(STAGES["mel"], row, WHOLE),
        stage_key(stage, row, dataclasses.replace(WHOLE, size=66)),
        stage_key(stage, dataclasses.replace(row, source_hash="x"), WHOLE),
        stage_key(stage, row.marked("crop", Mark("other")), WHOLE),
        stage_key(dataclasses.replace(stage, version=99), row, WHOLE),
    ]
    assert len({key, *others}) == 6
    assert all(isinstance(each, Stage) for each in STAGES.values())


def test_a_report_is_empty_where_all_went_well(tmp_path: Path) -> None:
    table = read_manifest(tmp_path)
    table.merge(ClipRow("a", "a", "h", "p").marked("crop", Mark("k")), ())
    write_report(tmp_path, table)
    assert (tmp_path / REPORT).read_text() == ""


def _sometimes_dies(name: str, row: ClipRow, place: Place, options: object) -> Result:
    """In place of `perform`, in the workers: one clip kills its worker always, another one the first time."""
    if row.clip == "bad" or (row.clip == "unlucky" and not (place.folder / "seen").exists()):
        (place.folder / "seen").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return Result(row.clip, "done", "", Outcome(row))


def test_a_worker_that_dies_costs_its_clip_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers_module, "perform", _sometimes_dies)
    names = ["a", "b", "bad", "c", "unlucky", "d"]
    rows = [ClipRow(name, name, "h", "p") for name in names]
    found = {r.clip: r for r in results(STAGES["pack"], rows, Place(tmp_path), PackOptions(), 2)}
    assert {name: found[name].status for name in names} == {**dict.fromkeys(names, "done"), "bad": "failed"}
    assert found["bad"].reason == "the worker process died at it twice"


def test_results_come_in_order_where_they_are_stored_here(made: tuple[Path, dict[str, Summary]]) -> None:
    place = Place(made[0])
    rows = [row for row in read_manifest(made[0]).leaves() if "video" in row.files]
    found = list(results(STAGES["pack"], rows, place, PackOptions(64), 2))
    assert [result.clip for result in found] == [row.clip for row in rows]
    assert all(result.outcome is not None and result.outcome.payload for result in found)
    one = perform("mel", rows[0], place, NoOptions())
    assert (one.status, one.clip) == ("done", rows[0].clip)


def test_sources_are_taken_in_once(raw: Path, tmp_path: Path) -> None:
    out = str(tmp_path / "corpus")
    told: list[int] = []
    place = open_sources(described(out), PeopleOptions(), raw, lambda stage, done, total: told.append(done))
    assert told == [1, 2, 3, 4, 5]
    assert place.roots == (raw / "raw",)
    rows = read_manifest(place.folder).rows
    assert rows["M011#happy#level_3#001"].source_hash == hash_file(raw / "raw" / "M011#happy#level_3#001.mp4")
    cache = (place.folder / ".sources.jsonl").read_bytes()
    (place.folder / ".sources.jsonl").write_bytes(cache[:-7])
    open_sources(described(out), PeopleOptions(("M003",)), raw)
    assert (place.folder / ".sources.jsonl").read_bytes() == cache
    assert read_manifest(place.folder).rows["M003#angry#level_1#001"].split == "test"
    with pytest.raises(UsageError, match="names M0003, who is not in the corpus: did you mean M003"):
        open_sources(described(out), PeopleOptions(("M0003",)), raw)


def test_files_that_do_not_fit_are_noted(raw: Path, tmp_path: Path) -> None:
    folder = open_sources(described(str(tmp_path / "c"), "mead"), PeopleOptions(), raw).folder
    assert read_manifest(folder).rows["WRA_Short_000"].marks["scan"].reason == (
        "WRA_Short_000.mp4 is not named as mead names its files"
    )
    for name in ("a/M003#sad#level_1#001.mp4", "b/M003#sad#level_1#001.mp4"):
        write_video(tmp_path / "twice" / name, [picture([(len(name), ord(name[0]))])] * 3)
    options = CorpusOptions((str(tmp_path / "twice"),), str(tmp_path / "d"))
    rows = read_manifest(open_sources(options, PeopleOptions()).folder).rows
    assert rows["(not used) b/M003#sad#level_1#001.mp4"].marks["scan"].reason == (
        "b/M003#sad#level_1#001.mp4 would have the same name as a/M003#sad#level_1#001.mp4"
    )
    assert rows["M003#sad#level_1#001"].source.startswith("a/")


def test_films_of_hdtf_become_the_clips_of_their_annotation(tmp_path: Path) -> None:
    frames = [np.full((120, 160, 3), 40 + i, np.uint8) for i in range(60)]
    write_video(tmp_path / "films" / "Radio1.mp4", frames, sound=clicks((1.2,), 2.4))
    (tmp_path / "films" / "RD_annotion_time.txt").write_text("Radio1.mp4 0:00-0:01 0:01-0:02\n")
    options = CorpusOptions((str(tmp_path / "films"),), str(tmp_path / "c"))
    place = open_sources(options, PeopleOptions(("RD_Radio1",)))
    run_stage(place, STAGES["crop"], WHOLE)
    rows = read_manifest(place.folder).rows
    assert {name: (row.start, row.frames, row.split) for name, row in rows.items()} == {
        "RD_Radio1_000": (0.0, 25, "test"),
        "RD_Radio1_001": (1.0, 25, "test"),
    }


def test_a_person_who_would_be_in_two_splits_is_refused(place: Place) -> None:
    table = read_manifest(place.folder)
    row = table.rows["M003#angry#level_1#001"]
    other = dataclasses.replace(row, clip="x", source_hash="x", split="test")
    (place.folder / MANIFEST).write_text(
        "".join(json.dumps(each.to_json()) + "\n" for each in [*table.rows.values(), other])
    )
    with pytest.raises(InputError, match="the same person is in two splits"):
        run_stage(place, STAGES["mel"], NoOptions())
