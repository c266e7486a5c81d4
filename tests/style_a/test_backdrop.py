"""What shows through a transparent portrait."""

from __future__ import annotations

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.records import Portrait
from style2talker.style_a.backdrop import WHITE, covering, lay_over


def cut_out(alpha: np.ndarray) -> Portrait:
    drawn = draw_portrait(alpha.shape[0])
    return Portrait(drawn.pixels, drawn.landmarks, drawn.blendshapes, drawn.rotation, alpha)


def test_opaque_portraits_come_back_themselves() -> None:
    portrait = draw_portrait(101)
    assert lay_over(portrait, (1, 2, 3)) is portrait


def test_colors_show_by_opacity() -> None:
    alpha = np.zeros((101, 101), np.uint8)
    alpha[:, 50:] = 255
    alpha[:, 70:] = 51
    portrait = cut_out(alpha)
    laid = lay_over(portrait, (10, 200, 30))
    assert laid.alpha is None
    assert (laid.pixels[:, :50] == (10, 200, 30)).all()
    assert np.array_equal(laid.pixels[:, 50:70], portrait.pixels[:, 50:70])
    mixed = 0.2 * portrait.pixels[:, 70:].astype(float) + 0.8 * np.array([10, 200, 30])
    assert np.abs(laid.pixels[:, 70:] - mixed).max() <= 0.5 + 1e-3
    assert np.array_equal(laid.landmarks, portrait.landmarks)
    assert (lay_over(portrait).pixels[:, :50] == WHITE).all()
    assert (covering(WHITE, 3, 5) == 255).all() and covering(WHITE, 3, 5).shape == (3, 5, 3)


@pytest.mark.parametrize(("rows", "columns"), [(101, 101), (50, 400), (400, 50), (7, 5)])
def test_pictures_cover_everything_and_are_centred(rows: int, columns: int) -> None:
    picture = np.zeros((rows, columns, 3), np.uint8)
    picture[..., 0] = np.linspace(0, 255, columns, dtype=np.uint8)
    picture[..., 1] = np.linspace(0, 255, rows, dtype=np.uint8)[:, None]
    laid = lay_over(cut_out(np.zeros((101, 101), np.uint8)), picture).pixels.astype(int)
    assert laid.shape == (101, 101, 3)
    assert np.abs(laid[50, 50, :2] - 127).max() < 30
    across, down = np.diff(laid[50, :, 0]), np.diff(laid[:, 50, 1])
    assert across.sum() > 0
    assert down.sum() > 0
    assert np.abs(laid + laid[::-1, ::-1] - 255)[..., :2].max() < 14
