"""Heads that differ or agree, lips that differ or agree."""

import numpy as np
import pytest
from made_people import JAW, moved, wandering

from style2talker.evaluate.diversity import Diversity, diversity, diversity_of


def speaking(head_seed, lip_seed, n=400):
    turns = np.stack([wandering(10 * head_seed + k, n) - 0.5 for k in range(3)], axis=1)
    return moved({JAW: 0.5 * wandering(lip_seed, n)}, 0.2 * turns)


def test_the_same_motion_twice_has_no_diversity():
    found = diversity([speaking(1, 1), speaking(1, 1)])
    assert isinstance(found, Diversity)
    assert (found.rotation, found.of_own, found.lips) == (0, 0, 0)
    assert found.lips_r == pytest.approx(1)


def test_strange_heads_are_the_root_of_two_apart_and_share_their_lips():
    found = diversity([speaking(seed, 99) for seed in range(1, 6)])
    assert found.of_own == pytest.approx(np.sqrt(2), rel=0.1)
    assert found.rotation > 1
    assert found.lips == 0 and found.lips_r == pytest.approx(1)


def test_other_lips_are_told():
    found = diversity([speaking(1, 50), speaking(1, 60)])
    assert found.rotation == 0
    assert found.lips > 0.03
    assert abs(found.lips_r) < 0.4


def test_distance_is_in_degrees_and_lengths_are_cut():
    still, turned = moved({}, np.zeros((50, 3))), moved({}, np.tile(np.radians([3.0, 0, 4.0]), (60, 1)))
    found = diversity([still, turned])
    assert found.rotation == pytest.approx(5, rel=1e-5)
    assert np.isnan(found.of_own) and np.isnan(found.lips_r)


def test_one_motion_has_nothing_to_differ_from():
    found = diversity([speaking(1, 1)])
    assert np.isnan([found.rotation, found.of_own, found.lips, found.lips_r]).all()
    assert np.isnan(diversity([]).rotation)


def test_frames_that_are_not_known_count_for_nothing():
    rng = np.random.default_rng(0)
    turns, openings = rng.normal(size=(2, 60, 3)), rng.uniform(size=(2, 60))
    whole = diversity_of([*turns[:, :40]], [*openings[:, :40]])
    turns[:, 40:], openings[:, 40:] = np.nan, np.nan
    holes = diversity_of([*turns], [*openings])
    assert holes.rotation == pytest.approx(whole.rotation)
    assert holes.lips_r == pytest.approx(whole.lips_r)
