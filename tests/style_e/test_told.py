"""What the published audio encoder is told."""

import numpy as np
import pytest

from style2talker.style_e.told import LID_CURVE, blink_signal, encoder_inputs, recording_colour


@pytest.mark.parametrize("n_frames", [1, 20, 21, 31, 32, 33, 64, 8193])
def test_blinks_of_every_length(n_frames):
    signal = blink_signal(n_frames, np.random.default_rng(0))
    assert signal.shape == (n_frames,) and signal.dtype == np.float32
    peaks = np.flatnonzero(signal == 1.0)
    assert (len(peaks) > 0) == (n_frames > 20)
    for peak in peaks:
        assert signal[peak - 2 : peak + 3].tolist() == pytest.approx(LID_CURVE)
    gaps = np.diff([-3, *peaks]) - 5
    assert (gaps >= 10).all() and (gaps < 70).all()


def speech(seed=0):
    rng = np.random.default_rng(seed)
    level = np.repeat(rng.uniform(-3, 1, 20), 5)
    return (level[:, None, None] + rng.normal(0, 0.1, (100, 80, 16))).astype(np.float32)


def test_the_recording_is_taken_out_of_the_sound():
    windows = speech()
    filtered = windows + np.linspace(-1, 1, 80, dtype=np.float32)[:, None] + 0.7
    lids, reference = np.zeros(100, np.float32), np.zeros(52, np.float32)
    plain, other = (encoder_inputs(w, reference, lids, recording_colour(w))["mel"] for w in (windows, filtered))
    np.testing.assert_allclose(other, plain, atol=1e-5)
    loud = windows.mean(axis=(1, 2)) > windows.mean(axis=(1, 2)).max() - 0.5
    assert abs(plain[loud].mean()) < 0.8 and plain.min() < -1.7


def test_inputs_of_the_encoder():
    windows, reference = speech(), np.arange(52, dtype=np.float32)
    lids = blink_signal(100, np.random.default_rng(0))
    plain = encoder_inputs(windows, reference, lids, None)
    assert {name: value.shape for name, value in plain.items()} == {
        "mel": (100, 80, 16),
        "reference": (100, 52),
        "blink": (100, 1),
    }
    np.testing.assert_array_equal(plain["mel"], windows)
    np.testing.assert_array_equal(plain["reference"][99], reference)
    np.testing.assert_array_equal(plain["blink"][:, 0], lids)
