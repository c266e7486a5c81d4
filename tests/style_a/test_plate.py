"""Holes that are filled: smoothly, with the grain of what is around."""

import cv2
import numpy as np

from style2talker.style_a.plate import fill_behind, spread


def disc(size=121, radius=30):
    y, x = np.mgrid[0:size, 0:size]
    return np.hypot(x - size // 2, y - size // 2) < radius


def test_what_is_seen_stays_bit_for_bit():
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 256, (121, 121, 3), dtype=np.uint8)
    filled = fill_behind(picture, disc(), 4.0)
    assert np.array_equal(filled[~disc()], picture[~disc()])
    assert fill_behind(picture, np.zeros((121, 121), bool), 4.0) is picture
    assert fill_behind(picture, np.ones((121, 121), bool), 4.0) is picture


def test_a_slope_goes_on_through_the_hole():
    ramp = np.repeat(np.tile(np.linspace(40, 200, 121), (121, 1))[..., None], 3, 2)
    picture = ramp.copy()
    picture[disc()] = 0
    filled = fill_behind(picture.astype(np.uint8), disc(), 4.0).astype(int)
    assert np.abs(filled - ramp).mean() < 4
    edge = disc() & ~disc(radius=27)
    assert np.abs(filled - ramp)[edge].max() < 16


def test_the_filling_is_as_rough_as_the_wall():
    rng = np.random.default_rng(1)
    wall = np.clip(128 + 12 * rng.normal(size=(121, 121, 1)) + np.zeros(3), 0, 255).astype(np.uint8)
    filled = fill_behind(wall, disc(), 4.0).astype(np.float32)
    rough = filled - cv2.GaussianBlur(filled, (0, 0), 3)
    band = disc() & ~disc(radius=18)
    assert 0.6 < rough[band].std() / rough[~disc(radius=36)].std() < 1.4


def test_spreading_believes_weights():
    values = np.zeros((33, 47, 2), np.float32)
    values[:, :20] = (1.0, -3.0)
    weight = np.zeros((33, 47), np.float32)
    weight[:, :20] = 1
    assert np.allclose(spread(values, weight), (1.0, -3.0), atol=1e-4)
    assert np.isfinite(spread(values, 0 * weight)).all()
