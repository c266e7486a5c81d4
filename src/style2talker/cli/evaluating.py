"""`evaluate`: how good talking heads are, in numbers beside anchors."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from style2talker.cli import flags
from style2talker.cli.checking import make_folder
from style2talker.cli.telling import progress_bar, tell
from style2talker.errors import OutputError

if TYPE_CHECKING:
    from style2talker.evaluate.inputs import Pair
    from style2talker.evaluate.judged import Judged
    from style2talker.evaluate.metrics import Metric
    from style2talker.evaluate.running import EvaluateOptions

__all__ = ["evaluate"]

_CLIPS, _PEOPLE = "clips", "judge"

Clips = Annotated[Path, typer.Argument(help="A video, a folder of videos, or a table of them (.csv, .jsonl).")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Folder for the results; created when missing.")]
Reference = Annotated[
    Path | None, typer.Option(help="The recording to compare with, or a folder of recordings of the same names.")
]
Every = Annotated[int | None, typer.Option(help="Judge pictures in every so many frames; default 1.")]
Jobs = Annotated[int | None, typer.Option(help="Processes to work with; default 0: one for each core.")]
Portrait = Annotated[str | None, typer.Option(help="The picture that the clips were made from.")]
ArtPicture = Annotated[str | None, typer.Option("--art", help="The art picture that the clips should look like.")]
Emotion = Annotated[str | None, typer.Option(help="What the clips were asked to feel: a label, sentence or timeline.")]
Judge = Annotated[
    str | None, typer.Option(help="Folder of labelled recordings of people, from which a judge of emotions learns.")
]
Csim = Annotated[str | None, typer.Option(help="ONNX file of ArcFace, for CSIM.")]
Fid = Annotated[str | None, typer.Option(help="ONNX file of Inception, for FID.")]
Lpips = Annotated[str | None, typer.Option(help="ONNX file of AlexNet or VGG with LPIPS weights.")]
Syncnet = Annotated[str | None, typer.Option(help="ONNX file of SyncNet, for LSE-C, LSE-D and offset.")]


def evaluate(
    context: typer.Context,
    clips: Clips,
    output: Output,
    reference: Reference = None,
    every: Every = None,
    jobs: Jobs = None,
    portrait: Portrait = None,
    art: ArtPicture = None,
    emotion: Emotion = None,
    judge: Judge = None,
    csim: Csim = None,
    fid: Fid = None,
    lpips: Lpips = None,
    syncnet: Syncnet = None,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Judge talking heads, anybody's: pictures, landmarks, lips and sound, movement, feeling, art, beside anchors.

    A run that was interrupted goes on where it was when the same command is given again.

    Example: style2talker evaluate made.mp4 --reference real.mp4 -o judged
    """
    options = _options(context, config)
    if dry_run:
        _show(options, clips, reference, output)
        return
    from style2talker.evaluate.inputs import find_pairs

    named = (Path(options.portrait) if options.portrait else None, Path(options.art) if options.art else None)
    pairs, left = find_pairs(clips, reference, *named, options.emotion)
    if output.exists() and not output.is_dir():
        raise OutputError(f"--output {output} is a file: name a folder")
    make_folder(output / _CLIPS)
    with progress_bar() as progress:
        judged, taken, more, lost = _judge(pairs, options, output, progress)
    left += lost
    _write(output, judged, more, left)
    _tell(output, judged, taken, left, as_json)


def _judge(
    pairs: Sequence[Pair], options: EvaluateOptions, output: Path, progress: Callable[[str, int, int], None] | None
) -> tuple[list[Judged], int, tuple[Metric, ...], list[str]]:
    """(clips, how many were taken over, metrics beside the usual ones, what of the judge's people was left out)."""
    from style2talker.evaluate.feelings import feel, understood
    from style2talker.evaluate.judges import JudgeBench, labelled_clips
    from style2talker.evaluate.metrics import judge_metrics, network_metrics
    from style2talker.evaluate.networks.extractors import examine
    from style2talker.evaluate.running import judge_all
    from style2talker.evaluate.variety import vary

    networks = [examine(kind, path) for kind, path in options.networks().items()]
    more = network_metrics(networks)
    bench: JudgeBench | None = None
    lost: list[str] = []
    if options.judge:
        people, lost = labelled_clips(Path(options.judge), output / _PEOPLE, progress)
        bench = JudgeBench(people)
        more += judge_metrics(bench.told())
    asked, misread = understood(pairs)
    processes = options.jobs or os.cpu_count() or 1
    judged, taken = judge_all(pairs, output / _CLIPS, options.every, processes, progress, networks)
    judged = vary(pairs, feel(pairs, judged, asked, bench))
    return judged, taken, more, lost + [f"what {name} was asked to feel: {why}" for name, why in misread.items()]


def _write(output: Path, judged: Sequence[Judged], more: Sequence[Metric], left: Sequence[str]) -> None:
    import numpy as np

    from style2talker.evaluate.page import write_page
    from style2talker.evaluate.summary import summarise
    from style2talker.evaluate.tables import write_tables

    rows = summarise(judged, np.random.default_rng(0), more)
    write_tables(output, rows, judged, left)
    write_page(output / "report.html", rows, judged, left, output / _CLIPS)


def _tell(output: Path, judged: Sequence[Judged], taken: int, left: Sequence[str], as_json: bool) -> None:
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


def _options(context: typer.Context, config: Path | None) -> EvaluateOptions:
    """Options from the file, whose paths start from where it lies, with those of the command line on top."""
    from style2talker.corpus.settings import filled, stage_table
    from style2talker.evaluate.running import PATHS, EvaluateOptions

    table = stage_table(config, "evaluate") if config is not None else {}
    filled(EvaluateOptions, table, f"--config {config}")
    if config is not None:
        table |= {name: str(config.parent / table[name]) for name in PATHS if table.get(name)}
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
