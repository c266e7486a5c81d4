"""A torch module -> an ONNX file with its port and card, its batch free where the port leaves it open.

The exporter is PyTorch's own. What it notes of the machine that it ran on (paths, call stacks) is taken out, so that
the same network gives the same bytes everywhere.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from style2talker.runtime.cards import Card
from style2talker.runtime.ports import Port, Shape

__all__ = ["Graph", "halved", "traced", "write_model"]

_OPSET = 18
_SMALL = 64
"""Numbers in a constant that stays float32: shapes, scales and biases of a few channels."""


@dataclass(frozen=True, slots=True)
class Graph:
    """A module that takes and gives tensors by position.

    Attributes:
        module: in evaluation mode, on the CPU.
        port: names and shapes of its inputs and outputs; None is a batch, one and the same for all of them.
    """

    module: nn.Module
    port: Port

    def run(self, inputs: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
        """The outputs of the module itself."""
        with torch.no_grad():
            given = self.module(*(torch.from_numpy(np.ascontiguousarray(inputs[name])) for name in self.port.inputs))
        outputs = (given,) if isinstance(given, torch.Tensor) else tuple(given)
        return {name: each.numpy() for name, each in zip(self.port.outputs, outputs, strict=True)}


def traced(graph: Graph) -> onnx.ModelProto:
    """The graph as ONNX, in float32."""
    batch = torch.export.Dim("batch", min=1)
    free = tuple({k: batch for k, n in enumerate(shape) if n is None} for shape in graph.port.inputs.values())
    examples = tuple(torch.zeros(_filled(shape)) for shape in graph.port.inputs.values())
    with _quiet(), torch.no_grad():
        program = torch.onnx.export(
            graph.module,
            examples,
            input_names=list(graph.port.inputs),
            output_names=list(graph.port.outputs),
            dynamic_shapes=free,
            opset_version=_OPSET,
            dynamo=True,
            verbose=False,
            # The exporter's own simplification takes x + 1e-8 for x, so that a code of zeros would be divided by zero;
            # the runtime simplifies when it loads a graph.
            optimize=False,
        )
    assert program is not None
    model = program.model_proto
    _forget(model)
    return model


def _filled(shape: Shape) -> tuple[int, ...]:
    """A shape with a batch of two, as one of one would be taken for fixed."""
    return tuple(2 if n is None else n for n in shape)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without what the exporter tells its own developers: of packages that are not needed, and of its own future."""
    level = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        with warnings.catch_warnings():
            for kind in (FutureWarning, DeprecationWarning, UserWarning):
                warnings.simplefilter("ignore", kind)
            yield
    finally:
        logging.disable(level)


def _forget(model: onnx.ModelProto) -> None:
    """Take out what speaks of the place where a model was made, in place."""
    model.producer_version = ""
    model.doc_string = model.graph.doc_string = ""
    parts: list[Any] = [model, model.graph, *model.graph.node, *model.functions]
    parts += [node for function in model.functions for node in function.node]
    parts += [*model.graph.input, *model.graph.output, *model.graph.value_info, *model.graph.initializer]
    for part in parts:
        del part.metadata_props[:]
        if hasattr(part, "doc_string"):
            part.doc_string = ""


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """A model whose weights are stored as float16 and widened when it is loaded; it computes in float32."""
    half = onnx.ModelProto()
    half.CopyFrom(model)
    kept, casts = [], []
    for tensor in half.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if tensor.data_type != TensorProto.FLOAT or values.size < _SMALL:
            kept.append(tensor)
            continue
        narrow = f"{tensor.name}.float16"
        kept.append(numpy_helper.from_array(np.clip(values, -65504, 65504).astype(np.float16), narrow))
        casts.append(helper.make_node("Cast", [narrow], [tensor.name], to=TensorProto.FLOAT))
    nodes = [*casts, *half.graph.node]
    del half.graph.initializer[:]
    del half.graph.node[:]
    half.graph.initializer.extend(kept)
    half.graph.node.extend(nodes)
    return half


def write_model(model: onnx.ModelProto, card: Card, path: Path) -> None:
    """Write a model with its card to a file, as it is; who calls sees to it that it appears whole."""
    model.graph.name = f"{card.network} {card.part}"
    helper.set_model_props(model, card.metadata())
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString(deterministic=True))
