"""Options of every job as frozen records, checked on creation, and TOML files of them.

Field names are the command line's, with underscores. A value that is unknown, of the wrong type or out of range ends
in a UsageError that says what was found and what is allowed.
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
    "ExportOptions",
    "GenerateOptions",
    "RenderOptions",
    "StylizeOptions",
    "TrackOptions",
    "changed",
    "dump_toml",
    "load_toml",
    "parse_color",
    "parse_face",
]

_LONGEST = 60  # characters of a value that are shown in a message
_KINDS: dict[str, tuple[type, ...]] = {
    "bool": (bool,),
    "float": (float, int),
    "int": (int,),
    "str": (str,),
    "str | None": (str, type(None)),
    "float | None": (float, int, type(None)),
    "int | str | None": (int, str, type(None)),
}
_WORDS = {"bool": "true or false", "float": "a number", "int": "a whole number", "str": "a text"}


def _shown(value: object) -> str:
    """A value on one line, shortened."""
    text = f"{value:g}" if isinstance(value, float) else repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _flag(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _nearest(word: str, known: tuple[str, ...]) -> str:
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f", did you mean {near[0]}?" if near else f": use {', '.join(known)}"


def _right_kinds(options: Any) -> None:
    """Raise UsageError unless every field holds a value of its declared type; whole numbers count as fractions."""
    for field in dataclasses.fields(options):
        value = getattr(options, field.name)
        kinds = _KINDS[str(field.type)]
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            wanted = " or ".join(_WORDS[word] for word in str(field.type).split(" | ") if word in _WORDS)
            raise UsageError(f"{_flag(field.name)} is {_shown(value)}, expected {wanted}")


def _within(options: Any, **ranges: tuple[float, float]) -> None:
    """Raise UsageError unless low <= value <= high; NaN is out."""
    for name, (low, high) in ranges.items():
        value = getattr(options, name)
        if value is not None and not low <= value <= high:
            raise UsageError(f"{_flag(name)} is {_shown(value)}, allowed is {low:g} to {high:g}")


def _one_of(options: Any, **allowed: tuple[str, ...]) -> None:
    for name, words in allowed.items():
        value = getattr(options, name)
        if value not in words:
            raise UsageError(f"{_flag(name)} does not know {_shown(value)}{_nearest(value, words)}")


def _word_or_file(name: str, value: str, words: tuple[str, ...], what: str) -> None:
    """Raise UsageError for a bare word that is neither known nor the name of a file."""
    looks_like_file = bool(Path(value).suffix) or "/" in value or "\\" in value
    if value in words or looks_like_file or (value and len(value) < 256 and Path(value).exists()):
        return
    near = difflib.get_close_matches(value, words, n=1, cutoff=0.5)
    hint = f", did you mean {near[0]}?" if near else ""
    raise UsageError(f"{_flag(name)} does not know {_shown(value)}{hint} ({', '.join(words)}, or {what})")


_RIG_ALONE = ("art_structure", "art_frame_rate", "wrinkles")


def _engine_fits(options: Any) -> None:
    """Raise UsageError unless the engine, the networks that are named for it and what is asked of it go together."""
    named = [name for name in ("style_a", "style_e") if getattr(options, name, None)]
    if options.engine == "rig":
        if named:
            raise UsageError(f"{_flag(named[0])} is for the neural engine: add --engine neural")
        return
    if not named:
        ways = "--style-a FILE, --style-e FILE or both" if hasattr(options, "style_e") else "--style-a FILE"
        raise UsageError(f"--engine neural needs a network: name it by {ways}")
    if not options.style_a:
        return
    if options.framing == "full":
        raise UsageError("--style-a draws a square around the head and cannot join it to the rest: use --framing crop")
    if options.background == "transparent":
        raise UsageError("--style-a draws what is behind the person, too: leave out --background transparent")
    for field in dataclasses.fields(options):
        if field.name in _RIG_ALONE and getattr(options, field.name) != field.default:
            raise UsageError(f"{_flag(field.name)} is for the rig, whose place --style-a takes: leave it out")


def parse_face(face: int | str | None) -> int | str | None:
    """The meaning of `--face`: None, "largest", "all", or the number of a face from the left. Raises UsageError."""
    if face is None or face in ("largest", "all"):
        return face
    if not re.fullmatch(r"[0-9]{1,3}", str(face)):
        raise UsageError(f"--face is {_shown(face)}, allowed is a number from 0 on, largest or all")
    return int(face)


def parse_color(background: str) -> tuple[int, int, int] | None:
    """Red, green, blue 0..255 of a `--background` such as #1e90ff, None for anything else. Raises UsageError."""
    if not background.startswith("#"):
        return None
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", background):
        raise UsageError(f"--background is {_shown(background)}, a colour is written #rrggbb, such as #1e90ff")
    return int(background[1:3], 16), int(background[3:5], 16), int(background[5:7], 16)


@dataclass(frozen=True, slots=True)
class StylizeOptions:
    """Options of `stylize`.

    Attributes:
        art: "none", the name of a family, the path of an example picture; for `stylize` alone also "all", which is a
            sheet of every family.
        art_degree: 0 (the portrait itself) .. 1 (the full style).
        art_structure: 0..1, how far the proportions of the face follow the art.
        keep_color: keep the portrait's colours.
        face: number of the face from the left, "largest", "all", or None for the only one.
        seed: of everything that chance decides.
    """

    art: str = "none"
    art_degree: float = 0.8
    art_structure: float = 0.3
    keep_color: bool = False
    face: int | str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        _right_kinds(self)
        sheet = ("all",) if type(self) is StylizeOptions else ()
        _word_or_file("art", self.art, ("none", *sheet, *FAMILIES), "a picture file")
        _within(self, art_degree=(0, 1), art_structure=(0, 1), seed=(0, 2**32 - 1))
        parse_face(self.face)


@dataclass(frozen=True, slots=True)
class TrackOptions:
    """Options of `track`.

    Attributes:
        fps: frames per second of the motion; the video's own when None.
    """

    fps: float | None = None

    def __post_init__(self) -> None:
        _right_kinds(self)
        _within(self, fps=(1, 120))


@dataclass(frozen=True, slots=True)
class RenderOptions(StylizeOptions):
    """Options of `render`: how a portrait is shown under a motion.

    Attributes:
        size: side of the square crop in pixels.
        framing: "crop" for a square around the head, "full" for the whole picture.
        background: what stands behind the person: "keep" (the portrait's own, white behind a transparent portrait),
            "transparent", #rrggbb, or the path of a picture.
        wrinkles: whether the skin folds with the expression.
        art_frame_rate: drawings per second, each held until the next (12: "on twos"); one in every frame when None.
        fps: frames per second; the motion's own when None.
        engine: "rig", or "neural" for the networks that are named.
        style_a: the path of an exported Style-A network that draws the frames in place of the rig.
    """

    size: int = 512
    framing: str = "crop"
    background: str = "keep"
    wrinkles: bool = True
    art_frame_rate: float | None = None
    fps: float | None = None
    engine: str = "rig"
    style_a: str | None = None

    def __post_init__(self) -> None:
        StylizeOptions.__post_init__(self)
        _within(self, size=(64, 4096), fps=(1, 120), art_frame_rate=(1, 120))
        _one_of(self, framing=("crop", "full"), engine=("rig", "neural"))
        _engine_fits(self)
        if self.face == "all" and self.framing == "crop":
            raise UsageError("--face all shows everybody in the whole picture: add --framing full")
        if parse_color(self.background) is None:
            _word_or_file("background", self.background, ("keep", "transparent"), "#rrggbb, or a picture file")


@dataclass(frozen=True, slots=True)
class GenerateOptions(RenderOptions):
    """Options of `generate`.

    Attributes:
        fps: frames per second.
        emotion: a label, a sentence or a timeline.
        emotion_strength: 0 (nothing) .. 1.5 (exaggerated).
        pose: "generate", "still", or the path of a motion, 3DMM or video file whose head motion is taken over.
        head_motion: 0 (none) .. 2, how much the head moves.
        blink: "auto" or "none".
        style_e: the path of an exported Style-E network that moves the face in place of our own model; eyelids, gaze
            and head stay ours.
    """

    fps: float = 25.0
    emotion: str = "neutral"
    emotion_strength: float = 1.0
    pose: str = "generate"
    head_motion: float = 1.0
    blink: str = "auto"
    style_e: str | None = None

    def __post_init__(self) -> None:
        RenderOptions.__post_init__(self)
        _within(self, emotion_strength=(0, 1.5), head_motion=(0, 2))
        _one_of(self, blink=("auto", "none"))
        _word_or_file("pose", self.pose, ("generate", "still"), "a motion, 3DMM or video file")


@dataclass(frozen=True, slots=True)
class ExportOptions:
    """Options of `export`.

    Attributes:
        half: store weights as float16: half the size, a little less exact.
        licence: what is said of the use of the network, kept in the file.
        styles: names of the art styles of a Style-A network in the order of its table, separated by commas; those of
            the folders of its styled films when empty.
    """

    half: bool = False
    licence: str = "not stated"
    styles: str = ""

    def __post_init__(self) -> None:
        _right_kinds(self)


Options = TypeVar("Options", ExportOptions, GenerateOptions, RenderOptions, StylizeOptions, TrackOptions)


def changed(options: Options, given: dict[str, Any]) -> Options:
    """The options with those replaced that are given.

    Args:
        options: what holds where nothing is given.
        given: field names and values; None means not given.

    Raises:
        UsageError: there is no option of such a name, or a value is out of range.
    """
    names = tuple(field.name for field in dataclasses.fields(options))
    for name in given:
        if name not in names:
            raise UsageError(f"there is no option {_shown(name)}{_nearest(name, names)}")
    return dataclasses.replace(options, **{name: value for name, value in given.items() if value is not None})


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
    try:
        return changed(kind(), table)
    except UsageError as error:
        raise UsageError(f"--config {path}: {error}") from error


def _toml_value(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace('"', '\\"')
        return '"' + "".join(c if c >= " " and c != "\x7f" else f"\\u{ord(c):04x}" for c in escaped) + '"'
    return repr(value)


def dump_toml(options: StylizeOptions | TrackOptions | ExportOptions) -> str:
    """The options as TOML that `load_toml` reads back; options that are None are left out."""
    pairs = ((field.name, getattr(options, field.name)) for field in dataclasses.fields(options))
    return "".join(f"{name} = {_toml_value(value)}\n" for name, value in pairs if value is not None)
