"""How like a sample a colour is."""

import numpy as np

from style2talker.style_a.likeness import color_distance, shaded_skin_distance, skin_distance

RNG = np.random.default_rng(3)
SKIN = (np.array([62.0, 14.0, 20.0]) + RNG.normal(0, (6, 1, 1.5), (300, 3))).astype(np.float32)


def lab(*colors):
    return np.array([colors], dtype=np.float32)


def test_the_own_colour_is_near_and_another_is_far():
    near, far = color_distance(lab((62, 14, 20), (30, -40, 10)), SKIN, 2)[0]
    assert near < 1
    assert far == 6
    assert (color_distance(lab((62, 14, 20)), SKIN[:4], 2) == 6).all()


def test_skin_keeps_its_hue_in_the_light():
    lit, red, green = skin_distance(lab((70, 17, 24), (62, 30, 2), (62, -10, 20)), SKIN)[0]
    assert lit < 2.5 < 4 < min(red, green)


def test_skin_may_be_dark_but_not_of_another_hue_or_grey():
    shade, grey, blue, paper, black = shaded_skin_distance(
        lab((35, 8, 11), (35, 0.5, 1), (35, 2, -20), (95, 1, 3), (6, 1, 1)), SKIN
    )[0]
    assert shade < 1.5
    assert min(grey, blue, paper, black) > 2.2
