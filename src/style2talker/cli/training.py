"""`train`: the published networks from a corpus, on one device or many; interrupted, the same command goes on."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from style2talker.cli import flags
from style2talker.cli.extras import of_training
from style2talker.cli.telling import progress_bar, tell
from style2talker.errors import UsageError

if TYPE_CHECKING:
    from style2talker.train.published.engine.loop import Trained
    from style2talker.train.published.engine.settings import TrainingSettings

__all__ = ["Plan", "planned", "train", "train_network"]

_NETWORKS = {
    "style-e": ("style_e.settings", "StyleESettings", "style_e.task", "StyleETask"),
    "style-a": ("style_a.recipe", "StyleARecipe", "style_a.task", "StyleATask"),
}
"""Network -> module and class of its settings, module and class of its task."""

Out = Annotated[Path, typer.Option("--out", "-o", help="Folder of the training; one that is there goes on.")]
Preset = Annotated[str, typer.Option(help="paper; small: an evening on one GPU; tiny: minutes on two cores.")]
Set = Annotated[
    list[str] | None, typer.Option("--set", help="NAME=VALUE, a setting of the network as --dry-run names it.")
]
Steps = Annotated[int | None, typer.Option(help="Steps in all; more than before goes on.")]
Batch = Annotated[int | None, typer.Option(help="Samples that each process takes at once.")]
Accumulate = Annotated[int | None, typer.Option(help="Batches whose gradients make one step.")]
Precision = Annotated[str | None, typer.Option(help="32, bf16-mixed or 16-mixed.")]
Device = Annotated[str | None, typer.Option(help="auto (a GPU where there is one), cpu or cuda.")]
Devices = Annotated[int | None, typer.Option(help="Processes on this machine, each with its GPU; or use torchrun.")]
Nodes = Annotated[int | None, typer.Option(help="Machines; or use torchrun.")]
Average = Annotated[float | None, typer.Option(help="Share of the averaged weights that stays in a step; 0: none.")]
Clip = Annotated[float | None, typer.Option(help="Greatest norm of a gradient; 0: as it is.")]
WarmUp = Annotated[int | None, typer.Option(help="Steps in which the learning rate rises.")]
Cosine = Annotated[int | None, typer.Option(help="Steps in which it falls again; 0: it stays.")]
Workers = Annotated[int | None, typer.Option(help="Threads that prepare samples.")]
SaveEvery = Annotated[int | None, typer.Option(help="Steps between checkpoints.")]
LogEvery = Annotated[int | None, typer.Option(help="Steps in a line of the log.")]
ValidateEvery = Annotated[int | None, typer.Option(help="Steps between measurements on held-out data.")]
SheetEvery = Annotated[int | None, typer.Option(help="Steps between sample sheets.")]


@dataclass(frozen=True, slots=True)
class Plan:
    """A training that is to be.

    Attributes:
        network: "style-e" or "style-a".
        settings: of the network.
        training: how it is trained.
    """

    network: str
    settings: Any
    training: TrainingSettings


def train(
    context: typer.Context,
    network: Annotated[str, typer.Argument(help="style-e (voice and feeling to motion) or style-a (to pictures).")],
    corpus: Annotated[Path, typer.Argument(help="Folder of the corpus, as corpus run made it.")],
    out: Out,
    preset: Preset = "small",
    config: flags.Config = None,
    set_: Set = None,
    steps: Steps = None,
    batch: Batch = None,
    accumulate: Accumulate = None,
    precision: Precision = None,
    device: Device = None,
    devices: Devices = None,
    nodes: Nodes = None,
    seed: Annotated[int | None, typer.Option(help="Of the first weights and of all that is drawn.")] = None,
    average: Average = None,
    clip: Clip = None,
    warm_up: WarmUp = None,
    cosine: Cosine = None,
    workers: Workers = None,
    save_every: SaveEvery = None,
    log_every: LogEvery = None,
    validate_every: ValidateEvery = None,
    sheet_every: SheetEvery = None,
    dry_run: flags.DryRun = False,
    as_json: flags.Json = False,
) -> None:
    """Train a published network. Stopped by Ctrl-C or SIGTERM it saves, and the same command goes on from there.

    Example: style2talker train style-a corpus -o runs/style-a --preset small
    """
    from style2talker.train.published.engine.settings import TrainingSettings, assigned

    known = {each.name for each in dataclasses.fields(TrainingSettings)}
    given = {name: value for name, value in context.params.items() if name in known and value is not None}
    plan = planned(network, preset, config, given, assigned(set_ or []))
    train_network(plan, corpus, out, dry_run, as_json)


def planned(
    network: str, preset: str, config: Path | None, training: Mapping[str, object], settings: Mapping[str, object]
) -> Plan:
    """A preset, with a TOML file on top, with what the command line gives on top of that.

    Args:
        network: "style-e" or "style-a".
        preset: paper, small or tiny.
        config: the file, with the tables [training] and that of the network.
        training: `TrainingSettings` by name.
        settings: of the network by name.

    Raises:
        UsageError: there is no such network, preset or setting, or a value cannot be used.
    """
    from style2talker.train.published.engine.settings import TRAINING, config_tables, refined, training_preset

    how = training_preset(network, preset)
    module, name, *_ = _NETWORKS[network]
    what = getattr(of_training(module, name, "training needs"), preset)()
    if config is not None:
        tables = config_tables(config, (TRAINING, *_NETWORKS))
        how = refined(how, tables.get(TRAINING, {}), f"{config}: [{TRAINING}]")
        what = refined(what, tables.get(network, {}), f"{config}: [{network}]")
    return Plan(network, refined(what, settings, "--set"), refined(how, training, ""))


def train_network(plan: Plan, corpus: Path, out: Path, dry_run: bool = False, as_json: bool = False) -> None:
    """Train, or show the settings, and tell what came of it.

    Args:
        plan: what and how.
        corpus: its folder.
        out: folder of the training.
        dry_run: print the settings as TOML that `--config` reads, and do nothing.
        as_json: print a machine-readable last line.

    Raises:
        UsageError: there is no corpus, packages are missing, or the checkpoint in the folder is of other settings.
        typer.Exit: the training was stopped by a signal, whose number plus 128 is the exit status.
    """
    from style2talker.train.published.engine.settings import TRAINING, settings_text

    if dry_run:
        tables = {TRAINING: plan.training, plan.network: plan.settings}
        print(settings_text({"corpus": corpus, "out": out}, tables), end="")
        return
    from style2talker.corpus.manifest import MANIFEST

    if not (corpus / MANIFEST).is_file():
        raise UsageError(f"{corpus} is no corpus, it has no {MANIFEST}: make one by style2talker corpus run")
    # Read when torch is loaded, which else complains in each process that every weight was used after all.
    os.environ.setdefault("TORCH_CPP_LOG_LEVEL", "ERROR")
    run = of_training("engine.loop", "train", "training needs")
    _, _, module, name = _NETWORKS[plan.network]
    task = of_training(module, name, "training needs")
    # Processes that others started see their number; only the first draws a bar.
    first = int(os.environ.get("RANK", os.environ.get("LOCAL_RANK", "0"))) == 0
    with progress_bar() if first else nullcontext() as progress:
        trained = run(lambda: task(plan.settings, corpus), plan.training, out, progress)
    if trained.first:
        tell(_line(plan, trained), as_json, _facts(plan, trained))
        if trained.stopped:
            raise typer.Exit(128 + trained.stopped)


def _line(plan: Plan, trained: Trained) -> str:
    """What came of a training, for people."""
    if trained.stopped:
        return f"stopped at step {trained.step} of {plan.training.steps}, saved: the same command goes on from there"
    if trained.begun == trained.step:
        return f"{plan.network} has {trained.step} steps in {trained.checkpoint} already: raise --steps to go on"
    measured = ", ".join(f"{name} {value:.4g}" for name, value in trained.validation.items())
    return f"trained {plan.network} to step {trained.step}, {trained.seconds:.3g} s a step: {trained.checkpoint}" + (
        f"\nheld out: {measured}" if measured else ""
    )


def _facts(plan: Plan, trained: Trained) -> dict[str, object]:
    return {
        "network": plan.network,
        "checkpoint": str(trained.checkpoint),
        "begun": trained.begun,
        "step": trained.step,
        "stopped": trained.stopped,
        "seconds_per_step": trained.seconds,
        "losses": trained.losses,
        "validation": trained.validation,
    }
