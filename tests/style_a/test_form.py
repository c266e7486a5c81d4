"""Solid form: what faces the light is lit, a cushion curves away at its border, a nose stands out."""

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.style_a.canvas import prepare
from style2talker.style_a.form import face_normals, glossy, inflated_normals, lit_by

FRONT = np.array([0, 0, -1], np.float32)


def disc(size=101, radius=40):
    ys, xs = np.mgrid[0:size, 0:size] - size // 2
    return (np.hypot(xs, ys) < radius).astype(np.float32)


@pytest.mark.parametrize("roundness", [10.0, 35.0])
def test_a_cushion_curves_away_towards_its_border(roundness):
    normals = inflated_normals(disc(), roundness)
    assert np.allclose(np.linalg.norm(normals, axis=2), 1, atol=0.05)
    assert normals[50, 50, 2] < -0.97
    assert normals[50, 14, 0] < -0.3 < 0.3 < normals[50, 86, 0]
    assert normals[14, 50, 1] < -0.3 < 0.3 < normals[86, 50, 1]


def test_a_shape_cut_off_by_the_picture_does_not_curve_there():
    mask = np.zeros((80, 60), np.float32)
    mask[20:] = 1
    normals = inflated_normals(mask, 12.0)
    assert np.abs(normals[75, 30]).argmax() == 2
    assert np.abs(normals[60, 2, 0]) < 0.05


def test_a_nose_turns_to_both_sides():
    portrait = draw_portrait(257)
    normals = face_normals(prepare(portrait))
    tip = portrait.landmarks[4, :2]
    unit = np.linalg.norm(portrait.landmarks[10, :2] - portrait.landmarks[152, :2])
    row = round(float(tip[1]))
    left, right = (round(float(tip[0] + d * unit)) for d in (-0.08, 0.08))
    assert normals[row, left, 0] < -0.2 < 0.2 < normals[row, right, 0]
    assert normals[..., 2].max() < 0


def test_light_falls_off_and_wraps_around():
    turned = np.array([[FRONT, (1, 0, 0), (0, 0, 1)]], np.float32)
    assert np.allclose(lit_by(turned, 3 * FRONT, 0.0), [[1, 0, 0]])
    assert np.allclose(lit_by(turned, FRONT, 1.0), [[1, 0.5, 0]])


def test_a_highlight_is_where_light_is_mirrored_and_small_where_glossy():
    light = np.array([1, 0, -1], np.float32)
    angle = np.linspace(-1, 1, 201)
    normals = np.stack([np.sin(angle), 0 * angle, -np.cos(angle)], axis=-1)[None].astype(np.float32)
    broad, narrow = glossy(normals, light, 5)[0], glossy(normals, light, 50)[0]
    assert abs(angle[broad.argmax()] - np.pi / 8) < 0.02
    assert (narrow > 0.5).sum() < 0.5 * (broad > 0.5).sum()
