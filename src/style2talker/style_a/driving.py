"""What drives Style-A's networks: a motion and the place of a face -> rows of coefficients, a window for each frame.

The same functions feed training and inference. The rig's row has 61 columns: 52 ARKit blendshapes, 3 angles of the head
in radians (absolute: relative to a face that looks into the camera), 3 of translation in eye distances (right, up,
towards the camera, relative to the place at rest), and 3 of the place at rest in the picture, which play the part of
the published crop: distance of the eyes, x and y of the middle of the head, on a picture that spans -1..1 both ways.

The published row (PIRenderer, StyleHEAT, Style2Talker) has 73: 64 Deep3D expression coefficients, 3 angles, 3 of
translation and 3 of crop. Deviation: the crop, published in pixels (scale, x, y of 256), is brought to the size of the
other columns, as `(crop - CROP_OFFSET) / CROP_SCALE`; for weights that were trained on pixels the same numbers go into
the first layer.
"""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from style2talker.errors import MotionError
from style2talker.face.coefficients import ANGLES, CROP, EXPRESSION, TRANSLATION
from style2talker.face.pose import STABLE, euler_angles, rotation_matrix
from style2talker.records import FloatArray, Motion

__all__ = [
    "CROP_OFFSET",
    "CROP_SCALE",
    "RADIUS",
    "SPACES",
    "bfm_rows",
    "face_place",
    "relative_to",
    "rig_rows",
    "windows",
]

SPACES = {"rig": 61, "bfm": 73}
"""Coefficient space -> number of columns of a row."""

RADIUS = 13
"""Frames of a window on each side of its own: 27 in all, about a second at 25 frames a second."""

CROP_SCALE = (1.0, 128.0, 128.0)
CROP_OFFSET = (1.0, 128.0, 128.0)
"""Published crop (scale, x, y of 256 pixels) = column * scale + offset."""


def face_place(landmarks: FloatArray, width: int, height: int) -> FloatArray:
    """Where a face is in a picture.

    Args:
        landmarks: (V, 3) mesh points in pixels.
        width: of the picture.
        height: of the picture.

    Returns:
        (3,) float32: distance of the outer corners of the eyes, and x and y of the middle of the points that
        expressions hardly move, for a picture that spans -1..1 both ways.
    """
    middle = landmarks[list(STABLE), :2].mean(axis=0)
    eyes = float(np.linalg.norm(landmarks[33] - landmarks[263]))
    x, y = (2 * (middle + 0.5) / (width, height)) - 1
    return np.array([2 * eyes / width, x, y], dtype=np.float32)


def rig_rows(motion: Motion, rotation: FloatArray, place: FloatArray) -> FloatArray:
    """The rows (T, 61) float32 of a motion.

    Args:
        motion: at 25 frames a second, relative to a face at rest.
        rotation: (3,) radians, the pose of the head at rest.
        place: (3,) of the head at rest, as `face_place` gives it.

    Returns:
        Blendshapes 52, angles 3, translation 3, place 3.
    """
    turned = rotation_matrix(motion.rotation) @ rotation_matrix(rotation)
    held = np.broadcast_to(np.asarray(place, dtype=np.float32), (motion.n_frames, 3))
    parts = (motion.blendshapes, euler_angles(turned), motion.translation, held)
    return np.concatenate(parts, axis=1, dtype=np.float32)


def bfm_rows(coefficients: FloatArray) -> FloatArray:
    """The rows (T, 73) float32 of published coefficients (T, 260): expression 64, angles 3, translation 3, crop 3.

    Raises:
        MotionError: they are not 260 a frame.
    """
    if coefficients.ndim != 2 or coefficients.shape[1] != CROP.stop:
        raise MotionError(f"coefficients have shape {coefficients.shape}, expected (T, 260): pack the corpus again")
    crop = (coefficients[:, CROP] - np.array(CROP_OFFSET)) / np.array(CROP_SCALE)
    parts = [coefficients[:, part] for part in (EXPRESSION, ANGLES, TRANSLATION)]
    return np.concatenate([*parts, crop], axis=1, dtype=np.float32)


def relative_to(own: FloatArray, driven: FloatArray) -> FloatArray:
    """What a motion changes: windows (..., C, 27) less the row (C,) of the portrait itself.

    Not published. A network that is told how far the portrait is from where it should be need not read that from the
    portrait, which takes many people to learn.
    """
    return np.asarray(driven - own[:, None], dtype=np.float32)


def windows(rows: FloatArray, radius: int = RADIUS) -> FloatArray:
    """The window of each frame.

    Args:
        rows: (T, C), T at least 1.
        radius: frames on each side.

    Returns:
        (T, C, 2 * radius + 1) float32, frame t in the middle of window t; the first and the last frame are repeated
        beyond the ends. Read-only: windows share memory.

    Raises:
        MotionError: there is no frame.
    """
    if len(rows) == 0:
        raise MotionError("a motion has no frame, at least one is needed")
    padded = np.pad(np.asarray(rows, dtype=np.float32), ((radius, radius), (0, 0)), mode="edge")
    return sliding_window_view(padded, 2 * radius + 1, axis=0)
