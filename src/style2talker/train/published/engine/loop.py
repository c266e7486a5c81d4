"""The loop of a training: steps, logs, measurements, sheets and checkpoints, until it is done or asked to stop.

In: a task and its settings. Out: a folder with checkpoint.pt, losses.csv, validation.csv, sheets/ and tensorboard/.
Called again with the same settings it goes on from the checkpoint; on a CPU the result is bit for bit that of a
training which was never interrupted.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import torch
from lightning_fabric import Fabric

from style2talker.corpus.runner import locked
from style2talker.errors import Style2TalkerError, UsageError
from style2talker.train.published.engine.devices import open_fabric
from style2talker.train.published.engine.logs import Logs
from style2talker.train.published.engine.phases import Phases
from style2talker.train.published.engine.settings import TrainingSettings
from style2talker.train.published.engine.state import CHECKPOINT, State, check_same, load_state, plain, save_state
from style2talker.train.published.engine.stopping import StopRequest, listening
from style2talker.train.published.engine.stream import Batches, Share
from style2talker.train.published.engine.task import Task

__all__ = ["Trained", "is_out_of_memory", "train"]

Progress = Callable[[str, int, int], None]
"""Told a name, how many steps are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Trained:
    """What a training came to.

    Attributes:
        checkpoint: its file.
        begun: step that this run began at.
        step: steps done in all.
        first: whether this is the process that tells of it.
        stopped: number of the signal that stopped it, or 0.
        seconds: a step took on average.
        losses: the last line of the log.
        validation: what was measured last on held-out data.
    """

    checkpoint: Path
    begun: int
    step: int
    first: bool
    stopped: int
    seconds: float
    losses: dict[str, float]
    validation: dict[str, float]


def train(make: Callable[[], Task], settings: TrainingSettings, out: Path, progress: Progress | None = None) -> Trained:
    """Train, from where the folder's checkpoint is or from the beginning.

    Args:
        make: makes the task; called once in each process, with the generator of the first weights seeded.
        settings: how.
        out: folder of the training, made where it is not there; all machines share it.
        progress: told of each step, in the first process.

    Returns:
        What it came to; a training that was asked to stop by SIGTERM or SIGINT has saved its last step.

    Raises:
        UsageError: the checkpoint is of other settings, a device is not there, or another run is at work in the folder.
        InputError: the checkpoint is damaged.
        OutputError: something cannot be written.
        Style2TalkerError: there is not enough memory, or a loss is no longer a number.
    """
    fabric = open_fabric(settings)
    with ExitStack() as stack:
        _first_alone(fabric, lambda: stack.enter_context(locked(out)))
        torch.manual_seed(settings.seed)
        try:
            run = _Run(make(), fabric, settings, out)
            stack.callback(run.close)
            return run.steps(progress if fabric.is_global_zero else None)
        except (RuntimeError, MemoryError) as error:
            if is_out_of_memory(error):
                raise Style2TalkerError(_too_large(settings, fabric)) from error
            raise


def is_out_of_memory(error: BaseException) -> bool:
    """Whether an error says that there is not enough memory, of a GPU or of the machine."""
    return isinstance(error, torch.OutOfMemoryError | MemoryError) or "DefaultCPUAllocator" in str(error)


def _too_large(settings: TrainingSettings, fabric: Fabric) -> str:
    place = "the GPU" if fabric.device.type == "cuda" else "this machine"
    if settings.batch == 1:
        return (
            f"not enough memory on {place} for one sample (--batch 1): use a smaller --preset or --precision bf16-mixed"
        )
    smaller = max(part for part in range(1, settings.batch) if settings.batch % part == 0)
    more = settings.accumulate * settings.batch // smaller
    return (
        f"not enough memory on {place} for {settings.batch} samples at once: "
        f"use --batch {smaller} --accumulate {more}, whose steps are as large"
    )


def _first_alone(fabric: Fabric, act: Callable[[], object]) -> None:
    """Do something in the first process; where that fails, all processes end by the same error."""
    failure: Style2TalkerError | None = None
    if fabric.is_global_zero:
        try:
            act()
        except Style2TalkerError as error:
            failure = error
    failure = fabric.broadcast(failure)
    if failure is not None:
        raise failure


class _Run:
    """One process of a training, between its first and its last step."""

    def __init__(self, task: Task, fabric: Fabric, settings: TrainingSettings, out: Path) -> None:
        self._task, self._fabric, self._settings = task, fabric, settings
        self._share = Share(settings.batch, settings.accumulate, fabric.global_rank, fabric.world_size)
        self._path = out / CHECKPOINT
        self._phases = Phases(task, fabric, settings)
        self._begun = self._restore()
        self._phases.connect()
        self._logs = Logs(out, self._begun) if fabric.is_global_zero else None
        self._sums: dict[str, tuple[torch.Tensor, int]] = {}
        self._counted, self._since, self._waited = 0, 0.0, 0.0
        self._losses: dict[str, float] = {}
        self._validation: dict[str, float] = {}

    def close(self) -> None:
        """End the logs."""
        if self._logs is not None:
            self._logs.close()

    def _restore(self) -> int:
        """Steps that are done: those of the checkpoint, whose state is taken over, or none."""
        there = self._path.is_file()
        if bool(self._fabric.all_reduce(self._number(there), reduce_op="sum") % self._fabric.world_size):
            raise UsageError(f"not every process sees {self._path}: name a folder for --out that all machines share")
        if not there:
            self._task.prepare(self._phases.networks)
            return 0
        state = load_state(self._path)
        check_same(self._path, state, self._state(0, with_weights=False))
        for name, network in self._phases.networks.items():
            network.load_state_dict(state.networks[name])
        for phase, optimiser in self._phases.optimisers.items():
            optimiser.load_state_dict(state.optimisers[phase])
        self._phases.averages.restore(state.averaged, state.step)
        self._fabric.strategy.precision.load_state_dict(state.scaler)
        return state.step

    def _state(self, step: int, with_weights: bool = True) -> State:
        phases = self._phases
        return State(
            task=self._task.name,
            step=step,
            samples=self._share.total,
            settings=dict(self._task.describe()),
            training=plain(self._settings),
            networks={name: each.state_dict() for name, each in phases.networks.items()} if with_weights else {},
            averaged=phases.averages.state() if with_weights else {},
            optimisers={name: each.state_dict() for name, each in phases.optimisers.items()} if with_weights else {},
            scaler=self._fabric.strategy.precision.state_dict() if with_weights else {},
        )

    def steps(self, progress: Progress | None) -> Trained:
        """Do all steps that are still to be done."""
        settings, done, begun = self._settings, self._begun, time.perf_counter()
        stream = self._task.stream("train", settings.seed)
        pin = self._fabric.device.type == "cuda"
        batches = Batches(stream, self._share, done, settings.steps, settings.workers, pin)
        stopped = 0
        with ExitStack() as stack:
            stack.callback(batches.close)
            request = stack.enter_context(listening())
            if not done:
                self._look(0)
            self._since = time.perf_counter()
            for each in batches:
                self._add(self._phases.run(each, done))
                done += 1
                if progress is not None:
                    progress("training", done, settings.steps)
                stopped = self._asked(request)
                self._tell(done, batches.waited, bool(stopped))
                if stopped:
                    break
        seconds = (time.perf_counter() - begun) / max(done - self._begun, 1)
        first = self._fabric.is_global_zero
        return Trained(self._path, self._begun, done, first, stopped, seconds, self._losses, self._validation)

    def _asked(self, request: StopRequest) -> int:
        """The number of the signal that any of the processes got, known to all of them at the same step."""
        if self._fabric.world_size == 1:
            return request.number
        return int(self._fabric.all_reduce(self._number(request.number), reduce_op="max"))

    def _number(self, value: float) -> torch.Tensor:
        return torch.tensor(float(value), device=self._fabric.device)

    def _add(self, terms: dict[str, torch.Tensor]) -> None:
        for name, value in terms.items():
            total, count = self._sums.get(name, (torch.zeros_like(value), 0))
            self._sums[name] = total + value, count + 1
        self._counted += 1

    def _tell(self, done: int, waited: float, stopped: bool) -> None:
        """Log, measure, draw and save what is due after a step."""
        settings, last = self._settings, done == self._settings.steps
        saving = stopped or last or done % settings.save_every == 0
        if saving or done % settings.log_every == 0:
            self._log(done, waited)
        if not stopped:
            self._look(done)
        if saving:
            state = self._state(done)
            _first_alone(self._fabric, lambda: save_state(self._path, state))

    def _log(self, done: int, waited: float) -> None:
        """Write the means since the last time. Raises Style2TalkerError for a loss that is no number."""
        now = time.perf_counter()
        names = sorted(self._sums)
        means = torch.stack([total / count for total, count in (self._sums[name] for name in names)])
        numbers = dict(zip(names, self._fabric.all_reduce(means).tolist(), strict=True))
        for name, value in numbers.items():
            if not math.isfinite(value):
                raise Style2TalkerError(
                    f"{name} is {value} by step {done}, the last checkpoint is kept: lower the learning rate, or set "
                    "--clip 1"
                )
        times = {
            "seconds_per_step": (now - self._since) / self._counted,
            "data_wait": (waited - self._waited) / self._counted,
        }
        self._losses = {**numbers, **self._phases.rates(), **times}
        self._sums, self._counted, self._since, self._waited = {}, 0, now, waited
        if self._logs is not None:
            self._logs.losses(done, self._losses)

    def _look(self, done: int) -> None:
        """Measure and draw what is due; the first process alone, the others wait."""
        settings, last = self._settings, done == self._settings.steps
        validating, drawing = last or done % settings.validate_every == 0, last or done % settings.sheet_every == 0
        if not (validating or drawing):
            return
        begun = time.perf_counter()
        if self._logs is not None:
            best = self._phases.best()
            with torch.no_grad():
                if validating:
                    self._validation = self._task.validate(best)
                    self._logs.validation(done, self._validation)
                picture = self._task.sheet(best) if drawing else None
            if picture is not None:
                self._logs.sheet(done, picture)
        self._fabric.barrier()
        self._since += time.perf_counter() - begun
