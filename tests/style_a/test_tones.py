"""Flat tones: few of them, clean borders, edges kept."""

import numpy as np
import pytest

from style2talker.style_a.flow import edge_flow
from style2talker.style_a.tones import cel, flatten, stepped, tone_levels


@pytest.fixture
def lab():
    picture = np.full((70, 90, 3), (40, 5, 5), np.float32)
    picture[:, 45:] = (75, 10, 20)
    return picture + np.random.default_rng(2).normal(0, 2.5, picture.shape).astype(np.float32)


def test_flatten_removes_texture_and_keeps_the_edge(lab):
    for flow in (None, edge_flow(lab[..., 0], 2.0)):
        out = flatten(lab, 8.0, 12.0, flow)
        assert out[10:60, 5:38, 0].std() < 0.4 * lab[10:60, 5:38, 0].std()
        assert out[35, 55:80, 0].mean() - out[35, 5:35, 0].mean() > 30


def test_levels_are_the_tones_of_the_region(lab):
    whole = np.ones(lab.shape[:2], np.float32)
    assert np.allclose(tone_levels(lab[..., 0], whole, 2), (40, 75), atol=1.5)
    left = whole.copy()
    left[:, 45:] = 0
    assert tone_levels(lab[..., 0], left, 4).size == 1
    assert np.allclose(tone_levels(lab[..., 0], np.zeros_like(whole), 2), (40, 75), atol=1.5)


def test_stepped_is_flat_but_for_narrow_borders():
    ramp = np.linspace(0, 100, 1001, dtype=np.float32)[None]
    out = stepped(ramp, np.array([20, 50, 80], np.float32), np.array([10, 55, 90], np.float32), 2.0)
    flat = np.isclose(out, 10) | np.isclose(out, 55) | np.isclose(out, 90)
    assert flat.mean() > 0.9
    assert (np.diff(out) >= -1e-4).all()


def test_cel_spreads_contrast(lab):
    whole = np.ones(lab.shape[:2], np.float32)
    smooth = flatten(lab, 8.0, 12.0)[..., 0]
    low, high = (np.ptp(cel(smooth, whole, 2, 1.0, spread)) for spread in (0.5, 1.5))
    assert high == pytest.approx(3 * low, rel=0.05)
