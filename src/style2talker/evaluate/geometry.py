"""Tracked points of a face -> does it keep its shape, and does it tremble? Geometry alone, no recognition network.

The rigid part of a face (forehead, bridge of the nose, corners of the eyes, temples) keeps its shape whatever a person
does. What remains after the best rigid motion is change of shape, or error of the tracker: read it beside the value of
the reference; it is no CSIM. Trembling after Balasubramanian et al. (2012), as mean acceleration.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from style2talker.face.pose import STABLE, rigid_transform
from style2talker.face.tracking import Track
from style2talker.records import FloatArray

__all__ = ["head_shape", "jitter", "shape_residuals"]

_EYES = (33, 263)
_FEWEST = 3


def head_shape(track: Track) -> FloatArray | None:
    """The rigid points (V, 3) of the first frame with a face, in eye distances; None without one."""
    found = np.flatnonzero(track.valid)
    if not len(found):
        return None
    face = track.landmarks[found[0]]
    return np.asarray(face[list(STABLE)] / np.linalg.norm(face[_EYES[0]] - face[_EYES[1]]), np.float32)


def shape_residuals(track: Track, shape: FloatArray) -> NDArray[np.float64]:
    """How far the rigid points are from a shape (V, 3) after the best similarity, frame by frame.

    Returns:
        (T,) root mean square across the picture, in eye distances; NaN where no face was found.
    """
    out = np.full(len(track.valid), np.nan)
    for i in np.flatnonzero(track.valid):
        points = track.landmarks[i, list(STABLE)].astype(np.float64)
        scale, turn, shift = rigid_transform(shape, points)
        # Depth is guessed by a tracker, so it does not count.
        missed = (points - (scale * shape @ turn.T + shift))[:, :2] / max(scale, 1e-6)
        out[i] = np.sqrt(np.square(missed).sum(axis=1).mean())
    return out


def jitter(track: Track) -> float:
    """Mean acceleration of the points in eye distances a second squared, where three frames in a row have a face."""
    whole = track.valid[:-2] & track.valid[1:-1] & track.valid[2:]
    if len(track.valid) < _FEWEST or not whole.any():
        return float("nan")
    points = track.landmarks[..., :2].astype(np.float64)
    unit = float(np.median(np.linalg.norm(points[:, _EYES[0]] - points[:, _EYES[1]], axis=1)[track.valid]))
    bend = np.linalg.norm(np.diff(points, 2, axis=0), axis=-1).mean(axis=1)[whole]
    return float(bend.mean() * track.fps**2 / max(unit, 1e-6))
