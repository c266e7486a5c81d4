"""The published audio encoder: mel window, reference expression and blink -> expression, each frame by itself.

SadTalker's audio-to-expression network: thirteen convolutions down to one place, then one linear
layer without a residual to the reference. Deviation, named: batch norms never use the statistics of a batch. Theirs
are fixed once, from samples of the corpus (`calibrated`) or from a checkpoint, so that a sample is encoded alike
whatever it is batched with; the published training script left them in training mode, its inference did not.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import nn

from style2talker.train.published.fixed_norm import FixedBatchNorm
from style2talker.train.published.style_e.settings import StyleESettings

__all__ = ["LAYERS", "AudioEncoder", "calibrated"]

_Stride = tuple[int, int]

LAYERS: tuple[tuple[int, int, int, _Stride, int, bool], ...] = (
    (0, 1, 3, (1, 1), 1, False),
    (1, 1, 3, (1, 1), 1, True),
    (1, 1, 3, (1, 1), 1, True),
    (1, 2, 3, (3, 1), 1, False),
    (2, 2, 3, (1, 1), 1, True),
    (2, 2, 3, (1, 1), 1, True),
    (2, 4, 3, (3, 3), 1, False),
    (4, 4, 3, (1, 1), 1, True),
    (4, 4, 3, (1, 1), 1, True),
    (4, 8, 3, (3, 2), 1, False),
    (8, 8, 3, (1, 1), 1, True),
    (8, 16, 3, (1, 1), 0, False),
    (16, 16, 1, (1, 1), 0, False),
)
"""Channels in and out (times `audio_channels`; 0 is the window itself), kernel, stride, padding, residual."""


_LEAST = 0.1
"""Variance of a channel over the mean of all, at the least."""


class _Layer(nn.Module):
    """Convolution, norm and ReLU; the input is added before the ReLU where it is residual."""

    def __init__(self, inside: int, outside: int, kernel: int, stride: _Stride, pad: int, residual: bool) -> None:
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, kernel, stride, pad)
        self.norm = FixedBatchNorm(outside)
        self.residual = residual

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """(B, inside, H, W) -> (B, outside, H', W')."""
        out = self.norm(self.conv(x))
        return torch.relu(out + x if self.residual else out)


class AudioEncoder(nn.Module):
    """Mel windows -> expression.

    `centre` and `spread` are what expressions are measured in, as in the denoiser; 0 and 1 as published.
    """

    centre: torch.Tensor
    spread: torch.Tensor

    def __init__(self, settings: StyleESettings) -> None:
        """An encoder with random weights.

        Args:
            settings: `expression` and `audio_channels` count.
        """
        super().__init__()
        base = settings.audio_channels
        self.layers = nn.ModuleList(
            _Layer(max(inside * base, 1), outside * base, kernel, stride, pad, residual)
            for inside, outside, kernel, stride, pad, residual in LAYERS
        )
        self.out = nn.Linear(16 * base + settings.expression + 1, settings.expression)
        nn.init.zeros_(self.out.bias)
        self.register_buffer("centre", torch.zeros(settings.expression))
        self.register_buffer("spread", torch.ones(settings.expression))
        # Twice as fast on a processor with few channels; the numbers are the same.
        self.to(memory_format=torch.channels_last)
        self.train(False)

    def forward(self, mel: torch.Tensor, reference: torch.Tensor, blink: torch.Tensor) -> torch.Tensor:
        """Expression (B, T, C) in units of `centre` and `spread`.

        Args:
            mel: (B, T, 80, 16) windows.
            reference: (B, T, C) the expression of a still face, coefficients as they are.
            blink: (B, T, 1) how far the eyelids are closed.
        """
        x = mel.flatten(0, 1)[:, None]  # (B T, 1, 80, 16)
        for layer in self.layers:
            x = layer(x)
        heard = x.flatten(1).unflatten(0, mel.shape[:2])  # (B, T, 16 base)
        still = (reference - self.centre) / self.spread
        return self.out(torch.cat([heard, still, blink], dim=-1))


def calibrated(encoder: AudioEncoder, batches: Iterable[dict[str, torch.Tensor]]) -> None:
    """Fix the statistics of the norms, in place: those of these batches, all weighing alike.

    A channel that hardly varies yet is not blown up to unit variance: it would drown the others once it learned.

    Args:
        encoder: with the weights that it will begin with.
        batches: the arguments of `forward`, by name.
    """
    norms = [module for module in encoder.modules() if isinstance(module, FixedBatchNorm)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum, norm.training = None, True
    with torch.no_grad():
        for batch in batches:
            encoder(**batch)
    for norm in norms:
        norm.momentum, norm.training = 0.1, False
        norm.running_var.clamp_(min=_LEAST * float(norm.running_var.mean()))
