"""Frames of a clip beside an art picture and beside what they were made from -> style taken on, structure kept."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.evaluate.landmark_distance import similarity
from style2talker.evaluate.style_distance import edge_agreement, palette_distance, style_distance
from style2talker.records import FloatArray, ImageArray

__all__ = ["ArtJudge", "fitted_art", "laid_portrait"]

_EDGE = 170
"""Edges finer than this share of the smaller side do not count."""
_LEAST = 32


def fitted_art(art: ImageArray, size: tuple[int, int]) -> ImageArray:
    """An art picture with the smaller side of a frame (width, height), so that strokes compare in size."""
    scale = min(size) / min(art.shape[:2])
    wanted = (max(1, round(art.shape[1] * scale)), max(1, round(art.shape[0] * scale)))
    return np.asarray(cv2.resize(art, wanted, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC))


def laid_portrait(portrait: ImageArray, points: FloatArray, onto: FloatArray, size: tuple[int, int]) -> ImageArray:
    """A portrait (H, W, 3) moved so that its 68 points lie on those of a frame of a size (width, height)."""
    matrix = similarity(points.astype(np.float64), onto.astype(np.float64))
    return np.asarray(
        cv2.warpAffine(portrait, matrix, size, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


@dataclass(slots=True, eq=False)
class ArtJudge:
    """Takes a few frames of a clip.

    Attributes:
        art: (h, w, 3) as `fitted_art` gives it, or None.
        found: metric -> its values so far.
    """

    art: ImageArray | None
    found: dict[str, list[float]] = field(default_factory=dict)

    def add(self, frame: ImageArray, original: ImageArray | None, face: NDArray[np.bool_]) -> None:
        """Judge a frame.

        Args:
            frame: (H, W, 3).
            original: (H, W, 3) what the frame shows, without the art; None where nobody knows.
            face: (H, W) where the face is; structure is judged in the box around it, or everywhere without one.
        """
        if self.art is not None:
            self._note("style_distance", style_distance(frame, self.art))
            self._note("palette_distance", palette_distance(frame, self.art))
        if original is not None:
            box = _box(face)
            self._note("structure_kept", edge_agreement(frame[box], original[box], min(frame.shape[:2]) / _EDGE))

    def _note(self, name: str, value: float) -> None:
        self.found.setdefault(name, []).append(value)

    def values(self) -> dict[str, float]:
        """Metric -> mean over the frames."""
        return {name: float(np.mean(values)) for name, values in self.found.items()}


def _box(face: NDArray[np.bool_]) -> tuple[slice, slice]:
    rows, columns = np.flatnonzero(face.any(axis=1)), np.flatnonzero(face.any(axis=0))
    if len(rows) < _LEAST or len(columns) < _LEAST:
        return slice(None), slice(None)
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
