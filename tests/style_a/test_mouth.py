"""The mouth: dark inside, teeth under the upper lip, the portrait's own teeth where it shows them."""

import cv2
import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.face.rig import LIP_COLUMNS
from style2talker.records import Portrait
from style2talker.style_a.mesh import INNER_LIPS
from style2talker.style_a.mouth import Mouth, build_mouth, paint_mouth
from style2talker.style_a.teeth import Sprite, lower_teeth, tongue, upper_teeth

STILL = np.eye(3, dtype=np.float32)


def opened(points, by):
    """The face with its lower lip and chin lowered by some pixels."""
    face = points.copy()
    for ring in LIP_COLUMNS["lower"]:
        face[list(ring), 1] += by
    face[[152, 175, 199, 200], 1] += by
    return face


def painted(portrait, face):
    frame = portrait.pixels.copy()
    mouth = build_mouth(portrait)
    paint_mouth(frame, mouth, portrait.landmarks, face, face, STILL, mouth.incisors)
    return frame, mouth


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(401)


@pytest.mark.parametrize("make", [upper_teeth, lower_teeth, tongue])
def test_sprites_are_pictures_with_an_origin(make):
    sprite = make()
    assert isinstance(sprite, Sprite)
    assert sprite.color.shape == (*sprite.alpha.shape, 3)
    assert sprite.alpha.min() >= 0 and sprite.alpha.max() <= 1.0001
    assert sprite.color.min() >= 0 and sprite.color.max() <= 1.0001
    x, y = sprite.origin
    assert 0 < x < sprite.alpha.shape[1] and 0 < y < sprite.alpha.shape[0]
    assert np.abs(sprite.alpha - sprite.alpha[:, ::-1]).mean() < 0.02


def test_teeth_stand_on_their_side_of_the_bite():
    for sprite, inside, outside in ((upper_teeth(), -20, 12), (lower_teeth(), 20, -12)):
        x, y = map(int, sprite.origin)
        assert sprite.alpha[y + inside, x + 20] > 0.9
        assert sprite.alpha[y + outside, x + 20] < 0.1
        tooth = sprite.color[y + inside, x + 20]
        assert tooth.min() > 0.7


def test_a_smaller_sprite_is_the_same_picture():
    sprite = upper_teeth()
    small = sprite.at_scale(2.0)
    assert small.scale == pytest.approx(2.0, rel=0.05)
    assert small.alpha.mean() == pytest.approx(sprite.alpha.mean(), rel=0.05)
    assert small.origin[0] / small.scale == pytest.approx(sprite.origin[0] / sprite.scale, rel=0.03)
    assert sprite.at_scale(99.0) is sprite


def test_closed_lips_are_left_alone(portrait):
    frame, mouth = painted(portrait, portrait.landmarks)
    assert isinstance(mouth, Mouth)
    assert mouth.own is None
    assert np.array_equal(frame, portrait.pixels)


def test_an_open_mouth_has_teeth_above_depth_between_and_nothing_outside(portrait):
    face = opened(portrait.landmarks, 30)
    frame, _ = painted(portrait, face)
    polygon = face[list(INNER_LIPS), :2]
    inside = np.zeros(frame.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.round(polygon).astype(np.int32)], 1)
    margin = cv2.dilate(inside, np.ones((13, 13), np.uint8)) > 0  # the lips' own border lies in shadow
    assert np.array_equal(frame[~margin], portrait.pixels[~margin])
    x = round(float(face[13, 0]))
    top, bottom = round(float(face[13, 1])), round(float(face[14, 1]))
    column = frame[top + 2 : bottom - 2, x + 3].astype(int).sum(axis=1)
    bright = int(column[: len(column) // 3].max())
    dark = int(column.min())
    assert bright > 300 > dark + 100
    assert column.argmin() > column[: len(column) // 3].argmax()


def test_opening_reveals_the_interior_gradually(portrait):
    changes = []
    for by in (0.0, 1.0, 3.0, 8.0, 16.0):
        frame, _ = painted(portrait, opened(portrait.landmarks, by))
        changes.append(float(np.abs(frame.astype(int) - portrait.pixels).sum()))
    assert changes[0] == 0
    assert (np.diff(changes) > 0).all()


def test_dim_light_makes_dim_teeth(portrait):
    dark = Portrait(portrait.pixels // 3, portrait.landmarks, portrait.blendshapes, portrait.rotation)
    bright_light, dark_light = build_mouth(portrait).light, build_mouth(dark).light
    assert dark_light.mean() < 0.6 * bright_light.mean()


def smiling(tooth, gap=14):
    plain = draw_portrait(401)
    face = opened(plain.landmarks, gap)
    pixels = plain.pixels.copy()
    polygon = np.round(face[list(INNER_LIPS), :2]).astype(np.int32)
    cv2.fillPoly(pixels, [polygon], (60, 25, 25))
    left, right = polygon[:, 0].min() + 6, polygon[:, 0].max() - 6
    top = int(face[13, 1])
    mask = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillPoly(mask, [polygon], 1)
    band = np.zeros_like(mask)
    band[top - 6 : top + 8, left:right] = 1
    pixels[(mask & band) > 0] = tooth
    return Portrait(pixels, face, plain.blendshapes, plain.rotation), face


def test_teeth_that_the_portrait_shows_are_kept():
    portrait, face = smiling((240, 215, 150))
    mouth = build_mouth(portrait)
    assert mouth.own is not None
    wider = opened(face, 12)
    frame = portrait.pixels.copy()
    paint_mouth(frame, mouth, portrait.landmarks, wider, wider, STILL, mouth.incisors)
    x, y = round(float(face[13, 0])), round(float(face[13, 1]))
    assert np.abs(frame[y + 4, x].astype(int) - (240, 215, 150)).max() < 40


def test_parted_red_lips_are_not_taken_for_teeth():
    portrait, _ = smiling((150, 40, 40))
    assert build_mouth(portrait).own is None


def test_a_mouth_outside_the_picture_is_skipped(portrait):
    far = portrait.landmarks + np.array([1000, 0, 0], np.float32)
    frame = portrait.pixels.copy()
    mouth = build_mouth(portrait)
    paint_mouth(frame, mouth, portrait.landmarks, far, far, STILL, mouth.incisors)
    assert np.array_equal(frame, portrait.pixels)


def mouth_column(frame, face):
    x, top, bottom = (round(float(v)) for v in (face[13, 0] + 3, face[13, 1], face[14, 1]))
    return frame[top + 1 : bottom, x].astype(int).sum(axis=1)


def test_f_and_v_bring_the_upper_teeth_onto_the_lip(portrait):
    face = opened(portrait.landmarks, 7)
    plain, mouth = painted(portrait, face)
    bitten = portrait.pixels.copy()
    paint_mouth(bitten, mouth, portrait.landmarks, face, face, STILL, mouth.incisors, bite=1.0)
    assert mouth_column(bitten, face).min() > mouth_column(plain, face).min() + 60


def test_teeth_behind_lips_that_hardly_part_lie_in_the_dark(portrait):
    brightest = [
        int(mouth_column(painted(portrait, face)[0], face).max())
        for face in (opened(portrait.landmarks, by) for by in (1, 30))
    ]
    assert brightest[0] < brightest[1]


def test_the_inner_border_of_the_lips_is_shaded(portrait):
    face = opened(portrait.landmarks, 30)
    frame, _ = painted(portrait, face)
    x, y = round(float(face[13, 0])), round(float(face[13, 1]))
    assert frame[y - 2, x].astype(int).sum() < portrait.pixels[y - 2, x].astype(int).sum() - 10
    assert np.array_equal(frame[y - 9, x], portrait.pixels[y - 9, x])
