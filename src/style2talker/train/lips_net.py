"""The lip network: mel windows -> mouth channels; a temporal convolutional net of 0.6 million parameters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from torch import nn

from style2talker.media.atomic import atomic_path
from style2talker.records import FloatArray
from style2talker.style_e.lips import CHANNELS

__all__ = ["LipNet", "export_onnx", "predict"]

_DILATIONS = (1, 2, 3, 4, 2, 1)


class LipNet(nn.Module):
    """Frames see the 0.2 s of their own mel window and, by dilated convolutions, half a second to each side."""

    def __init__(self, width: int = 160) -> None:
        super().__init__()
        self.narrow = nn.Linear(80 * 8, width)
        self.layers = nn.ModuleList(nn.Conv1d(width, width, 3, padding=d, dilation=d) for d in _DILATIONS)
        self.dropout = nn.Dropout(0.15)
        self.head = nn.Linear(width, len(CHANNELS))

    def forward(self, mel: torch.Tensor) -> torch.Tensor:
        """Windows (B, T, 80, 16) -> channels (B, T, len(CHANNELS)) in 0..1."""
        batch, frames = mel.shape[:2]
        pooled = mel.reshape(batch, frames, 80, 8, 2).mean(-1)  # (B, T, 80, 8)
        x = torch.relu(self.narrow(pooled.reshape(batch, frames, 640))).transpose(1, 2)  # (B, width, T)
        for layer in self.layers:
            x = x + self.dropout(torch.relu(layer(x)))
        return torch.sigmoid(self.head(x.transpose(1, 2)))


def predict(net: LipNet, mel: FloatArray) -> FloatArray:
    """Channels (T, len(CHANNELS)) of one clip's windows (T, 80, 16)."""
    net.eval()
    with torch.no_grad():
        return np.asarray(net(torch.from_numpy(np.asarray(mel, np.float32))[None])[0].numpy(), np.float32)


def export_onnx(net: LipNet, path: Path) -> None:
    """Write the network as ONNX with float16 weights that are widened when the graph is loaded.

    The graph is laid out here node by node, from the weights alone, so that it has no trace of the exporter.
    """
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, initialisers = [], []

    def constant(name: str, value: np.ndarray) -> str:
        initialisers.append(numpy_helper.from_array(value, name))
        return name

    def weight(name: str, tensor: torch.Tensor) -> str:
        constant(f"{name}.half", tensor.detach().numpy().astype(np.float16))
        nodes.append(helper.make_node("Cast", [f"{name}.half"], [name], to=TensorProto.FLOAT))
        return name

    def node(kind: str, inputs: list[str], output: str, **attributes: object) -> str:
        nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    pairs = node("Reshape", ["mel", constant("pairs.shape", np.array([0, 80, 8, 2]))], "pairs")
    pooled = node("ReduceMean", [pairs, constant("pairs.axis", np.array([-1]))], "pooled", keepdims=0)
    flat = node("Reshape", [pooled, constant("flat.shape", np.array([0, 640]))], "flat")
    x = node("MatMul", [flat, weight("narrow.weight", net.narrow.weight.T)], "narrow.product")
    x = node("Relu", [node("Add", [x, weight("narrow.bias", net.narrow.bias)], "narrow.sum")], "narrow")
    x = node("Transpose", [x], "channels_first", perm=[1, 0])
    x = node("Unsqueeze", [x, constant("batch.axis", np.array([0]))], "batched")
    for i, layer in enumerate(net.layers):
        assert isinstance(layer, nn.Conv1d)
        names = [x, weight(f"layer{i}.weight", layer.weight), weight(f"layer{i}.bias", layer.bias)]
        d = layer.dilation[0]
        y = node("Relu", [node("Conv", names, f"conv{i}", dilations=[d], pads=[d, d], kernel_shape=[3])], f"relu{i}")
        x = node("Add", [x, y], f"sum{i}")
    x = node("Squeeze", [x, "batch.axis"], "unbatched")
    x = node(
        "MatMul",
        [node("Transpose", [x], "frames_first", perm=[1, 0]), weight("head.weight", net.head.weight.T)],
        "head",
    )
    node("Sigmoid", [node("Add", [x, weight("head.bias", net.head.bias)], "logits")], "shapes")
    graph = helper.make_graph(
        nodes,
        "lips",
        [helper.make_tensor_value_info("mel", TensorProto.FLOAT, ["T", 80, 16])],
        [helper.make_tensor_value_info("shapes", TensorProto.FLOAT, ["T", len(CHANNELS)])],
        initialisers,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    onnx.checker.check_model(model)
    with atomic_path(path) as part:
        part.write_bytes(model.SerializeToString())
