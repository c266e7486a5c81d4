"""CPBD against a plain computation, pixel by pixel, of the same definition."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from scipy import ndimage

from drawn_face import draw_portrait
from style2talker.evaluate.cpbd import cpbd
from style2talker.evaluate.pictures import luma

FACE = luma(draw_portrait(192).pixels)


def plain_cpbd(grey: np.ndarray) -> float:
    """Narvekar & Karam with the edge widths of Marziliano, as loops; blocks with any slope count as edge blocks."""
    picture = grey.astype(float)
    down, right = np.gradient(picture)
    strength = ndimage.convolve(picture, np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]]) / 8) ** 2
    strength[strength <= 2 * math.sqrt(strength.mean())] = 0
    rows, columns = picture.shape
    buckets = []
    for row in range(1, rows - 1):
        for column in range(1, columns - 1):
            at = strength[row, column]
            peak = at > max(strength[row, column - 1], strength[row, column + 1])
            peak |= at > max(strength[row - 1, column], strength[row + 1, column])
            angle = math.degrees(math.atan2(down[row, column], right[row, column])) if right[row, column] else 0.0
            turn = round(angle / 45)
            if not peak or abs(turn) not in (0, 4) or row >= rows // 64 * 64 or column >= columns // 64 * 64:
                continue
            sign = 1 if turn == 0 else -1
            width = 2
            for way in (-1, 1):
                x = column + way
                while 0 <= x + way < columns and way * sign * (picture[row, x + way] - picture[row, x]) > 0:
                    x += way
                width += min(abs(x - column) - 1, 100)
            block = picture[row // 64 * 64 :, column // 64 * 64 :][:64, :64]
            noticed = 5 if int(np.ptp(block)) <= 50 else 3
            buckets.append(round((1 - math.exp(-((width / noticed) ** 3.6))) * 100))
    return sum(b <= 63 for b in buckets) / len(buckets)


@pytest.mark.parametrize("sigma", [0.0, 0.8, 1.6])
def test_equals_the_plain_computation(sigma: float) -> None:
    picture = cv2.GaussianBlur(FACE, (0, 0), sigma) if sigma else FACE
    assert cpbd(picture) == pytest.approx(plain_cpbd(picture), abs=1e-9)


def test_a_sharp_step_is_sharp_and_a_ramp_is_not() -> None:
    # Falling, since a picture that only ever rises along its rows has no edges for the package of 2018.
    step = np.full((64, 64), 220, np.uint8)
    step[:, 32], step[:, 33:] = 130, 40
    assert cpbd(step) == 1
    ramp = np.clip(230 - (np.arange(64) - 20) * 8, 20, 230).astype(np.uint8)
    assert cpbd(np.repeat(ramp[None], 64, axis=0)) == 0
    assert cpbd(step[:, ::-1]) == 0


def test_blur_lowers_it() -> None:
    values = [cpbd(FACE), *(cpbd(cv2.GaussianBlur(FACE, (0, 0), s)) for s in (1, 2, 4))]
    assert values == sorted(values, reverse=True)
    assert values[0] > values[-1]


def test_nothing_to_see_is_zero() -> None:
    assert cpbd(np.full((128, 128), 99, np.uint8)) == 0
    assert cpbd(FACE[:60, :60]) == 0
    flat = np.full((64, 128), 99, np.uint8)
    flat[:, 64:] = FACE[64:128, 64:128]
    # A block without edges counts for nothing.
    assert cpbd(flat) == pytest.approx(cpbd(flat[:, ::-1]), abs=0.2)
