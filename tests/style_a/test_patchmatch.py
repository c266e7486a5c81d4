"""PatchMatch against the exhaustive search that it approximates."""

from itertools import pairwise

import numpy as np
import pytest

from style2talker.style_a.patchmatch import (
    CHANNELS,
    RADIUS,
    Guides,
    _round,
    _vote,
    coherence,
    improve,
    patch_energy,
    usage,
    vote,
)


def features(shape, seed, smooth=True):
    rng = np.random.default_rng(seed)
    out = np.zeros((*shape, CHANNELS), np.float32)
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]]
    for c in range(4):
        out[..., c] = np.sin(xs / (2.0 + c) + rng.uniform(0, 6)) * np.cos(ys / (3.0 + c) + rng.uniform(0, 6))
    return out if smooth else out + rng.normal(0, 0.3, out.shape).astype(np.float32)


def plain(shape, source_shape, pull=0.0):
    ys, xs = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    return Guides(
        np.ascontiguousarray(np.stack([ys, xs], axis=-1)),
        np.full(shape, pull, np.float32),
        np.zeros((*shape, 1), np.float32),
        np.zeros((*source_shape, 1), np.float32),
        np.zeros(source_shape, np.float32),
    )


def exhaustive(target, source, guides):
    """The cheapest source patch of every target pixel, by trying them all."""
    padded = np.pad(target, ((RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0)), mode="edge")
    side = 2 * RADIUS + 1
    windows = np.lib.stride_tricks.sliding_window_view
    ours = windows(padded, (side, side), axis=(0, 1)).reshape(*target.shape[:2], -1)
    theirs = windows(source, (side, side), axis=(0, 1))
    theirs = theirs.reshape(theirs.shape[0] * theirs.shape[1], -1)
    rows, columns = source.shape[0] - 2 * RADIUS, source.shape[1] - 2 * RADIUS
    places = np.stack(np.mgrid[0:rows, 0:columns], axis=-1).reshape(-1, 2) + RADIUS
    best = np.empty(target.shape[:2])
    for y in range(target.shape[0]):
        for x in range(target.shape[1]):
            cost = ((theirs - ours[y, x]) ** 2).sum(axis=1)
            cost += guides.pull[y, x] * ((places - guides.place[y, x]) ** 2).sum(axis=1)
            best[y, x] = cost.min()
    return best


def search(target, source, guides, rounds, seed=0):
    rng = np.random.default_rng(seed)
    low, high = RADIUS, np.array(source.shape[:2]) - RADIUS
    matches = rng.integers(low, high, (*target.shape[:2], 2)).astype(np.int32)
    energies = []
    for i in range(rounds):
        matches, costs = improve(target, source, guides, matches, max(source.shape[:2]) // 2, 6, seed + i)
        energies.append(patch_energy(costs))
    return matches, costs, energies


@pytest.mark.parametrize(("pull", "smooth"), [(0.0, True), (0.0, False), (0.02, True)])
def test_search_comes_close_to_the_exhaustive_one(pull, smooth):
    target, source = features((23, 29), 1, smooth), features((31, 37), 2, smooth)
    guides = plain(target.shape[:2], source.shape[:2], pull)
    best = exhaustive(target, source, guides)
    _, costs, energies = search(target, source, guides, 12)
    assert (costs >= best - 1e-3).all()
    assert energies[-1] <= 1.08 * best.mean()
    assert all(later <= earlier + 1e-6 for earlier, later in pairwise(energies))


def test_a_copy_is_found():
    source = features((41, 43), 5, smooth=False)
    target = np.ascontiguousarray(source[8:28, 9:32])
    matches, _, _ = search(target, source, plain(target.shape[:2], source.shape[:2]), 10)
    inner = matches[RADIUS:-RADIUS, RADIUS:-RADIUS] - np.stack(
        np.meshgrid(np.arange(10, 26), np.arange(11, 30), indexing="ij"), axis=-1
    )
    assert (np.abs(inner).max(axis=-1) == 0).mean() > 0.95
    assert coherence(matches)[5:-5, 5:-5].mean() > 0.9


def test_same_seed_same_matches_and_the_plain_twin_agrees():
    target, source = features((9, 11), 1, False), features((13, 12), 2, False)
    guides = plain(target.shape[:2], source.shape[:2], 0.01)
    first, second = search(target, source, guides, 3, seed=7), search(target, source, guides, 3, seed=7)
    assert np.array_equal(first[0], second[0]) and np.array_equal(first[1], second[1])
    assert not np.array_equal(first[0], search(target, source, guides, 1, seed=8)[0])
    padded = np.pad(target, ((RADIUS, RADIUS), (RADIUS, RADIUS), (0, 0)), mode="edge")
    start = np.full((9, 11, 2), 5, np.int32)
    arguments = (padded, source, guides.place, guides.pull, guides.labels, guides.source_labels, guides.crowd, start)
    fast, plain_round = _round(*arguments, 6, 4, 3), _round.py_func(*arguments, 6, 4, 3)
    assert np.array_equal(fast[0], plain_round[0])
    assert np.allclose(fast[1], plain_round[1], atol=1e-4)


def test_labels_keep_regions_apart():
    target, source = features((16, 16), 1), features((24, 24), 2)
    guides = plain((16, 16), (24, 24))
    labels, source_labels = np.zeros((16, 16, 2), np.float32), np.zeros((24, 24, 2), np.float32)
    labels[:, :8, 0], labels[:, 8:, 1] = 1e4, 1e4
    source_labels[:12, :, 0], source_labels[12:, :, 1] = 1, 1
    judged = Guides(guides.place, guides.pull, labels, source_labels, guides.crowd)
    matches, _, _ = search(target, source, judged, 8)
    assert (matches[:, :8, 0] < 12).mean() > 0.98
    assert (matches[:, 8:, 0] >= 12).mean() > 0.98


def test_crowded_pixels_are_avoided():
    target, source = features((16, 16), 1), features((24, 24), 2)
    guides = plain((16, 16), (24, 24))
    crowd = np.zeros((24, 24), np.float32)
    crowd[:12] = 1e4
    matches, _, _ = search(target, source, Guides(*(getattr(guides, n) for n in guides.__slots__[:4]), crowd), 6)
    assert (matches[..., 0] >= 12).mean() > 0.98
    assert usage(matches, (24, 24))[:8].max() == 0
    assert usage(matches, (24, 24)).mean() == pytest.approx(1.0, abs=0.25)


def test_votes_of_a_shift_are_the_shifted_picture():
    rng = np.random.default_rng(1)
    picture = rng.uniform(0, 100, (21, 25, 3)).astype(np.float32)
    ys, xs = np.mgrid[2:17, 3:20]
    matches = np.ascontiguousarray(np.stack([ys, xs], axis=-1).astype(np.int32))
    costs = rng.uniform(0, 1, matches.shape[:2]).astype(np.float32)
    out = vote(picture, matches, costs, 2.0)
    assert np.allclose(out, picture[2:17, 3:20], atol=1e-3)
    assert np.allclose(out, _vote.py_func(picture, matches, costs, 2.0), atol=1e-3)
