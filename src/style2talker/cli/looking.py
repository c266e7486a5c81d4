"""`track` and `stylize`: the commands that look at a video or a picture."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from style2talker.cli import flags
from style2talker.cli.making import check_distinct, check_output_name, check_there
from style2talker.cli.telling import progress_bar, show_options, tell
from style2talker.config import MOTION_SUFFIXES, StylizeOptions, TrackOptions, changed, load_toml

__all__ = ["stylize", "track"]

_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")


def track(
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
    options = changed(load_toml(config, TrackOptions) if config else TrackOptions(), {"fps": fps})
    if dry_run:
        show_options(options)
        return
    check_output_name(output, MOTION_SUFFIXES, "--output")
    check_distinct(output, [video])
    check_there(video)
    from style2talker.media.motion import write_motion
    from style2talker.talker import track_video

    with progress_bar() as progress:
        motion = track_video(video, options.fps, progress)
    write_motion(output, motion)
    facts = {"output": str(output), "frames": motion.n_frames, "fps": motion.fps}
    tell(f"wrote {output}: {motion.n_frames} frames", as_json, facts)


def stylize(
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
    given = {name: value for name, value in locals().items() if name in StylizeOptions.__dataclass_fields__}
    options = changed(load_toml(config, StylizeOptions) if config else StylizeOptions(), given)
    if dry_run:
        show_options(options)
        return
    check_output_name(output, _PICTURES, "--output")
    check_distinct(output, [picture])
    check_there(picture)
    from style2talker.media.picture import write_picture
    from style2talker.talker import Talker

    styled = Talker().stylize(picture, options)
    write_picture(output, styled.pixels, styled.alpha)
    facts = {"output": str(output), "size": [styled.pixels.shape[1], styled.pixels.shape[0]]}
    tell(f"wrote {output}", as_json, facts)
