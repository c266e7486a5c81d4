"""Checkpoint to ONNX: what is written computes what was trained, or nothing is written."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import pytest

pytest.importorskip("torch", reason="the train extra is not installed")

import torch
from onnx import numpy_helper
from torch import nn

from style2talker.config import ExportOptions
from style2talker.errors import InputError, OutputError, UsageError
from style2talker.records import Emotion, Motion, Speech
from style2talker.runtime.cards import Card
from style2talker.runtime.network import Network
from style2talker.runtime.ports import Port
from style2talker.runtime.session import Session
from style2talker.speech.mel import window_at
from style2talker.style_e.neural import NeuralExpression
from style2talker.style_e.told import recording_colour
from style2talker.train.published.engine.state import load_state
from style2talker.train.published.export import exporting
from style2talker.train.published.export.agreement import HALF_TOLERANCE, TOLERANCE, assert_agreement, difference
from style2talker.train.published.export.exporting import (
    Exported,
    Plan,
    export_checkpoint,
    plan_style_a,
    plan_style_e,
    write_network,
)
from style2talker.train.published.export.graphs import Graph, halved, traced, write_model
from style2talker.train.published.export.style_a import frame_graph, portrait_graph, style_a_inputs, style_names
from style2talker.train.published.export.style_e import audio_graph, denoiser_graph, style_e_inputs, style_e_values
from style2talker.train.published.style_a.network import StyleA
from style2talker.train.published.style_e.sampling import sampled_expression
from tiny_checkpoints import STYLE_A, STYLE_E, style_a_networks, style_e_networks, write_checkpoint
from tiny_networks import FirstLetters


class _Normalised(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.rsqrt(x.square().mean(dim=-1, keepdim=True) + 1e-8)


def test_a_small_epsilon_survives(tmp_path: Path) -> None:
    # The exporter's simplification takes x + 1e-8 for x; a row of zeros then is no number.
    graph = Graph(_Normalised(), Port("norm", {"x": (None, 7)}, {"y": (None, 7)}))
    write_model(traced(graph), dataclasses.replace(CARD, port=graph.port), tmp_path / "n.onnx")
    rows = np.array([[0.0] * 7, [1e-5] * 7, [3.0] * 7], np.float32)
    assert assert_agreement(graph, tmp_path / "n.onnx", [{"x": rows}]) < 1e-5


class _Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.linear = nn.Linear(7, 40)

    def forward(self, x: torch.Tensor, shift: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        y = torch.tanh(self.linear(x))
        return y + shift, y.sum(dim=1, keepdim=True)


PORT = Port("layer", {"x": (None, 7), "shift": (1, 40)}, {"moved": (None, 40), "total": (None, 1)})
CARD = Card("style-a", "frame", PORT, "rig")


def tried(count: int = 3) -> list[dict[str, np.ndarray]]:
    rng = np.random.default_rng(0)
    return [
        {"x": rng.normal(size=(n, 7)).astype(np.float32), "shift": rng.normal(size=(1, 40)).astype(np.float32)}
        for n in range(1, count + 1)
    ]


@pytest.fixture(scope="module")
def layer() -> Graph:
    return Graph(_Layer().eval(), PORT)


@pytest.fixture(scope="module")
def model(layer: Graph) -> onnx.ModelProto:
    return traced(layer)


_TRACED: dict[str, onnx.ModelProto] = {}


def traced_once(graph: Graph) -> onnx.ModelProto:
    """Tracing takes seconds, and the small Style-E here has the same weights in every test."""
    if graph.port.name not in _TRACED:
        _TRACED[graph.port.name] = traced(graph)
    return copied(_TRACED[graph.port.name])


@pytest.fixture(scope="module", autouse=True)
def _traced_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exporting, "traced", traced_once)
        yield


def copied(model: onnx.ModelProto) -> onnx.ModelProto:
    twin = onnx.ModelProto()
    twin.CopyFrom(model)
    return twin


def test_a_graph_agrees_for_any_batch_and_knows_itself(layer: Graph, model: onnx.ModelProto, tmp_path: Path) -> None:
    path = tmp_path / "a.onnx"
    write_model(copied(model), CARD, path)
    assert assert_agreement(layer, path, tried(5)) < 1e-5
    assert Card.from_metadata(Session(path, PORT).metadata) == dataclasses.replace(
        CARD, port=dataclasses.replace(PORT, name="style-a frame")
    )


def test_the_same_network_gives_the_same_bytes_and_names_no_place(layer: Graph, model: onnx.ModelProto) -> None:
    data = model.SerializeToString(deterministic=True)
    assert traced(layer).SerializeToString(deterministic=True) == data
    for word in (b"site-packages", b".py", str(Path.cwd()).encode()):
        assert word not in data


def test_half_weights_are_half_as_large_and_nearly_as_good(
    layer: Graph, model: onnx.ModelProto, tmp_path: Path
) -> None:
    half = halved(model)
    sizes = [sum(len(tensor.raw_data) for tensor in each.graph.initializer) for each in (model, half)]
    assert sizes[1] < 0.7 * sizes[0]
    path = tmp_path / "h.onnx"
    write_model(half, CARD, path)
    assert 1e-6 < assert_agreement(layer, path, tried(), HALF_TOLERANCE) < 5e-3


def test_differences_count_relative_to_the_largest_value() -> None:
    wanted = {"a": np.array([0.0, 10.0]), "b": np.array([1.0])}
    assert difference(wanted, {"a": np.array([0.1, 10.0]), "b": np.array([1.0])}) == pytest.approx(0.01)
    assert difference(wanted, {"a": np.array([0.0, 10.0]), "b": np.array([1.5])}) == pytest.approx(0.5)
    assert difference(wanted, {"a": np.array([np.nan, 10.0]), "b": np.array([1.0])}) == np.inf
    assert difference({"a": np.zeros(3)}, {"a": np.zeros(3)}) == 0


def tampered(model: onnx.ModelProto, amount: float = 0.05) -> onnx.ModelProto:
    """A model whose largest weight is a little off in one number."""
    twin = copied(model)
    largest = max(twin.graph.initializer, key=lambda tensor: len(tensor.raw_data))
    values = numpy_helper.to_array(largest).copy()
    values.flat[0] += amount * max(float(np.abs(values).max()), 1.0)
    largest.CopyFrom(numpy_helper.from_array(values, largest.name))
    return twin


def test_a_graph_that_differs_is_refused(layer: Graph, model: onnx.ModelProto, tmp_path: Path) -> None:
    path = tmp_path / "t.onnx"
    write_model(tampered(model), CARD, path)
    with pytest.raises(OutputError, match=r"exported layer differs from the network by .*, at most 0\.001 is allowed"):
        assert_agreement(layer, path, tried())
    assert TOLERANCE == 1e-3


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> tuple[Exported, Path]:
    folder = tmp_path_factory.mktemp("exported")
    checkpoint = write_checkpoint(folder / "checkpoint.pt", STYLE_E, style_e_networks(), ("denoiser",))
    options = ExportOptions(licence="research only", half=True)
    return export_checkpoint(checkpoint, folder / "e.onnx", options), folder


def test_style_e_is_exported_with_all_that_it_says_of_itself(exported: tuple[Exported, Path]) -> None:
    made, folder = exported
    assert made.paths == (folder / "e.onnx", folder / "e.audio.onnx")
    assert set(made.agreement) == set(made.stored) == {"audio", "denoiser"}
    assert max(made.agreement.values()) <= TOLERANCE
    assert max(made.stored.values()) <= HALF_TOLERANCE
    card = Network(folder / "e.onnx", "style-e").card
    assert (card.space, card.licence, card.step, card.weights) == ("rig", "research only", 120, "float16")
    assert card.agreement == pytest.approx(made.stored["denoiser"], rel=0.1)
    assert card.settings["preset"] == "own"
    assert card.settings["text_width"] == 384
    assert np.allclose(card.settings["centre"], 0.3)
    assert card.port.inputs["text"] == (None, 32, 384)


def test_the_product_samples_what_the_training_samples(tmp_path: Path) -> None:
    networks = style_e_networks()
    checkpoint = write_checkpoint(tmp_path / "checkpoint.pt", STYLE_E, networks)
    export_checkpoint(checkpoint, tmp_path / "e.onnx", ExportOptions())
    rng = np.random.default_rng(8)
    mel = rng.uniform(-2, 2, (200, 80)).astype(np.float32)
    speech = Speech(np.zeros(50 * 640, np.float32), mel, np.ones(50, np.float32), 25.0)
    rest = rng.uniform(0, 0.3, 52).astype(np.float32)
    text = FirstLetters().encode(["happy"])
    windows = window_at(mel, 50, 25.0)
    told = (windows, rest, np.zeros(50, np.float32), recording_colour(windows))
    wanted = sampled_expression(networks, STYLE_E, told, text[0], np.random.default_rng(4)).clip(0, 1)
    express = NeuralExpression(Network(tmp_path / "e.onnx", "style-e"), FirstLetters)
    still = Motion(*(np.zeros((50, n), np.float32) for n in (52, 3, 3)))
    emotion = Emotion(("happy",), np.zeros(1), np.zeros((1, 384)), np.zeros((1, 52)))
    found = express(still, speech, emotion, rest, 4).blendshapes
    moved = found.any(axis=0)
    assert moved.sum() > 35
    assert np.allclose(found[:, moved], wanted[:, moved], atol=1e-4)
    assert wanted.std() > 0.01


def test_nothing_is_written_where_a_weight_was_tampered_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkpoint = write_checkpoint(tmp_path / "checkpoint.pt", STYLE_E, style_e_networks())
    (tmp_path / "e.onnx").write_text("older")
    monkeypatch.setattr(exporting, "traced", lambda graph: tampered(traced_once(graph), 1.0))
    with pytest.raises(OutputError, match="nothing was written"):
        export_checkpoint(checkpoint, tmp_path / "e.onnx", ExportOptions())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["checkpoint.pt", "e.onnx"]
    assert (tmp_path / "e.onnx").read_text() == "older"


def test_what_cannot_be_exported_is_said(tmp_path: Path) -> None:
    target = tmp_path / "x.onnx"
    e = write_checkpoint(tmp_path / "e.pt", STYLE_E, style_e_networks())
    other = dataclasses.replace(STYLE_E, latent=16)
    wrong = write_checkpoint(tmp_path / "w.pt", other, style_e_networks())
    a = write_checkpoint(tmp_path / "a.pt", STYLE_A, style_a_networks())
    (tmp_path / "t.pt").write_text("weights")
    for path, options, kind, says in (
        (tmp_path / "no.pt", ExportOptions(), InputError, "is not there"),
        (tmp_path / "t.pt", ExportOptions(), InputError, "damaged"),
        (wrong, ExportOptions(), InputError, r"w\.pt holds no network of this version"),
        (e, ExportOptions(styles="cartoon"), UsageError, "this is Style-E: leave it out"),
        (a, ExportOptions(styles=",".join("abcdefghi")), UsageError, "names 9 styles, the network knows 8"),
    ):
        with pytest.raises(kind, match=says) as caught:
            export_checkpoint(path, target, options)
        assert "\n" not in str(caught.value)
    assert not target.exists()


def test_the_graphs_of_style_a_compute_what_the_network_computes() -> None:
    networks = style_a_networks()
    portrait = portrait_graph(networks, STYLE_A, art=True)
    generator = networks["generator"]
    assert isinstance(generator, StyleA)
    frame = frame_graph(generator, STYLE_A, portrait.port)
    assert frame.port.inputs["window"] == (None, 61, 27)
    assert frame.port.outputs == {"frame": (None, 3, 64, 64)}
    portraits, frames = style_a_inputs(portrait, frame, np.random.default_rng(3))
    for given, drawn, by_example in zip(portraits[:2], frames[:2], (True, False), strict=True):
        tensors = {name: torch.from_numpy(values) for name, values in given.items()}
        count = len(drawn["window"])
        with torch.no_grad():
            identity = networks["identity"](tensors["face"])
            code = networks["art"](tensors["example"]) if by_example else networks["table"](torch.tensor([0]))
            parts = [tensors["picture"], tensors["parsing"], None, identity, code, tensors["degree"]]
            parts[2] = torch.from_numpy(drawn["window"])
            whole = [part if k == 2 else part.expand(count, *part.shape[1:]) for k, part in enumerate(parts)]
            wanted = generator(*whole).picture.clamp(-1, 1).numpy()
        assert np.allclose(frame.run(drawn)["frame"], wanted, atol=1e-4)


def test_plans_of_style_a_name_styles_and_hide_places(tmp_path: Path) -> None:
    settings = dataclasses.replace(STYLE_A, perceptual_weights="/somewhere/of/mine/vgg.pth")
    state = load_state(write_checkpoint(tmp_path / "a.pt", settings, style_a_networks()))
    plan = plan_style_a(state, ExportOptions())
    assert isinstance(plan, Plan)
    assert plan.card.styles == ("cartoon", "arcane")
    assert plan.card.settings["perceptual_weights"] == "vgg.pth"
    assert plan.card.settings["preset"] == "tiny"
    assert "example" in plan.graphs[0].port.inputs
    assert plan_style_a(state, ExportOptions(styles="comic, pixar")).card.styles == ("comic", "pixar")
    bare = dataclasses.replace(STYLE_A, teacher="none", stylised="")
    networks = {name: network for name, network in style_a_networks().items() if name in ("generator", "identity")}
    plain = plan_style_a(load_state(write_checkpoint(tmp_path / "b.pt", bare, networks)), ExportOptions())
    assert plain.card.styles == ()
    assert "style" not in plain.graphs[0].port.inputs
    assert style_names({"teacher": "vtoonify", "stylised": ""}) == ()
    assert style_names({"teacher": "stylised", "stylised": "../films_pixar/, oils"}) == ("pixar", "oils")


def test_inputs_that_are_tried_are_noise_and_like_real_ones() -> None:
    rng = np.random.default_rng(0)
    networks = style_e_networks()
    audio = audio_graph(networks["audio"], STYLE_E)  # type: ignore[arg-type]
    denoiser = denoiser_graph(networks["denoiser"], STYLE_E)  # type: ignore[arg-type]
    for part, graph in (("audio", audio), ("denoiser", denoiser)):
        inputs = style_e_inputs(part, STYLE_E, rng)
        assert len({len(next(iter(each.values()))) for each in inputs}) == len(inputs)
        for each in inputs:
            outputs = graph.run(each)
            assert all(np.isfinite(values).all() for values in outputs.values())
    values = style_e_values(networks["denoiser"], STYLE_E)  # type: ignore[arg-type]
    assert values["latent"] == 32
    assert len(values["spread"]) == 52  # type: ignore[arg-type]


def test_a_plan_can_be_written_by_itself(tmp_path: Path) -> None:
    state = load_state(write_checkpoint(tmp_path / "e.pt", STYLE_E, style_e_networks()))
    made = write_network(plan_style_e(state, ExportOptions()), tmp_path / "e.onnx")
    assert made.stored == made.agreement
    assert Network(made.paths[0], "style-e").card.weights == "float32"
