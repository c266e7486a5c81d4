"""StyleHEAT's calibration net (OpenTalker/StyleHEAT), which Style2Talker calls refinement."""

from __future__ import annotations

import math

from style2talker.train.published.checkpoints.family import Family, Part, State
from style2talker.train.published.checkpoints.layout import (
    Shapes,
    convolution,
    equal_convolution,
    linear,
    nested,
    residual_down,
)
from style2talker.train.published.checkpoints.pirenderer import ADA_IN, ada_in_layout
from style2talker.train.published.checkpoints.stylegan2 import BUILT_IN
from style2talker.train.published.style_a.refinement import Refinement

__all__ = ["CALIBRATION", "calibration_layout"]

_FINEST = 3  # level whose scale and shift are used: 64 pixels


def calibration_layout(size: int = 64, channels: int = 512, width: int = 256, descriptor: int = 256) -> Shapes:
    """Keys of the U-Net on features (channels, size, size)."""
    shapes = equal_convolution("conv_body_first", channels, width, 1) | equal_convolution("final_conv", width, width, 3)
    shapes |= nested("linear_3dmm", linear("0", descriptor, width), linear("2", width, width))
    for level in range(int(math.log2(size)) - 2):
        shapes |= residual_down(f"conv_body_down.{level}", width, width)
        up = {
            "conv2.weight": (width, width, 3, 3),
            "conv2.activation.bias": (width,),
            "skip.weight": (width, width, 1, 1),
        }
        shapes |= nested(f"conv_body_up.{level}", equal_convolution("conv1", width, width, 3), up)
        shapes |= nested(
            f"inject_3dmm.{level}",
            *(convolution(name, width, width, 3, 3) for name in ("conv1", "conv2")),
            *(ada_in_layout(name, width, width) for name in ("norm1", "norm2")),
        )
        for branch in ("condition_scale", "condition_shift"):
            convolutions = (convolution("0", width, width, 3, 3), convolution("2", width, channels, 3, 3))
            shapes |= nested(f"{branch}.{level}", *convolutions)
    return shapes


def _layout(state: State) -> Shapes:
    levels = sum(1 for key in state if key.startswith("conv_body_down.") and key.endswith(".skip.1.weight"))
    width, channels = state["conv_body_first.0.weight"].shape[:2]
    return calibration_layout(4 << levels, channels, width, state["linear_3dmm.0.weight"].shape[1])


CALIBRATION = Family(
    name="StyleHEAT calibration net",
    source="OpenTalker/StyleHEAT",
    containers=("net_G_ema", "net_G", "g_ema", "g", ""),
    roots=("calibrator.", "refinement.", ""),
    signature=("conv_body_first.0.weight", "linear_3dmm.0.weight", "condition_scale.0.0.weight"),
    layout=_layout,
    parts=(
        Part(
            "refinement",
            Refinement,
            rf"(?!condition_(scale|shift)\.(?!{_FINEST}\.)|.*\.kernel$)",
            (
                (r"^conv_body_first\.[01]\.", "first."),
                (r"^final_conv\.[01]\.", "middle."),
                (r"^conv_body_down\.(\d)\.conv1\.[01]\.", r"down.\1.conv_0."),
                (r"^conv_body_down\.(\d)\.conv2\.[12]\.", r"down.\1.conv_1."),
                (r"^conv_body_down\.(\d)\.skip\.1\.", r"down.\1.short."),
                (r"^conv_body_up\.(\d)\.conv1\.[01]\.", r"up.\1.conv_0."),
                (r"^conv_body_up\.(\d)\.conv2\.(activation\.)?", r"up.\1.conv_1."),
                (r"^conv_body_up\.(\d)\.skip\.", r"up.\1.short."),
                (r"^linear_3dmm\.", "told."),
                (r"^inject_3dmm\.(\d)\.conv1\.", r"inject.\1.conv_0."),
                (r"^inject_3dmm\.(\d)\.conv2\.", r"inject.\1.conv_1."),
                (r"^inject_3dmm\.(\d)\.norm1\.", r"inject.\1.norm_0."),
                (r"^inject_3dmm\.(\d)\.norm2\.", r"inject.\1.norm_1."),
                (rf"^condition_(scale|shift)\.{_FINEST}\.0\.", r"\1.conv_0."),
                (rf"^condition_(scale|shift)\.{_FINEST}\.2\.", r"\1.conv_1."),
                *ADA_IN,
            ),
        ),
    ),
    unused=(
        (r"condition_(scale|shift)\.", "published, the scales and shifts of coarser levels are computed and dropped"),
        BUILT_IN,
    ),
)
"""Warped feature and descriptor -> scale and shift at 64 pixels."""
