"""Disguises of speech for training: other throats, rooms and crowds, the same words at the same time."""

import numpy as np
import pytest

pytest.importorskip("torch", reason="training needs the train extra")

from style2talker.train.disguise import at_tempo, disguised, mixed, noise_columns


def words(seed=0, n=301):
    """Columns in which loud stretches and pauses take turns."""
    rng = np.random.default_rng(seed)
    loud = (np.arange(n) // 20) % 2
    tone = rng.normal(0, 0.3, (n, 80)) + np.where(loud, 0.5, -3.0)[:, None]
    return np.clip(tone, -4, 4).astype(np.float32)


def test_a_ratio_is_kept_when_noise_is_mixed_in():
    speech, noise = words(), np.zeros((301, 80), np.float32)
    pauses = (np.arange(301) // 20) % 2 == 0
    quiet, noisy = (mixed(speech, noise, ratio)[pauses].mean() for ratio in (25.0, 0.0))
    assert noisy - quiet == pytest.approx(2.0, abs=0.25)
    assert np.allclose(mixed(speech, noise, 90.0), speech, atol=0.05)


def test_tempo_moves_every_moment():
    ramp = np.arange(101, dtype=np.float32)[:, None] * np.ones((1, 3), np.float32)
    fast = at_tempo(ramp, 2.0, 50)
    assert fast.shape == (50, 3)
    assert np.allclose(fast[:, 0], np.arange(50) * 2)
    assert np.allclose(at_tempo(ramp, 1.0, 130)[101:], 100)


def test_a_disguise_keeps_the_rhythm_and_differs_each_time():
    rng = np.random.default_rng(3)
    speech, others = words(), [words(1), words(2, 97)]
    heard = [disguised(speech, others, rng) for _ in range(24)]
    assert all(h.shape == speech.shape and h.dtype == np.float32 and np.abs(h).max() <= 4 for h in heard)
    rhythm = [np.corrcoef(h.mean(axis=1), speech.mean(axis=1))[0, 1] for h in heard]
    assert np.median(rhythm) > 0.8
    assert np.abs(heard[0] - heard[1]).mean() > 0.1
    again = disguised(speech, others, np.random.default_rng(3))
    assert np.array_equal(again, heard[0])


def test_noise_is_of_many_kinds():
    rng = np.random.default_rng(4)
    found = [noise_columns(97, [words(5), words(6, 31)], rng) for _ in range(40)]
    assert all(noise.shape == (97, 80) and np.isfinite(noise).all() for noise in found)
    swings = [noise.mean(axis=1).std() for noise in found]
    assert max(swings) > 4 * min(swings)
