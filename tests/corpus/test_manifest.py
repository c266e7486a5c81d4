"""The table of a corpus: same content, same bytes; what a killed run has noted is not lost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from style2talker.corpus.manifest import (
    MANIFEST,
    ClipRow,
    Journal,
    Mark,
    Table,
    read_manifest,
    safe_name,
    write_manifest,
)
from style2talker.errors import InputError


def row(clip: str, **more: object) -> ClipRow:
    return ClipRow(clip, f"{clip}.mp4", "00", "p", **more)  # type: ignore[arg-type]


def test_rows_survive_the_file(tmp_path: Path) -> None:
    full = row(
        "b",
        emotion="sad",
        level=2,
        hint={"start": 1.0, "box": [1, 2, 3, 4]},
        box=(0, 1, 2, 3),
        transform=(1.0, 0.0, 0.5, 0.0, 1.0, 0.25),
        quality={"sharpness": 3.5},
        files={"video": "clips/b.mp4"},
    ).marked("crop", Mark("k", "done", "left out one"))
    rows = {"b": full, "a": row("a")}
    write_manifest(tmp_path, rows)
    assert read_manifest(tmp_path).rows == rows
    assert ClipRow.from_json(json.loads(json.dumps(full.to_json()))) == full
    lines = (tmp_path / MANIFEST).read_text().splitlines()
    assert [json.loads(line)["clip"] for line in lines] == ["a", "b"]
    assert "emotion" not in json.loads(lines[0])


def test_empty_texts_survive_where_that_is_not_what_is_meant_by_silence() -> None:
    bare = ClipRow("a", "", "00", "", split="", parent="", licence="")
    values = bare.to_json()
    assert ClipRow.from_json(json.loads(json.dumps(values))) == bare
    assert (values["person"], values["split"], values["parent"]) == ("", "", "")
    assert not {"licence", "emotion", "quality", "made_by"} & set(values)
    assert row("a").to_json()["split"] == "train"


def test_the_same_content_is_not_written_again(tmp_path: Path) -> None:
    write_manifest(tmp_path, {"a": row("a"), "b": row("b")})
    before = (tmp_path / MANIFEST).stat()
    write_manifest(tmp_path, {"b": row("b"), "a": row("a")})
    assert (tmp_path / MANIFEST).stat().st_ino == before.st_ino


def test_a_journal_is_taken_in_and_a_torn_line_is_not(tmp_path: Path) -> None:
    write_manifest(tmp_path, {"a": row("a"), "b": row("b")})
    journal = Journal(tmp_path)
    journal.add(row("a", frames=7), [row("a#1", parent="a")])
    journal.add(row("b", frames=9), [])
    with journal.path.open("rb+") as file:
        file.truncate(journal.path.stat().st_size - 5)
    found = read_manifest(tmp_path)
    assert found.rows["a"].frames == 7
    assert found.rows["a#1"].parent == "a"
    assert found.rows["b"].frames is None
    assert len(journal.read()) == 1
    journal.clear()
    assert journal.read() == []


@pytest.mark.parametrize(
    "text", ["{", '{"clip": "a"}', '{"clip":"a","source":"s","source_hash":"h","person":"p","x":1}']
)
def test_a_damaged_table_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / MANIFEST).write_text(text + "\n")
    with pytest.raises(InputError, match="line 1 is no row"):
        read_manifest(tmp_path)


def test_a_table_knows_who_was_cut_out_of_whom() -> None:
    table = Table({name: row(name) for name in ("a", "b")})
    assert table.merge(row("a"), [row("a#1", parent="a"), row("a#2", parent="a")]) == [row("a")]
    table.merge(row("a#1", parent="a"), [row("a#1_1", parent="a#1")])
    assert [r.clip for r in table.leaves()] == ["a#1_1", "a#2", "b"]
    assert [r.clip for r in table.pieces("a")] == ["a#1", "a#2"]
    gone = table.merge(row("a"), [row("a#1", parent="a")])
    assert sorted(r.clip for r in gone) == ["a", "a#1", "a#1_1", "a#2"]
    assert [r.clip for r in table.leaves()] == ["a#1", "b"]
    assert [r.clip for r in table.forget("a")] == ["a#1", "a"]
    assert list(table.rows) == ["b"]


def test_names_are_safe_for_files() -> None:
    assert safe_name("M003#angry#level_1#001") == "M003#angry#level_1#001"
    assert safe_name("a b/c:d?.") == "a_b_c_d"
    assert safe_name("???") == "clip"
