"""Eyes: closed lids show skin, a gaze moves the iris alone, the catch-light half as far, rest is rest."""

import cv2
import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.face.rig import fit, load_rig
from style2talker.records import ARKIT_NAMES, Portrait
from style2talker.style_a.eyes import Eye, build_eyes, paint_eye, skin_only
from style2talker.style_a.living import LivingPicture
from style2talker.style_a.mesh import LEFT_EYE, RIGHT_EYE

SKIN = np.array([215, 170, 145])
IRIS = np.array([50, 70, 90])


@pytest.fixture(scope="module")
def portrait():
    """The drawn face with lids that cover the irises where they reach beyond the openings."""
    plain = draw_portrait(401)
    points = plain.landmarks
    covered = np.zeros(plain.pixels.shape[:2], bool)
    opening = np.zeros(plain.pixels.shape[:2], np.uint8)
    y, x = np.mgrid[:401, :401]
    for ring, iris in ((RIGHT_EYE, 468), (LEFT_EYE, 473)):
        covered |= np.hypot(x - points[iris, 0], y - points[iris, 1]) < 12
        cv2.fillPoly(opening, [np.round(points[list(ring), :2]).astype(np.int32)], 1)
    pixels = np.where((covered & (opening == 0))[..., None], SKIN, plain.pixels).astype(np.uint8)
    return Portrait(pixels, points, plain.blendshapes, plain.rotation)


@pytest.fixture(scope="module")
def eyes(portrait):
    return build_eyes(portrait)


def face_of(portrait, **shapes):
    values = np.zeros((1, 52), np.float32)
    for name, value in shapes.items():
        sides = ("",) if name in ARKIT_NAMES else ("Left", "Right")
        for side in sides:
            values[0, ARKIT_NAMES.index(name + side)] = value
    return fit(load_rig(), portrait).displaced(values)[0]


def painted(portrait, face):
    rows, columns = portrait.pixels.shape[:2]
    living = LivingPicture(portrait, portrait.pixels, (0, 0, columns, rows))
    picture, box = living.picture(np.zeros(52, np.float32), face, living.carried(face))
    return picture.astype(int), box


def iris_middle(picture, portrait, iris):
    """Centroid (2,) of what has the colour of the iris near an eye."""
    x, y = portrait.landmarks[iris, :2]
    reach = 24
    left, top = int(x) - reach, int(y) - reach
    part = picture[top : top + 2 * reach, left : left + 2 * reach]
    rows, columns = np.nonzero(np.abs(part - IRIS).max(axis=2) < 40)
    return np.array([columns.mean() + left, rows.mean() + top])


def test_there_are_two_eyes_of_the_size_of_the_mesh(portrait, eyes):
    assert len(eyes) == 2 and all(isinstance(eye, Eye) for eye in eyes)
    for eye, (first, last) in zip(eyes, ((33, 133), (362, 263)), strict=True):
        assert eye.width == pytest.approx(np.linalg.norm((portrait.landmarks[first] - portrait.landmarks[last])[:2]))
        assert eye.right[0] > 0.95 and eye.down[1] > 0.95
        assert (eye.rest[2] >= eye.rest[1]).all()


def test_an_eye_at_rest_is_not_touched(portrait, eyes):
    for eye in eyes:
        left, top, right, bottom = eye.box
        under = portrait.pixels[top:bottom, left:right]
        out = np.zeros_like(under)
        points = portrait.landmarks
        assert not paint_eye(eye, under, points, points, points, out)
        assert not out.any()
    picture, box = painted(portrait, portrait.landmarks)
    assert box is None and np.array_equal(picture, portrait.pixels)


def test_closed_lids_leave_no_white_and_no_iris(portrait):
    picture, box = painted(portrait, face_of(portrait, eyeBlink=1.0))
    assert box is not None
    for ring in (RIGHT_EYE, LEFT_EYE):
        low, high = portrait.landmarks[list(ring), :2].min(axis=0), portrait.landmarks[list(ring), :2].max(axis=0)
        part = picture[int(low[1]) : int(high[1]) + 1, int(low[0]) + 3 : int(high[0]) - 2]
        assert part[..., 2].max() < 190  # the white of the eye is (235, 232, 228)
        assert (np.abs(part - IRIS).max(axis=2) < 12).mean() < 0.05
        assert (np.abs(part - SKIN).max(axis=2) < 40).mean() > 0.6


@pytest.mark.parametrize("amount", [0.2, 0.5, 0.8])
def test_lids_close_step_by_step(portrait, amount):
    def white(value):
        picture, _ = painted(portrait, face_of(portrait, eyeBlink=value))
        return int((picture[..., 2] > 200).sum())

    assert white(amount) < white(amount - 0.2)


def test_a_gaze_moves_the_iris_and_not_the_skin(portrait):
    face = face_of(portrait, eyeLookOutLeft=0.35, eyeLookInRight=0.35)
    picture, _ = painted(portrait, face)
    for iris, ring in ((468, RIGHT_EYE), (473, LEFT_EYE)):
        moved = iris_middle(picture, portrait, iris) - iris_middle(portrait.pixels.astype(int), portrait, iris)
        wanted = (face[iris] - portrait.landmarks[iris])[:2]
        assert wanted[0] > 2
        assert moved[0] == pytest.approx(wanted[0], rel=0.35)
        x = round(float(portrait.landmarks[list(ring), 0].mean()))
        high = int(portrait.landmarks[list(ring), 1].min())
        part = np.s_[high - 12 : high - 6, x - 8 : x + 9]
        assert np.abs(picture[part] - portrait.pixels[part]).max() < 12


def test_the_catch_light_moves_half_as_far_as_the_iris(portrait):
    pixels = portrait.pixels.copy()
    for iris in (468, 473):
        x, y = np.round(portrait.landmarks[iris, :2]).astype(int)
        pixels[y - 2 : y + 1, x - 1 : x + 2] = 255
    lit = Portrait(pixels, portrait.landmarks, portrait.blendshapes, portrait.rotation)
    face = face_of(lit, eyeLookOutLeft=0.6, eyeLookInRight=0.6)
    picture, _ = painted(lit, face)
    x, y = np.round(lit.landmarks[473, :2]).astype(int)
    shift = (face[473] - lit.landmarks[473])[0]
    part = picture[y - 5 : y + 4, x - 6 : x + 14].sum(axis=2).astype(float)
    inside = np.clip(part - 715, 0, None)
    at = (inside.sum(axis=0) * np.arange(-6, 14)).sum() / inside.sum()
    assert at == pytest.approx(0.5 * shift, abs=1.2)


def test_carried_points_are_where_the_skin_takes_them(portrait):
    inner, border, weights = skin_only(portrait.landmarks, RIGHT_EYE, range(468, 473))
    assert set(inner.tolist()) == {*RIGHT_EYE, *range(468, 473)} and not set(border.tolist()) & set(RIGHT_EYE)
    assert np.allclose(weights.sum(axis=1), 1.0, atol=1e-4) and weights.min() > -1e-6
    living = LivingPicture(portrait, portrait.pixels, (0, 0, 401, 401))
    shifted = portrait.landmarks + np.array([3, -2, 1], np.float32)
    assert np.allclose(living.carried(shifted), shifted, atol=1e-3)
    winked = face_of(portrait, eyeBlinkRight=1.0)
    carried = living.carried(winked)
    assert np.abs(carried - portrait.landmarks)[159, 1] < 0.4 * np.abs(winked - portrait.landmarks)[159, 1]


def test_an_eye_that_the_picture_cuts_off_is_left_alone(portrait):
    x = int(portrait.landmarks[159, 0])
    points = portrait.landmarks - np.array([x, 0, 0], np.float32)
    cut = Portrait(portrait.pixels[:, x:], points, portrait.blendshapes, portrait.rotation)
    assert len(build_eyes(cut)) == 1
    tiny = Portrait(portrait.pixels, portrait.landmarks * 0.04 + 100, portrait.blendshapes, portrait.rotation)
    assert build_eyes(tiny) == ()
