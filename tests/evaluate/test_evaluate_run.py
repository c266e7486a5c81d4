"""From films of known values to tables and page: values, anchors, resuming, faces that are missing."""

from __future__ import annotations

import json
import re
from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_clips import GAP, LOST, film, frames_of, read_corner
from made_people import wandering

from style2talker.errors import InputError, UsageError
from style2talker.evaluate import judging, running
from style2talker.evaluate.coefficient_distance import frechet
from style2talker.evaluate.inputs import Pair
from style2talker.evaluate.judged import Judged, load_judged, plain, save_judged
from style2talker.evaluate.judging import judge_pair
from style2talker.evaluate.metrics import METRICS, POOLED, SYSTEMS, WEIGHTS_MISSING, Metric
from style2talker.evaluate.motion_values import motion_values
from style2talker.evaluate.page import write_page
from style2talker.evaluate.plots import COLOURS, curve_plot, dot_plot
from style2talker.evaluate.running import EvaluateOptions, judge_all, key_of
from style2talker.evaluate.sound_values import LEAST_SYNC_S, Heard, sound_values
from style2talker.evaluate.statistics import Band
from style2talker.evaluate.summary import Row, summarise
from style2talker.evaluate.tables import ARROWS, by_metric, conditions, shown, write_tables

FRAMES = 104
CURVES = [wandering(seed, FRAMES) for seed in (1, 2)]
NOT_SHOWN = {
    *("beat_alignment", "head_slow_share", "head_tremble_share", "silent_lips", "blink_duration", "blink_interval_cv"),
    *("closure_share", "closure_elsewhere", "viseme_error", "viseme_scatter", "shape_to_portrait"),
}
"""What needs more than a head that holds still, lids that never shut and a voice that never pauses."""


@pytest.fixture(autouse=True)
def _tracker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "track_cropped", read_corner)


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    for number, curve in enumerate(CURVES):
        film(folder / f"real{number}.mp4", curve, curve)
        soft = [cv2.GaussianBlur(frame, (0, 0), 1.5) for frame in frames_of(curve)]
        film(folder / f"soft{number}.mp4", curve, curve, soft)
    return folder


@pytest.fixture(scope="module")
def pairs(films: Path) -> list[Pair]:
    return [Pair(f"c{n}", films / f"soft{n}.mp4", films / f"real{n}.mp4") for n in (0, 1)]


@pytest.fixture(scope="module")
def judged(pairs: list[Pair], tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Judged], Path]:
    folder = tmp_path_factory.mktemp("judged")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "track_cropped", read_corner)
        clips, taken = judge_all(pairs, folder, every=12)
    assert taken == 0
    return clips, folder


def test_the_reference_is_perfect_and_the_still_picture_is_still(judged: tuple[list[Judged], Path]) -> None:
    values = judged[0][0].values
    assert values["reference"]["psnr"] == pytest.approx(80)
    assert values["reference"]["ssim"] == pytest.approx(1)
    assert values["reference"]["m_lmd_iod"] == pytest.approx(0, abs=1e-6)
    assert values["reference"]["exp_l1"] == 0
    assert values["still"]["movement"] == values["still"]["warping_error"] == values["still"]["jitter"] == 0
    assert values["still"]["lip_spread"] == pytest.approx(0, abs=1e-6)
    assert np.isnan(values["still"]["av_correlation"])


def test_blur_is_seen_and_lips_are_judged_by_what_was_written(judged: tuple[list[Judged], Path]) -> None:
    for clip, curve in zip(judged[0], CURVES, strict=True):
        made, real = clip.values["generated"], clip.values["reference"]
        assert 20 < made["psnr"] < 40
        assert made["ssim"] < 0.97
        assert made["mouth_detail"] < real["mouth_detail"]
        assert made["cpbd"] < real["cpbd"]
        assert made["m_lmd_iod"] < 0.01
        assert real["lip_spread"] == pytest.approx(GAP * curve.std(), rel=0.1)
        assert abs(real["av_offset"]) <= 1
        assert real["av_correlation"] > 0.7 > clip.values["other sound"]["av_correlation"]
        assert (clip.width, clip.height, clip.fps, clip.frames) == (128, 128, 25.0, FRAMES)
        assert clip.coverage == {"generated": 1.0, "reference": 1.0, "still": 1.0}
        assert clip.notes == ("pictures judged in every 12th frame",)


def test_a_second_run_takes_over_what_is_done(
    pairs: list[Pair], judged: tuple[list[Judged], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    clips, folder = judged
    told: list[tuple[str, int, int]] = []
    (folder / "c1.json").write_text("{")
    again, taken = judge_all(pairs, folder, every=12, progress=lambda *words: told.append(words))
    assert taken == 1
    assert told == [("judging", 2, 2)]
    for before, after in zip(clips, again, strict=True):
        assert plain(before.values) == plain(after.values)
        assert plain(before.coverage) == plain(after.coverage)
        assert all(np.array_equal(before.rows[name], after.rows[name]) for name in before.rows)
    monkeypatch.setattr(running, "judge_pair", None)
    assert judge_all(pairs, folder, every=12)[1] == 2
    assert key_of(pairs[0], None, 1) != key_of(pairs[0], None, 2) != key_of(pairs[0], pairs[1].generated, 2)


def test_processes_are_started_and_errors_come_back(tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        (tmp_path / name).write_bytes(b"no film")
    with pytest.raises(InputError, match=r"a\.mp4"):
        judge_all([Pair("a", tmp_path / "a.mp4"), Pair("b", tmp_path / "b.mp4")], tmp_path / "out", processes=2)


def test_a_broken_clip_is_told_and_the_others_are_judged(films: Path, tmp_path: Path) -> None:
    (tmp_path / "broken.mp4").write_bytes(b"no film")
    pairs = [Pair("good", films / "real0.mp4"), Pair("bad", tmp_path / "broken.mp4")]
    clips, _ = judge_all(pairs, tmp_path / "out", every=30)
    assert [bool(clip.error) for clip in clips] == [False, True]
    facts = conditions(clips, ["x has no reference"])
    assert facts["clips"] == 1
    assert list(facts["failed"]) == ["bad"]
    assert load_judged(tmp_path / "out", "bad", clips[1].key) is None
    rows = summarise(clips, np.random.default_rng(0))
    assert not any(row.system in ("reference", "other sound") for row in rows)
    assert all(np.isnan(row.interval.low) for row in rows if row.metric.name != "blink_rate")
    write_page(tmp_path / "p.html", rows, clips, ["x has no reference"], tmp_path / "out")
    assert "bad could not be judged" in (tmp_path / "p.html").read_text(encoding="utf-8")


def test_missing_faces_are_told(films: Path, tmp_path: Path) -> None:
    curve = CURVES[0].copy()
    curve[5:20] = LOST
    film(tmp_path / "some.mp4", curve)
    film(tmp_path / "none.mp4", np.full(FRAMES, LOST, np.float32))
    some, _ = judge_pair(Pair("some", tmp_path / "some.mp4", films / "real0.mp4"), "k", None, 30)
    assert some.coverage["generated"] == pytest.approx(89 / 104, abs=0.02)
    assert any(re.fullmatch(r"generated: no face in 1[4-6] of 104 frames", note) for note in some.notes)
    assert np.isfinite(some.values["generated"]["m_lmd_iod"])
    none, _ = judge_pair(Pair("none", tmp_path / "none.mp4"), "k", None, 30)
    assert none.coverage["generated"] == 0
    assert "generated: no face found in any frame" in none.notes
    assert "no sound: lips and sound are not judged" in none.notes
    assert np.isfinite(none.values["generated"]["warping_error"])
    assert "lip_spread" not in none.values["generated"]


def test_sizes_rates_and_lengths_that_differ_are_told(films: Path, tmp_path: Path) -> None:
    small = [cv2.resize(frame, (96, 96), interpolation=cv2.INTER_AREA) for frame in frames_of(CURVES[0][:40])]
    film(tmp_path / "small.mp4", CURVES[0], None, small)
    found, strip = judge_pair(Pair("small", tmp_path / "small.mp4", films / "real0.mp4"), "k", None, 20)
    assert (found.width, found.frames) == (128, 40)
    assert strip is not None
    assert strip.shape == (540, 540, 3)
    said = "; ".join(found.notes)
    assert "resized from 96x96 to the reference's 128x128" in said
    assert "lengths differ: 1.60 s, reference 4.16 s" in said
    assert "shorter than 4 s: offset and confidence of the sound are not told" in said
    # The sound is that of the reference.
    assert np.isfinite(found.values["generated"]["av_correlation"])
    assert np.isnan(found.values["generated"]["av_offset"])


def test_sound_that_is_shifted_is_found() -> None:
    curve = CURVES[0]
    assert LEAST_SYNC_S * 25 <= FRAMES
    heard = Heard(curve, curve, np.ones(FRAMES, bool))
    for lag in (-4, 0, 5):
        found = sound_values(heard, np.roll(curve, lag).astype(np.float64), 25.0)
        assert found["av_offset"] == lag
        assert found["av_offset_known"] == 1
        assert found["av_fit"] > 0.9 > 0.6 > found["av_fit_chance"]
    long = wandering(3, 500)
    strange = sound_values(Heard(long, long, np.ones(500, bool)), wandering(4, 500).astype(np.float64), 25.0)
    assert np.isnan(strange["av_offset"])
    assert strange["av_offset_known"] == 0
    nothing = sound_values(heard, np.full(FRAMES, np.nan), 25.0)
    assert all(np.isnan(value) for value in nothing.values())


def test_a_growing_head_drifts() -> None:
    track, _, _ = read_corner(frames_of(CURVES[0]))
    opening = np.zeros(FRAMES)
    assert motion_values(track, opening)["shape_drift"] == pytest.approx(0, abs=1e-3)
    track.landmarks[:, :, 0] *= np.linspace(1, 1.2, FRAMES, dtype=np.float32)[:, None]
    values = motion_values(track, opening)
    assert values["shape_drift"] > 0.1
    assert values["shape_residual_worst"] > values["shape_residual"] > 0


def test_rows_have_anchors_intervals_and_numbers(judged: tuple[list[Judged], Path]) -> None:
    rows = summarise(judged[0], np.random.default_rng(0))
    table = by_metric(rows)
    wanted = {m.name for m in (*METRICS, *POOLED) if m.group not in ("art", "feeling", "diversity")}
    assert {m.name for m in table} == wanted - NOT_SHOWN
    assert wanted > NOT_SHOWN
    by_name = {metric.name: found for metric, found in table.items()}
    for name in ("psnr", "m_lmd_iod", "exp_frechet", "movement"):
        assert list(by_name[name]) == ["generated", "reference", "still"]
    assert list(by_name["av_correlation"]) == ["generated", "reference", "other sound"]
    psnr = by_name["psnr"]["generated"]
    assert psnr.clips == 2
    assert psnr.interval.low <= psnr.value <= psnr.interval.high
    assert psnr.value == pytest.approx(np.mean(psnr.values))
    parts = [np.concatenate([c.rows[s][:, :64] for c in judged[0]]) for s in ("generated", "reference")]
    assert by_name["exp_frechet"]["generated"].value == pytest.approx(frechet(*parts))
    assert summarise([], np.random.default_rng(0)) == []


def test_tables_and_page_hold_the_same_numbers(judged: tuple[list[Judged], Path], tmp_path: Path) -> None:
    clips, folder = judged
    rows = summarise(clips, np.random.default_rng(0))
    write_tables(tmp_path, rows, clips, [])
    write_page(tmp_path / "report.html", rows, clips, [], folder)
    whole = json.loads((tmp_path / "results.json").read_text(encoding="utf-8"))
    ours = next(r for r in whole["results"] if (r["metric"], r["system"]) == ("psnr", "generated"))
    assert ours["clips"] == 2
    assert ours["direction"] == "up"
    for name, place in WEIGHTS_MISSING.items():
        found = [r for r in whole["results"] if r["metric"] == name]
        assert found == [{"metric": name, "system": "generated", "status": f"weights missing, get them from {place}"}]
    lines = (tmp_path / "results.csv").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + len(rows) + len(WEIGHTS_MISSING)
    assert lines[1].endswith(",none,ok,208,1.0,128x128,25.0")
    text = (tmp_path / "results.md").read_text(encoding="utf-8")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "2 clips, 208 frames; 128x128 pixels at 25 frames a second" in text
    for metric in by_metric(rows):
        assert f"| {metric.name}" in text
        assert metric.name in page
    for content in (text, page):
        assert shown(ours["value"]) in content
        assert "nan" not in re.sub(r"base64,[^\"]+", "", content).lower()
    assert page.count("data:image/jpeg;base64,") == 2
    assert "<svg" in page
    assert not re.search(r'(?:src|href)="(?!data:)', page)


def test_what_is_kept_comes_back(tmp_path: Path) -> None:
    rows = {"generated": np.ones((3, 70), np.float32)}
    clip = Judged(
        "a", "k", 8, 9, 25.0, 3, {"generated": 1.0}, {"generated": {"x": float("nan"), "y": 2.0}}, ("n",), {}, rows
    )
    save_judged(tmp_path, clip)
    back = load_judged(tmp_path, "a", "k")
    assert back is not None
    assert np.isnan(back.values["generated"]["x"])
    assert (back.values["generated"]["y"], back.notes, back.height) == (2.0, ("n",), 9)
    assert load_judged(tmp_path, "a", "other") is None
    assert load_judged(tmp_path, "b", "k") is None


def test_plots() -> None:
    band = {"generated": Band(1.0, 2.0)}
    assert dot_plot({"generated": float("nan")}, {}, ()) == ""
    plot = dot_plot({"generated": 1.5, "reference": 3.0}, band, (1.2, float("nan")))
    assert plot.count("<circle") == 2
    assert COLOURS["reference"] in plot
    curve = np.array([0, 1, np.nan, 1, 0], np.float32)
    drawn = curve_plot({"opening of generated": curve, "loudness": np.full(5, np.nan, np.float32)}, 0.2)
    assert drawn.count("<path") == 1
    assert re.search(r'd="M[^M"]*M[^M"]*"', drawn)


def test_words_and_options() -> None:
    assert set(COLOURS) == set(SYSTEMS)
    assert {m.direction for m in (*METRICS, *POOLED)} <= set(ARROWS)
    assert len({m.name for m in (*METRICS, *POOLED)}) == len(METRICS) + len(POOLED)
    assert not {m.name for m in METRICS} & set(WEIGHTS_MISSING)
    assert [shown(v) for v in (float("nan"), 0.0, 1.23456, 1e-6)] == ["–", "0", "1.235", "1.00e-06"]
    assert Row(Metric("m", "g", "up", "", ""), "still", 1.0, Band(0, 1), 2).values == ()
    for bad in ({"every": 0}, {"jobs": -1}, {"every": True}):
        with pytest.raises(UsageError):
            EvaluateOptions(**bad)
