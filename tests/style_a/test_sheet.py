"""The contact sheet: every family once, under its name, on the portrait itself."""

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.records import FAMILIES, Art, Portrait
from style2talker.style_a.artist import stylise
from style2talker.style_a.looks import LOOKS
from style2talker.style_a.sheet import contact_sheet, laid_out


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path))


def test_every_family_has_a_look_in_the_order_of_its_number():
    assert tuple(LOOKS) == FAMILIES
    assert len(set(LOOKS.values())) == len(FAMILIES)


def test_sheet_holds_the_portrait_and_every_family_at_its_place():
    portrait = draw_portrait(97)
    told = []
    sheet = contact_sheet(portrait, Art(degree=0.7, structure=0), progress=lambda *news: told.append(news))
    assert told == [("style", n, len(FAMILIES)) for n in range(1, len(FAMILIES) + 1)]
    step = (sheet.shape[0] - 12) // 2, (sheet.shape[1] - 12) // 3
    expected = [portrait, *(stylise(portrait, Art("family", name, degree=0.7, structure=0)) for name in FAMILIES)]
    for i, tile in enumerate(expected):
        top, left = 12 + i // 3 * step[0], 12 + i % 3 * step[1]
        assert np.array_equal(sheet[top : top + 97, left : left + 97], tile.pixels)
        caption = sheet[top + 97 : top + step[0] - 12, left : left + 97]
        assert caption.min() < 100 < caption.mean()


def test_transparent_parts_are_white():
    drawn = draw_portrait(97)
    alpha = np.full(drawn.pixels.shape[:2], 255, np.uint8)
    alpha[:20, :20] = 0
    cut = Portrait(drawn.pixels, drawn.landmarks, drawn.blendshapes, drawn.rotation, alpha)
    assert (contact_sheet(cut, Art(degree=0.0))[12:32, 12:32] == 255).all()


def test_fewer_pictures_take_less_room():
    one = laid_out({"a": np.zeros((30, 50, 3), np.uint8)})
    assert one.shape == (12 + 30 + 52, 12 + 50 + 12, 3)
    assert (one[12:42, 12:62] == 0).all()
