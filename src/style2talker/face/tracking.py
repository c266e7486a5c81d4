"""Frames of a video -> the face in each of them, and the motion it makes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from style2talker.errors import FaceError
from style2talker.face.landmarks import as_image, open_landmarker, read_faces
from style2talker.face.pose import PERSPECTIVE, PIVOT, STABLE, euler_angles, rotation_matrix
from style2talker.face.quiet import quiet_stderr
from style2talker.records import FloatArray, ImageArray, Motion

__all__ = ["Track", "track_frames"]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The face of a video, frame by frame; where none was found the values are those of the frames around.

    Attributes:
        landmarks: (T, V, 3) float32 pixels.
        blendshapes: (T, C) float32 in 0..1.
        rotation: (T, 3) float32 radians relative to looking into the camera.
        valid: (T,) bool, whether a face was found.
        fps: frames per second.
    """

    landmarks: FloatArray
    blendshapes: FloatArray
    rotation: FloatArray
    valid: NDArray[np.bool_]
    fps: float

    def motion(self) -> Motion:
        """The motion that the face makes, head pose relative to its median over the clip.

        Translation is what a face moves beyond what turning about its pivot does to it.
        """
        stable = self.landmarks[:, list(STABLE)]
        unit = np.linalg.norm(self.landmarks[:, 33] - self.landmarks[:, 263], axis=1)
        middle = stable.mean(axis=1)
        usual_unit = float(np.median(unit[self.valid]))
        shift = (middle - np.median(middle[self.valid], axis=0)) / usual_unit
        towards = (unit / usual_unit - 1.0) / PERSPECTIVE
        usual = rotation_matrix(np.median(self.rotation[self.valid], axis=0))
        turn = rotation_matrix(self.rotation) @ usual.T
        rotation = euler_angles(turn)
        arm = usual @ -np.array(PIVOT)
        shift = shift - ((unit / usual_unit)[:, None] * (turn @ arm) - arm)
        translation = np.stack([shift[:, 0], -shift[:, 1], towards], axis=1)
        return Motion(self.blendshapes, rotation.astype(np.float32), translation.astype(np.float32), fps=self.fps)


def track_frames(
    frames: Iterable[ImageArray],
    fps: float,
    model: Path | None = None,
    progress: Callable[[int], None] | None = None,
) -> Track:
    """Follow the face through the frames (H, W, 3) of a video.

    Args:
        frames: RGB frames in order; read one at a time.
        fps: frames per second.
        model: the `.task` file; the asset `face_landmarker` when None.
        progress: called with the number of frames done.

    Raises:
        FaceError: no frame shows a face.
        AssetError: the model file is missing or damaged.
    """
    found: list[tuple[int, FloatArray, FloatArray, FloatArray]] = []
    landmarker = open_landmarker(model, 0.5, video=True)
    count = 0
    try:
        for count, pixels in enumerate(frames, start=1):
            with quiet_stderr():
                result = landmarker.detect_for_video(as_image(pixels), round((count - 1) * 1000 / fps))
            faces = read_faces(result, pixels.shape[1], pixels.shape[0])
            if faces:
                found.append((count - 1, faces[0].landmarks, faces[0].blendshapes, faces[0].rotation))
            if progress is not None:
                progress(count)
    finally:
        with quiet_stderr():
            landmarker.close()
    if not found:
        raise FaceError(f"no face found in any of {count} frames: use a video in which one face is seen from the front")
    index = np.array([entry[0] for entry in found])
    valid = np.zeros(count, dtype=bool)
    valid[index] = True
    landmarks, blendshapes, rotation = (np.stack([entry[k] for entry in found]) for k in (1, 2, 3))
    return Track(
        _filled(landmarks, index, count),
        _filled(blendshapes, index, count),
        _filled(rotation, index, count),
        valid,
        fps,
    )


def _filled(values: FloatArray, index: NDArray[np.int64], count: int) -> FloatArray:
    """Values (K, …) known at frames `index` on all `count` frames, linear in between and held at the ends."""
    at = np.clip(np.searchsorted(index, np.arange(count), side="right") - 1, 0, len(index) - 1)
    after = np.minimum(at + 1, len(index) - 1)
    span = np.maximum(index[after] - index[at], 1)
    weight = np.clip((np.arange(count) - index[at]) / span, 0.0, 1.0).astype(np.float32)
    weight = weight.reshape(-1, *([1] * (values.ndim - 1)))
    return np.asarray(values[at] * (1 - weight) + values[after] * weight, dtype=np.float32)
