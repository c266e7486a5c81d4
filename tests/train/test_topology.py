"""Triangles from edges, and the triangles that are shipped."""

import numpy as np

from style2talker.style_a.mesh import face_triangles
from style2talker.train.topology import main, triangles_from_edges


def test_three_cycles_are_triangles():
    edges = [(0, 1), (1, 2), (2, 0), (2, 3), (3, 0), (3, 4)]
    assert triangles_from_edges(edges).tolist() == [[0, 1, 2], [0, 2, 3]]


def test_the_command_writes_what_is_shipped(tmp_path):
    main(["--out", str(tmp_path / "t.npy")])
    assert np.array_equal(np.load(tmp_path / "t.npy"), face_triangles())


def test_every_edge_of_the_face_borders_at_most_two_triangles():
    triangles = face_triangles()
    edges = np.sort(np.vstack([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [0, 2]]]), axis=1)
    _, counts = np.unique(edges, axis=0, return_counts=True)
    assert counts.max() == 2
    # The border of the face, two eyes and the mouth are open: 36 + 16 + 16 + 20 edges.
    assert (counts == 1).sum() == 88
