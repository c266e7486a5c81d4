"""Lips that a portrait shows parted meet without teeth or a dark line squeezed between them."""

import cv2
import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.face.rig import LIP_COLUMNS
from style2talker.records import Portrait
from style2talker.style_a.lips import Seam, build_seam, seal
from style2talker.style_a.living import LivingPicture
from style2talker.style_a.mesh import INNER_LIPS

LIPS = np.array([185, 85, 85])


def parted(gap=12):
    """A drawn face whose lower lip stands lower, with white teeth in the opening."""
    plain = draw_portrait(401)
    points = plain.landmarks.copy()
    for ring in LIP_COLUMNS["lower"]:
        points[list(ring), 1] += gap
    pixels = plain.pixels.copy()
    outer = np.round(points[list(LIP_COLUMNS["upper"][3] + LIP_COLUMNS["lower"][3][::-1]), :2]).astype(np.int32)
    cv2.fillPoly(pixels, [outer], tuple(LIPS.tolist()))
    cv2.fillPoly(pixels, [np.round(points[list(INNER_LIPS), :2]).astype(np.int32)], (245, 240, 230))
    return Portrait(pixels, points, plain.blendshapes, plain.rotation)


@pytest.fixture(scope="module")
def portrait():
    return parted()


def closed_face(portrait):
    face = portrait.landmarks.copy()
    for ring in LIP_COLUMNS["lower"]:
        face[list(ring), 1] -= 12
    return face


def test_lips_that_are_shut_need_no_seam():
    plain = draw_portrait(401)
    points = plain.landmarks.copy()
    points[list(LIP_COLUMNS["lower"][0])] = points[list(LIP_COLUMNS["upper"][0])]
    assert build_seam(Portrait(plain.pixels, points, plain.blendshapes, plain.rotation)) is None


def test_the_seam_is_lips_all_over_with_a_darker_line(portrait):
    seam = build_seam(portrait)
    assert isinstance(seam, Seam)
    x, y = portrait.landmarks[[13, 14], :2].mean(axis=0).round().astype(int) - seam.box[:2]
    column = seam.closed[y - 5 : y + 6, x].astype(int)
    assert column[:, 2].max() < 130  # no tooth is left
    assert column[5].sum() < column[0].sum()
    assert np.abs(column[0] / column[0].sum() - LIPS / LIPS.sum()).max() < 0.05


def test_it_closes_as_the_lips_move(portrait):
    seam = build_seam(portrait)
    assert seam.amount(portrait.landmarks) == 0.0
    assert seam.amount(closed_face(portrait)) == 1.0
    half = portrait.landmarks.copy()
    half[[14, 87, 317], 1] -= 0.7 * seam.millimetre
    assert 0.0 < seam.amount(half) < 1.0


def test_half_sealed_is_half_way(portrait):
    seam = build_seam(portrait)
    left, top, right, bottom = seam.box
    under = portrait.pixels[top:bottom, left:right]
    out = np.zeros((*under.shape[:2], 4), np.uint8)
    seal(seam, under, 0.5, out)
    assert np.abs(out[..., :3] - (under.astype(float) + seam.closed) / 2).max() <= 1.0
    assert not out[..., 3].any()


def test_the_picture_to_warp_shows_no_tooth_between_closed_lips(portrait):
    rows, columns = portrait.pixels.shape[:2]
    living = LivingPicture(portrait, portrait.pixels, (0, 0, columns, rows), wrinkles=False)
    shapes, points = np.zeros(52, np.float32), portrait.landmarks
    face = closed_face(portrait)
    picture, box = living.picture(shapes, face, face)
    x, y = points[[13, 14], :2].mean(axis=0).round().astype(int)
    assert box is not None and picture[y, x, 2] < 130 < portrait.pixels[y, x, 2]
    picture, box = living.picture(shapes, points, points)
    assert box is None and np.array_equal(picture, portrait.pixels)


def test_lips_outside_the_picture_are_skipped(portrait):
    far = Portrait(portrait.pixels, portrait.landmarks + 5000, portrait.blendshapes, portrait.rotation)
    assert build_seam(far) is None
