"""Networks of a few numbers in the shape of those that published metrics stand on, untrained and made on the spot."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

CHANNELS = {"alex": (64, 192, 384, 256, 256), "vgg": (64, 128, 256, 512, 512), "other": (2, 3, 5, 7, 11)}
SYNC_GAIN = 7.0
"""The small SyncNet hears the log energy of a voice and sees this many times the brightness of faces in 0..1."""


def _write(path: Path, nodes: list, inputs: dict, outputs: dict, constants: dict, said: Mapping[str, str]) -> Path:
    ends = [
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in each.items()]
        for each in (inputs, outputs)
    ]
    held = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, path.stem, *ends, held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, dict(said))
    onnx.save(model, path)
    return path


def small_arcface(path: Path, said: Mapping[str, str] = {}, names: tuple[str, str] = ("input.1", "683")) -> Path:
    """Means of squares of 16 pixels, mixed; names and a fixed output as in the published file."""
    mix = np.random.default_rng(0).normal(size=(147, 512)).astype(np.float32)
    nodes = [
        helper.make_node("AveragePool", [names[0]], ["p"], kernel_shape=[16, 16], strides=[16, 16]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("MatMul", ["f", "mix"], [names[1]]),
    ]
    return _write(path, nodes, {names[0]: ["N", 3, 112, 112]}, {names[1]: [1, 512]}, {"mix": mix}, said)


def small_inception(path: Path, said: Mapping[str, str] = {}) -> Path:
    """The mean colour in the first three of 2048 features."""
    mix = np.eye(3, 2048, dtype=np.float32)
    nodes = [
        helper.make_node("GlobalAveragePool", ["x"], ["p"]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("MatMul", ["f", "mix"], ["y"]),
    ]
    return _write(path, nodes, {"x": ["N", 3, "H", "W"]}, {"y": ["N", 2048]}, {"mix": mix}, said)


def small_lpips(path: Path, backbone: str = "other", said: Mapping[str, str] = {}) -> Path:
    """One convolution for each layer, ever coarser."""
    rng = np.random.default_rng(1)
    nodes, outputs, constants = [], {}, {}
    for k, channels in enumerate(CHANNELS[backbone], start=1):
        constants[f"c{k}"] = rng.normal(size=(channels, 3, 3, 3)).astype(np.float32)
        constants[f"w{k}"] = rng.uniform(0, 1, channels).astype(np.float32)
        nodes.append(helper.make_node("Conv", ["pictures", f"c{k}"], [f"layer{k}"], strides=[2 * k, 2 * k]))
        nodes.append(helper.make_node("Identity", [f"w{k}"], [f"weight{k}"]))
        outputs |= {f"layer{k}": ["N", channels, f"h{k}", f"w{k}"], f"weight{k}": [channels]}
    return _write(path, nodes, {"pictures": ["N", 3, "H", "W"]}, outputs, constants, said)


def small_syncnet(path: Path, said: Mapping[str, str] = {}) -> Path:
    """Lips: brightness of the middle face. Voice: its mean log energy."""
    constants = {
        "from": np.array([2]),
        "to": np.array([3]),
        "axis": np.array([2]),
        "none": np.array([0]),
        "one": np.array([1]),
        "rows": np.array([2]),
        "spread": np.full((1, 1024), 1 / 32, np.float32),
        "gain": np.float32(SYNC_GAIN / 255),
    }
    nodes = [
        helper.make_node("Slice", ["pictures", "from", "to", "axis"], ["face"]),
        helper.make_node("ReduceMean", ["face"], ["bright"], axes=[1, 2, 3, 4], keepdims=0),
        helper.make_node("Mul", ["bright", "gain"], ["seen"]),
        helper.make_node("Unsqueeze", ["seen", "one"], ["seen1"]),
        helper.make_node("MatMul", ["seen1", "spread"], ["lips"]),
        helper.make_node("Slice", ["sound", "none", "one", "rows"], ["energy"]),
        helper.make_node("ReduceMean", ["energy"], ["level"], axes=[1, 2, 3], keepdims=0),
        helper.make_node("Unsqueeze", ["level", "one"], ["level1"]),
        helper.make_node("MatMul", ["level1", "spread"], ["voice"]),
    ]
    inputs = {"pictures": ["N", 3, 5, 224, 224], "sound": ["M", 1, 13, 20]}
    return _write(path, nodes, inputs, {"lips": ["N", 1024], "voice": ["M", 1024]}, constants, said)


MAKERS = {"csim": small_arcface, "fid": small_inception, "lpips": small_lpips, "syncnet": small_syncnet}
