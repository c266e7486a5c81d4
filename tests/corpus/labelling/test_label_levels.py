from __future__ import annotations

from pathlib import Path

import pytest

from style2talker.corpus.labelling.levels import LEVEL_NAMES, Levels, corpus_levels, read_levels, write_levels
from style2talker.errors import InputError


def test_a_third_of_the_activated_clips_falls_on_each_level() -> None:
    clips = [{"4": value / 100} for value in range(1, 101)]
    levels = corpus_levels(clips, threshold=0.1)
    got = [levels.activated(clip).get("4") for clip in clips]
    assert got[:9] == [None] * 9
    assert [got.count(name) for name in LEVEL_NAMES] == pytest.approx([91 / 3] * 3, abs=1)
    assert got[9:] == sorted(got[9:], key=lambda name: LEVEL_NAMES.index(str(name)))


def test_a_rare_unit_takes_the_terciles_of_all() -> None:
    clips = [{"4": 0.1 * n, "9": 0.55 if n == 5 else 0.0} for n in range(1, 10)]
    levels = corpus_levels(clips, threshold=0.1)
    assert set(levels.cuts) == {"all", "4"}
    assert levels.activated({"9": 0.55}) == {"9": "middle"}


def test_the_strongest_unit_comes_first() -> None:
    levels = Levels(0.1, {"all": (0.3, 0.6)})
    assert list(levels.activated({"1": 0.2, "12": 0.9, "26": 0.4, "5": 0.05}).items()) == [
        ("12", "high"),
        ("26", "middle"),
        ("1", "low"),
    ]


def test_nothing_activated_is_no_fault() -> None:
    levels = corpus_levels([{"4": 0.01}, {}], threshold=0.1)
    assert levels.activated({"4": 0.01}) == {}
    assert levels.activated({"4": 0.5}) == {"4": "high"}


def test_levels_there_and_back(tmp_path: Path) -> None:
    levels = corpus_levels([{"4": value / 20} for value in range(20)], threshold=0.1)
    write_levels(tmp_path / "levels.json", levels)
    again = read_levels(tmp_path / "levels.json")
    assert (again.threshold, dict(again.cuts)) == (levels.threshold, dict(levels.cuts))


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", '{"threshold": 2, "cuts": {"all": [1, 2]}}', '{"threshold": 0.1, "cuts": {"4": [1, 2]}}'],
)
def test_other_content_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "levels.json").write_text(content, encoding="utf-8")
    with pytest.raises(InputError):
        read_levels(tmp_path / "levels.json")
