"""The canvas that painters work on, and the strokes they share."""

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.records import FAMILIES
from style2talker.style_a.canvas import Canvas, Eye, disc_mask, prepare
from style2talker.style_a.families import PAINTERS
from style2talker.style_a.families.arcane import paint_arcane
from style2talker.style_a.families.cartoon import paint_cartoon
from style2talker.style_a.families.comic import paint_comic
from style2talker.style_a.families.illustration import paint_illustration
from style2talker.style_a.families.pixar import paint_pixar
from style2talker.style_a.families.strokes import draw_eyes, set_off, shade_skin, threshold_map
from style2talker.style_a.flow import Flow, edge_flow
from style2talker.style_a.palette import blur
from style2talker.style_a.regions import Regions
from style2talker.style_a.synthesis import Plan, coarse_to_fine


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(321)


@pytest.fixture(scope="module")
def canvas(portrait):
    return prepare(portrait)


def test_a_canvas_knows_the_face_and_its_eyes(canvas, portrait):
    assert isinstance(canvas, Canvas)
    assert isinstance(canvas.regions, Regions)
    assert canvas.lab.shape == (321, 321, 3)
    assert canvas.lightness.min() > 0 and canvas.lightness.max() <= 100.1
    for eye, iris in zip(canvas.eyes, (468, 473), strict=True):
        assert isinstance(eye, Eye)
        x, y = np.round(portrait.landmarks[iris, :2]).astype(int)
        assert eye.iris[y, x] > 0.8 and eye.opening[y, x] > 0.8
        assert eye.iris.sum() < eye.opening.sum()
        assert eye.openness > 0.15
    nose = np.round(portrait.landmarks[4, :2]).astype(int)
    assert canvas.face[nose[1], nose[0]] > 0.95
    assert canvas.face[:5].max() < 0.05


def test_a_disc_has_its_area():
    disc = disc_mask((61, 71), np.array([33.0, 27.0], np.float32), 12.0)
    assert disc.sum() == pytest.approx(np.pi * 144, rel=0.02)
    assert disc[27, 33] == 1 and disc[0, 0] == 0


def test_painters_stand_in_the_order_of_the_published_numbers():
    assert tuple(PAINTERS) == FAMILIES
    assert list(PAINTERS.values()) == [paint_cartoon, paint_illustration, paint_arcane, paint_comic, paint_pixar]


def test_skin_falls_into_tones(canvas):
    smooth = np.stack([blur(canvas.lab[..., k], 3.0) for k in range(3)], axis=-1)
    smooth[..., 0] += np.linspace(-20, 20, 321, dtype=np.float32)[None]
    shaded = shade_skin(canvas, smooth, lift=6.0, shadow=14.0, soft=2.0)
    skin = (canvas.regions["skin"] * canvas.face) > 0.9
    assert np.ptp(np.quantile(shaded[skin][:, 0], (0.1, 0.9))) > 8


def test_plain_skin_and_background_ask_for_stronger_edges(canvas):
    needed = threshold_map(canvas, 1.0, 3.0, 2.0)
    cheek = np.round(canvas.landmarks[50, :2]).astype(int)
    assert needed.min() >= 0.99 and needed.max() <= 3.01
    assert needed[cheek[1], cheek[0]] > 1.5
    assert needed[3, 3] > 1.5
    lip = np.round(canvas.landmarks[13, :2]).astype(int)
    assert needed[lip[1], lip[0]] < needed[cheek[1], cheek[0]]


def test_an_outline_is_set_off_where_colours_differ(canvas):
    apart = set_off(canvas)
    assert apart.shape == (321, 321)
    assert apart.min() >= 0 and apart.max() <= 1
    assert apart.max() > 0.3


def test_drawn_eyes_are_clearer_than_before(canvas):
    drawn = draw_eyes(canvas.lab, canvas, white=8.0, iris_chroma=1.4, catch=0.2)
    for eye in canvas.eyes:
        x, y = np.round(eye.centre).astype(int)
        assert drawn[y, x, 0] < 25
        assert drawn[..., 0][eye.iris > 0.5].max() > 80
    outside = sum(eye.opening for eye in canvas.eyes) < 0.01
    assert (np.abs(drawn - canvas.lab)[outside].max(axis=-1) > 1).mean() < 0.005


def test_flow_runs_along_edges():
    stripes = np.tile(np.where(np.arange(64) // 8 % 2, 80.0, 20.0).astype(np.float32), (64, 1))
    flow = edge_flow(stripes, 2.0)
    assert isinstance(flow, Flow)


def test_synthesis_speaks_the_arts_language_and_follows_the_guide():
    """From art with a dark and a light half, a light disc on dark comes out in the art's own tones."""
    rng = np.random.default_rng(0)
    art = np.zeros((96, 96, 3), np.float32)
    art[:, :48, 0], art[:, 48:, 0] = 25, 75
    art[..., 0] += rng.normal(0, 4, (96, 96))
    art[..., 1] = 20
    guide = np.zeros((90, 84, 3), np.float32)
    disc = disc_mask((90, 84), np.array([42.0, 45.0], np.float32), 24.0)
    guide[..., 0] = 25 + 50 * disc
    ones = np.ones((90, 84, 1), np.float32)
    plan = Plan(
        art, guide, ones, np.ones((96, 96, 1), np.float32), np.zeros((90, 84, 2), np.float32), 0 * ones[..., 0], 60.0
    )
    out = coarse_to_fine(plan, 3)
    assert out.shape == (90, 84, 3)
    assert out[disc > 0.9, 0].mean() - out[disc < 0.1, 0].mean() > 30
    assert out[..., 1].mean() == pytest.approx(20, abs=3)
    assert np.array_equal(out, coarse_to_fine(plan, 3))
