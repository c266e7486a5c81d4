"""The opening of made motions and of tracks that show the same faces."""

import numpy as np
import pytest
from made_people import FPS, JAW, moved, wandering

from style2talker.evaluate.openings import closed_gap, lip_points, opening_of_motion
from style2talker.face.lips import lip_gap, opening_of_track
from style2talker.face.pose import rotation_matrix
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track
from style2talker.records import ARKIT_NAMES


def test_a_face_at_rest_has_the_closed_gap():
    assert opening_of_motion(moved({JAW: np.zeros(3)})) == pytest.approx(closed_gap(), abs=1e-6)
    assert closed_gap() < 0.03


def test_the_jaw_opens_the_lips_by_what_the_rig_says():
    curve = np.linspace(0.3, 1, 8)
    opening = opening_of_motion(moved({JAW: curve}))
    basis = load_rig().basis[JAW]
    by_hand = np.linalg.norm(curve[:, None] * (basis[14] - basis[13])[:2], axis=1)
    assert opening == pytest.approx(by_hand, abs=1.3 * closed_gap())
    assert (np.diff(opening) > 0).all()


def test_lips_pressed_together_are_not_open():
    shut = {JAW: np.full(4, 0.4), ARKIT_NAMES.index("mouthClose"): np.full(4, 0.4)}
    assert opening_of_motion(moved(shut)).max() <= closed_gap() + 0.005


def test_long_motions_are_measured_in_runs_without_a_seam():
    curve = wandering(1, 1203)
    whole = opening_of_motion(moved({JAW: curve}))
    assert opening_of_motion(moved({JAW: curve[490:510]})) == pytest.approx(whole[490:510], abs=1e-6)
    assert opening_of_motion(moved({JAW: np.zeros(0)})).shape == (0,)


def test_lip_points_follow_the_lips_and_not_the_head_or_the_lids():
    still = lip_points(moved({ARKIT_NAMES.index("eyeBlinkLeft"): wandering(1, 20)}, np.full((20, 3), 0.2)))
    assert np.ptp(still, axis=0).max() < 1e-6
    assert np.ptp(lip_points(moved({JAW: np.array([0.0, 0.5])})), axis=0).max() > 0.1


@pytest.mark.parametrize(("scale", "angles"), [(1.0, (0, 0, 0)), (180.0, (0.2, -0.3, 0.1)), (64.0, (0, 0, 0.5))])
def test_a_track_shows_the_same_opening_wherever_the_face_is(scale, angles):
    curve = np.linspace(0, 0.8, 9)
    rig = load_rig()
    faces = rig.reference + curve[:, None, None] * rig.basis[JAW]
    turned = (faces @ rotation_matrix(angles).T * scale + np.array([300, 200, 5])).astype(np.float32)
    valid = np.ones(9, bool)
    valid[4] = False
    track = Track(turned, np.zeros((9, 52), np.float32), np.zeros((9, 3), np.float32), valid, FPS)
    opening = opening_of_track(track)
    assert np.isnan(opening[4])
    expected = np.linalg.norm(faces[:, 13, :2] - faces[:, 14, :2], axis=1)
    assert opening[valid] == pytest.approx(expected[valid], rel=2e-3, abs=1e-4)


def test_the_gap_leaves_depth_out():
    points = np.zeros((1, 478, 3))
    points[0, 14] = (0.1, 0.3, 9.0)
    assert lip_gap(points).tolist() == [[0.1, 0.3]]


def test_a_face_without_eyes_has_no_opening():
    track = Track(
        np.zeros((2, 478, 3), np.float32),
        np.zeros((2, 52), np.float32),
        np.zeros((2, 3), np.float32),
        np.ones(2, bool),
        FPS,
    )
    assert np.isnan(opening_of_track(track)).all()
