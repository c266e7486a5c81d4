"""The benchmark of sound and lips, on people who never were: what it cuts, moves, counts and prints."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from made_people import filmed, wandering

from style2talker.evaluate.clips import RealClip

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sync = SimpleNamespace(**runpy.run_path(str(BENCHMARKS / "sync.py")))


@pytest.fixture(scope="module")
def clips() -> list[RealClip]:
    lengths = (420, 100, 100, 75, 125)
    return [filmed(f"p{i}", wandering(i, n), late=i - 2) for i, n in enumerate(lengths)]


def test_pieces_are_eight_seconds_of_different_people(clips: list[RealClip]) -> None:
    pieces = sync.pieces_of(clips)
    assert [len(piece.parts) for piece in pieces] == [1, 1, 2, 3, 2, 2]
    assert all(sum(n for _, _, n in piece.parts) >= sync.LENGTH - sync.NEARLY for piece in pieces)
    assert all(len(piece.people) == len(piece.parts) for piece in pieces)
    assert pieces[1].name == "p0 8-16 s"


def test_sound_is_moved_by_frames(clips: list[RealClip]) -> None:
    speech = clips[1].speech
    early, late = sync.moved(speech, 3), sync.moved(speech, -3)
    assert np.array_equal(early.samples[:-1920], speech.samples[1920:]) and not early.samples[-1920:].any()
    assert np.array_equal(late.samples[1920:], speech.samples[:-1920])
    assert early.n_frames == speech.n_frames


def test_what_is_told_is_counted() -> None:
    assert sync.told([0.5, 1.5], [0.2, 0.9, 1.2], 1.0) == (0.5, pytest.approx(2 / 3))
    assert sync.best_threshold([1.1, 1.5], [0.2, 0.9]) == 1.1


def test_tables_tell_own_from_foreign_sound(
    clips: list[RealClip], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    space = sync.main.__globals__
    monkeypatch.setitem(space, "track_clips", lambda data, tracks: None)
    dubbed = filmed("dubbed", wandering(50, 200), heard=wandering(51, 200))
    monkeypatch.setitem(space, "read_clips", lambda data, tracks, fps: [*clips, dubbed])
    monkeypatch.setattr(sys, "argv", ["sync.py", "--data", "x", "--tracks", "y", "--dubbed", "dubbed"])
    sync.main()
    said = capsys.readouterr().out
    assert said.startswith("5 films of 5 people\ndubbed: dubbed, confidence ")
    rows = [[c.strip() for c in line.strip("|").split("|")] for line in said.splitlines() if line.startswith("|")]
    films = {row[0]: row for row in rows if row[0] in {clip.name for clip in clips}}
    assert [films[f"p{i}"][2] for i in range(5)] == ["-2", "-1", "+0", "+1", "+2"]
    assert min(float(row[5]) for row in films.values()) == 1
    (last,) = (row for row in rows if row[0] == "regression")
    assert float(last[2]) > 0.95 and float(last[4]) == 1
