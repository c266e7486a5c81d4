"""pSp's encoder (eladrich/pixel2style2pixel), as DualStyleGAN trained it for codes in Z+: IR-SE-50 and 18 heads."""

from __future__ import annotations

from style2talker.train.published.checkpoints.family import Family, Part, State
from style2talker.train.published.checkpoints.layout import Shapes, batch_norm, convolution, linear, nested
from style2talker.train.published.style_a.codes import IdentityEncoder

__all__ = ["ENCODER", "encoder_layout"]

_BLOCKS = ((1, 1, 3), (1, 2, 4), (2, 4, 14), (4, 8, 3))
"""Channels in, channels out, in those of the first layer; units."""
_COARSE, _MIDDLE = 3, 7
_HALVINGS = (4, 5, 6)
"""Convolutions of a coarse, a middle and a fine head."""


def encoder_layout(styles: int = 18, base: int = 64) -> Shapes:
    """Keys of the encoder, with the average code.

    Args:
        styles: rows of a code, each with a head.
        base: channels of the first layer; a code has eight times as many.
    """
    first = convolution("0", 3, base, 3, 3, bias=False) | batch_norm("1", base) | {"2.weight": (base,)}
    shapes = nested("input_layer", first)
    unit, code = 0, 8 * base
    for inside, outside, units in _BLOCKS:
        for number in range(units):
            shapes |= nested(f"body.{unit}", _unit(base * (inside if number == 0 else outside), base * outside))
            unit += 1
    for style in range(styles):
        depth = _HALVINGS[0 if style < _COARSE else 1 if style < _MIDDLE else 2]
        layers = (convolution(f"convs.{2 * layer}", code, code, 3, 3) for layer in range(depth))
        shapes |= nested(f"styles.{style}", *layers, linear("linear", code, code))
    shapes |= convolution("latlayer1", 4 * base, code, 1, 1) | convolution("latlayer2", 2 * base, code, 1, 1)
    return nested("encoder", shapes) | {"latent_avg": (styles, code)}


def _unit(inside: int, outside: int) -> Shapes:
    shapes = nested(
        "res_layer",
        batch_norm("0", inside),
        convolution("1", inside, outside, 3, 3, bias=False),
        {"2.weight": (outside,)},
        convolution("3", outside, outside, 3, 3, bias=False),
        batch_norm("4", outside),
        convolution("5.fc1", outside, outside // 16, 1, 1, bias=False),
        convolution("5.fc2", outside // 16, outside, 1, 1, bias=False),
    )
    if inside != outside:
        shortcut = (convolution("0", inside, outside, 1, 1, bias=False), batch_norm("1", outside))
        shapes |= nested("shortcut_layer", *shortcut)
    return shapes


def _layout(state: State) -> Shapes:
    styles = sum(1 for key in state if key.startswith("encoder.styles.") and key.endswith(".linear.weight"))
    return encoder_layout(styles, state["encoder.input_layer.0.weight"].shape[0])


ENCODER = Family(
    name="pSp encoder",
    source="eladrich/pixel2style2pixel, williamyang1991/DualStyleGAN",
    containers=("state_dict",),
    roots=("",),
    signature=("encoder.input_layer.0.weight", "encoder.styles.0.convs.0.weight", "encoder.latlayer1.weight"),
    layout=_layout,
    parts=(
        Part(
            "identity encoder",
            IdentityEncoder,
            r"encoder\.|latent_avg$",
            ((r"^encoder\.", ""), (r"^latent_avg$", "average")),
        ),
    ),
    unused=((r"decoder\.", "the generator that it was trained with comes from its own file"),),
)
"""Aligned face -> code in Z+."""
