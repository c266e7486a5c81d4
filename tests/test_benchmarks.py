"""The benchmarks run as their first lines say and print tables of plausible numbers."""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest

from style2talker.assets.store import locate, package_data
from style2talker.errors import AssetError

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


def test_memory_compares_short_and_long() -> None:
    rows = table("memory.py", *"--short 0.5 --long 1 --size 64".split())
    assert [row["seconds"] for row in rows] == ["0.5", "1"]
    assert all(100 < float(row["peak MB"]) < 2000 for row in rows)


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
