"""Style-A as published: portrait, parsing, codes, degree and a window of motion -> a frame.

The network has two halves. `portrait` does all that is the same for every frame of a clip: codes, content, ModRes,
first fusion, first doubling. `frame` adds the motion: flow, warp, refinement, the rest of the synthesis; it takes many
windows with one portrait. `forward` is one after the other.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import nn

from style2talker.train.published.style_a.codes import ColourTransforms, mix_codes
from style2talker.train.published.style_a.content import ContentEncoder
from style2talker.train.published.style_a.motion import MotionGenerator
from style2talker.train.published.style_a.settings import StyleASettings
from style2talker.train.published.style_a.stylegan import RowMapping
from style2talker.train.published.style_a.synthesis import Begun, Moved, Synthesis
from style2talker.train.published.style_a.warp import resize_flow, warp

__all__ = ["PortraitFeatures", "StyleA", "StyleAOutput"]


class PortraitFeatures(NamedTuple):
    """What the frames of a clip share.

    Attributes:
        picture: (B, 3, S, S) the portrait.
        feature: (B, C, F, F) of the synthesis, before the warp.
        image: (B, 3, F, F) the running picture, before the warp.
        quarter: (B, C, S/4, S/4) content.
        half: (B, C, S/2, S/2) content.
        full: (B, C, S, S) content.
        styles: (B, colour rows, style) that modulate.
        degree: (B, 1).
        mask: (B, 1, S/8, S/8) of the first fusion.
    """

    picture: torch.Tensor
    feature: torch.Tensor
    image: torch.Tensor
    quarter: torch.Tensor
    half: torch.Tensor
    full: torch.Tensor
    styles: torch.Tensor
    degree: torch.Tensor
    mask: torch.Tensor


class StyleAOutput(NamedTuple):
    """A frame and what losses look at.

    Attributes:
        picture: (B, 3, O, O), about -1..1, not clamped.
        masks: of the fusions, (B, 1, side, side) in 0..1 at S/8, S/4, S/2 and S.
        flow: (B, 2, F, F) in pixels of that grid.
        warped: (B, 3, S, S) the portrait moved by the flow.
    """

    picture: torch.Tensor
    masks: tuple[torch.Tensor, ...]
    flow: torch.Tensor
    warped: torch.Tensor


class StyleA(nn.Module):
    """The generator.

    Args:
        settings: sizes and options.
    """

    def __init__(self, settings: StyleASettings) -> None:
        super().__init__()
        width, self.structure_rows = settings.style_width, settings.structure_rows
        self.mapping = RowMapping(width, settings.mapping_layers)
        self.structure = RowMapping(width, settings.structure_layers)
        self.transforms = ColourTransforms(width, settings.rows - settings.structure_rows)
        self.content = ContentEncoder(settings)
        self.motion = MotionGenerator(
            settings.coefficients,
            settings.input_size,
            settings.descriptor,
            settings.motion_base,
            settings.motion_cap,
            settings.pose_gain,
            settings.affine,
        )
        self.synthesis = Synthesis(settings)

    def forward(
        self,
        picture: torch.Tensor,
        parsing: torch.Tensor,
        window: torch.Tensor,
        identity: torch.Tensor,
        art: torch.Tensor,
        degree: torch.Tensor,
    ) -> StyleAOutput:
        """Portraits to frames.

        Args:
            picture: (B, 3, S, S) in -1..1.
            parsing: (B, 19, S, S) logits / 16.
            window: (B, C, 27) coefficients.
            identity: (B, L, style) in Z+; its colour rows are used.
            art: (B, L, style) in Z+; its structure rows are used.
            degree: (B, 1) in 0..1.

        Returns:
            The frames.
        """
        return self.frame(self.portrait(picture, parsing, identity, art, degree), window)

    def portrait(
        self,
        picture: torch.Tensor,
        parsing: torch.Tensor,
        identity: torch.Tensor,
        art: torch.Tensor,
        degree: torch.Tensor,
    ) -> PortraitFeatures:
        """What the frames of a clip share; arguments as of `forward`."""
        mapped = self.mapping(mix_codes(identity, art, self.structure_rows))
        structure = self.structure(mapped[:, : self.structure_rows])
        styles = self.transforms(mapped[:, self.structure_rows :])
        content = self.content(picture, parsing, structure, degree)
        begun = self.synthesis.begin(content, styles, degree)
        _, quarter, half, full = content.scales
        return PortraitFeatures(picture, begun.feature, begun.image, quarter, half, full, styles, degree, begun.mask)

    def frame(self, features: PortraitFeatures, window: torch.Tensor) -> StyleAOutput:
        """Frames of a clip.

        Args:
            features: of as many portraits as there are windows, or of one for all.
            window: (B, C, 27) coefficients.

        Returns:
            The frames.
        """
        flow, descriptor = self.motion(features.picture, window)
        warped = warp(features.picture, resize_flow(flow, features.picture.shape[-1]))
        picture, masks = self.synthesis.frames(
            Begun(features.feature, features.image, features.mask),
            (features.quarter, features.half, features.full),
            features.styles,
            features.degree,
            Moved(flow, descriptor, warped),
        )
        return StyleAOutput(picture, masks, flow, warped)
