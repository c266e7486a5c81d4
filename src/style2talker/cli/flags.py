"""The options that commands share, each with its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = [
    "OUTPUT",
    "Art",
    "ArtDegree",
    "ArtFrameRate",
    "ArtStructure",
    "Background",
    "Config",
    "DryRun",
    "Engine",
    "FacePick",
    "Fps",
    "Framing",
    "Json",
    "KeepColor",
    "Seed",
    "Size",
    "StyleA",
    "StyleE",
    "Wrinkles",
]

OUTPUT = "The clip to write: .mp4, .mov, .webm, or -%04d.png for numbered pictures."
"""Help of `--output` where a clip is made."""

Art = Annotated[str | None, typer.Option(help="none, cartoon, illustration, arcane, comic, pixar, or a picture.")]
ArtDegree = Annotated[float | None, typer.Option(help="0 (the portrait itself) to 1 (the full style); default 0.8.")]
ArtStructure = Annotated[float | None, typer.Option(help="0 to 1: how far proportions follow the art; default 0.3.")]
ArtFrameRate = Annotated[
    float | None, typer.Option(help="Drawings per second, each held: 12 is on twos; default: one in every frame.")
]
KeepColor = Annotated[bool | None, typer.Option("--keep-color/--no-keep-color", help="Keep the portrait's colours.")]
Size = Annotated[int | None, typer.Option(help="Side of the square crop in pixels, 64 to 4096; default 512.")]
Framing = Annotated[str | None, typer.Option(help="crop: a square around the head; full: the whole picture.")]
FacePick = Annotated[
    str | None, typer.Option("--face", help="Number of the face from the left (0 ...), largest, or all.")
]
Background = Annotated[
    str | None, typer.Option(help="Behind the person: keep, transparent (.webm, .mov, .png), #rrggbb or a picture.")
]
Wrinkles = Annotated[
    bool | None, typer.Option("--wrinkles/--no-wrinkles", help="Whether the skin folds with the expression; it does.")
]
Engine = Annotated[str | None, typer.Option(help="rig, or neural: by the networks that are named.")]
StyleA = Annotated[str | None, typer.Option("--style-a", help="Exported Style-A network: draws the frames.")]
StyleE = Annotated[str | None, typer.Option("--style-e", help="Exported Style-E network: moves the face.")]
Fps = Annotated[float | None, typer.Option(help="Frames per second, 1 to 120.")]
Seed = Annotated[int | None, typer.Option(help="Another seed, another motion; the same seed, the same bytes.")]
Config = Annotated[Path | None, typer.Option(help="Read options from a TOML file; the command line wins.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Print the resolved options and do nothing.")]
Json = Annotated[bool, typer.Option("--json", help="Print a machine-readable last line.")]
