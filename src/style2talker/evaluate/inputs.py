"""Files, folders or a table -> the clips to judge, each with its reference where there is one."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from style2talker.corpus.track import VIDEO_SUFFIXES, list_clips
from style2talker.errors import InputError

__all__ = ["Pair", "find_pairs"]

_TABLES = (".csv", ".jsonl")
_NAMES = {"generated": ("generated", "video"), "reference": ("reference", "truth"), "sound": ("sound", "audio")}
_ROLES = ("", ".speaker", ".listener")


@dataclass(frozen=True, slots=True)
class Pair:
    """A clip to judge.

    Attributes:
        clip: its name, unique in a run.
        generated: the video.
        reference: the recording that it should be like, or None.
        sound: a file with the speech; None takes the sound of the video, or that of the reference.
    """

    clip: str
    generated: Path
    reference: Path | None = None
    sound: Path | None = None


def _table(path: Path) -> list[dict[str, str]]:
    """Rows of a table, empty cells left out."""
    try:
        text = path.read_text(encoding="utf-8-sig")
        if path.suffix.lower() == ".csv":
            rows: list[Mapping[str, object]] = [*csv.DictReader(text.splitlines())]
        else:
            rows = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (OSError, ValueError, csv.Error) as error:
        raise InputError(f"{path} cannot be read as a table ({error}): give .csv or .jsonl") from error
    if not all(isinstance(row, Mapping) for row in rows):
        raise InputError(f"{path} holds something else than one object a line")
    return [{str(k).strip(): str(v).strip() for k, v in row.items() if v not in (None, "")} for row in rows]


def _of_uuid(name: str, folder: Path) -> Path | None:
    """The video of a ViCo clip in a folder."""
    found = [folder / f"{name}{role}{suffix}" for role in _ROLES for suffix in sorted(VIDEO_SUFFIXES)]
    return next((path for path in found if path.is_file()), None)


def _listed(path: Path, reference: Path | None) -> list[Pair]:
    """The clips of a table; its paths are relative to it."""
    pairs = []
    for number, row in enumerate(_table(path), start=1):
        files = {key: next((row[n] for n in names if n in row), None) for key, names in _NAMES.items()}
        found = {key: path.parent / name if name else None for key, name in files.items()}
        if "uuid" in row and found["generated"] is None:
            found["generated"] = _of_uuid(row["uuid"], path.parent)
            if reference is not None and found["reference"] is None:
                found["reference"] = _of_uuid(row["uuid"], reference)
        generated = found["generated"]
        if generated is None:
            known = ", ".join(row) or "nothing"
            raise InputError(f"{path} row {number} names no video (it has {known}): add a column generated")
        name = row.get("clip") or row.get("uuid") or generated.stem
        pairs.append(Pair(name, generated, found["reference"], found["sound"]))
    return pairs


def _unique(pairs: Iterable[Pair]) -> list[Pair]:
    """The pairs with names that are safe as file names and differ from each other."""
    out: list[Pair] = []
    taken: set[str] = set()
    for pair in pairs:
        safe = "".join(c if c.isalnum() or c in "-_#." else "_" for c in pair.clip).lstrip(".") or "clip"
        name, count = safe, 2
        while name.lower() in taken:
            name, count = f"{safe}-{count}", count + 1
        taken.add(name.lower())
        out.append(Pair(name, pair.generated, pair.reference, pair.sound))
    return out


def find_pairs(generated: Path, reference: Path | None = None) -> tuple[list[Pair], list[str]]:
    """Find what is to be judged.

    Args:
        generated: a video; a folder of videos; or a table, .csv or .jsonl, with columns generated (or video),
            reference (or truth), sound (or audio) and clip, or with the column uuid of the ViCo challenge, whose
            videos lie beside the table.
        reference: a video for a video, a folder for a folder, whose files have the same names but for the suffix.

    Returns:
        (pairs in order, what was left without a partner).

    Raises:
        InputError: nothing to judge, or a file is missing.
    """
    left: list[str] = []
    for path in (generated, reference):
        if path is not None and not path.exists():
            raise InputError(f"{path} does not exist: name a video, a folder or a table")
    if generated.suffix.lower() in _TABLES:
        pairs = _listed(generated, reference)
    elif generated.is_dir():
        if reference is not None and not reference.is_dir():
            raise InputError(f"{reference} is no folder: a folder of videos needs a folder of references")
        real = {path.stem: path for path in list_clips([reference])} if reference else {}
        videos = list_clips([generated])
        pairs = [Pair(path.stem, path, real.get(path.stem)) for path in videos]
        if reference is not None:
            left = [f"{path.name} has no reference" for path in videos if path.stem not in real]
            own = {path.stem for path in videos}
            left += [f"reference {path.name} has no video" for stem, path in real.items() if stem not in own]
            pairs = [pair for pair in pairs if pair.reference is not None]
    else:
        if reference is not None and reference.is_dir():
            raise InputError(f"{reference} is a folder: a video needs a video as its reference")
        pairs = [Pair(generated.stem, generated, reference)]
    for pair in pairs:
        for path in (pair.generated, pair.reference, pair.sound):
            if path is not None and not path.is_file():
                raise InputError(f"{path} of clip {pair.clip} is no file: correct its name")
    if not pairs:
        raise InputError(f"{generated} holds no clip to judge{': ' + '; '.join(left[:3]) if left else ''}")
    return _unique(pairs), left
