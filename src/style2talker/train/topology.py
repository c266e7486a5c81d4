"""MediaPipe's edge list -> the triangles of the 478-point face mesh, stored as package data.

To write the file anew: `python -m style2talker.train.topology --out src/style2talker/assets/data/face_triangles.npy`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

__all__ = ["main", "triangles_from_edges"]

_SEPARATORS = {(49, 64, 129), (279, 294, 358)}
"""Edge cycles at the nostrils that bound other triangles and are none themselves."""


def triangles_from_edges(edges: Iterable[tuple[int, int]]) -> NDArray[np.int16]:
    """All three-cycles (F, 3) of an undirected edge list, sorted, without the two cycles that are no faces."""
    neighbours: dict[int, set[int]] = {}
    for a, b in edges:
        neighbours.setdefault(a, set()).add(b)
        neighbours.setdefault(b, set()).add(a)
    cycles = {
        (a, b, c) for a, around in neighbours.items() for b in around if a < b for c in around & neighbours[b] if b < c
    }
    return np.array(sorted(cycles - _SEPARATORS), dtype=np.int16)


def main(argv: list[str] | None = None) -> None:
    """Write the triangles of MediaPipe's tesselation to `--out`."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the .npy file to write")
    out: Path = parser.parse_args(argv).out
    from mediapipe.tasks.python.vision.face_landmarker import FaceLandmarksConnections

    edges = [(edge.start, edge.end) for edge in FaceLandmarksConnections.FACE_LANDMARKS_TESSELATION]
    np.save(out, triangles_from_edges(edges))


if __name__ == "__main__":
    main()
