"""A checkpoint of a training -> FILE.onnx and the graph beside it, once both agree with the network.

Averaged weights are taken where there are any. Nothing is written unless every graph agrees with PyTorch; both files
appear together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from torch import nn

from style2talker import __version__
from style2talker.config import ExportOptions
from style2talker.errors import InputError, UsageError
from style2talker.media.atomic import atomic_path
from style2talker.runtime.cards import PARTS, Card
from style2talker.runtime.network import companion_path, digest
from style2talker.runtime.ports import Port
from style2talker.train.published.engine.state import State, load_state
from style2talker.train.published.export.agreement import HALF_TOLERANCE, TOLERANCE, assert_agreement
from style2talker.train.published.export.graphs import Graph, halved, traced, write_model
from style2talker.train.published.export.style_a import frame_graph, portrait_graph, style_a_inputs, style_names
from style2talker.train.published.export.style_e import audio_graph, denoiser_graph, style_e_inputs, style_e_values
from style2talker.train.published.style_a.codes import ArtEncoder, ArtTable, IdentityEncoder
from style2talker.train.published.style_a.network import StyleA
from style2talker.train.published.style_a.recipe import network_settings
from style2talker.train.published.style_a.settings import StyleASettings
from style2talker.train.published.style_e.audio import AudioEncoder
from style2talker.train.published.style_e.denoiser import Denoiser
from style2talker.train.published.style_e.settings import StyleESettings

__all__ = ["Exported", "Plan", "export_checkpoint", "plan_style_a", "plan_style_e", "write_network"]

_SEED = 0
_PRESETS = ("paper", "small", "tiny")
Inputs = Sequence[Mapping[str, np.ndarray]]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be written of a network.

    Attributes:
        graphs: the two graphs, in the order of `PARTS`.
        inputs: of each, what it is tried on.
        card: what both files say; ports, companion and agreement are filled in.
    """

    graphs: tuple[Graph, Graph]
    inputs: tuple[Inputs, Inputs]
    card: Card


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written.

    Attributes:
        paths: the main file and the one beside it.
        agreement: part -> largest difference from PyTorch relative to the largest value, as float32.
        stored: the same of the weights as they are stored; as `agreement` unless they are float16.
    """

    paths: tuple[Path, Path]
    agreement: dict[str, float]
    stored: dict[str, float]


def export_checkpoint(checkpoint: Path, target: Path, options: ExportOptions) -> Exported:
    """Export a checkpoint.

    Args:
        checkpoint: of a training of Style-E or Style-A.
        target: the main file, FILE.onnx.
        options: how.

    Raises:
        InputError: the checkpoint is missing, damaged, or of networks of another build.
        OutputError: a graph does not agree with the network, or a file cannot be written.
        UsageError: more styles are named than the network has.
    """
    state = load_state(checkpoint)
    try:
        plan = {"style-a": plan_style_a, "style-e": plan_style_e}[state.task](state, options)
    except (KeyError, TypeError, RuntimeError) as error:
        reason = " ".join(str(error).split())[:200]
        raise InputError(f"{checkpoint} holds no network of this version ({reason}): train it anew") from error
    return write_network(plan, target, options.half)


def plan_style_e(state: State, options: ExportOptions) -> Plan:
    """The plan of a training of Style-E."""
    settings = StyleESettings(**state.settings)
    audio, denoiser = AudioEncoder(settings), Denoiser(settings)
    audio.load_state_dict(state.best("audio"))
    denoiser.load_state_dict(state.best("denoiser"))
    rng = np.random.default_rng(_SEED)
    inputs = (style_e_inputs("audio", settings, rng), style_e_inputs("denoiser", settings, rng))
    if options.styles:
        raise UsageError("--styles names the art styles of a Style-A network, this is Style-E: leave it out")
    card = _card("style-e", settings.space, style_e_values(denoiser, settings), _preset(settings), state, options)
    return Plan((audio_graph(audio, settings), denoiser_graph(denoiser, settings)), inputs, card)


def plan_style_a(state: State, options: ExportOptions) -> Plan:
    """The plan of a training of Style-A."""
    settings = network_settings(state.settings)
    networks: dict[str, nn.Module] = {"generator": StyleA(settings), "identity": IdentityEncoder(settings)}
    learned = state.settings.get("teacher", "none") != "none"
    if learned:
        networks |= {"art": ArtEncoder(settings), "table": ArtTable(settings)}
    for name, network in networks.items():
        network.load_state_dict(state.best(name))
        network.eval()
    named = tuple(name.strip() for name in options.styles.split(",") if name.strip())
    if len(named) > settings.styles or (named and not learned):
        count = settings.styles if learned else 0
        raise UsageError(f"--styles names {len(named)} styles, the network knows {count}: name as many at most")
    portrait = portrait_graph(networks, settings, learned)
    generator = networks["generator"]
    assert isinstance(generator, StyleA)
    frame = frame_graph(generator, settings, portrait.port)
    inputs = style_a_inputs(portrait, frame, np.random.default_rng(_SEED))
    card = _card("style-a", settings.space, state.settings, _preset(settings), state, options)
    return Plan((portrait, frame), inputs, replace(card, styles=named or style_names(state.settings)))


def _preset(settings: StyleASettings | StyleESettings) -> str:
    """The preset that settings are, whatever the space of the coefficients; "own" for none."""
    for name in _PRESETS:
        maker = getattr(type(settings), name, None)
        if maker is not None and replace(maker(), space=settings.space) == settings:
            return name
    return "own"


def _card(
    network: str, space: str, settings: Mapping[str, Any], preset: str, state: State, options: ExportOptions
) -> Card:
    """The card of a network, its port still to be filled in."""
    # Where files lay on the machine that trained is nobody's business.
    values = {name: Path(value).name if _is_path(value) else value for name, value in settings.items()}
    values["preset"] = preset
    return Card(
        network=network,
        part=PARTS[network][1],
        port=Port(network, {}, {}),
        space=space,
        settings=values,
        version=__version__,
        licence=options.licence,
        step=state.step,
        weights="float16" if options.half else "float32",
    )


def _is_path(value: object) -> bool:
    return isinstance(value, str) and ("/" in value or "\\" in value)


def write_network(plan: Plan, target: Path, half: bool = False) -> Exported:
    """Write both graphs of a network.

    Args:
        plan: of the network.
        target: the main file.
        half: store weights as float16.

    Raises:
        OutputError: a graph does not agree with the network, or a file cannot be written.
    """
    beside = companion_path(target, plan.card.network)
    agreement: dict[str, float] = {}
    stored: dict[str, float] = {}
    companion, sha256 = "", ""
    with ExitStack() as stack:
        for part, path, graph, inputs in zip(
            PARTS[plan.card.network], (beside, target), plan.graphs, plan.inputs, strict=True
        ):
            hidden = stack.enter_context(atomic_path(path))
            card = replace(plan.card, part=part, port=graph.port, companion=companion, companion_sha256=sha256)
            model = traced(graph)
            agreement[part] = stored[part] = _tried(graph, model, card, hidden, inputs, TOLERANCE)
            if half:
                stored[part] = _tried(graph, halved(model), card, hidden, inputs, HALF_TOLERANCE)
            companion, sha256 = path.name, digest(hidden)
    return Exported((target, beside), agreement, stored)


def _tried(graph: Graph, model: onnx.ModelProto, card: Card, path: Path, inputs: Inputs, tolerance: float) -> float:
    """Write a model once it agrees with its network; returns by how much they differ. Raises OutputError."""
    write_model(model, card, path)
    found = assert_agreement(graph, path, inputs, tolerance)
    write_model(model, replace(card, agreement=float(f"{found:.2g}")), path)
    return found
