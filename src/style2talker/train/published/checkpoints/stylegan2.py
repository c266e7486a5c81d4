"""StyleGAN2 as rosinality/stylegan2-pytorch keeps it: the generator of FFHQ at 1024, and the discriminator."""

from __future__ import annotations

from collections.abc import Mapping

from style2talker.train.published.checkpoints.family import Family, Part, State
from style2talker.train.published.checkpoints.layout import (
    BLUR,
    Shapes,
    equal_convolution,
    linear,
    modulated,
    nested,
    residual_down,
)
from style2talker.train.published.style_a.network import StyleA

__all__ = [
    "BUILT_IN",
    "GENERATOR",
    "NEEDS",
    "channels",
    "discriminator_layout",
    "generator_layout",
    "generator_layout_of",
]

_COARSEST = 4
_DEPTH = 8
_BASE = 3  # doublings below the base of 32 pixels
_DOUBLINGS = 8
NEEDS = (("structure_rows", 7),)
"""Of a network that begins at 32 pixels, as the published one does."""
BUILT_IN = (r".*\.kernel$", "the fixed blur is built in")
"""Why the kernels of blurs are not loaded."""


def channels(size: int = 1024, multiplier: int = 2) -> dict[int, int]:
    """Side of a feature map, from 4 to `size` -> its channels: 512 up to 32 pixels, then halved with each doubling.

    Args:
        size: side of the pictures.
        multiplier: 2 for config F, with 512 channels up to 64 pixels.
    """
    sides = [_COARSEST << level for level in range(size.bit_length() - _COARSEST.bit_length() + 1)]
    return {side: 512 if side <= 32 else 256 * 64 * multiplier // side for side in sides}


def generator_layout(width: Mapping[int, int], depth: int = 8, dimension: int = 512) -> Shapes:
    """Keys of the generator.

    Args:
        width: side -> channels, as `channels` gives them.
        depth: layers of the mapping network.
        dimension: of its codes.
    """
    shapes: Shapes = {"input.input": (1, width[_COARSEST], _COARSEST, _COARSEST)}
    for layer in range(1, depth + 1):
        shapes |= linear(f"style.{layer}", dimension, dimension)
    inside = width[_COARSEST]
    shapes |= _styled("conv1", inside, inside, dimension) | _to_rgb("to_rgb1", inside, dimension)
    shapes["noises.noise_0"] = (1, 1, _COARSEST, _COARSEST)
    for number, side in enumerate(sorted(width)[1:]):
        outside = width[side]
        shapes |= _styled(f"convs.{2 * number}", inside, outside, dimension, up=True)
        shapes |= _styled(f"convs.{2 * number + 1}", outside, outside, dimension)
        shapes |= _to_rgb(f"to_rgbs.{number}", outside, dimension) | {f"to_rgbs.{number}.upsample.kernel": BLUR}
        shapes |= {f"noises.noise_{2 * number + layer}": (1, 1, side, side) for layer in (1, 2)}
        inside = outside
    return shapes


def _styled(key: str, inside: int, outside: int, dimension: int, up: bool = False) -> Shapes:
    convolution = modulated(f"{key}.conv", inside, outside, 3, dimension, up)
    return convolution | {f"{key}.noise.weight": (1,), f"{key}.activate.bias": (outside,)}


def _to_rgb(key: str, inside: int, dimension: int) -> Shapes:
    return modulated(f"{key}.conv", inside, 3, 1, dimension) | {f"{key}.bias": (1, 3, 1, 1)}


def generator_layout_of(state: State) -> Shapes:
    """The layout of a generator, by the sizes of what it holds."""
    width = {_COARSEST: state["input.input"].shape[1]}
    while f"convs.{2 * (len(width) - 1)}.conv.weight" in state:
        level = len(width)
        width[_COARSEST << level] = state[f"convs.{2 * (level - 1)}.conv.weight"].shape[1]
    depth = sum(1 for key in state if key.startswith("style.") and key.endswith(".weight"))
    return generator_layout(width, depth, state["style.1.weight"].shape[0])


def discriminator_layout(width: Mapping[int, int], outputs: int = 1) -> Shapes:
    """Keys of the discriminator.

    Args:
        width: side -> channels, up to the side of the pictures.
        outputs: numbers at its end.
    """
    sides = sorted(width, reverse=True)
    shapes = equal_convolution("convs.0", 3, width[sides[0]], 1)
    for number, side in enumerate(sides[:-1], 1):
        shapes |= residual_down(f"convs.{number}", width[side], width[side // 2])
    last = width[_COARSEST]
    shapes |= equal_convolution("final_conv", last + 1, last, 3)
    return shapes | nested("final_linear", linear("0", last * _COARSEST**2, last), linear("1", last, outputs))


GENERATOR = Family(
    name="StyleGAN2 generator",
    source="rosinality/stylegan2-pytorch",
    containers=("g_ema", "g", ""),
    roots=("generator.generator.", "generator.", ""),
    signature=("input.input", "style.1.weight", "convs.0.conv.weight", "to_rgbs.0.conv.modulation.weight"),
    layout=generator_layout_of,
    parts=(
        Part(
            "mapping",
            StyleA,
            r"style\.",
            tuple((rf"^style\.{layer}\.", f"mapping.layers.{layer - 1}.") for layer in range(1, _DEPTH + 1)),
            within=r"mapping\.",
        ),
        Part(
            "synthesis",
            StyleA,
            rf"(convs\.(?![0-{2 * _BASE - 1}]\.)|to_rgbs\.(?![0-{_BASE - 1}]\.))(?!.*(\.kernel|\.noise\.weight)$)",
            (
                *((rf"^convs\.{n}\.", f"synthesis.convs.{n - 2 * _BASE}.") for n in range(2 * _BASE, 2 * _DOUBLINGS)),
                *((rf"^to_rgbs\.{n}\.", f"synthesis.to_rgbs.{n - _BASE}.") for n in range(_BASE, _DOUBLINGS)),
                (r"\.activate\.bias$", ".bias"),
            ),
            within=r"synthesis\.(convs|to_rgbs)\.",
            needs=NEEDS,
        ),
    ),
    unused=(
        (r"noises\.|.*\.noise\.weight$", "no noise is added, as in VToonify and Style2Talker"),
        (r"(generator\.){0,2}(input|conv1|to_rgb1|convs\.[0-5]|to_rgbs\.[0-2])\.", "nothing passes below 32 pixels"),
        (r"latent_avg$", "codes are not pulled towards the mean"),
        BUILT_IN,
    ),
)
"""Codes -> pictures; ours begins at 32 pixels."""
