"""The face warper of PIRenderer (RenYurui/PIRender) and, the same network, of StyleHEAT (OpenTalker/StyleHEAT).

PIRenderer spells the hourglass `warpping_net`, StyleHEAT and Style2Talker `warping_net`. The published code builds its
sampling grid from corner to corner and samples it from centre to centre; ours does both from centre to centre, so a
loaded flow moves contents by up to half a pixel of the flow's grid less or more towards the borders. The public windows
hold the crop in pixels, ours hold it at the size of the other columns: the first layer is changed to mean the same.
"""

from __future__ import annotations

import torch

from style2talker.style_a.driving import CROP_OFFSET, CROP_SCALE, SPACES
from style2talker.train.published.checkpoints.family import Family, Part, State
from style2talker.train.published.checkpoints.layout import Shapes, convolution, linear, nested
from style2talker.train.published.style_a.motion import MotionGenerator

__all__ = ["ADA_IN", "WARPER", "ada_in_layout", "warper_layout"]

ADA_IN = ((r"\.mlp_shared\.0\.", ".shared."), (r"\.mlp_(gamma|beta)\.", r".\1."))
"""Renamings of an AdaIN."""
_SHARED = 128
_MAPPING = ((r"^mapping_net\.first\.0\.", "mapping.first."), (r"^mapping_net\.encoder(\d)\.1\.", r"mapping.layers.\1."))
_GLASS = (
    (r"^warpp?ing_net\.", ""),
    (r"^hourglass\.encoder\.input_layer\.", "first."),
    (r"^hourglass\.encoder\.encoder(\d)\.", r"down.\1."),
    (r"^hourglass\.decoder\.decoder4\.", "up.0."),
    (r"^hourglass\.decoder\.decoder3\.", "up.1."),
    (r"^hourglass\.decoder\.decoder2\.", "up.2."),
    (r"^flow_out\.0\.weight$", "scale"),
    (r"^flow_out\.0\.bias$", "shift"),
    (r"^flow_out\.2\.", "flow."),
    *ADA_IN,
)


def ada_in_layout(key: str, channels: int, descriptor: int = 256) -> Shapes:
    """Keys of an instance norm that a descriptor steers."""
    heads = (linear(name, _SHARED, channels) for name in ("mlp_gamma", "mlp_beta"))
    return nested(key, linear("mlp_shared.0", descriptor, _SHARED), *heads)


def warper_layout(spelt: str = "warpping_net", coefficients: int = 73, descriptor: int = 256, base: int = 32) -> Shapes:
    """Keys of the mapping network and the hourglass.

    Args:
        spelt: name of the hourglass.
        coefficients: in a row of the window.
        descriptor: width of what the mapping network gives; also the most channels.
        base: channels at full size.
    """
    width = [min(base << level, descriptor) for level in range(6)]
    shapes = nested("mapping_net", convolution("first.0", coefficients, descriptor, 7))
    for layer in range(3):
        shapes |= convolution(f"mapping_net.encoder{layer}.1", descriptor, descriptor, 3)
    glass = convolution("encoder.input_layer", 3, base, 7, 7)
    for level in range(5):
        glass |= _down(f"encoder.encoder{level}", width[level], width[level + 1], descriptor)
    inside = width[5]
    for level in (4, 3, 2):
        glass |= _up(f"decoder.decoder{level}", inside, width[level], descriptor)
        inside = 2 * width[level]
    shapes |= nested(f"{spelt}.hourglass", glass)
    norm: Shapes = {"0.weight": (inside, 1, 1), "0.bias": (inside, 1, 1)}
    return shapes | nested(f"{spelt}.flow_out", norm, convolution("2", inside, 2, 7, 7))


def _down(key: str, inside: int, outside: int, descriptor: int) -> Shapes:
    return nested(
        key,
        convolution("conv_0", inside, outside, 4, 4),
        convolution("conv_1", outside, outside, 3, 3),
        ada_in_layout("norm_0", inside, descriptor),
        ada_in_layout("norm_1", outside, descriptor),
    )


def _up(key: str, inside: int, outside: int, descriptor: int) -> Shapes:
    transposed: Shapes = {}
    for name, channels in (("conv_1", outside), ("conv_s", inside)):
        transposed |= {f"{name}.weight": (channels, outside, 3, 3), f"{name}.bias": (outside,)}
    norms = (ada_in_layout(f"norm_{n}", c, descriptor) for n, c in (("0", inside), ("1", outside), ("s", inside)))
    return nested(key, convolution("conv_0", inside, outside, 3, 3), transposed, *norms)


def _of_scaled_crop(state: State) -> State:
    """The mapping for windows whose crop (the last three columns) is `column * scale + offset` of the public ones."""
    weight, bias = state["mapping_net.first.0.weight"], state["mapping_net.first.0.bias"]
    if weight.shape[1] != SPACES["bfm"]:
        return state
    scale, offset = weight.new_tensor(CROP_SCALE), weight.new_tensor(CROP_OFFSET)
    crop = weight[:, -len(CROP_SCALE) :]  # (descriptor, 3, 7)
    changed = torch.cat([weight[:, : -len(CROP_SCALE)], crop * scale[:, None]], dim=1)
    bias = bias + crop.sum(dim=2) @ offset
    return {**state, "mapping_net.first.0.weight": changed, "mapping_net.first.0.bias": bias}


def _layout(state: State) -> Shapes:
    spelt = "warpping_net" if any(key.startswith("warpping_net.") for key in state) else "warping_net"
    return warper_layout(spelt, coefficients=state["mapping_net.first.0.weight"].shape[1])


WARPER = Family(
    name="PIRenderer or StyleHEAT face warper",
    source="RenYurui/PIRender, OpenTalker/StyleHEAT",
    containers=("net_G_ema", "net_G", "g_ema", "g", ""),
    roots=("", "video_warper.", "motion_generator."),
    signature=("mapping_net.first.0.weight", "mapping_net.encoder2.1.weight"),
    layout=_layout,
    parts=(
        Part(
            "motion mapping", MotionGenerator, r"mapping_net\.", _MAPPING, within=r"mapping\.", change=_of_scaled_crop
        ),
        Part("motion hourglass", MotionGenerator, r"warpp?ing_net\.", _GLASS, within=r"(?!mapping\.)"),
    ),
    unused=((r"editing_net\.", "PIRenderer's editing net is no part of the method"),),
)
"""Coefficients and photo -> flow."""
