"""The head of the model on its way to the renderer: bounded, scaled, smooth; and the breath."""

from __future__ import annotations

import numpy as np
import pytest

from style2talker.style_e.head import LARGEST_ANGLE, breath, posed

FPS = 25.0


def turning(degrees: float) -> np.ndarray:
    wave = np.sin(np.arange(500) / 15)[:, None] * np.ones((1, 6))
    return (wave * [*np.radians([degrees] * 3), 0.02, 0.02, 0.02]).astype(np.float32)


def test_usual_motion_passes_as_it_is() -> None:
    rotation, translation = posed(turning(5.0), 1.0, FPS)
    assert rotation.shape == translation.shape == (500, 3)
    assert np.degrees(np.abs(rotation - turning(5.0)[:, :3])).max() < 0.2
    assert np.abs(translation - turning(5.0)[:, 3:]).max() < 0.002


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_no_angle_passes_the_limit(scale: float) -> None:
    rotation, translation = posed(turning(40.0) * [1, 1, 1, 30, 30, 30], scale, FPS)
    assert np.abs(rotation).max() <= LARGEST_ANGLE
    assert np.abs(translation).max() <= 0.3


def test_scale_grows_motion_and_zero_stills_it() -> None:
    spans = [float(posed(turning(4.0), s, FPS)[0].std()) for s in (0.0, 0.5, 1.0, 2.0)]
    assert spans[0] == 0
    assert spans == sorted(spans) and spans[3] > 1.7 * spans[2]
    assert not posed(turning(4.0), 0.0, FPS)[1].any()


def test_tremor_is_smoothed() -> None:
    shaking = turning(5.0) + np.where(np.arange(500) % 2, 0.01, -0.01)[:, None]
    rotation, _ = posed(shaking.astype(np.float32), 1.0, FPS)
    assert np.abs(np.diff(rotation, 2, axis=0)).max() < 0.25 * np.abs(np.diff(shaking[:, :3], 2, axis=0)).max()


def test_breath_is_slow_and_tiny() -> None:
    curve = breath(np.random.default_rng(0), 3000, FPS)
    assert curve[0] == 0
    assert curve.min() >= 0
    assert 0.005 < curve.max() < 0.02
    power = np.abs(np.fft.rfft(curve - curve.mean())) ** 2
    peak = np.fft.rfftfreq(3000, 1 / FPS)[power.argmax()]
    assert 0.18 < peak < 0.33
