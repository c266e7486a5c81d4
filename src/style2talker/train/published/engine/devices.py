"""Where a training runs: one CPU or GPU, several processes on a machine, or several machines, by Lightning Fabric.

Processes that torchrun started are taken as they are; else the first process starts the others itself.
"""

from __future__ import annotations

import logging
import os
from datetime import timedelta
from inspect import signature

import torch
from lightning_fabric import Fabric
from lightning_fabric.strategies import DDPStrategy
from torch.nn.parallel import DistributedDataParallel

from style2talker.errors import UsageError
from style2talker.train.published.engine.settings import TrainingSettings

__all__ = ["open_fabric"]

_SYNC_BUFFERS = (
    "forward_sync_buffers"
    if "forward_sync_buffers" in signature(DistributedDataParallel).parameters
    else "broadcast_buffers"
)
"""What torch calls the copying of buffers before each call; it had another name before 2.13."""

_PATIENCE = timedelta(hours=2)
"""How long processes wait for the first one, which alone measures and writes."""


def open_fabric(settings: TrainingSettings) -> Fabric:
    """The processes and devices of a training, started and connected.

    Args:
        settings: their device, devices, nodes and precision are used.

    Raises:
        UsageError: there is no such device, or there are too few, or a precision is not for it.
    """
    kind = "cuda" if settings.device == "auto" and torch.cuda.is_available() else settings.device.replace("auto", "cpu")
    devices, nodes = _processes(settings)
    if kind == "cuda" and torch.cuda.device_count() < devices:
        raise UsageError(
            f"{devices} GPUs were asked for, found {torch.cuda.device_count()}: use --device cpu, or fewer"
        )
    if kind == "cpu" and settings.precision == "16-mixed":
        raise UsageError("--precision 16-mixed needs a GPU: use bf16-mixed or 32")
    # Buffers are the same everywhere and stay so. A phase may leave weights of a network unused.
    several = DDPStrategy(timeout=_PATIENCE, find_unused_parameters=True, **{_SYNC_BUFFERS: False})
    logging.getLogger("lightning_fabric").setLevel(logging.WARNING)
    fabric = Fabric(
        accelerator=kind,
        strategy=several if devices * nodes > 1 else "auto",
        devices=devices,
        num_nodes=nodes,
        precision="32-true" if settings.precision == "32" else settings.precision,
    )
    fabric.launch()
    return fabric


def _processes(settings: TrainingSettings) -> tuple[int, int]:
    """(processes on this machine, machines)."""
    if not torch.distributed.is_torchelastic_launched():
        return settings.devices, settings.nodes
    here = int(os.environ["LOCAL_WORLD_SIZE"])
    return here, int(os.environ["WORLD_SIZE"]) // here
