"""Options of every job as frozen records, checked on creation, and TOML files of them.

Field names are the command line's, with underscores. A value that is out of range or unknown ends in a UsageError that
says what was found and what is allowed.
"""

from __future__ import annotations

import dataclasses
import difflib
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from style2talker.errors import UsageError
from style2talker.records import FAMILIES

__all__ = [
    "GenerateOptions",
    "RenderOptions",
    "StylizeOptions",
    "TrackOptions",
    "changed",
    "dump_toml",
    "load_toml",
    "parse_face",
]

PICTURE_SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".gif")
MOTION_SUFFIXES = (".npz", ".csv", ".json")


def _within(name: str, value: float, low: float, high: float) -> None:
    """Raise UsageError unless low ≤ value ≤ high (NaN is out)."""
    if not low <= value <= high:
        flag = name.replace("_", "-")
        raise UsageError(f"--{flag} is {value:g}, allowed is {low:g} to {high:g}")


def _one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        near = difflib.get_close_matches(value, allowed, n=1)
        hint = f", did you mean {near[0]}?" if near else f": use {', '.join(allowed)}"
        raise UsageError(f"--{name.replace('_', '-')} does not know {value!r}{hint}")


def _suffix(what: str, path: str | None, allowed: tuple[str, ...]) -> None:
    if path is not None and Path(path).suffix.lower() not in allowed:
        raise UsageError(f"{what} {path} must end in {', '.join(allowed)}")


def _art(art: str) -> None:
    """An art is "none", a family, or the path of a picture; a bare word that is neither is a usage error."""
    if art == "none" or art in FAMILIES or Path(art).suffix or "/" in art or Path(art).exists():
        return
    near = difflib.get_close_matches(art, FAMILIES, n=1)
    hint = f", did you mean {near[0]}?" if near else ""
    raise UsageError(f"--art does not know {art!r}{hint} (none, {', '.join(FAMILIES)}, or a picture file)")


def parse_face(face: str | None) -> int | str | None:
    """The meaning of `--face`: None, "largest", or the number of a face from the left."""
    if face is None or face == "largest":
        return face
    if not re.fullmatch(r"\d{1,3}", face):
        raise UsageError(f"--face is {face!r}, allowed is a number from 0 on, or largest")
    return int(face)


@dataclass(frozen=True, slots=True)
class StylizeOptions:
    """Options of `stylize`."""

    art: str = "none"
    art_degree: float = 0.8
    art_structure: float = 0.3
    keep_color: bool = False
    face: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        _art(self.art)
        _within("art_degree", self.art_degree, 0, 1)
        _within("art_structure", self.art_structure, 0, 1)
        _within("seed", self.seed, 0, 2**32 - 1)
        parse_face(self.face)


@dataclass(frozen=True, slots=True)
class TrackOptions:
    """Options of `track`."""

    fps: float | None = None

    def __post_init__(self) -> None:
        if self.fps is not None:
            _within("fps", self.fps, 1, 120)


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """Options of `render`: how a portrait is shown under a motion."""

    art: str = "none"
    art_degree: float = 0.8
    art_structure: float = 0.3
    keep_color: bool = False
    size: int = 512
    framing: str = "crop"
    face: str | None = None
    fps: float | None = None
    background: str = "keep"
    engine: str = "rig"
    seed: int = 0

    def __post_init__(self) -> None:
        StylizeOptions(self.art, self.art_degree, self.art_structure, self.keep_color, self.face, self.seed)
        _within("size", self.size, 64, 2048)
        _one_of("framing", self.framing, ("crop", "full"))
        if self.fps is not None:
            _within("fps", self.fps, 1, 120)
        _one_of("engine", self.engine, ("rig", "neural"))
        if self.engine == "neural":
            raise UsageError("--engine neural is not part of this version: use --engine rig")
        if self.background != "keep":
            raise UsageError(f"--background {self.background} is not part of this version: use --background keep")


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """Options of `generate`."""

    emotion: str = "neutral"
    emotion_strength: float = 1.0
    art: str = "none"
    art_degree: float = 0.8
    art_structure: float = 0.3
    keep_color: bool = False
    size: int = 512
    framing: str = "crop"
    face: str | None = None
    pose: str = "generate"
    head_motion: float = 1.0
    blink: str = "auto"
    background: str = "keep"
    fps: float = 25.0
    seed: int = 0
    engine: str = "rig"

    def __post_init__(self) -> None:
        self.shown()
        _within("emotion_strength", self.emotion_strength, 0, 1.5)
        _within("head_motion", self.head_motion, 0, 2)
        _one_of("blink", self.blink, ("auto", "none"))

    def shown(self) -> RenderOptions:
        """The options of these that say how the portrait is shown."""
        names = {field.name for field in dataclasses.fields(RenderOptions)}
        return RenderOptions(**{name: getattr(self, name) for name in names})


Options = TypeVar("Options", GenerateOptions, RenderOptions, StylizeOptions, TrackOptions)


def _converted(kind: type[Options], name: str, value: object, where: str) -> Any:
    """A TOML value as the type of an option: whole numbers count as fractions, nothing else is bent."""
    default = {field.name: field.default for field in dataclasses.fields(kind)}[name]
    wants = float if name == "fps" else str if default is None else type(default)
    if wants is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if type(value) is not wants:
        raise UsageError(f"{where}: {name} is {value!r}, expected {wants.__name__}")
    return value


def load_toml(path: str | Path, kind: type[Options]) -> Options:
    """Read options from a TOML file.

    Raises:
        UsageError: the file is missing or no TOML, or a key is unknown or a value of the wrong type or out of range.
    """
    try:
        table = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"--config {path} cannot be read: {error.strerror}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"--config {path} is no TOML: {error}") from error
    names = [field.name for field in dataclasses.fields(kind)]
    for key in table:
        if key not in names:
            near = difflib.get_close_matches(key, names, n=1)
            hint = f", did you mean {near[0]}?" if near else f", known: {', '.join(names)}"
            raise UsageError(f"--config {path}: unknown key {key!r}{hint}")
    return kind(**{key: _converted(kind, key, value, f"--config {path}") for key, value in table.items()})


def changed(options: Options, given: dict[str, object]) -> Options:
    """The options with those replaced that are given, that is, not None."""
    return dataclasses.replace(options, **{key: value for key, value in given.items() if value is not None})


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    return repr(value)


def dump_toml(options: GenerateOptions | RenderOptions | StylizeOptions | TrackOptions) -> str:
    """The options as TOML that `load_toml` reads back; options that are None are left out."""
    pairs = ((field.name, getattr(options, field.name)) for field in dataclasses.fields(options))
    return "".join(f"{name} = {_toml_value(value)}\n" for name, value in pairs if value is not None)
