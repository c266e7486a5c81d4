"""How long, in what steps, on which devices a network is trained; the presets of that, and how settings are refined.

Settings are frozen records of plain values: a preset, with what a TOML file says on top, with what the command line
says on top of that. The same holds for the settings of the networks, which live beside them.
"""

from __future__ import annotations

import dataclasses
import difflib
import json
import math
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from style2talker.corpus.settings import load_table, table_text
from style2talker.errors import UsageError

__all__ = ["PRESETS", "TrainingSettings", "assigned", "config_tables", "refined", "settings_text", "training_preset"]

PRESETS = ("paper", "small", "tiny")
"""Sizes of the networks and of their training: as published; for an evening on one GPU; for minutes on two cores."""

TRAINING = "training"
"""Table of a TOML file that holds `TrainingSettings`; that of a network has the network's name."""

PRECISIONS = ("32", "bf16-mixed", "16-mixed")
DEVICES = ("auto", "cpu", "cuda")
_KINDS = {bool: "true or false", int: "a whole number", float: "a number", str: "a text"}
_RANGES: dict[str, tuple[float, float]] = {
    **dict.fromkeys(("steps", "save_every", "log_every", "validate_every", "sheet_every"), (1, 10**9)),
    **dict.fromkeys(("batch", "accumulate", "devices", "nodes"), (1, 65536)),
    **dict.fromkeys(("warm_up", "cosine"), (0, 10**9)),
    "seed": (0, 2**32 - 1),
    "workers": (1, 256),
    "average": (0, 0.999999),
    "clip": (0, 1e9),
}


def _one_of(name: str, value: object, words: Sequence[str]) -> None:
    if value not in words:
        near = difflib.get_close_matches(str(value), words, n=1)
        hint = f"did you mean {near[0]}?" if near else f"allowed is {', '.join(words)}"
        raise UsageError(f"{name.replace('_', '-')} is {value!r}, {hint}")


def _right_kind(name: str, value: object, kind: type) -> None:
    """Raise UsageError unless a value is of a kind; whole numbers count as fractions, truth values as no numbers."""
    fits = isinstance(value, kind) or (kind is float and isinstance(value, int))
    if not fits or (isinstance(value, bool) and kind is not bool):
        raise UsageError(f"{name.replace('_', '-')} is {value!r}, expected {_KINDS[kind]}")


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How a network is trained.

    A step takes batch x accumulate samples in each process. Wherever the product of these and of the number of
    processes is the same, so is the training.

    Attributes:
        steps: in all, from the first one on.
        batch: samples that a process takes at once; less needs less memory.
        accumulate: batches whose gradients are summed up for one step.
        precision: 32, bf16-mixed, or 16-mixed (with a scaled loss; a GPU only).
        device: auto (a GPU where there is one), cpu or cuda.
        devices: processes on this machine, each with a GPU or a share of the cores; torchrun decides for itself.
        nodes: machines.
        seed: of the weights and of all that is drawn with the samples.
        average: share of the moving average of the weights that stays in each step; 0 keeps none.
        clip: greatest norm of the gradient of a phase; 0 leaves it alone.
        warm_up: steps in which the learning rate rises to its full height.
        cosine: steps in which it falls again, as half a cosine, to a hundredth; 0 keeps it.
        workers: threads that prepare samples.
        save_every: steps between checkpoints.
        log_every: steps that a line of the log sums up.
        validate_every: steps between measurements on held-out data.
        sheet_every: steps between sample sheets.
    """

    steps: int = 100_000
    batch: int = 8
    accumulate: int = 1
    precision: str = "32"
    device: str = "auto"
    devices: int = 1
    nodes: int = 1
    seed: int = 0
    average: float = 0.999
    clip: float = 0.0
    warm_up: int = 0
    cosine: int = 0
    workers: int = 2
    save_every: int = 5000
    log_every: int = 100
    validate_every: int = 1000
    sheet_every: int = 1000

    def __post_init__(self) -> None:
        for each in dataclasses.fields(self):
            _right_kind(each.name, getattr(self, each.name), type(each.default))
        for name, (low, high) in _RANGES.items():
            if not low <= getattr(self, name) <= high:
                raise UsageError(
                    f"{name.replace('_', '-')} is {getattr(self, name)!r}, allowed is {low:.6g} to {high:.6g}"
                )
        _one_of("precision", self.precision, PRECISIONS)
        _one_of("device", self.device, DEVICES)

    def rate_factor(self, step: int) -> float:
        """The share of the full learning rate that a step has, from 0 on: a pure function of its number."""
        rising = min((step + 1) / self.warm_up, 1.0) if self.warm_up else 1.0
        if not self.cosine:
            return rising
        along = min(max(step - self.warm_up, 0) / self.cosine, 1.0)
        return rising * (0.01 + 0.99 * (1 + math.cos(math.pi * along)) / 2)


_PRESETS: dict[str, dict[str, TrainingSettings]] = {
    "style-e": {
        "paper": TrainingSettings(steps=6_000_000, batch=128, average=0.0, workers=8),
        "small": TrainingSettings(steps=60_000, batch=64, clip=1.0, warm_up=500, cosine=59_500, workers=4),
        "tiny": TrainingSettings(
            steps=300,
            batch=16,
            average=0.98,
            clip=1.0,
            save_every=100,
            log_every=10,
            validate_every=100,
            sheet_every=100,
        ),
    },
    "style-a": {
        "paper": TrainingSettings(steps=200_000, batch=4, average=0.0, workers=8, log_every=1000),
        "small": TrainingSettings(steps=60_000, batch=8, clip=10.0, warm_up=500, workers=4, save_every=2000),
        "tiny": TrainingSettings(
            steps=200, batch=2, average=0.95, save_every=50, log_every=10, validate_every=50, sheet_every=50
        ),
    },
}


def training_preset(task: str, preset: str) -> TrainingSettings:
    """How a network is trained by a preset.

    Args:
        task: "style-e" or "style-a".
        preset: one of `PRESETS`.

    Raises:
        UsageError: there is no such network or preset.
    """
    _one_of("network", task, tuple(_PRESETS))
    _one_of("preset", preset, PRESETS)
    return _PRESETS[task][preset]


Record = TypeVar("Record")


def refined(base: Record, given: Mapping[str, object], where: str) -> Record:
    """Settings with other values for some fields.

    Args:
        base: a frozen record of plain values.
        given: field -> value.
        where: what to name in a message, such as the file; empty for the options of that name.

    Raises:
        UsageError: there is no such field, or a value is of the wrong kind or out of range.
    """
    names = [each.name for each in dataclasses.fields(base)]  # type: ignore[arg-type]  # settings are dataclasses
    prefix = f"{where}: " if where else "--"
    values: dict[str, Any] = {}
    for name, value in given.items():
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]}?" if near else f"allowed: {', '.join(names)}"
            raise UsageError(f"{prefix}there is no setting {name}, {hint}")
        kind = type(getattr(base, name))
        try:
            _right_kind(name, value, kind)
        except UsageError as error:
            raise UsageError(f"{prefix}{error}") from error
        values[name] = kind(value)
    try:
        return dataclasses.replace(base, **values)  # type: ignore[type-var]  # settings are dataclasses
    except (UsageError, ValueError) as error:
        raise UsageError(f"{prefix}{error}") from error


def config_tables(path: Path, tables: Sequence[str]) -> dict[str, dict[str, object]]:
    """The tables of a TOML file of settings, as `settings_text` writes it.

    Args:
        path: the file.
        tables: those that it may have.

    Raises:
        UsageError: the file cannot be read, or holds something else.
    """
    found = load_table(path)
    for name, table in found.items():
        _one_of(f"{path}: table", name, tables)
        if not isinstance(table, dict):
            raise UsageError(f"{path}: {name} is a table: write [{name}]")
    return found


def assigned(words: Sequence[str]) -> dict[str, object]:
    """Settings that were given as NAME=VALUE; a value is read as TOML, and is a text where it is none.

    Raises:
        UsageError: there is no sign of equality.
    """
    given: dict[str, object] = {}
    for word in words:
        name, sign, value = word.partition("=")
        if not sign or not name.strip():
            raise UsageError(f"--set {word}: write NAME=VALUE, such as --set blocks=8")
        try:
            given[name.strip().replace("-", "_")] = tomllib.loads(f"value = {value}")["value"]
        except tomllib.TOMLDecodeError:
            given[name.strip().replace("-", "_")] = value.strip()
    return given


def settings_text(files: Mapping[str, object], tables: Mapping[str, object]) -> str:
    """Settings as a TOML file that `config_tables` reads.

    Args:
        files: name -> what is no setting but told all the same, as comments.
        tables: name -> a record of settings.
    """
    comments = "".join(f"# {name}: {json.dumps(str(value))}\n" for name, value in files.items())
    return comments + "\n".join(table_text(name, record) for name, record in tables.items())
