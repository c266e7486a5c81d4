"""Checkpoints: all that a training needs to go on as if it had never stopped, in one file that is whole or not there.

The former file stays until the new one is complete. A checkpoint holds tensors and plain values only and is read
without running code from it.
"""

from __future__ import annotations

import dataclasses
import pickle
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch

from style2talker.errors import InputError, UsageError
from style2talker.media.atomic import atomic_path
from style2talker.train.published.engine.settings import TrainingSettings

__all__ = ["CHECKPOINT", "State", "check_same", "load_state", "save_state"]

CHECKPOINT = "checkpoint.pt"
"""Name of the file in the folder of a training."""

_VERSION = 1
_SHAPING = ("precision", "seed", "average", "clip", "warm_up", "cosine")
"""Settings of a training that its result depends on, beside the number of samples in a step."""

Weights = dict[str, torch.Tensor]


@dataclass(frozen=True, slots=True)
class State:
    """A training at the end of a step.

    Attributes:
        task: "style-e" or "style-a".
        step: steps done.
        samples: in each step, of all processes together.
        settings: of the network, as plain values.
        training: `TrainingSettings` as plain values.
        networks: name -> weights and buffers.
        averaged: name -> the moving average of them, of those networks that have one.
        optimisers: phase -> state of its optimiser.
        scaler: of the loss in half precision; empty without.
    """

    task: str
    step: int
    samples: int
    settings: dict[str, Any]
    training: dict[str, Any]
    networks: dict[str, Weights]
    averaged: dict[str, Weights] = field(default_factory=dict)
    optimisers: dict[str, dict[str, Any]] = field(default_factory=dict)
    scaler: dict[str, Any] = field(default_factory=dict)

    def best(self, name: str) -> Weights:
        """The averaged weights of a network where there are any, else those of the last step."""
        return self.averaged.get(name, self.networks[name])


def save_state(path: Path, state: State) -> None:
    """Write a checkpoint; an older one at that path is replaced when the new one is complete.

    Raises:
        OutputError: it cannot be written there.
    """
    values = {each.name: getattr(state, each.name) for each in dataclasses.fields(state)}
    with atomic_path(path) as part:
        torch.save({"version": _VERSION, **values}, part)


def load_state(path: Path) -> State:
    """Read a checkpoint, into the memory of the CPU.

    Raises:
        InputError: there is no such file, or it is no checkpoint of this version.
    """
    if not path.is_file():
        raise InputError(f"{path} is not there: train by style2talker train, or name the checkpoint of a training")
    try:
        values = torch.load(path, map_location="cpu", weights_only=True)
        version = values.pop("version")
        if version == _VERSION:
            return State(**values)
    except (pickle.UnpicklingError, RuntimeError, EOFError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{path} is damaged, or no checkpoint of a training: remove it, or name another") from error
    raise InputError(f"{path} is a checkpoint of version {version}, expected {_VERSION}: train anew")


def check_same(path: Path, state: State, wanted: State) -> None:
    """Find out whether a training can go on from a checkpoint.

    Args:
        path: of the checkpoint.
        state: what it holds.
        wanted: what is asked for now; its settings and number of samples are looked at.

    Raises:
        UsageError: a setting that the result depends on is another one.
    """
    if state.task != wanted.task:
        raise UsageError(f"{path} is of {state.task}, not of {wanted.task}: name another --out")
    now = {name: value for name, value in wanted.training.items() if name in _SHAPING}
    before = {name: state.training.get(name) for name in now}
    for old, new in ((before, now), (state.settings, wanted.settings)):
        _same(path, old, new)
    if state.samples != wanted.samples:
        raise UsageError(
            f"{path} was trained with {state.samples} samples a step, now it is {wanted.samples}: choose --batch and "
            "--accumulate such that batch x accumulate x processes is the same, or name another --out"
        )


def _same(path: Path, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Raise UsageError for the first value that differs."""
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            raise UsageError(
                f"{path} was trained with {name} = {old.get(name)!r}, now it is {new.get(name)!r}: go on with the "
                "former, or name another --out"
            )


def plain(settings: TrainingSettings) -> dict[str, Any]:
    """Settings of a training as plain values."""
    return dataclasses.asdict(settings)
