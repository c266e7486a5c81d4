"""The stages of a corpus: what each needs, makes and does, in the order in which they are run."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from style2talker.corpus.crop import crop_clip
from style2talker.corpus.landmarks import landmark_clip
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.mel import mel_clip
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.pack import finish_pack, pack_clip, put_clip
from style2talker.corpus.settings import CropOptions, NoOptions, PackOptions, SplitOptions, SyncOptions, TrackingOptions
from style2talker.corpus.split import split_clip
from style2talker.corpus.stylize import StylingOptions, stylize_clip
from style2talker.corpus.sync import sync_clip
from style2talker.corpus.tracking import track_clip

__all__ = ["STAGES", "Stage", "stage_key", "tool_versions"]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage.

    Attributes:
        name: of the command.
        version: raised when the same options give another result.
        options: kind of its options.
        work: makes the results of one clip, in any process.
        needs: roles of the files that a clip must have.
        gives: roles of the files that it writes.
        after: stages that come before; its key depends on what they did, and a clip that one of them refused is left.
        tools: packages whose versions are noted.
        store: takes a clip's payload, in the main process and in the order of the clips.
        finish: comes when all clips are done: (folder of the corpus, rows that are done, options).
    """

    name: str
    version: int
    options: type[Any]
    work: Callable[[ClipRow, Place, Any], Outcome]
    needs: tuple[str, ...]
    gives: tuple[str, ...]
    after: tuple[str, ...]
    tools: tuple[str, ...] = ()
    store: Callable[[Path, Mapping[bytes, bytes], Any], None] | None = None
    finish: Callable[[Path, Sequence[ClipRow], Any], None] | None = None


def _lmdb(folder: Path, options: PackOptions) -> Path:
    return folder / "lmdb" / str(options.size)


def _store(folder: Path, values: Mapping[bytes, bytes], options: PackOptions) -> None:
    put_clip(_lmdb(folder, options), values)


def _finish(folder: Path, rows: Sequence[ClipRow], options: PackOptions) -> None:
    if (_lmdb(folder, options) / "data.mdb").is_file():
        finish_pack(_lmdb(folder, options), rows)


_CLIP = ("video", "sound")
_CUT = ("crop", "split")
_SEEING = ("mediapipe", "av", "opencv-contrib-python")

STAGES: dict[str, Stage] = {
    stage.name: stage
    for stage in (
        Stage("crop", 1, CropOptions, crop_clip, (), _CLIP, (), _SEEING),
        Stage("split", 1, SplitOptions, split_clip, ("video",), _CLIP, ("crop",), ("av",)),
        Stage("track", 1, TrackingOptions, track_clip, ("video",), ("track", "coefficients"), _CUT, _SEEING),
        Stage("landmarks", 1, NoOptions, landmark_clip, ("track",), ("landmarks",), (*_CUT, "track")),
        Stage("sync", 1, SyncOptions, sync_clip, ("video", "track"), (), (*_CUT, "track")),
        Stage("stylize", 1, StylingOptions, stylize_clip, ("video", "track"), ("stylized",), (*_CUT, "track")),
        Stage("mel", 1, NoOptions, mel_clip, ("video",), ("mel",), _CUT, ("av",)),
        Stage(
            *("pack", 1, PackOptions, pack_clip, ("video",), ("lmdb",), (*_CUT, "track"), ("pillow", "av")),
            store=_store,
            finish=_finish,
        ),
    )
}
"""Stages by name, in order."""


def stage_key(stage: Stage, row: ClipRow, options: object) -> str:
    """What the result of a stage for a clip depends on, as 16 hexadecimal digits."""
    before = [row.marks[name].key for name in stage.after if name in row.marks]
    chosen = dataclasses.asdict(options)  # type: ignore[call-overload]  # the options of a stage are a dataclass
    facts = [stage.name, stage.version, chosen, row.source_hash, dict(row.hint), row.made_by, before]
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()[:16]


def tool_versions(stage: Stage) -> dict[str, str]:
    """Versions of this package and of the tools of a stage."""
    found = {}
    for name in ("style2talker", *stage.tools):
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "unknown"
    return found
