"""Smooth noise: its band, its size, its seed."""

from __future__ import annotations

import numpy as np

from style2talker.style_e.noise import smooth_noise


def test_noise_has_unit_size_and_no_higher_frequencies() -> None:
    curve = smooth_noise(np.random.default_rng(0), 20011, 3, 0.5, 25.0)
    assert curve.shape == (20011, 3)
    np.testing.assert_allclose(curve.std(0), 1, atol=0.1)
    np.testing.assert_allclose(curve.mean(0), 0, atol=0.15)
    power = np.abs(np.fft.rfft(curve, axis=0)) ** 2
    high = np.fft.rfftfreq(len(curve), 1 / 25.0) > 1.0
    assert (power[high].sum(0) / power.sum(0)).max() < 0.02
    assert abs(np.corrcoef(curve.T)[0, 1]) < 0.15


def test_the_seed_decides() -> None:
    one, same, other = (smooth_noise(np.random.default_rng(s), 50, 1, 1.0, 25.0) for s in (1, 1, 2))
    assert one.tobytes() == same.tobytes()
    assert np.abs(one - other).max() > 0.1
    assert smooth_noise(np.random.default_rng(0), 1, 2, 0.3, 25.0).shape == (1, 2)
