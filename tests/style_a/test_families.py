"""The five families: each has its look on any portrait, and a face stays a face."""

import cv2
import numpy as np
import pytest

from drawn_face import draw_portrait, reference_points
from style2talker.records import FAMILIES, Portrait
from style2talker.style_a.canvas import prepare
from style2talker.style_a.families import PAINTERS
from style2talker.style_a.families.comic import halftone
from style2talker.style_a.families.strokes import drawn_lines, exposed, grain, stroke
from style2talker.style_a.palette import blur, from_lab


def textured(size=321, seed=0):
    """The drawn face with pores: noise and uneven light, as a photo has them."""
    portrait = draw_portrait(size)
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 9, portrait.pixels.shape) + np.linspace(25, -25, size)[None, :, None]
    pixels = np.clip(portrait.pixels + noise, 0, 255).astype(np.uint8)
    return Portrait(pixels, portrait.landmarks, portrait.blendshapes, portrait.rotation)


@pytest.fixture(scope="module")
def portrait():
    return textured()


@pytest.fixture(scope="module")
def canvas(portrait):
    return prepare(portrait)


@pytest.fixture(scope="module")
def painted(canvas):
    return {name: paint(canvas, 0) for name, paint in PAINTERS.items()}


def roughness(lab, mask):
    """Mean of the finest detail in L inside a mask."""
    return float(np.abs(lab[..., 0] - blur(lab[..., 0], 1.5))[mask > 0.8].mean())


def test_there_is_a_painter_for_every_family():
    assert tuple(PAINTERS) == FAMILIES


@pytest.mark.parametrize("family", FAMILIES)
def test_paintings_are_finite_changed_and_repeatable(canvas, painted, family):
    lab = painted[family]
    assert lab.shape == canvas.lab.shape and lab.dtype == np.float32
    assert np.isfinite(lab).all()
    assert np.abs(from_lab(lab).astype(int) - from_lab(canvas.lab)).mean() > 5
    assert np.array_equal(PAINTERS[family](canvas, 0), lab)


@pytest.mark.parametrize("family", FAMILIES)
def test_eyes_stay_darker_than_skin_and_lips_redder(canvas, painted, family):
    lab = painted[family]
    iris = np.maximum(canvas.eyes[0].iris, canvas.eyes[1].iris) > 0.7
    skin = (canvas.regions["skin"] * canvas.face) > 0.9
    lips = canvas.regions["lips"] > 0.9
    assert lab[iris, 0].mean() < lab[skin, 0].mean() - 15
    assert lab[lips, 1].mean() > lab[skin, 1].mean() + 3


@pytest.mark.parametrize("family", ["cartoon", "pixar", "arcane"])
def test_pores_are_gone(canvas, painted, family):
    cheek = (canvas.regions["skin"] * canvas.face) * (1 - np.clip(3 * blur(canvas.regions.features, 12), 0, 1))
    assert roughness(painted[family], cheek) < 0.6 * roughness(canvas.lab, cheek)


def test_families_differ_from_each_other(painted):
    names = list(painted)
    for i, one in enumerate(names):
        for other in names[i + 1 :]:
            assert np.abs(painted[one] - painted[other]).mean() > 2.5, (one, other)


def test_seed_lays_grain_only_where_there_is_some(canvas, painted):
    for name in ("illustration", "arcane"):
        assert not np.array_equal(PAINTERS[name](canvas, 1), painted[name])
    for name in ("cartoon", "comic", "pixar"):
        assert np.array_equal(PAINTERS[name](canvas, 1), painted[name])


def test_comic_and_cartoon_draw_ink(canvas, painted):
    for name in ("comic", "cartoon"):
        assert (painted[name][..., 0] < 20).mean() > (canvas.lab[..., 0] < 20).mean() + 0.01


def test_arcane_is_cool_in_the_background_and_pixar_warm_in_the_skin(canvas, painted):
    back = canvas.regions["background"] > 0.9
    assert painted["arcane"][back, 1].mean() < canvas.lab[back, 1].mean() - 4
    assert painted["arcane"][back, 0].mean() < canvas.lab[back, 0].mean()
    cheek = np.s_[tuple(np.round(canvas.landmarks[50, :2][::-1]).astype(int))]
    assert painted["pixar"][cheek][1] > canvas.lab[cheek][1] + 3


def test_halftone_covers_the_asked_share_and_keeps_its_pitch():
    for share in (0.2, 0.5, 0.8):
        dots = halftone((256, 256), np.full((256, 256), share, np.float32), 8.0)
        assert dots.mean() == pytest.approx(share, abs=0.12)
    straight = halftone((128, 128), np.full((128, 128), 0.5, np.float32), 8.0, 0.0)
    assert np.allclose(straight[:, :-8], straight[:, 8:], atol=1e-3)
    assert halftone((64, 64), np.zeros((64, 64), np.float32), 8.0).max() == 0


def test_a_stroke_is_thick_in_the_middle_and_thin_at_the_ends():
    mask = stroke((60, 100), np.array([[10, 30], [50, 30], [90, 30]], np.float32), 8.0)
    width = mask.sum(axis=0)
    assert width[50] == pytest.approx(8.6, abs=1)
    assert width[13] < 0.5 * width[50] and width[87] < 0.5 * width[50]
    assert width[:8].sum() == 0


def test_drawn_lines_follow_the_mesh(canvas):
    ink = drawn_lines(canvas, 3.0, jaw=1.0, features=1.0)
    chin, lash = canvas.landmarks[152, :2], canvas.landmarks[159, :2]
    for x, y in (chin, lash):
        assert ink[round(float(y)) - 2 : round(float(y)) + 3, round(float(x))].max() > 0.6
    assert drawn_lines(canvas, 3.0, jaw=0.0, features=0.0).max() == 0


def test_exposure_moves_the_face_towards_the_target_but_not_too_far(canvas):
    skin = (canvas.regions["skin"] * canvas.face) > 0.8
    was = float(np.median(canvas.lightness[skin]))
    up = float(np.median(exposed(canvas, was + 10, 20.0)[skin, 0]))
    far = float(np.median(exposed(canvas, 99.0, 4.0)[skin, 0]))
    assert was + 3 < up < was + 10
    assert far == pytest.approx(was + 4, abs=1)


def test_grain_is_repeatable_and_of_unit_variance():
    one = grain((50, 60), 2.0, 3)
    assert np.array_equal(one, grain((50, 60), 2.0, 3))
    assert one.std() == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("shape", [(97, 131), (211, 149)])
def test_odd_sizes_and_grey_pictures_are_painted(family, shape):
    points = reference_points(97, 0.28)
    points[:, :2] += (np.array([shape[1], shape[0]]) - 97) / 2
    grey = np.random.default_rng(1).integers(60, 180, shape, dtype=np.uint8)
    portrait = Portrait(cv2.cvtColor(grey, cv2.COLOR_GRAY2RGB), points, np.zeros(52), np.zeros(3))
    lab = PAINTERS[family](prepare(portrait), 0)
    assert lab.shape == (*shape, 3)
    assert np.isfinite(lab).all()


def test_closed_eyes_get_no_new_iris():
    portrait = textured(257)
    points = portrait.landmarks.copy()
    for upper, lower in zip((159, 160, 158, 161, 157), (145, 144, 153, 163, 154), strict=True):
        points[upper] = points[lower]
    shut = prepare(Portrait(portrait.pixels, points, portrait.blendshapes, portrait.rotation))
    assert shut.eyes[0].openness < 0.12 < shut.eyes[1].openness
    assert np.isfinite(PAINTERS["pixar"](shut, 0)).all()
