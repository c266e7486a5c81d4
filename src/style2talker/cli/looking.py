"""`track` and `stylize`: the commands that look at a video or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from style2talker.cli import flags
from style2talker.cli.checking import MOTIONS, PICTURES, check_inputs, check_outputs, named_files, resolve
from style2talker.cli.telling import progress_bar, show_options, tell
from style2talker.config import StylizeOptions, TrackOptions, parse_face
from style2talker.records import ImageArray

__all__ = ["stylize", "track"]

_TILE = 512
"""Side of one picture of a contact sheet in pixels."""

_OPAQUE = (".jpg", ".jpeg", ".bmp")
"""Suffixes of pictures that cannot be transparent; what would be is white in them."""


def track(
    context: typer.Context,
    video: Annotated[Path, typer.Argument(help="Video of a face.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The motion to write: .npz, .csv or .json.")],
    fps: flags.Fps = None,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Follow the face of a video: 52 blendshapes and head pose for every frame.

    Example: style2talker track driving.mp4 -o motion.npz
    """
    options = resolve(TrackOptions, context)
    if dry_run:
        show_options(options, video=video, output=output)
        return
    check_outputs({"--output": (output, MOTIONS)}, [video, config])
    check_inputs(video=video)
    from style2talker.face.driving import track_video
    from style2talker.media.motion import write_motion

    with progress_bar() as progress:
        motion = track_video(video, options.fps, progress)
    write_motion(output, motion)
    facts = {"output": str(output), "frames": motion.n_frames, "fps": motion.fps}
    tell(f"wrote {output}: {motion.n_frames} frames", as_json, facts)


def _list_families(wanted: bool) -> None:
    if not wanted:
        return
    from style2talker.style_a.looks import LOOKS

    for number, (name, look) in enumerate(LOOKS.items()):
        print(f"{number}  {name:<13} {look}")
    raise typer.Exit


def stylize(
    context: typer.Context,
    picture: Annotated[Path, typer.Argument(help="Picture with one face.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The picture to write.")],
    listed: Annotated[
        bool, typer.Option("--list", callback=_list_families, is_eager=True, help="List the art families.")
    ] = False,
    art: Annotated[
        str | None, typer.Option(help="A family, a picture, none, or all: one sheet with every family.")
    ] = None,
    art_degree: flags.ArtDegree = None,
    art_structure: flags.ArtStructure = None,
    keep_color: flags.KeepColor = None,
    face: flags.FacePick = None,
    seed: flags.Seed = None,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Put a picture into an art style, or show it in every family on one sheet.

    Example: style2talker stylize portrait.jpg --art illustration -o drawn.png
    """
    options = resolve(StylizeOptions, context)
    if dry_run:
        show_options(options, picture=picture, output=output)
        return
    files = named_files(options)
    check_outputs({"--output": (output, PICTURES)}, [picture, config, *files.values()])
    check_inputs(picture=picture, **files)
    from style2talker.media.picture import write_picture

    pixels, alpha = _sheet(picture, options) if options.art == "all" else _styled(picture, options, output)
    write_picture(output, pixels, alpha)
    rows, columns = pixels.shape[:2]
    tell(f"wrote {output}: {columns} x {rows} pixels", as_json, {"output": str(output), "size": [columns, rows]})


def _styled(picture: Path, options: StylizeOptions, output: Path) -> tuple[ImageArray, ImageArray | None]:
    """The whole picture in a style, and its opacity where the file to write can hold it."""
    from style2talker.style_a.backdrop import lay_over
    from style2talker.talker import Talker

    styled = Talker().stylize(picture, options)
    if output.suffix.lower() in _OPAQUE:
        styled = lay_over(styled)
    return styled.pixels, styled.alpha


def _sheet(picture: Path, options: StylizeOptions) -> tuple[ImageArray, None]:
    """The head in every family on one sheet, which is opaque."""
    from style2talker.face.align import crop_portrait, face_crop
    from style2talker.face.landmarks import find_portrait
    from style2talker.media.picture import read_picture
    from style2talker.records import Art
    from style2talker.style_a.sheet import contact_sheet

    read = read_picture(picture)
    whole = find_portrait(read.pixels, read.alpha, parse_face(options.face))
    head = crop_portrait(whole, face_crop(whole, _TILE))
    dials = Art(degree=options.art_degree, structure=options.art_structure, keep_color=options.keep_color)
    with progress_bar() as progress:
        return contact_sheet(head, dials, options.seed, progress), None
