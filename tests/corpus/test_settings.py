"""Options are checked before any work, and a file of a corpus says exactly what is done."""

from __future__ import annotations

from pathlib import Path

import pytest

from style2talker.corpus.labelling.options import AnnotateOptions
from style2talker.corpus.plan import chosen_options, load_stages
from style2talker.corpus.settings import (
    CorpusOptions,
    CropOptions,
    NoOptions,
    PackOptions,
    PeopleOptions,
    Plan,
    SplitOptions,
    TrackingOptions,
    filled,
    load_plan,
    load_table,
    stage_table,
    table_text,
)
from style2talker.errors import UsageError

WRONG = [
    (CropOptions, {"size": 255}, "even"),
    (CropOptions, {"size": True}, "expected a whole number"),
    (CropOptions, {"size": 4096}, "allowed is 32 to 2048"),
    (CropOptions, {"margin": float("nan")}, "allowed is 0 to 2"),
    (CropOptions, {"box": "hole"}, "did you mean whole"),
    (CropOptions, {"faces": "none"}, "did you mean one"),
    (CropOptions, {"marign": 0.1}, "did you mean margin"),
    (PackOptions, {"quality": 75}, "allowed is 95 to 100"),
    (SplitOptions, {"seconds": "5"}, "expected a number"),
    (TrackingOptions, {"min_coverage": 1.2}, "min-coverage is 1.2"),
    (NoOptions, {"x": 1}, "no option x"),
    (CorpusOptions, {"layout": "meed"}, "did you mean mead"),
    (CorpusOptions, {"sources": [1]}, "list of texts"),
    (PeopleOptions, {"test_share": -1}, "allowed is 0 to 1"),
]


@pytest.mark.parametrize(("kind", "given", "says"), WRONG)
def test_wrong_options_are_refused(kind: type[object], given: dict[str, object], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        filled(kind, given, "here")


def test_a_plan_is_read(tmp_path: Path) -> None:
    file = tmp_path / "corpus.toml"
    file.write_text(
        '[corpus]\nsources = ["a", "b"]\nstages = ["pack", "annotate", "crop"]\n'
        '[people]\ntest = ["M030"]\n[crop]\nsize = 128\nmargin = 0\n[annotate]\nkeep = 3\n'
    )
    plan = load_stages(file)
    assert isinstance(plan, Plan)
    assert plan.corpus.sources == ("a", "b")
    assert plan.people.test == ("M030",)
    options = chosen_options(plan, file)
    assert list(options) == ["crop", "pack", "annotate"]
    assert options["crop"] == CropOptions(size=128, margin=0)
    assert options["annotate"] == AnnotateOptions(keep=3)
    assert stage_table(file, "crop") == {"size": 128, "margin": 0}
    assert stage_table(file, "track") == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[corpus]\n", "names no sources"),
        ("[corpsu]\n", "did you mean corpus"),
        ('[corpus]\nsources = ["a"]\nstages = ["corp"]\n', "did you mean crop"),
        ('crop = 3\n[corpus]\nsources = ["a"]\n', r"write \[crop\]"),
        ('[corpus]\nsources = ["a"]\n[crop]\nsizes = 3\n', "did you mean size"),
        ("[corpus\n", "is no TOML"),
        ('[corpus]\nout = 3\nsources = ["a"]\n', "out is 3, expected a text"),
    ],
)
def test_a_wrong_plan_is_refused(tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "corpus.toml"
    file.write_text(text)
    with pytest.raises(UsageError, match=says):
        chosen_options(load_stages(file), file)
    with pytest.raises(UsageError, match="cannot be read"):
        load_plan(tmp_path / "none.toml", ())


def test_what_is_shown_can_be_read_back(tmp_path: Path) -> None:
    file = tmp_path / "crop.toml"
    options = CropOptions(size=64, faces="largest")
    file.write_text(table_text("crop", options))
    assert filled(CropOptions, stage_table(file, "crop")) == options
    file.write_text("size = 64\n")
    assert stage_table(file, "crop") == load_table(file) == {"size": 64}
