"""Files of tracked clips -> who is seen in each, what they were to feel, and the key under which labels are stored.

In: the folder of a corpus with its table, or tracked files, whose names are read as `corpus.layouts` reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from style2talker.corpus.layouts import recording_of
from style2talker.corpus.manifest import MANIFEST, read_manifest
from style2talker.errors import InputError

__all__ = ["TrackedClip", "find_tracks"]

_ROLE = "track"
_KINDS = {"M": "man", "W": "woman"}


@dataclass(frozen=True, slots=True)
class TrackedClip:
    """A clip that is to be labelled.

    Attributes:
        key: of its label: `actor_emotion_level_n_clip` as published, for clips of MEAD.
        name: the clip in the table of the corpus, or the path of its track without suffix.
        track: the tracked file.
        actor: who is seen.
        kind: "man" and "woman" for the actors of MEAD, whose names tell, else "person".
        emotion: one of `LABELS`, None when unknown.
        level: 1, 2 or 3; None when unknown.
        video: its pictures, None where only the track is known.
    """

    key: str
    name: str
    track: Path
    actor: str
    kind: str
    emotion: str | None
    level: int | None
    video: Path | None = None


def _clip(
    clip: str,
    name: str,
    track: Path,
    actor: str,
    emotion: str | None,
    level: int | None,
    video: Path | None = None,
) -> TrackedClip:
    is_mead = len(actor) == 4 and actor[1:].isdigit()
    kind = _KINDS.get(actor[:1], "person") if is_mead else "person"
    return TrackedClip(clip.replace("#", "_"), name, track, actor, kind, emotion, level, video)


def _of_corpus(folder: Path, left_out: dict[str, str]) -> Iterable[TrackedClip]:
    for row in read_manifest(folder).leaves():
        if _ROLE not in row.files:
            told = row.marks[_ROLE].reason if _ROLE in row.marks else ""
            left_out[row.clip] = told or "it is not tracked: run corpus track"
        else:
            video = folder / row.files["video"] if "video" in row.files else None
            yield _clip(row.clip, row.clip, folder / row.files[_ROLE], row.person, row.emotion, row.level, video)


def _of_files(path: Path) -> Iterable[TrackedClip]:
    for track in sorted(path.rglob("*.npz")) if path.is_dir() else [path]:
        inner = track.relative_to(path.parent if path.is_file() else path)
        found = recording_of(inner.as_posix(), "auto")
        if found is not None:
            name = inner.with_suffix("").as_posix()
            yield _clip(found.clip, name, track, found.person, found.emotion, found.level)


def find_tracks(paths: Iterable[Path]) -> tuple[list[TrackedClip], dict[str, str]]:
    """The clips to be labelled.

    Args:
        paths: folders of corpora, tracked files (.npz of `corpus track` or of `track`), or folders of such files.

    Returns:
        Clips in the order of their keys, and name -> reason for those left out.

    Raises:
        InputError: there is no such file, the table of a corpus is damaged, or there is no tracked clip at all.
    """
    found: dict[str, TrackedClip] = {}
    left_out: dict[str, str] = {}
    for path in paths:
        if not path.exists():
            raise InputError(f"{path} is not there: name the folder of a corpus, or tracked clips (.npz)")
        for clip in _of_corpus(path, left_out) if (path / MANIFEST).is_file() else _of_files(path):
            if clip.key in found:
                left_out[clip.name] = f"{found[clip.key].name} has the same key {clip.key} already"
            else:
                found[clip.key] = clip
    if not found:
        raise InputError("there is no tracked clip to label: run corpus track first")
    return [found[key] for key in sorted(found)], left_out
