"""What a public checkpoint would fill of the networks at published size, without making them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from torch import nn

from style2talker.train.published.checkpoints.loading import plan, recognise
from style2talker.train.published.checkpoints.report import Report
from style2talker.train.published.reconstruction import Reconstruction
from style2talker.train.published.style_a.codes import ArtTable, IdentityEncoder
from style2talker.train.published.style_a.discriminator import Discriminator
from style2talker.train.published.style_a.network import StyleA
from style2talker.train.published.style_a.settings import StyleASettings
from style2talker.train.published.style_e.audio import AudioEncoder
from style2talker.train.published.style_e.denoiser import Denoiser
from style2talker.train.published.style_e.settings import StyleESettings

__all__ = ["preview", "published_networks"]

_COUNTED = ("exstyle_codes", "style_mapper.weight")
"""Tensors with a row for each art style."""


def published_networks(space: str = "bfm", styles: int = 317) -> dict[str, nn.Module]:
    """Every network that a checkpoint can fill, at published size, without memory for its weights.

    Args:
        space: coefficients: "bfm" or "rig".
        styles: art styles of the table and the discriminator.
    """
    pictures = replace(StyleASettings.paper(), space=space, styles=styles)
    expressions = replace(StyleESettings.paper(), space=space)
    with torch.device("meta"):
        return {
            "style-a": StyleA(pictures),
            "identity": IdentityEncoder(pictures),
            "art": ArtTable(pictures),
            "discriminator": Discriminator(pictures.input_size, styles, pictures.channels),
            "audio": AudioEncoder(expressions),
            "denoiser": Denoiser(expressions),
            "deep3d": Reconstruction(),
        }


def preview(path: Path, space: str = "bfm") -> Report:
    """The report that a training at published size would give on a file, with as many art styles as the file has.

    Args:
        path: the checkpoint.
        space: coefficients that drive the networks: "bfm" or "rig".

    Raises:
        AssetError: the file cannot be read, is of no known family, is incomplete, or nothing of it fits.
        UsageError: there is no such space.
    """
    counts = [finding.state[key].shape[0] for finding in recognise(path) for key in _COUNTED if key in finding.state]
    return plan(published_networks(space, *counts[:1]), path)
