"""VToonify-D (williamyang1991/VToonify): content encoder, fusion, ModRes with holes, and its discriminator."""

from __future__ import annotations

from collections.abc import Mapping

from style2talker.train.published.checkpoints.dualstylegan import MOD_RES, STRUCTURE_ROWS, mod_res_layout
from style2talker.train.published.checkpoints.family import Family, Part, State
from style2talker.train.published.checkpoints.layout import Shapes, convolution, linear, nested
from style2talker.train.published.checkpoints.stylegan2 import BUILT_IN, NEEDS, channels, discriminator_layout
from style2talker.train.published.style_a.discriminator import Discriminator
from style2talker.train.published.style_a.network import StyleA

__all__ = ["CONTENT", "DISCRIMINATOR", "conditional_discriminator_layout", "content_layout"]

_BASE = 32  # side of the smallest feature map of the content encoder
_CONDITION = 64  # width of what the degree, and the style, become


def content_layout(width: Mapping[int, int], stem: int = 32, dimension: int = 512, embedding: int = 128) -> Shapes:
    """Keys beside the generator: encoder, fusion and ModRes.

    Args:
        width: side -> channels, from 32 to the side of the portrait.
        stem: channels of the first layer.
        dimension: of a row of a code.
        embedding: width of what the degree becomes in a fusion.
    """
    sides = sorted((side for side in width if side >= _BASE), reverse=True)
    first = width[sides[0]]
    shapes = nested("encoder.0", convolution("0", 22, stem, 3, 3), convolution("2", stem, first, 3, 3))
    for number, side in enumerate(sides[1:], 1):
        layers = convolution("0", width[2 * side], width[side], 3, 3) | convolution("2", width[side], width[side], 3, 3)
        shapes |= nested(f"encoder.{number}", layers)
    middle, base = len(sides), width[_BASE]
    for block in range(STRUCTURE_ROWS - 1):
        for name in ("conv", "conv2"):
            shapes |= convolution(f"encoder.{middle}.{block}.{name}", base, base, 3, 3)
    shapes |= convolution(f"encoder.{middle + 1}", base, 3, 1, 1)
    for number, side in enumerate(reversed(sides)):
        shapes |= _fusion(f"fusion_out.{number}", width[side], embedding)
        shapes |= convolution(f"fusion_skip.{number}", width[side] + 3, 3, 3, 3)
    for block in range(STRUCTURE_ROWS):
        shapes |= mod_res_layout(f"res.{block}", base, dimension)
    return shapes


def _fusion(key: str, channel: int, embedding: int) -> Shapes:
    return nested(
        key,
        convolution("conv", 2 * channel, channel, 3, 3),
        linear("norm.style", embedding, 4 * channel),
        convolution("conv2", 2 * channel, 1, 3, 3),
        linear("linear.0", 1, embedding // 2),
        linear("linear.2", embedding // 2, embedding),
    )


def conditional_discriminator_layout(styles: int, width: Mapping[int, int] | None = None) -> Shapes:
    """Keys of the discriminator that is told the degree and which of so many styles.

    Args:
        styles: how many.
        width: side -> channels, up to the side of the pictures; as published for 256.
    """
    shapes = discriminator_layout(width or channels(256), outputs=2 * _CONDITION)
    for layer, inside in (("0", 1), ("2", _CONDITION), ("4", _CONDITION)):
        shapes |= linear(f"label_mapper.{layer}", inside, _CONDITION)
    return shapes | {"style_mapper.weight": (styles, _CONDITION)}


def _content_layout(state: State) -> Shapes:
    fusions = sum(1 for key in state if key.startswith("fusion_skip.") and key.endswith(".weight"))
    width = {_BASE << n: state[f"fusion_out.{n}.conv.weight"].shape[0] for n in range(fusions)}
    stem, dimension = state["encoder.0.0.weight"].shape[0], state["res.1.norm.style.weight"].shape[1]
    return content_layout(width, stem, dimension, state["fusion_out.0.norm.style.weight"].shape[1])


def _discriminator_layout(state: State) -> Shapes:
    width = {4: state["final_conv.0.weight"].shape[0]}
    blocks = sum(1 for key in state if key.endswith(".skip.1.weight"))
    for level in range(1, blocks + 1):
        width[4 << level] = state[f"convs.{blocks + 1 - level}.conv1.0.weight"].shape[0]
    return conditional_discriminator_layout(state["style_mapper.weight"].shape[0], width)


CONTENT = Family(
    name="VToonify-D content encoder and fusion",
    source="williamyang1991/VToonify",
    containers=("g_ema", "g", ""),
    roots=("",),
    signature=("encoder.0.0.weight", "fusion_out.0.conv.weight", "fusion_skip.0.weight", "res.1.conv.0.weight"),
    layout=_content_layout,
    parts=(
        Part(
            "content encoder",
            StyleA,
            r"encoder\.",
            (
                (r"^encoder\.4\.", "content.residuals."),
                (r"^encoder\.5\.", "content.start."),
                (r"^encoder\.(\d)\.", r"content.stages.\1."),
            ),
            within=r"content\.(?!modres\.)",
            needs=NEEDS,
        ),
        MOD_RES,
        Part(
            "fusion",
            StyleA,
            r"fusion_(out|skip)\.",
            (
                (r"^fusion_out\.(\d)\.(norm|conv2|linear)\.", r"synthesis.masks.\1.\2."),
                (r"^fusion_out\.", "synthesis.fusion_out."),
                (r"^fusion_skip\.(\d)\.", r"synthesis.fusion_skip.\1.conv."),
            ),
            within=r"synthesis\.(masks|fusion_out|fusion_skip)\.",
            needs=NEEDS,
        ),
    ),
    unused=((r"res\.0\.", "published without use"),),
)
"""Portrait, parsing and degree -> what is fused into the synthesis."""

DISCRIMINATOR = Family(
    name="VToonify-D discriminator",
    source="williamyang1991/VToonify",
    containers=("d",),
    roots=("",),
    signature=("convs.0.0.weight", "final_conv.0.weight", "label_mapper.0.weight", "style_mapper.weight"),
    layout=_discriminator_layout,
    parts=(
        Part(
            "discriminator",
            Discriminator,
            r"(?!style_mapper\.|.*\.kernel$)",
            (
                (r"^convs\.0\.[01]\.", "first."),
                *((rf"^convs\.{n}\.", f"down.{n - 1}.") for n in range(1, 9)),
                (r"\.conv1\.[01]\.", ".conv_0."),
                (r"\.conv2\.[12]\.", ".conv_1."),
                (r"\.skip\.1\.", ".short."),
                (r"^final_conv\.[01]\.", "last."),
                (r"^final_linear\.", "flat."),
                (r"^label_mapper\.", "degree."),
            ),
            within=r"(?!style\.)",
        ),
        Part("discriminator's styles", Discriminator, r"style_mapper\.", ((r"^style_mapper\.", "style."),), r"style\."),
    ),
    unused=(BUILT_IN,),
)
"""Picture, degree and style -> opinion."""
