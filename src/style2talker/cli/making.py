"""`generate` and `render`: the commands that make clips."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from style2talker.cli import flags
from style2talker.cli.checking import (
    MOTIONS,
    VIDEOS,
    Outputs,
    check_clip,
    check_inputs,
    check_networks,
    check_outputs,
    named_files,
    resolve,
)
from style2talker.cli.telling import progress_bar, show_options, tell
from style2talker.config import GenerateOptions, RenderOptions
from style2talker.emotion import timeline
from style2talker.errors import EmotionError, UsageError
from style2talker.records import LABELS

if TYPE_CHECKING:
    from style2talker.talker import Clip

__all__ = ["generate", "make_clip", "render", "report"]

_EXAMPLE = "style2talker-example"

OldPortrait = Annotated[Path | None, typer.Option("--source_image", "--source-image", help="The same as PORTRAIT.")]
OldAudio = Annotated[Path | None, typer.Option("--driven_audio", "--driven-audio", help="The same as AUDIO.")]


def generate(
    context: typer.Context,
    portrait: Annotated[Path | None, typer.Argument(help="Picture with one face.")] = None,
    audio: Annotated[Path | None, typer.Argument(help="Any sound with speech.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help=flags.OUTPUT)] = None,
    emotion: Annotated[str | None, typer.Option(help='Label, sentence, timeline "0: calm; 2: angry" or @FILE.')] = None,
    emotion_strength: Annotated[float | None, typer.Option(help="0 (nothing) to 1.5 (exaggerated); default 1.")] = None,
    say: Annotated[str | None, typer.Option(help="Text to be spoken in place of AUDIO.")] = None,
    art: flags.Art = None,
    art_degree: flags.ArtDegree = None,
    art_structure: flags.ArtStructure = None,
    keep_color: flags.KeepColor = None,
    art_frame_rate: flags.ArtFrameRate = None,
    size: flags.Size = None,
    framing: flags.Framing = None,
    face: flags.FacePick = None,
    pose: Annotated[str | None, typer.Option(help="generate, still, or a motion, 3DMM or video file.")] = None,
    head_motion: Annotated[float | None, typer.Option(help="0 (none) to 2; default 1.")] = None,
    blink: Annotated[str | None, typer.Option(help="auto or none.")] = None,
    background: flags.Background = None,
    wrinkles: flags.Wrinkles = None,
    fps: flags.Fps = None,
    seed: flags.Seed = None,
    engine: flags.Engine = None,
    style_a: flags.StyleA = None,
    style_e: flags.StyleE = None,
    motion_out: Annotated[Path | None, typer.Option(help="Also write the motion: .npz, .csv or .json.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Write one expressive frame as PNG, no video.")] = False,
    source_image: OldPortrait = None,
    driven_audio: OldAudio = None,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Make a clip: a portrait says what is heard. Without arguments, the bundled example.

    Example: style2talker generate portrait.jpg speech.wav -o out.mp4 --emotion "she can hardly hide her joy"
    """
    options = _spelled_out(resolve(GenerateOptions, context))
    picture, sound = _sources([source_image, portrait, audio, driven_audio], say)
    target = output or _target(picture, preview)
    if dry_run:
        show_options(options, portrait=picture, audio=sound, say=say, output=target, motion_out=motion_out)
        return
    files = named_files(options)
    outputs: Outputs = {"--output": (target, (".png",) if preview else VIDEOS), "--motion-out": (motion_out, MOTIONS)}
    check_outputs(outputs, [picture, sound, config, *files.values(), options.style_a, options.style_e])
    if not preview:
        check_clip(target, options.background == "transparent")
    check_inputs(portrait=picture, audio=sound, **files)
    check_networks(options)
    clip = make_clip(options, picture, sound, target, say=say, preview=preview)
    if motion_out is not None:
        clip.motion.save(motion_out)
    report(clip, target, options.emotion, as_json)


def _spelled_out(options: GenerateOptions) -> GenerateOptions:
    """The options with an emotion of @FILE replaced by what the file says, checked. Raises EmotionError."""
    if options.emotion.startswith("@"):
        try:
            options = replace(options, emotion=Path(options.emotion[1:]).read_text(encoding="utf-8").strip())
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is no text"
            raise EmotionError(f"--emotion {options.emotion}: the file cannot be read, {reason}") from error
    # In a locale without UTF-8, Python keeps the bytes that it could not read as lone surrogates.
    options = replace(options, emotion=os.fsencode(options.emotion).decode("utf-8", "replace"))
    timeline.parse(options.emotion)
    return options


def _sources(files: list[Path | None], say: str | None) -> tuple[Path | None, Path | None]:
    """Portrait and sound among the files that were given, both None for the bundled example. Raises UsageError."""
    named = [file for file in files if file is not None]
    wanted = 1 if say is not None else 2
    if not named and say is None:
        return None, None
    if len(named) != wanted:
        takes = "a PORTRAIT alone beside --say" if say is not None else "a PORTRAIT and an AUDIO, or --say TEXT"
        found = ", ".join(map(str, named)) or "none"
        raise UsageError(f"generate takes {takes}; files found: {found}")
    return named[0], None if say is not None else named[1]


def _target(picture: Path | None, preview: bool) -> Path:
    """The file to write where none is named: only for the bundled example. Raises UsageError."""
    if picture is not None:
        raise UsageError(f"name the file to write: -o OUT{'.png' if preview else '.mp4'}")
    return Path(_EXAMPLE).with_suffix(".png" if preview else ".mp4")


def make_clip(
    options: GenerateOptions,
    picture: Path | None,
    sound: Path | None,
    target: Path,
    *,
    say: str | None = None,
    preview: bool = False,
    rest_of: Path | None = None,
) -> Clip:
    """Make a clip and write it.

    Args:
        options: how it is made.
        picture: the portrait; the bundled one when None.
        sound: the voice; the bundled one when None and there is nothing to say.
        target: the file to write.
        say: text to be spoken.
        preview: write one expressive frame only, as a picture.
        rest_of: 3DMM file whose first frame is the expression that the portrait shows.
    """
    from style2talker.assets.store import package_data
    from style2talker.face.driving import rest_expression
    from style2talker.media.audio import Sound
    from style2talker.media.picture import write_picture
    from style2talker.speech.voice import speak
    from style2talker.talker import Talker

    rest = None if rest_of is None else rest_expression(rest_of)
    portrait = picture or package_data("example/portrait.jpg")
    voice = Sound(*speak(say)) if say is not None else sound or package_data("example/speech.wav")
    with progress_bar() as progress:
        clip = Talker().generate_from(portrait, voice, options, rest, progress)
        if preview:
            frame = clip.preview()
            write_picture(target, frame[..., :3], frame[..., 3] if frame.shape[2] == 4 else None)
        else:
            clip.save(target, progress)
    return clip


def report(clip: Clip, target: Path, emotion: str, as_json: bool) -> None:
    """Say how the feeling was understood and what was written."""
    for note in clip.notes if emotion not in LABELS else ():
        print(f"feeling at {note}")
    seconds = len(clip) / clip.fps
    facts = {
        "output": str(target),
        "size": clip.size,
        "frames": len(clip),
        "fps": clip.fps,
        "seconds": seconds,
        "feeling": clip.notes,
        "stages": clip.stages,
    }
    tell(f"wrote {target}: {clip.size[0]} x {clip.size[1]} pixels, {seconds:.1f} s", as_json, facts)


def render(
    context: typer.Context,
    portrait: Annotated[Path, typer.Argument(help="Picture with one face.")],
    motion: Annotated[Path, typer.Argument(help="Motion (.npz, .csv, .json), 3DMM (.mat, .npy) or a video to copy.")],
    output: Annotated[Path, typer.Option("--output", "-o", help=flags.OUTPUT)],
    audio: Annotated[Path | None, typer.Option(help="Sound to lay under the clip.")] = None,
    art: flags.Art = None,
    art_degree: flags.ArtDegree = None,
    art_structure: flags.ArtStructure = None,
    keep_color: flags.KeepColor = None,
    art_frame_rate: flags.ArtFrameRate = None,
    size: flags.Size = None,
    framing: flags.Framing = None,
    face: flags.FacePick = None,
    background: flags.Background = None,
    wrinkles: flags.Wrinkles = None,
    fps: flags.Fps = None,
    seed: flags.Seed = None,
    engine: flags.Engine = None,
    style_a: flags.StyleA = None,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Move a portrait by a motion file; the clip is as long as the motion.

    Example: style2talker render portrait.jpg motion.npz -o out.mp4 --audio speech.wav
    """
    options = resolve(RenderOptions, context)
    if dry_run:
        show_options(options, portrait=portrait, motion=motion, audio=audio, output=output)
        return
    files = named_files(options)
    check_outputs({"--output": (output, VIDEOS)}, [portrait, motion, audio, config, *files.values(), options.style_a])
    check_clip(output, options.background == "transparent")
    check_inputs(portrait=portrait, motion=motion, audio=audio, **files)
    check_networks(options)
    from style2talker.face.driving import load_motion
    from style2talker.talker import Talker

    with progress_bar() as progress:
        clip = Talker().render(portrait, load_motion(motion, progress), audio, options)
        clip.save(output, progress)
    report(clip, output, "neutral", as_json)
