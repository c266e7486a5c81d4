"""Scenes -> the denoiser of Style-E: from invented scenes alone, then tuned, with the encoder, to filmed people."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch

from style2talker.style_e.diffusion import signal_and_noise
from style2talker.style_e.factors import CHANNELS, FACTORS, MOUTH_CENTRE, MOUTH_SPREAD, unmouthed
from style2talker.train.mouths import filmed_mouth_loss, invented_mouth_loss
from style2talker.train.networks import Denoiser, SpeechEncoder
from style2talker.train.scenes import Example, Scene, drawn
from style2talker.train.steps import follow

__all__ = ["new_denoiser", "train_denoiser", "tune"]

_SEGMENT, _BATCH = 100, 24
_FILM_SEGMENT, _FILM_BATCH = 75, 16
_DROPPED = 0.1
"""Share of the scenes of which the denoiser is not told the speech, and as often not the feeling."""
_LIPS = len(CHANNELS)
_CLOSURE = CHANNELS.index("closure")
_SPEED, _MOUTH, _SHUT = 1.0, 2.5, 4.0
_NOISY = 0.7
"""Below 1: more examples are very noisy, where all must come from what is told, than nearly clean."""
_FILM_SHARE, _HEARD_SHARE, _SEEN_SHARE = 0.5, 0.03, 0.3
_KEPT_SHARE = 1.0


def new_denoiser(seed: int) -> Denoiser:
    """A denoiser that knows nothing yet."""
    torch.manual_seed(seed)
    return Denoiser()


def _mouth(rows: torch.Tensor) -> torch.Tensor:
    """Mouth channels (…, len(CHANNELS)) of rows (…, FACTORS)."""
    return rows[..., :_LIPS] * torch.from_numpy(MOUTH_SPREAD) + torch.from_numpy(MOUTH_CENTRE)


def _noised(rows: torch.Tensor, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Rows (B, L, FACTORS) at random levels (B,)."""
    level = 0.999 * rng.random(len(rows)) ** _NOISY
    weights = torch.tensor([signal_and_noise(float(each)) for each in level], dtype=torch.float32)
    noise = rng.standard_normal(rows.shape, np.float32)
    noisy = unmouthed(weights[:, :1, None].numpy() * rows.numpy() + weights[:, 1:, None].numpy() * noise)
    return torch.from_numpy(noisy), torch.from_numpy(level.astype(np.float32))


def _denoised(
    encoder: SpeechEncoder, denoiser: Denoiser, batch: Example, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Clean rows (B, L, FACTORS) that the denoiser sees in noisy ones, and the features of the encoder."""
    rows = torch.from_numpy(batch.rows)
    features = encoder(torch.from_numpy(batch.windows))
    noisy, level = _noised(rows, rng)
    heard = batch.heard * (rng.random(len(rows)) >= _DROPPED)
    given = np.stack([heard, rng.random(len(rows)) >= _DROPPED], axis=1).astype(np.float32)
    sentence = torch.from_numpy(batch.sentence)[:, None].expand(-1, rows.shape[1], -1)
    clean = denoiser(
        noisy,
        level,
        torch.cat([features, torch.from_numpy(batch.voice)], dim=-1),
        torch.from_numpy(batch.feeling),
        sentence,
        torch.from_numpy(given),
    )
    return clean, features


def _invented_loss(clean: torch.Tensor, batch: Example) -> torch.Tensor:
    """Squared error of rows and of their speed; the mouth counts more, as it is told by the sound."""
    rows = torch.from_numpy(batch.rows)
    weights = torch.ones(FACTORS)
    weights[:_LIPS] = _MOUTH
    weights[_CLOSURE] = _SHUT
    error = ((clean - rows) ** 2 * weights).mean()
    return error + _SPEED * ((clean.diff(dim=1) - rows.diff(dim=1)) ** 2 * weights).mean()


def train_denoiser(encoder: SpeechEncoder, denoiser: Denoiser, scenes: Sequence[Scene], steps: int, seed: int) -> None:
    """Train the denoiser on invented scenes, in place; the encoder stays as it is."""
    rng = np.random.default_rng(seed)
    voices = [scene.columns for scene in scenes]
    encoder.eval().requires_grad_(False)

    def loss_of(step: int) -> torch.Tensor:
        batch = drawn(scenes, _BATCH, _SEGMENT, voices, rng)
        return _invented_loss(_denoised(encoder, denoiser, batch, rng)[0], batch)

    follow([denoiser], loss_of, steps, 1e-3, "denoiser", decay=0.998)
    encoder.requires_grad_(True)


def _film_loss(clean: torch.Tensor, channels: torch.Tensor, shut: torch.Tensor, batch: Example) -> torch.Tensor:
    """Of filmed scenes: when the mouth moves, where it is heard; face and head as they were seen.

    Args:
        clean: (B, L, FACTORS) what the denoiser gives.
        channels: (B, L, len(CHANNELS)) what the encoder's head gives.
        shut: (B, L) closures that the encoder heard before tuning: no tracker sees them, so these must not get lost.
        batch: the scenes.
    """
    rows, known = torch.from_numpy(batch.rows), torch.from_numpy(batch.known)[:, None]
    seen = ((clean - rows) ** 2 * known)[..., _LIPS:].mean()
    heard = np.flatnonzero(batch.heard)
    if not len(heard):
        return _SEEN_SHARE * seen
    target = _mouth(rows[heard])
    opening = torch.from_numpy(batch.opening[heard])
    mouth = _mouth(clean[heard])
    drawn_mouth = filmed_mouth_loss(mouth, target, opening)
    kept = ((mouth[..., _CLOSURE] - shut[heard]) ** 2).mean() + (
        (channels[heard][..., _CLOSURE] - shut[heard]) ** 2
    ).mean()
    told = filmed_mouth_loss(channels[heard], target, opening)
    return _SEEN_SHARE * seen + _FILM_SHARE * drawn_mouth + _HEARD_SHARE * told + _KEPT_SHARE * kept


def tune(
    encoder: SpeechEncoder,
    denoiser: Denoiser,
    scenes: Sequence[Scene],
    films: Sequence[Scene],
    steps: int,
    seed: int,
) -> None:
    """Tune both networks to filmed people, in place; invented scenes in between keep scale and closures.

    Args:
        encoder: trained on the invented scenes.
        denoiser: trained on the invented scenes.
        scenes: invented ones.
        films: filmed ones.
        steps: how many.
        seed: of everything that chance decides.
    """
    rng = np.random.default_rng(seed)
    voices = [scene.columns for scene in scenes]
    before = copy.deepcopy(encoder).eval().requires_grad_(False)

    def loss_of(step: int) -> torch.Tensor:
        film = drawn(films, _FILM_BATCH, _FILM_SEGMENT, voices, rng)
        clean, features = _denoised(encoder, denoiser, film, rng)
        shut = before.channels(before(torch.from_numpy(film.windows)))[..., _CLOSURE]
        loss = _film_loss(clean, encoder.channels(features), shut, film)
        batch = drawn(scenes, _BATCH, _FILM_SEGMENT, voices, rng)
        clean, features = _denoised(encoder, denoiser, batch, rng)
        exact = _mouth(torch.from_numpy(batch.rows))
        return loss + _invented_loss(clean, batch) + invented_mouth_loss(encoder.channels(features), exact)

    torch.manual_seed(seed)
    follow([encoder, denoiser], loss_of, steps, 3e-4, "tuning", decay=0.99)
