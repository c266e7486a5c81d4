"""Designed shapes for the rig where tracked video has nothing to learn from.

The blendshape network of the face tracker hardly ever scores a puffed or lifted cheek, a wrinkled nose or a jaw pushed
forward, so a regression cannot know them. They are drawn here as smooth bumps on the mesh, after the action units'
descriptions in the FACS manual (Ekman, Friesen & Hager 2002): AU 6 lifts the cheek and bags the lower lid, AU 9 lifts
the wings of the nose and the middle of the upper lip and pulls the brows down, AU 34 blows the cheeks out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

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
    "cheekPuff": ((425, 0.17, (0.055, 0.0, -0.06)), (436, 0.12, (0.02, 0.0, -0.03))),
    "jawForward": ((152, 0.30, (0.0, 0.012, -0.08)), (17, 0.15, (0.0, -0.008, -0.05))),
}
_BOTH = ("cheekPuff", "jawForward")


def designed_shapes(reference: Floats, mirror: NDArray[np.int64]) -> dict[str, Floats]:
    """Shapes (V, 3) by ARKit name for a face.

    Args:
        reference: (V, 3) the face at rest, in eye distances.
        mirror: (V,) the point that mirrors each point.
    """
    shapes = {}
    for name, bumps in _LEFT.items():
        left = np.zeros_like(reference)
        for point, width, shift in bumps:
            distance = np.linalg.norm(reference[:, :2] - reference[point, :2], axis=1)
            left += np.exp(-0.5 * (distance / width) ** 2)[:, None] * np.array(shift)
        right = left[mirror] * np.array([-1.0, 1.0, 1.0])
        if name in _BOTH:
            both = left + right
            if name == "jawForward":
                both = both / 2
            shapes[name] = both
        else:
            shapes[f"{name}Left"], shapes[f"{name}Right"] = left, right
    return shapes
