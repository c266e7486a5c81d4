"""`generate` and `render`: the commands that make clips."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from style2talker.cli import flags
from style2talker.cli.telling import progress_bar, show_options, tell
from style2talker.config import MOTION_SUFFIXES, GenerateOptions, RenderOptions, changed, load_toml
from style2talker.errors import EmotionError, InputError, UsageError

__all__ = ["generate", "render"]

_EXAMPLE = "style2talker-example.mp4"


def check_distinct(output: Path, inputs: list[Path | None]) -> None:
    """Refuse an output that is one of the inputs. Raises UsageError."""
    for path in inputs:
        if path is not None and path.exists() and output.exists() and path.samefile(output):
            raise UsageError(f"{output} is also an input: name another output")


def check_output_name(output: Path, suffixes: tuple[str, ...], flag: str) -> None:
    """Check the name and the place of a file before any work. Raises UsageError, OutputError."""
    from style2talker.media.atomic import check_output

    if output.suffix.lower() not in suffixes:
        raise UsageError(f"{flag} {output} must end in {' or '.join(suffixes)}")
    check_output(output)


def _sentence(emotion: str | None) -> str | None:
    """`--emotion` with @FILE replaced by what the file says."""
    if emotion is None or not emotion.startswith("@"):
        return emotion
    try:
        return Path(emotion[1:]).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "it is no text"
        raise EmotionError(f"--emotion {emotion}: the file cannot be read, {reason}") from error


def _sources(portrait: Path | None, audio: Path | None, say: str | None, output: Path | None, preview: bool) -> Any:
    """Portrait, sound and output, from the bundled example when nothing is given."""
    from style2talker.assets.store import package_data
    from style2talker.media.audio import Sound

    if portrait is None and audio is None and say is None:
        name = Path(_EXAMPLE).with_suffix(".png" if preview else ".mp4")
        return package_data("example/portrait.jpg"), package_data("example/speech.wav"), output or name
    if portrait is None or (audio is None) == (say is None):
        raise UsageError("generate takes a PORTRAIT and either an AUDIO or --say TEXT")
    if output is None:
        raise UsageError("name the file to write by -o OUT.mp4")
    if say is None:
        return portrait, audio, output
    from style2talker.speech.voice import speak

    samples, rate = speak(say)
    return portrait, Sound(samples, rate), output


def generate(
    portrait: Annotated[Path | None, typer.Argument(help="Picture with one face.")] = None,
    audio: Annotated[Path | None, typer.Argument(help="Any sound with speech.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="The mp4 to write.")] = None,
    emotion: Annotated[str | None, typer.Option(help='Label, sentence, timeline "0: calm; 2: angry" or @FILE.')] = None,
    emotion_strength: Annotated[float | None, typer.Option(help="0 (nothing) to 1.5 (exaggerated); default 1.")] = None,
    say: Annotated[str | None, typer.Option(help="Text to be spoken in place of AUDIO.")] = None,
    art: flags.Art = None,
    art_degree: flags.ArtDegree = None,
    art_structure: flags.ArtStructure = None,
    keep_color: flags.KeepColor = None,
    size: flags.Size = None,
    framing: flags.Framing = None,
    face: flags.FacePick = None,
    pose: Annotated[str | None, typer.Option(help="generate, still, or a video or motion file to copy.")] = None,
    head_motion: Annotated[float | None, typer.Option(help="0 (none) to 2; default 1.")] = None,
    blink: Annotated[str | None, typer.Option(help="auto or none.")] = None,
    background: flags.Background = None,
    fps: flags.Fps = None,
    seed: flags.Seed = None,
    engine: flags.Engine = None,
    motion_out: Annotated[Path | None, typer.Option(help="Also write the motion: .npz, .csv or .json.")] = None,
    preview: Annotated[bool, typer.Option("--preview", help="Write one expressive frame as PNG, no video.")] = False,
    source_image: Annotated[Path | None, typer.Option(help="The same as PORTRAIT.")] = None,
    driven_audio: Annotated[Path | None, typer.Option(help="The same as AUDIO.")] = None,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Make a clip: a portrait says what is heard. Without arguments, the bundled example.

    Example: style2talker generate portrait.jpg speech.wav -o out.mp4 --emotion "she can hardly hide her joy"
    """
    given = {name: value for name, value in locals().items() if name in GenerateOptions.__dataclass_fields__}
    options = changed(load_toml(config, GenerateOptions) if config else GenerateOptions(), given)
    options = changed(options, {"emotion": _sentence(options.emotion)})
    if dry_run:
        show_options(options)
        return
    sources = (portrait or source_image, audio or driven_audio, say, output, preview)
    _generate(options, sources, motion_out, as_json)


def _generate(options: GenerateOptions, sources: tuple[Any, ...], motion_out: Path | None, as_json: bool) -> None:
    """Check the names, make the clip, write what was asked for, say so."""
    preview = bool(sources[-1])
    image, sound, target = _sources(*sources)
    check_output_name(target, (".png",) if preview else (".mp4",), "--output")
    if motion_out is not None:
        check_output_name(motion_out, MOTION_SUFFIXES, "--motion-out")
    check_distinct(target, [image, sound if isinstance(sound, Path) else None])
    check_there(image, sound)
    from style2talker.media.picture import write_picture
    from style2talker.talker import Talker

    with progress_bar() as progress:
        clip = Talker().generate_from(image, sound, options, progress=progress)
        if preview:
            write_picture(target, clip.preview())
        else:
            clip.save(target, progress)
    if motion_out is not None:
        clip.motion.save(motion_out)
    for note in clip.notes:
        print(f"feeling at {note}")
    seconds = clip.n_frames / clip.fps
    facts = {"output": str(target), "frames": clip.n_frames, "fps": clip.fps, "seconds": seconds, "stages": clip.stages}
    size = "{} x {}".format(*clip.size)
    tell(f"wrote {target}: {'a preview' if preview else f'{seconds:.1f} s'}, {size} pixels", as_json, facts)


def check_there(*paths: object) -> None:
    """Refuse inputs that do not exist before anything is loaded."""
    for path in paths:
        if isinstance(path, Path) and not path.is_file():
            raise InputError(f"{path} is {'a folder' if path.is_dir() else 'missing'}: name a file")


def render(
    portrait: Annotated[Path, typer.Argument(help="Picture with one face.")],
    motion: Annotated[Path, typer.Argument(help="Motion (.npz, .csv, .json), 3DMM (.mat, .npy) or a video to copy.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The mp4 to write.")],
    audio: Annotated[Path | None, typer.Option(help="Sound to lay under the clip.")] = None,
    art: flags.Art = None,
    art_degree: flags.ArtDegree = None,
    art_structure: flags.ArtStructure = None,
    keep_color: flags.KeepColor = None,
    size: flags.Size = None,
    framing: flags.Framing = None,
    face: flags.FacePick = None,
    background: flags.Background = None,
    fps: flags.Fps = None,
    seed: flags.Seed = None,
    engine: flags.Engine = None,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Move a portrait by a motion file.

    Example: style2talker render portrait.jpg motion.npz -o out.mp4 --audio speech.wav
    """
    given = {name: value for name, value in locals().items() if name in RenderOptions.__dataclass_fields__}
    options = changed(load_toml(config, RenderOptions) if config else RenderOptions(), given)
    if dry_run:
        show_options(options)
        return
    check_output_name(output, (".mp4",), "--output")
    check_distinct(output, [portrait, motion, audio])
    check_there(portrait, motion, audio)
    from style2talker.talker import Talker, load_motion

    with progress_bar() as progress:
        clip = Talker().render(portrait, load_motion(motion), audio, options)
        clip.save(output, progress)
    facts = {"output": str(output), "frames": clip.n_frames, "fps": clip.fps, "stages": clip.stages}
    tell(f"wrote {output}: {clip.n_frames / clip.fps:.1f} s", as_json, facts)
