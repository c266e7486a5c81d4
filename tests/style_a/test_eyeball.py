"""The eyeball: the iris is found and completed, the catch-light and the lid's shadow come off."""

import cv2
import numpy as np
import pytest

from style2talker.style_a.eyeball import Eyeball, completed, find_iris, make_eyeball

SHAPE = (61, 97)
CENTRE, RADIUS = (50.0, 30.0), 14.0
LIGHT = np.array([0.9, 0.88, 0.85], np.float32)


def draw(lid=8.0, glint=True, shadow=1.0):
    """An eye of known parts: the picture, pixels below the lid, the opening, and the eyeball without the lid."""
    y, x = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float32)
    distance = np.hypot(x - CENTRE[0], y - CENTRE[1])
    ball = np.empty((*SHAPE, 3), np.float32)
    ball[:] = (0.85, 0.83, 0.8)
    color = np.where(distance[..., None] < 5, 0.05, np.array([0.3, 0.4, 0.6], np.float32))
    disc = np.clip(RADIUS - distance + 0.5, 0, 1)[..., None]
    ball += (color - ball) * disc
    seen = ball.copy()
    if glint:
        seen[np.hypot(x - 46, y - 26) < 2.6] = 1.0
    edge = lid + 10 + 0.004 * (x - CENTRE[0]) ** 2
    below = y - edge
    opening = np.clip(below + 0.5, 0, 1) * np.clip(48 - y + 0.5, 0, 1) * (np.abs(x - CENTRE[0]) < 38)
    seen *= np.where(below < 4, shadow, 1.0)[..., None]
    skin = np.array([0.8, 0.6, 0.5], np.float32)
    picture = skin + (seen - skin) * opening[..., None]
    return picture.astype(np.float32), below.astype(np.float32), opening.astype(np.float32), ball


def test_what_is_unknown_is_like_what_is_known_near_by():
    rng = np.random.default_rng(0)
    smooth = cv2.GaussianBlur(rng.random((40, 50, 3), dtype=np.float32), (0, 0), 12)
    weight = np.ones((40, 50), np.float32)
    weight[10:25, 15:35] = 0
    spoilt = smooth.copy()
    spoilt[10:25, 15:35] = 5.0
    filled = completed(spoilt, weight, np.zeros(3, np.float32), 2.0)
    assert np.abs(filled - smooth).max() < 0.05
    nothing = completed(spoilt, np.zeros_like(weight), np.array([0.2, 0.3, 0.4], np.float32), 2.0)
    assert np.allclose(nothing, (0.2, 0.3, 0.4))


@pytest.mark.parametrize("off", [(0.0, 0.0, 1.0), (2.0, -2.0, 0.8), (-2.5, 1.0, 1.2)])
def test_the_iris_is_found_near_where_the_mesh_has_it(off):
    picture, _, opening, _ = draw(glint=False)
    centre, radius = find_iris(picture.mean(axis=2), opening, np.array(CENTRE) + off[:2], RADIUS * off[2])
    assert np.abs(centre - CENTRE).max() < 2.1
    assert radius == pytest.approx(RADIUS, rel=0.12)


def test_an_iris_that_does_not_stand_out_stays_where_the_mesh_has_it():
    flat = np.full(SHAPE, 0.2, np.float32)
    centre, radius = find_iris(flat, np.ones(SHAPE, np.float32), np.array(CENTRE), RADIUS)
    assert np.allclose(centre, CENTRE) and radius == pytest.approx(RADIUS, rel=0.06)


def test_the_iris_goes_on_behind_the_lid_and_the_white_behind_the_iris():
    picture, below, opening, truth = draw(lid=14.0)
    ball = make_eyeball(picture, below, opening, np.array(CENTRE), RADIUS, LIGHT)
    assert isinstance(ball, Eyeball)
    hidden = ball.iris[21, 50]
    assert hidden[3] > 0.9
    assert np.abs(hidden[:3] - truth[21, 50]).max() < 0.12
    assert np.abs(ball.white[30, 50] - (0.85, 0.83, 0.8)).max() < 0.08
    assert ball.iris[30, 80, 3] == 0.0


def test_the_catch_light_is_apart_from_the_iris():
    picture, below, opening, truth = draw()
    ball = make_eyeball(picture, below, opening, np.array(CENTRE), RADIUS, LIGHT)
    assert ball.glint[26, 46].min() > 0.3
    assert np.abs(ball.iris[26, 46, :3] - truth[26, 46]).max() < 0.15
    assert ball.glint[38, 56].max() < 0.02
    together = ball.white * (1 - ball.iris[..., 3:]) + ball.iris[..., :3] + ball.glint
    inner = cv2.erode(opening, np.ones((7, 7), np.uint8)) > 0.9
    assert np.abs(together - picture)[inner].mean() < 0.02


def test_the_shadow_of_the_lid_is_measured():
    shaded = make_eyeball(*draw(shadow=0.6)[:3], np.array(CENTRE), RADIUS, LIGHT)
    plain = make_eyeball(*draw()[:3], np.array(CENTRE), RADIUS, LIGHT)
    assert shaded.shadow[0] < 0.85 < plain.shadow[0]
    assert shaded.shadow[-1] == plain.shadow[-1] == 1.0
    assert (np.diff(shaded.shadow) > -0.01).all()


def test_an_eye_without_white_gets_one_from_the_light():
    picture, below, opening, _ = draw()
    narrow = opening * (np.hypot(*(np.mgrid[: SHAPE[0], : SHAPE[1]][::-1] - np.array(CENTRE)[:, None, None])) < 12)
    ball = make_eyeball(picture, below, narrow.astype(np.float32), np.array(CENTRE), RADIUS, LIGHT)
    assert 0.4 < ball.white[30, 80].mean() < 0.9
