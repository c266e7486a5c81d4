"""What drives Style-A's networks: rows of coefficients and windows."""

from __future__ import annotations

import numpy as np
import pytest
from tests.drawn_face import reference_points

from style2talker.errors import MotionError
from style2talker.face.pose import rotation_matrix
from style2talker.face.tracking import Track
from style2talker.records import Motion
from style2talker.style_a.driving import (
    CROP_OFFSET,
    CROP_SCALE,
    RADIUS,
    SPACES,
    bfm_rows,
    face_place,
    rig_rows,
    windows,
)


def still(frames: int = 3) -> Motion:
    rng = np.random.default_rng(3)
    shapes = rng.uniform(0, 1, (frames, 52)).astype(np.float32)
    return Motion(shapes, np.zeros((frames, 3), np.float32), np.zeros((frames, 3), np.float32))


def test_the_first_window_repeats_the_first_frame_fourteen_times() -> None:
    rows = np.arange(40 * 61, dtype=np.float32).reshape(40, 61)
    found = windows(rows)
    assert found.shape == (40, 61, 27)
    assert sum(np.array_equal(found[0, :, k], rows[0]) for k in range(27)) == 14
    assert np.array_equal(found[20], rows[7:34].T)
    assert sum(np.array_equal(found[-1, :, k], rows[-1]) for k in range(27)) == 14


@pytest.mark.parametrize("frames", [1, 2, 13, 29])
def test_every_frame_is_in_the_middle_of_its_window(frames: int) -> None:
    rows = np.random.default_rng(0).normal(size=(frames, 5)).astype(np.float32)
    for radius in (1, RADIUS):
        found = windows(rows, radius)
        assert found.shape == (frames, 5, 2 * radius + 1)
        assert np.array_equal(found[:, :, radius], rows)


def test_no_frame_has_no_window() -> None:
    with pytest.raises(MotionError, match="no frame"):
        windows(np.zeros((0, 61), np.float32))


def test_a_row_has_expression_head_and_place() -> None:
    motion = still()
    place = np.array([0.6, 0.1, -0.2], np.float32)
    rows = rig_rows(motion, np.array([0.1, -0.2, 0.05], np.float32), place)
    assert rows.shape == (3, SPACES["rig"])
    assert rows.dtype == np.float32
    assert np.array_equal(rows[:, :52], motion.blendshapes)
    assert np.allclose(rows[:, 52:55], [0.1, -0.2, 0.05], atol=1e-6)  # a head that does not move keeps its pose
    assert np.array_equal(rows[:, 58:], np.broadcast_to(place, (3, 3)))


def test_angles_are_those_that_the_tracker_saw() -> None:
    """Motion tells the head relative to its median; the row puts the median back."""
    rng = np.random.default_rng(5)
    rotation = rng.normal(0, 0.2, (9, 3)).astype(np.float32)
    landmarks = np.stack([reference_points(128)] * 9)
    track = Track(landmarks, np.zeros((9, 52), np.float32), rotation, np.ones(9, bool), 25.0)
    rows = rig_rows(track.motion(), np.median(rotation, axis=0), np.zeros(3, np.float32))
    assert np.allclose(rotation_matrix(rows[:, 52:55]), rotation_matrix(rotation), atol=1e-5)


def test_the_place_of_a_face_does_not_depend_on_the_size_of_the_picture() -> None:
    points = reference_points(256)
    small = (points + 0.5) / 2 - 0.5
    assert np.allclose(face_place(points, 256, 256), face_place(small, 128, 128), atol=1e-3)
    moved = points + np.array([64, 0, 0], np.float32)
    assert np.allclose(face_place(moved, 256, 256) - face_place(points, 256, 256), [0, 0.5, 0], atol=1e-6)
    assert face_place(points, 256, 256)[0] == pytest.approx(0.6, abs=0.05)  # drawn with eyes 0.3 of the width apart


def test_published_rows_have_their_columns_in_order() -> None:
    whole = np.arange(2 * 260, dtype=np.float32).reshape(2, 260)
    rows = bfm_rows(whole)
    assert rows.shape == (2, SPACES["bfm"])
    assert np.array_equal(rows[:, :64], whole[:, 80:144])
    assert np.array_equal(rows[:, 64:67], whole[:, 224:227])
    assert np.array_equal(rows[:, 67:70], whole[:, 254:257])
    assert np.allclose(rows[:, 70:] * CROP_SCALE + CROP_OFFSET, whole[:, 257:260])


def test_coefficients_without_a_crop_are_refused() -> None:
    with pytest.raises(MotionError, match=r"expected \(T, 260\)"):
        bfm_rows(np.zeros((2, 257), np.float32))
