"""Whatever file says how a face moves becomes the same kind of motion; head poses are taken over in time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from style2talker.errors import MotionError, VideoError
from style2talker.face import driving
from style2talker.face.driving import load_motion, rest_expression, track_video, with_head
from style2talker.face.tracking import Track
from style2talker.media.motion import write_motion
from style2talker.media.video import VideoWriter
from style2talker.records import Motion


def swaying(n_frames: int, fps: float, seed: int = 5) -> Motion:
    rng = np.random.default_rng(seed)
    pose = rng.normal(0, 0.1, (2, n_frames, 3)).astype(np.float32)
    return Motion(rng.uniform(0, 1, (n_frames, 52)).astype(np.float32), pose[0], pose[1], fps)


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".json"])
def test_motion_files_are_read_as_they_are(suffix: str, tmp_path: Path) -> None:
    motion = swaying(7, 30.0)
    write_motion(tmp_path / f"m{suffix}", motion)
    found = load_motion(tmp_path / f"m{suffix}")
    assert found.fps == 30
    assert np.array_equal(found.rotation, motion.rotation)
    assert np.array_equal(found.blendshapes, motion.blendshapes)


def test_coefficients_turn_about_their_median(tmp_path: Path) -> None:
    rows = np.zeros((11, 257), np.float32)
    rows[:, 224:227] = [0.3, -0.2, 0.1]
    rows[5, 225] += 0.25
    np.save(tmp_path / "c.npy", rows)
    found = load_motion(tmp_path / "c.npy")
    assert (found.n_frames, found.fps) == (11, 25)
    assert np.allclose(np.delete(found.rotation, 5, axis=0), 0, atol=1e-6)
    assert np.allclose(np.abs(found.rotation[5]), [0, 0.25, 0], atol=1e-6)
    assert not found.translation.any()
    assert np.allclose(found.blendshapes[0], rest_expression(tmp_path / "c.npy"), atol=1e-6)


def test_what_is_no_motion_is_refused(tmp_path: Path) -> None:
    for name, error in (("a.npz", MotionError), ("a.npy", MotionError), ("a.mat", MotionError), ("a.mp4", VideoError)):
        (tmp_path / name).write_text("not at all")
        with pytest.raises(error, match=rf"a\.{name[2:]}"):
            load_motion(tmp_path / name)
    with pytest.raises(MotionError, match=r"gone\.mat"):
        rest_expression(tmp_path / "gone.mat")


@pytest.fixture
def film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A second of grey pictures, each a little lighter; the tracker sees a jaw that opens with the light."""

    def see(frames, fps, model=None, progress=None):
        lights = []
        for frame in frames:
            lights.append(frame.mean() / 255)
            progress(len(lights))
        shapes = np.repeat(np.array(lights, np.float32)[:, None], 52, axis=1)
        count = len(lights)
        points = np.random.default_rng(1).normal(0, 50, (1, 478, 3)).repeat(count, axis=0).astype(np.float32)
        return Track(points, shapes, np.zeros((count, 3), np.float32), np.ones(count, bool), fps)

    monkeypatch.setattr(driving, "track_frames", see)
    with VideoWriter(tmp_path / "film.mp4", 64, 64, 20, None, 20) as writer:
        for index in range(20):
            writer.write(np.full((64, 64, 3), 40 + 8 * index, np.uint8))
    return tmp_path / "film.mp4"


def test_videos_are_tracked_on_their_own_clock_or_another(film: Path) -> None:
    told: list[tuple[str, int, int]] = []
    own = track_video(film, progress=lambda *news: told.append(news))
    assert (own.n_frames, own.fps) == (20, 20)
    assert told == [("track", done, 20) for done in range(1, 21)]
    light = own.blendshapes[:, 0]
    assert np.allclose(light, (40 + 8 * np.arange(20)) / 255, atol=0.02)
    slower = track_video(film, fps=10)
    assert (slower.n_frames, slower.fps) == (10, 10)
    assert np.allclose(slower.blendshapes[:, 0], light[::2], atol=0.04)
    assert np.array_equal(load_motion(film).blendshapes, own.blendshapes)


def test_a_head_is_taken_over_in_time() -> None:
    motion, other = swaying(50, 25.0), swaying(120, 50.0, seed=6)
    turned = with_head(motion, other)
    assert np.allclose(turned.rotation, other.rotation[:100:2], atol=1e-6)
    assert np.allclose(turned.translation, other.translation[:100:2], atol=1e-6)
    assert np.array_equal(turned.blendshapes, motion.blendshapes)
    assert (turned.fps, turned.n_frames) == (25, 50)


def test_a_short_head_goes_back_and_forth_without_a_jump() -> None:
    motion, other = swaying(23, 25.0), swaying(5, 25.0, seed=6)
    turned = with_head(motion, other, 0.5)
    order = [0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4, 3, 2, 1, 0, 1, 2, 3, 4, 3, 2]
    assert np.allclose(turned.rotation, 0.5 * other.rotation[order])


def test_a_head_of_one_frame_stays_as_it_is() -> None:
    turned = with_head(swaying(9, 25.0), swaying(1, 60.0, seed=6))
    assert (turned.rotation == turned.rotation[0]).all()


def test_no_scale_is_no_motion() -> None:
    assert not with_head(swaying(9, 25.0), swaying(9, 25.0, seed=6), 0).rotation.any()
