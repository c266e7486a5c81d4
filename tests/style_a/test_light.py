"""The light on a face: as bright and as coloured as the face says; grain is what the surface of the picture has."""

import cv2
import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.records import Portrait
from style2talker.style_a.light import face_light, light_direction, polygon_mask, skin_likeness, surface_grain


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(401)


def with_pixels(portrait, pixels):
    pixels = np.clip(pixels, 0, 255).astype(np.uint8)
    return Portrait(pixels, portrait.landmarks, portrait.blendshapes, portrait.rotation)


def test_a_polygon_covers_its_area():
    square = np.array([[3.0, 2.0], [13.0, 2.0], [13.0, 10.0], [3.0, 10.0]])
    mask = polygon_mask((17, 23), square)
    assert mask.max() == 1.0
    assert mask[5, 8] == 1.0 and mask[0, 0] == 0.0
    assert mask.sum() == pytest.approx(80, rel=0.3)


def test_light_is_bright_on_a_bright_face_and_dim_on_a_dim_one(portrait):
    light = face_light(portrait)
    assert light.shape == (3,)
    assert 0.7 < light.mean() <= 1.0
    assert face_light(with_pixels(portrait, portrait.pixels * 0.3)).mean() < 0.5 * light.mean()


def test_light_takes_the_colour_of_the_lamp(portrait):
    blue = face_light(with_pixels(portrait, portrait.pixels * np.array([0.6, 0.8, 1.0])))
    plain = face_light(portrait)
    assert blue[2] / blue[0] > 1.2 * plain[2] / plain[0]


def test_grain_is_the_roughness_of_the_cheeks(portrait):
    rng = np.random.default_rng(3)
    rough = with_pixels(portrait, portrait.pixels + rng.normal(0, 12, portrait.pixels.shape[:2])[..., None])
    smooth, grainy = surface_grain(portrait, (31, 53), 2.0), surface_grain(rough, (31, 53), 2.0)
    assert grainy.shape == (31, 53)
    assert grainy.std() > 0.02 > 4 * smooth.std()
    assert abs(grainy.mean()) < 0.02


def test_a_face_too_small_for_grain_has_none(portrait):
    far = Portrait(portrait.pixels, portrait.landmarks - 5000, portrait.blendshapes, portrait.rotation)
    assert not surface_grain(far, (7, 5), 2.0).any()


def test_single_hairs_are_no_grain(portrait):
    pixels = portrait.pixels.copy()
    low = portrait.landmarks[[50, 205, 187, 123], :2].min(axis=0).astype(int)
    high = portrait.landmarks[[50, 205, 187, 123], :2].max(axis=0).astype(int)
    cv2.line(pixels, tuple(low.tolist()), tuple(high.tolist()), (0, 0, 0), 1)
    assert np.abs(surface_grain(with_pixels(portrait, pixels), (41, 37), 2.0)).max() < 0.05


@pytest.mark.parametrize(("slope", "axis", "sign"), [((0.5, 0), 0, -1), ((-0.5, 0), 0, 1), ((0, 0.5), 1, -1)])
def test_light_comes_from_the_bright_side(portrait, slope, axis, sign):
    y, x = np.mgrid[:401, :401] / 401 - 0.5
    lit = with_pixels(portrait, portrait.pixels * (0.75 - slope[0] * x - slope[1] * y)[..., None])
    direction = light_direction(lit)
    assert np.linalg.norm(direction) == pytest.approx(1.0, abs=1e-5)
    assert sign * direction[axis] > 0.5


def test_skin_is_told_from_hair_brows_and_what_is_no_face(portrait):
    likely = skin_likeness(portrait)
    points = portrait.landmarks
    for ids, expected in (((50,), 1.0), ((151,), 1.0), ((105, 52), 0.0)):
        x, y = points[list(ids), :2].mean(axis=0).round().astype(int)
        assert likely[y, x] == pytest.approx(expected, abs=0.25)
    assert likely[5, 5] == 0.0
