"""Angles, rotations and similarity fits: there and back, and the signs that the motion format promises."""

import numpy as np
import pytest

from style2talker.face.pose import PERSPECTIVE, STABLE, euler_angles, rigid_transform, rotation_matrix

NOSE, CROWN = np.array([0.0, 0.0, -1.0]), np.array([0.0, -1.0, 0.0])


def test_angles_survive_the_way_there_and_back():
    angles = np.random.default_rng(0).uniform(-1.2, 1.2, (53, 3))
    assert np.allclose(euler_angles(rotation_matrix(angles)), angles, atol=1e-9)


def test_rotation_is_the_product_that_the_documentation_states():
    pitch, yaw, roll = 0.3, -0.4, 0.2
    about_x = np.array([[1, 0, 0], [0, np.cos(pitch), -np.sin(pitch)], [0, np.sin(pitch), np.cos(pitch)]])
    about_y = np.array([[np.cos(-yaw), 0, np.sin(-yaw)], [0, 1, 0], [-np.sin(-yaw), 0, np.cos(-yaw)]])
    about_z = np.array([[np.cos(roll), -np.sin(roll), 0], [np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    assert np.allclose(rotation_matrix([pitch, yaw, roll]), about_z @ about_y @ about_x)


@pytest.mark.parametrize(
    ("angles", "point", "axis"),
    [((0.3, 0, 0), NOSE, 1), ((0, 0.3, 0), NOSE, 0), ((0, 0, 0.3), CROWN, 0)],
    ids=[
        "chin down lowers the nose",
        "left turns the nose right in the picture",
        "left shoulder takes the crown right",
    ],
)
def test_signs(angles, point, axis):
    assert (rotation_matrix(angles) @ point)[axis] > 0.2


def test_similarity_is_recovered_from_its_effect():
    rng = np.random.default_rng(1)
    points = rng.normal(0, 1, (31, 3))
    rotation = rotation_matrix([0.2, 0.5, -0.3])
    scale, found, shift = rigid_transform(points, 2.5 * points @ rotation.T + [3, -1, 7])
    assert scale == pytest.approx(2.5)
    assert np.allclose(found, rotation)
    assert np.allclose(shift, [3, -1, 7])


def test_a_mirrored_face_is_not_fitted_by_a_reflection():
    points = np.random.default_rng(2).normal(0, 1, (31, 3))
    _, rotation, _ = rigid_transform(points, points * [-1, 1, 1])
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_constants_are_those_of_the_mesh():
    assert len(set(STABLE)) == len(STABLE)
    assert max(STABLE) < 478
    assert 0 < PERSPECTIVE < 1
