"""Tones and colours of the art in the regions of the portrait."""

import numpy as np
import pytest

from style2talker.style_a.recolor import matched_tones, recolored
from style2talker.style_a.regions import REGIONS


def test_matched_tones_are_monotone_and_reach_the_wanted_middle():
    rng = np.random.default_rng(0)
    own, wanted = rng.normal(40, 10, 4000), rng.normal(65, 12, 4000)
    values = np.linspace(0, 100, 200)
    out = matched_tones(values, own, wanted, 1.6)
    assert (np.diff(out) > 0).all()
    assert np.interp(40, values, out) == pytest.approx(65, abs=1.5)
    assert np.diff(out).max() / np.diff(values)[0] <= 1.61


def test_matched_tones_move_at_most_so_far():
    own, wanted = np.linspace(10, 30, 500), np.linspace(70, 90, 500)
    out = matched_tones(np.array([20.0]), own, wanted, 1.6, farthest=20.0)
    assert 30 < out[0] < 40.5


def two_regions(colours, shape=(60, 80)):
    lab = np.empty((*shape, 3), np.float32)
    lab[:, : shape[1] // 2], lab[:, shape[1] // 2 :] = colours
    masks = np.zeros((len(REGIONS), *shape), np.float32)
    masks[REGIONS.index("hair"), :, : shape[1] // 2] = 1
    masks[REGIONS.index("background"), :, shape[1] // 2 :] = 1
    noise = np.random.default_rng(1).normal(0, 2, lab.shape).astype(np.float32)
    return lab + noise, masks


def test_each_region_takes_the_colour_of_its_own():
    lab, masks = two_regions(((20, 5, 5), (80, 0, 0)))
    art, art_masks = two_regions(((35, 20, 20), (60, -20, 10)), (50, 90))
    out = recolored(lab, masks, art, art_masks, 1.0)
    assert np.allclose(out[10:50, 5:30].mean(axis=(0, 1)), (35, 20, 20), atol=2)
    assert np.allclose(out[10:50, 50:75].mean(axis=(0, 1)), (60, -20, 10), atol=2)


def test_without_a_face_colours_are_taken_as_a_whole():
    lab, masks = two_regions(((20, 5, 5), (80, 0, 0)))
    art = np.random.default_rng(2).normal((50, 30, -20), 5, (40, 40, 3)).astype(np.float32)
    out = recolored(lab, masks, art, None, 1.0)
    assert np.allclose(out[..., 1:].mean(axis=(0, 1)), (30, -20), atol=2)


def test_lips_stand_out_from_skin_though_the_art_has_grey_ones():
    lab = np.full((60, 60, 3), (65, 18, 18), np.float32) + np.random.default_rng(3).normal(0, 1.5, (60, 60, 3))
    lab[20:40, 20:40] += (-15, 22, 4)
    masks = np.zeros((len(REGIONS), 60, 60), np.float32)
    masks[REGIONS.index("lips"), 20:40, 20:40] = 1
    masks[REGIONS.index("skin")] = 1 - masks[REGIONS.index("lips")]
    art = np.full((60, 60, 3), (55, 8, 10), np.float32) + np.random.default_rng(4).normal(0, 1.5, (60, 60, 3))
    art[20:40, 20:40] -= (25, 8, 10)
    out = recolored(lab.astype(np.float32), masks, art.astype(np.float32), masks, 0.5)
    lips, skin = out[25:35, 25:35].mean(axis=(0, 1)), out[2:15].mean(axis=(0, 1))
    assert lips[0] < skin[0] - 5
    assert lips[1] > skin[1]
