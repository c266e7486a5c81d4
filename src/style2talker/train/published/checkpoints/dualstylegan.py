"""DualStyleGAN (williamyang1991/DualStyleGAN): the path of the art style beside the StyleGAN2 generator.

Its generator stands under `generator.`; beside it `style` maps a code for the structure, `res.0` to `res.6` are the
ModRes blocks up to 32 pixels, and from `res.7` on one linear transform changes each row that modulates the colours.
"""

from __future__ import annotations

from style2talker.train.published.checkpoints.family import Family, Part, State
from style2talker.train.published.checkpoints.layout import Shapes, equal_convolution, linear, nested
from style2talker.train.published.checkpoints.stylegan2 import NEEDS
from style2talker.train.published.style_a.codes import ArtTable
from style2talker.train.published.style_a.network import StyleA

__all__ = ["CODES", "MOD_RES", "PATHS", "STRUCTURE_ROWS", "mod_res_layout", "paths_layout"]

STRUCTURE_ROWS = 7
"""Rows of a code, and blocks, that hold structure."""
_ROWS, _DEPTH = 18, 2
MOD_RES = Part(
    "ModRes",
    StyleA,
    r"res\.[1-6]\.",
    (
        *((rf"^res\.{block}\.", f"content.modres.{block - 1}.") for block in range(1, STRUCTURE_ROWS)),
        (r"\.(conv2?)\.[01]\.", r".\1."),
    ),
    within=r"content\.modres\.",
    needs=NEEDS,
)
"""The blocks up to 32 pixels; VToonify moves all of them to 32 pixels, with holes and the same weights."""


def mod_res_layout(key: str, channels: int, dimension: int = 512) -> Shapes:
    """Keys of a modulative residual block: two AdaINs and two convolutions."""
    norms = (linear(f"{name}.style", dimension, 2 * channels) for name in ("norm", "norm2"))
    convolutions = (equal_convolution(name, channels, channels, 3) for name in ("conv", "conv2"))
    return nested(key, *norms, *convolutions)


def paths_layout(rows: int = 18, channels: int = 512, dimension: int = 512, depth: int = 2) -> Shapes:
    """Keys beside the generator.

    Args:
        rows: of a code.
        channels: of the feature maps up to 32 pixels.
        dimension: of a row.
        depth: layers of the structure's mapping network.
    """
    shapes = nested("style", *(linear(str(layer), dimension, dimension) for layer in range(1, depth + 1)))
    for row in range(rows):
        if row < STRUCTURE_ROWS:
            shapes |= mod_res_layout(f"res.{row}", channels, dimension)
        else:
            shapes |= linear(f"res.{row}", dimension, dimension)
    return shapes


def _layout(state: State) -> Shapes:
    rows = 1 + max(int(key.split(".")[1]) for key in state if key.startswith("res."))
    depth = sum(1 for key in state if key.startswith("style.") and key.endswith(".weight"))
    return paths_layout(rows, state["res.0.conv.0.weight"].shape[0], state["style.1.weight"].shape[0], depth)


PATHS = Family(
    name="DualStyleGAN style paths",
    source="williamyang1991/DualStyleGAN",
    containers=("g_ema", "g", ""),
    roots=("generator.", ""),
    signature=("style.1.weight", "res.1.conv.0.weight", "res.7.weight"),
    layout=_layout,
    parts=(
        Part(
            "structure mapping",
            StyleA,
            r"style\.",
            tuple((rf"^style\.{layer}\.", f"structure.layers.{layer - 1}.") for layer in range(1, _DEPTH + 1)),
            within=r"structure\.",
        ),
        Part(
            "colour transforms",
            StyleA,
            r"res\.(?![0-6]\.)",
            tuple(
                (rf"^res\.{row}\.", f"transforms.rows.{row - STRUCTURE_ROWS}.") for row in range(STRUCTURE_ROWS, _ROWS)
            ),
            within=r"transforms\.",
            needs=NEEDS,
        ),
        MOD_RES,
    ),
    unused=((r"res\.0\.", "its block stands below 32 pixels, where nothing passes"),),
)
"""Codes -> structure and colour styles."""

CODES = Family(
    name="DualStyleGAN art codes",
    source="williamyang1991/DualStyleGAN",
    containers=("",),
    roots=("",),
    signature=("exstyle_codes",),
    layout=lambda state: {"exstyle_codes": tuple(state["exstyle_codes"].shape)},
    parts=(Part("art codes", ArtTable, "exstyle_codes", ((r"^exstyle_codes$", "codes"),)),),
)
"""exstyle_code.npy: number of an art style -> its code in Z+."""
