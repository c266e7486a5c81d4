"""The table of a corpus: one row per clip, which every stage reads and extends.

On disk it is `manifest.jsonl`, sorted by clip, the same bytes for the same content; while a stage runs, what is done
lies in `journal.jsonl`, one line per clip, and is taken into the table when the stage ends or the next run begins.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from style2talker.errors import InputError
from style2talker.media.atomic import atomic_path

__all__ = ["MANIFEST", "ClipRow", "Journal", "Mark", "Table", "read_manifest", "safe_name", "write_manifest"]

MANIFEST = "manifest.jsonl"
JOURNAL = "journal.jsonl"

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Mark:
    """What a stage did with a clip.

    Attributes:
        key: of the stage, its options and all that came before; another key, and the stage is done again.
        status: "done", "skipped" (the clip cannot be used) or "failed" (tried again by the next run).
        reason: why it was skipped or failed, or what was left out of a clip that is done.
    """

    key: str
    status: str = "done"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ClipRow:
    """A clip and what is known of it; None where a stage has not come by yet or cannot tell.

    Attributes:
        clip: its name, unique in the corpus: `person#emotion#level_n#clip`, `name#k`, or any other.
        source: file that it comes from, relative to the folder that was read, with forward slashes.
        source_hash: SHA-256 of that file, and of its sound where that is a file of its own.
        person: who is seen; splits never divide a person.
        emotion: one of the eight labels, or None.
        level: 1 to 3, or None.
        view: of the camera, such as front or left_30.
        split: train, validation or test.
        licence: tag that the user gave to the source.
        parent: clip that this one was cut out of.
        made_by: the stage that cut it out, and the key of what it did, as `stage:key`.
        hint: what an annotation says: start and end in seconds, box (left, top, right, bottom), height of its picture.
        sound_source: file of the sound, where that is a file of its own.
        start: seconds from the first picture of the source to the first of the clip.
        fps: frames per second.
        frames: number of frames.
        sample_rate: of the sound inside the clip, None without sound.
        box: square of the source (left, top, right, bottom) in pixels that the clip shows.
        transform: the six numbers of the 2 x 3 matrix from source to clip pixels.
        coverage: share of the frames in which the face was found.
        av_offset: seconds by which the sound of the source file begins after its pictures; put right in the clip.
        coefficients: how the 3DMM coefficients were made.
        quality: further measurements by name.
        files: role -> file, relative to the corpus.
        versions: of the tools that made it.
        marks: stage -> what it did.
    """

    clip: str
    source: str
    source_hash: str
    person: str
    emotion: str | None = None
    level: int | None = None
    view: str | None = None
    split: str = "train"
    licence: str = ""
    parent: str | None = None
    made_by: str = ""
    hint: Mapping[str, Any] = field(default_factory=dict)
    sound_source: str | None = None
    start: float = 0.0
    fps: float | None = None
    frames: int | None = None
    sample_rate: int | None = None
    box: Box | None = None
    transform: tuple[float, ...] | None = None
    coverage: float | None = None
    av_offset: float | None = None
    coefficients: str | None = None
    quality: Mapping[str, float] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    marks: Mapping[str, Mark] = field(default_factory=dict)

    def marked(self, stage: str, mark: Mark) -> ClipRow:
        """The row with what a stage did."""
        return dataclasses.replace(self, marks={**self.marks, stage: mark})

    def to_json(self) -> dict[str, Any]:
        """As plain values; what is unknown or empty is left out where reading gives the same again."""
        blank: dict[str, object] = {
            each.name: {} if each.default_factory is not dataclasses.MISSING else each.default
            for each in dataclasses.fields(self)
        }
        values = dataclasses.asdict(self)
        return {name: value for name, value in values.items() if value not in (None, "", {}) or value != blank[name]}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ClipRow:
        """The row of plain values. Raises TypeError for a field that there is not, or one that is missing."""
        given = dict(values)
        for name in ("box", "transform"):
            given[name] = tuple(given[name]) if given.get(name) else None
        given["marks"] = {stage: Mark(**mark) for stage, mark in given.get("marks", {}).items()}
        return cls(**given)


def safe_name(name: str) -> str:
    """A name that every file system takes, `#` included; other characters become underscores."""
    return re.sub(r"[^\w#.-]+", "_", name).strip("._") or "clip"


def _line(values: Mapping[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n"


def write_manifest(folder: Path, rows: Mapping[str, ClipRow]) -> None:
    """Write the table; a file that says the same already is left alone.

    Raises:
        OutputError: it cannot be written there.
    """
    path = folder / MANIFEST
    text = "".join(_line(rows[name].to_json()) for name in sorted(rows))
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return
    with atomic_path(path) as part:
        part.write_text(text, encoding="utf-8")


def read_manifest(folder: Path) -> Table:
    """The rows of a corpus, with what an interrupted stage has left in the journal; empty where there is no table yet.

    Raises:
        InputError: the table is damaged, or of another version.
    """
    path = folder / MANIFEST
    rows: dict[str, ClipRow] = {}
    if path.is_file():
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                row = ClipRow.from_json(json.loads(line))
            except (ValueError, TypeError) as error:
                raise InputError(f"{path} line {number} is no row of a corpus ({error}): restore the file") from error
            rows[row.clip] = row
    table = Table(rows)
    for row, pieces in Journal(folder).read():
        table.merge(row, pieces)
    return table


class Table:
    """Rows by clip, with who was cut out of whom."""

    def __init__(self, rows: Mapping[str, ClipRow]) -> None:
        """A table of these rows."""
        self.rows = dict(rows)
        self._pieces: dict[str, set[str]] = {}
        for row in rows.values():
            self._link(row)

    def _link(self, row: ClipRow) -> None:
        if row.parent is not None:
            self._pieces.setdefault(row.parent, set()).add(row.clip)

    def pieces(self, clip: str) -> list[ClipRow]:
        """Rows cut out of a clip, sorted by name."""
        return [self.rows[name] for name in sorted(self._pieces.get(clip, ()))]

    def leaves(self) -> list[ClipRow]:
        """Clips that were not cut into further ones, sorted by name."""
        return [self.rows[name] for name in sorted(self.rows) if not self._pieces.get(name)]

    def merge(self, row: ClipRow, pieces: Iterable[ClipRow]) -> list[ClipRow]:
        """Take a stage's result in; returns the rows that it takes the place of."""
        gone = self.forget(row.clip)
        if row.parent is not None:
            self._link(row)
        self.rows[row.clip] = row
        for piece in pieces:
            self.rows[piece.clip] = piece
            self._link(piece)
        return gone

    def forget(self, clip: str) -> list[ClipRow]:
        """Take a clip out, with all that was cut out of it; returns the rows of these."""
        gone = [old for piece in self.pieces(clip) for old in self.forget(piece.clip)]
        self._pieces.pop(clip, None)
        row = self.rows.pop(clip, None)
        if row is not None and row.parent is not None:
            self._pieces.get(row.parent, set()).discard(clip)
        return [*gone, row] if row is not None else gone


class Journal:
    """What a running stage has done so far, a line per clip; a line that was cut off is as if it were not there."""

    def __init__(self, folder: Path) -> None:
        """The journal of a corpus; nothing is opened yet."""
        self.path = folder / JOURNAL

    def add(self, row: ClipRow, pieces: Iterable[ClipRow]) -> None:
        """Note that a clip is done."""
        line = _line({"row": row.to_json(), "pieces": [piece.to_json() for piece in pieces]})
        with self.path.open("a", encoding="utf-8") as file:
            file.write(line)

    def read(self) -> list[tuple[ClipRow, list[ClipRow]]]:
        """(row, rows cut out of it) of every whole line."""
        if not self.path.is_file():
            return []
        whole = self.path.read_bytes().rpartition(b"\n")[0]
        found = []
        for line in whole.splitlines():
            values = json.loads(line)
            found.append((ClipRow.from_json(values["row"]), [ClipRow.from_json(c) for c in values["pieces"]]))
        return found

    def clear(self) -> None:
        """Forget what is in the table by now."""
        self.path.unlink(missing_ok=True)
