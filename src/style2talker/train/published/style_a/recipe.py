"""How Style-A is trained: weights of the losses, learning rates, where its truth comes from.

Beside the published table stand what it does not have: the flow that is taught at first, the temporal term that is
computed, R1. A loss is a mean over the batch: the published perceptual term is a sum over four pictures, so 0.04 here
is its 0.01.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from style2talker.errors import UsageError
from style2talker.train.published.style_a.settings import StyleASettings

__all__ = ["DEGREES", "StyleARecipe", "network_settings"]

DEGREES = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Degrees of style that training draws from."""

_TEACHERS = ("none", "stylised", "vtoonify")


@dataclass(frozen=True, slots=True)
class StyleARecipe(StyleASettings):
    """The network's settings and those of its training; plain values only, so that they go into a checkpoint.

    Attributes:
        learning_rate: of Adam, for generator and discriminator.
        beta_1: of Adam.
        beta_2: of Adam.
        reconstruction: weight of the mean squared difference to the truth, for pictures in -1..1.
        perceptual: weight of the perceptual difference.
        perceptual_weights: file with VGG-16, and LPIPS on top of it, of the user; empty for a measure that needs none:
            structural similarity and gradients on several scales.
        mask: weight of the masks above what the degree allows them.
        adversarial: weight of the discriminator's opinion; 0 for none, and no discriminator.
        adversarial_from: step from which that counts.
        r1: weight of the gradient penalty at true pictures; 0 as published.
        stddev_group: consecutive samples that the discriminator compares.
        temporal: weight of the difference between a frame and the one before, moved to where the face is now.
        temporal_from: step from which that counts.
        temporal_full: step from which it counts fully.
        flow: weight of the difference to the flow of the tracked meshes, in pixels of the grid; not published.
        warped: weight of the difference between the warped photo and the true frame; not published.
        flow_steps: steps over which these two fade to nothing; 0 for never.
        frozen: keep synthesis, structure paths and identity encoder as they are, as published: they come trained.
        picture_share: share of the samples whose art style is shown as a picture, the rest names it by its number.
        mirror: share of the samples that are seen in a mirror; 0 as published, and for coefficients of the space bfm.
        teacher: where the truth comes from: "none" (the film itself), "stylised" (`corpus stylize`) or "vtoonify".
        stylised: corpora with styled clips, one style each, separated by commas, relative to the corpus; "." for its
            own. Style them at full degree with the structure kept, so that a blend is a lower degree.
        vtoonify: checkpoint of VToonify-D of the user.
        bisenet: BiSeNet of the user as an ONNX file, for parsing "bisenet".
        initial: public checkpoints to begin from, separated by commas, later ones winning; empty for none.
        only: clips, separated by commas, to learn by heart and to be judged on; empty for all of the split.
        cache: most MiB of decoded frames to keep, of the film and of each style.

    Raises:
        UsageError: a value is out of range.
    """

    learning_rate: float = 1e-4
    beta_1: float = 0.9
    beta_2: float = 0.99
    reconstruction: float = 0.1
    perceptual: float = 0.04
    perceptual_weights: str = ""
    mask: float = 0.0005
    adversarial: float = 0.01
    adversarial_from: int = 0
    r1: float = 0.0
    stddev_group: int = 4
    temporal: float = 1.0
    temporal_from: int = 100_000
    temporal_full: int = 200_000
    flow: float = 0.0
    warped: float = 0.0
    flow_steps: int = 0
    frozen: bool = True
    picture_share: float = 0.5
    mirror: float = 0.0
    teacher: str = "none"
    stylised: str = ""
    vtoonify: str = ""
    bisenet: str = ""
    initial: str = ""
    only: str = ""
    cache: int = 2048

    def __post_init__(self) -> None:
        StyleASettings.__post_init__(self)
        if self.teacher not in _TEACHERS:
            raise UsageError(f"teacher is {self.teacher!r}, expected {', '.join(_TEACHERS)}")
        for teacher, name in (("stylised", "stylised"), ("vtoonify", "vtoonify")):
            if self.teacher == teacher and not getattr(self, name):
                raise UsageError(f"teacher {teacher!r} needs {name}: name the files that it learns from")
        if self.teacher == "vtoonify" and self.carry_picture:
            raise UsageError("teacher 'vtoonify' is a network that carries no picture: set carry_picture to false")
        for name in ("picture_share", "mirror"):
            if not 0 <= getattr(self, name) <= 1:
                raise UsageError(f"{name} is {getattr(self, name):g}, expected 0 to 1")
        if self.mirror > 0 and self.space == "bfm":
            raise UsageError("mirror needs the coefficients of the rig: set mirror to 0, or space to rig")
        if self.learning_rate <= 0:
            raise UsageError(f"learning_rate is {self.learning_rate:g}, expected more than 0")

    @classmethod
    def paper(cls) -> StyleARecipe:
        """The published table, with the temporal term growing in the second half of 200,000 steps."""
        return cls(**dataclasses.asdict(StyleASettings.paper()))

    @classmethod
    def small(cls) -> StyleARecipe:
        """From nothing, on our own truth: taught flow, all trained together, no discriminator at first."""
        return cls(
            **dataclasses.asdict(StyleASettings.small()),
            learning_rate=1e-3,
            reconstruction=1.0,
            perceptual=0.1,
            adversarial=0.0,
            temporal=0.5,
            temporal_from=20_000,
            temporal_full=40_000,
            flow=0.05,
            warped=0.2,
            flow_steps=20_000,
            frozen=False,
            mirror=0.5,
        )

    @classmethod
    def tiny(cls) -> StyleARecipe:
        """As `small`, over a hundred steps or a few, with every term at work."""
        return cls(
            **dataclasses.asdict(StyleASettings.tiny()),
            learning_rate=2e-3,
            reconstruction=1.0,
            perceptual=0.1,
            adversarial=0.001,
            adversarial_from=20,
            stddev_group=2,
            temporal=0.5,
            temporal_from=20,
            temporal_full=40,
            flow=0.05,
            warped=0.2,
            flow_steps=200,
            frozen=False,
            mirror=0.5,
        )

    @classmethod
    def of(cls, settings: StyleASettings) -> StyleARecipe:
        """The recipe that goes with a network: itself, or that of the preset of its size."""
        if isinstance(settings, cls):
            return settings
        if settings.input_size >= 256:
            preset = cls.paper()
        else:
            preset = cls.small() if settings.input_size >= 128 else cls.tiny()
        return dataclasses.replace(preset, **dataclasses.asdict(settings))

    def fading(self, step: int) -> float:
        """What is left of the taught flow at a step, 1 to 0."""
        return 1.0 if self.flow_steps == 0 else max(0.0, 1.0 - step / self.flow_steps)

    def steadying(self, step: int) -> float:
        """How much of the temporal term counts at a step, 0 to 1."""
        span = max(self.temporal_full - self.temporal_from, 1)
        return min(max((step - self.temporal_from) / span, 0.0), 1.0)


def network_settings(described: Mapping[str, Any]) -> StyleASettings:
    """The network's part of what a training was described by, as a checkpoint holds it."""
    return StyleASettings(**{each.name: described[each.name] for each in dataclasses.fields(StyleASettings)})
