"""Picture metrics: known values, a plain second computation, and order under growing damage."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from drawn_face import draw_portrait
from style2talker.evaluate.pictures import SAME_PSNR, detail, luma, psnr, ssim, ssim_and_part, ssim_vico

FACE = draw_portrait(128).pixels


def plain_ssim(x: np.ndarray, y: np.ndarray) -> float:
    """Wang et al. 2004, window by window."""
    at = np.arange(11) - 5
    line = np.exp(-0.5 * (at / 1.5) ** 2)
    window = np.outer(line, line) / np.outer(line, line).sum()
    scores = []
    for c in range(3):
        for row in range(x.shape[0] - 10):
            for column in range(x.shape[1] - 10):
                a, b = (p[row : row + 11, column : column + 11, c].astype(float) / 255 for p in (x, y))
                ma, mb = (window * a).sum(), (window * b).sum()
                va, vb = (window * (a - ma) ** 2).sum(), (window * (b - mb) ** 2).sum()
                both = (window * (a - ma) * (b - mb)).sum()
                top = (2 * ma * mb + 1e-4) * (2 * both + 9e-4)
                scores.append(top / ((ma**2 + mb**2 + 1e-4) * (va + vb + 9e-4)))
    return float(np.mean(scores))


def noisy(sigma: float) -> np.ndarray:
    noise = np.random.default_rng(0).normal(0, sigma, FACE.shape)
    return np.clip(FACE + noise, 0, 255).astype(np.uint8)


def test_the_same_picture_has_the_best_value() -> None:
    assert psnr(FACE, FACE) == pytest.approx(80, abs=1e-9)
    assert ssim(FACE, FACE) == pytest.approx(1)
    assert ssim_vico(FACE, FACE) == pytest.approx(1)


def test_psnr_of_a_known_difference() -> None:
    black = np.zeros((8, 8, 3), np.uint8)
    assert psnr(black + np.uint8(51), black) == pytest.approx(10 * np.log10(25), abs=1e-5)
    where = np.zeros((8, 8), bool)
    assert np.isnan(psnr(black, black, where))
    where[0] = True
    half = black.copy()
    half[1:] = 255
    assert psnr(half, black, where) == pytest.approx(80)


def test_ssim_equals_the_plain_computation() -> None:
    small, other = (cv2.resize(p, (24, 20), interpolation=cv2.INTER_AREA) for p in (FACE, noisy(20)))
    assert ssim(small, other) == pytest.approx(plain_ssim(small, other), abs=1e-9)


def test_vico_averages_down_by_the_rounded_factor() -> None:
    wide = np.random.default_rng(1).integers(0, 256, (385, 401, 3), dtype=np.uint8)
    other = np.clip(wide.astype(int) + 30, 0, 255).astype(np.uint8)
    less = [
        cv2.resize(p[:384, :400].astype(np.float64), (200, 192), interpolation=cv2.INTER_AREA) for p in (wide, other)
    ]
    assert ssim_vico(wide, other) == pytest.approx(ssim(less[0], less[1]), abs=1e-9)
    assert ssim_vico(FACE, noisy(9)) == pytest.approx(ssim(FACE, noisy(9)), abs=1e-12)


@pytest.mark.parametrize("judge", [psnr, ssim, ssim_vico])
def test_more_damage_is_worse(judge) -> None:
    values = [judge(noisy(sigma), FACE) for sigma in (0, 3, 10, 30)]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 4


def test_a_picture_below_the_window_is_unknown() -> None:
    assert np.isnan(ssim(FACE[:8, :8], FACE[:8, :8]))


def test_detail_falls_with_blur() -> None:
    grey = luma(FACE)
    assert grey.shape == FACE.shape[:2]
    values = [detail(grey), *(detail(cv2.GaussianBlur(grey, (0, 0), s)) for s in (1, 2, 4))]
    assert values == sorted(values, reverse=True)
    assert detail(np.full((9, 9), 7, np.uint8)) == 0
    assert np.isnan(detail(np.zeros((0, 0), np.uint8)))


@pytest.mark.parametrize("sigma", [2.0, 10.0, 40.0])
def test_both_agree_with_scikit_image(sigma: float) -> None:
    worse = noisy(sigma)
    assert psnr(worse, FACE) == pytest.approx(peak_signal_noise_ratio(FACE, worse, data_range=255), abs=1e-3)
    gaussian = {"gaussian_weights": True, "sigma": 1.5, "use_sample_covariance": False}
    wanted = structural_similarity(FACE / 255, worse / 255, data_range=1.0, channel_axis=-1, **gaussian)
    assert ssim(worse, FACE) == pytest.approx(wanted, abs=1e-7)


def test_both_agree_with_torchmetrics_inside_the_border() -> None:
    functional = pytest.importorskip("torchmetrics.functional.image", reason="it is an oracle of this test alone")
    import torch

    worse = noisy(10)
    one, other = (torch.tensor(x / 255).permute(2, 0, 1)[None] for x in (worse, FACE))
    found = functional.peak_signal_noise_ratio(one, other, data_range=1.0)
    assert psnr(worse, FACE) == pytest.approx(float(found), abs=1e-3)
    # It pads what lies beyond the picture, so only what is far from the border is the same.
    _, whole = functional.structural_similarity_index_measure(one, other, data_range=1.0, return_full_image=True)
    assert ssim(worse, FACE) == pytest.approx(float(whole[..., 5:-5, 5:-5].mean()), abs=1e-6)


def test_ssim_counts_where_it_is_told_to() -> None:
    where = np.zeros((128, 128), bool)
    where[20:100, 20:60] = True
    half = FACE.copy()
    half[:, 80:] = noisy(60)[:, 80:]
    whole, part = ssim_and_part(half, FACE, where)
    assert part == pytest.approx(1)
    assert whole == ssim(half, FACE) < 0.99
    assert ssim_and_part(half, FACE, ~where)[1] < whole
    assert np.isnan(ssim_and_part(half, FACE, np.zeros((128, 128), bool))[1])
    assert np.isnan(ssim_and_part(half[:9], FACE[:9], where[:9])).all()
    assert psnr(FACE, FACE) == pytest.approx(SAME_PSNR)
