"""A portrait taken apart: laid together again it is the picture, whatever stands behind."""

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.records import Portrait
from style2talker.style_a import layers as module
from style2talker.style_a.layers import build_layers
from style2talker.style_a.mesh import FACE_OVAL, build_mesh
from style2talker.style_a.regions import draw_points
from style2talker.style_a.warp import blend, unblend


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(401, face=0.12)


@pytest.fixture
def outline(monkeypatch, portrait):
    """The drawn head, as a network would see it."""

    def mask(pixels):
        rows = portrait.pixels.shape[0]
        whole = draw_points((rows, rows), portrait.landmarks, FACE_OVAL, 1.25, 3.0)
        if pixels.shape == portrait.pixels.shape:
            return whole
        left, top, right, bottom = build_mesh(portrait).region
        return whole[top:bottom, left:right]

    monkeypatch.setattr(module, "person_mask", mask)


def transparent(portrait):
    rows = portrait.pixels.shape[0]
    alpha = np.rint(255 * draw_points((rows, rows), portrait.landmarks, FACE_OVAL, 1.25, 3.0)).astype(np.uint8)
    return Portrait(portrait.pixels, portrait.landmarks, portrait.blendshapes, portrait.rotation, alpha)


def together(layers):
    """The region as it is drawn when nothing moves."""
    out = np.zeros((*layers.front.shape[:2], layers.still.shape[2]), np.uint8)
    lay = unblend if out.shape[2] == 4 else blend
    lay(layers.front, layers.plate, out)
    return out


PICTURE = np.random.default_rng(0).integers(0, 256, (50, 90, 3), dtype=np.uint8)


@pytest.mark.parametrize("cut", [False, True])
@pytest.mark.parametrize("background", ["keep", (10, 200, 30), PICTURE])
def test_together_they_are_the_still_picture_bit_for_bit(portrait, outline, background, cut):
    region = build_mesh(portrait).region
    layers = build_layers([transparent(portrait) if cut else portrait], [region], background)[0]
    left, top, right, bottom = region
    assert left > 0 and top > 0 and layers.region == region
    assert layers.front.shape == (bottom - top, right - left, 4)
    assert np.array_equal(together(layers), layers.still[top:bottom, left:right])


def test_who_is_cut_off_by_the_border_is_carried_on_beyond_it(portrait, monkeypatch):
    low = int(portrait.landmarks[152, 1]) + 8
    cut = Portrait(portrait.pixels[:low], portrait.landmarks, portrait.blendshapes, portrait.rotation)
    rows = portrait.pixels.shape[0]
    whole = draw_points((rows, rows), portrait.landmarks, FACE_OVAL, 1.25, 3.0)[:low]
    region = build_mesh(cut).region
    left, top, right, bottom = region
    monkeypatch.setattr(module, "person_mask", lambda _: whole[top:bottom, left:right])
    layers = build_layers([cut], [region])[0]
    assert bottom == low and layers.region[3] > low + 20 and layers.region[:3] == (left, top, right)
    x = int(portrait.landmarks[152, 0]) - left
    beyond = layers.front[bottom - top : bottom - top + 10, x]
    assert (beyond[:, 3] == 255).all()
    assert np.abs(beyond[:6, :3].astype(int) - cut.pixels[-7:-1, x + left][::-1]).max() < 12
    assert np.array_equal(together(layers)[: bottom - top], cut.pixels[top:bottom, left:right])


def test_kept_backgrounds_leave_the_picture_as_it_is(portrait, outline):
    layers = build_layers([portrait], [build_mesh(portrait).region])[0]
    assert layers.still is portrait.pixels
    assert layers.front[..., 3].min() == 0 and layers.front[..., 3].max() == 255
    left, top, right, bottom = layers.region
    face = draw_points(portrait.pixels.shape[:2], portrait.landmarks, FACE_OVAL)[top:bottom, left:right] > 0.5
    hair = np.abs(layers.plate[face].astype(int) - (60, 40, 30)).max(axis=1) < 25
    assert hair.mean() < 0.1, "the plate behind the face still shows hair"


def test_transparent_layers_have_nothing_behind(portrait, outline):
    for cut in (portrait, transparent(portrait)):
        layers = build_layers([cut], [build_mesh(portrait).region], "transparent")[0]
        assert layers.still.shape == (401, 401, 4)
        assert layers.still[0, 0, 3] == 0
        x, y = portrait.landmarks[4, :2].astype(int)
        assert layers.still[y, x].tolist() == [*portrait.pixels[y, x].tolist(), 255]


def test_other_backgrounds_stand_behind_the_whole_picture(portrait, outline):
    layers = build_layers([portrait], [build_mesh(portrait).region], (10, 200, 30))[0]
    assert layers.still[0, 0].tolist() == [10, 200, 30] and layers.still[-1, -1].tolist() == [10, 200, 30]
    x, y = portrait.landmarks[4, :2].astype(int)
    assert np.array_equal(layers.still[y, x], portrait.pixels[y, x])


def test_an_outline_that_misses_the_face_is_not_believed(portrait, monkeypatch):
    monkeypatch.setattr(module, "person_mask", lambda pixels: np.zeros(pixels.shape[:2], np.float32))
    layers = build_layers([portrait], [build_mesh(portrait).region])[0]
    left, top, _, _ = layers.region
    x, y = portrait.landmarks[10, :2].astype(int) - (left, top)
    assert layers.front[y + 5, x, 3] == 255
    assert layers.front[2, 2, 3] < 30
