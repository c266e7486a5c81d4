"""Style-E as two graphs: the audio encoder, which runs once over a clip, and the denoiser.

Deviation from the networks in training: the frames of one clip are the batch of the audio encoder, whose frames do not
know of each other; and of the table of times only the steps of the schedule are kept.
"""

from __future__ import annotations

import copy
import dataclasses

import numpy as np
import torch
from torch import nn

from style2talker.runtime.ports import Port
from style2talker.speech.mel import log_mel, window_at
from style2talker.style_e.told import LID_CURVE
from style2talker.train.published.export.graphs import Graph
from style2talker.train.published.style_e.audio import AudioEncoder
from style2talker.train.published.style_e.denoiser import Denoiser
from style2talker.train.published.style_e.settings import StyleESettings

__all__ = ["audio_graph", "denoiser_graph", "style_e_inputs", "style_e_values"]

_MEL = (80, 16)
_SECONDS, _RATE, _PITCH = 1.0, 16000, 120.0


class _Frames(nn.Module):
    """An audio encoder whose batch are frames."""

    def __init__(self, encoder: AudioEncoder) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, mel: torch.Tensor, reference: torch.Tensor, blink: torch.Tensor) -> torch.Tensor:
        """(T, 80, 16), (T, C), (T, 1) -> (T, C)."""
        return self.encoder(mel[:, None], reference[:, None], blink[:, None])[:, 0]


def audio_graph(encoder: AudioEncoder, settings: StyleESettings) -> Graph:
    """Windows, reference expression and eyelids of T frames -> what the denoiser is told of the voice."""
    size = settings.expression
    inputs = {"mel": (None, *_MEL), "reference": (None, size), "blink": (None, 1)}
    return Graph(_Frames(encoder).eval(), Port("style-e audio", inputs, {"sparse": (None, size)}))


def denoiser_graph(denoiser: Denoiser, settings: StyleESettings) -> Graph:
    """B windows of noisy rows and what is known of them -> clean rows, in the units that are diffused."""
    size, window = settings.expression, settings.window
    short = copy.deepcopy(denoiser).eval()
    short.times = short.times[: settings.schedule_steps].clone()
    rows = (None, window, size)
    text = (None, window, settings.text_width)
    inputs = {"noisy": rows, "steps": (None,), "sparse": rows, "text": text, "given": (None, 2)}
    return Graph(short, Port("style-e denoiser", inputs, {"clean": rows}))


def style_e_values(denoiser: Denoiser, settings: StyleESettings) -> dict[str, object]:
    """The resolved settings, and the centre and spread of the coefficients that rows are measured by."""
    units = {"centre": denoiser.centre.tolist(), "spread": denoiser.spread.tolist()}
    return {**dataclasses.asdict(settings), **units}


def style_e_inputs(part: str, settings: StyleESettings, rng: np.random.Generator) -> list[dict[str, np.ndarray]]:
    """Inputs of one of the graphs to be tried: noise, and what a clip would give; batches of several sizes."""
    size = settings.expression
    tried: list[dict[str, np.ndarray]] = []
    if part == "audio":
        noise = {"mel": rng.standard_normal((3, *_MEL)), "reference": rng.standard_normal((3, size))}
        noise["blink"] = rng.uniform(0, 1, (3, 1))
        mel = window_at(log_mel(_vowel()), round(_SECONDS * 25), 25.0)
        lids = np.resize(np.array([0.0] * 5 + list(LID_CURVE)), (len(mel), 1))
        rest = np.repeat(rng.uniform(0, 0.2, (1, size)), len(mel), axis=0)
        tried = [noise, {"mel": mel, "reference": rest, "blink": lids}]
    else:
        for count, step in ((1, 0), (3, settings.schedule_steps - 1), (2, settings.schedule_steps // 2)):
            rows = rng.standard_normal((2, count, settings.window, size))
            text = rng.standard_normal((count, 1, settings.text_width))
            text = np.repeat(text / np.linalg.norm(text, axis=-1, keepdims=True), settings.window, axis=1)
            # The voice of real input is smooth in time.
            voice = np.cumsum(rows[1], axis=1) / np.arange(1, settings.window + 1)[:, None]
            given = np.eye(2)[np.arange(count) % 2] if count > 1 else np.ones((1, 2))
            steps = np.full(count, step)
            tried.append({"noisy": rows[0], "steps": steps, "sparse": voice, "text": text, "given": given})
    return [{name: np.asarray(values, np.float32) for name, values in each.items()} for each in tried]


def _vowel() -> np.ndarray:
    """A second of a voice that rises and falls."""
    time = np.arange(round(_SECONDS * _RATE)) / _RATE
    pitch = 2 * np.pi * np.cumsum(_PITCH * (1 + 0.2 * np.sin(2 * np.pi * 2 * time))) / _RATE
    tones = sum(np.sin(k * pitch) / k for k in range(1, 25))
    return np.asarray(0.1 * tones * np.sin(np.pi * 3 * time) ** 2, np.float32)
