"""Human proportions: any expression and pose of a face is familiar, other shapes are strange."""

import numpy as np
import pytest

from drawn_face import reference_points
from style2talker.face.plausible import strangeness
from style2talker.face.pose import rotation_matrix
from style2talker.face.rig import load_rig
from style2talker.records import ARKIT_NAMES

REST = np.zeros(52, np.float32)


def test_the_average_face_is_familiar_in_any_size_and_pose():
    for angles, scale in (([0, 0, 0], 1), ([0.3, -0.5, 0.2], 0.3), ([-0.2, 0.6, -1.5], 7)):
        points = scale * reference_points(257) @ rotation_matrix(angles).T + 31
        assert strangeness(points, REST) == pytest.approx(0, abs=1e-4)


def test_an_expression_is_not_strange():
    grimace = REST.copy()
    grimace[[ARKIT_NAMES.index(n) for n in ("jawOpen", "mouthSmileLeft", "browInnerUp")]] = (0.9, 0.7, 0.8)
    points = reference_points(257) + 77 * np.tensordot(grimace, load_rig().basis, 1)
    assert strangeness(points, grimace) < 0.2 * strangeness(points, REST)


def test_wide_and_long_faces_are_familiar_a_snout_is_not():
    face = reference_points(257)
    for stretch in ([1.25, 1, 1], [1, 1.2, 1], [1, 1, 0.7]):
        assert strangeness(face * stretch, REST) < 0.034
    snout = face.copy()
    middle = face[4]
    near = np.exp(-0.5 * (np.linalg.norm(face[:, :2] - middle[:2], axis=1) / 30) ** 2)
    snout[:, 1] += 25 * near
    snout[:, 2] -= 40 * near
    assert strangeness(snout, REST) > 0.06


def test_a_scrambled_mesh_is_strange():
    order = np.random.default_rng(0).permutation(478)
    assert strangeness(reference_points(257)[order], REST) > 0.2
