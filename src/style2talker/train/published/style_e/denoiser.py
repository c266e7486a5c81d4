"""The published denoiser of Style-E: an MLP over windows of a fixed number of frames that predicts the clean signal.

AGRoL's network with a text input: 5,113,664 weights at the published size. It shares no layers
with `train.networks.Denoiser`, which is convolutional in time, sees any number of frames and takes the feeling as
activations of muscles: one class for both would be two with a switch.

Besides weights it holds what expressions are measured in: `centre` and `spread` of each coefficient, 0 and 1 as
published. `forward` takes and gives rows in these units.
"""

from __future__ import annotations

import math

import torch
from torch import nn

from style2talker.train.published.style_e.settings import StyleESettings

__all__ = ["Denoiser", "time_table"]

_LONGEST = 5000
_PERIOD = 10000.0


def time_table(width: int, length: int = _LONGEST) -> torch.Tensor:
    """Sines and cosines in turn (length, width) of Vaswani et al., "Attention Is All You Need" (2017), section 3.5."""
    rates = torch.exp(torch.arange(0, width, 2) * (-math.log(_PERIOD) / width))
    angles = torch.arange(length)[:, None] * rates
    return torch.stack([angles.sin(), angles.cos()], dim=-1).flatten(1)[:, :width]


class _Block(nn.Module):
    """Add the time of the diffusion, mix the frames, mix the channels."""

    def __init__(self, frames: int, width: int) -> None:
        super().__init__()
        self.time = nn.Linear(width, width)
        self.norm_frames, self.norm_channels = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mix_frames = nn.Conv1d(frames, frames, 1)
        self.mix_channels = nn.Linear(width, width)

    def forward(self, x: torch.Tensor, time: torch.Tensor) -> torch.Tensor:
        """Frames (B, L, width) and the time (B, 1, width) -> frames (B, L, width)."""
        x = x + self.time(nn.functional.silu(time))
        x = x + nn.functional.silu(self.mix_frames(self.norm_frames(x)))
        return x + nn.functional.silu(self.mix_channels(self.norm_channels(x)))


class Denoiser(nn.Module):
    """Noisy expression, what is heard and what is read -> clean expression (x0)."""

    centre: torch.Tensor
    spread: torch.Tensor
    times: torch.Tensor

    def __init__(self, settings: StyleESettings) -> None:
        """A denoiser with random weights.

        Args:
            settings: sizes, and the scale of the text.
        """
        super().__init__()
        size, width = settings.expression, settings.latent
        self.noisy, self.sparse = nn.Linear(size, width), nn.Linear(size, width)
        self.first = nn.Linear(2 * width + settings.text_width, width)
        self.blocks = nn.ModuleList(_Block(settings.window, width) for _ in range(settings.blocks))
        self.last = nn.Linear(width, size)
        self.text_scale = settings.text_scale
        self.register_buffer("times", time_table(width), persistent=False)
        self.register_buffer("centre", torch.zeros(size))
        self.register_buffer("spread", torch.ones(size))

    def forward(
        self,
        noisy: torch.Tensor,
        steps: torch.Tensor,
        sparse: torch.Tensor,
        text: torch.Tensor,
        given: torch.Tensor,
    ) -> torch.Tensor:
        """Clean rows (B, L, C).

        Args:
            noisy: (B, L, C) rows at a step of the diffusion.
            steps: (B,) number of the step, 0 to 4999, of any type.
            sparse: (B, L, C) what the audio encoder made of the voice.
            text: (B, L, D) sentence embedding of each frame.
            given: (B, 2) 1 where voice, and where text, may be seen, else 0.
        """
        heard, read = given[:, None, :1], given[:, None, 1:]
        told = [self.sparse(sparse * heard), self.noisy(noisy), text * read * self.text_scale]
        x = self.first(torch.cat(told, dim=-1))
        time = self.times[steps.long()][:, None]
        for block in self.blocks:
            x = block(x, time)
        return self.last(x)
