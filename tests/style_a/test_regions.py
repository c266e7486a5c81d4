"""Soft masks of a drawn face, whose parts are known."""

import numpy as np
import pytest

from drawn_face import draw_portrait, reference_points
from style2talker.records import Portrait
from style2talker.style_a.mesh import FACE_OVAL
from style2talker.style_a.regions import REGIONS, draw_points, face_unit, find_regions


@pytest.fixture(scope="module")
def portrait():
    return draw_portrait(311)


@pytest.fixture(scope="module")
def regions(portrait):
    return find_regions(portrait.pixels, portrait.landmarks)


def at(mask, portrait, landmark, shift=(0.0, 0.0)):
    x, y = portrait.landmarks[landmark, :2] + np.array(shift) * face_unit(portrait.landmarks)
    return float(mask[round(float(y)), round(float(x))])


def test_masks_are_soft_shares_of_every_pixel(portrait, regions):
    assert regions.masks.shape == (len(REGIONS), *portrait.pixels.shape[:2])
    assert regions.masks.min() >= 0
    assert np.allclose(regions.masks.sum(axis=0), 1, atol=1e-4)
    assert np.allclose(regions.person + regions["background"], 1, atol=1e-5)


def test_parts_are_where_they_were_drawn(portrait, regions):
    assert at(regions["skin"], portrait, 50) > 0.9
    assert at(regions["skin"], portrait, 152, (0, 0.15)) > 0.7
    assert at(regions["eyes"], portrait, 468) > 0.9
    assert at(regions["brows"], portrait, 105) > 0.3
    assert at(regions["lips"], portrait, 13) > 0.9
    assert at(regions["hair"], portrait, 10, (0, -0.06)) > 0.8
    assert regions["background"][3:20, 3:20].mean() > 0.9
    assert at(regions.features, portrait, 13) > 0.9


def test_sharp_masks_have_fewer_doubtful_pixels(regions):
    soft, sharp = regions["hair"], regions.sharp("hair")
    assert ((sharp > 0.1) & (sharp < 0.9)).sum() < ((soft > 0.1) & (soft < 0.9)).sum()


def test_weighted_gives_each_region_its_value(portrait, regions):
    values = {name: float(i) for i, name in enumerate(REGIONS)}
    assert at(regions.weighted(values), portrait, 468) == pytest.approx(5, abs=0.4)


def test_what_is_transparent_is_background(portrait):
    alpha = np.full(portrait.pixels.shape[:2], 255, np.uint8)
    alpha[:, :60] = 0
    masked = find_regions(portrait.pixels, portrait.landmarks, alpha)
    assert masked["background"][:, :50].mean() > 0.97


def test_same_picture_same_masks(portrait, regions):
    again = find_regions(portrait.pixels, portrait.landmarks)
    assert np.array_equal(again.masks, regions.masks)


@pytest.mark.parametrize("shape", [(113, 97), (97, 211), (620, 333)])
def test_odd_sizes_and_plain_pictures_work(shape):
    points = reference_points(97, 0.25)
    points[:, :2] += (np.array([shape[1], shape[0]]) - 97) / 2
    plain = np.full((*shape, 3), 128, np.uint8)
    assert find_regions(plain, points).masks.shape == (len(REGIONS), *shape)


def test_a_face_that_fills_the_picture_has_no_background_seed():
    points = reference_points(128, 0.5)
    pixels = np.random.default_rng(0).integers(0, 256, (128, 128, 3), dtype=np.uint8)
    assert find_regions(pixels, points).masks.shape[1:] == (128, 128)


def test_drawn_polygon_grows_about_its_middle():
    points = reference_points(200, 0.3)
    small, large = (draw_points((200, 200), points, FACE_OVAL, grow).sum() for grow in (1.0, 1.2))
    assert large == pytest.approx(1.44 * small, rel=0.02)


def with_pixels(portrait, pixels):
    return Portrait(pixels.astype(np.uint8), portrait.landmarks, portrait.blendshapes, portrait.rotation)


def test_skin_in_deep_shade_is_skin_not_cloth(portrait):
    pixels = portrait.pixels.astype(np.float32)
    x, y = portrait.landmarks[152, :2].astype(int)
    wide = round(0.32 * face_unit(portrait.landmarks))
    # Bare shoulders under a top with straps; half of them in the shadow of the hair.
    pixels[y + wide // 3 :, x - 2 * wide : x + 2 * wide] = (190, 145, 120)
    pixels[y + wide :, x - wide // 3 : x + wide // 3] = (235, 236, 245)
    pixels[:, x + wide // 2 :][y + wide // 3 :, : 3 * wide // 2] *= 0.45
    shaded = with_pixels(portrait, pixels)
    regions = find_regions(shaded.pixels, shaded.landmarks)
    part = (slice(y + wide + 4, None), slice(x + wide // 2 + 8, x + 2 * wide - 8))
    assert regions["skin"][part].mean() > 0.6 > 0.35 > regions["clothes"][part].mean()
    assert regions["clothes"][y + wide + 6 :, x - wide // 5 : x + wide // 5].mean() > 0.7


def test_golden_hair_is_no_skin_beside_the_cheeks(portrait):
    unit = face_unit(portrait.landmarks)
    pixels = portrait.pixels.copy()
    rows, columns = pixels.shape[:2]
    ys, xs = np.mgrid[0:rows, 0:columns]
    oval = draw_points((rows, columns), portrait.landmarks, FACE_OVAL)
    centre = portrait.landmarks[[10, 152], :2].mean(axis=0)
    around = (np.hypot((xs - centre[0]) / 0.62, (ys - centre[1]) / 0.75) < unit) & (ys < centre[1] + 0.4 * unit)
    pixels[around & (oval < 0.1)] = (196, 142, 74)
    regions = find_regions(pixels, portrait.landmarks)
    row, column = round(centre[1] + 0.25 * unit), round(centre[0] + 0.53 * unit)
    beside = (slice(row - 3, row + 4), slice(column - 3, column + 4))
    assert regions["skin"][beside].mean() < 0.4


def test_a_colour_that_fits_nobody_is_background_beside_the_neck(portrait):
    pixels = portrait.pixels.copy()
    x, y = portrait.landmarks[152, :2].astype(int)
    pixels[y + 10 :, x + 60 :] = (200, 30, 30)
    regions = find_regions(pixels, portrait.landmarks)
    assert regions["skin"][y + 20 :, x + 70 : x + 90].mean() < 0.3


def recoloured(portrait, regions, where):
    """The drawn portrait with a place, away from the hair, in the very colours of the hair."""
    pixels = portrait.pixels.copy()
    hair = pixels[regions["hair"] > 0.95]
    pixels[where] = np.random.default_rng(0).choice(hair, int(where.sum()))
    return pixels


def test_a_collar_of_the_hairs_colour_is_no_hair(portrait, regions):
    ys = np.mgrid[0 : portrait.pixels.shape[0], 0 : portrait.pixels.shape[1]][0]
    collar = (regions.person > 0.9) & (ys > portrait.landmarks[152, 1] + 0.2 * face_unit(portrait.landmarks))
    assert collar.sum() > 500
    again = find_regions(recoloured(portrait, regions, collar), portrait.landmarks)
    assert again["hair"][collar].mean() < 0.1
    assert at(again["hair"], portrait, 10, (0, -0.06)) > 0.8


def test_a_throat_in_the_shade_is_no_hair(portrait, regions):
    x, y = portrait.landmarks[152, :2]
    unit = face_unit(portrait.landmarks)
    ys, xs = np.mgrid[0 : portrait.pixels.shape[0], 0 : portrait.pixels.shape[1]]
    throat = (np.abs(xs - x) < 0.15 * unit) & (ys > y + 0.06 * unit) & (ys < y + 0.16 * unit)
    again = find_regions(recoloured(portrait, regions, throat), portrait.landmarks)
    assert again["hair"][throat].mean() < 0.3
