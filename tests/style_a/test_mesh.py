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


def test_hair_follows_wholly_and_shoulders_a_little():
    mesh = build_mesh(draw_portrait(401, face=0.18))
    assert (mesh.follow[:478] == 1).all()
    assert ((mesh.follow >= 0) & (mesh.follow <= 1)).all()
    left, top, right, bottom = mesh.region
    x, y = mesh.points[478:, 0], mesh.points[478:, 1]
    inside = (x > left) & (x < right - 1) & (y > top) & (y < bottom - 1)
    chin, brow = mesh.points[152, 1], mesh.points[10, 1]
    follow = mesh.follow[478:]
    assert (follow[inside & (y < brow)] == 1).all()
    low = inside & (y > chin + 0.6 * (chin - brow))
    assert low.sum() > 5 and 0 < follow[low].max() < 0.2


def test_a_region_within_a_larger_picture_is_tied_to_what_stands_still():
    mesh = build_mesh(draw_portrait(601, face=0.10))
    left, top, right, bottom = mesh.region
    assert left > 0 and top > 0 and right < 601 and bottom < 601
    x, y = mesh.points[478:, 0], mesh.points[478:, 1]
    border = (x <= left) | (x >= right - 1) | (y <= top) | (y >= bottom - 1)
    assert border.sum() > 60
    assert mesh.follow[478:][border].max() == 0 and mesh.shift[478:][border].max() == 0


def test_the_grid_reaches_beyond_the_region(mesh):
    left, top, right, bottom = mesh.region
    x, y = mesh.points[:, 0], mesh.points[:, 1]
    assert x.min() < left - 50 and y.min() < top - 50 and x.max() > right + 50 and y.max() > bottom + 50


def test_no_triangle_of_the_face_turns_its_back_at_25_degrees(mesh):
    """A turned head shows no fold, behind which a picture has nothing to show."""

    def area(points):
        a, b, c = (points[mesh.triangles[:, k], :2] for k in range(3))
        return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (c[:, 0] - a[:, 0]) * (b[:, 1] - a[:, 1])

    rest = area(mesh.points)
    big = np.abs(rest) > 1.0
    for angles in ((0, 25, 0), (0, -25, 0), (15, 0, 0), (-15, 0, 0), (8, 20, 10)):
        posed = mesh.posed(mesh.points[:478], turned(*np.radians(angles)), NOWHERE)
        assert (np.sign(area(posed))[big] == np.sign(rest)[big]).all()


def test_the_outline_of_a_turned_head_keeps_its_width(mesh):
    far = (mesh.rim[478:] > 0.99) & (mesh.follow[478:] == 1)
    assert far.sum() > 10
    moved = mesh.posed(mesh.points[:478], turned(0, 0.4, 0), NOWHERE)[478:][far] - mesh.points[478:][far]
    assert np.abs(moved[:, 0]).max() < 0.02 * mesh.unit
    rolled = mesh.posed(mesh.points[:478], turned(0, 0, 0.2), NOWHERE)[478:][far]
    assert np.abs(rolled - mesh.carried(mesh.points[478:][far], turned(0, 0, 0.2), NOWHERE))[:, :2].max() < 1e-3


def test_rest_is_rest(mesh):
    posed = mesh.posed(mesh.points[:478], STILL, NOWHERE)
    assert np.allclose(posed[:, :2], mesh.points[:, :2], atol=1e-4)


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
