"""What a corpus is made of and how: options of the stages as frozen records, and the TOML file that holds them all.

Tables: `[corpus]`, `[people]` and one for each stage; paths start from where the file lies.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from style2talker.errors import UsageError

__all__ = [
    "LAYOUTS",
    "CorpusOptions",
    "CropOptions",
    "NoOptions",
    "PackOptions",
    "PeopleOptions",
    "Plan",
    "SplitOptions",
    "SyncOptions",
    "TrackingOptions",
    "filled",
    "load_plan",
    "load_table",
    "stage_table",
    "table_text",
]

LAYOUTS = ("auto", "mead", "hdtf", "crema-d", "ravdess", "folder")
"""Ways in which recordings are laid out and named; auto takes for each file the first whose pattern it fits."""

_NAMES = {bool: "true or false", int: "a whole number", float: "a number", str: "a text", tuple: "a list of texts"}


def _wrong(name: str, value: object, wanted: str) -> UsageError:
    return UsageError(f"{name.replace('_', '-')} is {value!r}, {wanted}")


def _check(options: Any, **ranges: tuple[float, float]) -> None:
    """Raise UsageError unless every field has the type of its default and lies within its range; NaN is out."""
    for each in dataclasses.fields(options):
        value, kind = getattr(options, each.name), type(each.default)
        fits = isinstance(value, kind) or (kind is float and isinstance(value, int))
        if not fits or (isinstance(value, bool) and kind is not bool):
            raise _wrong(each.name, value, f"expected {_NAMES[kind]}")
        if kind is tuple and not all(isinstance(item, str) for item in value):
            raise _wrong(each.name, list(value), "expected a list of texts")
    for name, (low, high) in ranges.items():
        if not low <= getattr(options, name) <= high:
            raise _wrong(name, getattr(options, name), f"allowed is {low:g} to {high:g}")


def _one_of(name: str, value: str, words: Sequence[str]) -> None:
    if value not in words:
        near = difflib.get_close_matches(value, words, n=1)
        raise _wrong(name, value, f"did you mean {near[0]}?" if near else f"allowed is {', '.join(words)}")


@dataclass(frozen=True, slots=True)
class CorpusOptions:
    """Where a corpus comes from and goes to.

    Attributes:
        sources: files and folders of recordings.
        out: folder of the corpus.
        layout: one of `LAYOUTS`.
        licence: tag that every row of these sources gets.
        stages: names of the stages, in order.
    """

    sources: tuple[str, ...] = ()
    out: str = "corpus"
    layout: str = "auto"
    licence: str = ""
    stages: tuple[str, ...] = ("crop", "split", "track", "landmarks", "sync", "mel", "pack")

    def __post_init__(self) -> None:
        _check(self)
        _one_of("layout", self.layout, LAYOUTS)


@dataclass(frozen=True, slots=True)
class PeopleOptions:
    """Who is trained on and who is kept for tests. A person is in one split only.

    Attributes:
        test: people kept for the test split, by name.
        validation: people kept for validation, by name.
        test_share: share of the other people that goes to the test split, by a hash of their names, so that it stays
            the same when others join.
        validation_share: likewise for validation.
        seed: another one, another choice.
    """

    test: tuple[str, ...] = ()
    validation: tuple[str, ...] = ()
    test_share: float = 0.0
    validation_share: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        _check(self, test_share=(0, 1), validation_share=(0, 1))
        both = sorted(set(self.test) & set(self.validation))
        if both:
            raise UsageError(f"{both[0]} is named for test and for validation: a person is in one split only")


@dataclass(frozen=True, slots=True)
class CropOptions:
    """Options of `corpus crop`.

    Attributes:
        size: side of the clips in pixels.
        margin: added to each side of the box around all places of a face, as a share of its width and height.
        box: "face" follows faces; "whole" keeps the largest square in the middle of the picture.
        faces: which faces of a recording with several: "all" (a clip each), "largest", or "one" (else it is skipped).
        min_size: least side of the square in the recording, in pixels.
        min_frames: least number of frames of a clip.
        iou: least overlap (intersection over union) of a face with its first box.
        every: faces are looked for in every so many frames.
    """

    size: int = 256
    margin: float = 0.1
    box: str = "face"
    faces: str = "all"
    min_size: int = 96
    min_frames: int = 25
    iou: float = 0.25
    every: int = 5

    def __post_init__(self) -> None:
        _check(self, size=(32, 2048), margin=(0, 2), min_size=(1, 4096), min_frames=(1, 1e6), iou=(0, 1), every=(1, 25))
        _one_of("box", self.box, ("face", "whole"))
        _one_of("faces", self.faces, ("all", "largest", "one"))
        if self.size % 2:
            raise _wrong("size", self.size, "a video needs an even number")


@dataclass(frozen=True, slots=True)
class SplitOptions:
    """Options of `corpus split`.

    Attributes:
        seconds: length of a piece; a clip that is no longer stays whole.
        min_tail: a last piece of more seconds is kept, a shorter one is left out, its sound with it.
    """

    seconds: float = 5.0
    min_tail: float = 3.0

    def __post_init__(self) -> None:
        _check(self, seconds=(0.2, 3600), min_tail=(0, 3600))


@dataclass(frozen=True, slots=True)
class TrackingOptions:
    """Options of `corpus track`.

    Attributes:
        min_coverage: least share of the frames in which the face is found.
        deep3d: Deep3D's network as an ONNX file, for the coefficients; empty for the learned map.
    """

    min_coverage: float = 0.9
    deep3d: str = ""

    def __post_init__(self) -> None:
        _check(self, min_coverage=(0, 1))


@dataclass(frozen=True, slots=True)
class SyncOptions:
    """Options of `corpus sync`.

    Attributes:
        most: frames by which the picture may be late or early before the clip is noted.
    """

    most: int = 2

    def __post_init__(self) -> None:
        _check(self, most=(0, 14))


@dataclass(frozen=True, slots=True)
class NoOptions:
    """Of a stage that has none."""


@dataclass(frozen=True, slots=True)
class PackOptions:
    """Options of `corpus pack`.

    Attributes:
        size: side of the stored frames in pixels.
        quality: of their JPEG, 95 to 100.
    """

    size: int = 256
    quality: int = 95

    def __post_init__(self) -> None:
        _check(self, size=(16, 2048), quality=(95, 100))


@dataclass(frozen=True, slots=True)
class Plan:
    """A whole corpus: what a TOML file says.

    Attributes:
        corpus: where it comes from and goes to.
        people: who is in which split.
        stages: options of stages by name, of those that have any in the file.
    """

    corpus: CorpusOptions = field(default_factory=CorpusOptions)
    people: PeopleOptions = field(default_factory=PeopleOptions)
    stages: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


Record = TypeVar("Record")


def filled(kind: type[Record], given: Mapping[str, Any], where: str = "") -> Record:
    """A record of options with those values that are given; lists become tuples.

    Args:
        kind: one of the records above.
        given: field -> value.
        where: what to name in a message, such as the file.

    Raises:
        UsageError: there is no such option, or a value cannot be used.
    """
    names = [each.name for each in dataclasses.fields(kind)]  # type: ignore[arg-type]  # all of them are dataclasses
    prefix = f"{where}: " if where else ""
    for name in given:
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"allowed: {', '.join(names) or 'none'}"
            raise UsageError(f"{prefix}there is no option {name}, {hint}")
    values = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    try:
        return kind(**values)
    except UsageError as error:
        raise UsageError(f"{prefix}{error}") from error


def load_table(path: Path) -> dict[str, Any]:
    """The content of a TOML file. Raises UsageError where it cannot be read, or is no TOML."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} is no TOML: {error}") from error


def stage_table(path: Path, name: str) -> dict[str, Any]:
    """Options of a stage in a TOML file: in its table where the file is that of a whole corpus, else all of it.

    Raises:
        UsageError: as `load_table`.
    """
    tables = load_table(path)
    whole = any(isinstance(value, dict) for value in tables.values())
    return dict(tables.get(name, {})) if whole else tables


def table_text(name: str, options: object) -> str:
    """Options of a stage as the table of that name in a TOML file."""
    values = dataclasses.asdict(options)  # type: ignore[call-overload]  # all of them are dataclasses
    # JSON writes texts, numbers, truth values and lists of texts as TOML does.
    return f"[{name}]\n" + "".join(f"{key} = {json.dumps(value)}\n" for key, value in values.items())


def load_plan(path: Path, stages: Sequence[str]) -> Plan:
    """Read the TOML file of a corpus.

    Args:
        path: the file.
        stages: names of the stages that there are.

    Raises:
        UsageError: it cannot be read, names a table, stage or option that there is not, or gives no sources.
    """
    tables = load_table(path)
    for name, table in tables.items():
        _one_of(f"{path}: table", name, ("corpus", "people", *stages))
        if not isinstance(table, dict):
            raise UsageError(f"{path}: {name} is a table: write [{name}]")
    corpus = filled(CorpusOptions, tables.pop("corpus", {}), f"{path}: [corpus]")
    for name in corpus.stages:
        _one_of(f"{path}: stage", name, tuple(stages))
    if not corpus.sources:
        raise UsageError(f'{path}: [corpus] names no sources: add sources = ["folder"]')
    people = filled(PeopleOptions, tables.pop("people", {}), f"{path}: [people]")
    return Plan(corpus, people, tables)
