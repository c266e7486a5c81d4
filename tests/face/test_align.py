"""Crops: where they lie, and that points and pixels agree."""

import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.corpus.settings import CropOptions
from style2talker.face.align import CLIP_MARGIN, Crop, clip_crop, crop_portrait, face_crop
from style2talker.records import Portrait


def spot(size, x, y):
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    picture[y - 1 : y + 2, x - 1 : x + 2] = 255
    return picture


def centre_of_light(picture):
    weight = picture[..., 0].astype(float)
    rows, columns = np.mgrid[0 : picture.shape[0], 0 : picture.shape[1]]
    return (columns * weight).sum() / weight.sum(), (rows * weight).sum() / weight.sum()


@pytest.mark.parametrize(
    "crop", [Crop(10, 20, 60, 180), Crop(10, 20, 90, 45), Crop(-15, -8, 120, 60), Crop(3, 5, 71, 71)]
)
def test_pixels_go_where_points_go(crop):
    picture = spot((113, 127), 57, 61)
    x, y = centre_of_light(crop.apply(picture))
    assert np.allclose(crop.points(np.array([[57.0, 61.0]], np.float32)), [[x, y]], atol=0.6 * max(1, crop.scale) / 2)


def test_points_come_back_from_a_crop():
    crop = Crop(-7, 31, 103, 512)
    points = np.random.default_rng(0).uniform(0, 200, (478, 3)).astype(np.float32)
    assert np.allclose(crop.inverse_points(crop.points(points)), points, atol=1e-3)


def test_the_crop_of_a_face_stays_inside_a_picture_with_room():
    portrait = draw_portrait(401, face=0.15)
    crop = face_crop(portrait, 256)
    assert crop.left >= 0 and crop.top >= 0
    assert crop.left + crop.side <= 401 and crop.top + crop.side <= 401
    shown = crop_portrait(portrait, crop)
    height = np.ptp(shown.landmarks[:, 1])
    assert 0.40 * 256 < height < 0.60 * 256
    assert np.abs(shown.landmarks[:, 0].mean() - 128) < 8


def test_a_face_that_fills_the_picture_is_mirrored_at_its_border_not_cut():
    portrait = draw_portrait(120, face=0.62)
    crop = face_crop(portrait, 100)
    shown = crop_portrait(portrait, crop)
    assert shown.pixels.shape == (100, 100, 3)
    assert shown.landmarks[:, :2].min() > 0
    assert shown.landmarks[:, :2].max() < 100


def test_transparency_is_cropped_alike():
    plain = draw_portrait(201, face=0.15)
    alpha = np.zeros((201, 201), np.uint8)
    alpha[:, 100:] = 200
    portrait = Portrait(plain.pixels, plain.landmarks, plain.blendshapes, plain.rotation, alpha)
    shown = crop_portrait(portrait, face_crop(portrait, 64))
    assert shown.alpha is not None and shown.alpha.shape == (64, 64)
    assert shown.alpha[:, 0].max() == 0 and shown.alpha[:, -1].min() == 200


def test_a_portrait_is_cropped_as_the_clips_that_networks_see():
    portrait = draw_portrait(401, face=0.15)
    crop = clip_crop(portrait, 128)
    low, high = portrait.landmarks[:, :2].min(axis=0), portrait.landmarks[:, :2].max(axis=0)
    assert CropOptions().margin == CLIP_MARGIN
    assert crop.side == round((1 + 2 * CLIP_MARGIN) * float((high - low).max()))
    assert np.allclose((crop.left, crop.top), (low + high) / 2 - crop.side / 2, atol=1)
    assert crop.size == 128
