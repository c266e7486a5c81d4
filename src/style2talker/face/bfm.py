"""Deep3D expression coefficients <-> ARKit blendshapes or mesh, by linear maps learned from clips tracked both ways."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from style2talker.assets.store import package_data
from style2talker.face.pose import STABLE, rigid_transform
from style2talker.face.rig import load_rig
from style2talker.records import FloatArray

__all__ = ["displacements", "mesh_to_expression", "on_time", "to_blendshapes", "to_expression"]


@lru_cache(maxsize=1)
def _maps() -> dict[str, FloatArray]:
    with np.load(package_data("bfm_map.npz")) as data:
        return {name: data[name].astype(np.float32) for name in data.files}


def to_blendshapes(expression: FloatArray) -> FloatArray:
    """Blendshapes (T, 52) in 0..1 of Deep3D expression coefficients (T, 64)."""
    maps = _maps()
    shapes = (expression - maps["mean_expression"]) @ maps["to_blendshapes"] + maps["mean_blendshapes"]
    return np.clip(shapes, 0.0, 1.0).astype(np.float32)


def to_expression(blendshapes: FloatArray) -> FloatArray:
    """Deep3D expression coefficients (T, 64) of blendshapes (T, 52)."""
    maps = _maps()
    centred = blendshapes - maps["mean_blendshapes"]
    return np.asarray(centred @ maps["to_expression"] + maps["mean_expression"], dtype=np.float32)


def on_time(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Tracked values (T, …) of successive frames, half a frame earlier.

    The tracker smooths over time: beside coefficients made frame by frame its mesh is about half a frame late.
    """
    return np.asarray((values + np.concatenate([values[1:], values[-1:]])) / 2, dtype=np.float64)


def displacements(landmarks: FloatArray) -> NDArray[np.float64]:
    """How a mesh differs from the reference face, head pose removed by the points that expressions hardly move.

    Args:
        landmarks: (T, 478, 3) in pixels.

    Returns:
        (T, 478 * 3) in eye distances.
    """
    reference = load_rig().reference.astype(np.float64)
    stable = list(STABLE)
    out = np.empty((len(landmarks), reference.size))
    for t, face in enumerate(landmarks.astype(np.float64)):
        scale, rotation, shift = rigid_transform(reference[stable], face[stable])
        out[t] = ((face - shift) @ rotation / scale - reference).ravel()
    return out


def mesh_to_expression(landmarks: FloatArray) -> FloatArray:
    """Deep3D expression coefficients (T, 64) of the mesh of successive frames, closer than those of blendshapes.

    Args:
        landmarks: (T, 478, 3) in pixels.
    """
    maps = _maps()
    moved = on_time(displacements(landmarks)) - maps["mean_mesh"]
    return np.asarray(moved @ maps["mesh_basis"] @ maps["mesh_weights"] + maps["mean_expression"], dtype=np.float32)
