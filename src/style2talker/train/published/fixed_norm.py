"""Batch norm as both networks have it: its statistics are never those of a batch.

A named deviation from the releases, whose training scripts leave some norms in training mode: a sample is seen alike
whatever it is batched with, so that several processes compute what one does.
"""

from __future__ import annotations

from typing import Self

from torch import nn

__all__ = ["FixedBatchNorm"]


class FixedBatchNorm(nn.BatchNorm2d):
    """Batch norm whose statistics stay as they are, in training too."""

    def train(self, mode: bool = True) -> Self:
        """Stay in evaluation mode."""
        super().train(False)
        return self
