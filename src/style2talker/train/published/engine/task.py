"""What the engine asks of a network to be trained: the seam between the loop and Style-E or Style-A.

A task is made from its settings and the folder of a corpus. Everything random comes with the samples: sample number n
is a pure function of the seed and n. So a run that was interrupted goes on with the very numbers it would have had,
and two processes see what one process with the doubled batch sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import numpy as np
import torch
from torch import nn

__all__ = ["Stream", "Task"]


class Stream(Protocol):
    """An endless stream of samples."""

    def sample(self, number: int) -> dict[str, np.ndarray]:
        """The sample of that number, the same for ever; called from several threads at once.

        Args:
            number: from 0 on.

        Returns:
            Name -> array without the axis of the batch; the same names, shapes and dtypes for every number.
        """
        ...


class Task(Protocol):
    """A set of networks, their losses and their data.

    Attributes:
        name: "style-e" or "style-a".
        networks: name -> network, all that a checkpoint holds; those that no phase changes have no gradients. They
            train as they are used: in the mode `eval`, without statistics of the batch and without dropout.
        phases: of a step, in order, such as ("generator", "discriminator"); each has an optimiser of its own.
        averaged: names of the networks that an exponential moving average is kept of.
    """

    name: str
    networks: Mapping[str, nn.Module]
    phases: tuple[str, ...]
    averaged: tuple[str, ...]

    def optimiser(self, phase: str) -> torch.optim.Optimizer:
        """A new optimiser of all that a phase changes."""
        ...

    def trained(self, phase: str) -> tuple[str, ...]:
        """Names of the networks that a phase changes."""
        ...

    def stream(self, split: str, seed: int) -> Stream:
        """The samples of "train" or "validation"."""
        ...

    def loss(
        self, phase: str, networks: Mapping[str, nn.Module], batch: Mapping[str, torch.Tensor], step: int
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """What a phase is to lessen.

        Args:
            phase: one of `phases`.
            networks: as `networks`, perhaps wrapped for several processes or half precision: they are called, and
                never reached into.
            batch: name -> (B, ...) the samples.
            step: number of the step, from 0 on.

        Returns:
            The total, a scalar that is a mean over the batch, and its terms by name, scalars to be logged.
        """
        ...

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        """Numbers of held-out data, the same for the same weights."""
        ...

    def sheet(self, networks: Mapping[str, nn.Module]) -> np.ndarray | None:
        """A picture (H, W, 3) uint8 RGB of what the networks make of held-out data, or None."""
        ...

    def describe(self) -> dict[str, object]:
        """The resolved settings as plain values, for the checkpoint, the log and the exported file."""
        ...

    def prepare(self, networks: Mapping[str, nn.Module]) -> None:
        """What is done once before step 0, such as to load weights or to fix statistics."""
        ...
