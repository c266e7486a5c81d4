"""Runs of which it is known what changed: nothing, noise, or one metric of many."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from style2talker.errors import InputError
from style2talker.evaluate.comparing import FEWEST, Comparison, Run, compare, read_run
from style2talker.evaluate.comparison_tables import VERDICTS, comparison_markdown, write_comparison

DIRECTIONS = {"psnr": "up", "lmd": "down", "offset": "zero", "jitter": "reference", "cpbd": "reference"}


def made(
    seed: int, clips: int = 16, *, moved: dict[str, float] | None = None, noise: float = 0.0, base: int = 0
) -> Run:
    """A run of clips that are hard and easy alike in every run, with noise of its own and some metrics moved."""
    hard, own = np.random.default_rng(base), np.random.default_rng(seed)
    found = {}
    for number in range(clips):
        level = hard.normal(0, 1)
        values = {"psnr": 30 + 3 * level, "lmd": 3 + 0.5 * level, "offset": 4 + level, "jitter": 4 + 0.3 * level}
        values = {n: v + noise * own.normal() + (moved or {}).get(n, 0.0) for n, v in values.items()}
        found[f"c{number}"] = {
            "generated": values | {"cpbd": 0.4},
            "reference": {"jitter": 2 + 0.1 * level, "cpbd": 0.5},
        }
    metrics = {n: {"direction": d, "unit": "u", "variant": n, "value": 0.0} for n, d in DIRECTIONS.items()}
    return Run(f"run{seed}", {"sizes": ["64x64"], "fps": [25.0]}, metrics, found)


def verdicts(before: Run, after: Run, **options: float) -> dict[str, str]:
    found: Comparison = compare(before, after, np.random.default_rng(0), **options)
    return {change.metric: change.verdict for change in found.changes}


def test_identical_runs_differ_in_nothing() -> None:
    assert set(verdicts(made(1), made(1)).values()) == {"same"}


@pytest.mark.parametrize(
    ("metric", "by", "verdict"),
    [
        ("psnr", 1.0, "better"),
        ("psnr", -1.0, "worse"),
        ("lmd", 0.3, "worse"),
        ("lmd", -0.3, "better"),
        ("offset", -1.0, "better"),
        ("jitter", 1.0, "worse"),
        ("jitter", -1.0, "better"),
    ],
)
def test_a_shift_is_found_in_its_direction_and_nowhere_else(metric: str, by: float, verdict: str) -> None:
    found = verdicts(made(1, noise=0.1), made(2, noise=0.1, moved={metric: by}))
    assert found.pop(metric) == verdict
    assert set(found.values()) == {"same"}


def test_noise_is_seldom_taken_for_a_change() -> None:
    wrong = 0
    for seed in range(40):
        found = verdicts(made(100 + seed, noise=0.5, base=seed), made(200 + seed, noise=0.5, base=seed), least=0.0)
        wrong += any(verdict != "same" for verdict in found.values())
    assert wrong <= 6


def test_a_shift_much_smaller_than_the_spread_of_clips_is_found_by_pairing() -> None:
    before, after = made(1, noise=0.05), made(2, noise=0.05, moved={"psnr": 0.4})
    found = next(c for c in compare(before, after, np.random.default_rng(0)).changes if c.metric == "psnr")
    assert found.verdict == "better"
    assert found.interval.low < 0.4 < found.interval.high
    assert found.gain == pytest.approx(0.4, abs=0.05)
    assert found.chance < 0.01


def test_negligible_changes_are_none() -> None:
    before, after = made(1), made(1, moved={"psnr": 0.1})
    assert verdicts(before, after)["psnr"] == "same"
    assert verdicts(before, after, least=0.001)["psnr"] == "better"


def test_few_clips_say_nothing() -> None:
    found = verdicts(made(1, FEWEST - 1), made(1, FEWEST - 1, moved={"psnr": 9.0}))
    assert found["psnr"] == "few clips"
    single = compare(made(1, 1), made(1, 1), np.random.default_rng(0)).changes[0]
    assert np.isnan(single.interval.low) and np.isnan(single.chance)


def test_a_reference_that_changed_its_value_is_measured_differently() -> None:
    after = made(2, moved={"jitter": 1.0})
    for systems in after.clips.values():
        systems["reference"]["jitter"] *= 1.5
    assert verdicts(made(1), after)["jitter"] == "measured differently"


def test_without_a_reference_a_change_is_only_a_change() -> None:
    runs = [made(1, noise=0.05), made(2, noise=0.05, moved={"jitter": 1.0})]
    for run in runs:
        for systems in run.clips.values():
            del systems["reference"]
    found = {c.metric: c for c in compare(*runs, np.random.default_rng(0)).changes}
    assert found["jitter"].verdict == "changed"
    assert np.isnan(found["jitter"].gain)
    assert found["jitter"].interval.low < 1 < found["jitter"].interval.high
    assert found["cpbd"].verdict == "same"


def test_what_does_not_compare_is_told() -> None:
    before, after = made(1), made(2, 12)
    after.conditions["fps"] = [30.0]
    after.metrics["lmd"]["variant"] = "another"
    after.clips["new"] = after.clips.pop("c0")
    after.clips["c1"]["generated"]["psnr"] = float("nan")
    found = compare(before, after, np.random.default_rng(0))
    assert next(c for c in found.changes if c.metric == "psnr").clips == 10
    assert "lmd" not in {change.metric for change in found.changes}
    said = " / ".join(found.notes)
    assert "clips of run1 that run2 lacks, left out: c0, c12, c13, c14, c15" in said
    assert "clips of run2 that run1 lacks, left out: new" in said
    assert "fps differ: [25.0], then [30.0]" in said
    assert "the variant differs, so these do not compare: lmd" in said
    after.clips.clear()
    with pytest.raises(InputError, match="share no clip"):
        compare(before, after, np.random.default_rng(0))


def test_tables_hold_every_metric_once(tmp_path: Path) -> None:
    found = compare(made(1, noise=0.1), made(2, noise=0.1, moved={"psnr": -2.0, "lmd": -1.0}), np.random.default_rng(0))
    write_comparison(tmp_path, found)
    text = (tmp_path / "comparison.md").read_text(encoding="utf-8")
    assert text == comparison_markdown(found)
    assert text.startswith("# run1 → run2\n\n1 worse, 1 better, 3 same.\n")
    assert text.index("## Worse") < text.index("| psnr") < text.index("## Better") < text.index("| lmd")
    for metric in DIRECTIONS:
        assert text.count(f"| {metric} (u) |") == 1
    whole = json.loads((tmp_path / "comparison.json").read_text(encoding="utf-8"))
    assert whole["counts"] == {v: {"worse": 1, "better": 1, "same": 3}.get(v, 0) for v in VERDICTS}
    assert whole["changes"][0]["metric"] == "psnr"
    assert len(whole["changes"][0]["interval"]) == 2


def test_runs_are_read_back(tmp_path: Path) -> None:
    record = {"metric": "psnr", "system": "generated", "direction": "up", "unit": "dB", "variant": "v"}
    missing = {"metric": "fid", "system": "generated", "status": "weights missing"}
    whole = {"conditions": {"clips": 1}, "results": [record, missing], "clips": {"a": {"generated": {"psnr": None}}}}
    (tmp_path / "results.json").write_text(json.dumps(whole))
    run = read_run(tmp_path)
    assert (run.name, list(run.metrics)) == (tmp_path.name, ["psnr"])
    assert np.isnan(run.value("a", "generated", "psnr")) and np.isnan(run.value("b", "x", "y"))
    assert read_run(tmp_path / "results.json") == run or run.clips.keys() == {"a"}
    with pytest.raises(InputError, match="cannot be read"):
        read_run(tmp_path / "gone")
    (tmp_path / "results.json").write_text("[]")
    with pytest.raises(InputError, match="was not written by evaluate"):
        read_run(tmp_path)
