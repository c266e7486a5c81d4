"""The upright face in its square, as FFHQ has it."""

from __future__ import annotations

import numpy as np
import pytest
from tests.drawn_face import draw_portrait, reference_points

from style2talker.corpus.landmarks import to_68
from style2talker.errors import FaceError
from style2talker.style_a.alignment import align_face, anchors_of_68, anchors_of_mesh


def aligned_dots(anchors: np.ndarray, side: int, large: int = 1) -> np.ndarray:
    """Where the anchors (4, 2) come to, each shown by a dot of its own; the picture `large` times as large."""
    places = []
    for x, y in anchors:
        pixels = np.zeros((240, 240, 3), np.uint8)
        pixels[round(y) - 4 : round(y) + 5, round(x) - 4 : round(x) + 5] = 255
        pixels = pixels.repeat(large, axis=0).repeat(large, axis=1)
        own = (anchors + 0.5) * large - 0.5
        rows, columns = np.nonzero(align_face(pixels, own.astype(np.float32), side)[..., 0] > 127)
        places.append([columns.mean(), rows.mean()])
    return np.array(places)


def turned(anchors: np.ndarray, degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = anchors.mean(axis=0)
    return (anchors - middle) @ matrix.T + middle


UPRIGHT = np.array([[100, 100], [140, 100], [106, 140], [134, 140]], np.float32)


@pytest.mark.parametrize("degrees", [0, 25, -40])
def test_a_face_stands_upright_where_ffhq_has_it(degrees: float) -> None:
    """Half the side is twice the distance of the eyes, here 80; the middle is a tenth of the way to the mouth."""
    anchors = turned(UPRIGHT, degrees).astype(np.float32)
    found = aligned_dots(anchors, 160)
    expected = UPRIGHT - (120, 104) + 80 - 0.5
    assert np.abs(found - expected).max() < 1.0


def test_a_long_face_is_measured_from_eyes_to_mouth() -> None:
    long = UPRIGHT.copy()
    long[2:, 1] = 160  # 1.8 * 60 = 108 is more than 2 * 40
    found = aligned_dots(long, 216)
    assert np.abs(found[1] - found[0] - (40, 0)).max() < 1
    assert np.abs((found[2] + found[3] - found[0] - found[1]) / 2 - (0, 60)).max() < 1


def test_large_pictures_are_thinned_out_first() -> None:
    anchors = UPRIGHT * 4 + 1.5
    grid = np.indices((960, 960)).sum(axis=0) % 2 * 255
    pixels = np.repeat(grid[..., None], 3, axis=2).astype(np.uint8)
    inside = align_face(pixels, anchors, 64)
    assert np.abs(inside.astype(int) - 127).max() < 16  # a chequered board becomes grey, without moiré
    assert np.abs(aligned_dots(UPRIGHT, 80) - aligned_dots(UPRIGHT, 80, large=4)).max() < 0.6


def test_mesh_and_68_points_agree() -> None:
    points = reference_points(256)
    assert np.allclose(anchors_of_mesh(points), anchors_of_68(to_68(points[None])[0]), atol=1e-4)
    left, right, _, _ = anchors_of_mesh(points)
    assert left[0] < right[0]


def test_beyond_the_picture_its_border_is_repeated() -> None:
    portrait = draw_portrait(128, 0.4)
    face = align_face(portrait.pixels, anchors_of_mesh(portrait.landmarks), 64)
    assert face.shape == (64, 64, 3)
    assert (face[0] == face[1]).all()


def test_without_a_face_it_says_so() -> None:
    pixels = np.zeros((64, 64, 3), np.uint8)
    with pytest.raises(FaceError, match="no face was found"):
        align_face(pixels, None)
    with pytest.raises(FaceError, match="no face was found"):
        align_face(pixels, np.full((4, 2), np.nan, np.float32))
    with pytest.raises(FaceError, match="fall together"):
        align_face(pixels, np.full((4, 2), 20, np.float32))
