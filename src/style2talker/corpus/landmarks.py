"""Stage `landmarks`: the mesh of a track -> the 68 points of the iBUG scheme, for tools that were made for those.

The choice is by position on the face (chin line, brows, nose, eyes, outer and inner lips, in iBUG's order, from the
left of the picture); the mesh has a point within a few hundredths of an eye distance of each.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.settings import NoOptions
from style2talker.corpus.track import load_track
from style2talker.media.atomic import atomic_path
from style2talker.records import FloatArray

__all__ = ["IBUG", "landmark_clip", "to_68"]

IBUG = (
    *(127, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 356),
    *(70, 63, 105, 66, 107, 336, 296, 334, 293, 300),
    *(168, 197, 5, 4, 75, 97, 2, 326, 305),
    *(33, 160, 158, 133, 153, 144),
    *(362, 385, 387, 263, 373, 380),
    *(61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181),
    *(78, 82, 13, 312, 308, 317, 14, 87),
)
"""Number of the mesh point for each of the 68."""


def to_68(landmarks: FloatArray) -> FloatArray:
    """The 68 points (T, 68, 2) in pixels of mesh points (T, 478, 3)."""
    return np.ascontiguousarray(landmarks[:, list(IBUG), :2], dtype=np.float32)


def landmark_clip(row: ClipRow, place: Place, options: NoOptions) -> Outcome:
    """Write (T, 68, 2) float32 in pixels of the clip. Raises OutputError."""
    file = place.file("landmarks", row.clip, ".npy")
    points = to_68(load_track(place.path(row.files["track"])).landmarks)
    with atomic_path(place.path(file)) as part:
        np.save(part, points)
    return Outcome(dataclasses.replace(row, files={**row.files, "landmarks": file}))
