"""Lips that are right, half as wide, late, shuffled or follow loudness: the report says so."""

import numpy as np
import pytest
from made_people import JAW, filmed, moved, speaking, voiced, wandering

from style2talker.evaluate.lips import REACH, LipReport, LipScore, lip_report, loudness
from style2talker.records import Speech

CURVES = [wandering(i, 120) for i in range(5)]
CLIPS = [filmed(f"p{i}", curve) for i, curve in enumerate(CURVES)]


def predict_with(change):
    """A prediction that knows the curve of each made voice, and changes it."""

    def predict(speech: Speech):
        index = next(i for i, clip in enumerate(CLIPS) if clip.speech is speech)
        changed = change(index)
        return moved(changed) if isinstance(changed, dict) else changed

    return predict


def test_a_perfect_motion_scores_one_and_its_controls_do_not():
    report = lip_report(CLIPS, predict_with(lambda i: speaking(CURVES[i])))
    assert [c.name for c in report.clips] == [clip.name for clip in CLIPS]
    for c in report.clips:
        assert (c.opening, c.lag, c.frames) == (pytest.approx(1), 0, 120)
        assert (c.pucker, c.funnel, c.spread) == pytest.approx((1, 1, 1))
        assert abs(c.shifted) < 0.45
    assert report.mean("foreign") < 0.45
    assert report.mean("shifted") < 0.35
    # The made voice is as loud as its mouth is open.
    assert report.mean("loudness") > 0.8


def test_a_mouth_that_moves_half_as_far_agrees_and_its_spread_says_so():
    report = lip_report(CLIPS, predict_with(lambda i: {JAW: 0.25 + 0.25 * CURVES[i]}))
    assert report.mean("opening") > 0.98
    assert report.mean("spread") == pytest.approx(0.5, abs=0.06)
    assert np.isnan(report.mean("pucker"))


def test_a_lag_within_reach_is_forgiven_and_one_beyond_is_not():
    late = lip_report(CLIPS, predict_with(lambda i: {JAW: 0.5 * np.roll(CURVES[i], REACH)}))
    assert late.mean("opening") > 0.95
    assert {c.lag for c in late.clips} == {-REACH}
    lost = lip_report(CLIPS, predict_with(lambda i: {JAW: 0.5 * np.roll(CURVES[i], 40)}))
    assert lost.mean("opening") < 0.5
    assert lost.mean("shifted") > lost.mean("opening") - 0.4


def test_a_mouth_that_never_moves_scores_nothing():
    report = lip_report(CLIPS[:2], predict_with(lambda i: {JAW: np.full(120, 0.2)}))
    assert np.isnan(report.mean("opening")) and np.isnan(report.least("opening"))
    assert report.values("spread") == pytest.approx([0, 0])
    assert np.isnan(report.interval("opening", np.random.default_rng(0))).all()


def test_frames_without_a_face_are_left_out():
    clips = [filmed("p0", CURVES[0]), filmed("p1", CURVES[1])]
    clips[0].opening[20:40] = np.nan
    known = {id(clip.speech): curve for clip, curve in zip(clips, CURVES, strict=False)}
    report = lip_report(clips, lambda speech: speaking(known[id(speech)]))
    assert report.clips[0].opening == pytest.approx(1)


def _score(name, person, opening):
    return LipScore(name, person, 100, 0, opening, 0.4, 0.2, 0.0, 1.0, 0.5, 0.5)


def test_every_person_counts_once():
    report = LipReport(
        (_score("a1", "a", 0.9), _score("a2", "a", 0.7), _score("b", "b", 0.2), _score("c", "c", np.nan))
    )
    people = report.people("opening")
    assert list(people) == ["a", "b", "c"]
    assert people["a"] == pytest.approx(0.8)
    assert report.mean("opening") == pytest.approx(0.5)
    assert report.least("opening") == pytest.approx(0.2)
    low, high = report.interval("opening", np.random.default_rng(0))
    assert 0.2 <= low < 0.6 < high <= 0.9
    empty = lip_report([], lambda speech: moved({JAW: np.zeros(1)}))
    assert np.isnan(empty.mean("opening")) and empty.people("opening") == {}


def test_loudness_rises_with_the_voice_and_stays_on_the_clock():
    curve = np.where(np.arange(100) // 20 % 2 == 1, 0.9, 0.1)
    level = loudness(voiced(curve))
    assert level.shape == (100,)
    assert level[curve > 0.5].mean() > level[curve < 0.5].mean() + 1
    step = np.flatnonzero(np.diff(level[10:30]) == np.diff(level[10:30]).max())[0] + 10
    assert abs(step - 19) <= 1
