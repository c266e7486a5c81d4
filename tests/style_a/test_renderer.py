"""The renderer on a drawn face: what moves, what stays, what a mouth shows."""

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.records import ARKIT_NAMES, Motion, Portrait
from style2talker.style_a.head import Head, Pose
from style2talker.style_a.mesh import build_mesh
from style2talker.style_a.renderer import Renderer


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(257)


@pytest.fixture(scope="module")
def renderer(portrait):
    return Renderer(portrait)


def motion(shapes=None, rotation=(0.0, 0.0, 0.0), translation=(0.0, 0.0, 0.0), frames=1):
    blendshapes = np.zeros((frames, 52), np.float32)
    for name, value in (shapes or {}).items():
        blendshapes[:, ARKIT_NAMES.index(name)] = value
    return Motion(blendshapes, np.tile(rotation, (frames, 1)), np.tile(translation, (frames, 1)))


def one(renderer, *args, **kwargs):
    return next(iter(renderer.frames(motion(*args, **kwargs)))).astype(int)


def around(points, ids, margin=2):
    low, high = points[list(ids), :2].min(axis=0) - margin, points[list(ids), :2].max(axis=0) + margin
    return slice(int(low[1]), int(high[1]) + 1), slice(int(low[0]), int(high[0]) + 1)


def test_rest_is_the_portrait_bit_for_bit(renderer, portrait):
    assert np.array_equal(one(renderer), portrait.pixels)


def test_frames_have_the_size_of_the_portrait_and_follow_the_motion(renderer):
    frames = list(renderer.frames(motion({"jawOpen": 0.3}, frames=70)))
    assert len(frames) == 70
    assert renderer.size == (257, 257)
    assert all(f.shape == (257, 257, 3) and f.dtype == np.uint8 for f in frames)
    assert all(np.array_equal(f, frames[0]) for f in frames)


def test_the_background_never_moves():
    """What the head neither leaves nor reaches stays bit for bit, however it turns."""
    portrait = draw_portrait(401, face=0.13)
    frame = one(Renderer(portrait), {"jawOpen": 0.6}, rotation=(0.15, 0.25, 0.2), translation=(0.1, 0.05, 0.2))
    low, high = portrait.landmarks[:, :2].min(axis=0).astype(int), portrait.landmarks[:, :2].max(axis=0).astype(int)
    far = np.ones((401, 401), bool)
    far[low[1] - 60 :, low[0] - 60 : high[0] + 60] = False
    assert far.mean() > 0.4
    assert np.array_equal(frame[far], portrait.pixels[far])
    assert np.abs(frame - portrait.pixels).max() > 60


def test_an_open_jaw_shows_a_dark_mouth_and_lowers_the_chin(renderer, portrait):
    frame = one(renderer, {"jawOpen": 0.7})
    rows, columns = around(portrait.landmarks, (13, 14, 87, 317), margin=6)
    assert frame[rows, columns].min() < portrait.pixels[rows, columns].min() - 15
    x = int(portrait.landmarks[152, 0])
    y = int(portrait.landmarks[152, 1])
    below = slice(y + 1, y + 5)
    assert np.abs(frame[below, x - 4 : x + 5] - portrait.pixels[below, x - 4 : x + 5]).mean() > 8


def test_a_blink_covers_the_iris_with_skin(renderer, portrait):
    frame = one(renderer, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0})
    for iris in (468, 473):
        x, y = np.round(portrait.landmarks[iris, :2]).astype(int)
        skin = np.array([215, 170, 145])
        was = np.abs(portrait.pixels[y - 1 : y + 2, x - 1 : x + 2] - skin).mean()
        now = np.abs(frame[y - 2 : y + 1, x - 1 : x + 2] - skin).mean()
        assert now < 0.5 * was


def test_a_shape_on_one_side_leaves_the_other_side_alone(renderer, portrait):
    frame = one(renderer, {"browOuterUpLeft": 1.0})
    middle = int(portrait.landmarks[168, 0])
    change = np.abs(frame - portrait.pixels).sum(axis=2)
    # The person's left is on the right of the picture.
    assert change[:, middle:].sum() > 8 * change[:, :middle].sum()


@pytest.mark.parametrize(("rotation", "axis", "sign"), [((0.2, 0, 0), 1, 1), ((0, 0.2, 0), 0, 1)])
def test_the_nose_goes_where_the_head_turns(renderer, portrait, rotation, axis, sign):
    """Chin down moves the nose down, a turn to the person's left moves it to the right of the picture."""
    posed = build_mesh(portrait).carried(portrait.landmarks, *_pose(rotation))
    assert sign * (posed[4] - portrait.landmarks[4])[axis] > 3


def _pose(rotation):
    from style2talker.face.pose import rotation_matrix

    return rotation_matrix(np.array(rotation, np.float32)).astype(np.float32), np.zeros(3, np.float32)


def test_no_hole_and_no_tear_at_fifteen_degrees(renderer, portrait):
    """A head turned far shows only colours of the portrait: nothing black, nothing unset."""
    for rotation in ((0, 0.26, 0), (0, -0.26, 0), (0.26, 0, 0), (-0.26, 0, 0), (0, 0, 0.26)):
        frame = one(renderer, rotation=rotation)
        assert frame.min() >= portrait.pixels.min() - 25
        assert np.abs(frame - portrait.pixels).mean() > 1


def test_the_mouth_closes_again_to_the_portrait(renderer, portrait):
    frames = list(renderer.frames(motion({"jawOpen": 0.5}))) + list(renderer.frames(motion()))
    assert not np.array_equal(frames[0], portrait.pixels)
    assert np.array_equal(frames[1], portrait.pixels)


def couple():
    """Two drawn faces side by side in one picture."""
    one = draw_portrait(257, face=0.22)
    pixels = np.concatenate([one.pixels, one.pixels[:, ::-1]], axis=1)
    return [
        Portrait(pixels, one.landmarks + np.array([shift, 0, 0], np.float32), one.blendshapes, one.rotation)
        for shift in (0, 257)
    ]


def test_one_face_of_two_moves_alone():
    left, right = couple()
    frame = one(Renderer(left, bystanders=[right.landmarks]), {"jawOpen": 0.7}, rotation=(0.1, 0.3, 0.2))
    assert np.array_equal(frame[:, 257:], left.pixels[:, 257:])
    assert np.abs(frame[:, :250] - left.pixels[:, :250]).max() > 60


def test_several_faces_move_each_in_its_own_way():
    left, right = couple()
    renderer = Renderer(left, company=[right])
    nod, shake = motion({"jawOpen": 0.7}), motion({"mouthPucker": 0.6}, rotation=(0, 0.2, 0))
    frame = next(renderer.frames(nod, shake)).astype(int)
    alone = one(Renderer(left, bystanders=[right.landmarks]), {"jawOpen": 0.7})
    other = one(Renderer(right, bystanders=[left.landmarks]), {"mouthPucker": 0.6}, rotation=(0, 0.2, 0))
    assert np.array_equal(frame[:, :257], alone[:, :257])
    assert np.array_equal(frame[:, 257:], other[:, 257:])
    same = next(renderer.frames(nod)).astype(int)
    assert np.array_equal(same[:, :257], frame[:, :257]) and not np.array_equal(same, frame)


def test_frames_in_one_array_are_those_in_many(renderer):
    turning = Motion(np.zeros((3, 52)), [(0, 0.2, 0), (0.1, 0, 0.1), (0, 0, 0)], np.zeros((3, 3)))
    seen = [(id(frame), frame.copy()) for frame in renderer.frames(turning, reuse=True)]
    assert len({place for place, _ in seen}) == 1
    for (_, reused), fresh in zip(seen, renderer.frames(turning), strict=True):
        assert np.array_equal(reused, fresh)


def test_a_head_draws_the_poses_of_a_motion(portrait, renderer):
    (head,) = renderer._heads
    assert isinstance(head, Head)
    poses: list[Pose] = list(head.poses(motion({"jawOpen": 0.5}, frames=2)))
    frame = portrait.pixels.copy()
    head.draw(poses[1], frame)
    assert not np.array_equal(frame, portrait.pixels)
    head.restore(frame)
    assert np.array_equal(frame, portrait.pixels)
