"""What was painted once is found again, and nothing else is."""

from dataclasses import replace

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.records import Art, Portrait
from style2talker.style_a import memory
from style2talker.style_a.memory import stylise_once


@pytest.fixture
def painted(monkeypatch, tmp_path):
    """Number of paintings so far, by a painter that inverts the picture; an empty cache."""
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path / "cache"))
    done = []

    def stylise(portrait, art, seed, finder):
        done.append(art)
        moved = portrait.landmarks + np.float32(0.5)
        return Portrait(255 - portrait.pixels, moved, portrait.blendshapes, portrait.rotation, portrait.alpha)

    monkeypatch.setattr(memory, "stylise", stylise)
    return done


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(61)


COMIC = Art("family", "comic")


def test_the_second_time_nothing_is_painted(painted, portrait):
    first, second = (stylise_once(portrait, COMIC) for _ in range(2))
    assert len(painted) == 1
    assert np.array_equal(first.pixels, second.pixels)
    assert np.array_equal(first.pixels, 255 - portrait.pixels)
    assert np.array_equal(first.landmarks, second.landmarks)
    assert second.alpha is None


def test_opacity_is_kept(painted, portrait):
    alpha = np.arange(61 * 61, dtype=np.uint16).reshape(61, 61).astype(np.uint8)
    cut = Portrait(portrait.pixels, portrait.landmarks, portrait.blendshapes, portrait.rotation, alpha)
    stylise_once(cut, COMIC)
    assert np.array_equal(stylise_once(cut, COMIC).alpha, alpha)
    stylise_once(portrait, COMIC)
    assert len(painted) == 2


def test_whatever_changes_is_painted_anew(painted, portrait):
    picture = np.random.default_rng(0).integers(0, 256, (50, 50, 3), dtype=np.uint8)
    brighter = Portrait(portrait.pixels // 2, portrait.landmarks, portrait.blendshapes, portrait.rotation)
    moved = Portrait(portrait.pixels, portrait.landmarks + 1, portrait.blendshapes, portrait.rotation)
    arts = [COMIC, replace(COMIC, name="pixar"), replace(COMIC, degree=0.7), replace(COMIC, structure=0.0)]
    arts += [
        replace(COMIC, keep_color=True),
        Art("exemplar", "a.png", picture),
        Art("exemplar", "a.png", 255 - picture),
    ]
    for art in arts:
        stylise_once(portrait, art)
    stylise_once(portrait, COMIC, seed=1)
    stylise_once(brighter, COMIC)
    stylise_once(moved, COMIC)
    assert len(painted) == len(arts) + 3
    stylise_once(portrait, replace(arts[5], name="renamed.png"))
    assert len(painted) == len(arts) + 3


def test_no_art_leaves_no_trace(painted, portrait, tmp_path):
    assert stylise_once(portrait, Art()) is portrait
    assert stylise_once(portrait, replace(COMIC, degree=0)) is portrait
    assert not (tmp_path / "cache").exists()


def test_a_damaged_file_is_painted_over(painted, portrait, tmp_path):
    stylise_once(portrait, COMIC)
    (file,) = (tmp_path / "cache").rglob("*.npz")
    whole = file.read_bytes()
    for damaged in (b"", b"no zip", whole[: len(whole) // 2], whole.replace(b"IHDR", b"IHXR")):
        file.write_bytes(damaged)
        assert np.array_equal(stylise_once(portrait, COMIC).pixels, 255 - portrait.pixels)
    assert len(painted) == 5
    stylise_once(portrait, COMIC)
    assert len(painted) == 5


def test_a_cache_that_cannot_be_written_harms_nothing(painted, portrait, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path / "file" / "cache"))
    assert np.array_equal(stylise_once(portrait, COMIC).pixels, 255 - portrait.pixels)


def test_the_cache_is_bounded_and_keeps_what_is_used(painted, portrait, tmp_path, monkeypatch):
    clock = iter(range(1000, 2000))
    monkeypatch.setattr(memory.time, "time", lambda: float(next(clock)))
    stylise_once(portrait, COMIC)
    size = next((tmp_path / "cache").rglob("*.npz")).stat().st_size
    monkeypatch.setattr(memory, "_MOST_BYTES", int(3.5 * size))
    for seed in (1, 2):
        stylise_once(portrait, COMIC, seed=seed)
    for seed in (1, 2, 0):
        stylise_once(portrait, COMIC, seed=seed)  # 1 was used least recently now
    stylise_once(portrait, COMIC, seed=3)
    assert len(list((tmp_path / "cache").rglob("*.npz"))) == 3
    count = len(painted)
    stylise_once(portrait, COMIC, seed=0)
    assert len(painted) == count
    stylise_once(portrait, COMIC, seed=1)
    assert len(painted) == count + 1
