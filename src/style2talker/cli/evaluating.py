"""`evaluate`: how good talking heads are, in numbers beside anchors."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from style2talker.cli import flags
from style2talker.cli.telling import progress_bar, tell
from style2talker.errors import OutputError

if TYPE_CHECKING:
    from style2talker.evaluate.running import EvaluateOptions

__all__ = ["evaluate"]

_CLIPS = "clips"

Clips = Annotated[Path, typer.Argument(help="A video, a folder of videos, or a table of them (.csv, .jsonl).")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Folder for the results; created when missing.")]
Reference = Annotated[
    Path | None, typer.Option(help="The recording to compare with, or a folder of recordings of the same names.")
]
Every = Annotated[int | None, typer.Option(help="Judge pictures in every so many frames; default 1.")]
Jobs = Annotated[int | None, typer.Option(help="Processes to work with; default 0: one for each core.")]


def evaluate(
    context: typer.Context,
    clips: Clips,
    output: Output,
    reference: Reference = None,
    every: Every = None,
    jobs: Jobs = None,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Judge talking heads, anybody's: pictures, landmarks, lips and sound, movement, beside anchors.

    A run that was interrupted goes on where it was when the same command is given again.

    Example: style2talker evaluate made.mp4 --reference real.mp4 -o judged
    """
    options = _options(context, config)
    if dry_run:
        _show(options, clips, reference, output)
        return
    from style2talker.evaluate.inputs import find_pairs

    pairs, left = find_pairs(clips, reference)
    if output.exists() and not output.is_dir():
        raise OutputError(f"--output {output} is a file: name a folder")
    import numpy as np

    from style2talker.evaluate.page import write_page
    from style2talker.evaluate.running import judge_all
    from style2talker.evaluate.summary import summarise
    from style2talker.evaluate.tables import write_tables

    folder = output / _CLIPS
    _make(folder)
    with progress_bar() as progress:
        judged, taken = judge_all(pairs, folder, options.every, options.jobs or os.cpu_count() or 1, progress)
    rows = summarise(judged, np.random.default_rng(0))
    write_tables(output, rows, judged, left)
    write_page(output / "report.html", rows, judged, left, folder)
    failed = [clip for clip in judged if clip.error]
    for clip in failed:
        print(f"{clip.clip} could not be judged: {clip.error}")
    for note in left:
        print(f"left out: {note}")
    for clip in judged:
        for note in clip.notes:
            print(f"{clip.clip}: {note}")
    facts = {
        "report": str(output / "report.html"),
        "results": str(output / "results.json"),
        "clips": len(judged) - len(failed),
        "taken_over": taken,
        "failed": len(failed),
        "left_out": len(left),
    }
    done = f"{facts['clips']} clips" + (f", {taken} of them judged before" if taken else "")
    tell(f"wrote {output / 'report.html'}: {done}", as_json, facts)


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(f"{folder} cannot be made: {error.strerror}") from error


def _options(context: typer.Context, config: Path | None) -> EvaluateOptions:
    """Options from the file, with those of the command line on top."""
    from style2talker.corpus.settings import filled, stage_table
    from style2talker.evaluate.running import EvaluateOptions

    table = stage_table(config, "evaluate") if config is not None else {}
    filled(EvaluateOptions, table, f"--config {config}")
    names = {field.name for field in dataclasses.fields(EvaluateOptions)}
    given = {key: value for key, value in context.params.items() if key in names and value is not None}
    return filled(EvaluateOptions, {**table, **given})


def _show(options: EvaluateOptions, clips: Path, reference: Path | None, output: Path) -> None:
    """Print the options as TOML that `--config` reads, with the files as comments."""
    from style2talker.corpus.settings import table_text

    for name, path in (("clips", clips), ("reference", reference), ("output", output)):
        if path is not None:
            print(f"# {name}: {path}")
    print(table_text("evaluate", options), end="")
