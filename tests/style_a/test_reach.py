"""Head motion that the picture can follow."""

import numpy as np
import pytest

from style2talker.records import Motion
from style2talker.style_a.reach import FARTHEST, within_reach

AHEAD = np.zeros(3, np.float32)


def motion(degrees, translation=(0, 0, 0)):
    frames = len(degrees)
    return Motion(np.zeros((frames, 52)), np.radians(degrees), np.tile(translation, (frames, 1)))


def test_usual_motion_is_left_alone():
    usual = motion([(10, -20, 15), (-12, 5, -3)], (0.3, -0.2, 0.4))
    assert within_reach(usual, AHEAD) is usual


def test_what_is_asked_for_is_reached():
    asked = np.array([(15, 25, 15), (-15, -25, -15)])
    got = np.degrees(within_reach(motion(asked), AHEAD).rotation)
    assert np.abs(got - asked).max() < 1.0


def test_more_than_can_be_shown_is_bent_and_keeps_its_order():
    yaw = np.linspace(-90, 90, 61)
    bent = within_reach(motion(np.column_stack([0 * yaw, yaw, 0 * yaw]), (5, -5, 5)), AHEAD)
    assert (np.diff(bent.rotation[:, 1]) >= 0).all()
    assert np.abs(bent.rotation).max() <= FARTHEST[0][1] + 1e-6 and np.abs(bent.translation).max() <= 1.2 + 1e-6
    assert np.abs(np.diff(np.degrees(bent.rotation[:, 1]))).max() < 3.1


@pytest.mark.parametrize("axis", [0, 1])
def test_a_portrait_that_is_turned_turns_less(axis):
    far = np.zeros((1, 3))
    far[0, axis] = 25
    turned = np.zeros(3, np.float32)
    turned[axis] = np.radians(-25)
    assert abs(within_reach(motion(far), turned).rotation[0, axis]) < 0.8 * abs(
        within_reach(motion(far), AHEAD).rotation[0, axis]
    )
