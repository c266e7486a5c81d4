"""The terms of Style-A's losses, each a mean over the batch, unweighted.

The temporal term, which the released code names but does not compute, compares each frame with the one before: moved by
the tracked faces to where the face is now, it has to look the same.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn import functional

from style2talker.train.published.style_a.warp import resize_flow, warp

__all__ = [
    "discriminator_loss",
    "flow_loss",
    "generator_loss",
    "gradient_penalty",
    "mask_bound",
    "mask_loss",
    "temporal_loss",
    "warped_loss",
]


def generator_loss(fake: torch.Tensor) -> torch.Tensor:
    """Non-saturating logistic loss of opinions (B, 1) on made pictures."""
    return functional.softplus(-fake).mean()


def discriminator_loss(real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
    """Logistic loss of opinions (B, 1) on true and on made pictures."""
    return functional.softplus(-real).mean() + functional.softplus(fake).mean()


def gradient_penalty(opinion: torch.Tensor, picture: torch.Tensor) -> torch.Tensor:
    """R1 (Mescheder et al. 2018): half the squared gradient of opinions (B, 1) at true pictures (B, 3, H, W)."""
    (gradient,) = torch.autograd.grad(opinion.sum(), picture, create_graph=True)
    return gradient.square().sum(dim=(1, 2, 3)).mean() / 2


def mask_bound(degree: torch.Tensor) -> torch.Tensor:
    """Mean that a mask may have at a degree of style: 1 at degree 0, a tenth at degree 1 (VToonify eq. 9)."""
    return 0.1 + 0.9 * (1 - degree).square()


def mask_loss(masks: Sequence[torch.Tensor], degree: torch.Tensor) -> torch.Tensor:
    """What masks (B, 1, h, w) have above their bound, summed over them, at degrees (B, 1)."""
    bound = mask_bound(degree)[:, 0]
    over = [functional.relu(mask.mean(dim=(1, 2, 3)) - bound).mean() for mask in masks]
    return torch.stack(over).sum()


def flow_loss(flow: torch.Tensor, taught: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """Mean absolute difference of flows (B, 2, F, F) in pixels of their grid, where the weight (B, 1, F, F) is."""
    apart = (flow - taught).abs().sum(dim=1, keepdim=True) * weight
    return (apart.sum(dim=(1, 2, 3)) / weight.sum(dim=(1, 2, 3)).clamp(min=1e-6)).mean()


def warped_loss(warped: torch.Tensor, true: torch.Tensor) -> torch.Tensor:
    """Mean absolute difference of the warped photo and the true frame, both (B, 3, S, S)."""
    return (warped - true).abs().mean()


def temporal_loss(before: torch.Tensor, now: torch.Tensor, flow: torch.Tensor, weight: torch.Tensor) -> torch.Tensor:
    """How unsteady successive frames are.

    Args:
        before: (B, 3, O, O) made frames.
        now: (B, 3, O, O) the ones that follow.
        flow: (B, 2, F, F) in pixels of that grid: where in the frame before the content of each place of this one lies.
        weight: (B, 1, F, F), how far to trust it.

    Returns:
        Mean squared difference, weighted.
    """
    size = now.shape[-1]
    moved = warp(before, resize_flow(flow, size))
    trust = functional.interpolate(weight, (size, size), mode="bilinear", align_corners=False)
    apart = (now - moved).square().mean(dim=1, keepdim=True) * trust
    return (apart.sum(dim=(1, 2, 3)) / trust.sum(dim=(1, 2, 3)).clamp(min=1e-6)).mean()
