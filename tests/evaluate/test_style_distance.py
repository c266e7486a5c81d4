"""The distance of styles: textures and colours count, what is shown does not."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from style2talker.evaluate.style_distance import edge_agreement, palette_distance, style_distance
from style2talker.records import ImageArray


def strokes(seed: int, length: int = 15, shade: int = 140) -> ImageArray:
    """Short slanted strokes on a ground, elsewhere for each seed."""
    rng = np.random.default_rng(seed)
    pixels = np.full((160, 200, 3), shade, np.uint8)
    for _ in range(400):
        x, y = (int(v) for v in rng.integers(0, 200, 2))
        tone = tuple(int(v) for v in shade + rng.normal(0, 40, 3))
        cv2.line(pixels, (x, y), (x + length, y + length // 2), tone, 3, cv2.LINE_AA)
    return pixels


def test_the_same_strokes_elsewhere_are_near_and_smooth_paint_is_far() -> None:
    art, alike = strokes(1), strokes(2)
    smooth = cv2.GaussianBlur(alike, (0, 0), 4)
    assert style_distance(art, art) < 1e-9
    assert style_distance(alike, art) < 0.5 * style_distance(smooth, art)


def test_it_falls_as_a_picture_takes_on_the_strokes() -> None:
    art, alike = strokes(1), strokes(2).astype(np.float32)
    plain = np.full_like(alike, 140)
    mixed = [np.rint(plain + share * (alike - plain)).astype(np.uint8) for share in (0.0, 0.3, 0.6, 1.0)]
    distances = [style_distance(each, art) for each in mixed]
    assert distances == sorted(distances, reverse=True)
    assert distances[0] > 5 * distances[-1]


def test_colours_count_apart_from_strokes() -> None:
    art = strokes(1)
    assert palette_distance(art, art) == 0
    darker = strokes(1, shade=90)
    assert palette_distance(darker, art) > 8
    assert style_distance(darker, art) < 0.5 * style_distance(cv2.GaussianBlur(art, (0, 0), 4), art)


def test_edges_agree_with_themselves_in_other_colours_and_not_elsewhere() -> None:
    original = cv2.GaussianBlur(strokes(1), (0, 0), 2)
    paler = (60 + 0.5 * original).astype(np.uint8)
    assert edge_agreement(original, original, 1.0) == pytest.approx(1)
    assert edge_agreement(paler, original, 1.0) > 0.95
    assert edge_agreement(cv2.GaussianBlur(strokes(5), (0, 0), 2), original, 1.0) < 0.3
