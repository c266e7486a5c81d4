"""Films of a drawn face whose opening is written into a corner of each frame, and a tracker that reads it there.

So the whole way from files to report runs on known values, without a model file.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np
from made_people import FPS, voiced

from drawn_face import draw_portrait, reference_points
from style2talker.errors import FaceError
from style2talker.face.tracking import Track
from style2talker.media.audio import Sound
from style2talker.media.writer import VideoWriter
from style2talker.records import ARKIT_NAMES, FloatArray, ImageArray

SIDE, CORNER, GAP = 128, 24, 0.2
LOST = 1.2
"""In a curve: no face in this frame."""
LOWER, UPPER = 14, 13


def frames_of(curve: FloatArray) -> list[ImageArray]:
    """One frame for each value 0..1 of a curve."""
    face = draw_portrait(SIDE, 0.3).pixels
    out = []
    for value in curve.tolist():
        frame = face.copy()
        frame[:CORNER, :CORNER] = round(200 * value)
        out.append(frame)
    return out


def film(
    path: Path, curve: FloatArray, heard: FloatArray | None = None, frames: list[ImageArray] | None = None
) -> Path:
    """A video with the voice that a curve (T,) asks for; silent, without a sound, for None."""
    frames = frames_of(curve) if frames is None else frames
    sound = None if heard is None else Sound(voiced(heard).samples, 16000)
    rows, columns = frames[0].shape[:2]
    with VideoWriter(path, columns, rows, FPS, sound, len(frames)) as writer:
        for frame in frames:
            writer.write(frame)
    return path


def read_corner(frames: Iterable[ImageArray]) -> tuple[Track, int, int]:
    """Stands in for the tracker: lips as far apart as the corner of each frame says."""
    values, shape = [], (0, 0)
    for frame in frames:
        shape = frame.shape[:2]
        part = max(4, CORNER * shape[0] // SIDE - 4)
        values.append(float(frame[2:part, 2:part].mean()) / 200)
    curve = np.array(values)
    valid = curve < (1 + LOST) / 2
    if not valid.any():
        raise FaceError("no face found in any frame")
    points = np.repeat(reference_points(shape[0])[None], len(curve), axis=0).astype(np.float32)
    unit = float(np.linalg.norm(points[0, 33] - points[0, 263]))
    points[:, LOWER, 1] = points[:, UPPER, 1] + GAP * unit * curve
    shapes = np.zeros((len(curve), 52), np.float32)
    shapes[:, ARKIT_NAMES.index("jawOpen")] = np.clip(curve, 0, 1)
    return Track(points, shapes, np.zeros((len(curve), 3), np.float32), valid, FPS), shape[1], shape[0]
