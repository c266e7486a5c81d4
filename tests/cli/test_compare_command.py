"""`compare`: what it says, writes and ends with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from endings import Command, assert_refused

from style2talker.cli.comparing import WORSE


def run(folder: Path, worse: float = 0.0) -> None:
    folder.mkdir()
    levels = np.random.default_rng(0).normal(30, 2, 12)
    record = {"metric": "psnr", "system": "generated", "direction": "up", "unit": "dB", "variant": "v"}
    clips = {f"c{i}": {"generated": {"psnr": float(x) - worse}} for i, x in enumerate(levels)}
    whole = {"conditions": {"sizes": ["64x64"], "fps": [25.0]}, "results": [record], "clips": clips}
    (folder / "results.json").write_text(json.dumps(whole))


@pytest.fixture
def runs(place: Path, no_models: None) -> Path:
    run(place / "old")
    run(place / "new", worse=1.0)
    return place


def test_what_became_worse_is_told_and_written(runs: Path, command: Command) -> None:
    ended = command("compare", "old", "new", "-o", "said", "--json")
    assert (ended.status, ended.err) == (0, "")
    *text, line, last = ended.out.splitlines()
    assert text[0] == "# old → new"
    assert line == "worse: psnr"
    facts = json.loads(last)
    assert (facts["worse"], facts["better"], facts["comparison"]) == (1, 0, "said/comparison.json")
    assert sorted(path.name for path in (runs / "said").iterdir()) == ["comparison.json", "comparison.md"]


def test_the_status_is_for_machines(runs: Path, command: Command) -> None:
    assert command("compare", "old", "new", "--fail-on-worse").status == WORSE == 5
    assert command("compare", "new", "old", "--fail-on-worse").status == 0
    same = command("compare", "old", "old", "--fail-on-worse")
    assert same.status == 0
    assert same.out.splitlines()[-1] == "nothing became worse beyond noise"
    assert command("compare", "old", "new", "--least", "0.5", "--fail-on-worse").status == 0


def test_bad_words_are_refused(runs: Path, command: Command) -> None:
    (runs / "file").write_text("")
    cases = [
        (("old", "gone"), 3, "cannot be read"),
        (("old", "new", "--least", "1"), 2, "--least is 1"),
        (("old", "new", "-o", "file"), 1, "cannot be made"),
        (("old",), 2, "after"),
    ]
    for words, status, says in cases:
        assert_refused(command("compare", *words), status, says)
