"""Skin that folds with the expression: where it should, as the light falls, and not at all at rest."""

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.records import ARKIT_NAMES, Portrait
from style2talker.style_a.folds import Fold, Mound, fold_groups
from style2talker.style_a.living import LivingPicture
from style2talker.style_a.skin import SkinShading, apply_shade, build_skin_shading


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(401)


@pytest.fixture(scope="module")
def shading(portrait):
    return build_skin_shading(portrait)


def expression(**shapes):
    values = np.zeros(52, np.float32)
    for name, value in shapes.items():
        for full in (name,) if name in ARKIT_NAMES else (f"{name}Left", f"{name}Right"):
            values[ARKIT_NAMES.index(full)] = value
    return values


def change(portrait, **shapes):
    """Brightness (H, W) that an expression adds, the points of the face left where they are."""
    rows, columns = portrait.pixels.shape[:2]
    living = LivingPicture(portrait, portrait.pixels, (0, 0, columns, rows))
    picture, _ = living.picture(expression(**shapes), portrait.landmarks, portrait.landmarks)
    return picture.astype(int).sum(axis=2) - portrait.pixels.astype(int).sum(axis=2)


def near(values, portrait, ids, reach=9):
    x, y = portrait.landmarks[list(ids), :2].mean(axis=0).round().astype(int)
    return values[y - reach : y + reach + 1, x - reach : x + reach + 1]


def test_every_group_has_known_shapes_and_a_mirror():
    groups = fold_groups()
    for parts, shapes in groups.values():
        assert set(shapes) <= set(ARKIT_NAMES)
        assert all(isinstance(part, Fold | Mound) for part in parts)
        for part in parts:
            for place in [part.middle] if isinstance(part, Mound) else part.curve:
                assert sum(weight for _, weight in place) == pytest.approx(1.0)
    assert {name.replace("right", "left") for name in groups} == {
        name.replace("right", "left") for name in groups if "right" not in name
    }


def test_rest_shows_no_fold(portrait, shading):
    assert isinstance(shading, SkinShading)
    assert not shading.activations(portrait.blendshapes).any()
    assert not change(portrait).any()


@pytest.mark.parametrize(
    ("shapes", "fold", "elsewhere"),
    [
        ({"mouthSmile": 1.0}, (206, 216), (151,)),
        ({"browInnerUp": 1.0, "browOuterUp": 1.0}, (69, 108), (50,)),
        ({"browDown": 1.0}, (55, 8), (50,)),
        ({"mouthFrown": 1.0}, (43, 202), (151,)),
        ({"mouthShrugLower": 1.0}, (83, 201), (151,)),
    ],
    ids=["nasolabial", "forehead", "glabella", "marionette", "chin"],
)
def test_a_shape_folds_its_own_part_of_the_skin(portrait, shapes, fold, elsewhere):
    darker = change(portrait, **shapes)
    assert near(darker, portrait, fold).min() < -9
    assert np.abs(near(darker, portrait, elsewhere, 4)).max() <= 3


def test_folds_are_subtle_and_grow_with_the_shape(portrait):
    half, whole = (np.abs(change(portrait, mouthSmile=v)) for v in (0.5, 1.0))
    assert 0 < half.max() < whole.max() < 0.30 * 3 * 215
    assert not change(portrait, mouthSmile=0.01).any()


def test_a_smile_on_one_side_folds_that_side(portrait):
    middle = int(portrait.landmarks[168, 0])
    darker = np.abs(change(portrait, mouthSmileLeft=1.0))
    assert darker[:, middle + 10 :].sum() > 20 * darker[:, : middle - 10].sum()


def test_a_fold_that_the_portrait_shows_fades_when_it_stops_smiling(portrait):
    smiling = Portrait(portrait.pixels, portrait.landmarks, expression(mouthSmile=0.8), portrait.rotation)
    assert near(change(smiling), smiling, (206, 216)).max() > 3


def test_a_filled_cheek_is_lighter_on_the_side_of_the_lamp(portrait):
    columns = portrait.pixels.shape[1]
    ramp = np.linspace(1.0, 0.45, columns)[None, :, None]
    lit = Portrait(
        (portrait.pixels * ramp).astype(np.uint8), portrait.landmarks, portrait.blendshapes, portrait.rotation
    )
    delta = change(lit, cheekPuff=1.0)
    x, y = lit.landmarks[[207, 187, 214], :2].mean(axis=0).round().astype(int)
    assert delta[y - 4 : y + 5, x - 16 : x - 4].mean() > delta[y - 4 : y + 5, x + 4 : x + 16].mean() + 4


def test_hair_and_brows_do_not_fold(portrait):
    pixels = portrait.pixels.copy()
    y = int(portrait.landmarks[105, 1])
    pixels[: y - 6] = (40, 28, 20)  # a fringe
    fringed = Portrait(pixels, portrait.landmarks, portrait.blendshapes, portrait.rotation)
    assert np.abs(change(fringed, browInnerUp=1.0, browOuterUp=1.0))[: y - 12].max() <= 4


def test_rough_skin_folds_deeper_than_smooth_skin(portrait):
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 14, portrait.pixels.shape[:2])[..., None]
    rough = Portrait(
        np.clip(portrait.pixels + noise, 0, 255).astype(np.uint8),
        portrait.landmarks,
        portrait.blendshapes,
        portrait.rotation,
    )
    smooth_maps, rough_maps = build_skin_shading(portrait).maps, build_skin_shading(rough).maps
    assert np.mean([np.percentile(m, 2) for m in rough_maps]) < 1.2 * np.mean(
        [np.percentile(m, 2) for m in smooth_maps]
    )


def test_shading_equals_its_plain_twin():
    rng = np.random.default_rng(4)
    picture = rng.integers(0, 256, (19, 23, 4), dtype=np.uint8)
    shade = rng.uniform(-0.4, 0.4, (19, 23)).astype(np.float32)
    shade[3] = 0.0
    out = picture.copy()
    apply_shade(out, shade)
    gain = 1 + shade[..., None] * (0.8 + 0.17 * np.arange(3))
    assert np.abs(out[..., :3] - np.clip(picture[..., :3] * gain, 0, 255)).max() <= 0.51
    assert np.array_equal(out[..., 3], picture[..., 3]) and np.array_equal(out[3], picture[3])


def test_without_wrinkles_the_skin_stays_as_it_is(portrait):
    rows, columns = portrait.pixels.shape[:2]
    living = LivingPicture(portrait, portrait.pixels, (0, 0, columns, rows), wrinkles=False)
    picture, box = living.picture(expression(mouthSmile=1.0), portrait.landmarks, portrait.landmarks)
    assert box is None and np.array_equal(picture, portrait.pixels)


def test_one_frame_leaves_nothing_behind_in_the_next(portrait):
    rows, columns = portrait.pixels.shape[:2]
    living = LivingPicture(portrait, portrait.pixels, (0, 0, columns, rows))
    points = portrait.landmarks
    first = living.picture(expression(browDown=1.0), points, points)[0].copy()
    living.picture(expression(mouthSmile=1.0, eyeBlink=1.0), points, points)
    assert np.array_equal(living.picture(expression(browDown=1.0), points, points)[0], first)
    assert np.array_equal(living.picture(expression(), points, points)[0], portrait.pixels)
