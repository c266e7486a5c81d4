"""Deep3D expression coefficients <-> ARKit blendshapes, by linear maps learned from clips tracked both ways."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from style2talker.assets.store import package_data
from style2talker.records import FloatArray

__all__ = ["to_blendshapes", "to_expression"]


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
