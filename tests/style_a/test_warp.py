"""The warp: against a plain NumPy twin, and against what a warp must keep."""

import cv2
import numpy as np
import pytest

from style2talker.style_a.layers import Layers
from style2talker.style_a.warp import LayerWarp, blend, rasterise, unblend


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


def opaque_layers(picture, region=None):
    """A picture that is all front, or a region of it."""
    left, top, right, bottom = region or (0, 0, picture.shape[1], picture.shape[0])
    part = picture[top:bottom, left:right]
    front = np.dstack([part, np.full(part.shape[:2], 255, np.uint8)])
    return Layers(front, np.zeros_like(part), picture, (left, top, right, bottom))


def grid_mesh(low=-20, high=120, n=8):
    x, y = np.meshgrid(np.linspace(low, high, n), np.linspace(low, high, n))
    rest = np.column_stack([x.ravel(), y.ravel(), np.zeros(n * n)]).astype(np.float32)
    index = np.arange(n * n).reshape(n, n)
    a, b, c, d = index[:-1, :-1].ravel(), index[:-1, 1:].ravel(), index[1:, :-1].ravel(), index[1:, 1:].ravel()
    return rest, np.vstack([np.column_stack([a, b, c]), np.column_stack([b, d, c])]).astype(np.int32)


def plain_warp(layers, moved, rest, triangles):
    """The same frame in plain NumPy: every pixel looks its place up and samples with Keys' cubic kernel."""
    left, top, right, bottom = layers.region
    field = plain_rasterise(moved, rest, triangles, left, top, 1.0, (bottom - top, right - left))
    rows, columns = np.mgrid[0 : bottom - top, 0 : right - left]
    at = np.stack([columns, rows], axis=-1) + field
    base = np.floor(at).astype(int)
    part = at - base
    out = np.zeros(layers.front.shape)
    for j in range(-1, 3):
        for i in range(-1, 3):
            x, y = base[..., 0] + i, base[..., 1] + j
            x = np.abs(np.where(x > right - left - 1, 2 * (right - left - 1) - x, x))
            y = np.abs(np.where(y > bottom - top - 1, 2 * (bottom - top - 1) - y, y))
            weight = keys(i - part[..., 0]) * keys(j - part[..., 1])
            out += weight[..., None] * layers.front[y, x]
    out = np.clip(np.rint(out), 0, 255)
    frame = layers.still.copy()
    laid = out[..., :3] + np.floor(((255 - out[..., 3:]) * layers.plate + 127) / 255)
    frame[top:bottom, left:right] = np.minimum(laid, 255).astype(np.uint8)
    return frame


def keys(t, a=-0.75):
    t = np.abs(t)
    near, far = (a + 2) * t**3 - (a + 3) * t**2 + 1, a * t**3 - 5 * a * t**2 + 8 * a * t - 4 * a
    return np.where(t <= 1, near, np.where(t < 2, far, 0))


def test_the_warp_equals_its_plain_twin():
    rng = np.random.default_rng(5)
    rest, triangles = grid_mesh()
    moved = rest + cv2.GaussianBlur(rng.normal(0, 9, (8, 8, 3)).astype(np.float32), (0, 0), 1.0).reshape(-1, 3)
    soft = [cv2.GaussianBlur(rng.integers(0, 256, (101, 97, n), dtype=np.uint8), (0, 0), 2.5) for n in (3, 3, 1)]
    alpha = np.where(soft[2] > 135, 255, soft[2])
    color = (soft[0].astype(int) * alpha[..., None] // 255).astype(np.uint8)
    region = (5, 7, 90, 95)
    part = np.s_[region[1] : region[3], region[0] : region[2]]
    layers = Layers(np.dstack([color, alpha])[part], soft[1][part], soft[0], region)
    frame = layers.still.copy()
    LayerWarp(layers, rest, triangles).draw(moved, frame)
    error = np.abs(frame.astype(int) - plain_warp(layers, moved, rest, triangles))
    assert error.mean() < 0.3 and np.percentile(error, 99.9) <= 3


def test_points_at_rest_draw_nothing():
    rng = np.random.default_rng(0)
    rest, triangles = random_mesh(rng)
    picture = rng.integers(0, 256, (67, 71, 3), dtype=np.uint8)
    warp = LayerWarp(opaque_layers(picture, (3, 5, 64, 66)), rest, triangles)
    frame = np.zeros_like(picture)
    warp.draw(rest.copy(), frame)
    assert warp.moved_box(rest) is None and not frame.any()


def test_only_the_box_of_what_moves_is_drawn_and_its_rim_is_the_picture():
    rng = np.random.default_rng(0)
    rest, triangles = grid_mesh()
    picture = rng.integers(0, 256, (101, 97, 3), dtype=np.uint8)
    warp = LayerWarp(opaque_layers(picture), rest, triangles)
    moved = rest.copy()
    moved[27, :2] += (2.3, -1.7)
    x0, y0, x1, y1 = warp.moved_box(moved)
    assert (x1 - x0) * (y1 - y0) < 0.3 * picture.shape[0] * picture.shape[1]
    frame = picture.copy()
    warp.draw(moved, frame)
    changed = np.argwhere((frame != picture).any(axis=2))
    assert len(changed) > 200
    assert (changed.min(axis=0) > (y0, x0)).all() and (changed.max(axis=0) < (y1 - 1, x1 - 1)).all()


def test_a_moved_mesh_carries_the_picture_with_it():
    """Everything shifted 6 right and 4 down: the frame shows the picture shifted so."""
    rng = np.random.default_rng(1)
    rest, triangles = grid_mesh()
    picture = cv2.GaussianBlur(rng.integers(0, 256, (101, 101, 3), dtype=np.uint8), (0, 0), 2)
    moved = rest + np.array([6, 4, 0], dtype=np.float32)
    frame = picture.copy()
    LayerWarp(opaque_layers(picture), rest, triangles).draw(moved, frame)
    assert np.abs(frame[4:, 6:].astype(int) - picture[:-4, :-6].astype(int)).max() <= 1


def test_layers_blend_and_part_again():
    front = np.array([[[0, 0, 0, 0], [100, 50, 0, 128], [9, 8, 7, 255]]], np.uint8)
    plate = np.array([[[10, 20, 30], [200, 100, 50], [1, 1, 1]]], np.uint8)
    out = np.zeros((1, 3, 3), np.uint8)
    blend(front, plate, out)
    assert out[0].tolist() == [[10, 20, 30], [200, 100, 25], [9, 8, 7]]
    apart = np.zeros((1, 3, 4), np.uint8)
    unblend(front, plate, apart)
    assert apart[0].tolist() == [[10, 20, 30, 0], [199, 100, 0, 128], [9, 8, 7, 255]]


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
