"""The control mesh: what follows the head, what follows the skin, what stays."""

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.face.pose import rotation_matrix
from style2talker.records import Portrait
from style2talker.style_a.mesh import (
    FACE_OVAL,
    INNER_LIPS,
    LEFT_EYE,
    RIGHT_EYE,
    WarpMesh,
    build_mesh,
    face_triangles,
)

STILL, NOWHERE = np.eye(3, dtype=np.float32), np.zeros(3, np.float32)


@pytest.fixture(scope="module")
def mesh():
    return build_mesh(draw_portrait(257))


def turned(*angles):
    return rotation_matrix(angles).astype(np.float32)


def test_rings_are_closed_paths_of_the_face():
    for ring, count in ((FACE_OVAL, 36), (INNER_LIPS, 20), (LEFT_EYE, 16), (RIGHT_EYE, 16)):
        assert len(set(ring)) == count


def test_the_mesh_begins_with_the_face_and_covers_the_region(mesh):
    assert isinstance(mesh, WarpMesh)
    assert np.array_equal(mesh.points[:478], draw_portrait(257).landmarks)
    assert mesh.triangles.max() < len(mesh.points)
    assert len(mesh.triangles) > len(face_triangles())
    left, top, right, bottom = mesh.region
    corners = {(left, top), (right - 1, top), (left, bottom - 1), (right - 1, bottom - 1)}
    assert corners <= {tuple(point) for point in np.round(mesh.points[478:, :2]).astype(int).tolist()}


def test_the_head_follows_wholly_and_the_border_not_at_all(mesh):
    assert (mesh.follow[:478] == 1).all()
    left, top, right, bottom = mesh.region
    x, y = mesh.points[:, 0], mesh.points[:, 1]
    border = (x <= left) | (x >= right - 1) | (y <= top) | (y >= bottom - 1)
    assert border[478:].sum() > 20
    assert mesh.follow[border].max() == 0
    assert ((mesh.follow >= 0) & (mesh.follow <= 1)).all()


def test_rest_is_rest(mesh):
    posed = mesh.posed(mesh.points[:478], STILL, NOWHERE)
    assert np.allclose(posed, mesh.points, atol=1e-4)


def test_the_skin_of_the_neck_follows_the_chin():
    mesh = build_mesh(draw_portrait(401, face=0.18))
    face = mesh.points[:478].copy()
    chin = face[152].copy()
    face[list(FACE_OVAL), 1] += np.where(face[list(FACE_OVAL), 1] > face[4, 1], 10, 0)
    shift = (mesh.posed(face, STILL, NOWHERE) - mesh.points)[478:, 1]
    around = mesh.points[478:]
    under = (np.abs(around[:, 0] - chin[0]) < 25) & (around[:, 1] > chin[1])
    near = under & (around[:, 1] < chin[1] + 14)
    far = under & (around[:, 1] > chin[1] + 70)
    assert shift[near].max() > 4
    assert np.abs(shift[far]).max() < 0.5
    assert np.abs(shift[around[:, 1] < face[10, 1] - 30]).max() < 0.5


def test_points_of_the_skull_move_rigidly(mesh):
    rng = np.random.default_rng(0)
    points = rng.uniform(0, 257, (11, 3)).astype(np.float32)
    moved = mesh.carried(points, turned(0.1, -0.2, 0.15), np.array([0.2, 0.1, 0.0], np.float32))
    before = np.linalg.norm(points[:, None] - points[None], axis=2)
    assert np.allclose(np.linalg.norm(moved[:, None] - moved[None], axis=2), before, atol=1e-3)


def test_translation_is_in_eye_distances_up_is_up_and_near_is_large(mesh):
    points = mesh.points[:478]
    moved = mesh.carried(points, STILL, np.array([0.5, 0.25, 0.0], np.float32)) - points
    assert np.allclose(moved[:, 0], 0.5 * mesh.unit, atol=1e-3)
    assert np.allclose(moved[:, 1], -0.25 * mesh.unit, atol=1e-3)
    near = mesh.carried(points, STILL, np.array([0, 0, 0.5], np.float32))
    assert np.ptp(near[:, 0]) > 1.05 * np.ptp(points[:, 0])


def test_a_face_at_the_edge_of_its_picture_keeps_its_region_inside():
    whole = draw_portrait(257, face=0.30)
    cut = whole.pixels[60:230, 40:215]
    moved = whole.landmarks - np.array([40, 60, 0], np.float32)
    mesh = build_mesh(Portrait(cut, moved, whole.blendshapes, whole.rotation))
    left, top, right, bottom = mesh.region
    assert left >= 0 and top >= 0 and right <= 175 and bottom <= 170
    assert np.isfinite(mesh.posed(mesh.points[:478], turned(0, 0.25, 0), NOWHERE)).all()
