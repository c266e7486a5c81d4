"""Style-A's training as the engine sees it: networks, phases, losses, held-out numbers.

A step has a phase for the generator, with all that makes codes for it, and one for the discriminator where its opinion
counts. Against the released code: the temporal term is computed (on the frame that follows the target, in the same
batch), terms are means over the batch, and at first a flow may be taught.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from style2talker.train.published.checkpoints import initialise, listed
from style2talker.train.published.style_a import heldout, losses
from style2talker.train.published.style_a.codes import ArtEncoder, ArtTable, IdentityEncoder
from style2talker.train.published.style_a.data import Samples
from style2talker.train.published.style_a.discriminator import Discriminator
from style2talker.train.published.style_a.network import StyleA, StyleAOutput
from style2talker.train.published.style_a.perceptual import MultiScale, Perceptual
from style2talker.train.published.style_a.recipe import StyleARecipe
from style2talker.train.published.style_a.settings import StyleASettings
from style2talker.train.published.style_a.teacher import load_vtoonify, taught

__all__ = ["StyleATask"]

log = logging.getLogger(__name__)

Networks = Mapping[str, nn.Module]
Batch = Mapping[str, torch.Tensor]

_FROZEN = ("mapping", "structure", "transforms", "content.modres", "synthesis.convs", "synthesis.to_rgbs")
"""Parts of the generator that came trained, and stay as they are (DualStyleGAN and its ModRes)."""
_JUDGED = 256  # side of the pictures that the discriminator sees


class StyleATask:
    """The task "style-a".

    Args:
        settings: of the network and its training; of the network alone, the recipe of the preset of its size is used.
        data: folder of the corpus.

    Raises:
        UsageError: settings and files do not fit together.
        AssetError: a file of weights is missing or of another kind.
    """

    name = "style-a"

    def __init__(self, settings: StyleASettings, data: Path) -> None:
        self.recipe = recipe = StyleARecipe.of(settings)
        self._data = data
        networks: dict[str, nn.Module] = {
            "generator": StyleA(recipe),
            "identity": IdentityEncoder(recipe),
            "art": ArtEncoder(recipe),
            "table": ArtTable(recipe),
        }
        if recipe.frozen:
            for part in _FROZEN:
                networks["generator"].get_submodule(part).requires_grad_(False)
            networks["identity"].requires_grad_(False)
            networks["table"].requires_grad_(False)
        self.phases: tuple[str, ...] = ("generator",)
        self._judged = min(_JUDGED, recipe.output_size)
        if recipe.adversarial > 0:
            networks["discriminator"] = Discriminator(self._judged, recipe.styles, recipe.channels, recipe.stddev_group)
            self.phases = ("generator", "discriminator")
        self.networks: Networks = networks
        makers = [name for name in ("generator", "identity", "art", "table") if _learns(networks[name])]
        self._trained = {"generator": tuple(makers), "discriminator": ("discriminator",)}
        self.averaged = tuple(makers)
        self._teacher = load_vtoonify(recipe) if recipe.teacher == "vtoonify" else None
        weights = recipe.perceptual_weights
        self._perceptual: nn.Module = Perceptual.load(Path(weights)) if weights else MultiScale()

    def optimiser(self, phase: str) -> torch.optim.Optimizer:
        """Adam over all that a phase changes."""
        recipe = self.recipe
        weights = [w for name in self._trained[phase] for w in self.networks[name].parameters() if w.requires_grad]
        return torch.optim.Adam(weights, lr=recipe.learning_rate, betas=(recipe.beta_1, recipe.beta_2))

    def trained(self, phase: str) -> tuple[str, ...]:
        """Names of the networks that a phase changes."""
        return self._trained[phase]

    def stream(self, split: str, seed: int) -> Samples:
        """The samples of "train" or "validation". Raises InputError when there are no clips."""
        only = frozenset(name.strip() for name in self.recipe.only.split(",") if name.strip())
        return Samples(self.recipe, self._data, "train" if only else split, seed, only or None)

    def loss(
        self, phase: str, networks: Networks, batch: Batch, step: int
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """What a phase is to lessen, and its terms, unweighted."""
        if phase == "generator":
            return self._generator_loss(networks, batch, step)
        return self._discriminator_loss(networks, batch)

    def _generator_loss(
        self, networks: Networks, batch: Batch, step: int
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        recipe = self.recipe
        steady = recipe.temporal * recipe.steadying(step)
        made, later = self._made(networks, batch, steady > 0)
        truth = self._truth(networks, batch)
        self._perceptual.to(truth.device)
        degree = batch["degree"]
        terms = {
            "reconstruction": functional.mse_loss(made.picture, truth),
            "perceptual": self._perceptual(made.picture, truth),
            "mask": losses.mask_loss(made.masks, degree),
        }
        weights = {name: float(getattr(recipe, name)) for name in terms}
        fading = recipe.fading(step)
        if fading > 0 and recipe.flow > 0:
            terms["flow"] = losses.flow_loss(made.flow, batch["flow"], batch["trust"])
            weights["flow"] = recipe.flow * fading
        if fading > 0 and recipe.warped > 0:
            terms["warped"] = losses.warped_loss(made.warped, batch["true"])
            weights["warped"] = recipe.warped * fading
        if later is not None:
            terms["temporal"] = losses.temporal_loss(
                made.picture, later.picture, batch["next_flow"], batch["next_trust"]
            )
            weights["temporal"] = steady
        if "discriminator" in networks and step >= recipe.adversarial_from:
            opinion = networks["discriminator"](self._pooled(made.picture), degree, batch["style"])
            terms["adversarial"] = losses.generator_loss(opinion)
            weights["adversarial"] = recipe.adversarial
        total = torch.stack([weights[name] * term for name, term in terms.items()]).sum()
        return total, terms

    def _discriminator_loss(self, networks: Networks, batch: Batch) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        recipe = self.recipe
        with torch.no_grad():
            made, _ = self._made(networks, batch, False)
            fake, real = self._pooled(made.picture), self._pooled(self._truth(networks, batch))
        real.requires_grad_(recipe.r1 > 0)
        judge, condition = networks["discriminator"], (batch["degree"], batch["style"])
        # One call, and one of another batch: groups of neighbours must not mix true and made pictures.
        opinion = judge(real, *condition)
        terms = {"opinion": losses.discriminator_loss(opinion, judge(fake, *condition))}
        total = recipe.adversarial * terms["opinion"]
        if recipe.r1 > 0:
            terms["r1"] = losses.gradient_penalty(opinion, real)
            total = total + recipe.r1 * terms["r1"]
        return total, terms

    def _pooled(self, picture: torch.Tensor) -> torch.Tensor:
        return functional.avg_pool2d(picture, picture.shape[-1] // self._judged)

    def _art(self, networks: Networks, batch: Batch) -> torch.Tensor:
        """Codes of the art: of its picture where that is shown, of its number elsewhere."""
        shown = batch["by_picture"][:, :, None]
        return shown * networks["art"](batch["art"]) + (1 - shown) * networks["table"](batch["style"])

    def _made(self, networks: Networks, batch: Batch, following: bool) -> tuple[StyleAOutput, StyleAOutput | None]:
        """Frames of a batch, and on request the frames that follow, made in one call."""
        identity = networks["identity"](batch["face"])
        given = [batch["picture"], batch["parsing"], batch["window"], identity, self._art(networks, batch)]
        given.append(batch["degree"])
        if not following:
            return networks["generator"](*given), None
        count = len(identity)
        given = [torch.cat([value, value]) for value in given]
        given[2] = torch.cat([batch["window"], batch["next_window"]])
        both = networks["generator"](*given)
        halves = [
            StyleAOutput(
                both.picture[part], tuple(mask[part] for mask in both.masks), both.flow[part], both.warped[part]
            )
            for part in (slice(0, count), slice(count, None))
        ]
        return halves[0], halves[1]

    def _truth(self, networks: Networks, batch: Batch) -> torch.Tensor:
        """What should come out: of the batch, or of the teacher with the code of the target's own face."""
        if self._teacher is None:
            return batch["truth"]
        self._teacher.to(batch["true"].device)
        with torch.no_grad():
            identity, art = networks["identity"](batch["true_face"]), self._art(networks, batch)
            return taught(self._teacher, batch, identity, art)

    @cached_property
    def _held(self) -> heldout.HeldOut:
        return heldout.HeldOut.of(self.stream("validation", 0), self.recipe.input_size)

    def render(self, networks: Networks, batch: Batch) -> StyleAOutput:
        """Frames of a batch, on whichever device the networks are."""
        device = next(networks["generator"].parameters()).device
        with torch.no_grad():
            made, _ = self._made(networks, {name: value.to(device) for name, value in batch.items()}, False)
        return made

    def validate(self, networks: Networks) -> dict[str, float]:
        """Likeness to held-out frames at degree 0, beside plain anchors."""
        return heldout.measure(self._held, lambda batch: self.render(networks, batch))

    def sheet(self, networks: Networks) -> np.ndarray:
        """Held-out samples in rows: source, target, prediction, warped photo, flow."""
        return heldout.sheet(self._held, lambda batch: self.render(networks, batch))

    def describe(self) -> dict[str, object]:
        """The resolved settings, flat, and which perceptual measure is at work."""
        measure = "lpips-vgg" if self.recipe.perceptual_weights else "multi-scale similarity and gradients"
        return {**dataclasses.asdict(self.recipe), "perceptual_measure": measure}

    def prepare(self, networks: Networks) -> None:
        """Begin from the public checkpoints that are named. Raises AssetError."""
        for report in initialise(networks, listed(self.recipe.initial)):
            log.info("%s", "\n".join(report.lines()))


def _learns(network: nn.Module) -> bool:
    return any(weight.requires_grad for weight in network.parameters())
