"""Styled clips: whole, steady, with their sound, once for each style."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from drawn_face import draw_portrait
from style2talker.corpus.clips import has_sound, write_clip
from style2talker.corpus.manifest import ClipRow, read_manifest, write_manifest
from style2talker.corpus.outcome import Place
from style2talker.corpus.runner import run_stage
from style2talker.corpus.settings import filled, table_text
from style2talker.corpus.stages import STAGES
from style2talker.corpus.stylize import StylingOptions, stylize_clip
from style2talker.corpus.track import save_track
from style2talker.errors import UsageError, VideoError
from style2talker.face.tracking import Track
from style2talker.media.audio import Sound
from style2talker.media.video import read_frames

COUNT = 4


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A corpus of one tracked clip of a drawn face, with a sound."""
    portrait = draw_portrait(128)
    (tmp_path / "clips").mkdir()
    sound = Sound(np.sin(np.arange(16000) / 9).astype(np.float32)[:, None] * 0.2, 16000)
    write_clip(tmp_path / "clips" / "a.mp4", [portrait.pixels] * COUNT, 128, sound)
    save(tmp_path, COUNT)
    files = {"video": "clips/a.mp4", "track": "a.npz"}
    write_manifest(tmp_path, {"a": ClipRow("a", "a.mp4", "0", "p", frames=COUNT, files=files)})
    return Place(tmp_path)


def save(folder: Path, count: int) -> None:
    portrait = draw_portrait(128)
    mesh = np.repeat(portrait.landmarks[None], count, axis=0)
    still = np.zeros((count, 3), np.float32)
    save_track(folder / "a.npz", Track(mesh, np.zeros((count, 52), np.float32), still, np.ones(count, bool), 25.0))


def row_of(place: Place) -> ClipRow:
    return read_manifest(place.folder).rows["a"]


def frames_of(place: Place, name: str) -> np.ndarray:
    return np.stack(list(read_frames(place.path(name), 25))).astype(int)


def test_a_clip_is_styled_once_and_again_for_another_style(place: Place) -> None:
    stage = STAGES["stylize"]
    assert run_stage(place, stage, StylingOptions("comic")).done == 1
    row = row_of(place)
    styled, plain = frames_of(place, row.files["stylized"]), frames_of(place, row.files["video"])
    assert styled.shape == plain.shape == (COUNT, 128, 128, 3)
    assert np.abs(styled - plain).mean() > 8
    assert np.abs(np.diff(styled, axis=0)).mean() < 1.5
    assert has_sound(place.path(row.files["stylized"]))
    assert run_stage(place, stage, StylingOptions("comic")).unchanged == 1
    assert run_stage(place, stage, StylingOptions("cartoon")).done == 1
    assert np.abs(frames_of(place, row.files["stylized"]) - styled).mean() > 5


def test_degree_zero_is_the_clip_itself(place: Place) -> None:
    made = stylize_clip(row_of(place), place, StylingOptions("comic", art_degree=0))
    plain = frames_of(place, "clips/a.mp4")
    assert np.abs(frames_of(place, made.row.files["stylized"]) - plain).mean() < 1.5
    stylize_clip(row_of(place), place, StylingOptions("none"))
    assert np.abs(frames_of(place, made.row.files["stylized"]) - plain).mean() < 1.5


@pytest.mark.parametrize("count", [COUNT - 1, COUNT + 1])
def test_a_track_of_another_length_is_refused(place: Place, count: int) -> None:
    save(place.folder, count)
    with pytest.raises(VideoError, match="run corpus track again"):
        stylize_clip(row_of(place), place, StylingOptions("comic", art_degree=0))


def test_another_picture_under_the_same_name_is_another_style(tmp_path: Path) -> None:
    kinds = []
    for shade in (10, 200):
        Image.new("RGB", (60, 60), (shade, 0, 0)).save(tmp_path / "art.png")
        kinds.append(StylingOptions(str(tmp_path / "art.png")))
    assert kinds[0] != kinds[1]
    assert kinds[1].to_art().picture.max() == 200
    text = table_text("stylize", kinds[1])
    values = {k: json.loads(v) for k, _, v in (line.partition(" = ") for line in text.splitlines()[1:])}
    assert filled(StylingOptions, values) == kinds[1]
    assert asdict(StylingOptions("comic"))["digest"] == ""


def test_options_are_checked() -> None:
    with pytest.raises(UsageError, match="--art does not know 'comix', did you mean comic"):
        StylingOptions("comix")
    with pytest.raises(UsageError, match="--art-degree is 2"):
        StylingOptions("comic", art_degree=2)
