"""Gradient steps that every network of Style-E shares: bounded, logged, averaged over time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

import torch
from torch import nn

__all__ = ["Average", "follow"]

log = logging.getLogger(__name__)

_LOGGED = 100


class Average:
    """An exponential moving average of the weights of networks, which samples better than the last step's."""

    def __init__(self, networks: Iterable[nn.Module], decay: float) -> None:
        """Begin with the present weights.

        Args:
            networks: whose weights to average.
            decay: share of the average that stays in each step.
        """
        self._weights = [weight for network in networks for weight in network.parameters()]
        self._mean = [weight.detach().clone() for weight in self._weights]
        self._decay, self._count = decay, 0

    def update(self) -> None:
        """Take the present weights in."""
        self._count += 1
        decay = min(self._decay, (1 + self._count) / (10 + self._count))
        for mean, weight in zip(self._mean, self._weights, strict=True):
            mean.lerp_(weight.detach(), 1 - decay)

    def apply(self) -> None:
        """Put the average in the place of the weights."""
        with torch.no_grad():
            for mean, weight in zip(self._mean, self._weights, strict=True):
                weight.copy_(mean)


def follow(
    networks: Iterable[nn.Module],
    loss_of: Callable[[int], torch.Tensor],
    steps: int,
    rate: float,
    what: str,
    decay: float = 0.0,
    warm: float = 0.1,
) -> None:
    """Train networks in place: AdamW, one cycle of the learning rate, gradients no longer than 1.

    Args:
        networks: to train.
        loss_of: number of the step -> loss of a batch.
        steps: how many.
        rate: highest learning rate.
        what: name in the log.
        decay: of the average that replaces the weights in the end; 0 keeps the last ones.
        warm: share of the steps in which the rate rises.
    """
    networks = list(networks)
    weights = [weight for network in networks for weight in network.parameters() if weight.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=rate, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, rate, total_steps=steps, pct_start=warm)
    average = Average(networks, decay)
    for network in networks:
        network.train()
    total = 0.0
    for step in range(steps):
        loss = loss_of(step)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        schedule.step()
        average.update()
        total += float(loss.detach())
        if (step + 1) % _LOGGED == 0:
            log.info("%s: step %d of %d, loss %.4f", what, step + 1, steps, total / _LOGGED)
            total = 0.0
    if decay:
        average.apply()
    for network in networks:
        network.eval()
