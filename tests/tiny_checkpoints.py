"""Checkpoints of small networks with random weights, as a training would write them."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import torch
from torch import nn

from style2talker.train.published.engine.state import State, save_state
from style2talker.train.published.style_a.codes import ArtEncoder, ArtTable, IdentityEncoder
from style2talker.train.published.style_a.network import StyleA
from style2talker.train.published.style_a.recipe import StyleARecipe
from style2talker.train.published.style_e.audio import AudioEncoder
from style2talker.train.published.style_e.denoiser import Denoiser
from style2talker.train.published.style_e.settings import StyleESettings

STYLE_E = StyleESettings(
    space="rig", text_width=384, text_scale=8.0, latent=32, blocks=2, audio_channels=2, overlap=8, level_sound=True
)
STYLE_A = dataclasses.replace(StyleARecipe.tiny(), teacher="stylised", stylised="films/cartoon,films/arcane")


def shaken(network: nn.Module, seed: int, size: float = 0.05) -> nn.Module:
    """A network whose weights are no longer those that it begins with, some of which are zero."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(size * torch.randn(weight.shape, generator=generator))
    return network.eval()


def style_e_networks(settings: StyleESettings = STYLE_E) -> dict[str, nn.Module]:
    """Audio encoder and denoiser, with units of coefficients."""
    torch.manual_seed(5)
    networks = {"audio": shaken(AudioEncoder(settings), 1), "denoiser": shaken(Denoiser(settings), 2, 0.1)}
    for network in networks.values():
        network.get_buffer("centre").fill_(0.3)
        network.get_buffer("spread").fill_(0.2)
    return networks


def style_a_networks(settings: StyleARecipe = STYLE_A) -> dict[str, nn.Module]:
    """Generator, both encoders and the table."""
    torch.manual_seed(6)
    made = {
        "generator": StyleA(settings),
        "identity": IdentityEncoder(settings),
        "art": ArtEncoder(settings),
        "table": ArtTable(settings),
    }
    return {name: shaken(network, number, 0.02) for number, (name, network) in enumerate(made.items())}


def write_checkpoint(
    path: Path, settings: StyleESettings | StyleARecipe, networks: dict[str, nn.Module], averaged: tuple[str, ...] = ()
) -> Path:
    """A checkpoint of them; of the averaged ones the last weights are of no use."""
    weights = {name: dict(network.state_dict()) for name, network in networks.items()}
    last = {name: {k: v + 1 if name in averaged else v for k, v in each.items()} for name, each in weights.items()}
    task = "style-e" if isinstance(settings, StyleESettings) else "style-a"
    values = dataclasses.asdict(settings)
    state = State(task, 120, 8, values, {}, last, {name: weights[name] for name in averaged})
    save_state(path, state)
    return path
