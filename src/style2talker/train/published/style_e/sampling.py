"""Expressions out of trained networks, by the sampler that inference uses (`style_e.windowed`)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from numpy.random import Generator
from torch import nn

from style2talker.records import FloatArray
from style2talker.style_e.told import encoder_inputs
from style2talker.style_e.windowed import Graph, conditioned, sampled_windows
from style2talker.train.published.style_e.settings import StyleESettings

__all__ = ["graph_of", "sampled_expression"]

_RUN = 256


def graph_of(network: nn.Module, output: str) -> Graph:
    """A network as a function from named arrays to named arrays, as an exported graph is one."""
    device = next(network.parameters()).device

    def run(**arrays: FloatArray) -> dict[str, FloatArray]:
        tensors = {name: torch.from_numpy(np.ascontiguousarray(array)).to(device) for name, array in arrays.items()}
        with torch.no_grad():
            return {output: network(**tensors).float().cpu().numpy()}

    return run


def _sparse(audio: nn.Module, inputs: Mapping[str, FloatArray]) -> FloatArray:
    """What the audio encoder makes of a clip (T, C), run by run so that memory stays flat."""
    encode = graph_of(audio, "sparse")
    count = len(inputs["mel"])
    runs = [
        encode(**{name: array[None, begin : begin + _RUN] for name, array in inputs.items()})["sparse"][0]
        for begin in range(0, count, _RUN)
    ]
    return np.concatenate(runs)


def sampled_expression(
    networks: Mapping[str, nn.Module],
    settings: StyleESettings,
    told: tuple[FloatArray | None, FloatArray, FloatArray, FloatArray],
    text: FloatArray,
    rng: Generator,
) -> FloatArray:
    """Sample the expression of a clip.

    Args:
        networks: "audio" and "denoiser".
        settings: of the training.
        told: mel windows (T, 80, 16), or None when no voice is heard; reference (C,); eyelids (T,); colour (80,) of
            the recording.
        text: (D,) embedding of the sentence.
        rng: where the noise comes from.

    Returns:
        (T, C) coefficients.
    """
    windows, reference, lids, colour = told
    denoiser = networks["denoiser"]
    centre, spread = (denoiser.get_buffer(name).cpu().numpy() for name in ("centre", "spread"))
    clean = graph_of(denoiser, "clean")
    if windows is None:
        sparse = np.zeros((len(lids), len(reference)), np.float32)
        graph = _unheard(clean)
    else:
        inputs = encoder_inputs(windows, reference, lids, colour if settings.level_sound else None)
        sparse, graph = _sparse(networks["audio"], inputs), clean
    denoise = conditioned(graph, sparse, text[None], settings.plan)
    rows = sampled_windows(denoise, len(lids), len(reference), settings.plan, rng)
    return np.asarray(rows * spread + centre, np.float32)


def _unheard(graph: Graph) -> Graph:
    """A denoiser that is never told the voice."""

    def run(**arrays: FloatArray) -> dict[str, FloatArray]:
        given = arrays["given"] * np.array([0.0, 1.0], np.float32)
        return graph(**{**arrays, "given": given})

    return run
