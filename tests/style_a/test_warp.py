"""The warp: against a plain NumPy twin, and against what a warp must keep."""

import cv2
import numpy as np
import pytest

from style2talker.style_a.warp import displacement_field, rasterise, warp_region


def plain_rasterise(moved, rest, triangles, origin_x, origin_y, step, shape):
    """The same field, one triangle after another over the whole grid, in plain NumPy."""
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float64)
    field, depth = np.zeros((*shape, 2)), np.full(shape, np.inf)
    position = (moved[:, :2].astype(np.float64) - (origin_x, origin_y)) / step
    for corners in triangles:
        a, b, c = position[corners]
        area = (b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])
        if abs(area) < 1e-9:
            continue
        wb = ((columns - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (rows - a[1])) / area
        wc = ((b[0] - a[0]) * (rows - a[1]) - (columns - a[0]) * (b[1] - a[1])) / area
        weights = np.stack([1 - wb - wc, wb, wc])
        z = np.tensordot(moved[corners, 2].astype(np.float64), weights, 1)
        hit = (weights >= -1e-4).all(axis=0) & (z < depth)
        depth[hit] = z[hit]
        shift = np.tensordot((rest - moved)[corners, :2].astype(np.float64).T, weights, 1)
        field[hit] = np.moveaxis(shift, 0, -1)[hit]
    return field


def random_mesh(rng, n=40, size=67.0):
    rest = np.column_stack([rng.uniform(0, size, (n, 2)), rng.uniform(-5, 5, n)]).astype(np.float32)
    subdivision = cv2.Subdiv2D((-1, -1, int(size) + 3, int(size) + 3))
    for x, y in rest[:, :2]:
        subdivision.insert((float(x), float(y)))
    lookup = {(round(float(x), 3), round(float(y), 3)): i for i, (x, y) in enumerate(rest[:, :2])}
    corners = subdivision.getTriangleList().reshape(-1, 3, 2)
    triangles = [[lookup.get((round(float(x), 3), round(float(y), 3)), -1) for x, y in t] for t in corners]
    return rest, np.array([t for t in triangles if min(t) >= 0], dtype=np.int32)


@pytest.mark.parametrize("seed", range(4))
def test_rasteriser_equals_its_plain_twin(seed):
    rng = np.random.default_rng(seed)
    rest, triangles = random_mesh(rng)
    moved = rest + rng.normal(0, 2.5, rest.shape).astype(np.float32)
    field, depth = np.empty((37, 31, 2), np.float32), np.empty((37, 31), np.float32)
    rasterise(moved, rest, triangles, -1.5, -1.5, 2.0, field, depth)
    plain = plain_rasterise(moved, rest, triangles, -1.5, -1.5, 2.0, (37, 31))
    # A cell exactly on an edge may fall to either neighbour in single precision.
    wrong = np.abs(field - plain).max(axis=-1) > 1e-3
    assert wrong.mean() < 0.005
    assert np.abs(plain).max() > 1.0


def test_points_at_rest_give_the_picture_bit_for_bit():
    rng = np.random.default_rng(0)
    rest, triangles = random_mesh(rng)
    picture = rng.integers(0, 256, (67, 71, 3), dtype=np.uint8)
    region = (3, 5, 64, 66)
    field = displacement_field(rest, rest, triangles, region)
    assert field.shape == (61, 61, 2)
    assert np.array_equal(warp_region(picture, field, region), picture[5:66, 3:64])


def test_a_moved_mesh_carries_the_picture_with_it():
    """Everything shifted 6 right and 4 down: the frame shows the picture shifted so."""
    rng = np.random.default_rng(1)
    x, y = np.meshgrid(np.linspace(-20, 120, 8), np.linspace(-20, 120, 8))
    rest = np.column_stack([x.ravel(), y.ravel(), np.zeros(64)]).astype(np.float32)
    index = np.arange(64).reshape(8, 8)
    a, b, c, d = index[:-1, :-1].ravel(), index[:-1, 1:].ravel(), index[1:, :-1].ravel(), index[1:, 1:].ravel()
    triangles = np.vstack([np.column_stack([a, b, c]), np.column_stack([b, d, c])]).astype(np.int32)
    picture = cv2.GaussianBlur(rng.integers(0, 256, (101, 101, 3), dtype=np.uint8), (0, 0), 2)
    moved = rest + np.array([6, 4, 0], dtype=np.float32)
    region = (0, 0, 101, 101)
    frame = warp_region(picture, displacement_field(moved, rest, triangles, region), region)
    assert np.abs(frame[4:, 6:].astype(int) - picture[:-4, :-6].astype(int)).max() <= 1


def test_the_nearer_triangle_hides_the_farther_one():
    rest = np.array([[0, 0, 5], [40, 0, 5], [0, 40, 5], [0, 0, -5], [40, 0, -5], [0, 40, -5]], dtype=np.float32)
    moved = rest.copy()
    moved[:3, 0] += 3.0
    moved[3:, 0] -= 2.0
    far, near = [0, 1, 2], [3, 4, 5]
    for order in ([far, near], [near, far]):
        field, depth = np.empty((10, 10, 2), np.float32), np.empty((10, 10), np.float32)
        rasterise(moved, rest, np.array(order, dtype=np.int32), 4.0, 4.0, 1.0, field, depth)
        assert np.allclose(field[:8, :8, 0], 2.0)
