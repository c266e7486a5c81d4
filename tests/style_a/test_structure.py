"""Proportions: pixels and mesh move together, boundedly, and the background stays."""

import cv2
import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.face.pose import rotation_matrix
from style2talker.records import FAMILIES, Portrait
from style2talker.style_a.mesh import LEFT_EYE, RIGHT_EYE
from style2talker.style_a.structure import TEMPLATES, art_shift, family_shift, frontal, reshape


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(401, 0.26)


def shaped(portrait, family, amount):
    points = frontal(portrait.landmarks, portrait.blendshapes)[0]
    return reshape(portrait, family_shift(points, family), amount)


def area(points, ids):
    return float(cv2.contourArea(np.ascontiguousarray(points[list(ids), :2], dtype=np.float32)))


def dark_centre(pixels, around, reach):
    """Middle of the dark pixels (iris) near a point."""
    x, y = np.round(around).astype(int)
    part = pixels[y - reach : y + reach + 1, x - reach : x + reach + 1].astype(int).sum(axis=-1)
    ys, xs = np.nonzero(part < 330)
    return np.array([xs.mean() + x - reach, ys.mean() + y - reach])


def test_nothing_moves_at_amount_zero(portrait):
    assert shaped(portrait, "pixar", 0.0) is portrait


@pytest.mark.parametrize("family", FAMILIES)
def test_eyes_grow_with_the_amount(portrait, family):
    sizes = [
        sum(area(shaped(portrait, family, a).landmarks, ids) for ids in (RIGHT_EYE, LEFT_EYE)) for a in (0, 0.5, 1)
    ]
    assert sizes[0] < sizes[1] < sizes[2]
    assert set(TEMPLATES) == set(FAMILIES)


def test_large_eyes_families_grow_them_most(portrait):
    growth = {f: area(shaped(portrait, f, 1.0).landmarks, LEFT_EYE) for f in FAMILIES}
    assert sorted(growth, key=growth.get)[-2:] == ["cartoon", "pixar"]


def test_pixels_go_where_the_landmarks_go(portrait):
    moved = shaped(portrait, "pixar", 1.0)
    for iris in (468, 473):
        assert np.allclose(dark_centre(moved.pixels, moved.landmarks[iris, :2], 9), moved.landmarks[iris, :2], atol=1.5)
    was, now = portrait.pixels.astype(int).sum(axis=-1), moved.pixels.astype(int).sum(axis=-1)
    white = 640
    box = np.s_[150:230, 120:200]
    assert (now[box] > white).sum() > 1.15 * (was[box] > white).sum()


def test_the_background_stays_bit_for_bit_and_the_frame_never_moves(portrait):
    moved = shaped(portrait, "cartoon", 1.0)
    assert moved.pixels.shape == portrait.pixels.shape
    for edge in (np.s_[:12], np.s_[-12:], np.s_[:, :12], np.s_[:, -12:]):
        assert np.array_equal(moved.pixels[edge], portrait.pixels[edge])


def test_movement_is_bounded_and_never_folds(portrait):
    wild = np.random.default_rng(0).normal(0, 2, (478, 3)).astype(np.float32)
    moved = reshape(portrait, wild, 1.0)
    eyes = np.linalg.norm(portrait.landmarks[33] - portrait.landmarks[263])
    assert np.linalg.norm(moved.landmarks - portrait.landmarks, axis=1).max() < 0.17 * eyes
    assert np.isfinite(moved.landmarks).all()


def test_opacity_is_warped_with_the_pixels(portrait):
    alpha = np.full(portrait.pixels.shape[:2], 255, np.uint8)
    alpha[190:] = 0
    cut = Portrait(portrait.pixels, portrait.landmarks, portrait.blendshapes, portrait.rotation, alpha)
    moved = shaped(cut, "pixar", 1.0)
    assert moved.alpha.shape == alpha.shape
    assert not np.array_equal(moved.alpha, alpha)
    assert np.array_equal(moved.alpha[:12], alpha[:12])


def test_art_pulls_towards_its_proportions_whatever_its_pose(portrait):
    other = portrait.landmarks.copy()
    for ids in (RIGHT_EYE, LEFT_EYE):
        middle = other[list(ids)].mean(axis=0)
        other[list(ids)] = middle + (other[list(ids)] - middle) * 1.5
    turned = (other - other.mean(axis=0)) @ rotation_matrix([0.1, 0.25, 0.3]).T.astype(np.float32) * 1.7 + 300
    zeros = np.zeros(52, np.float32)
    points, art = frontal(portrait.landmarks, zeros)[0], frontal(turned.astype(np.float32), zeros)[0]
    moved = reshape(portrait, art_shift(points, art), 1.0)
    assert area(moved.landmarks, LEFT_EYE) > 1.25 * area(portrait.landmarks, LEFT_EYE)
    still = [1, 4, 152, 10, 61, 291]
    assert np.abs(moved.landmarks[still] - portrait.landmarks[still]).max() < 3


def test_the_same_face_pulls_nowhere(portrait):
    points = frontal(portrait.landmarks, portrait.blendshapes)[0]
    assert np.abs(art_shift(points, points)).max() < 1e-5
    moved = reshape(portrait, np.zeros((478, 3), np.float32), 1.0)
    assert np.abs(moved.pixels.astype(int) - portrait.pixels).max() <= 2


def test_an_expression_is_taken_off_before_faces_are_compared(portrait):
    smile = np.zeros(52, np.float32)
    smile[10:14] = 0.5
    rest, smiling = frontal(portrait.landmarks, np.zeros(52, np.float32))[0], frontal(portrait.landmarks, smile)[0]
    assert np.abs(rest - smiling).max() > 0.005


def test_a_face_at_the_border_is_reshaped_too(portrait):
    cut = portrait.pixels[100:, 60:]
    corner = Portrait(
        cut, portrait.landmarks - np.array([60, 100, 0], np.float32), portrait.blendshapes, portrait.rotation
    )
    assert not np.array_equal(shaped(corner, "pixar", 1.0).pixels, cut)
