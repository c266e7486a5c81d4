"""A tracked face -> how far its lips are apart, in eye distances.

The gap between the middle points of the inner lips (13, 14), seen from the front of the head, over the distance between
the outer corners of the eyes (33, 263), about 9 cm, so that 0.01 is about a millimetre. Depth is left out: lips that
meet before a dropped jaw are closed, and a tracker guesses depth. Lip opening as the visible part of speech: Yehia,
Rubin & Vatikiotis-Bateson, "Quantitative association of vocal-tract and facial behavior" (1998).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from style2talker.face.pose import STABLE, rigid_transform
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track

__all__ = ["lip_gap", "opening_of_track"]

_UPPER, _LOWER = 13, 14
_EYES = (33, 263)


def lip_gap(points: NDArray[np.floating]) -> NDArray[np.floating]:
    """(T, 2) from the upper to the lower inner lip, across and down the face, of points (T, V, 3) in the head frame."""
    return points[:, _LOWER, :2] - points[:, _UPPER, :2]


def opening_of_track(track: Track) -> NDArray[np.float64]:
    """Gap (T,) between the inner lips of a tracked face, in its eye distances; NaN where no face was found."""
    reference = load_rig().reference[list(STABLE)]
    out = np.full(len(track.valid), np.nan)
    for i in np.flatnonzero(track.valid):
        face = track.landmarks[i].astype(np.float64)
        unit = float(np.linalg.norm(face[_EYES[0]] - face[_EYES[1]]))
        if unit > 0:
            _, turn, _ = rigid_transform(reference, face[list(STABLE)])
            out[i] = np.linalg.norm(lip_gap((face @ turn)[None])) / unit
    return out
