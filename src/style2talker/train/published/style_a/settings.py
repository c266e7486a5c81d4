"""Settings of the published Style-A, and its three sizes.

`paper` is the published network; whatever goes beyond the release has a setting, whose
value as released the attribute's line names. `small` and `tiny` are networks of the same build that start from nothing,
on two cores in an evening and in minutes; their deviations beyond plain size are `carry_picture`, `relative` and an
identity encoder that learns along.

S is the side of the portrait, O that of the frames. The base, where synthesis begins, is S/8; the flow lives on the
grid F = S/4. L = 2 log2(O) - 2 rows make a code: as many as StyleGAN2 has places to modulate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from style2talker.errors import UsageError
from style2talker.style_a.driving import SPACES

__all__ = ["StyleASettings"]

_PARSINGS = ("mesh", "bisenet", "none")
_REFINED = ("warped", "unwarped")
_IDENTITY_LAYERS = (10, 50)
_SMALLEST = {"input_size": 64, "output_size": 64, "identity_size": 32, "art_size": 32}


@dataclass(frozen=True, slots=True)
class StyleASettings:
    """Plain values only, so that they go into a checkpoint and an exported file.

    Attributes:
        space: coefficients that drive it: "rig" (61 columns) or "bfm" (73, published).
        input_size: S, a power of two from 64 up.
        output_size: O, a power of two from S up.
        style_width: of a row of a code, a multiple of 8.
        mapping_layers: of StyleGAN2's mapping network.
        structure_layers: of DualStyleGAN's own mapping network, which makes the structure style.
        channel_base: channels of a feature map times its side, up to `channel_cap`.
        channel_cap: most channels of a feature map.
        stem: channels of the content encoder's first layer.
        fusion_width: of what a fusion knows of the degree.
        descriptor: width of what the motion generator tells the refinement of the motion.
        motion_base: channels of the motion generator at full size, doubled with each halving.
        motion_cap: most channels of it.
        refinement_width: channels of the refinement network.
        identity_size: side of the aligned face that the identity encoder sees.
        identity_layers: of that encoder: 50 (IR-SE-50) or 10.
        art_size: side of the picture that the art encoder sees.
        art_width: channels of the art encoder's first layer.
        styles: art styles in the table.
        relative: drive by the difference to the portrait's own coefficients; false as published, where the portrait's
            are to be read from its pixels.
        pose_gain: factor on the columns of angles, translation and place, which spread less than expressions; 1 as
            published.
        affine: add to the flow a linear field that the descriptor tells, for movements of the whole head, which
            instance norm hides from the hourglass; false as published.
        parsing: where the 19 channels of face parsing come from: "mesh", "bisenet" (published) or "none" for zeros.
        warp_fused: warp what is fused after the warp of the feature, and the running picture, by the resized flow;
            false as released, where detail of the still pose can ghost.
        refine_from: which feature the refinement sees: "warped", or "unwarped" as released.
        carry_picture: show the warped portrait itself to the fusion at full size, let masks begin open and synthesis
            begin at zero on top of it, so that an untrained network gives the portrait back; false as published,
            where a trained StyleGAN2 and content encoder are there to begin with.

    Raises:
        UsageError: a value is out of range.
    """

    space: str = "rig"
    input_size: int = 256
    output_size: int = 1024
    style_width: int = 512
    mapping_layers: int = 8
    structure_layers: int = 2
    channel_base: int = 32768
    channel_cap: int = 512
    stem: int = 32
    fusion_width: int = 128
    descriptor: int = 256
    motion_base: int = 32
    motion_cap: int = 256
    refinement_width: int = 256
    identity_size: int = 256
    identity_layers: int = 50
    art_size: int = 256
    art_width: int = 32
    styles: int = 317
    relative: bool = False
    pose_gain: float = 1.0
    affine: bool = False
    parsing: str = "mesh"
    warp_fused: bool = True
    refine_from: str = "warped"
    carry_picture: bool = False

    def __post_init__(self) -> None:
        for name, words in (("space", tuple(SPACES)), ("parsing", _PARSINGS), ("refine_from", _REFINED)):
            if getattr(self, name) not in words:
                raise UsageError(f"{name} is {getattr(self, name)!r}, expected {', '.join(words)}")
        for name, smallest in _SMALLEST.items():
            side = getattr(self, name)
            if side < smallest or side & (side - 1):
                raise UsageError(f"{name} is {side}, expected a power of two from {smallest} up")
        if self.output_size < self.input_size:
            raise UsageError(f"output_size is {self.output_size}, expected at least input_size, {self.input_size}")
        if self.identity_layers not in _IDENTITY_LAYERS:
            raise UsageError(f"identity_layers is {self.identity_layers}, expected 10 or 50")
        if self.channel_base < self.output_size:
            raise UsageError(f"channel_base is {self.channel_base}, expected at least output_size, {self.output_size}")
        if self.style_width % 8:
            raise UsageError(f"style_width is {self.style_width}, expected a multiple of 8")
        for name in ("style_width", "mapping_layers", "channel_cap", "stem", "styles", "art_width"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is {getattr(self, name)}, expected at least 1")

    @classmethod
    def paper(cls) -> StyleASettings:
        """As published: 256 pixels in, 1024 out, 73 coefficients, 18 rows of 512."""
        return cls(space="bfm", parsing="bisenet")

    @classmethod
    def small(cls) -> StyleASettings:
        """128 pixels in and out, for an evening on one GPU or a day on two cores."""
        return cls(
            input_size=128,
            output_size=128,
            style_width=128,
            mapping_layers=4,
            channel_base=2048,
            channel_cap=128,
            stem=16,
            fusion_width=64,
            descriptor=128,
            motion_base=16,
            motion_cap=128,
            refinement_width=48,
            identity_size=64,
            identity_layers=10,
            art_size=128,
            art_width=16,
            styles=16,
            relative=True,
            pose_gain=10.0,
            affine=True,
            carry_picture=True,
        )

    @classmethod
    def tiny(cls) -> StyleASettings:
        """64 pixels in and out, for tests."""
        return cls(
            input_size=64,
            output_size=64,
            style_width=32,
            mapping_layers=2,
            channel_base=512,
            channel_cap=32,
            stem=8,
            fusion_width=16,
            descriptor=32,
            motion_base=8,
            motion_cap=32,
            refinement_width=16,
            identity_size=32,
            identity_layers=10,
            art_size=32,
            art_width=8,
            styles=8,
            relative=True,
            pose_gain=10.0,
            affine=True,
            carry_picture=True,
        )

    @property
    def coefficients(self) -> int:
        """C, the columns of what drives it."""
        return SPACES[self.space]

    @property
    def base_size(self) -> int:
        """Side of the map where synthesis begins, S/8."""
        return self.input_size // 8

    @property
    def flow_size(self) -> int:
        """F, side of the flow, S/4."""
        return self.input_size // 4

    @property
    def rows(self) -> int:
        """L, the rows of a code."""
        return 2 * int(math.log2(self.output_size)) - 2

    @property
    def structure_rows(self) -> int:
        """The first rows of a code, which hold structure: 7 in `paper`, as many as modulate up to the base."""
        return 2 * int(math.log2(self.base_size)) - 3

    def channels(self, side: int) -> int:
        """Channels of a feature map of that side: 512 up to 64 in `paper`, then halved with each doubling."""
        return min(self.channel_cap, self.channel_base // side)
