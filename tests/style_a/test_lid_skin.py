"""Skin for closed lids: no lashes, no opening, the colour of what lies around."""

import cv2
import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.records import Portrait
from style2talker.style_a.eyes import build_eyes
from style2talker.style_a.lid_skin import LidSkin, lash_line, make_lid_skin

SKIN = np.array([215, 170, 145])


def lined(color):
    plain = draw_portrait(401)
    pixels = plain.pixels.copy()
    for ids in ((33, 246, 161, 160, 159, 158, 157, 173, 133), (362, 398, 384, 385, 386, 387, 388, 466, 263)):
        path = np.round(plain.landmarks[list(ids), :2] * 16).astype(np.int32)
        cv2.polylines(pixels, [path], False, color, 3, cv2.LINE_AA, 4)
    return Portrait(pixels, plain.landmarks, plain.blendshapes, plain.rotation)


@pytest.fixture(scope="module")
def eye():
    return build_eyes(lined((30, 20, 15)))[0]


def test_where_the_eye_was_there_is_skin(eye):
    assert isinstance(eye.skin, LidSkin)
    y, x = np.unravel_index(np.abs(eye.across).argmin(), eye.across.shape)
    middle = np.argmin(np.abs(eye.across) + np.abs(eye.s_index - 48))
    y, x = np.unravel_index(middle, eye.across.shape)
    around = eye.skin.bare[y - 4 : y + 5, x - 6 : x + 7].reshape(-1, 3).astype(int)
    assert np.abs(around - SKIN).max() < 35


def test_dark_lashes_give_a_dark_line_pale_ones_a_pale_one(eye):
    pale = build_eyes(lined((190, 150, 130)))[0]
    assert eye.skin.dark.mean() < 0.35
    assert eye.skin.strength > pale.skin.strength + 0.2


def test_the_line_appears_as_the_lid_comes_down(eye):
    below = eye.across.copy()
    assert not lash_line(eye.skin, below, eye.s_index, 0.0).any()
    half, whole = (lash_line(eye.skin, below, eye.s_index, c) for c in (0.5, 1.0))
    assert whole.max() <= 1.0
    assert np.allclose(half, 0.5 * whole, atol=1e-6)
    middle = np.abs(eye.s_index - 48) < 20
    assert whole[middle & (np.abs(below) < 0.5)].min() > 0.5 * eye.skin.strength
    assert whole[below < -4 * eye.skin.thickness].max() < 0.01
    assert whole[np.abs(eye.s_index - 48) > 47].max() == 0.0


def test_a_skin_without_any_free_pixel_falls_back():
    portrait = draw_portrait(201)
    shape = (9, 11)
    color = np.full((*shape, 3), 0.4, np.float32)
    inside = np.full(shape, 0.5, np.float32)
    skin = make_lid_skin(
        portrait, (0, 0, 11, 9), color, inside, inside, np.zeros(shape, np.float32), 40.0, 12.0, "Left"
    )
    assert np.abs(skin.bare.astype(int) - 127).max() < 20
