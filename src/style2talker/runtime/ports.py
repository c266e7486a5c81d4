"""The inputs and outputs of every graph that this software runs; None stands for any length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["DENOISER", "PORTS", "SPEECH_ENCODER", "Port", "Shape"]

Shape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Port:
    """What a graph takes and gives.

    Attributes:
        name: the graph.
        inputs: name -> shape, all float32.
        outputs: name -> shape, all float32.
    """

    name: str
    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape]


SPEECH_ENCODER = Port("speech_encoder", {"mel": (None, 80, 16)}, {"features": (None, 192)})
"""Normalised mel windows of T frames -> features of what is articulated."""

DENOISER = Port(
    "denoiser",
    {
        "noisy": (None, None, 45),
        "level": (None,),
        "speech": (None, None, 195),
        "feeling": (None, None, 52),
        "sentence": (None, None, 384),
        "given": (None, 2),
    },
    {"clean": (None, None, 45)},
)
"""B stretches of L noisy rows with what is known of them -> clean rows, as `style_e.factors.joined` writes them.

`level` is 0 (clean) .. 1 (noise); `speech` holds features, loudness, speaking and stress; `given` is 1 where speech,
and where feeling and sentence, may be used.
"""

PORTS = (SPEECH_ENCODER, DENOISER)
"""Every graph; the file of each is NAME.onnx."""
