"""`checkpoint`: what a public checkpoint is, and what of it the published networks would take."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from style2talker.cli import flags
from style2talker.cli.extras import of_training
from style2talker.errors import UsageError

__all__ = ["checkpoint"]


def checkpoint(
    files: Annotated[list[Path], typer.Argument(help="Public checkpoints: .pt, .pth, .tar, .safetensors, .npy.")],
    space: Annotated[
        str, typer.Option(help="Coefficients that drive the networks: bfm (as published) or rig.")
    ] = "bfm",
    onnx: Annotated[
        Path | None, typer.Option(help="Also write Deep3D's network to this file, for corpus track --deep3d.")
    ] = None,
    as_json: flags.Json = False,
) -> None:
    """Tell what public checkpoints are and what the networks, at published size, would take of them.

    Example: style2talker checkpoint vtoonify_s_d.pt
    """
    preview = of_training("checkpoints.preview", "preview", "checkpoints need")
    if onnx is not None and len(files) != 1:
        raise UsageError(f"--onnx writes one network, {len(files)} checkpoints are named: name one")
    reports = [preview(file, space) for file in files]
    for report in reports:
        print("\n".join(report.lines()))
    if onnx is not None:
        of_training("checkpoints.graph", "write_reconstruction", "--onnx needs")(files[0], onnx)
        print(f"wrote {onnx}")
    if as_json:
        print(json.dumps({"checkpoints": [report.facts() for report in reports]}))
