"""Cutting a person out: the opacity of a soft edge, and colours without what was behind."""

import cv2
import numpy as np
import pytest

from style2talker.style_a.matte import Matte, cut_out

UNIT = 100.0


def scene(behind, size=257):
    """A reddish head of known soft outline before a background, and its coarse outline."""
    y, x = np.mgrid[0:size, 0:size]
    radius = np.hypot(x - size // 2, y - size // 2) + 3 * np.sin(np.arctan2(y - size // 2, x - size // 2) * 9)
    alpha = np.clip((80 - radius) / 3 + 0.5, 0, 1).astype(np.float32)
    rng = np.random.default_rng(0)
    color = np.clip(
        np.array([190, 90, 60]) + 10 * cv2.GaussianBlur(rng.normal(size=(size, size, 3)), (0, 0), 1), 0, 255
    )
    picture = color * alpha[..., None] + behind * (1 - alpha[..., None])
    coarse = cv2.GaussianBlur((np.hypot(x - size // 2, y - size // 2) < 80).astype(np.float32), (0, 0), 2)
    return np.rint(picture).astype(np.uint8), coarse, alpha, color


@pytest.mark.parametrize("behind", [(40, 60, 160), (230, 235, 240)])
def test_the_outline_is_found_finer_than_it_was_given(behind):
    picture, coarse, alpha, _ = scene(np.array(behind, float))
    matte = cut_out(picture, coarse, UNIT)
    assert isinstance(matte, Matte)
    edge = (alpha > 0.02) & (alpha < 0.98)
    assert np.abs(matte.alpha - alpha)[edge].mean() < 0.5 * np.abs(coarse - alpha)[edge].mean()
    assert np.abs(matte.alpha - alpha).mean() < 0.006
    assert matte.alpha.min() >= 0 and matte.alpha.max() <= 1


def test_the_background_is_gone_from_the_colors_and_the_person_from_the_background():
    behind = np.array([40, 60, 160], float)
    picture, coarse, alpha, color = scene(behind)
    matte = cut_out(picture, coarse, UNIT)
    edge = (alpha > 0.2) & (alpha < 0.98)
    assert np.abs(matte.front * 255 - color)[edge].mean() < 0.5 * np.abs(picture - color)[edge].mean()
    assert np.abs(matte.plate - behind).mean() < 2
    assert np.array_equal(matte.plate[coarse == 0][:50], picture[coarse == 0][:50])


def test_where_colors_are_alike_the_outline_decides():
    picture = np.full((257, 257, 3), 120, np.uint8)
    _, coarse, alpha, _ = scene(np.zeros(3))
    assert np.abs(cut_out(picture, coarse, UNIT).alpha - alpha).mean() < 0.02


def test_earrings_leave_no_hole_and_crumbs_are_swept():
    picture, coarse, *_ = scene(np.array([40, 60, 160], float))
    coarse[125:131, 150:156] = 0.0
    coarse[5:25, 5:25] = 1.0
    matte = cut_out(picture, coarse, UNIT)
    assert matte.alpha[120:136, 145:161].min() > 0.95
    assert matte.alpha[:40, :40].max() == 0


def test_large_pictures_are_cut_out_alike():
    behind = np.array([40, 60, 160], float)
    picture, coarse, alpha, _ = scene(behind)
    large, wide = (cv2.resize(a, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC) for a in (picture, coarse))
    matte = cut_out(large, np.clip(wide, 0, 1), 4 * UNIT)
    wanted = np.clip(cv2.resize(alpha, None, fx=4, fy=4, interpolation=cv2.INTER_CUBIC), 0, 1)
    assert matte.alpha.shape == large.shape[:2]
    assert np.abs(matte.alpha - wanted).mean() < 0.01
    assert np.array_equal(matte.plate[:60], large[:60])
    inside = wanted > 0.999
    assert np.abs(matte.front * 255 - large)[inside].mean() < 2
    assert np.abs(matte.plate - behind)[wanted > 0.5].mean() < 3
