"""Files of Deep3D face coefficients -> expression and head pose.

Layout of a row (Deng et al., "Accurate 3D Face Reconstruction with Weakly-Supervised Learning", 2019, as kept by
SadTalker, PIRenderer and Style2Talker): identity 80, expression 64, texture 80, angles 3, lighting 27, translation 3,
and after the alignment crop 3 more. On recordings tracked both ways the angles follow the head (r = 0.75, 0.87, 0.92
for pitch, yaw, roll); the translation is that within a crop which follows the face and says nothing of head motion.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io

from style2talker.errors import MotionError
from style2talker.records import FloatArray

__all__ = ["ANGLES", "CROP", "EXPRESSION", "TRANSLATION", "Coefficients", "read_3dmm", "read_npy"]

EXPRESSION = slice(80, 144)
ANGLES = slice(224, 227)
TRANSLATION = slice(254, 257)
CROP = slice(257, 260)

_SIGNS = np.array([1.0, 1.0, -1.0], dtype=np.float32)
"""Deep3D's angles to ours (pitch, yaw, roll), checked against tracked video."""
_KEYS = ("coeff", "coeff_3dmm", "full_3dmm")
_ALLOWED = {
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("numpy.core.multiarray", "scalar"),
    ("numpy._core.multiarray", "scalar"),
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.numeric", "_frombuffer"),
    ("numpy._core.numeric", "_frombuffer"),
    ("collections", "OrderedDict"),
    ("_codecs", "encode"),
}


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """What a 3DMM file says about a moving face.

    Attributes:
        expression: (T, 64) float32 Deep3D expression coefficients.
        rotation: (T, 3) float32 radians (pitch, yaw, roll) in our signs.
    """

    expression: FloatArray
    rotation: FloatArray


class _ArraysOnly(pickle.Unpickler):
    """Unpickles dictionaries of NumPy arrays and refuses to call anything else."""

    def find_class(self, module: str, name: str) -> Any:
        """The class of a pickled object, if it belongs to arrays. Raises UnpicklingError."""
        if (module, name) not in _ALLOWED:
            raise pickle.UnpicklingError(f"it would run {module}.{name}")
        return super().find_class(module, name)


def read_npy(path: Path) -> Any:
    """What a NumPy file holds; a pickle in it is read without running anything that it names.

    Raises:
        Exception: whatever NumPy and pickle raise for a damaged file, UnpicklingError for one that names code.
    """
    with path.open("rb") as stream:
        version = np.lib.format.read_magic(stream)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        _, _, dtype = read(stream)
        if dtype.hasobject:
            return _ArraysOnly(stream).load()
        stream.seek(0)
        return np.lib.format.read_array(stream, allow_pickle=False)


def _rows(content: Any, path: Path) -> FloatArray:
    """The coefficient table in what a file holds."""
    if isinstance(content, np.ndarray) and content.dtype == object and content.size == 1:
        content = content.item()
    if isinstance(content, Mapping):
        found = next((content[key] for key in _KEYS if key in content), None)
        if found is None:
            raise MotionError(f"{path} holds no coefficients: it has {', '.join(map(str, content))}, expected 'coeff'")
        content = found
    rows = np.atleast_2d(np.squeeze(np.asarray(content, dtype=np.float32)))
    if rows.ndim != 2 or len(rows) == 0 or not np.isfinite(rows).all():
        raise MotionError(f"{path} holds no table of finite coefficients: its shape is {rows.shape}")
    return np.asarray(rows, dtype=np.float32)


def read_3dmm(path: str | os.PathLike[str]) -> Coefficients:
    """Read Deep3D coefficients.

    Args:
        path: a `.mat` or `.npy` file with (T, 257) or (T, 260) coefficients, or with (T, 70) or (T, 73) of expression,
            angles, translation and crop alone. A pickled dictionary is read without running anything that it names.

    Raises:
        MotionError: the file is missing, damaged, or of another shape.
    """
    file = Path(path)
    try:
        content = scipy.io.loadmat(file) if file.suffix.lower() == ".mat" else read_npy(file)
        rows = _rows(content, file)
    except MotionError:
        raise
    except OSError as error:
        raise MotionError(f"{path} cannot be read: {error.strerror or 'it is damaged'}") from error
    except Exception as error:
        # SciPy and pickle raise whatever a damaged file leads them into.
        raise MotionError(f"{path} is no file of 3DMM coefficients: {' '.join(str(error).split())[:100]}") from error
    if rows.shape[1] in (257, 260):
        return Coefficients(rows[:, EXPRESSION], rows[:, ANGLES] * _SIGNS)
    if rows.shape[1] in (70, 73):
        return Coefficients(rows[:, :64], rows[:, 64:67] * _SIGNS)
    raise MotionError(f"{path} has {rows.shape[1]} coefficients a frame, expected 257, 260, 70 or 73")
