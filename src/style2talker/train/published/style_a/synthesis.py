"""The synthesis loop: five steps from 32 to 1024 in `paper`, with fusion, warp and refinement.

A step fuses content into the feature and the running picture (the first four steps), doubles the feature by a modulated
convolution, convolves it again, and adds to the doubled picture what the feature says of colours. In the first step,
right after the doubling, the flow moves the feature and the refinement corrects it:

    moved   = warp(feature, flow)
    feature = moved * (1 + scale) + shift,      scale, shift = refinement(moved, descriptor)

Deviations from the release, each with its setting: the refinement sees the moved feature, as StyleHEAT and the paper's
figure have it (`refine_from`); content that is fused after the warp, and the running picture, are moved as well
(`warp_fused`). Where frames are as large as the portrait there is no fourth step, and the fourth fusion writes into the
finished picture alone.
"""

from __future__ import annotations

import math
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import nn

from style2talker.train.published.style_a.content import Content
from style2talker.train.published.style_a.fusion import DegreeMask, FeatureFusion, PictureFusion
from style2talker.train.published.style_a.refinement import Refinement
from style2talker.train.published.style_a.settings import StyleASettings
from style2talker.train.published.style_a.stylegan import StyledConv, ToRGB, doubled
from style2talker.train.published.style_a.warp import resize_flow, warp

__all__ = ["Begun", "Moved", "Synthesis"]

_SCALES = 4  # at which content is fused


class Begun(NamedTuple):
    """What comes before the warp and needs no motion.

    Attributes:
        feature: (B, C, F, F) after the first doubling.
        image: (B, 3, F, F) the running picture.
        mask: (B, 1, F/2, F/2) of the first fusion.
    """

    feature: torch.Tensor
    image: torch.Tensor
    mask: torch.Tensor


class Moved(NamedTuple):
    """How a portrait moves.

    Attributes:
        flow: (B, 2, F, F) in pixels of that grid.
        descriptor: (B, descriptor).
        portrait: (B, 3, S, S) the portrait moved by the flow.
    """

    flow: torch.Tensor
    descriptor: torch.Tensor
    portrait: torch.Tensor


class Synthesis(nn.Module):
    """Content, styles and motion -> frames.

    Args:
        settings: sizes and options.
    """

    def __init__(self, settings: StyleASettings) -> None:
        super().__init__()
        steps = int(math.log2(settings.output_size // settings.base_size))
        sides = [settings.base_size << step for step in range(steps + 1)]
        widths = [settings.channels(side) for side in sides]
        style, quiet = settings.style_width, settings.carry_picture
        self.masks, self.fusion_out, self.fusion_skip = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for scale, width in enumerate(widths[:_SCALES]):
            last = scale == _SCALES - 1
            self.masks.append(DegreeMask(width, settings.fusion_width, quiet))
            self.fusion_skip.append(PictureFusion(width, quiet, carried=quiet and last))
            if scale < steps:
                self.fusion_out.append(FeatureFusion(width))
        self.convs, self.to_rgbs = nn.ModuleList(), nn.ModuleList()
        for inward, outward in pairwise(widths):
            self.convs.append(StyledConv(inward, outward, style, double=True))
            self.convs.append(StyledConv(outward, outward, style))
            self.to_rgbs.append(ToRGB(outward, style))
        if quiet:
            for to_rgb in self.to_rgbs:
                nn.init.zeros_(to_rgb.conv.weight)
        self.refinement = Refinement(widths[1], settings.refinement_width, settings.flow_size, settings.descriptor)
        self.warp_fused = settings.warp_fused
        self.refine_warped = settings.refine_from == "warped"
        self.carry_picture = settings.carry_picture

    def begin(self, content: Content, styles: torch.Tensor, degree: torch.Tensor) -> Begun:
        """All up to the warp.

        Args:
            content: of the portrait.
            styles: (B, rows, style) of the colour rows: each step modulates by two and its colours by a third, which
                is the first of the next step.
            degree: (B, 1) in 0..1.

        Returns:
            What the frames of a clip share.
        """
        feature, image, mask = self._fused(0, content.feature, content.image, content.scales[0], None, degree)
        return Begun(self.convs[0](feature, styles[:, 0]), doubled(image), mask)

    def frames(
        self, begun: Begun, scales: tuple[torch.Tensor, ...], styles: torch.Tensor, degree: torch.Tensor, moved: Moved
    ) -> tuple[torch.Tensor, tuple[torch.Tensor, ...]]:
        """All from the warp on.

        Args:
            begun: what `begin` gave, of B portraits or of one for all frames.
            scales: content at S/4, S/2 and S.
            styles: as in `begin`.
            degree: as in `begin`.
            moved: of B frames.

        Returns:
            ((B, 3, O, O) pictures, masks at S/8, S/4, S/2 and S).
        """
        frames = moved.flow.shape[0]
        feature, image = self._warped(begun, moved)
        masks = [begun.mask.expand(frames, -1, -1, -1)]
        for step, to_rgb in enumerate(self.to_rgbs):
            if step > 0:
                if step < _SCALES:
                    content = self._placed(scales[step - 1], moved.flow)
                    feature, image, mask = self._fused(step, feature, image, content, moved.portrait, degree)
                    masks.append(mask)
                feature = self.convs[2 * step](feature, styles[:, 2 * step])
                image = doubled(image)
            feature = self.convs[2 * step + 1](feature, styles[:, 2 * step + 1])
            image = to_rgb(feature, styles[:, 2 * step + 2], image)
        if len(self.to_rgbs) < _SCALES:
            content = self._placed(scales[-1], moved.flow)
            _, image, mask = self._fused(_SCALES - 1, feature, image, content, moved.portrait, degree)
            masks.append(mask)
        return image, tuple(masks)

    def _warped(self, begun: Begun, moved: Moved) -> tuple[torch.Tensor, torch.Tensor]:
        """Feature and picture after warp and refinement."""
        frames = moved.flow.shape[0]
        feature = warp(begun.feature, moved.flow)
        seen = feature if self.refine_warped else begun.feature.expand(frames, -1, -1, -1)
        scale, shift = self.refinement(seen, moved.descriptor)
        return feature * (1 + scale) + shift, self._placed(begun.image, moved.flow)

    def _placed(self, content: torch.Tensor, flow: torch.Tensor) -> torch.Tensor:
        """Content where the frame has it, one for each flow."""
        if self.warp_fused:
            return warp(content, resize_flow(flow, content.shape[-1]))
        return content.expand(flow.shape[0], -1, -1, -1)

    def _fused(
        self,
        scale: int,
        feature: torch.Tensor,
        image: torch.Tensor,
        content: torch.Tensor,
        portrait: torch.Tensor | None,
        degree: torch.Tensor,
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """(feature, picture, mask) after the fusion of that scale; the feature as it was where no step follows."""
        mask = self.masks[scale](feature, content, degree)
        kept = [content * mask]
        if scale < len(self.fusion_out):
            feature = self.fusion_out[scale](feature, kept[0])
        if self.carry_picture and scale == _SCALES - 1 and portrait is not None:
            kept.append(portrait * mask)
        return feature, self.fusion_skip[scale](image, *kept), mask
