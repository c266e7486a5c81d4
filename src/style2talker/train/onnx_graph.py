"""Networks laid out as ONNX graphs node by node, from their weights alone, without a trace of an exporter.

Weights are stored as float16 and widened when the graph is loaded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from style2talker.media.atomic import atomic_path
from style2talker.runtime.ports import DENOISER, SPEECH_ENCODER, Port
from style2talker.train.networks import Denoiser, SpeechEncoder

__all__ = ["write_denoiser", "write_speech_encoder"]

_OPSET, _IR = 18, 9


class _GraphWriter:
    """A graph in the making: each method adds nodes and gives the name of what they compute."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._nodes: list[Any] = []
        self._initialisers: list[Any] = []

    def constant(self, value: np.ndarray) -> str:
        """A constant array."""
        name = f"constant{len(self._initialisers)}"
        self._initialisers.append(numpy_helper.from_array(value, name))
        return name

    def weight(self, tensor: torch.Tensor) -> str:
        """Weights of a network."""
        half = self.constant(tensor.detach().numpy().astype(np.float16))
        return self.node("Cast", [half], to=TensorProto.FLOAT)

    def node(self, kind: str, inputs: Sequence[str], output: str = "", **attributes: Any) -> str:
        """One operator with one output."""
        name = output or f"{kind.lower()}{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, list(inputs), [name], **attributes))
        return name

    def linear(self, x: str, layer: nn.Linear, output: str = "") -> str:
        """A linear layer on the last axis."""
        if layer.bias is None:
            return self.node("MatMul", [x, self.weight(layer.weight.T)], output)
        return self.node(
            "Add", [self.node("MatMul", [x, self.weight(layer.weight.T)]), self.weight(layer.bias)], output
        )

    def across_time(self, x: str, layer: nn.Conv1d) -> str:
        """A convolution along the middle axis of (B, T, channels)."""
        d = int(layer.dilation[0])
        turned = self.node("Transpose", [x], perm=[0, 2, 1])
        weights = [turned, self.weight(layer.weight), self.weight(layer.bias)]
        mixed = self.node("Conv", weights, dilations=[d], pads=[d, d], kernel_shape=[3])
        return self.node("Transpose", [mixed], perm=[0, 2, 1])

    def norm(self, x: str, layer: nn.LayerNorm) -> str:
        """Layer normalisation of the last axis."""
        return self.node(
            "LayerNormalization", [x, self.weight(layer.weight), self.weight(layer.bias)], axis=-1, epsilon=layer.eps
        )

    def silu(self, x: str) -> str:
        """What is given, times its sigmoid."""
        return self.node("Mul", [x, self.node("Sigmoid", [x])])

    def write(self, path: Path, port: Port) -> None:
        """Write the graph to a file.

        Args:
            path: the file.
            port: its name, inputs and outputs.
        """

        def values(shapes: Mapping[str, Sequence[int | None]]) -> list[Any]:
            letters = (
                ("B", "T") if any(len(shape) == 3 and shape[1] is None for shape in shapes.values()) else ("T", "")
            )
            return [
                helper.make_tensor_value_info(
                    name, TensorProto.FLOAT, [letters[i] if n is None else n for i, n in enumerate(shape)]
                )
                for name, shape in shapes.items()
            ]

        graph = helper.make_graph(self._nodes, port.name, values(port.inputs), values(port.outputs), self._initialisers)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR)
        onnx.checker.check_model(model)
        with atomic_path(path) as part:
            part.write_bytes(model.SerializeToString())


def write_speech_encoder(encoder: SpeechEncoder, path: Path) -> None:
    """Write the encoder, without its heads, as the graph of `ports.SPEECH_ENCODER`."""
    graph = _GraphWriter()
    pairs = graph.node("Reshape", ["mel", graph.constant(np.array([0, 80, 8, 2]))])
    pooled = graph.node("ReduceMean", [pairs, graph.constant(np.array([-1]))], keepdims=0)
    flat = graph.node("Reshape", [pooled, graph.constant(np.array([0, 640]))])
    x = graph.node("Relu", [graph.linear(flat, encoder.narrow)])
    axis = graph.constant(np.array([0]))
    x = graph.node("Unsqueeze", [x, axis])
    for layer in encoder.layers:
        assert isinstance(layer, nn.Conv1d)
        x = graph.node("Add", [x, graph.node("Relu", [graph.across_time(x, layer)])])
    graph.node("Squeeze", [x, axis], "features")
    graph.write(path, SPEECH_ENCODER)


def _chosen(graph: _GraphWriter, told: str, instead: torch.Tensor, given: str) -> str:
    """What is told where it is given, and the weights `instead` where it is not."""
    absent = graph.node("Sub", [graph.constant(np.array(1, np.float32)), given])
    return graph.node("Add", [graph.node("Mul", [told, given]), graph.node("Mul", [absent, graph.weight(instead)])])


def _condition(graph: _GraphWriter, denoiser: Denoiser) -> str:
    """Speech, feeling and sentence -> what the denoiser is told, one row a frame."""
    flags = graph.node("Unsqueeze", ["given", graph.constant(np.array([1]))])
    heard, asked = (graph.node("Gather", [flags, graph.constant(np.array([i]))], axis=2) for i in range(2))
    voice = _chosen(graph, graph.linear("speech", denoiser.speech), denoiser.no_speech, heard)
    mood = graph.node(
        "Concat", [graph.linear("feeling", denoiser.feeling), graph.linear("sentence", denoiser.sentence)], axis=-1
    )
    mood = _chosen(graph, mood, denoiser.no_feeling, asked)
    return graph.silu(graph.node("Concat", [voice, mood], axis=-1))


def write_denoiser(denoiser: Denoiser, path: Path) -> None:
    """Write the denoiser as the graph of `ports.DENOISER`."""
    graph = _GraphWriter()
    condition = _condition(graph, denoiser)
    waves = graph.constant(denoiser.waves.numpy())
    phase = graph.node("Mul", [graph.node("Unsqueeze", ["level", graph.constant(np.array([1]))]), waves])
    both = graph.node("Concat", [graph.node("Sin", [phase]), graph.node("Cos", [phase])], axis=-1)
    stem = denoiser.level[0]
    assert isinstance(stem, nn.Linear)
    time = graph.silu(graph.linear(both, stem))
    x = graph.linear(graph.node("Concat", ["noisy", condition], axis=-1), denoiser.first)
    one = graph.constant(np.array(1, np.float32))
    for i, block in enumerate(denoiser.blocks):
        if i == len(denoiser.blocks) // 2:
            x = graph.node("Add", [x, graph.linear(condition, denoiser.again)])
        mixed = graph.across_time(graph.norm(x, block.norm), block.mix)
        level = graph.node("Unsqueeze", [graph.linear(time, block.level), graph.constant(np.array([1]))])
        width = block.mix.out_channels
        scale, shift = (
            graph.node("Slice", [level, *(graph.constant(np.array([v])) for v in (begin, begin + width, 2))])
            for begin in (0, width)
        )
        turned = graph.node("Add", [graph.node("Mul", [mixed, graph.node("Add", [one, scale])]), shift])
        x = graph.node("Add", [x, graph.linear(graph.silu(turned), block.out)])
    graph.linear(graph.norm(x, denoiser.norm), denoiser.last, "clean")
    graph.write(path, DENOISER)
