"""What is settled before anything heavy is loaded: the options, and whether the files can be read and written."""

from __future__ import annotations

from pathlib import Path

import typer

from style2talker.config import Options, RenderOptions, StylizeOptions, changed, load_toml
from style2talker.errors import AssetError, InputError, OutputError, UsageError
from style2talker.records import FAMILIES

__all__ = [
    "MOTIONS",
    "PICTURES",
    "VIDEOS",
    "Outputs",
    "check_clip",
    "check_inputs",
    "check_networks",
    "check_outputs",
    "make_folder",
    "named_files",
    "resolve",
]

Outputs = dict[str, tuple[Path | None, tuple[str, ...]]]
"""Option -> the file to write, None for none, and the suffixes that it may have."""

VIDEOS = (".mp4", ".m4v", ".mov", ".webm", ".png")
"""Suffixes of clips; .png names numbered pictures, such as talk-%04d.png."""
MOTIONS = (".npz", ".csv", ".json")
PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")


def resolve(kind: type[Options], context: typer.Context) -> Options:
    """Options from a command's `--config` file with those on top that were given on the command line.

    Raises:
        UsageError: a file or an option that cannot be used.
    """
    config: Path | None = context.params["config"]
    given = {name: value for name, value in context.params.items() if name in kind.__dataclass_fields__}
    return changed(load_toml(config, kind) if config else kind(), given)


def named_files(options: StylizeOptions) -> dict[str, str]:
    """Option -> the file that it names, for those options that name one."""
    words = {"art": ("none", "all", *FAMILIES), "background": ("keep", "transparent"), "pose": ("generate", "still")}
    found = {f"--{name}": str(getattr(options, name)) for name in words if hasattr(options, name)}
    return {flag: value for flag, value in found.items() if value not in words[flag[2:]] and value[:1] != "#"}


def check_inputs(**paths: Path | str | None) -> None:
    """Refuse inputs that are not there, named by what they are. Raises InputError."""
    for name, path in paths.items():
        if path is None or Path(path).is_file():
            continue
        what = "is a folder" if Path(path).is_dir() else "does not exist" if not Path(path).exists() else "is no file"
        raise InputError(f"{name} {path} {what}: name a file")


def make_folder(folder: Path) -> None:
    """Make a folder for results, with those it lies in, unless it is there. Raises OutputError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made: {error.strerror}") from error


def check_networks(options: RenderOptions) -> None:
    """Refuse networks that are not there. Raises AssetError."""
    for name in ("style_a", "style_e"):
        path = getattr(options, name, None)
        if path is not None and not Path(path).is_file():
            what = "is a folder" if Path(path).is_dir() else "does not exist"
            raise AssetError(f"--{name.replace('_', '-')} {path} {what}: make it with style2talker export")


def check_clip(path: Path, transparent: bool) -> None:
    """See whether a clip can be written in the format of its suffix, transparent or not. Raises UsageError."""
    from style2talker.media.formats import clip_format, numbered

    if path.suffix.lower() == ".png":
        numbered(path, 1)
    else:
        clip_format(path, transparent)


def check_outputs(outputs: Outputs, inputs: list[Path | str | None]) -> None:
    """See before any work whether results can be written under their names.

    Args:
        outputs: what is to be written.
        inputs: files that are read, which no result may replace.

    Raises:
        UsageError: another suffix, or a name that is also an input or another output.
        OutputError: the file cannot be written there.
    """
    from style2talker.media.atomic import check_output

    taken = {Path(path).resolve(): "an input" for path in inputs if path is not None}
    for option, (path, suffixes) in outputs.items():
        if path is None:
            continue
        if path.suffix.lower() not in suffixes:
            raise UsageError(f"{option} {path} must end in {', '.join(suffixes)}")
        if path.resolve() in taken:
            raise UsageError(f"{option} {path} is also {taken[path.resolve()]}: choose another name")
        if any(path.exists() and other.exists() and path.samefile(other) for other in taken):
            raise UsageError(f"{option} {path} is an input under another name: choose another file")
        taken[path.resolve()] = "another output"
        check_output(path)
