"""`corpus annotate`: sentences for tracked clips."""

from __future__ import annotations

import dataclasses
import json
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from style2talker.cli import flags
from style2talker.cli.telling import progress_bar, tell
from style2talker.errors import UsageError

if TYPE_CHECKING:
    from style2talker.corpus.annotate import Job
    from style2talker.corpus.labelling.options import AnnotateOptions

__all__ = ["annotate"]

_TABLE = "annotate"

Tracks = Annotated[list[Path], typer.Argument(help="Folder of a corpus, tracked clips (.npz), or folders of them.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder for the labels; created when missing.")]
Threshold = Annotated[float | None, typer.Option(help="Least intensity of an activated action unit; default 0.1.")]
Candidates = Annotated[int | None, typer.Option(help="Sentences drawn for a clip; default 30.")]
Keep = Annotated[int | None, typer.Option(help="Sentences kept for a clip; default 5.")]
Openface = Annotated[Path | None, typer.Option(help="Folder of OpenFace tables (.csv) of the clips.")]
ClipFolder = Annotated[
    str | None,
    typer.Option(
        "--clip", help="Rank by frames: folder of CLIP's vision_model.onnx, text_model.onnx and tokenizer.json."
    ),
]
LevelsFile = Annotated[Path | None, typer.Option(help="Use the cut points of this levels.json.")]
Corrections = Annotated[Path | None, typer.Option(help="Corrections that the page of labels exported.")]
Model = Annotated[
    str | None,
    typer.Option(envvar="STYLE2TALKER_MODEL", help="Language model that writes; default: a grammar, offline."),
]
BaseUrl = Annotated[
    str | None, typer.Option(envvar="OPENAI_BASE_URL", help="Endpoint of the model; default https://api.openai.com/v1.")
]
ApiKey = Annotated[str | None, typer.Option(envvar="OPENAI_API_KEY", help="Key for the endpoint.", show_envvar=True)]
Temperature = Annotated[float | None, typer.Option(help="How freely the model writes, 0 to 2; default 1.")]
Batch = Annotated[int | None, typer.Option(help="Clips in a request; default 10.")]
Parallel = Annotated[int | None, typer.Option(help="Requests at a time; default 4.")]
PriceIn = Annotated[float, typer.Option(help="Price of a million tokens sent, for the estimate of --dry-run.")]
PriceOut = Annotated[float, typer.Option(help="Price of a million tokens written, for the same.")]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Print the options and what asking a model would cost; do nothing.")
]


def annotate(
    context: typer.Context,
    tracks: Tracks,
    out: Out,
    threshold: Threshold = None,
    candidates: Candidates = None,
    keep: Keep = None,
    seed: flags.Seed = None,
    clip: ClipFolder = None,
    openface: Openface = None,
    levels: LevelsFile = None,
    corrections: Corrections = None,
    model: Model = None,
    base_url: BaseUrl = None,
    api_key: ApiKey = None,
    temperature: Temperature = None,
    batch: Batch = None,
    parallel: Parallel = None,
    price_in: PriceIn = 0.0,
    price_out: PriceOut = 0.0,
    config: flags.Config = None,
    dry_run: DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Write five sentences for every clip: who speaks, which feeling, which muscles of the face show it.

    Example: style2talker corpus annotate corpus --out labels
    """
    from style2talker.corpus import annotate as labelling

    options = _options(context, config)
    job = labelling.prepare(tracks, out, options, api_key, openface, levels)
    if dry_run:
        _show(job, price_in, price_out)
        return
    with progress_bar() as progress:
        made = labelling.annotate(job, corrections, progress=progress)
    facts = {
        "text": str(made.text),
        "page": str(made.page),
        "report": str(made.report),
        "labelled": len(made.labels),
        "left_out": len(made.left_out),
    }
    tell(_line(facts), as_json, facts)


def _options(context: typer.Context, config: Path | None) -> AnnotateOptions:
    """Options from the file, with those of the command line on top."""
    from style2talker.corpus.labelling.options import AnnotateOptions
    from style2talker.corpus.settings import filled

    table: dict[str, Any] = {}
    if config is not None:
        try:
            table = tomllib.loads(config.read_text(encoding="utf-8"))
        except OSError as error:
            raise UsageError(f"--config {config} cannot be read: {error.strerror}") from error
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"--config {config} is no TOML: {error}") from error
        # The file of a whole corpus has a table for every stage.
        table = table.get(_TABLE, {}) if any(isinstance(value, dict) for value in table.values()) else table
    names = {field.name for field in dataclasses.fields(AnnotateOptions)}
    given = {name: value for name, value in context.params.items() if name in names and value is not None}
    filled(AnnotateOptions, table, f"--config {config}")
    return filled(AnnotateOptions, {**table, **given})


def _show(job: Job, price_in: float, price_out: float) -> None:
    """Print the resolved options, and what asking would take."""
    for name, value in dataclasses.asdict(job.options).items():
        print(f"{name} = {json.dumps(value)}")
    print(f"# clips: {len(job.measured)}, left out: {len(job.left_out)}")
    if job.endpoint is not None:
        would = job.estimate()
        print(f"# to ask: {would.questions} clips in {would.requests} requests")
        print(f"# tokens: about {would.tokens_in} sent, {would.tokens_out} written")
        if price_in or price_out:
            print(f"# cost: about {would.cost(price_in, price_out):.4f}")


def _line(facts: dict[str, Any]) -> str:
    left_out = f", {facts['left_out']} left out (see {facts['report']})" if facts["left_out"] else ""
    return f"wrote {facts['text']}: {facts['labelled']} clips{left_out}; read and correct them in {facts['page']}"
