"""Designed shapes for the rig where tracked video has nothing to learn from.

The blendshape network of the face tracker hardly ever scores a puffed or lifted cheek, a wrinkled nose, a jaw pushed
forward or aside, a lip rolled in, pushed up or closed over an open jaw, and takes dimples for a part of a smile, so a
regression cannot know them or carries them too far. They are drawn here as smooth bumps on the mesh and moves of the
lips, after the action units' descriptions in the FACS manual (Ekman, Friesen & Hager 2002): AU 6 lifts the cheek and
bags the lower lid, AU 9 lifts the wings of the nose and the middle of the upper lip and pulls the brows down, AU 14
pulls the corners of the mouth out and in, AU 17 pushes the lips up, AU 28 rolls the lip over the teeth, AU 29 pushes
the jaw forward, AU 30 sideways, AU 34 blows the cheeks out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from style2talker.face.rig import LIP_COLUMNS

__all__ = ["designed_shapes"]

Floats = NDArray[np.float64]
_Bump = tuple[int, float, tuple[float, float, float]]

_LEFT: Mapping[str, Sequence[_Bump]] = {
    # (mesh point, width in eye distances, displacement right / down / away in eye distances)
    "cheekSquint": (
        (280, 0.15, (0.0, -0.050, -0.02)),
        (346, 0.08, (0.0, -0.020, 0.0)),
        (374, 0.06, (0.0, -0.012, 0.0)),
    ),
    "noseSneer": (
        (358, 0.075, (0.004, -0.055, 0.0)),
        (423, 0.09, (0.0, -0.026, 0.0)),
        (267, 0.08, (0.0, -0.030, 0.0)),
        (417, 0.06, (-0.006, -0.006, 0.0)),
        (285, 0.09, (-0.008, 0.022, 0.0)),
    ),
    "mouthDimple": ((291, 0.085, (0.042, -0.008, 0.04)), (287, 0.07, (0.012, -0.004, 0.02))),
    "jaw": ((152, 0.28, (0.055, 0.0, 0.0)), (17, 0.16, (0.022, 0.0, 0.0))),
}
_MIDDLE: Mapping[str, Sequence[_Bump]] = {
    "cheekPuff": (
        (425, 0.18, (0.070, 0.0, -0.07)),
        (436, 0.12, (0.025, 0.0, -0.03)),
        (205, 0.18, (-0.070, 0.0, -0.07)),
        (216, 0.12, (-0.025, 0.0, -0.03)),
    ),
    "jawForward": ((152, 0.30, (0.0, 0.012, -0.08)), (17, 0.15, (0.0, -0.008, -0.05))),
}
_COLUMN = np.array([0.45, 0.75, 0.90, 0.98, 1.0, 0.98, 0.90, 0.75, 0.45])
"""How much of a move of the lips each column takes, from corner to corner."""


def _bumps(reference: Floats, bumps: Sequence[_Bump]) -> Floats:
    """Sum of bumps (V, 3)."""
    out = np.zeros_like(reference)
    for point, width, shift in bumps:
        distance = np.linalg.norm(reference[:, :2] - reference[point, :2], axis=1)
        out += np.exp(-0.5 * (distance / width) ** 2)[:, None] * np.array(shift)
    return out


def _lip_move(reference: Floats, lip: str, rings: Sequence[Floats], fade: float) -> Floats:
    """A move (V, 3) of one lip, its rings from the inside out by `rings` (9, 3); skin beyond follows within `fade`."""
    out = np.zeros_like(reference)
    for ids, shift in zip(LIP_COLUMNS[lip], rings, strict=True):
        out[list(ids)] = shift
    edge = list(LIP_COLUMNS[lip][-1])
    lips = {i for columns in LIP_COLUMNS.values() for ids in columns for i in ids}
    skin = np.array([i for i in range(468) if i not in lips])
    distance = np.linalg.norm(reference[skin][:, None, :2] - reference[edge][None, :, :2], axis=2)
    nearest = distance.argmin(axis=1)
    beyond = (reference[skin, 1] - reference[edge, 1][nearest]) * (1 if lip == "lower" else -1) > 0
    weight = np.where(beyond, np.exp(-0.5 * (distance.min(axis=1) / fade) ** 2), 0.0)
    out[skin] = weight[:, None] * rings[-1][nearest]
    return out


def _down(amount: Floats) -> Floats:
    """Moves (9, 3) straight down by `amount` (9,)."""
    return np.column_stack([np.zeros_like(amount), amount, np.zeros_like(amount)])


def _lip_shapes(reference: Floats) -> dict[str, Floats]:
    """The lower lip rolled in; the upper lip pushed up by the lower one; the lips closing over an open jaw."""
    inner, *_, outer = (reference[list(ids), 1] for ids in LIP_COLUMNS["lower"])
    thickness = _COLUMN * (outer - inner)
    rolled = [_down(-(0.024 * _COLUMN + share * thickness)) for share in (0.0, 0.2, 0.4, 0.5)]
    for ring in rolled:
        ring[:, 2] = 0.03 * _COLUMN
    closing = [share * _COLUMN for share in (1.0, 1.0, 0.95, 0.85)]
    return {
        "mouthRollLower": _lip_move(reference, "lower", rolled, 0.07),
        "mouthShrugUpper": _lip_move(reference, "upper", [_down(-0.06 * _COLUMN)] * 4, 0.10)
        + _lip_move(reference, "lower", [_down(-share * _COLUMN) for share in (0.02, 0.03, 0.04, 0.05)], 0.10),
        "mouthClose": _lip_move(reference, "upper", [_down(0.046 * c) for c in closing], 0.06)
        + _lip_move(reference, "lower", [_down(-0.087 * c) for c in closing], 0.10),
    }


def designed_shapes(reference: Floats, mirror: NDArray[np.int64]) -> dict[str, Floats]:
    """Shapes (V, 3) by ARKit name for a face.

    Args:
        reference: (V, 3) the face at rest, in eye distances.
        mirror: (V,) the point that mirrors each point.
    """
    shapes = {name: _bumps(reference, bumps) for name, bumps in _MIDDLE.items()}
    shapes |= _lip_shapes(reference)
    for name, bumps in _LEFT.items():
        left = _bumps(reference, bumps)
        shapes[f"{name}Left"] = left
        shapes[f"{name}Right"] = left[mirror] * np.array([-1.0, 1.0, 1.0])
    return shapes
