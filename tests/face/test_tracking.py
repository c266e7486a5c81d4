"""Tracking: gaps are filled, head motion comes out with the signs and units of a motion."""

import cv2
import numpy as np
import pytest

from drawn_face import reference_points
from style2talker.errors import FaceError
from style2talker.face.pose import PIVOT, STABLE, rotation_matrix
from style2talker.face.tracking import Track, track_frames


def track_of(landmarks, rotation=None, valid=None):
    n = len(landmarks)
    rotation = np.zeros((n, 3), np.float32) if rotation is None else rotation
    valid = np.ones(n, bool) if valid is None else valid
    return Track(np.asarray(landmarks, np.float32), np.zeros((n, 52), np.float32), rotation, valid, 25.0)


def test_motion_is_relative_to_the_usual_place_in_eye_distances():
    face = reference_points(257)
    unit = np.linalg.norm(face[33] - face[263])
    moved = face + np.array([0.5 * unit, -0.25 * unit, 0], np.float32)
    motion = track_of([face, face, face, moved]).motion()
    assert np.allclose(motion.translation[0], 0, atol=1e-5)
    assert np.allclose(motion.translation[3], [0.5, 0.25, 0], atol=1e-4)


def test_a_growing_face_comes_towards_the_camera():
    face = reference_points(257)
    centre = face.mean(axis=0)
    motion = track_of([face, face, face, (face - centre) * 1.1 + centre]).motion()
    assert motion.translation[3, 2] > 0.3


def test_rotation_is_relative_to_the_usual_pose():
    usual, turn = np.array([0.1, 0.2, 0.05]), np.array([0.0, 0.3, 0.0])
    face = reference_points(257)
    from style2talker.face.pose import euler_angles

    turned = euler_angles(rotation_matrix(turn) @ rotation_matrix(usual))
    rotation = np.stack([usual, usual, usual, turned]).astype(np.float32)
    motion = track_of([face] * 4, rotation).motion()
    assert np.allclose(motion.rotation[:3], 0, atol=1e-5)
    assert np.allclose(motion.rotation[3], turn, atol=1e-5)


def test_turning_alone_is_no_translation():
    """A head that turns about its neck moves in the picture, but not as a whole."""
    face = reference_points(257).astype(float)
    unit = float(np.linalg.norm(face[33] - face[263]))
    pivot = face[list(STABLE)].mean(axis=0) + unit * np.array(PIVOT)
    turns = np.array([[0, 0, 0], [0, 0, 0], [0, 0, 0], [0.2, 0, 0], [0, -0.3, 0], [0, 0, 0.2]])
    seen = np.stack([(face - pivot) @ rotation_matrix(turn).T + pivot for turn in turns])
    assert np.abs(seen[3:5, 4] - face[4]).max(axis=1).min() > 0.2 * unit
    motion = track_of(seen, turns.astype(np.float32)).motion()
    assert np.abs(motion.translation).max() < 1e-3
    assert np.allclose(motion.rotation, turns, atol=1e-5)


def test_frames_without_a_face_are_filled_and_marked(landmarker, astronaut):
    frame = cv2.resize(astronaut, (256, 256), interpolation=cv2.INTER_AREA)
    shifted = np.roll(frame, 8, axis=1)
    blank = np.zeros_like(frame)
    seen = []
    track = track_frames(iter([frame, frame, blank, blank, shifted, shifted]), 25.0, progress=seen.append)
    assert seen == [1, 2, 3, 4, 5, 6]
    assert track.landmarks.shape == (6, 478, 3)
    assert track.valid[[0, 1, 5]].all()
    assert not track.valid[2]
    x = track.landmarks[:, 4, 0]
    assert x[0] <= x[2] + 0.5 and x[2] < x[5]
    assert track.motion().n_frames == 6


def test_a_video_without_a_face_is_refused(landmarker):
    with pytest.raises(FaceError, match="no face found in any of 3 frames"):
        track_frames([np.zeros((64, 64, 3), np.uint8)] * 3, 25.0)
