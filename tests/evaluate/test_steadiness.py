"""Warping error and flicker: small for what moves, large for what shimmers, as the measured values say."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.evaluate.steadiness import change, face_mask, flicker

FACE = draw_portrait(256).pixels


def test_what_moves_is_followed_and_what_flickers_is_not() -> None:
    panned = np.roll(FACE, 2, axis=1)
    dimmed = [np.clip(FACE * (1 - share), 0, 255).astype(np.uint8) for share in (0.02, 0.05)]
    still, pan, little, much = (change(FACE, other) for other in (FACE, panned, *dimmed))
    assert still.error == 0
    assert still.movement < 0.01
    assert pan.movement == pytest.approx(2, abs=0.5)
    assert pan.error < little.error < much.error
    assert much.error == pytest.approx(np.mean((FACE / 255 * 0.05) ** 2), rel=0.3)


def test_the_size_of_the_picture_matters_little() -> None:
    big, other = (cv2.resize(p, (512, 512), interpolation=cv2.INTER_CUBIC) for p in (FACE, np.roll(FACE, 2, axis=1)))
    assert change(big, other).movement == pytest.approx(change(FACE, np.roll(FACE, 2, axis=1)).movement, abs=0.4)
    tiny = cv2.resize(FACE, (64, 64))
    assert np.isfinite(change(tiny, tiny).error)


def test_a_mask_is_the_grown_outline() -> None:
    square = np.array([[40, 40], [60, 40], [60, 60], [40, 60]], np.float32)
    mask = face_mask(square, 100, 100, 2.0)
    assert mask[50, 32]
    assert mask[50, 68]
    assert not mask[50, 25]
    assert mask.sum() == pytest.approx(41**2, rel=0.02)
    assert face_mask(square + 500, 100, 100).sum() == 0


def test_flicker_leaves_out_slow_change() -> None:
    slow = np.linspace(100, 130, 200)
    fast = slow + 3 * (np.arange(200) % 2)
    assert flicker(slow, 25) < 0.5
    assert flicker(fast, 25) == pytest.approx(1.5, rel=0.1)
    assert np.isnan(flicker(slow[:5], 25))
    assert np.isnan(flicker(np.full(50, np.nan), 25))
