"""Folders of recordings -> the first rows of a corpus: who is in which file and in which split."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from style2talker.corpus.hdtf import read_annotations
from style2talker.corpus.layouts import Recording, find_recordings, recording_of, sound_beside
from style2talker.corpus.manifest import ClipRow, Journal, Mark, Table, read_manifest, write_manifest
from style2talker.corpus.outcome import Place
from style2talker.corpus.people import check_people, check_splits, split_of
from style2talker.corpus.runner import locked, write_report
from style2talker.corpus.settings import CorpusOptions, PeopleOptions

__all__ = ["hash_file", "open_sources"]

_CACHE = ".sources.jsonl"


def hash_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Hashes:
    """Hashes of files that have not changed since they were read, so that a second run reads none of them."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _CACHE
        self._known: dict[str, tuple[int, int, str]] = {}
        if self._path.is_file():
            whole, _, torn = self._path.read_bytes().rpartition(b"\n")
            for line in whole.splitlines():
                name, size, when, digest = json.loads(line)
                self._known[name] = (size, when, digest)
            if torn:
                self._path.write_bytes(whole + b"\n" if whole else b"")

    def of(self, path: Path) -> str:
        """The hash of a file."""
        name, facts = str(path.absolute()), path.stat()
        known = self._known.get(name)
        if known is not None and known[:2] == (facts.st_size, facts.st_mtime_ns):
            return known[2]
        digest = hash_file(path)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([name, facts.st_size, facts.st_mtime_ns, digest]) + "\n")
        return digest


def open_sources(
    options: CorpusOptions,
    people: PeopleOptions,
    base: Path = Path(),
    progress: Callable[[str, int, int], None] | None = None,
) -> Place:
    """Take recordings into a corpus, which is made where there is none.

    What was in it stays; files that do not fit the layout, bear the name of another one or are the same to the byte
    are noted as skipped.

    Args:
        options: sources, folder, layout and licence tag.
        people: who is in which split.
        base: folder that relative paths start from.
        progress: told of each file that is read.

    Raises:
        InputError: a source does not exist, there is no video, or a person or file would be in two splits.
        UsageError: a person is named who is not there, or another run is at work in the corpus.
    """
    folder = base / options.out
    files = find_recordings([base / source for source in options.sources])
    place = Place(folder, tuple(sorted({root for root, _ in files})))
    with locked(folder):
        table = read_manifest(folder)
        hashes = _Hashes(folder)
        annotations = {root: read_annotations(root) for root in place.roots}
        first_with = {row.source_hash: row.source for row in table.rows.values() if "scan" not in row.marks}
        for number, (root, name) in enumerate(files, start=1):
            video = root / name
            sound = sound_beside(video)
            digest = hashes.of(video) + (hashes.of(sound) if sound is not None else "")
            new = _rows(name, options, annotations[root], digest, sound, root)
            first = first_with.setdefault(digest, name)
            for row in new:
                _enter(table, row, first)
            if progress is not None:
                progress("read", number, len(files))
        used = [row for row in table.rows.values() if "scan" not in row.marks]
        check_people((row.person for row in used), people)
        for row in used:
            origin = _origin(table, row)
            table.rows[row.clip] = dataclasses.replace(row, split=split_of(origin.person, people))
        check_splits(table.rows[row.clip] for row in used)
        write_manifest(folder, table.rows)
        Journal(folder).clear()
        write_report(folder, table)
    return place


def _origin(table: Table, row: ClipRow) -> ClipRow:
    while row.parent is not None:
        row = table.rows[row.parent]
    return row


def _rows(
    name: str,
    options: CorpusOptions,
    annotations: Mapping[str, Sequence[tuple[str, Mapping[str, Any]]]],
    digest: str,
    sound: Path | None,
    root: Path,
) -> list[ClipRow]:
    """Rows of a file: one, or one for each part of it that an annotation names."""
    found = recording_of(name, options.layout)
    clips = annotations.get(Path(name).stem, ())
    if found is None and not clips:
        row = ClipRow(Path(name).stem, name, digest, "unknown", licence=options.licence)
        return [row.marked("scan", Mark("", "skipped", f"{name} is not named as {options.layout} names its files"))]
    beside = sound.relative_to(root).as_posix() if sound is not None and sound.is_relative_to(root) else None
    rows = []
    for clip, hint in clips or [(found.clip if found is not None else "", {})]:
        known = recording_of(f"{clip}.mp4", "hdtf") if clips else found
        assert known is not None
        rows.append(_row(known, name, clip, digest, hint, beside, options.licence))
    return rows


def _row(
    known: Recording, name: str, clip: str, digest: str, hint: Mapping[str, Any], sound: str | None, licence: str
) -> ClipRow:
    return ClipRow(
        *(clip, name, digest, known.person, known.emotion, known.level, known.view),
        licence=licence,
        hint=hint,
        sound_source=sound,
    )


def _enter(table: Table, row: ClipRow, first: str) -> None:
    """Take a row into the table; one that is there keeps what is known of it."""
    if row.source != first and "scan" not in row.marks:
        row = _apart(table, row).marked("scan", Mark("", "skipped", f"{row.source} is the same file as {first}"))
    old = table.rows.get(row.clip)
    if old is not None and old.source != row.source:
        reason = f"{row.source} would have the same name as {old.source}"
        row = _apart(table, row).marked("scan", Mark("", "skipped", reason))
        old = table.rows.get(row.clip)
    if old is not None and "scan" not in row.marks and "scan" not in old.marks:
        fields = ("source_hash", "person", "emotion", "level", "view", "licence", "hint", "sound_source")
        row = dataclasses.replace(old, **{name: getattr(row, name) for name in fields})
        table.rows[row.clip] = row
    else:
        table.merge(row, ())


def _apart(table: Table, row: ClipRow) -> ClipRow:
    """The row under the name of its file, for one that is not used."""
    return dataclasses.replace(row, clip=f"(not used) {row.source}")
