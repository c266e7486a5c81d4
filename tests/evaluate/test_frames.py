"""Frames of one clip: what counts, what is held, and what nobody can tell."""

from __future__ import annotations

import numpy as np
import pytest
from drawn_clips import frames_of, read_corner

from style2talker.evaluate.frames import PictureJudge
from style2talker.evaluate.steadiness import Change, change

CURVE = np.linspace(0, 1, 6, dtype=np.float32)


def test_only_every_so_many_pictures_are_compared_and_all_changes_are() -> None:
    frames = frames_of(CURVE)
    track, _, _ = read_corner(frames)
    judge = PictureJudge(track, every=2)
    for number, frame in enumerate(frames):
        judge.add(frame, frames[0], judge.mask(number, frame.shape))
    assert [len(judge.found[name]) for name in ("psnr", "cpbd", "warping_error")] == [3, 3, 5]
    values = judge.values(25.0)
    assert values["psnr"] == pytest.approx(np.mean(judge.found["psnr"]))
    # The faces are alike, the corner that is not lies in the background.
    assert values["background_psnr"] < values["psnr"] - 0.5
    assert judge.found["psnr"] == sorted(judge.found["psnr"], reverse=True)


def test_a_held_frame_does_not_change() -> None:
    frame = frames_of(CURVE[:1])[0]
    judge = PictureJudge(None)
    for _ in range(3):
        judge.add(frame, None, None)
    assert judge.found["warping_error"] == [0, 0]
    assert change(frame, frame.copy()) == Change(0.0, pytest.approx(0, abs=0.01))
    values = judge.values(25.0)
    assert np.isnan(values["mouth_detail"])
    assert np.isnan(values["flicker_face"])
    assert "psnr" not in values
    assert not judge.mask(0, frame.shape).any()


def test_frames_beyond_the_track_have_no_face() -> None:
    frames = frames_of(CURVE[:2])
    track, _, _ = read_corner(frames[:1])
    judge = PictureJudge(track)
    for frame in frames:
        judge.add(frame, None, None)
    assert np.isfinite(judge.found["mouth_detail"][0])
    assert np.isnan(judge.found["mouth_detail"][1])
