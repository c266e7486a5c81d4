"""Correlation with a lag, intervals and bands."""

import numpy as np
import pytest
from made_people import wandering

from style2talker.evaluate.statistics import (
    Band,
    Fit,
    band,
    best_lag,
    bootstrap,
    bridged,
    closeness,
    poisson_interval,
    spread_ratio,
)
from style2talker.speech.synchrony import both_known, lagged, pearson

A = wandering(1, 200)


def test_curves_are_compared_where_both_are_known():
    x, y = both_known([1, np.nan, 3, np.inf], [4, 5, 6, 7])
    assert (x.tolist(), y.tolist()) == ([1, 3], [4, 6])


def test_pearson_is_that_of_numpy_and_does_not_care_for_scale():
    b = wandering(2, 200)
    assert pearson(A, b) == pytest.approx(np.corrcoef(A, b)[0, 1])
    assert pearson(A, 3 * A + 1) == pytest.approx(1)
    assert pearson(A, -A) == pytest.approx(-1)


def test_frames_that_are_not_known_count_for_nothing():
    holes = A.astype(float).copy()
    holes[::7] = np.nan
    holes[3] = np.inf
    assert pearson(holes, 2 * A) == pytest.approx(1)
    assert spread_ratio(2 * holes, A.astype(float)) == pytest.approx(2, rel=0.05)


@pytest.mark.parametrize("nothing", [np.zeros(0), np.full(50, np.nan), np.ones(50), np.arange(5.0)])
def test_nothing_gives_nothing(nothing):
    assert np.isnan(pearson(nothing, nothing))
    assert np.isnan(spread_ratio(nothing, nothing))
    found = best_lag(nothing, nothing, 3)
    assert np.isnan(found.r) and found.lag == 0
    assert np.isnan(lagged(nothing, nothing, 3)).all()


@pytest.mark.parametrize("lag", [-9, -3, 0, 1, 7])
def test_the_lag_is_found_and_its_sign_says_who_is_late(lag):
    late = A[20 - lag : 180 - lag]
    assert best_lag(A[20:180], late, 9) == Fit(pytest.approx(1), lag)
    assert best_lag(late, A[20:180], 9).lag == -lag


def test_lengths_may_differ_and_reach_may_pass_the_end():
    assert best_lag(A, A[:50], 3) == Fit(pytest.approx(1), 0)
    scores = lagged(A[:12], A[:12], 30)
    assert scores.shape == (61,)
    assert scores[30] == pytest.approx(1)
    assert np.isnan(scores[:26]).all()


def test_a_cost_keeps_to_the_small_lag_where_words_repeat():
    wave = np.sin(np.arange(120) * 2 * np.pi / 8)
    slip = np.roll(wave, 1) + 0.001 * np.roll(A[:120], -6)
    assert abs(best_lag(wave, slip, 9, cost=0.04).lag) == 1


def test_the_bootstrap_covers_the_mean_as_often_as_it_says():
    rng = np.random.default_rng(0)
    hits = 0
    for _ in range(200):
        low, high = bootstrap(rng.normal(0.5, 0.2, 25), rng, resamples=300)
        hits += low <= 0.5 <= high
    assert 0.88 <= hits / 200 <= 0.98


def test_the_bootstrap_depends_on_its_generator_alone():
    values = [0.1, 0.4, np.nan, 0.6]
    one, two = (bootstrap(values, np.random.default_rng(3)) for _ in range(2))
    assert one == two
    assert 0.1 <= one.low < one.high <= 0.6
    assert bootstrap([0.3], np.random.default_rng(0)) == Band(0.3, 0.3)


def test_a_band_is_the_middle_of_what_is_known():
    found = band([*np.linspace(0, 100, 101), np.nan])
    assert found == Band(pytest.approx(10), pytest.approx(90))
    assert found.holds(10.5) and found.holds(89) and not found.holds(91) and not found.holds(float("nan"))
    assert band(np.linspace(0, 100, 101), share=0.5) == Band(25, 75)


def test_a_band_of_nothing_holds_nothing():
    for found in (band([]), band([np.nan]), bootstrap([], np.random.default_rng(0))):
        assert np.isnan(found).all()
        assert not found.holds(0.0)


def test_short_gaps_are_bridged_and_long_ones_are_not():
    curve = np.arange(30.0)
    curve[[0, *range(3, 8), *range(12, 18), 29]] = np.nan
    found = bridged(curve)
    assert np.array_equal(found[1:12], np.arange(1.0, 12.0))
    assert np.isnan(found[[0, *range(12, 18), 29]]).all()
    assert np.isnan(curve[5])
    assert np.isnan(bridged(np.full(4, np.nan))).all()


def test_too_much_is_as_far_as_too_little():
    assert closeness(2.0, 2.0) == 1
    assert closeness(1.5, 1.0) == pytest.approx(closeness(1.0, 1.5))
    assert closeness(4.0, 1.0) == closeness(0.1, 1.0) == 0
    assert np.isnan([closeness(0.0, 1.0), closeness(1.0, 0.0), closeness(float("nan"), 1.0)]).all()


def test_the_interval_of_few_events_is_that_of_poisson():
    low, high = poisson_interval(4, 15.0)
    assert (low, high) == pytest.approx((4 * 1.0899, 4 * 10.2416), rel=1e-3)
    assert poisson_interval(0, 60.0) == pytest.approx((0, 3.6889), rel=1e-3)
    assert np.isnan(poisson_interval(3, 0.0)).all()
