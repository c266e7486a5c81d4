"""`corpus …`: folders of videos become training data, stage by stage or in one run."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from style2talker.cli import flags
from style2talker.cli.annotating import annotate
from style2talker.cli.telling import progress_bar, tell
from style2talker.errors import Style2TalkerError, UsageError

if TYPE_CHECKING:
    from style2talker.corpus.outcome import Place
    from style2talker.corpus.runner import Summary

__all__ = ["corpus_app", "crop", "inspect", "landmarks", "mel", "pack", "run_plan", "split", "stylize", "sync", "track"]

corpus_app = typer.Typer(help="From folders of videos to training data.", no_args_is_help=True, rich_markup_mode="rich")

Workers = tuple[int, str | None, bool]
"""Number of processes, address of a scheduler, and whether to try skipped clips again."""

Corpus = Annotated[Path, typer.Argument(help="Folder of the corpus, as corpus crop made it.")]
Sources = Annotated[list[Path], typer.Argument(help="Videos, and folders of them.")]
Out = Annotated[Path, typer.Option("--out", "-o", help="Folder of the corpus; what is in it already is kept.")]
Jobs = Annotated[int, typer.Option(min=0, help="Processes to work with; 0: one for each core.")]
Scheduler = Annotated[
    str | None, typer.Option(help="Work on a Dask cluster: address of its scheduler, such as tcp://host:8786.")
]
Retry = Annotated[bool, typer.Option("--retry", help="Try clips again that were skipped.")]
Layout = Annotated[str, typer.Option(help="auto, mead, hdtf, crema-d, ravdess or folder (a folder for each person).")]
Licence = Annotated[str, typer.Option(help="Tag of the licence of these videos, for the table.")]
Test = Annotated[list[str] | None, typer.Option(help="A person kept for the test split; may be repeated.")]
CropSize = Annotated[int | None, typer.Option(help="Side of the clips in pixels; default 256.")]
Margin = Annotated[float | None, typer.Option(help="Room around the face, as a share of its box; default 0.1.")]
BoxKind = Annotated[str | None, typer.Option(help="face (default), or whole: the middle square of the picture.")]
Faces = Annotated[str | None, typer.Option(help="Of several faces: all (default), largest, or one (else skip).")]
MinSize = Annotated[int | None, typer.Option(help="Least side of the square in the video, in pixels; default 96.")]
MinFrames = Annotated[int | None, typer.Option(help="Least number of frames of a clip, at 25 a second; default 25.")]
Iou = Annotated[float | None, typer.Option(help="Least overlap of a face with its first box; default 0.25.")]
Every = Annotated[int | None, typer.Option(help="Look for faces in every so many frames; default 5.")]
Seconds = Annotated[float | None, typer.Option(help="Length of a piece; default 5.")]
MinTail = Annotated[float | None, typer.Option(help="Keep a last piece of more seconds; default 3.")]
Coverage = Annotated[float | None, typer.Option(help="Least share of frames with the face; default 0.9.")]
Deep3D = Annotated[str | None, typer.Option("--deep3d", help="Deep3D's network (ONNX), for the coefficients.")]
Most = Annotated[int | None, typer.Option(help="Note clips whose picture is more frames late or early; default 2.")]
PackSize = Annotated[int | None, typer.Option(help="Side of the stored frames in pixels; default 256.")]
Quality = Annotated[int | None, typer.Option(help="Of the stored JPEG, 95 to 100; default 95.")]


@corpus_app.command("run")
def run_plan(
    plan: Annotated[Path, typer.Argument(help="TOML file of the corpus: sources, people, stages and their options.")],
    jobs: Jobs = 0,
    scheduler: Scheduler = None,
    retry: Retry = False,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Make a whole corpus: every stage that a TOML file lists. A run that was interrupted goes on where it was.

    Example: style2talker corpus run corpus.toml
    """
    from style2talker.corpus.plan import chosen_options, load_stages
    from style2talker.corpus.settings import table_text

    found = load_stages(plan)
    options = chosen_options(found, plan)
    if dry_run:
        tables = {"corpus": found.corpus, "people": found.people, **options}
        print("\n".join(table_text(name, values) for name, values in tables.items()), end="")
        return
    from style2talker.corpus.sources import open_sources

    with progress_bar() as progress:
        place = open_sources(found.corpus, found.people, plan.parent, progress)
    summaries = [
        _run(place, name, values, (jobs, scheduler, retry)) for name, values in options.items() if name != "annotate"
    ]
    if "annotate" in options:
        _label(place.folder, options["annotate"])
    _report(summaries, place.folder, as_json)


@corpus_app.command()
def crop(
    context: typer.Context,
    sources: Sources,
    out: Out,
    layout: Layout = "auto",
    licence: Licence = "",
    test: Test = None,
    size: CropSize = None,
    margin: Margin = None,
    box: BoxKind = None,
    faces: Faces = None,
    min_size: MinSize = None,
    min_frames: MinFrames = None,
    iou: Iou = None,
    every: Every = None,
    jobs: Jobs = 0,
    scheduler: Scheduler = None,
    retry: Retry = False,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Cut a square clip of every face out of videos: 25 frames a second, with its sound.

    Example: style2talker corpus crop recordings -o corpus --test M030
    """
    from style2talker.corpus.settings import CorpusOptions, PeopleOptions
    from style2talker.corpus.sources import open_sources

    options = _options(context, "crop", config)
    if dry_run:
        _show("crop", options)
        return
    files = tuple(str(path.absolute()) for path in sources)
    described = CorpusOptions(files, str(out.absolute()), layout, licence)
    with progress_bar() as progress:
        place = open_sources(described, PeopleOptions(tuple(test or ())), progress=progress)
    _report([_run(place, "crop", options, (jobs, scheduler, retry))], out, as_json)


@corpus_app.command()
def split(
    context: typer.Context,
    corpus: Corpus,
    seconds: Seconds = None,
    min_tail: MinTail = None,
    jobs: Jobs = 0,
    scheduler: Scheduler = None,
    retry: Retry = False,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Cut long clips into pieces of five seconds, pictures and sound together.

    Example: style2talker corpus split corpus
    """
    _stage(context, "split", corpus, (jobs, scheduler, retry), config, dry_run, as_json)


@corpus_app.command()
def track(
    context: typer.Context,
    corpus: Corpus,
    min_coverage: Coverage = None,
    deep3d: Deep3D = None,
    jobs: Jobs = 0,
    scheduler: Scheduler = None,
    retry: Retry = False,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Follow the face of every clip: 478 landmarks, 52 blendshapes, head pose, and 3DMM coefficients.

    The 257 coefficients a frame come from a learned linear map of the blendshapes, and are marked so: expression,
    angles and translation; identity, texture and lighting are zero. With --deep3d the reconstruction network makes all
    of them; style2talker checkpoint FILE --onnx OUT writes it from the checkpoint that you have.

    Example: style2talker corpus track corpus
    """
    _stage(context, "track", corpus, (jobs, scheduler, retry), config, dry_run, as_json)


@corpus_app.command()
def landmarks(
    context: typer.Context,
    corpus: Corpus,
    jobs: Jobs = 0,
    scheduler: Scheduler = None,
    retry: Retry = False,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Write the 68 landmarks of every tracked clip.

    Example: style2talker corpus landmarks corpus
    """
    _stage(context, "landmarks", corpus, (jobs, scheduler, retry), None, dry_run, as_json)


@corpus_app.command()
def sync(
    context: typer.Context,
    corpus: Corpus,
    most: Most = None,
    jobs: Jobs = 0,
    scheduler: Scheduler = None,
    retry: Retry = False,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Measure how late the picture of every tracked clip is against its sound. The clips stay as they are.

    Example: style2talker corpus sync corpus
    """
    _stage(context, "sync", corpus, (jobs, scheduler, retry), config, dry_run, as_json)


@corpus_app.command()
def mel(
    context: typer.Context,
    corpus: Corpus,
    jobs: Jobs = 0,
    scheduler: Scheduler = None,
    retry: Retry = False,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Write the mel windows (T, 1, 80, 16) of every clip's sound.

    Example: style2talker corpus mel corpus
    """
    _stage(context, "mel", corpus, (jobs, scheduler, retry), None, dry_run, as_json)


@corpus_app.command()
def pack(
    context: typer.Context,
    corpus: Corpus,
    size: PackSize = None,
    quality: Quality = None,
    jobs: Jobs = 0,
    scheduler: Scheduler = None,
    retry: Retry = False,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Put frames, landmarks and coefficients into one LMDB file with the published keys, and write the lists.

    Example: style2talker corpus pack corpus
    """
    _stage(context, "pack", corpus, (jobs, scheduler, retry), config, dry_run, as_json)


@corpus_app.command()
def stylize(
    context: typer.Context,
    corpus: Corpus,
    art: flags.Art = None,
    art_degree: flags.ArtDegree = None,
    art_structure: flags.ArtStructure = None,
    keep_color: flags.KeepColor = None,
    seed: flags.Seed = None,
    jobs: Jobs = 0,
    scheduler: Scheduler = None,
    retry: Retry = False,
    config: flags.Config = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Put every tracked clip into an art style, steady from frame to frame: pairs for training Style-A.

    Example: style2talker corpus stylize corpus --art cartoon
    """
    _stage(context, "stylize", corpus, (jobs, scheduler, retry), config, dry_run, as_json)


corpus_app.command()(annotate)


@corpus_app.command()
def inspect(
    corpus: Corpus,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Folder for inspect.html and inspect.png; the corpus when absent."),
    ] = None,
    as_json: flags.Json = False,
) -> None:
    """Tell what a corpus holds, and draw it: counts, lengths, poses, feelings, and what was skipped and why.

    Example: style2talker corpus inspect corpus
    """
    from style2talker.corpus.inspect import facts_of, summary_text, write_pages
    from style2talker.corpus.manifest import read_manifest

    table = read_manifest(_existing(corpus).folder)
    facts = facts_of(table)
    pages = write_pages(out or corpus, table, facts)
    print(summary_text(facts))
    tell(f"wrote {', '.join(map(str, pages))}", as_json, facts)


def _stage(
    context: typer.Context,
    name: str,
    corpus: Path,
    workers: Workers,
    config: Path | None,
    dry_run: bool,
    as_json: bool,
) -> None:
    """One stage of a corpus that is there."""
    options = _options(context, name, config)
    if dry_run:
        _show(name, options)
        return
    _report([_run(_existing(corpus), name, options, workers)], corpus, as_json)


def _options(context: typer.Context, name: str, config: Path | None) -> object:
    """Options of a stage from `--config` with those of the command line on top."""
    from style2talker.corpus.settings import filled, stage_table
    from style2talker.corpus.stages import STAGES

    kind = STAGES[name].options
    table = stage_table(config, name) if config is not None else {}
    filled(kind, table, f"--config {config}")
    known = {each.name for each in dataclasses.fields(kind)}
    given = {key: value for key, value in context.params.items() if key in known and value is not None}
    return filled(kind, {**table, **given})


def _show(name: str, options: object) -> None:
    from style2talker.corpus.settings import table_text

    print(table_text(name, options), end="")


def _run(place: Place, name: str, options: object, workers: Workers) -> Summary:
    from style2talker.corpus.runner import run_stage
    from style2talker.corpus.stages import STAGES

    jobs, scheduler, retry = workers
    with progress_bar() as progress:
        return run_stage(place, STAGES[name], options, jobs or os.cpu_count() or 1, progress, retry, scheduler)


def _label(folder: Path, options: object) -> None:
    """The labels of a corpus, into its folder of that name."""
    from style2talker.corpus import annotate as labelling
    from style2talker.corpus.labelling.options import AnnotateOptions

    assert isinstance(options, AnnotateOptions)
    job = labelling.prepare([folder], folder / "labels", options, os.environ.get("OPENAI_API_KEY"))
    with progress_bar() as progress:
        labelling.annotate(job, progress=progress)


def _report(summaries: list[Summary], folder: Path, as_json: bool) -> None:
    """Tell what stages came to. Raises Style2TalkerError where one failed at a clip, after telling."""
    from style2talker.corpus.runner import REPORT

    lines = []
    for each in summaries:
        counts = {"done": each.done, "skipped": each.skipped, "failed": each.failed, "unchanged": each.unchanged}
        words = [f"{count} {word}" for word, count in counts.items() if count]
        speed = f" ({each.frames} frames in {each.seconds:.1f} s)" if each.done else ""
        lines.append(f"{each.stage}: {', '.join(words) or 'no clips'}{speed}")
    if any(each.skipped or each.failed for each in summaries):
        lines.append(f"the reasons are in {folder / REPORT}")
    facts = {"corpus": str(folder), "stages": [dataclasses.asdict(each) for each in summaries]}
    tell("\n".join(lines), as_json, facts)
    failed = sum(each.failed for each in summaries)
    if failed:
        raise Style2TalkerError(f"{failed} clips failed, the reasons are in {folder / REPORT}: run it again")


def _existing(corpus: Path) -> Place:
    from style2talker.corpus.manifest import MANIFEST
    from style2talker.corpus.outcome import Place

    if not (corpus / MANIFEST).is_file():
        raise UsageError(f"{corpus} is no corpus, it has no {MANIFEST}: make one by style2talker corpus crop")
    return Place(corpus)
