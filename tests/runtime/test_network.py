"""Exported networks: their cards survive, and files that do not belong or do not fit are refused in one line."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from style2talker.errors import AssetError
from style2talker.runtime.cards import PARTS, Card
from style2talker.runtime.network import Network, companion_path, digest
from style2talker.runtime.ports import Port
from tiny_networks import SIDE, STYLES, write_style_a, write_style_e

CARD = Card(
    network="style-a",
    part="frame",
    port=Port("style-a frame", {"window": (None, 61, 27)}, {"frame": (None, 3, 64, 64)}),
    space="rig",
    settings={"preset": "tiny", "input_size": 64, "warp_fused": True, "rate": 1e-3},
    styles=("cartoon", "pixar"),
    version="0.1.0",
    licence="research only; ask first",
    step=1200,
    weights="float16",
    agreement=1.5e-6,
    companion="a.portrait.onnx",
    companion_sha256="ab",
)


def test_a_card_survives_the_way_to_metadata_and_back() -> None:
    metadata = CARD.metadata()
    assert all(isinstance(value, str) for value in metadata.values())
    assert Card.from_metadata(metadata) == CARD
    assert Card.from_metadata({**metadata, "of.others": "1"}) == CARD


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("network", None, "does not say which network"),
        ("part", "brain", "unknown part brain"),
        ("port", None, "lacks 'port'"),
        ("port", "{", "Expecting"),
        ("port", "[1]", "damaged"),
        ("step", "many", "invalid literal"),
    ],
)
def test_a_damaged_card_is_named(name: str, value: str | None, says: str) -> None:
    metadata = CARD.metadata()
    del metadata[f"style2talker.{name}"]
    if value is not None:
        metadata[f"style2talker.{name}"] = value
    with pytest.raises(ValueError, match=says):
        Card.from_metadata(metadata)


def test_a_network_has_two_graphs_that_run(tmp_path: Path) -> None:
    path = write_style_a(tmp_path / "a.onnx")
    assert companion_path(path, "style-a") == tmp_path / "a.portrait.onnx"
    assert PARTS["style-a"] == ("portrait", "frame")
    network = Network(path, "style-a")
    assert network.card.styles == STYLES
    given = {name: np.zeros([n or 1 for n in shape], np.float32) for name, shape in network.once_port.inputs.items()}
    tint = network.once.run(**given)["tint"]
    window = np.zeros((2, 61, 27), np.float32)
    window[1, 24, 13] = 0.5
    frames = network.again.run(window=window, picture=given["picture"], degree=given["degree"], tint=tint)["frame"]
    assert frames.shape == (2, 3, SIDE, SIDE)
    assert frames[0].max() == 0
    assert np.all(frames[1] == 0.5)


def test_files_that_cannot_serve_are_refused(tmp_path: Path) -> None:
    style_a, style_e = write_style_a(tmp_path / "a.onnx"), write_style_e(tmp_path / "e.onnx")
    (tmp_path / "x.pt").write_bytes(b"PK")
    (tmp_path / "t.onnx").write_text("not a graph")
    foreign = onnx.load(style_a)
    del foreign.metadata_props[:]
    onnx.save(foreign, tmp_path / "foreign.onnx")
    for path, kind, says in (
        (tmp_path / "none.onnx", "style-a", "Style-A network .*none.onnx does not exist: make it with"),
        (tmp_path, "style-e", "is a folder"),
        (tmp_path / "x.pt", "style-a", "is a checkpoint of a training: run style2talker export .*x.pt -o x.onnx"),
        (tmp_path / "t.onnx", "style-a", "missing or damaged"),
        (tmp_path / "foreign.onnx", "style-a", "is no exported Style-A network, it does not say"),
        (style_e, "style-a", "is a Style-E network, a Style-A network is needed: name it by --style-e"),
        (style_a, "style-e", "is a Style-A network"),
        (tmp_path / "a.portrait.onnx", "style-a", "is the portrait part of a Style-A network: name the main file"),
    ):
        with pytest.raises(AssetError, match=says) as caught:
            Network(path, kind)
        assert "\n" not in str(caught.value)


def test_only_files_that_belong_together_run_together(tmp_path: Path) -> None:
    path = write_style_e(tmp_path / "e.onnx")
    beside = tmp_path / "e.audio.onnx"
    kept = digest(beside)
    assert len(kept) == 64
    write_style_e(tmp_path / "other.onnx", space="bfm")
    beside.write_bytes((tmp_path / "other.audio.onnx").read_bytes())
    with pytest.raises(AssetError, match=r"e\.audio\.onnx is not the one that belongs to e\.onnx"):
        Network(path, "style-e")
    beside.unlink()
    with pytest.raises(AssetError, match=r"needs e\.audio\.onnx beside it"):
        Network(path, "style-e")


def test_a_graph_must_be_what_its_card_says(tmp_path: Path) -> None:
    path = write_style_a(tmp_path / "a.onnx")
    model = onnx.load(path)
    (port,) = (entry for entry in model.metadata_props if entry.key == "style2talker.port")
    port.value = port.value.replace("61", "73")
    onnx.save(model, path)
    with pytest.raises(AssetError, match=r"a\.onnx is no style-a frame graph, its input window has shape"):
        Network(path, "style-a")
