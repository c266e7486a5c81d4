"""Motion or track -> how far the lips are apart and where they are, in eye distances.

Both sides are measured alike: the gap between the middle points of the inner lips (13, 14), seen from the front of the
head, over the distance between the outer corners of the eyes (33, 263), about 9 cm, so that 0.01 is about a millimetre.
Depth is left out: lips that meet before a dropped jaw are closed, and a tracker guesses depth. A motion is shown on the
average face by the rig that animates portraits. Lip opening as the visible part of speech: Yehia, Rubin &
Vatikiotis-Bateson, "Quantitative association of vocal-tract and facial behavior" (1998).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from style2talker.face.pose import STABLE, rigid_transform
from style2talker.face.rig import LIP_COLUMNS, PersonRig, fit, load_rig
from style2talker.face.tracking import Track
from style2talker.records import FloatArray, Motion, Portrait

__all__ = ["closed_gap", "lip_points", "opening_of_motion", "opening_of_track"]

_UPPER, _LOWER = 13, 14
_EYES = (33, 263)
_RUN = 500
_LIPS = sorted({point for rows in LIP_COLUMNS.values() for row in rows for point in row} | {61, 291, 78, 308})


@lru_cache(maxsize=1)
def _average_face() -> PersonRig:
    rig = load_rig()
    rest = Portrait(np.zeros((1, 1, 3), np.uint8), rig.reference, np.zeros(52, np.float32), np.zeros(3, np.float32))
    return fit(rig, rest)


def _faces(motion: Motion) -> Iterator[tuple[slice, FloatArray]]:
    """(frames, points (n, V, 3) in eye distances), run by run so that memory stays flat."""
    rig = _average_face()
    for begin in range(0, motion.n_frames, _RUN):
        run = slice(begin, min(begin + _RUN, motion.n_frames))
        yield run, rig.displaced(motion.blendshapes[run])


def _gap(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """(T, 2) from the upper to the lower inner lip, across and down the face, of points (T, V, 3) in the head frame."""
    return points[:, _LOWER, :2] - points[:, _UPPER, :2]


def opening_of_motion(motion: Motion) -> FloatArray:
    """Gap (T,) between the inner lips of the average face, in eye distances."""
    out = np.zeros(motion.n_frames, np.float32)
    for run, points in _faces(motion):
        out[run] = np.linalg.norm(_gap(points), axis=1)
    return out


def lip_points(motion: Motion) -> FloatArray:
    """(T, L, 3) all points of the lips of the average face in eye distances, head motion left out."""
    out = np.zeros((motion.n_frames, len(_LIPS), 3), np.float32)
    for run, points in _faces(motion):
        out[run] = points[:, _LIPS]
    return out


def closed_gap() -> float:
    """What `opening_of_motion` gives for the average face at rest, whose lips are closed: points lie inside lips."""
    reference = load_rig().reference
    return float(np.linalg.norm(_gap(reference[None])))


def opening_of_track(track: Track) -> NDArray[np.float64]:
    """Gap (T,) between the inner lips of a tracked face, in its eye distances; NaN where no face was found."""
    reference = load_rig().reference[list(STABLE)]
    out = np.full(len(track.valid), np.nan)
    for i in np.flatnonzero(track.valid):
        face = track.landmarks[i].astype(np.float64)
        unit = float(np.linalg.norm(face[_EYES[0]] - face[_EYES[1]]))
        if unit > 0:
            _, turn, _ = rigid_transform(reference, face[list(STABLE)])
            out[i] = np.linalg.norm(_gap((face @ turn)[None])) / unit
    return out
