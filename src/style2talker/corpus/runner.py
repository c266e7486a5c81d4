"""Stages over all clips of a corpus: each clip once, whole or not at all, whatever happens to the process.

A clip's files are moved into place when they are complete, then a line in the journal says that it is done. A run that
was killed goes on where it was; the result is the same, byte for byte. A clip that cannot be used is skipped with its
reason, one at which a stage failed is tried again by the next run, and both stand in `report.jsonl`.
"""

from __future__ import annotations

import dataclasses
import json
import re
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from style2talker.corpus.manifest import ClipRow, Journal, Mark, Table, read_manifest, write_manifest
from style2talker.corpus.outcome import Place
from style2talker.corpus.people import check_splits
from style2talker.corpus.stages import STAGES, Stage, stage_key, tool_versions
from style2talker.corpus.workers import Result, results
from style2talker.errors import UsageError
from style2talker.media.atomic import atomic_path

__all__ = ["REPORT", "Summary", "locked", "run_stage", "write_report"]

REPORT = "report.jsonl"

_SHARED = "lmdb"  # role of a file that holds many clips
_LEFTOVER = re.compile(r"\..*\.\d+-[0-9a-f]{8}(\.\w+)?")

Progress = Callable[[str, int, int], None]
"""Told the stage, how many clips are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What a run of a stage came to, in clips.

    Attributes:
        stage: its name.
        done: worked on in this run.
        skipped: refused in this run, with a reason.
        failed: in this run; the next one tries again.
        unchanged: that were done, or refused, before.
        frames: of the clips that were done in this run.
        seconds: that it took; left out, like `frames`, when summaries are compared.
    """

    stage: str
    done: int = 0
    skipped: int = 0
    failed: int = 0
    unchanged: int = 0
    frames: int = field(default=0, compare=False)
    seconds: float = field(default=0.0, compare=False)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Keep other runs away from a corpus; what a killed one left half-written is removed.

    Raises:
        UsageError: another run is at work in it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as file:
        if sys.platform != "win32":
            import fcntl

            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise UsageError(f"another run is at work in {folder}: wait until it has ended") from error
        for path in [*folder.glob(".*"), *folder.glob("*/.*")]:
            if _LEFTOVER.fullmatch(path.name):
                path.unlink(missing_ok=True)
        yield


def run_stage(
    place: Place,
    stage: Stage,
    options: object,
    jobs: int = 0,
    progress: Progress | None = None,
    retry: bool = False,
    scheduler: str | None = None,
) -> Summary:
    """Run a stage over the clips of a corpus that have not been through it, or would come out differently.

    Args:
        place: of the corpus; its manifest holds the clips.
        stage: one of `STAGES`.
        options: of the kind that the stage has.
        jobs: how many processes; 0 works in this one, with as many threads as it has.
        progress: told of each clip.
        retry: try skipped clips again too.
        scheduler: address of a Dask scheduler whose workers do it in place of processes here.

    Raises:
        UsageError: another run is at work in the corpus, or a package is missing.
        AssetError: a model file is missing.
        OutputError: something cannot be written.
        InputError: the manifest is damaged, or a person or file is in two splits.
    """
    begun, frames = time.perf_counter(), 0
    with locked(place.folder):
        table = read_manifest(place.folder)
        check_splits(table.rows.values())
        journal = Journal(place.folder)
        _keep(place.folder, table, journal)
        clips = _candidates(stage, table)
        todo = [row for row in clips if not _is_current(stage, row, table, options, place.folder, retry)]
        counts = {"done": 0, "skipped": 0, "failed": 0}
        try:
            for result in results(stage, todo, place, options, jobs, scheduler):
                _take(result, stage, options, place.folder, table, journal)
                counts[result.status] += 1
                frames += _frames(result)
                if progress is not None:
                    progress(stage.name, sum(counts.values()), len(todo))
        finally:
            _keep(place.folder, table, journal)
        if stage.finish is not None:
            stage.finish(place.folder, _done(stage, table), options)
    seconds = round(time.perf_counter() - begun, 3)
    return Summary(stage.name, **counts, unchanged=len(clips) - len(todo), frames=frames, seconds=seconds)


def _frames(result: Result) -> int:
    made = result.outcome
    return 0 if made is None else sum(row.frames or 0 for row in made.pieces or (made.row,))


def _keep(folder: Path, table: Table, journal: Journal) -> None:
    write_manifest(folder, table.rows)
    journal.clear()
    write_report(folder, table)


def _candidates(stage: Stage, table: Table) -> list[ClipRow]:
    """Clips that a stage is for, by name: as they are before it, and not refused by an earlier stage."""
    found = []
    for name in sorted(table.rows):
        row = table.rows[name]
        maker = row.made_by.partition(":")[0]
        made_later = bool(maker) and (maker == stage.name or stage.name in STAGES[maker].after)
        divided_earlier = any(not piece.made_by.startswith(f"{stage.name}:") for piece in table.pieces(name))
        refused = any(row.marks[before].status != "done" for before in ("scan", *stage.after) if before in row.marks)
        if not made_later and not divided_earlier and not refused and set(stage.needs) <= set(row.files):
            found.append(row)
    return found


def _is_current(stage: Stage, row: ClipRow, table: Table, options: object, folder: Path, retry: bool) -> bool:
    """Whether a clip has been through a stage with these options, and its files are still there."""
    mark = row.marks.get(stage.name)
    if mark is None or mark.key != stage_key(stage, row, options) or mark.status == "failed":
        return False
    if mark.status == "skipped":
        return not retry
    made = [row, *table.pieces(row.clip)]
    return all((folder / each.files[role]).is_file() for each in made for role in stage.gives if role in each.files)


def _done(stage: Stage, table: Table) -> list[ClipRow]:
    return [row for row in table.leaves() if row.marks.get(stage.name, Mark("", "")).status == "done"]


def _take(result: Result, stage: Stage, options: object, folder: Path, table: Table, journal: Journal) -> None:
    """Store what a stage made of a clip, note that it is done, and remove the files of clips that are gone by it."""
    before = table.rows[result.clip]
    key = stage_key(stage, before, options)
    row, pieces = before, []
    if result.outcome is not None:
        row = dataclasses.replace(result.outcome.row, versions={**before.versions, **tool_versions(stage)})
        maker = f"{stage.name}:{key}"
        pieces = [dataclasses.replace(p, made_by=maker, versions=row.versions) for p in result.outcome.pieces]
        if result.outcome.payload is not None and stage.store is not None:
            stage.store(folder, result.outcome.payload, options)
    row = row.marked(stage.name, Mark(key, result.status, result.reason))
    journal.add(row, pieces)
    replaced = table.merge(row, pieces)
    kept = {file for each in (row, *pieces) for file in each.files.values()}
    for file in {file for old in replaced for role, file in old.files.items() if role != _SHARED} - kept:
        (folder / file).unlink(missing_ok=True)


def write_report(folder: Path, table: Table) -> None:
    """Write every clip that was skipped, failed, or of which something was left out, with the reason, as JSON lines.

    Raises:
        OutputError: it cannot be written.
    """
    lines: list[Mapping[str, str]] = []
    for name in sorted(table.rows):
        for stage, mark in sorted(table.rows[name].marks.items()):
            if mark.reason:
                status = "note" if mark.status == "done" else mark.status
                lines.append({"clip": name, "stage": stage, "status": status, "reason": mark.reason})
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    path = folder / REPORT
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        with atomic_path(path) as part:
            part.write_text(text, encoding="utf-8")
