"""Log-mel columns: the published settings against a plain computation, and the clock."""

import numpy as np
import pytest
from voices import RATE, vowel

from style2talker.speech.mel import MEL_RATE, log_mel, mel_filters, window_at, window_level


def plain_column(samples, m):
    """One column computed straight from its definition."""
    y = np.append(samples[0], samples[1:] - 0.97 * samples[:-1])
    y = np.pad(y, 400, mode="reflect")[m * 200 : m * 200 + 800]
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(800) / 800)
    power = np.abs(np.fft.rfft(y * hann))
    decibels = 20 * np.log10(np.maximum(mel_filters().astype(float) @ power, 1e-5)) - 20
    return np.clip(8 * (decibels + 100) / 100 - 4, -4, 4)


@pytest.mark.parametrize("m", [0, 1, 13, 79])
def test_columns_equal_their_definition(m):
    samples = vowel("a", 1.0)
    assert np.allclose(log_mel(samples)[m], plain_column(samples.astype(np.float64), m), atol=2e-3)


def test_filters_are_slaneys():
    filters = mel_filters()
    assert filters.shape == (80, 401)
    # Bands of equal area, centres rising, within 55 Hz .. 7600 Hz.
    area = filters[20:].sum(axis=1) * 20
    assert np.allclose(area, 2.0 / 2, atol=0.25)
    centres = filters.argmax(axis=1) * 20
    assert (np.diff(centres) >= 0).all()
    assert centres[0] >= 40 and centres[-1] <= 7600


def test_there_are_eighty_columns_a_second_and_a_tone_stands_at_its_place():
    t = np.arange(RATE) / RATE
    samples = np.where((t > 0.5) & (t < 0.75), 0.3 * np.sin(2 * np.pi * 1000 * t), 0).astype(np.float32)
    mel = log_mel(samples)
    assert len(mel) == MEL_RATE + 1
    loud = np.flatnonzero(mel.max(axis=1) > 1.0) / MEL_RATE
    assert loud.min() == pytest.approx(0.5, abs=0.03) and loud.max() == pytest.approx(0.75, abs=0.03)
    band = mel_filters()[:, 50].argmax()
    assert abs(int(mel[50].argmax()) - int(band)) <= 1


def test_very_short_sounds_have_columns():
    assert log_mel(np.zeros(150, np.float32)).shape == (1, 80)


def test_windows_follow_the_frames():
    mel = np.arange(400, dtype=np.float32)[:, None].repeat(80, 1)
    windows = window_at(mel, 113, 25.0)
    assert windows.shape == (113, 80, 16)
    assert windows[50, 0, 0] == int(80 * 48 / 25)
    assert (windows[0, 0, :7] == 0).all()
    assert windows[-1].max() == 399 or windows[-1].max() == int(80 * 110 / 25) + 15
    assert np.array_equal(window_at(mel, 20, 25.0, first=40), windows[40:60])


@pytest.mark.parametrize("n", [401, 799, 16000, 16199, 32401])
def test_blocks_join_without_a_seam(monkeypatch, n):
    from style2talker.speech import mel as module

    samples = np.random.default_rng(n).normal(0, 0.1, n).astype(np.float32)
    whole = log_mel(samples)
    assert len(whole) == n // 200 + 1
    for block in (1, 3, 7):
        monkeypatch.setattr(module, "_BLOCK", block)
        assert np.allclose(log_mel(samples), whole, atol=1e-4)


def test_the_level_is_that_of_the_middle_of_a_window():
    windows = np.zeros((3, 80, 16), np.float32)
    windows[0, :, 5:11], windows[1, :, :5], windows[2, :40, 7] = 2.0, 9.0, 6.0
    np.testing.assert_allclose(window_level(windows), [2.0, 0.0, 0.5])
