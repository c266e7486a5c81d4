"""The benchmarks run as their first lines say and print tables of plausible numbers."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
import wave
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from style2talker.assets.store import locate, package_data
from style2talker.errors import AssetError
from style2talker.evaluate.comparing import compare, read_run
from style2talker.media.video import VideoWriter
from style2talker.talker import Talker

BENCHMARKS = Path(__file__).resolve().parents[1] / "benchmarks"
looped_speech = runpy.run_path(str(BENCHMARKS / "looped.py"))["looped_speech"]


@pytest.fixture(autouse=True)
def landmarker() -> None:
    try:
        locate("face_landmarker")
    except AssetError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))


def table(name: str, *words: str) -> list[dict[str, str]]:
    """The rows of the table that a benchmark prints."""
    done = subprocess.run([sys.executable, str(BENCHMARKS / name), *words], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [[cell.strip() for cell in line.strip("|").split("|")] for line in done.stdout.splitlines() if "|" in line]
    return [dict(zip(lines[0], cells, strict=True)) for cells in lines[2:]]


def test_speed_measures_every_size_and_art() -> None:
    rows = table("speed.py", *"--size 64 --size 96 --art none --art comic --seconds 1 --runs 1".split())
    assert [(row["size"], row["art"]) for row in rows] == [(s, a) for s in ("64", "96") for a in ("none", "comic")]
    for row in rows:
        stages = [float(row[name]) for name in ("start-up", "motion", "style", "render", "encode")]
        beside = max(float(row["portrait"]), float(row["speech"]) + float(row["emotion"]))
        assert float(row["s"]) == pytest.approx(sum(stages) + beside, abs=0.05)
        assert float(row["s per s"]) == pytest.approx(float(row["s"]), abs=0.01)
        assert min(float(row["CPU s"]), float(row["start-up"]), float(row["encoder alone"])) > 0


def test_rendering_is_timed_beside_a_plain_warp_and_the_encoder() -> None:
    rows = table("render.py", *"--size 64 --size 96 --frames 5 --seconds 1 --runs 1".split())
    assert [row["size"] for row in rows] == ["64", "96"]
    for row in rows:
        assert 0 < float(row["ms per frame"]) <= float(row["90 %"])
        assert min(float(row[name]) for name in ("plain remap ms", "encoder ms", "clip s per s")) >= 0
    assert "clip s per s" not in table("render.py", *"--size 64 --frames 2 --seconds 0".split())[0]


def test_a_clip_that_was_rendered_is_reenacted_better_than_a_still(tmp_path: Path) -> None:
    clip = Talker().generate(
        package_data("example/portrait.jpg"), package_data("example/speech.wav"), size=256, head_motion=2.0
    )
    with VideoWriter(tmp_path / "made.mp4", 256, 256, clip.fps, None, 12) as out:
        for frame in islice(clip, 10, 22):
            out.write(frame)
    rows = table("reenact.py", str(tmp_path / "made.mp4"))
    assert [row["video"] for row in rows] == ["made", "mean"]
    assert float(rows[0]["mouth %"]) < 0.7 * float(rows[0]["still %"])
    assert float(rows[0]["SSIM"]) > float(rows[0]["still SSIM"])
    assert 0.8 < float(rows[0]["sharpness"]) < 1.2


def test_memory_compares_short_and_long() -> None:
    rows = table("memory.py", *"--short 0.5 --long 1 --size 64".split())
    assert [row["seconds"] for row in rows] == ["0.5", "1"]
    assert all(100 < float(row["peak MB"]) < 2000 for row in rows)


def test_arts_are_measured_beside_plain_baselines(tmp_path: Path) -> None:
    rows = table("style.py", *f"--art comic --degree 0.5 1.0 --size 192 --sheet {tmp_path / 'sheet.png'}".split())
    found = {row["result"]: row for row in rows}
    assert list(found) == ["portrait", "colour transfer", "degree 0.5", "degree 1"]
    assert {row["art"] for row in rows} == {"comic"}
    # The art of a family is its own full style.
    assert float(found["degree 1"]["patches"]) == float(found["degree 1"]["colour"]) == 0
    assert float(found["portrait"]["patches"]) > float(found["degree 0.5"]["patches"]) > 0
    assert float(found["portrait"]["edges"]) == 1 > float(found["degree 1"]["edges"])
    assert (tmp_path / "sheet.png").is_file()


def test_quality_is_judged_goes_on_and_compares_with_itself(tmp_path: Path) -> None:
    words = [sys.executable, str(BENCHMARKS / "quality.py"), "--out", str(tmp_path), "--quick"]
    first = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in first.splitlines() if "|" in line]
    values = {row[0].split(" (")[0]: dict(zip(cells[0], row, strict=True)) for row in cells[2:]}
    assert float(values["lip_spread"]["generated"].split()[0]) > 0.01
    assert float(values["flicker_face"]["still"].split()[0]) == 0
    assert (tmp_path / "quality.md").read_text(encoding="utf-8") == first
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "clips").iterdir()}
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout == first
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "clips").iterdir()} == made
    short = json.loads((tmp_path / "quality.json").read_text(encoding="utf-8"))
    assert short["conditions"]["clips"] == len(made)
    run = read_run(tmp_path / "judged")
    assert not any(compare(run, run, np.random.default_rng(0)).of(verdict) for verdict in ("worse", "better"))


@pytest.mark.parametrize(("rate", "channels"), [(None, 1), (48000, 2)])
def test_speech_is_looped_to_any_length(rate: int | None, channels: int, tmp_path: Path) -> None:
    speech = package_data("example/speech.wav")
    looped_speech(tmp_path / "long.wav", speech, 16.0, rate, channels)
    with wave.open(str(speech)) as once, wave.open(str(tmp_path / "long.wav")) as long:
        assert long.getframerate() == (rate or once.getframerate())
        assert (long.getnframes(), long.getnchannels()) == (16 * long.getframerate(), channels)
        samples = np.frombuffer(long.readframes(long.getnframes()), "<i2").reshape(-1, channels)
        period = round(once.getnframes() * long.getframerate() / once.getframerate())
    assert np.array_equal(samples[:period], samples[period : 2 * period])
    assert (samples == samples[:, :1]).all()
