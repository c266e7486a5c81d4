"""Style-A as two graphs: all that is constant over the frames of a portrait, and the frames.

The graph of the portrait holds the encoders, too: it takes the aligned face for the identity, and the art as weights
over the table of styles or as an example picture. Colours of the codes are the identity's, as in training. A network
that was trained without a teacher knows no art, and its graph does not ask for any.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import cv2
import numpy as np
import torch
from torch import nn

from style2talker.records import FAMILIES
from style2talker.runtime.ports import Port, Shape
from style2talker.style_a.driving import RADIUS
from style2talker.style_a.parsing import CLASSES
from style2talker.train.published.export.graphs import Graph
from style2talker.train.published.style_a.codes import ArtTable
from style2talker.train.published.style_a.network import PortraitFeatures, StyleA
from style2talker.train.published.style_a.settings import StyleASettings

__all__ = ["frame_graph", "portrait_graph", "style_a_inputs", "style_names"]

_SHARED = ("feature", "image", "quarter", "half", "full", "styles")
"""Features of a portrait that its graph computes; picture and degree are known to who runs it."""
_ART = ("degree", "style", "example", "by_example")
"""Inputs of the portrait's graph that tell the art."""


class _Portrait(nn.Module):
    """What is given of a portrait -> its features; without art, its degree is 0 and codes of art do nothing."""

    def __init__(self, networks: Mapping[str, nn.Module]) -> None:
        super().__init__()
        generator, identity = networks["generator"], networks["identity"]
        assert isinstance(generator, StyleA)
        self.generator, self.identity = generator, identity

    def forward(
        self, picture: torch.Tensor, parsing: torch.Tensor, face: torch.Tensor, degree: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        """Pictures and degree as of `StyleA.portrait`, and the aligned face."""
        identity = self.identity(face)
        return self.shared(picture, parsing, identity, identity, degree)

    def shared(self, *given: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Features of the arguments of `StyleA.portrait`."""
        features = self.generator.portrait(*given)
        return tuple(getattr(features, name) for name in _SHARED)


class _StyledPortrait(nn.Module):
    """The same in an art style."""

    def __init__(self, networks: Mapping[str, nn.Module]) -> None:
        super().__init__()
        self.plain = _Portrait(networks)
        table = networks["table"]
        assert isinstance(table, ArtTable)
        self.table, self.art = table, networks["art"]

    def forward(
        self,
        picture: torch.Tensor,
        parsing: torch.Tensor,
        face: torch.Tensor,
        degree: torch.Tensor,
        style: torch.Tensor,
        example: torch.Tensor,
        by_example: torch.Tensor,
    ) -> tuple[torch.Tensor, ...]:
        """As of `_Portrait`; weights of styles (1, K), a picture (1, 3, A, A), and (1, 1) 1 to follow the latter."""
        named = torch.einsum("bk,klw->blw", style, self.table.codes)
        code = torch.lerp(named, self.art(example), by_example[..., None])
        return self.plain.shared(picture, parsing, self.plain.identity(face), code, degree)


class _Frame(nn.Module):
    """Features of a portrait and windows of motion -> frames, clamped to -1..1."""

    def __init__(self, generator: StyleA) -> None:
        super().__init__()
        self.generator = generator

    def forward(
        self,
        window: torch.Tensor,
        picture: torch.Tensor,
        degree: torch.Tensor,
        feature: torch.Tensor,
        image: torch.Tensor,
        quarter: torch.Tensor,
        half: torch.Tensor,
        full: torch.Tensor,
        styles: torch.Tensor,
    ) -> torch.Tensor:
        """(B, C, 27), (1, 3, S, S), (1, 1) and the shared features -> (B, 3, O, O)."""
        # The mask of the first fusion is for the loss alone.
        mask = image[:, :1]
        features = PortraitFeatures(picture, feature, image, quarter, half, full, styles, degree, mask)
        return self.generator.frame(features, window).picture.clamp(-1, 1)


def style_names(settings: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the styles that a network learned, by the folders of its styled films; () without such films.

    A folder whose name holds that of an art family, such as corpus_cartoon, stands for the family.
    """
    if settings.get("teacher") != "stylised":
        return ()
    folders = [name.strip() for name in str(settings["stylised"]).split(",") if name.strip()]
    names = [folder.rstrip("/").rsplit("/", 1)[-1] for folder in folders]
    return tuple(next((family for family in FAMILIES if family in name), name) for name in names)


def portrait_graph(networks: Mapping[str, nn.Module], settings: StyleASettings, art: bool) -> Graph:
    """The graph that runs once per portrait; with `art` it takes a style as well."""
    side, face, example = settings.input_size, settings.identity_size, settings.art_size
    inputs: dict[str, Shape] = {
        "picture": (1, 3, side, side),
        "parsing": (1, len(CLASSES), side, side),
        "face": (1, 3, face, face),
        "degree": (1, 1),
    }
    if art:
        inputs |= {"style": (1, settings.styles), "example": (1, 3, example, example), "by_example": (1, 1)}
    module = (_StyledPortrait if art else _Portrait)(networks).eval()
    shared = module(*(torch.zeros([n or 1 for n in shape]) for shape in inputs.values()))
    outputs = {name: tuple(tensor.shape) for name, tensor in zip(_SHARED, shared, strict=True)}
    return Graph(module, Port("style-a portrait", inputs, outputs))


def frame_graph(generator: StyleA, settings: StyleASettings, portrait: Port) -> Graph:
    """The graph that runs for every batch of frames of a portrait."""
    out = settings.output_size
    inputs: dict[str, Shape] = {"window": (None, settings.coefficients, 2 * RADIUS + 1)}
    inputs |= {name: portrait.inputs[name] for name in ("picture", "degree")}
    inputs |= dict(portrait.outputs)
    return Graph(_Frame(generator).eval(), Port("style-a frame", inputs, {"frame": (None, 3, out, out)}))


def style_a_inputs(portrait: Graph, frame: Graph, rng: np.random.Generator) -> tuple[list[Any], list[Any]]:
    """Inputs of both graphs to be tried: noise, and what a portrait and its motion would give."""
    noise = {name: rng.standard_normal([n or 1 for n in shape]) for name, shape in portrait.port.inputs.items()}
    noise["degree"] = rng.uniform(0, 1, (1, 1))
    side = portrait.port.inputs["picture"][-1] or 1
    real = {"picture": _picture(side, rng), "degree": np.full((1, 1), 0.8)}
    label = np.argmax(_picture(side, rng, len(CLASSES))[0], axis=0)
    real["parsing"] = (np.arange(len(CLASSES))[:, None, None] == label)[None] - 0.5
    real["face"] = _picture(portrait.port.inputs["face"][-1] or 1, rng)
    if "style" in noise:
        real["style"] = np.eye(1, noise["style"].shape[1])
        real["example"] = _picture(portrait.port.inputs["example"][-1] or 1, rng)
        noise["by_example"], real["by_example"] = np.ones((1, 1)), np.zeros((1, 1))
    # Without any art: neither a style nor an example, and a degree of 0.
    bare = {name: 0 * values if name in _ART else values for name, values in real.items()}
    tried = (noise, real, bare)
    portraits = [{name: np.asarray(each[name], np.float32) for name in portrait.port.inputs} for each in tried]
    columns, length = (n or 1 for n in frame.port.inputs["window"][1:])
    rest = rng.uniform(0, 0.5, (3, columns, 1))
    # A motion wanders in small steps.
    wander = 0.02 * np.cumsum(rng.standard_normal((3, columns, length)), axis=2)
    windows = (rng.standard_normal((1, columns, length)), rest + wander, rest[:2] + 0 * wander[:2])
    frames = []
    for given, window in zip(portraits, windows, strict=True):
        features = {**given, **portrait.run(given), "window": window.astype(np.float32)}
        frames.append({name: features[name] for name in frame.port.inputs})
    return portraits, frames


def _picture(side: int, rng: np.random.Generator, channels: int = 3) -> np.ndarray:
    """A picture (1, channels, side, side) in -1..1 with soft forms."""
    coarse = rng.uniform(-1, 1, (channels, 6, 6)).astype(np.float32)
    planes = [cv2.resize(plane, (side, side), interpolation=cv2.INTER_LINEAR) for plane in coarse]
    return np.stack(planes)[None]
