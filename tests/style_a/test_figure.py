"""Person or background: with the network's outline and without it."""

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.style_a import figure
from style2talker.style_a.figure import crown_of, cut_figure, seen_outline, traced_figure
from style2talker.style_a.mesh import FACE_OVAL
from style2talker.style_a.regions import draw_points, face_unit


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(201)


@pytest.fixture(scope="module")
def oval(portrait):
    return draw_points(portrait.pixels.shape[:2], portrait.landmarks, FACE_OVAL)


@pytest.fixture(scope="module")
def frame(portrait):
    """(across, up) in face heights from the middle of the face."""
    centre = portrait.landmarks[[10, 152], :2].mean(axis=0)
    ys, xs = np.mgrid[0:201, 0:201].astype(np.float32)
    unit = face_unit(portrait.landmarks)
    return (xs - centre[0]) / unit, (centre[1] - ys) / unit


def test_an_outline_that_misses_the_face_is_not_believed(portrait, oval, monkeypatch):
    monkeypatch.setattr(figure, "person_mask", lambda pixels: np.zeros(pixels.shape[:2], np.float32))
    assert seen_outline(portrait.pixels, oval) is None
    assert seen_outline(portrait.pixels, np.zeros_like(oval)) is None
    monkeypatch.setattr(figure, "person_mask", lambda pixels: np.ones(pixels.shape[:2], np.float32))
    assert seen_outline(portrait.pixels, oval).min() == 1


def test_a_large_picture_is_seen_twice(portrait, oval, monkeypatch):
    shown = []

    def person_mask(pixels):
        shown.append(pixels.shape[:2])
        return np.full(pixels.shape[:2], 1.0 if len(shown) > 1 else 0.25, np.float32)

    monkeypatch.setattr(figure, "person_mask", person_mask)
    pixels = np.pad(portrait.pixels, ((0, 500), (300, 300), (0, 0)))
    seen = seen_outline(pixels, np.pad(oval, ((0, 500), (300, 300))))
    assert shown[0] == (701, 801)
    assert shown[1][0] * shown[1][1] < 0.4 * 701 * 801
    assert seen[100, 400] == 1
    assert seen[690, 10] == np.float32(0.25)


def test_traced_figure_follows_the_edge_near_the_outline(portrait, oval, frame):
    pixels = np.full((201, 201, 3), (60, 120, 60), np.uint8)
    pixels += np.random.default_rng(1).integers(0, 9, pixels.shape, dtype=np.uint8)
    true = (frame[0] / 0.5) ** 2 + (frame[1] / 0.7) ** 2 < 1
    pixels[true] = (200, 150, 120)
    wide = (frame[0] / 0.54) ** 2 + (frame[1] / 0.75) ** 2
    seen = np.clip((1.1 - wide) * 5, 0, 1).astype(np.float32)
    traced = traced_figure(pixels, oval, seen)
    assert (traced != true).mean() < 0.025
    assert (traced != true).mean() < 0.8 * ((seen > 0.5) != true).mean()
    assert (traced_figure(pixels, oval, np.ones_like(seen)) == 1).all()


def test_cut_figure_holds_head_and_neck(portrait, oval, frame):
    front = cut_figure(portrait.pixels, oval, *frame, np.zeros(oval.shape, bool))
    assert front[oval > 0.9].all()
    x, y = portrait.landmarks[152, :2].astype(int)
    assert front[y + 10 : y + 25, x - 8 : x + 8].mean() > 0.95
    assert front[:15, :15].mean() < 0.05


def test_crown_is_the_hair_unless_it_floods_the_border(portrait, frame):
    lab = np.zeros((201, 201, 3), np.float32)
    lab[..., 0] = 80
    hair = (frame[1] > 0.4) & (frame[1] < 0.75) & (np.abs(frame[0]) < 0.5)
    skin = np.full((201, 201), 6, np.float32)
    lab[hair, 0] = 20
    crown = crown_of(lab, skin, *frame)
    assert (crown == hair).mean() > 0.98
    lab[...] = 20
    assert not crown_of(lab, skin, *frame).any()
    assert not crown_of(lab, np.zeros_like(skin), *frame).any()
