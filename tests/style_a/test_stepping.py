"""Motion on twos: held drawings, that still close the mouth and the eyes."""

import numpy as np
import pytest

from style2talker.records import ARKIT_NAMES, Motion
from style2talker.style_a.stepping import stepped

JAW, BLINK = ARKIT_NAMES.index("jawOpen"), ARKIT_NAMES.index("eyeBlinkLeft")
OTHER = ARKIT_NAMES.index("eyeBlinkRight")


def moving(n=100, fps=25.0):
    rng = np.random.default_rng(2)
    shapes = np.clip(rng.random((n, 52)), 0, 0.5).astype(np.float32)
    shapes[:, JAW] = 0.4 + 0.1 * rng.random(n)
    return Motion(shapes, rng.normal(0, 0.1, (n, 3)), rng.normal(0, 0.1, (n, 3)), fps)


def changes(motion):
    return int((np.abs(np.diff(motion.rotation, axis=0)).max(axis=1) > 0).sum()) + 1


@pytest.mark.parametrize(
    ("fps", "rate", "drawings"), [(25.0, 12.0, 48), (24.0, 12.0, 50), (30.0, 8.0, 27), (60.0, 24.0, 40)]
)
def test_as_many_drawings_as_asked_for(fps, rate, drawings):
    motion = moving(fps=fps)
    held = stepped(motion, rate)
    assert (held.n_frames, held.fps) == (motion.n_frames, fps)
    assert changes(held) == drawings


def test_every_drawing_is_a_frame_of_the_motion_near_its_time():
    motion = moving()
    held = stepped(motion, 12.0)
    for t in range(held.n_frames):
        near = range(max(0, t - 2), min(motion.n_frames, t + 3))
        assert any(np.array_equal(held.blendshapes[t], motion.blendshapes[k]) for k in near)


@pytest.mark.parametrize("rate", [None, 25.0, 60.0])
def test_no_fewer_drawings_than_frames_is_the_motion_itself(rate):
    motion = moving()
    assert stepped(motion, rate) is motion


def test_a_short_closure_and_a_blink_are_drawn():
    shapes = np.full((48, 52), 0.0, np.float32)
    shapes[:, JAW] = 0.5
    shapes[[9, 20], JAW] = 0.0
    shapes[[31, 31], [BLINK, OTHER]] = 1.0
    still = np.zeros((48, 3), np.float32)
    held = stepped(Motion(shapes, still, still, 24.0), 8.0)
    assert (held.blendshapes[9:12, JAW] == 0).all() and (held.blendshapes[18:21, JAW] == 0).all()
    assert (held.blendshapes[30:33, BLINK] == 1).all()
    assert (held.blendshapes[:, JAW] == 0).sum() == 6
