"""Files, folders and tables become clips; what has no partner is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from style2talker.errors import InputError
from style2talker.evaluate.inputs import Pair, find_pairs


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    for name in ("made/a.mp4", "made/b.mp4", "real/a.mov", "real/c.mp4", "made/u1.speaker.mp4", "real/u1.listener.mp4"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_a_file_and_a_pair(folders: Path) -> None:
    one = folders / "made/a.mp4"
    assert find_pairs(one) == ([Pair("a", one)], [])
    assert find_pairs(one, folders / "real/c.mp4") == ([Pair("a", one, folders / "real/c.mp4")], [])


def test_folders_are_matched_by_name(folders: Path) -> None:
    pairs, left = find_pairs(folders / "made", folders / "real")
    assert [(p.clip, p.reference.name if p.reference else None) for p in pairs] == [("a", "a.mov")]
    assert left[0] == "b.mp4 has no reference"
    assert "reference c.mp4 has no video" in left
    assert [p.clip for p in find_pairs(folders / "made")[0]] == ["a", "b", "u1.speaker"]


def test_tables(folders: Path) -> None:
    table = folders / "list.csv"
    table.write_text("clip,video,truth,audio\nx y,made/a.mp4,real/a.mov,\nx y,made/b.mp4,,made/a.mp4\n")
    pairs, left = find_pairs(table)
    assert left == []
    assert [p.clip for p in pairs] == ["x_y", "x_y-2"]
    assert pairs[0].reference == folders / "real/a.mov"
    assert pairs[1].sound == folders / "made/a.mp4"
    lines = folders / "list.jsonl"
    lines.write_text(json.dumps({"generated": "made/a.mp4", "reference": "real/a.mov"}) + "\n")
    assert find_pairs(lines)[0] == [Pair("a", folders / "made/a.mp4", folders / "real/a.mov")]


def test_the_table_of_vico(folders: Path) -> None:
    table = folders / "made" / "data.csv"
    table.write_text("uuid,split\nu1,test\n")
    assert find_pairs(table, folders / "real")[0] == [
        Pair("u1", folders / "made/u1.speaker.mp4", folders / "real/u1.listener.mp4")
    ]


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("t.csv", "who\nme\n", "row 1 names no video"),
        ("t.csv", "", "holds no clip"),
        ("t.csv", "video\ngone.mp4\n", "gone.mp4 of clip gone is no file"),
        ("t.jsonl", "{", "cannot be read as a table"),
        ("t.jsonl", "[1]", "something else than one object"),
    ],
)
def test_tables_that_cannot_be_used(folders: Path, name: str, text: str, says: str) -> None:
    (folders / name).write_text(text)
    with pytest.raises(InputError, match=says):
        find_pairs(folders / name)


def test_what_does_not_fit_is_refused(folders: Path) -> None:
    (folders / "empty").mkdir()
    (folders / "other").mkdir()
    (folders / "other" / "z.mp4").touch()
    for given, reference, says in [
        ("gone.mp4", None, "does not exist"),
        ("made", "real/a.mov", "is no folder"),
        ("made/a.mp4", "real", "is a folder"),
        ("empty", None, "no video in"),
        ("made", "empty", "no video in"),
        ("made", "other", "a.mp4 has no reference"),
    ]:
        with pytest.raises(InputError, match=says):
            find_pairs(folders / given, None if reference is None else folders / reference)


def test_names_of_mead_are_matched_by_what_they_say(tmp_path: Path) -> None:
    names = (
        "made/M003#happy#level_1#001.mp4",
        "real/M003/video/front/happy/level_1/001.mp4",
        "made/in/x.mp4",
        "real/in/x.mp4",
    )
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    pairs, left = find_pairs(tmp_path / "made", tmp_path / "real")
    assert left == []
    assert [(p.clip, p.person, p.emotion) for p in pairs] == [
        ("M003#happy#level_1#001", "M003", "happy"),
        ("in_x", "", ""),
    ]
    assert pairs[0].reference == tmp_path / names[1]
    assert find_pairs(tmp_path / names[1])[0][0].person == "M003"


def test_a_name_of_hdtf_tells_the_person(tmp_path: Path) -> None:
    (tmp_path / "RD_Radio12_000.mp4").touch()
    ((pair,), _) = find_pairs(tmp_path)
    assert (pair.person, pair.emotion) == ("RD_Radio12", "")


def test_everything_asked_is_read_and_the_table_goes_before_the_options(folders: Path) -> None:
    for name in ("me.png", "ink.png", "oil.png", "p.csv"):
        (folders / name).touch()
    table = folders / "list.csv"
    table.write_text(
        "video,portrait,art,phones,emotion,strength,person,group\n"
        "made/a.mp4,me.png,ink.png,p.csv,in a rage,0.5,ann,g\nmade/b.mp4,,,,,,,\n"
    )
    first, second = find_pairs(table, None, None, folders / "oil.png", "sad")[0]
    assert (first.emotion, first.strength, first.person, first.group) == ("in a rage", 0.5, "ann", "g")
    assert first.files == (folders / "made/a.mp4", None, None, *(folders / n for n in ("me.png", "ink.png", "p.csv")))
    assert (second.emotion, second.art, second.person) == ("sad", folders / "oil.png", "")
    assert find_pairs(folders / "made/a.mp4", None, folders / "me.png")[0][0].person == "me"
    table.write_text("video,strength\nmade/a.mp4,much\n")
    with pytest.raises(InputError, match="row 1 has strength 'much'"):
        find_pairs(table)


def test_the_manifest_of_a_corpus_is_a_table(folders: Path) -> None:
    row = {"clip": "c", "files": {"video": "made/a.mp4", "track": "t.npz"}, "person": "p", "emotion": None, "marks": {}}
    (folders / "manifest.jsonl").write_text(json.dumps(row) + "\n")
    ((pair,), _) = find_pairs(folders / "manifest.jsonl")
    assert (pair.clip, pair.generated, pair.person, pair.emotion) == ("c", folders / "made/a.mp4", "p", "")
