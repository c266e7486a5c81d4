"""Motion -> how far the lips are apart and where they are, in eye distances, as `face.lips` measures those of a track.

A motion is shown on the average face by the rig that animates portraits.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from style2talker.face.lips import lip_gap
from style2talker.face.rig import LIP_COLUMNS, PersonRig, fit, load_rig
from style2talker.records import FloatArray, Motion, Portrait

__all__ = ["closed_gap", "lip_points", "opening_of_motion"]

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


def opening_of_motion(motion: Motion) -> FloatArray:
    """Gap (T,) between the inner lips of the average face, in eye distances."""
    out = np.zeros(motion.n_frames, np.float32)
    for run, points in _faces(motion):
        out[run] = np.linalg.norm(lip_gap(points), axis=1)
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
    return float(np.linalg.norm(lip_gap(reference[None])))
