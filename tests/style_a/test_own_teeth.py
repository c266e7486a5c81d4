"""Teeth that a portrait shows are found by brightness, and go on under the lip."""

import cv2
import numpy as np
import pytest

from drawn_face import draw_portrait
from style2talker.face.rig import LIP_COLUMNS
from style2talker.records import Portrait
from style2talker.style_a.mesh import INNER_LIPS
from style2talker.style_a.own_teeth import own_teeth

LIGHT = np.array([0.9, 0.85, 0.8], np.float32)
MM = 1.2


def smiling(inside, tooth, gap=16):
    plain = draw_portrait(401)
    face = plain.landmarks.copy()
    for ring in LIP_COLUMNS["lower"]:
        face[list(ring), 1] += gap
    pixels = plain.pixels.copy()
    polygon = np.round(face[list(INNER_LIPS), :2]).astype(np.int32)
    mask = np.zeros(pixels.shape[:2], np.uint8)
    cv2.fillPoly(mask, [polygon], 1)
    pixels[mask > 0] = inside
    edge = int(face[13, 1]) + 9
    mask[edge:] = 0
    pixels[mask > 0] = tooth
    incisors = face[13] + np.array([0, edge - face[13, 1], 0], np.float32)
    return Portrait(pixels, face, plain.blendshapes, plain.rotation), incisors


AXES = np.array([[MM, 0, 0], [0, MM, 0]], np.float32)


def test_teeth_are_cut_out_and_continued_upwards():
    portrait, incisors = smiling((60, 25, 25), (240, 232, 215))
    sprite, tone = own_teeth(portrait, incisors, AXES, LIGHT)
    assert sprite is not None and tone is not None
    assert np.abs(tone * 255 - (240, 232, 215)).max() < 12
    x, y = map(int, sprite.origin)
    mm = int(sprite.scale)
    assert sprite.alpha[y - 4 * mm, x] > 0.8
    assert sprite.alpha[y + 3 * mm, x] < 0.2
    lip = int((portrait.landmarks[13, 1] - incisors[1]) / MM * mm) + y
    above = lip - 2 * mm
    assert sprite.alpha[above, x] > 0.8
    assert sprite.color[above, x].mean() > 0.75


@pytest.mark.parametrize(
    ("inside", "tooth", "gap"),
    [((60, 25, 25), (240, 232, 215), 1), ((90, 40, 40), (92, 41, 41), 16), ((60, 25, 25), (170, 60, 60), 16)],
    ids=["lips nearly shut", "all dark", "a red tongue"],
)
def test_where_no_teeth_show_there_are_none(inside, tooth, gap):
    portrait, incisors = smiling(inside, tooth, gap)
    assert own_teeth(portrait, incisors, AXES, LIGHT) == (None, None)
