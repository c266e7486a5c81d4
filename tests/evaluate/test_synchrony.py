"""Offsets, confidence and chance of curves whose shift is known."""

from __future__ import annotations

import numpy as np
import pytest
from made_people import FPS, wandering

from style2talker.evaluate.synchrony import chance_band
from style2talker.speech.synchrony import REACH, SURE, Sync, av_sync, pearson, quick_part, shifted, sync_curve


@pytest.mark.parametrize("lag", [-8, -3, 0, 1, 8])
@pytest.mark.parametrize("fps", [25.0, 50.0])
def test_a_shift_is_found_to_the_frame(lag: int, fps: float) -> None:
    curve = wandering(1, 240)
    found = av_sync(curve, np.roll(curve, lag).astype(np.float64), fps)
    assert (found.lag, found.sure) == (lag, True)
    assert found.r > 0.95
    assert found.seconds == pytest.approx(240 / fps)


def test_slow_parts_count_for_nothing() -> None:
    quick, slow = wandering(2, 400, 1.5), np.sin(np.arange(400) / 20)
    both = (quick + slow).astype(np.float32)
    assert av_sync(both, quick.astype(np.float64), FPS).lag == 0
    others = [(wandering(seed, 400, 1.5) + slow).astype(np.float64) for seed in range(20, 40)]
    assert min(pearson(both, other) for other in others) > 0.8
    assert sum(av_sync(both, other, FPS).sure for other in others) <= 4
    assert np.abs(quick_part(np.linspace(0, 50, 200), FPS)[10:-10]).max() < 1e-9
    assert quick_part(np.ones(60), 60.0) == pytest.approx(np.zeros(60))


def test_foreign_curves_are_seldom_believed_whatever_their_length() -> None:
    for frames in (100, 200, 400):
        found = [av_sync(wandering(s, frames), wandering(s + 500, frames), FPS) for s in range(60)]
        assert sum(f.sure for f in found) <= 12
        assert 0.4 < np.mean([f.certainty for f in found]) < SURE


def test_frames_without_a_face_are_left_out() -> None:
    curve = wandering(5, 250)
    seen = np.roll(curve, 4).astype(np.float64)
    seen[20:60] = np.nan
    found = av_sync(curve, seen, FPS)
    assert found.lag == 4 and found.sure
    assert found.seconds == pytest.approx(210 / FPS)
    assert np.isnan(quick_part(seen, FPS)[30])
    still = av_sync(curve, np.ones(250), FPS)
    assert np.isnan(still.r) and np.isnan(still.certainty) and not still.sure
    assert not Sync(0, 0.2, 0.1, 4.0).sure


def test_the_curve_has_its_peak_above_chance() -> None:
    curve = wandering(6, 250)
    seen = np.roll(curve, -5).astype(np.float64)
    scores = sync_curve(curve, seen, FPS)
    band, turns = chance_band(curve, seen, FPS)
    assert len(scores) == 2 * REACH + 1
    assert int(np.argmax(scores)) - REACH == -5
    assert turns == 250 - 2 * REACH - 1
    assert -0.7 < band.low < 0 < band.high < 0.7 < scores.max()
    short, few = chance_band(curve[:35], seen[:35], FPS)
    assert np.isnan(short.low) and few < 8


@pytest.mark.parametrize("lag", [-4, 0, 3])
def test_frames_are_paired_with_those_that_are_later(lag: int) -> None:
    one, later = shifted(np.arange(12.0), np.arange(30.0), lag)
    assert len(one) == len(later) == 12 - abs(lag)
    assert (later - one == lag).all()
