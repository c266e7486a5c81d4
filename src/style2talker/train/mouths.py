"""Losses of the mouth: against invented ones, which are exact, and filmed ones, which tell when, not how far."""

from __future__ import annotations

import torch

from style2talker.style_e.factors import CHANNELS
from style2talker.style_e.lips import ARTICULATION, opening_pulls

__all__ = ["filmed_mouth_loss", "invented_mouth_loss", "opening_of"]

_JAW, _CLOSURE = CHANNELS.index("jawOpen"), CHANNELS.index("closure")
_ROUND = [CHANNELS.index(name) for name in ("mouthFunnel", "mouthPucker")]


def opening_of(channels: torch.Tensor) -> torch.Tensor:
    """Opening of the lips (…), in eye distances, that channels (…, len(CHANNELS)) lead to in the end."""
    shown = torch.tanh(channels.clamp(min=0.0) * torch.from_numpy(ARTICULATION))
    return (shown @ torch.from_numpy(opening_pulls().copy())) * (1 - 0.8 * channels[..., _CLOSURE].clamp(0, 1))


def invented_mouth_loss(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """Squared error of channels (B, T, len(CHANNELS)) in 0..1 and of their speed; the jaw counts twice."""
    weights = torch.ones(target.shape[-1])
    weights[_JAW] = 2.0
    error = ((predicted - target) ** 2 * weights).mean()
    speed = ((predicted.diff(dim=1) - target.diff(dim=1)) ** 2 * weights).mean()
    closed = torch.nn.functional.binary_cross_entropy(
        predicted[..., _CLOSURE].clamp(1e-4, 1 - 1e-4), target[..., _CLOSURE].clamp(0, 1)
    )
    return error + 2.0 * speed + 0.04 * closed


def _away(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """One minus Pearson's r along T of (B, T), less where the target hardly moves."""
    a, b = predicted - predicted.mean(1, keepdim=True), target - target.mean(1, keepdim=True)
    energy = (b**2).mean(1)
    r = (a * b).sum(1) / ((a**2).sum(1) * (b**2).sum(1) + 1e-5).sqrt()
    return ((1 - r) * torch.clamp(energy / 2e-3, max=1.0)).mean()


def filmed_mouth_loss(predicted: torch.Tensor, target: torch.Tensor, opening: torch.Tensor) -> torch.Tensor:
    """Disagreement with a real mouth: real people differ in how far they move, not in when.

    Args:
        predicted: (B, T, len(CHANNELS)) channels.
        target: (B, T, len(CHANNELS)) tracked channels; closure is not tracked and not looked at.
        opening: (B, T) tracked gap between the inner lips.
    """
    weights = torch.full((target.shape[-1],), 0.15)
    weights[_ROUND] = 0.8
    weights[_CLOSURE] = 0.0
    channels = sum(weights[c] * _away(predicted[..., c], target[..., c]) for c in range(target.shape[-1]))
    return 2.0 * _away(opening_of(predicted), opening) + _away(predicted[..., _JAW], target[..., _JAW]) + channels
