"""Colour work: there and back, bounds, and what each operation must leave alone."""

import numpy as np
import pytest

from style2talker.style_a.palette import (
    blur,
    from_lab,
    keep_chroma,
    mean_color,
    quantiles,
    saturate,
    smoothstep,
    to_lab,
)


@pytest.fixture
def pixels():
    return np.random.default_rng(3).integers(0, 256, (61, 47, 3), dtype=np.uint8)


def test_lab_there_and_back_is_exact(pixels):
    lab = to_lab(pixels)
    assert lab.dtype == np.float32
    assert lab[..., 0].min() >= 0 and lab[..., 0].max() <= 100.01
    assert np.abs(from_lab(lab).astype(int) - pixels).max() <= 1


@pytest.mark.parametrize("sigma", [1.5, 12.0])
def test_blur_keeps_the_mean_and_narrows_the_spread(sigma):
    values = np.random.default_rng(1).normal(10, 3, (97, 83)).astype(np.float32)
    soft = blur(values, sigma)
    assert soft.shape == values.shape
    assert soft.mean() == pytest.approx(values.mean(), abs=0.3)
    assert soft.std() < 0.5 * values.std()
    assert blur(values, 0.1) is values


def test_smoothstep_rises_falls_and_saturates():
    up, down = smoothstep([-1, 0, 0.5, 1, 2], 0, 1), smoothstep([-1, 0, 0.5, 1, 2], 1, 0)
    assert up.tolist() == [0, 0, 0.5, 1, 1]
    assert down.tolist() == [1, 1, 0.5, 0, 0]


def test_mean_and_quantiles_look_only_inside_the_mask(pixels):
    lab = to_lab(pixels)
    mask = np.zeros(lab.shape[:2], np.float32)
    mask[10:30, 5:25] = 1
    assert np.allclose(mean_color(lab, mask), lab[10:30, 5:25].reshape(-1, 3).mean(axis=0), atol=1e-2)
    assert quantiles(lab[..., 0], mask, 0.5) == pytest.approx(np.median(lab[10:30, 5:25, 0]), abs=1e-3)
    empty = np.zeros_like(mask)
    assert mean_color(lab, empty, (1, 2, 3)).tolist() == [1, 2, 3]
    assert quantiles(lab[..., 0], empty, 0.5) == pytest.approx(np.median(lab[..., 0]), abs=1e-3)


def test_saturate_changes_chroma_alone_and_holds_back_in_darks(pixels):
    lab = np.tile(np.array([[[60, 20, 10]], [[8, 20, 10]]], np.float32), (1, 5, 1))
    out = saturate(lab, 1.5)
    assert np.array_equal(out[..., 0], lab[..., 0])
    gain = out[..., 1] / lab[..., 1]
    assert gain[0, 0] > 1.3 and gain[1, 0] <= 1.0
    assert np.hypot(*np.moveaxis(saturate(to_lab(pixels), 9.0, most=50.0)[..., 1:], -1, 0)).max() <= 50.01


def test_keep_chroma_brings_back_colour_but_not_light():
    rng = np.random.default_rng(5)
    original = np.dstack([np.full((64, 64), 50), np.full((64, 64), 30), np.full((64, 64), -20)]).astype(np.float32)
    styled = np.dstack([rng.uniform(20, 80, (64, 64)), *rng.normal(0, 2, (2, 64, 64))]).astype(np.float32)
    out = keep_chroma(styled, original, 4.0)
    assert np.array_equal(out[..., 0], styled[..., 0])
    assert np.allclose(out[..., 1:].mean(axis=(0, 1)), (30, -20), atol=0.5)
