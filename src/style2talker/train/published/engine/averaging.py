"""Exponential moving averages of weights, which make better pictures and motion than the last step's."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

__all__ = ["Averages"]


class Averages:
    """Moving averages of some networks.

    The first update takes the weights as they are; the n-th after it keeps the share min(decay, (1 + n) / (10 + n)),
    so that a short training is not held back by its first, random weights.
    """

    def __init__(self, networks: Mapping[str, nn.Module], decay: float) -> None:
        """Begin with the present weights.

        Args:
            networks: name -> network, not wrapped; they are copied.
            decay: share that stays in each step; 0 keeps no average.
        """
        self._networks = dict(networks) if decay else {}
        self._decay = decay
        self._means = {
            name: AveragedModel(network, multi_avg_fn=self._mix).requires_grad_(False)
            for name, network in self._networks.items()
        }

    def _mix(self, means: list[torch.Tensor], weights: list[torch.Tensor], count: torch.Tensor | int) -> None:
        done = int(count)
        torch._foreach_lerp_(means, weights, 1 - min(self._decay, (1 + done) / (10 + done)))

    def update(self) -> None:
        """Take the present weights in; statistics and other buffers are copied."""
        with torch.no_grad():
            for name, mean in self._means.items():
                mean.update_parameters(self._networks[name])

    @property
    def networks(self) -> dict[str, nn.Module]:
        """Name -> network with the averaged weights."""
        return {name: mean.module for name, mean in self._means.items()}

    def state(self) -> dict[str, dict[str, torch.Tensor]]:
        """Name -> averaged weights."""
        return {name: network.state_dict() for name, network in self.networks.items()}

    def restore(self, state: Mapping[str, Mapping[str, torch.Tensor]], updates: int) -> None:
        """Go on from averaged weights.

        Args:
            state: as `state` gave it.
            updates: how many there had been.
        """
        for name, mean in self._means.items():
            mean.module.load_state_dict(state[name])
            mean.n_averaged.fill_(updates)
