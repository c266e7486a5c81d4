"""One step of a training: each phase with an optimiser of its own, over one or several batches, on any device."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from typing import Any

import torch
from lightning_fabric import Fabric
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from style2talker.train.published.engine.averaging import Averages
from style2talker.train.published.engine.settings import TrainingSettings
from style2talker.train.published.engine.task import Task

__all__ = ["Phases"]

_FULL = "initial_lr"  # of a group of an optimiser: the rate before any factor

Batch = Mapping[str, torch.Tensor]


class _Called(nn.Module):
    """A network as a task calls it: in the precision of the training, its gradients shared by the processes.

    Fabric's own wrapper would not let a loss differentiate what it returns, which a gradient penalty does.
    """

    def __init__(self, network: nn.Module, fabric: Fabric, learns: bool) -> None:
        super().__init__()
        self._network = fabric.strategy.setup_module(network) if learns else network
        self._precision = fabric.strategy.precision

    def forward(self, *args: Any, **named: Any) -> Any:
        args, named = self._precision.convert_input((args, named))
        with self._precision.forward_context():
            output = self._network(*args, **named)
        return self._precision.convert_output(output)

    def silent(self) -> AbstractContextManager[None]:
        """Share no gradients of what is called in the block."""
        return self._network.no_sync() if isinstance(self._network, DistributedDataParallel) else nullcontext()


class Phases:
    """The networks of a task with their optimisers and averages, on their device.

    Attributes:
        networks: name -> network as it is checkpointed.
        optimisers: phase -> optimiser.
        averages: of the weights.
    """

    def __init__(self, task: Task, fabric: Fabric, settings: TrainingSettings) -> None:
        """Move everything onto the device.

        Args:
            task: what is trained.
            fabric: where.
            settings: how.
        """
        self._task, self._fabric, self._settings = task, fabric, settings
        # No statistics of a batch, no dropout: the networks that learn are those that are used later.
        self.networks = {name: fabric.to_device(network).eval() for name, network in task.networks.items()}
        self._weights = {
            name: [weight for weight in network.parameters() if weight.requires_grad]
            for name, network in self.networks.items()
        }
        self.optimisers = {phase: task.optimiser(phase) for phase in task.phases}
        for optimiser in self.optimisers.values():
            for group in optimiser.param_groups:
                group.setdefault(_FULL, group["lr"])
        self.averages = Averages({name: self.networks[name] for name in task.averaged}, settings.average)
        self._called: dict[str, _Called] = {}
        self._stepping: dict[str, Any] = {}

    def connect(self) -> None:
        """Wrap the networks for the processes and the precision, once their weights are what the first step needs."""
        self._called = {
            name: _Called(network, self._fabric, bool(self._weights[name])) for name, network in self.networks.items()
        }
        self._stepping = {
            phase: self._fabric.setup_optimizers(optimiser) for phase, optimiser in self.optimisers.items()
        }

    def run(self, batches: Sequence[Batch], step: int) -> dict[str, torch.Tensor]:
        """Do a step.

        Args:
            batches: of this process.
            step: number of the step, from 0 on.

        Returns:
            "phase/term" -> mean over the batches of this process, detached; the total is "phase/loss".
        """
        told: dict[str, torch.Tensor] = {}
        for phase in self._task.phases:
            self._set_rate(phase, step)
            self._stepping[phase].zero_grad(set_to_none=True)
            for index, batch in enumerate(batches):
                terms = self._differentiate(phase, batch, step, len(batches), index + 1 == len(batches))
                for name, value in terms.items():
                    told[f"{phase}/{name}"] = told.get(f"{phase}/{name}", 0) + value.detach().float() / len(batches)
            if self._settings.clip:
                self._fabric.clip_gradients(
                    self.networks[self._task.trained(phase)[0]],
                    self._stepping[phase],
                    max_norm=self._settings.clip,
                    error_if_nonfinite=False,
                )
            self._stepping[phase].step()
        self.averages.update()
        return told

    def _differentiate(self, phase: str, batch: Batch, step: int, count: int, last: bool) -> dict[str, torch.Tensor]:
        """Add the gradients of one batch; the processes exchange them with the last one."""
        trained = self._task.trained(phase)
        on_device = {name: value.to(self._fabric.device, non_blocking=True) for name, value in batch.items()}
        with ExitStack() as stack:
            for name, weights in self._weights.items():
                for weight in weights:
                    weight.requires_grad_(name in trained)
                if name not in trained or not last:
                    stack.enter_context(self._called[name].silent())
            total, terms = self._task.loss(phase, self._called, on_device, step)
            self._fabric.backward(total / count)
        return {"loss": total, **terms}

    def _set_rate(self, phase: str, step: int) -> None:
        factor = self._settings.rate_factor(step)
        for group in self.optimisers[phase].param_groups:
            group["lr"] = group[_FULL] * factor

    def rates(self) -> dict[str, float]:
        """The learning rate of the last step of each phase, as "phase/rate"."""
        return {f"{phase}/rate": float(each.param_groups[0]["lr"]) for phase, each in self.optimisers.items()}

    def best(self) -> dict[str, nn.Module]:
        """Name -> network to be looked at: the averaged one where there is one."""
        return {**self.networks, **self.averages.networks}
