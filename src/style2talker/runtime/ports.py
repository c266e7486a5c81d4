"""The inputs and outputs of every graph that this software runs; None stands for any length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["LIPS", "PORTS", "Port", "Shape"]

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


LIPS = Port("lips", {"mel": (None, 80, 16)}, {"shapes": (None, 14)})
"""Normalised mel windows of T frames -> T rows of mouth channels, in the order of `style_e.lips.CHANNELS`."""

PORTS = (LIPS,)
"""Every graph; the file of each is NAME.onnx."""
