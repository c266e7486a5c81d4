"""Files, folders or a table -> the clips to judge, each with its reference where there is one."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from style2talker.corpus.layouts import find_recordings, recording_of
from style2talker.corpus.track import VIDEO_SUFFIXES
from style2talker.errors import InputError

__all__ = ["Pair", "find_pairs"]

_TABLES = (".csv", ".jsonl")
_FILES = {
    "generated": ("generated", "video"),
    "reference": ("reference", "truth"),
    "sound": ("sound", "audio"),
    "portrait": ("portrait", "source"),
    "art": ("art",),
    "phones": ("phones",),
}
"""Field of a pair -> columns that may name its file."""
_ROLES = ("", ".speaker", ".listener")


@dataclass(frozen=True, slots=True)
class Pair:
    """A clip to judge.

    Attributes:
        clip: its name, unique in a run.
        generated: the video.
        reference: the recording that it should be like, or None.
        sound: a file with the speech; None takes the sound of the video, or that of the reference.
        portrait: the picture that the video was made from, or None.
        art: the art picture that it should look like, or None.
        phones: a file of timed phones of the speech, or None.
        emotion: the label, sentence or timeline that it was asked to feel; "" for none.
        strength: how strongly it was asked to, NaN for unknown.
        person: who it shows; their clips share a neutral face, and no judge of theirs has seen them.
        group: clips of one voice that differ in their seeds, or of one sentence that differ in strength.
    """

    clip: str
    generated: Path
    reference: Path | None = None
    sound: Path | None = None
    portrait: Path | None = None
    art: Path | None = None
    phones: Path | None = None
    emotion: str = ""
    strength: float = math.nan
    person: str = ""
    group: str = ""

    @property
    def files(self) -> tuple[Path | None, ...]:
        """Every file that the clip is judged by."""
        return tuple(getattr(self, name) for name in _FILES)


def _table(path: Path) -> list[dict[str, str]]:
    """Rows of a table, empty cells left out; the files of a corpus manifest become columns."""
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
    return [{str(k).strip(): str(v).strip() for k, v in _flat(row).items() if v not in (None, "")} for row in rows]


def _flat(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row whose files are columns of their own; a corpus keeps them in one."""
    files = row.get("files")
    own = {key: value for key, value in row.items() if not isinstance(value, Mapping | list)}
    return {**files, **own} if isinstance(files, Mapping) else own


def _of_uuid(name: str, folder: Path) -> Path | None:
    """The video of a ViCo clip in a folder."""
    found = [folder / f"{name}{role}{suffix}" for role in _ROLES for suffix in sorted(VIDEO_SUFFIXES)]
    return next((path for path in found if path.is_file()), None)


def _listed(path: Path, reference: Path | None) -> list[Pair]:
    """The clips of a table; its paths are relative to it."""
    pairs = []
    for number, row in enumerate(_table(path), start=1):
        named = {key: next((row[n] for n in names if n in row), None) for key, names in _FILES.items()}
        found = {key: path.parent / name if name else None for key, name in named.items()}
        if "uuid" in row and found["generated"] is None:
            found["generated"] = _of_uuid(row["uuid"], path.parent)
            if reference is not None and found["reference"] is None:
                found["reference"] = _of_uuid(row["uuid"], reference)
        generated = found["generated"]
        if generated is None:
            known = ", ".join(row) or "nothing"
            raise InputError(f"{path} row {number} names no video (it has {known}): add a column generated")
        pair = Pair(
            row.get("clip") or row.get("uuid") or generated.stem,
            generated,
            found["reference"],
            found["sound"],
            found["portrait"],
            found["art"],
            found["phones"],
            row.get("emotion", ""),
            _strength(row.get("strength", ""), path, number),
            row.get("person", ""),
            row.get("group", ""),
        )
        pairs.append(pair)
    return pairs


def _strength(text: str, path: Path, number: int) -> float:
    try:
        return float(text) if text else math.nan
    except ValueError as error:
        raise InputError(f"{path} row {number} has strength {text!r}: give a number") from error


def _videos(folder: Path) -> dict[str, Path]:
    """Name that tells a recording apart -> its file, for all videos of a folder and of those in it.

    Names of MEAD are told apart by what they say, however they are written, others by their path without suffix.
    """
    out: dict[str, Path] = {}
    for root, name in find_recordings([folder]):
        known = recording_of(name, "mead")
        out.setdefault(known.clip if known is not None else str(Path(name).with_suffix("")), root / name)
    return out


def _told(pair: Pair) -> Pair:
    """A pair with the person and the feeling that names say, where the table does not."""
    for path in (pair.reference, pair.generated):
        known = None if path is None else recording_of("/".join(path.parts[-6:]), "auto")
        if known is not None and (known.emotion is not None or recording_of(known.source, "hdtf") is not None):
            pair = replace(pair, person=pair.person or known.person, emotion=pair.emotion or known.emotion or "")
    if not pair.person and pair.portrait is not None:
        return replace(pair, person=pair.portrait.stem)
    return pair


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
        out.append(replace(pair, clip=name))
    return out


def _matched(generated: Path, reference: Path | None) -> tuple[list[Pair], list[str]]:
    """(videos of a folder, each with the recording of its name; what is left without a partner)."""
    videos = _videos(generated)
    real = _videos(reference) if reference is not None else {}
    pairs = [Pair(name.replace("/", "_"), path, real.get(name)) for name, path in videos.items()]
    if reference is None:
        return pairs, []
    left = [f"{path.name} has no reference" for name, path in videos.items() if name not in real]
    left += [f"reference {path.name} has no video" for name, path in real.items() if name not in videos]
    return [pair for pair in pairs if pair.reference is not None], left


def find_pairs(
    generated: Path,
    reference: Path | None = None,
    portrait: Path | None = None,
    art: Path | None = None,
    emotion: str = "",
) -> tuple[list[Pair], list[str]]:
    """Find what is to be judged.

    Args:
        generated: a video; a folder of videos, sub-folders included; or a table, .csv or .jsonl, with columns
            generated (or video), reference (or truth), sound (or audio), portrait (or source), art, phones, emotion,
            strength, person, group and clip, all but the first as one likes; or with the column uuid of the ViCo
            challenge, whose videos lie beside the table; or the manifest of a corpus.
        reference: a video for a video, a folder for a folder, whose files have the same names but for the suffix, or
            names of MEAD that say the same.
        portrait: for clips whose table names none.
        art: for clips whose table names none.
        emotion: for clips whose table or file name names none.

    Returns:
        (pairs in order, what was left without a partner).

    Raises:
        InputError: nothing to judge, or a file is missing.
    """
    left: list[str] = []
    for path in (generated, reference, portrait, art):
        if path is not None and not path.exists():
            raise InputError(f"{path} does not exist: name a video, a folder or a table")
    if generated.suffix.lower() in _TABLES:
        pairs = _listed(generated, reference)
    elif generated.is_dir():
        if reference is not None and not reference.is_dir():
            raise InputError(f"{reference} is no folder: a folder of videos needs a folder of references")
        pairs, left = _matched(generated, reference)
    else:
        if reference is not None and reference.is_dir():
            raise InputError(f"{reference} is a folder: a video needs a video as its reference")
        pairs = [Pair(generated.stem, generated, reference)]
    for pair in pairs:
        for path in pair.files:
            if path is not None and not path.is_file():
                raise InputError(f"{path} of clip {pair.clip} is no file: correct its name")
    if not pairs:
        raise InputError(f"{generated} holds no clip to judge{': ' + '; '.join(left[:3]) if left else ''}")
    told = (_told(replace(p, portrait=p.portrait or portrait, art=p.art or art)) for p in pairs)
    return _unique([replace(p, emotion=p.emotion or emotion) for p in told]), left
