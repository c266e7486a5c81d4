"""`track` and `stylize`: what they write and say."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import numpy as np
import pytest
from bad_files import silent_film
from endings import Command, listing
from PIL import Image

from style2talker.cli import looking
from style2talker.media.motion import read_motion
from style2talker.records import FAMILIES


def test_track_follows_a_face(place: Path, command: Command, landmarker: Path) -> None:
    with Image.open(place / "portrait.jpg") as picture:
        silent_film(place / "film.mp4", np.asarray(picture.convert("RGB").resize((256, 256))), frames=10)
    ended = command("track", "film.mp4", "-o", "motion.npz", "--json")
    assert (ended.status, ended.err) == (0, "")
    line, last = ended.out.splitlines()
    assert line == "wrote motion.npz: 10 frames"
    assert json.loads(last) == {"output": "motion.npz", "frames": 10, "fps": 25.0}
    motion = read_motion(place / "motion.npz")
    assert motion.n_frames == 10
    assert np.abs(motion.rotation).max() < 0.02
    assert command("track", "film.mp4", "-o", "motion.csv", "--fps", "50").status == 0
    assert read_motion(place / "motion.csv").fps == 50


def test_stylize_paints_a_picture(place: Path, command: Command, landmarker: Path) -> None:
    ended = command("stylize", "portrait.jpg", "--art", "comic", "-o", "comic.jpg", "--json")
    assert (ended.status, ended.err) == (0, "")
    with Image.open(place / "portrait.jpg") as before, Image.open(place / "comic.jpg") as after:
        assert after.format == "JPEG"
        assert after.size == before.size
        change = np.abs(np.asarray(before.convert("RGB")).astype(int) - np.asarray(after)).mean()
        assert json.loads(ended.out.splitlines()[-1]) == {"output": "comic.jpg", "size": list(before.size)}
    assert change > 5


def test_stylize_keeps_opacity(place: Path, command: Command, landmarker: Path) -> None:
    with Image.open(place / "portrait.jpg") as picture:
        cut_out = picture.convert("RGBA")
    opacity = Image.new("L", cut_out.size, 255)
    opacity.paste(40, (0, 0, 50, cut_out.height))
    cut_out.putalpha(opacity)
    cut_out.save(place / "cut.png")
    assert command("stylize", "cut.png", "-o", "same.png").status == 0
    with Image.open(place / "same.png") as same:
        assert np.array_equal(np.asarray(same), np.asarray(cut_out))
    assert command("stylize", "cut.png", "-o", "white.jpg").status == 0
    with Image.open(place / "white.jpg") as white:
        assert white.mode == "RGB"
        assert np.asarray(white)[:, :40].min() > 200


def test_dry_runs_show_the_options(place: Path, command: Command, no_models: None) -> None:
    before = listing(place)
    ended = command("track", "film.mp4", "-o", "motion.npz", "--fps", "30", "--dry-run")
    assert ended.out == '# video: "film.mp4"\n# output: "motion.npz"\nfps = 30.0\n'
    ended = command("stylize", "portrait.jpg", "-o", "a.png", "--art", "pixar", "--face", "largest", "--dry-run")
    table = tomllib.loads(ended.out)
    assert (table["art"], table["face"], table["art_degree"]) == ("pixar", "largest", 0.8)
    assert listing(place) == before


def test_stylize_lists_the_families_without_a_picture(command: Command, no_models: None) -> None:
    ended = command("stylize", "--list")
    assert (ended.status, ended.err) == (0, "")
    assert [line.split()[:2] for line in ended.out.splitlines()] == [[str(i), name] for i, name in enumerate(FAMILIES)]


def test_stylize_shows_every_family_on_one_sheet(
    place: Path, command: Command, landmarker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "_TILE", 96)
    ended = command("stylize", "portrait.jpg", "--art", "all", "-o", "sheet.png")
    assert (ended.status, ended.err) == (0, "")
    with Image.open(place / "sheet.png") as sheet:
        assert sheet.mode == "RGB"
        pixels = np.asarray(sheet).astype(int)
    photo = pixels[12:108, 12:108]
    others = [pixels[12:108, 120:216], pixels[12:108, 228:324], pixels[160:256, 12:108]]
    assert min(np.abs(other - photo).mean() for other in others) > 4


def test_only_stylize_makes_a_sheet(place: Path, command: Command, no_models: None) -> None:
    ended = command("generate", "portrait.jpg", "voice.wav", "--art", "all", "-o", "out.mp4")
    assert ended.status == 2
    assert "--art does not know 'all'" in ended.err
