"""Maps of the parts of a face."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from tests.drawn_face import draw_portrait

from style2talker.errors import AssetError
from style2talker.style_a.parsing import CLASSES, BiSeNet, mesh_parsing


def test_every_place_has_one_class() -> None:
    maps = mesh_parsing(draw_portrait(128).landmarks, 128)
    assert maps.shape == (19, 128, 128)
    assert maps.dtype == np.float32
    assert set(np.unique(maps)) == {-0.5, 0.5}
    assert ((maps > 0).sum(axis=0) == 1).all()


def test_parts_are_where_the_mesh_has_them() -> None:
    points = draw_portrait(256).landmarks
    label = mesh_parsing(points, 256).argmax(axis=0)
    for name, number in (("nose", 4), ("left eye", 468), ("right eye", 473), ("skin", 50), ("skin", 151)):
        x, y = np.round(points[number, :2]).astype(int)
        assert CLASSES[label[y, x]] == name, number
    assert CLASSES[label[2, 2]] == "background"
    assert {"left brow", "right brow", "upper lip", "lower lip"} <= {CLASSES[k] for k in np.unique(label)}


def test_an_open_mouth_shows_its_inside() -> None:
    points = draw_portrait(256).landmarks.copy()
    closed = (mesh_parsing(points, 256)[CLASSES.index("mouth")] > 0).sum()
    lower = [14, 87, 178, 88, 95, 317, 402, 318, 324, 84, 17, 314, 181, 405, 91, 321, 146, 375]
    points[lower, 1] += 20
    assert (mesh_parsing(points, 256)[CLASSES.index("mouth")] > 0).sum() > closed + 200


def test_a_face_may_reach_beyond_the_picture() -> None:
    points = draw_portrait(128).landmarks * 2 - 64
    assert mesh_parsing(points, 128).shape == (19, 128, 128)


def test_the_published_parsing_runs_on_what_it_was_trained_on(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="the train extra is not installed")
    from onnx import helper

    # A stand-in whose scores of every class are the first colour.
    kernel = np.zeros((19, 3, 1, 1), np.float32)
    kernel[:, 0] = 1
    graph = helper.make_graph(
        [helper.make_node("Conv", ["picture", "kernel"], ["scores"])],
        "parsing",
        [helper.make_tensor_value_info("picture", 1, ["b", 3, "h", "w"])],
        [helper.make_tensor_value_info("scores", 1, ["b", 19, "h", "w"])],
        [onnx.numpy_helper.from_array(kernel, "kernel")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, tmp_path / "parsing.onnx")
    parser = BiSeNet(tmp_path / "parsing.onnx")
    pixels = np.full((32, 32, 3), 255, np.uint8)
    pixels[:, :, 1:] = 0
    maps = parser.parsing(pixels, 32)
    assert maps.shape == (19, 32, 32)
    assert np.allclose(maps, 2 / 16)  # white is 1, doubled as published, divided by 16
    assert np.allclose(parser.parsing(np.zeros((64, 64, 3), np.uint8), 32), -2 / 16)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(AssetError, match=r"bisenet\.onnx is missing"):
        BiSeNet(tmp_path / "bisenet.onnx")
