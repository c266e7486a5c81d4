"""Pieces of clips: pictures and sound stay together, and what is left out is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_videos import RATE, click_times, clicks, write_video

from style2talker.corpus.clips import FPS, sound_of, write_speech
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Place
from style2talker.corpus.settings import SplitOptions
from style2talker.corpus.split import cuts, piece_name, split_clip, split_files
from style2talker.media.audio import Sound, read_sound
from style2talker.media.video import read_frames

SECOND = SplitOptions(seconds=1.0, min_tail=0.6)
AT = (0.3, 1.1, 2.2, 3.4)


@pytest.mark.parametrize(
    ("n_frames", "expected"),
    [
        (125, [(0, 125)]),
        (12, [(0, 12)]),
        (200, [(0, 125)]),
        (201, [(0, 125), (125, 76)]),
        (250, [(0, 125), (125, 125)]),
        (290, [(0, 125), (125, 125)]),
    ],
)
def test_a_tail_of_more_than_three_seconds_is_kept(n_frames: int, expected: list[tuple[int, int]]) -> None:
    assert cuts(n_frames, SplitOptions()) == expected


def test_pieces_bear_the_published_names() -> None:
    assert piece_name("WDA_X_000", 3) == "WDA_X_000#3"
    assert piece_name("M003#angry#level_1#001", 2) == "M003#angry#level_1#001_2"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A corpus with a clip of 3.4 s whose corner tells the time."""
    place = Place(tmp_path)
    frames = [np.full((64, 64, 3), 40 + i, np.uint8) for i in range(85)]
    sound = clicks(AT, 3.4)
    write_video(tmp_path / place.file("clips", "c", ".mp4"), frames, sound=sound)
    write_speech(tmp_path / place.file("sounds", "c", ".wav"), Sound(sound, RATE))
    return place


def row(clip: str = "c", n_frames: int = 85) -> ClipRow:
    files = {"video": "clips/c.mp4", "sound": "sounds/c.wav"}
    return ClipRow(
        clip, "s", "h", "p", frames=n_frames, fps=25.0, start=10.0, files=files, quality={"sound_missing": 1.0}
    )


def test_pictures_and_sound_are_cut_together(place: Place) -> None:
    out = split_clip(row(), place, SECOND)
    assert [piece.clip for piece in out.pieces] == ["c#1", "c#2", "c#3"]
    assert [(piece.start, piece.frames, piece.parent) for piece in out.pieces] == [
        (10.0, 25, "c"),
        (11.0, 25, "c"),
        (12.0, 25, "c"),
    ]
    assert out.note == "left out a tail of 0.40 s"
    assert out.row == row()
    assert out.pieces[0].quality == {}
    expected = [[0.3], [0.1], [0.2]]
    for number, piece in enumerate(out.pieces):
        first = next(read_frames(place.path(piece.files["video"])))
        assert first.mean() == pytest.approx(40 + 25 * number, abs=2)
        for role in ("video", "sound"):
            sound = read_sound(place.path(piece.files[role]))
            assert np.allclose(click_times(sound.samples, sound.rate), expected[number], atol=1e-3)
            assert sound.duration == pytest.approx(1.0, abs=1e-3)


def test_a_short_clip_with_a_full_name_stays_as_it_is(place: Place) -> None:
    out = split_clip(row("a#b#c#d"), place, SplitOptions())
    assert (out.pieces, out.row.clip, out.note) == ((), "a#b#c#d", "")
    out = split_clip(row(), place, SplitOptions())
    assert [(piece.clip, piece.frames) for piece in out.pieces] == [("c#1", 85)]


def test_clips_without_sound(tmp_path: Path) -> None:
    write_video(tmp_path / "c.mp4", [np.full((64, 64, 3), i, np.uint8) for i in range(30)])
    out = [(tmp_path / "1.mp4", None), (tmp_path / "2.mp4", None)]
    split_files(tmp_path / "c.mp4", None, [(0, 20), (20, 10)], out)
    assert [sum(1 for _ in read_frames(path)) for path, _ in out] == [20, 10]
    assert sound_of(tmp_path / "1.mp4") is None
    assert FPS == 25
