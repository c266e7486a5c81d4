"""Moving feature maps by a dense flow.

A flow (B, 2, H, W) holds, for each place of the result, how many pixels to the right and down of it its content lies in
the source. Deviations: the released code builds its grid for corner-aligned sampling and samples with the other
convention, which shrinks every picture by half a pixel at each border; here both sides count from pixel centres, so
that zero flow is the identity, whole numbers move by exactly that many pixels and flows mean the same at every scale.
And what lies beyond a border repeats it, where the released code has black.
"""

from __future__ import annotations

import torch
from torch.nn import functional

__all__ = ["resize_flow", "warp"]


def warp(feature: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
    """A feature map moved by a flow.

    Args:
        feature: (B, C, H, W), or (1, C, H, W) for all flows alike.
        flow: (B, 2, H, W) in pixels of that map: x to the right, y down.

    Returns:
        (B, C, H, W): at (x, y) the feature at (x, y) + flow, bilinear.
    """
    height, width = flow.shape[-2:]
    x = torch.arange(width, device=flow.device, dtype=torch.float32)
    y = torch.arange(height, device=flow.device, dtype=torch.float32)
    # Half precision has no room for a pixel of a thousand and its fraction.
    right = (2 * (x + flow[:, 0].float()) + 1) / width - 1
    down = (2 * (y[:, None] + flow[:, 1].float()) + 1) / height - 1
    source = feature.expand(flow.shape[0], -1, -1, -1).float()
    grid = torch.stack([right, down], dim=-1)  # (B, H, W, 2)
    moved = functional.grid_sample(source, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return moved.to(feature.dtype)


def resize_flow(flow: torch.Tensor, size: int) -> torch.Tensor:
    """A square flow (B, 2, F, F) for a map of another size: (B, 2, size, size), in pixels of that map."""
    old = flow.shape[-1]
    if size == old:
        return flow
    if size < old:
        resized = functional.avg_pool2d(flow, old // size)
    else:
        resized = functional.interpolate(flow, (size, size), mode="bilinear", align_corners=False)
    return resized * (size / old)
