"""A sample seen in a mirror: twice as many people to learn from. A named addition, for the rig's coefficients only.

The reference mesh is its own mirror image, so each point has a twin; blendshapes swap their sides, and of head and
place those numbers turn round that say left or right.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from style2talker.face.rig import load_rig
from style2talker.records import ARKIT_NAMES, FloatArray, ImageArray

__all__ = ["mirrored_mesh", "mirrored_pixels", "mirrored_window"]

_SIGNS = (1, -1, -1, -1, 1, 1, 1, -1, 1)  # pitch yaw roll, right up towards, eyes x y


@lru_cache(maxsize=1)
def _twins() -> NDArray[np.intp]:
    """Number of the twin of each mesh point."""
    points = load_rig().reference
    apart = np.abs(points[:, None] * np.array([-1, 1, 1]) - points[None]).sum(axis=2)
    return np.asarray(np.argmin(apart, axis=1), dtype=np.intp)


@lru_cache(maxsize=1)
def _columns() -> NDArray[np.intp]:
    """Number of the column that each column of a row becomes."""
    swapped = [_other_side(name) for name in ARKIT_NAMES]
    order = [ARKIT_NAMES.index(name) for name in swapped]
    return np.array([*order, *range(len(order), len(order) + len(_SIGNS))])


def _other_side(name: str) -> str:
    for side, other in (("Left", "Right"), ("Right", "Left")):
        if name.endswith(side):
            return name.removesuffix(side) + other
    return name


def mirrored_window(window: FloatArray) -> FloatArray:
    """Coefficients (61, n) of the mirrored face."""
    signs = np.array([1] * len(ARKIT_NAMES) + list(_SIGNS), dtype=np.float32)
    return np.asarray(window[_columns()] * signs[:, None], dtype=np.float32)


def mirrored_mesh(mesh: FloatArray, size: int) -> FloatArray:
    """Mesh points (478, 3) of the mirrored face in pixels of a picture of that size."""
    turned = np.array(mesh[_twins()], dtype=np.float32)
    turned[:, 0] = np.float32(size - 1) - turned[:, 0]
    return turned


def mirrored_pixels(pixels: ImageArray) -> ImageArray:
    """A picture (H, W, 3), left and right swapped."""
    return np.ascontiguousarray(pixels[:, ::-1])
