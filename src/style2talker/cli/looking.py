"""`track` and `stylize`: the commands that look at a video or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from style2talker.cli import flags
from style2talker.cli.checking import MOTIONS, PICTURES, check_inputs, check_outputs, named_files, resolve
from style2talker.cli.telling import progress_bar, show_options, tell
from style2talker.config import StylizeOptions, TrackOptions

__all__ = ["stylize", "track"]

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


def stylize(
    context: typer.Context,
    picture: Annotated[Path, typer.Argument(help="Picture with one face.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The picture to write.")],
    art: flags.Art = None,
    art_degree: flags.ArtDegree = None,
    art_structure: flags.ArtStructure = None,
    keep_color: flags.KeepColor = None,
    face: flags.FacePick = None,
    seed: flags.Seed = None,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Put a picture into an art style.

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
    from style2talker.style_a.backdrop import lay_over
    from style2talker.talker import Talker

    styled = Talker().stylize(picture, options)
    if output.suffix.lower() in _OPAQUE:
        styled = lay_over(styled)
    write_picture(output, styled.pixels, styled.alpha)
    rows, columns = styled.pixels.shape[:2]
    tell(f"wrote {output}: {columns} x {rows} pixels", as_json, {"output": str(output), "size": [columns, rows]})
