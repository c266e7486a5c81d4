"""Deep3D's reconstruction network (sicxu/Deep3DFaceRecon_pytorch): ResNet-50 and seven heads, 257 numbers in all."""

from __future__ import annotations

from style2talker.train.published import reconstruction
from style2talker.train.published.checkpoints.family import Family, Part
from style2talker.train.published.checkpoints.layout import Shapes, batch_norm, convolution, nested
from style2talker.train.published.reconstruction import EXPANSION, HEADS, Reconstruction

__all__ = ["RECONSTRUCTION", "reconstruction_layout"]


def reconstruction_layout() -> Shapes:
    """Keys of backbone and heads."""
    shapes = convolution("conv1", 3, 64, 7, 7, bias=False) | batch_norm("bn1", 64)
    inside = 64
    for stage, (width, units) in enumerate(reconstruction.STAGES, 1):
        for unit in range(units):
            shapes |= nested(f"layer{stage}.{unit}", _bottleneck(inside, width))
            inside = width * EXPANSION
    shapes = nested("backbone", shapes)
    for number, count in enumerate(HEADS):
        shapes |= convolution(f"final_layers.{number}", inside, count, 1, 1)
    return shapes


def _bottleneck(inside: int, width: int) -> Shapes:
    outside = width * EXPANSION
    shapes: Shapes = {}
    for number, (i, o, kernel) in enumerate(((inside, width, 1), (width, width, 3), (width, outside, 1)), 1):
        shapes |= convolution(f"conv{number}", i, o, kernel, kernel, bias=False) | batch_norm(f"bn{number}", o)
    if inside != outside:
        down = (convolution("0", inside, outside, 1, 1, bias=False), batch_norm("1", outside))
        shapes |= nested("downsample", *down)
    return shapes


RECONSTRUCTION = Family(
    name="Deep3D reconstruction network",
    source="sicxu/Deep3DFaceRecon_pytorch",
    containers=("net_recon", "state_dict", ""),
    roots=("", "net_recon.", "face_3drecon."),
    signature=("backbone.conv1.weight", "backbone.layer4.0.conv3.weight", "final_layers.6.weight"),
    layout=lambda _: reconstruction_layout(),
    parts=(Part("reconstruction", Reconstruction, ""),),
)
"""Aligned face -> 257 coefficients; also inside SadTalker's safetensors file."""
