"""Lines and flow on pictures whose edges are known."""

import numpy as np
import pytest

from style2talker.style_a.flow import along, contours, edge_flow, ink_lines


def stripes(angle, size=91):
    ys, xs = np.mgrid[0:size, 0:size].astype(np.float32)
    across = xs * np.sin(angle) - ys * np.cos(angle)
    return (50 + 40 * np.sin(across / 3)).astype(np.float32)


@pytest.mark.parametrize("angle", [0.0, 0.5, 1.2, 2.4])
def test_flow_runs_along_stripes(angle):
    flow = edge_flow(stripes(angle), 2.0)
    inner = flow.direction[20:-20, 20:-20]
    assert np.allclose(np.linalg.norm(inner, axis=-1), 1, atol=1e-4)
    assert np.abs(inner[..., 0] * np.cos(angle) + inner[..., 1] * np.sin(angle)).min() > 0.97
    assert flow.anisotropy[20:-20, 20:-20].min() > 0.8


def test_blur_along_the_flow_keeps_stripes_and_removes_noise():
    clean = stripes(0.7)
    noisy = clean + np.random.default_rng(0).normal(0, 12, clean.shape).astype(np.float32)
    out = along(noisy, edge_flow(clean, 2.0), 5.0)
    inner = np.s_[15:-15, 15:-15]
    assert np.abs(out - clean)[inner].mean() < 0.5 * np.abs(noisy - clean)[inner].mean()
    assert along(noisy, edge_flow(clean, 2.0), 0.1) is noisy


def walked(values, direction, sigma):
    """The plain twin of `along`, one pixel and step at a time."""
    rows, columns = values.shape
    step = max(1.0, sigma / 4)
    out = np.zeros_like(values)
    for row in range(rows):
        for column in range(columns):
            total, weights = float(values[row, column]), 1.0
            for sign in (1, -1):
                place, heading = np.array([column, row], float), sign * direction[row, column]
                for i in range(1, round(2 * sigma / step) + 1):
                    place = place + heading * step
                    x, y = np.clip(place, 0, [columns - 1, rows - 1])
                    near = values[int(y) : int(y) + 2, int(x) : int(x) + 2]
                    near = np.pad(near, ((0, 2 - near.shape[0]), (0, 2 - near.shape[1])), mode="edge")
                    fx, fy = x - int(x), y - int(y)
                    weight = np.exp(-0.5 * (i * step / sigma) ** 2)
                    total += weight * float([1 - fy, fy] @ near @ [1 - fx, fx])
                    weights += weight
                    here = direction[int(y + 0.5), int(x + 0.5)]
                    heading = -here if here @ heading < 0 else here
            out[row, column] = total / weights
    return out


def test_the_fast_walk_is_the_plain_one():
    light = stripes(0.4, 31)[:23] + np.random.default_rng(1).normal(0, 8, (23, 31)).astype(np.float32)
    flow = edge_flow(light, 2.0)
    fast = along(light, flow, 4.0)
    difference = np.abs(fast - walked(light, flow.direction, 4.0))
    # A pixel on the border between two directions may be rounded either way.
    assert np.quantile(difference, 0.97) < 2e-2
    both = along(np.dstack([light, -light]), flow, 4.0)
    assert np.allclose(both[..., 0], fast, atol=1e-4)
    assert np.allclose(both[..., 1], -fast, atol=1e-4)


def test_ink_is_drawn_on_dark_lines_only():
    light = np.full((80, 80), 70, np.float32)
    light[:, 30:33] = 30
    light[:, 55:58] = 95
    ink = ink_lines(light, edge_flow(light, 2.0), 1.2, 3.0)
    assert ink[40, 31] > 0.9
    assert ink[40, 56] < 0.05
    assert ink[40, 10] < 0.05


def test_contours_outline_a_border_of_equal_lightness():
    lab = np.full((80, 80, 3), (60, 0, 0), np.float32)
    lab[:, 40:, 1] = 50
    flow = edge_flow(lab[..., 1], 2.0)
    lines = contours(lab, flow, 1.2, 12.0)
    assert lines[40, 38:42].max() > 0.8
    assert lines[:, 20].max() < 0.05
    assert contours(lab, flow, 1.2, 500.0).max() < 0.05


def test_only_what_will_be_seen_is_smoothed() -> None:
    values = np.random.default_rng(3).random((31, 37, 3)).astype(np.float32)
    seen = np.zeros((31, 37), np.float32)
    seen[5:17, 7:29] = 0.5
    flow = edge_flow(values[..., 0] * 100, 2.0)
    everywhere, there = along(values, flow, 4.0), along(values, flow, 4.0, seen)
    np.testing.assert_array_equal(there[seen > 0], everywhere[seen > 0])
    np.testing.assert_array_equal(there[seen == 0], values[seen == 0])
    assert np.abs(everywhere - values)[seen == 0].mean() > 0.05
