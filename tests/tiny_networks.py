"""Exported networks of a few nodes, laid out by hand: what they compute is plain to see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from style2talker.runtime.cards import Card
from style2talker.runtime.network import companion_path, digest
from style2talker.runtime.ports import Port, Shape
from style2talker.speech.mel import window_at

SIDE, FACE, EXAMPLE = 64, 32, 32
TEXT, WINDOW = 384, 32
STYLES = ("cartoon", "arcane")
UNITS: dict[str, object] = {"centre": [0.25] * 52, "spread": [0.5] * 52}


def save_graph(path: Path, card: Card, nodes: Sequence[onnx.NodeProto], constants: dict[str, np.ndarray]) -> None:
    """Write nodes as the graph of a card."""

    def values(shapes: dict[str, Shape]) -> list[onnx.ValueInfoProto]:
        return [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["N" if n is None else n for n in shape])
            for name, shape in shapes.items()
        ]

    held = [numpy_helper.from_array(value, name) for name, value in constants.items()]
    port = card.port
    graph = helper.make_graph(nodes, card.part, values(dict(port.inputs)), values(dict(port.outputs)), held)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    helper.set_model_props(model, card.metadata())
    onnx.checker.check_model(model)
    path.write_bytes(model.SerializeToString())


def write_pair(path: Path, card: Card, once: tuple, again: tuple) -> Path:
    """Write both graphs of a network: for each its part, port, nodes and constants."""
    beside = companion_path(path, card.network)
    save_graph(beside, replace(card, part=once[0], port=once[1]), *once[2:])
    main = replace(card, part=again[0], port=again[1], companion=beside.name, companion_sha256=digest(beside))
    save_graph(path, main, *again[2:])
    return path


def write_style_e(path: Path, space: str = "rig", text: int = TEXT, **settings: object) -> Path:
    """Style-E: every coefficient is 0.1 x loudness of the window + 0.2 x blink + 3 x first number of the text."""
    width = {"rig": 52, "bfm": 64}[space]
    units = {name: [values[0]] * width for name, values in UNITS.items()}  # type: ignore[index]
    card = Card("style-e", "denoiser", Port("", {}, {}), space, {**units, **settings}, licence="for tests")
    audio = Port("", {"mel": (None, 80, 16), "reference": (None, width), "blink": (None, 1)}, {"sparse": (None, width)})
    rows: Shape = (None, WINDOW, width)
    told = {"noisy": rows, "steps": (None,), "sparse": rows, "text": (None, WINDOW, text), "given": (None, 2)}
    heard = [
        helper.make_node("ReduceMean", ["mel", "axes"], ["level"], keepdims=0),
        helper.make_node("Unsqueeze", ["level", "one"], ["column"]),
        helper.make_node("Mul", ["column", "tenth"], ["quiet"]),
        helper.make_node("Mul", ["blink", "fifth"], ["lids"]),
        helper.make_node("Add", ["quiet", "lids"], ["both"]),
        helper.make_node("Mul", ["reference", "zero"], ["nothing"]),
        helper.make_node("Add", ["both", "nothing"], ["sparse"]),
    ]
    number = {name: np.float32(v) for name, v in {"tenth": 0.1, "fifth": 0.2, "zero": 0, "small": 0.02}.items()}
    axes = {"axes": np.array([1, 2]), "one": np.array([1])}
    pick = np.zeros((text, width), np.float32)
    pick[0] = 3.0
    cleaned = [
        helper.make_node("MatMul", ["text", "pick"], ["mood"]),
        helper.make_node("Mul", ["noisy", "small"], ["grain"]),
        helper.make_node("Add", ["sparse", "mood"], ["told"]),
        helper.make_node("Add", ["told", "grain"], ["clean"]),
    ]
    again = ("denoiser", Port("", told, {"clean": rows}), cleaned, {"pick": pick, "small": number["small"]})
    keep = {name: np.asarray(number[name]) for name in ("tenth", "fifth", "zero")}
    return write_pair(path, card, ("audio", audio, heard, {**keep, **axes}), again)


def write_style_a(path: Path, space: str = "rig", art: bool = True, columns: int = 61) -> Path:
    """Style-A: a frame is the portrait, brighter by how far the jaw is open, redder by the degree of the style."""
    card = Card("style-a", "frame", Port("", {}, {}), space, {"preset": "own"}, STYLES if art else ())
    given: dict[str, Shape] = {
        "picture": (1, 3, SIDE, SIDE),
        "parsing": (1, 19, SIDE, SIDE),
        "face": (1, 3, FACE, FACE),
        "degree": (1, 1),
    }
    nodes = [helper.make_node("ReduceMean", ["parsing", "all"], ["parts"], keepdims=1)]
    nodes += [helper.make_node("ReduceMean", ["face", "all"], ["identity"], keepdims=1)]
    nodes += [helper.make_node("Sub", ["identity", "identity"], ["no_identity"])]
    nodes += [helper.make_node("Sub", ["parts", "parts"], ["no_parts"])]
    nodes += [helper.make_node("Add", ["no_identity", "no_parts"], ["nothing"])]
    if art:
        given |= {"style": (1, len(STYLES)), "example": (1, 3, EXAMPLE, EXAMPLE), "by_example": (1, 1)}
        nodes += [
            helper.make_node("MatMul", ["style", "table"], ["named"]),
            helper.make_node("ReduceMean", ["example", "space"], ["seen"], keepdims=0),
            helper.make_node("Mul", ["seen", "by_example"], ["shown"]),
            helper.make_node("Add", ["named", "shown"], ["code"]),
            helper.make_node("Unsqueeze", ["code", "space"], ["color"]),
            helper.make_node("Add", ["color", "nothing"], ["tint"]),
        ]
    else:
        nodes += [helper.make_node("Concat", ["nothing"] * 3, ["tint"], axis=1)]
    table = np.array([[1, -0.5, -0.5], [-0.5, -0.5, 1]], np.float32)
    held = {"all": np.array([1, 2, 3]), "space": np.array([2, 3]), "table": table}
    once = ("portrait", Port("", given, {"tint": (1, 3, 1, 1)}), nodes, held)
    taken: dict[str, Shape] = {"window": (None, columns, 27)}
    taken |= {"picture": given["picture"], "degree": (1, 1), "tint": (1, 3, 1, 1)}
    jaw = np.zeros((1, columns, 27), np.float32)
    jaw[0, 24, 13] = 1.0
    drawn = [
        helper.make_node("Mul", ["window", "jaw"], ["only_jaw"]),
        helper.make_node("ReduceSum", ["only_jaw", "axes"], ["open"], keepdims=0),
        helper.make_node("Reshape", ["open", "column"], ["opened"]),
        helper.make_node("Mul", ["tint", "degree"], ["painted"]),
        helper.make_node("Add", ["picture", "painted"], ["styled"]),
        helper.make_node("Add", ["styled", "opened"], ["bright"]),
        helper.make_node("Clip", ["bright", "low", "high"], ["frame"]),
    ]
    constants = {"jaw": jaw, "axes": np.array([1, 2]), "column": np.array([-1, 1, 1, 1])}
    constants |= {"low": np.array(-1, np.float32), "high": np.array(1, np.float32)}
    return write_pair(path, card, once, ("frame", Port("", taken, {"frame": (None, 3, SIDE, SIDE)}), drawn, constants))


class FirstLetters:
    """Embeds a text by its first letter alone."""

    def encode(self, sentences: Sequence[str]) -> np.ndarray:
        """(K, 384) with a first number of 0.1 x the place of the letter in the alphabet / 26."""
        out = np.zeros((len(sentences), TEXT), np.float32)
        out[:, 0] = [0.1 * (ord(text[0].lower()) - 96) / 26 for text in sentences]
        return out


def loudness(mel: np.ndarray, n_frames: int) -> np.ndarray:
    """What `write_style_e` hears of a clip, (T,)."""
    return 0.1 * window_at(mel, n_frames, 25.0).mean(axis=(1, 2))
