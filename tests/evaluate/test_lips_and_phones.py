"""Lips by what is said and by how they move, on shapes that are known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_people import JAW, LIDS, moved, wandering

from drawn_face import reference_points
from style2talker.corpus.landmarks import to_68
from style2talker.corpus.visemes import Phone
from style2talker.errors import InputError
from style2talker.evaluate.geometry import head_shape
from style2talker.evaluate.lip_shapes import lip_dynamics, lip_shapes, viseme_error, viseme_means, viseme_scatter
from style2talker.evaluate.motion_values import blink_values, head_values, motion_values, shape_values
from style2talker.evaluate.phone_values import SHUT_SHARE, phone_values
from style2talker.evaluate.smoothness import log_jerk, power_share
from style2talker.evaluate.sound_values import Heard, beat_alignment, silent_lips, sound_values
from style2talker.evaluate.timings import read_phones
from style2talker.face.tracking import Track

FPS = 25.0
FRAMES = 200
PHONES = [Phone("m" if k % 2 else "aa", 0.2 * k, 0.2 * (k + 1)) for k in range(40)]
"""Lips shut in every second fifth of a second."""


def said(noise: float = 0.0) -> np.ndarray:
    """(T,) opening that says PHONES: shut in the middle of every m, open in the middle of every aa."""
    times = np.arange(FRAMES) / FPS
    curve = 0.5 + 0.5 * np.cos(2 * np.pi * (times - 0.1) / 0.4)
    return curve + noise * np.random.default_rng(0).normal(size=FRAMES)


def points(opening: np.ndarray, scale: float = 1.0, turn: float = 0.0, shift: float = 0.0) -> np.ndarray:
    """(T, 68, 2) of a face whose lower lip hangs as far as a curve says."""
    face = to_68(reference_points(200)[None].astype(np.float32))[0].astype(np.float64)
    out = np.repeat(face[None], len(opening), axis=0)
    unit = np.linalg.norm(face[36] - face[45])
    out[:, [55, 56, 57, 58, 59, 65, 66, 67], 1] += 0.2 * unit * opening[:, None]
    cos, sin = np.cos(turn), np.sin(turn)
    return scale * out @ np.array([[cos, sin], [-sin, cos]]) + shift


def test_shapes_forget_size_place_and_turn() -> None:
    seen = np.ones(FRAMES, bool)
    plain = lip_shapes(points(said()), seen)
    assert plain.shape == (FRAMES, 20, 2)
    np.testing.assert_allclose(lip_shapes(points(said(), 2.5, 0.3, 40), seen), plain, atol=1e-6)
    seen[3] = False
    assert np.isnan(lip_shapes(points(said()), seen)[3]).all()
    assert np.isnan(lip_shapes(points(said()), np.zeros(FRAMES, bool))).all()


def test_dynamics_grow_with_movement_and_not_with_the_frame_rate() -> None:
    seen = np.ones(FRAMES, bool)
    shapes = [lip_shapes(points(share * said()), seen) for share in (0.0, 0.5, 1.0)]
    still, half, whole = (lip_dynamics(each) for each in shapes)
    assert still == pytest.approx(0, abs=1e-9)
    assert 1.8 * half < whole < 2.5 * half
    assert lip_dynamics(shapes[2][::2]) == pytest.approx(whole, rel=0.02)
    assert np.isnan(lip_dynamics(shapes[2][:1]))


def test_lips_that_say_it_are_told_from_lips_that_move() -> None:
    seen = np.ones(FRAMES, bool)
    right, late = said(0.02), np.roll(said(0.02), 5)
    shapes = {name: lip_shapes(points(c), seen) for name, c in (("right", right), ("late", late))}
    truth = viseme_means(shapes["right"], PHONES, FPS)
    assert set(truth) == {"PP", "aa"}
    good = phone_values(PHONES, right, shapes["right"], truth, FPS)
    bad = phone_values(PHONES, late, shapes["late"], truth, FPS)
    assert good["closure_share"] > 0.9 > 0.2 > bad["closure_share"]
    assert good["viseme_error"] == 0 < bad["viseme_error"]
    anything = lip_shapes(points(wandering(9, FRAMES).astype(np.float64)), seen)
    assert good["viseme_scatter"] > 5 > viseme_scatter(anything, PHONES, FPS)
    assert 0 < SHUT_SHARE < 0.5


def test_lips_that_never_move_have_no_closures() -> None:
    shapes = lip_shapes(points(np.zeros(FRAMES)), np.ones(FRAMES, bool))
    for opening in (np.zeros(FRAMES), np.full(FRAMES, np.nan)):
        values = phone_values(PHONES, opening, shapes, {}, FPS)
        assert all(np.isnan(value) for value in values.values())
    assert viseme_scatter(shapes, PHONES, FPS) == 0
    assert np.isnan(viseme_scatter(shapes, PHONES[:1], FPS))
    assert np.isnan(viseme_error({}, {}))


TEXTGRID = """File type = "ooTextFile"
item []:
    item [1]:
        class = "IntervalTier"
        name = "words"
        intervals [1]:
            xmin = 0.0
            xmax = 0.5
            text = "map"
    item [2]:
        class = "IntervalTier"
        name = "phones"
        intervals [1]:
            xmin = 0.0
            xmax = 0.1
            text = "M"
        intervals [2]:
            xmin = 0.1
            xmax = 0.3
            text = "AE1"
        intervals [3]:
            xmin = 0.3
            xmax = 0.5
            text = "sil"
"""


def test_phones_are_read_from_textgrid_and_csv(tmp_path: Path) -> None:
    grid, table = tmp_path / "a.TextGrid", tmp_path / "a.csv"
    grid.write_text(TEXTGRID)
    table.write_text("symbol,start,end\nsil,0.3,0.5\nM,0.0,0.1\nAE1,0.1,0.3\n")
    wanted = [Phone("m", 0.0, 0.1), Phone("ae", 0.1, 0.3), Phone("", 0.3, 0.5)]
    assert read_phones(grid) == read_phones(table) == wanted
    for text, says in (("symbol,start\na,0\n", "cannot be read"), ("symbol,start,end\n", "holds no timed phones")):
        table.write_text(text)
        with pytest.raises(InputError, match=says):
            read_phones(table)
    with pytest.raises(InputError, match="cannot be read"):
        read_phones(tmp_path / "none.csv")


def test_trembling_lips_in_pauses_are_seen_by_their_stray() -> None:
    speaking = np.arange(FRAMES) % 50 < 20
    rest = np.full(FRAMES, 0.03)
    assert silent_lips(rest, speaking, FPS) == 0
    rough = rest + 0.01 * np.random.default_rng(0).normal(size=FRAMES)
    assert silent_lips(rough, speaking, FPS) == pytest.approx(0.0067, rel=0.3)
    assert silent_lips(2 * rough, speaking, FPS) == pytest.approx(2 * silent_lips(rough, speaking, FPS))
    assert np.isnan(silent_lips(rough, np.ones(FRAMES, bool), FPS))
    assert np.isnan(silent_lips(np.full(FRAMES, np.nan), speaking, FPS))


def test_a_head_that_turns_back_on_the_beat_is_aligned() -> None:
    times = np.arange(FRAMES) / FPS
    level = np.cos(2 * np.pi * times)
    on = np.stack([0.1 * np.cos(2 * np.pi * times), 0 * times, 0 * times], axis=1)
    off = np.stack([0.1 * np.sin(2 * np.pi * times), 0 * times, 0 * times], axis=1)
    assert beat_alignment(on, level, FPS) > 0.95
    assert beat_alignment(off, level, FPS) < 0.3
    assert np.isnan(beat_alignment(np.zeros((FRAMES, 3)), level, FPS))
    assert np.isnan(beat_alignment(on[:5], level[:5], FPS))
    heard = Heard(level.astype(np.float32), level.astype(np.float32), np.ones(FRAMES, bool))
    assert sound_values(heard, said(), FPS, on)["beat_alignment"] > 0.95


def test_only_speech_counts_for_the_correlation() -> None:
    curve = wandering(5, FRAMES).astype(np.float64)
    speaking = np.arange(FRAMES) < 120
    lips = np.where(speaking, curve, np.random.default_rng(0).uniform(size=FRAMES))
    heard = Heard(curve.astype(np.float32), curve.astype(np.float32), speaking)
    values = sound_values(heard, lips, FPS)
    assert values["av_correlation"] == pytest.approx(1)
    assert values["av_rank_correlation"] == pytest.approx(1)
    assert values["av_step_correlation"] == pytest.approx(1)
    quiet = sound_values(Heard(heard.level, heard.asked, np.zeros(FRAMES, bool)), lips, FPS)
    assert np.isnan(quiet["av_correlation"])


def test_smooth_curves_are_smoother_at_any_rate_and_size() -> None:
    def curve(fps: float, tremble: float) -> np.ndarray:
        times = np.arange(round(8 * fps)) / fps
        return np.sin(2 * np.pi * 0.5 * times) + tremble * np.sin(2 * np.pi * 8 * times)

    smooth, rough = (log_jerk(curve(FPS, t), FPS) for t in (0.0, 0.1))
    assert smooth > rough
    assert log_jerk(3 * curve(FPS, 0.1), FPS) == pytest.approx(rough)
    assert log_jerk(curve(50, 0.0), 50) == pytest.approx(smooth, abs=0.3)
    assert np.isnan(log_jerk(np.zeros(100), FPS))
    assert np.isnan(log_jerk(curve(FPS, 0.1)[:10], FPS))
    both = np.stack([curve(FPS, 0.1), 0 * curve(FPS, 0)], axis=1)
    assert power_share(both, FPS, 6.0) == pytest.approx(0.01 / 1.01, rel=0.05)
    assert power_share(both, FPS, 0.2, 2.0) == pytest.approx(1 / 1.01, rel=0.02)
    assert np.isnan(power_share(np.zeros((100, 3)), FPS, 1.0))
    assert np.isnan(power_share(both[:5], FPS, 1.0))


def test_blinks_and_turns_are_counted_in_their_units() -> None:
    lids = np.zeros(250, np.float32)
    for at in (40, 90, 190):
        lids[at - 2 : at + 3] = (0.3, 0.8, 1.0, 0.8, 0.3)
    values = blink_values(moved(dict.fromkeys(LIDS, lids)))
    assert (values["blinks"], values["seconds"]) == (3, 10)
    assert values["blink_rate"] == pytest.approx(18)
    assert 100 < values["blink_duration"] < 400
    assert values["blink_interval_cv"] == pytest.approx(1 / 3)
    none = blink_values(moved({JAW: lids}))
    assert none["blink_rate"] == 0
    assert np.isnan([none["blink_duration"], none["blink_interval_cv"]]).all()
    times = np.arange(250) / FPS
    turn = np.stack([0 * times, np.radians(10) * np.sin(2 * np.pi * 0.5 * times), 0 * times], axis=1).astype(np.float32)
    head = head_values(moved({}, turn))
    assert head["yaw_range"] == pytest.approx(20, rel=0.1)
    assert head["head_deviation"] == pytest.approx(10 / np.sqrt(2), rel=0.02)
    assert head["head_slow_share"] > 0.95
    assert head["pitch_range"] == head["roll_range"] == 0


def test_a_face_of_another_shape_is_far_from_the_portrait() -> None:
    points = np.repeat(reference_points(200)[None], 60, axis=0).astype(np.float32)
    zeros = np.zeros((60, 3), np.float32)
    track = Track(points, np.zeros((60, 52), np.float32), zeros, np.ones(60, bool), FPS)
    own = head_shape(track)
    assert shape_values(track, own)["shape_to_portrait"] == pytest.approx(0, abs=1e-5)
    wide = points * np.array([1.15, 1, 1], np.float32)
    other = Track(wide, track.blendshapes, zeros, track.valid, FPS)
    assert shape_values(other, own)["shape_to_portrait"] > 0.01
    assert np.isnan(shape_values(other)["shape_to_portrait"])
    values = motion_values(other, np.full(60, np.nan), own)
    assert np.isnan(values["lip_spread"])
    assert values["lip_dynamics"] == pytest.approx(0, abs=1e-6)
