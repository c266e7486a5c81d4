"""Noise for training by the published schedule, which `style_e.windowed` defines.

Uniform steps, no rescaling of time, no clipping of the predicted clean signal.
"""

from __future__ import annotations

import torch

from style2talker.style_e.windowed import Schedule

__all__ = ["noised"]


def noised(clean: torch.Tensor, noise: torch.Tensor, steps: torch.Tensor, schedule: Schedule) -> torch.Tensor:
    """Rows after some steps of the diffusion: Ho et al. (2020), eq. 4.

    Args:
        clean: (B, L, C) rows.
        noise: (B, L, C) unit noise.
        steps: (B,) integers, the number of each row's step.
        schedule: the whole one.
    """
    kept = torch.from_numpy(schedule.kept).to(clean)[steps][:, None, None]
    return kept.sqrt() * clean + (1.0 - kept).sqrt() * noise
