"""The published inference command: its option names, on the same code as `generate`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from style2talker.cli.checking import VIDEOS, check_inputs, check_networks, check_outputs
from style2talker.cli.entry import complain, start
from style2talker.cli.making import make_clip, report
from style2talker.config import GenerateOptions
from style2talker.errors import UsageError
from style2talker.records import FAMILIES

__all__ = ["inference", "main", "run"]

_SIZE = 1024
_WITHIN = {
    "--emotion_ckpt": (
        *("--audioencoder_ckpt", "--style_e_config", "--motion_nfeat", "--sparse_dim", "--input_motion_length"),
        *("--latent_dim", "--emotion_style_code_dim"),
    ),
    "--art_ckpt": (
        *("--art_style_encoder_path", "--art_exstyle_path", "--faceparsing_path", "--parsing_map_path"),
        *("--backbone", "--batch_size"),
    ),
}
"""Published option -> those that told parts and sizes of its network, which an exported network brings itself."""

_commands = typer.Typer(add_completion=False, rich_markup_mode="rich", pretty_exceptions_enable=False)


@_commands.command()
def inference(
    image_path: Annotated[
        Path | None, typer.Option("--image_path", "--img_path", help="Picture with one face.")
    ] = None,
    wav_path: Annotated[Path | None, typer.Option("--wav_path", help="Any sound with speech.")] = None,
    source_3dmm: Annotated[
        Path | None, typer.Option("--source_3DMM", help="3DMM file; its first frame is the picture's expression.")
    ] = None,
    pose_path: Annotated[
        Path | None, typer.Option("--pose_path", help="3DMM, motion or video file: head motion.")
    ] = None,
    style_e_source: Annotated[str, typer.Option("--style_e_source", help="A sentence: the feeling.")] = "neutral",
    art_style_id: Annotated[
        int, typer.Option("--art_style_id", help="0 cartoon, 1 illustration, 2 arcane, 3 comic, 4 pixar.")
    ] = 0,
    art_style_degree: Annotated[float, typer.Option("--art_style_degree", help="0 to 1.")] = 0.5,
    art_ckpt: Annotated[
        Path | None, typer.Option("--art_ckpt", help="Style-A network as style2talker export wrote it.")
    ] = None,
    emotion_ckpt: Annotated[
        Path | None, typer.Option("--emotion_ckpt", help="Style-E network as style2talker export wrote it.")
    ] = None,
    save_path: Annotated[Path, typer.Option("--save_path", help="The mp4 to write.")] = Path("test.mp4"),
) -> None:
    """Make a clip by the published option names. Without picture and sound, of the bundled example.

    Example: python inference.py --img_path portrait.jpg --wav_path speech.wav --save_path out.mp4
    """
    if (image_path is None) != (wav_path is None):
        raise UsageError("--image_path and --wav_path go together: give both, or none for the bundled example")
    if not 0 <= art_style_id < len(FAMILIES):
        raise UsageError(f"--art_style_id is {art_style_id}, allowed is 0 to {len(FAMILIES) - 1}")
    options = GenerateOptions(
        art=FAMILIES[art_style_id],
        art_degree=art_style_degree,
        emotion=style_e_source,
        pose="generate" if pose_path is None else str(pose_path.absolute()),
        size=_SIZE,
        engine="rig" if art_ckpt is None and emotion_ckpt is None else "neural",
        style_a=None if art_ckpt is None else str(art_ckpt),
        style_e=None if emotion_ckpt is None else str(emotion_ckpt),
    )
    inputs = {"image": image_path, "sound": wav_path, "--source_3DMM": source_3dmm, "--pose_path": pose_path}
    check_outputs({"--save_path": (save_path, VIDEOS)}, [*inputs.values(), art_ckpt, emotion_ckpt])
    check_inputs(**inputs)
    check_networks(options)
    clip = make_clip(options, image_path, wav_path, save_path, rest_of=source_3dmm)
    report(clip, save_path, style_e_source, as_json=False)


def run(arguments: list[str]) -> int:
    """Run the published command and return its exit status."""
    from style2talker.cli.app import run as run_commands

    for name in (argument.partition("=")[0] for argument in arguments):
        for network, parts in _WITHIN.items():
            if name in parts:
                complain(f"{name} is within the exported network that {network} names: leave it out")
                return UsageError.exit_status
    return run_commands(arguments, _commands)


def _load() -> Callable[[list[str]], int]:
    return run


def main() -> NoReturn:
    """Entry point of `inference.py`."""
    start(_load)
