"""Any file that shows or says how a face moves -> Motion: motion files, 3DMM coefficients, videos."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np

from style2talker.face.bfm import to_blendshapes
from style2talker.face.coefficients import read_3dmm
from style2talker.face.tracking import track_frames
from style2talker.media.motion import read_motion
from style2talker.media.video import probe_video, read_frames
from style2talker.records import FloatArray, Motion

__all__ = ["Progress", "load_motion", "rest_expression", "track_video", "with_head"]

Progress = Callable[[str, int, int], None]
"""Called with the stage, how much of it is done, and how much there is."""

_3DMM_FPS = 25.0


def load_motion(path: str | os.PathLike[str], progress: Progress | None = None) -> Motion:
    """The motion in a motion file (.npz, .csv, .json), a 3DMM file (.mat, .npy: 25 fps) or a video of a face.

    Args:
        path: the file; any suffix that is not named above is taken for a video's.
        progress: told of each frame of a video.

    Raises:
        MotionError: the file is damaged or of another shape.
        VideoError: it is no video.
        FaceError: the video shows no face.
        AssetError: a video, and the face model is missing or damaged.
    """
    suffix = Path(path).suffix.lower()
    if suffix in (".npz", ".csv", ".json"):
        return read_motion(path)
    if suffix in (".mat", ".npy"):
        found = read_3dmm(path)
        turned = found.rotation - np.median(found.rotation, axis=0).astype(np.float32)
        return Motion(to_blendshapes(found.expression), turned, np.zeros_like(turned), _3DMM_FPS)
    return track_video(path, progress=progress)


def track_video(path: str | os.PathLike[str], fps: float | None = None, progress: Progress | None = None) -> Motion:
    """The motion that the face of a video makes, head pose relative to its median.

    Args:
        path: the video.
        fps: clock of the motion; the video's own when None.
        progress: told of each frame.

    Raises:
        VideoError: it is no video.
        FaceError: it shows no face.
        AssetError: the face model is missing or damaged.
    """
    info = probe_video(path)
    rate = fps or float(info.fps)
    total = round(info.duration * rate)

    def told(done: int) -> None:
        if progress is not None:
            progress("track", done, max(total, done))

    return track_frames(read_frames(path, rate), rate, progress=told).motion()


def rest_expression(path: str | os.PathLike[str]) -> FloatArray:
    """The expression (52,) in 0..1 of the first frame of a 3DMM file (.mat, .npy). Raises MotionError."""
    return np.asarray(to_blendshapes(read_3dmm(path).expression[:1])[0], np.float32)


def with_head(motion: Motion, other: Motion, scale: float = 1.0) -> Motion:
    """A motion with the head pose of another one, which goes back and forth where it is shorter.

    Args:
        motion: whose expression, length and clock stay.
        other: whose rotation and translation are taken over.
        scale: of the head motion, 0 none, 1 as it is.
    """
    length = max(1, round(other.n_frames / other.fps * motion.fps))
    pose = other.resampled(motion.fps, length)
    turn = np.arange(motion.n_frames) % max(2 * length - 2, 1)
    index = np.where(turn < length, turn, 2 * length - 2 - turn)
    size = np.float32(scale)
    return Motion(motion.blendshapes, pose.rotation[index] * size, pose.translation[index] * size, motion.fps)
