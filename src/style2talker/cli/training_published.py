"""The published training scripts: their option names, on the same code as `train`.

Folders that stood in their source are options with those values as defaults. Options that set up what did not work, or
had no effect, are not there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from style2talker.cli import flags
from style2talker.cli.training import Preset, planned, train_network

__all__ = ["train_style_a", "train_style_e"]

Rank = Annotated[
    int, typer.Option("--local_rank", "--local-rank", help="Given by torch.distributed.launch.", hidden=True)
]
Rate = Annotated[float | None, typer.Option("--lr", help="Learning rate.")]


def train_style_e(
    root_dir: Annotated[Path, typer.Option("--root_dir", help="Folder of the corpus.")] = Path("processed_MEAD_front"),
    save_dir: Annotated[Path, typer.Option("--save_dir", help="Folder of the training.")] = Path("checkpoints/Style-E"),
    audioencoder_ckpt: Annotated[str | None, typer.Option("--audioencoder_ckpt", help="SadTalker's weights.")] = None,
    batch_size: Annotated[int | None, typer.Option("--batch_size", help="Samples in each process.")] = None,
    lr: Rate = None,
    num_steps: Annotated[int | None, typer.Option("--num_steps", help="Steps in all.")] = None,
    log_interval: Annotated[int | None, typer.Option("--log_interval", help="Steps in a line of the log.")] = None,
    save_interval: Annotated[int | None, typer.Option("--save_interval", help="Steps between checkpoints.")] = None,
    num_workers: Annotated[int | None, typer.Option("--num_workers", help="Threads that prepare samples.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Of all that is drawn.")] = None,
    latent_dim: Annotated[int | None, typer.Option("--latent_dim", help="Width of the denoiser.")] = None,
    layers: Annotated[int | None, typer.Option("--layers", help="Blocks of the denoiser.")] = None,
    input_motion_length: Annotated[int | None, typer.Option("--input_motion_length", help="Frames it sees.")] = None,
    preset: Preset = "paper",
    local_rank: Rank = 0,
    dry_run: flags.DryRun = False,
) -> None:
    """Train Style-E by the published option names.

    Example: torchrun --nproc_per_node 4 train_style_e.py --root_dir corpus --save_dir runs/style-e
    """
    settings: dict[str, object | None] = {
        "initial": audioencoder_ckpt,
        "rate": lr,
        "latent": latent_dim,
        "blocks": layers,
        "window": input_motion_length,
    }
    training: dict[str, object | None] = {"batch": batch_size, "steps": num_steps, "workers": num_workers, "seed": seed}
    training |= {"log_every": log_interval, "save_every": save_interval}
    _train("style-e", preset, training, settings, root_dir, save_dir, dry_run)


def train_style_a(
    path: Annotated[Path, typer.Option("--path", help="Folder of the corpus.")] = Path("Style2Talker"),
    name: Annotated[
        str, typer.Option("--name", help="Of the training, in checkpoints/Style-A.")
    ] = "vtoonify_d_cartoon",
    iterations: Annotated[int | None, typer.Option("--iter", help="Steps in all.")] = None,
    batch: Annotated[int | None, typer.Option("--batch", help="Samples in each process.")] = None,
    lr: Rate = None,
    save_every: Annotated[int | None, typer.Option("--save_every", help="Steps between checkpoints.")] = None,
    log_every: Annotated[int | None, typer.Option("--log_every", help="Steps between log lines and sheets.")] = None,
    adv_loss: Annotated[float | None, typer.Option("--adv_loss", help="Weight of the adversarial loss.")] = None,
    grec_loss: Annotated[float | None, typer.Option("--grec_loss", help="Weight of the squared error.")] = None,
    perc_loss: Annotated[
        float | None, typer.Option("--perc_loss", help="Weight of the perceptual loss, summed over the batch.")
    ] = None,
    tmp_loss: Annotated[float | None, typer.Option("--tmp_loss", help="Weight of the temporal loss.")] = None,
    msk_loss: Annotated[float | None, typer.Option("--msk_loss", help="Weight of the mask loss.")] = None,
    pre_train: Annotated[str | None, typer.Option("--pre_train", help="VToonify-D to begin from.")] = None,
    pre_train_vtoonify: Annotated[
        str | None, typer.Option("--pre_train_vtoonify", help="VToonify-D that teaches; it stays as it is.")
    ] = None,
    style_encoder_path: Annotated[
        str | None, typer.Option("--style_encoder_path", help="pSp, encoder of faces.")
    ] = None,
    faceparsing_path: Annotated[str | None, typer.Option("--faceparsing_path", help="BiSeNet as ONNX.")] = None,
    preset: Preset = "paper",
    local_rank: Rank = 0,
    dry_run: flags.DryRun = False,
) -> None:
    """Train Style-A by the published option names.

    Example: torchrun --nproc_per_node 4 train_style_a.py --path corpus --name arcane --batch 4 --iter 200000
    """
    training: dict[str, object | None] = {"steps": iterations, "batch": batch, "save_every": save_every}
    training |= {"log_every": log_every, "sheet_every": log_every}
    settings: dict[str, object | None] = {"learning_rate": lr, "adversarial": adv_loss, "reconstruction": grec_loss}
    settings |= {"temporal": tmp_loss, "mask": msk_loss}
    files = [file for file in (pre_train, style_encoder_path) if file is not None]
    settings["initial"] = ",".join(files) or None
    if perc_loss is not None:
        settings["perceptual"] = perc_loss * (batch or planned("style-a", preset, None, {}, {}).training.batch)
    if pre_train_vtoonify is not None:
        settings |= {"teacher": "vtoonify", "vtoonify": pre_train_vtoonify}
    if faceparsing_path is not None:
        settings |= {"parsing": "bisenet", "bisenet": faceparsing_path}
    _train("style-a", preset, training, settings, path, Path("checkpoints/Style-A") / name, dry_run)


def _train(
    network: str,
    preset: str,
    training: dict[str, object | None],
    settings: dict[str, object | None],
    corpus: Path,
    out: Path,
    dry_run: bool,
) -> None:
    given = [{name: value for name, value in each.items() if value is not None} for each in (training, settings)]
    train_network(planned(network, preset, None, *given), corpus, out, dry_run)
