"""The two networks of Style-E in PyTorch: a speech encoder and a denoiser, both convolutional in time.

Neither looks farther than a fixed number of frames to each side, and neither mixes frames in any other way, so that
they give the same for a long recording whole and in pieces.
"""

from __future__ import annotations

import math

import torch
from torch import nn

from style2talker.style_e.factors import CHANNELS, FACTORS

__all__ = ["DILATIONS", "LEVEL_WAVES", "SPEECH_WIDTH", "Denoiser", "SpeechEncoder"]

SPEECH_WIDTH = 192
DILATIONS = (1, 2, 4, 8, 8, 4, 2, 1)
"""Of the denoiser's blocks; their sum is how many frames it looks to each side."""
LEVEL_WAVES = 32
_ENCODER_DILATIONS = (1, 1, 2, 2, 4, 4, 2, 1)
_FEELING, _SENTENCE, _PROSODY = 52, 384, 3
_HEARD, _ASKED, _SENSE = 128, 64, 16
"""Widths of what is told: of the voice, of feeling and sentence, of the sentence alone."""


class SpeechEncoder(nn.Module):
    """Mel windows -> what is articulated; frames see 0.2 s of their own window and two thirds of a second to each side.

    Two heads tell what the features have to hold: the mouth, and (while learning from speech whose phones are known)
    the viseme.
    """

    def __init__(self, visemes: int, width: int = SPEECH_WIDTH) -> None:
        super().__init__()
        self.narrow = nn.Linear(80 * 8, width)
        self.layers = nn.ModuleList(nn.Conv1d(width, width, 3, padding=d, dilation=d) for d in _ENCODER_DILATIONS)
        self.dropout = nn.Dropout(0.1)
        self.mouth = nn.Linear(width, len(CHANNELS))
        self.viseme = nn.Linear(width, visemes)

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        """Windows (B, T, 80, 16) -> features (B, T, width)."""
        batch, frames = mel.shape[:2]
        pooled = mel.reshape(batch, frames, 80, 8, 2).mean(-1)  # (B, T, 80, 8)
        x = torch.relu(self.narrow(pooled.reshape(batch, frames, 640))).transpose(1, 2)  # (B, width, T)
        for layer in self.layers:
            x = x + self.dropout(torch.relu(layer(x)))
        return x.transpose(1, 2)

    def channels(self, features: torch.Tensor) -> torch.Tensor:
        """Mouth channels (B, T, len(CHANNELS)) in 0..1."""
        return torch.sigmoid(self.mouth(features))


class _Block(nn.Module):
    """Mix a frame with its neighbours, in a way that depends on how noisy the motion still is."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.mix = nn.Conv1d(width, width, 3, padding=dilation, dilation=dilation)
        self.level = nn.Linear(width, 2 * width)
        self.out = nn.Linear(width, width)
        nn.init.zeros_(self.out.weight)
        nn.init.zeros_(self.out.bias)

    def forward(self, x: torch.Tensor, level: torch.Tensor) -> torch.Tensor:
        """Frames (B, T, width) and the level (B, width) -> frames (B, T, width)."""
        mixed = self.mix(self.norm(x).transpose(1, 2)).transpose(1, 2)
        scale, shift = self.level(level)[:, None].chunk(2, dim=-1)
        return x + self.out(nn.functional.silu(mixed * (1 + scale) + shift))


class Denoiser(nn.Module):
    """Noisy motion, speech, feeling and sentence -> clean motion (x0)."""

    def __init__(self, width: int = 192) -> None:
        super().__init__()
        self.speech = nn.Linear(SPEECH_WIDTH + _PROSODY, _HEARD)
        self.feeling = nn.Linear(_FEELING, _ASKED - _SENSE)
        self.sentence = nn.Linear(_SENTENCE, _SENSE, bias=False)
        self.no_speech = nn.Parameter(torch.zeros(_HEARD))
        self.no_feeling = nn.Parameter(torch.zeros(_ASKED))
        self.first = nn.Linear(FACTORS + _HEARD + _ASKED, width)
        self.again = nn.Linear(_HEARD + _ASKED, width)
        self.level = nn.Sequential(nn.Linear(2 * LEVEL_WAVES, width), nn.SiLU())
        self.blocks = nn.ModuleList(_Block(width, dilation) for dilation in DILATIONS)
        self.norm = nn.LayerNorm(width)
        self.last = nn.Linear(width, FACTORS)
        self.register_buffer("waves", math.pi * torch.logspace(0, 2, LEVEL_WAVES))

    def forward(
        self,
        noisy: torch.Tensor,
        level: torch.Tensor,
        speech: torch.Tensor,
        feeling: torch.Tensor,
        sentence: torch.Tensor,
        given: torch.Tensor,
    ) -> torch.Tensor:
        """Clean rows (B, T, FACTORS).

        Args:
            noisy: (B, T, FACTORS) rows at a noise level.
            level: (B,) time of the diffusion, 0 clean .. 1 noise.
            speech: (B, T, SPEECH_WIDTH + 3) features of the encoder, loudness, speaking, stress.
            feeling: (B, T, 52) activations that are asked for, scaled by strength.
            sentence: (B, T, 384) sentence embedding, zeros for a bare label.
            given: (B, 2) 1 where speech, and where feeling and sentence, may be seen, else 0.
        """
        heard, asked = given[:, None, :1], given[:, None, 1:]
        voice = self.speech(speech) * heard + self.no_speech * (1 - heard)
        mood = torch.cat([self.feeling(feeling), self.sentence(sentence)], dim=-1)
        mood = mood * asked + self.no_feeling * (1 - asked)
        condition = nn.functional.silu(torch.cat([voice, mood], dim=-1))
        phase = level[:, None] * self.waves
        time = self.level(torch.cat([torch.sin(phase), torch.cos(phase)], dim=-1))
        x = self.first(torch.cat([noisy, condition], dim=-1))
        for i, block in enumerate(self.blocks):
            if i == len(DILATIONS) // 2:
                x = x + self.again(condition)
            x = block(x, time)
        return self.last(self.norm(x))
