"""A port is a promise: a graph that does not keep it is refused when it is loaded, an array when it is run."""

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from style2talker.errors import AssetError
from style2talker.runtime.ports import PORTS, Port
from style2talker.runtime.session import Session, runtime_providers

PORT = Port("mix", {"x": (None, 7), "w": (7, 5)}, {"y": (None, 5)})


def write_graph(path, x=("T", 7), w=(7, 5), y=("T", 5), kind=TensorProto.FLOAT, names=("x", "w", "y")):
    """y = x @ w."""
    a, b, c = names
    ends = [helper.make_tensor_value_info(n, kind, s) for n, s in zip(names, (x, w, y), strict=True)]
    graph = helper.make_graph([helper.make_node("MatMul", [a, b], [c])], "mix", ends[:2], ends[2:])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


def arrays(frames=13):
    rng = np.random.default_rng(0)
    return {"x": rng.normal(size=(frames, 7)).astype(np.float32), "w": rng.normal(size=(7, 5)).astype(np.float32)}


def test_every_graph_has_one_port_of_its_own_name():
    assert len({port.name for port in PORTS}) == len(PORTS)
    assert {"speech_encoder", "denoiser"} == {port.name for port in PORTS}
    assert all(port.inputs and port.outputs for port in PORTS)


def test_a_graph_computes_what_it_says(tmp_path):
    given = arrays()
    out = Session(write_graph(tmp_path / "mix.onnx"), PORT).run(**given)
    assert list(out) == ["y"] and out["y"].dtype == np.float32
    np.testing.assert_allclose(out["y"], given["x"] @ given["w"], rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_arrays_give_the_same_bytes(tmp_path, threads):
    path = write_graph(tmp_path / "mix.onnx")
    given = arrays(1009)
    first = Session(path, PORT, threads).run(**given)["y"].tobytes()
    again = Session(path, PORT, threads)
    assert {again.run(**given)["y"].tobytes() for _ in range(3)} == {first}


def test_arrays_of_other_kinds_and_layouts_are_taken(tmp_path):
    session = Session(write_graph(tmp_path / "mix.onnx"), PORT)
    given = arrays()
    wide = {name: np.asfortranarray(array, dtype=np.float64) for name, array in given.items()}
    assert np.array_equal(session.run(**wide)["y"], session.run(**given)["y"])


def test_no_frames_give_no_rows(tmp_path):
    assert Session(write_graph(tmp_path / "mix.onnx"), PORT).run(**arrays(0))["y"].shape == (0, 5)


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.zeros((3, 8), np.float32), r"mix input x has shape \(3, 8\), expected \(any, 7\)"),
        (np.zeros(7, np.float32), r"has shape \(7,\)"),
        (np.zeros((1, 3, 7), np.float32), r"has shape \(1, 3, 7\)"),
    ],
)
def test_an_array_of_another_shape_is_refused(tmp_path, x, said):
    session = Session(write_graph(tmp_path / "mix.onnx"), PORT)
    with pytest.raises(ValueError, match=said):
        session.run(x=x, w=arrays()["w"])


def test_missing_and_unknown_inputs_are_named(tmp_path):
    session = Session(write_graph(tmp_path / "mix.onnx"), PORT)
    with pytest.raises(ValueError, match=r"mix takes \['w', 'x'\], got \['x'\]"):
        session.run(x=arrays()["x"])
    with pytest.raises(ValueError, match="got"):
        session.run(**arrays(), z=arrays()["x"])


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"names": ("x", "weights", "y")}, r"its inputs are \['weights', 'x'\] instead of \['w', 'x'\]"),
        ({"names": ("x", "w", "out")}, r"its outputs are \['out'\] instead of \['y'\]"),
        ({"w": (7, 6), "y": ("T", 6)}, r"its input w has shape \(7, 6\) instead of \(7, 5\)"),
        ({"x": (1, 7), "y": (1, 5)}, r"its input x has shape \(1, 7\) instead of \(any, 7\)"),
        ({"kind": TensorProto.DOUBLE}, r"is tensor\(double\) instead of tensor\(float\)"),
    ],
)
def test_a_graph_that_does_not_keep_its_port_is_refused(tmp_path, other, said):
    path = write_graph(tmp_path / "mix.onnx", **other)
    with pytest.raises(
        AssetError, match=rf"mix\.onnx is no mix graph, {'.*' if 'kind' in other else ''}{said}"
    ) as caught:
        Session(path, PORT)
    assert caught.value.exit_status == 4 and "\n" not in str(caught.value)


def test_a_graph_that_leaves_more_open_will_do(tmp_path):
    path = write_graph(tmp_path / "mix.onnx", x=("T", "C"), w=("C", "D"), y=("T", "D"))
    assert Session(path, PORT).run(**arrays())["y"].shape == (13, 5)


@pytest.mark.parametrize("keep", [0, 1, 20, -5])
def test_a_cut_file_is_damaged(tmp_path, keep):
    path = write_graph(tmp_path / "mix.onnx")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(AssetError, match=r"mix\.onnx") as caught:
        Session(path, PORT)
    assert "\n" not in str(caught.value)


def test_a_folder_is_no_graph(tmp_path):
    with pytest.raises(AssetError, match="missing or damaged"):
        Session(tmp_path, PORT)


def test_nothing_is_said_on_the_error_stream(tmp_path, capfd):
    path = tmp_path / "mix.onnx"
    path.write_bytes(b"no graph")
    with pytest.raises(AssetError):
        Session(path, PORT)
    Session(write_graph(path), PORT).run(**arrays())
    assert capfd.readouterr().err == ""


def test_the_processor_is_among_the_providers():
    assert "CPUExecutionProvider" in runtime_providers()
