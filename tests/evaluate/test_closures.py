"""Lips that touch when they should, and how a mouth that is always shut is told from one that speaks."""

import numpy as np
import pytest
from made_people import FPS, JAW, moved

from style2talker.corpus.visemes import Phone
from style2talker.evaluate.closures import TOUCH, Closures, closures, closures_of
from style2talker.evaluate.openings import closed_gap

PHONES = [
    Phone("", 0.0, 0.4),
    Phone("m", 0.4, 0.48),  # frames 10, 11
    Phone("aa", 0.48, 0.8),
    Phone("p", 0.8, 0.88),  # frames 20, 21
    Phone("iy", 0.88, 1.2),
    Phone("b", 1.2, 1.28),  # frames 30, 31
    Phone("ow", 1.28, 1.6),
    Phone("", 1.6, 2.0),
]
OPEN, SHUT = 0.2, 0.02


def shown(*frames):
    curve = np.full(50, OPEN)
    curve[list(frames)] = SHUT
    return closures(curve, PHONES, FPS, SHUT)


def test_each_bilabial_counts_and_the_first_after_silence_apart():
    found = shown(10, 21, 31)
    assert (found.said, found.touched, found.initial_said, found.initial_touched) == (2, 2, 1, 1)
    assert (found.share, found.initial_share, found.others) == (1, 1, 0)


@pytest.mark.parametrize(("frame", "hit"), [(18, 0), (19, 1), (20, 1), (22, 1), (23, 0)])
def test_a_closure_may_come_one_frame_early_or_late(frame, hit):
    assert shown(frame).touched == hit


def test_the_threshold_is_a_millimetre():
    assert TOUCH == 0.01
    for gap, hit in ((0.009, 1), (0.011, 0)):
        curve = np.full(50, OPEN)
        curve[20] = SHUT + gap
        assert closures(curve, PHONES, FPS, SHUT).touched == hit
    assert closures(np.full(50, 0.05), PHONES, FPS, 0.0, touch=0.06).share == 1


def test_a_mouth_that_never_opens_touches_elsewhere_too():
    phones = [*PHONES[:-2], Phone("n", 1.28, 1.4), Phone("ow", 1.4, 1.7), Phone("n", 1.7, 1.8), Phone("", 1.8, 2.0)]
    found = closures(np.full(50, SHUT), phones, FPS, SHUT)
    assert (found.share, found.initial_share, found.elsewhere) == (1, 1, 1)
    assert found.others == 1


def test_sounds_that_reach_a_bilabial_or_silence_are_no_others():
    """Of s e l i between p and silence, s is beside p and i beside silence."""
    starts = np.array([0.0, 0.08, 0.2, 0.32, 0.44, 0.56, 1.0])
    phones = [Phone(s, a, b) for s, a, b in zip(["p", "s", "e", "l", "i", ""], starts[:-1], starts[1:], strict=True)]
    curve = np.full(25, OPEN)
    curve[[0, 3, 9, 12]] = SHUT
    found = closures(curve, phones, FPS, SHUT)
    assert (found.others, found.others_touched) == (2, 1)
    assert found.elsewhere == 0.5


def test_what_is_not_seen_does_not_touch():
    curve = np.full(50, np.nan)
    assert closures(curve, PHONES, FPS, SHUT).touched == 0
    assert closures(np.zeros(0), PHONES, FPS, SHUT) == Closures()
    assert closures(np.full(25, SHUT), PHONES, FPS, SHUT).said == 1


def test_silence_before_counts_wherever_it_is_and_other_languages_know_their_m():
    phones = [
        Phone("mʲ", 0.0, 0.1),
        Phone("a", 0.1, 0.4),
        Phone("", 0.4, 0.6),
        Phone("bʱ", 0.6, 0.7),
        Phone("pː", 0.7, 0.8),
    ]
    found = closures(np.full(25, SHUT), phones, FPS, SHUT)
    assert (found.initial_said, found.said) == (2, 1)


def test_counts_add_up_and_nothing_has_no_share():
    both = shown(10, 21) + shown(31)
    assert (both.said, both.touched, both.initial_said, both.initial_touched) == (4, 2, 2, 1)
    nothing = Closures()
    assert np.isnan([nothing.share, nothing.initial_share, nothing.elsewhere]).all()


def test_the_lips_of_a_motion_are_those_of_the_average_face():
    jaw = np.full(50, 0.4)
    assert closures_of(moved({JAW: jaw}), PHONES).share == 0
    jaw[[10, 20, 30]] = 0
    found = closures_of(moved({JAW: jaw}), PHONES)
    assert (found.share, found.initial_share) == (1, 1)
    assert closed_gap() + TOUCH < 0.03
