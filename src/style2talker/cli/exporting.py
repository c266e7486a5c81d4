"""`export`: a checkpoint of a training as ONNX files that `generate --engine neural` runs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from style2talker.cli import flags
from style2talker.cli.checking import check_inputs, check_outputs, resolve
from style2talker.cli.extras import of_training
from style2talker.cli.telling import show_options, tell
from style2talker.config import ExportOptions

if TYPE_CHECKING:
    from style2talker.train.published.export.exporting import Exported

__all__ = ["export"]


def export(
    context: typer.Context,
    checkpoint: Annotated[Path, typer.Argument(help="checkpoint.pt of a training of Style-A or Style-E.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="FILE.onnx; a second file is written beside it.")],
    half: Annotated[
        bool | None, typer.Option("--half/--no-half", help="Store weights as float16: half the size, less exact.")
    ] = None,
    styles: Annotated[
        str | None, typer.Option(help="Names of the art styles of Style-A, in their order: cartoon,arcane.")
    ] = None,
    licence: Annotated[str | None, typer.Option(help="What the file is to say of its use.")] = None,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Export a trained network to ONNX, once it agrees with PyTorch.

    Example: style2talker export runs/style-a/checkpoint.pt -o style-a.onnx
    """
    options = resolve(ExportOptions, context)
    if dry_run:
        show_options(options, checkpoint=checkpoint, output=output)
        return
    check_outputs({"--output": (output, (".onnx",))}, [checkpoint, config])
    check_inputs(checkpoint=checkpoint)
    made = of_training("export.exporting", "export_checkpoint", "export needs")(checkpoint, output, options)
    tell(_line(made, options), as_json, _facts(made, options))


def _line(made: Exported, options: ExportOptions) -> str:
    """What was written and how well it agrees, for people."""
    names = " and ".join(str(path) for path in made.paths)
    worst = max(made.agreement.values())
    half = f", {max(made.stored.values()):.1g} with float16 weights" if options.half else ""
    return f"wrote {names}: within {worst:.1g} of PyTorch{half}"


def _facts(made: Exported, options: ExportOptions) -> dict[str, object]:
    return {
        "files": [str(path) for path in made.paths],
        "half": options.half,
        "agreement": made.agreement,
        "stored": made.stored,
    }
