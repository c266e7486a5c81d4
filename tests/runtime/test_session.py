"""Graphs: run as they should, refused when they are not what their port says."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from style2talker.assets.store import package_data
from style2talker.errors import AssetError
from style2talker.runtime.ports import PORTS, SPEECH_ENCODER, Port
from style2talker.runtime.session import Session

DOUBLE = Port("double", {"x": (None, 3)}, {"y": (None, 3)})


@pytest.fixture
def graph(tmp_path):
    nodes = [helper.make_node("Add", ["x", "x"], ["y"])]
    ends = [[helper.make_tensor_value_info(n, TensorProto.FLOAT, ["N", 3])] for n in "xy"]
    model = helper.make_model(
        helper.make_graph(nodes, "double", *ends), opset_imports=[helper.make_opsetid("", 18)], ir_version=9
    )
    path = tmp_path / "double.onnx"
    onnx.save(model, path)
    return path


def test_a_graph_runs(graph):
    x = np.arange(21, dtype=np.float32).reshape(7, 3)
    out = Session(graph, DOUBLE).run(x=x)["y"]
    assert np.array_equal(out, 2 * x)
    assert out.dtype == np.float32


def test_wrong_inputs_are_named(graph):
    session = Session(graph, DOUBLE)
    with pytest.raises(ValueError, match=r"input x has shape \(7, 4\)"):
        session.run(x=np.zeros((7, 4), np.float32))
    with pytest.raises(ValueError, match="takes"):
        session.run(z=np.zeros((7, 3), np.float32))


def test_damaged_and_foreign_graphs_are_refused(graph, tmp_path):
    with pytest.raises(AssetError, match=r"double\.onnx is no speech_encoder graph"):
        Session(graph, SPEECH_ENCODER)
    (tmp_path / "cut.onnx").write_bytes(graph.read_bytes()[:20])
    with pytest.raises(AssetError, match=r"cut\.onnx is missing or damaged"):
        Session(tmp_path / "cut.onnx", DOUBLE)
    with pytest.raises(AssetError, match="missing or damaged"):
        Session(tmp_path / "none.onnx", DOUBLE)


@pytest.mark.parametrize("port", PORTS, ids=lambda port: port.name)
def test_the_shipped_networks_fit_their_ports(port):
    sizes = {name: tuple(5 if n is None else n for n in shape) for name, shape in port.inputs.items()}
    out = Session(package_data(f"{port.name}.onnx"), port).run(
        **{name: np.zeros(size, np.float32) for name, size in sizes.items()}
    )
    ((name, shape),) = port.outputs.items()
    assert out[name].shape == tuple(5 if n is None else n for n in shape)
