"""Speech whose phones are known -> a speech encoder; clips put in step with its help."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
import torch

from style2talker.records import FloatArray
from style2talker.style_e.factors import CHANNELS, parted
from style2talker.train.invented import VISEME_NAMES
from style2talker.train.mouths import invented_mouth_loss, opening_of
from style2talker.train.networks import SpeechEncoder
from style2talker.train.scenes import Scene, drawn
from style2talker.train.steps import follow

__all__ = ["correlation", "heard_opening", "in_step", "new_encoder", "shifted", "train_encoder"]

log = logging.getLogger(__name__)

_SEGMENT, _BATCH = 100, 24
_LIPS = len(CHANNELS)
_LAGS = range(-9, 10)
_LAG_COST = 0.04
"""Correlation that a lag must win for each frame: in a clip of a few words, words alike fit at several lags."""


def new_encoder(seed: int) -> SpeechEncoder:
    """An encoder that knows nothing yet."""
    torch.manual_seed(seed)
    return SpeechEncoder(len(VISEME_NAMES))


def train_encoder(encoder: SpeechEncoder, scenes: Sequence[Scene], steps: int, seed: int) -> None:
    """Train on invented scenes, in place: mouth and viseme of every frame."""
    rng = np.random.default_rng(seed)
    voices = [scene.columns for scene in scenes]

    def loss_of(step: int) -> torch.Tensor:
        batch = drawn(scenes, _BATCH, _SEGMENT, voices, rng)
        features = encoder(torch.from_numpy(batch.windows))
        target = torch.from_numpy(np.stack([parted(rows).lips for rows in batch.rows]))
        named = torch.nn.functional.cross_entropy(
            encoder.viseme(features).flatten(0, 1), torch.from_numpy(batch.visemes).flatten()
        )
        return invented_mouth_loss(encoder.channels(features), target) + 0.02 * named

    follow([encoder], loss_of, steps, 2e-3, "speech encoder", decay=0.995)


def heard_opening(encoder: SpeechEncoder, scene: Scene) -> FloatArray:
    """(T,) opening of the lips that an encoder hears in a scene."""
    encoder.eval()
    with torch.no_grad():
        features = encoder(torch.from_numpy(scene.windows)[None])
        return np.asarray(opening_of(encoder.channels(features))[0].numpy(), np.float32)


def correlation(a: FloatArray, b: FloatArray) -> float:
    """Pearson's r, 0 where one of both does not move."""
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 1e-6 and b.std() > 1e-6 else 0.0


def shifted(a: FloatArray, b: FloatArray, lag: int) -> tuple[FloatArray, FloatArray]:
    """Overlap of `a` with `b` taken `lag` frames later."""
    n = min(len(a), len(b))
    return (a[: n - lag], b[lag:n]) if lag >= 0 else (a[-lag:n], b[: n + lag])


def in_step(encoder: SpeechEncoder, scenes: Sequence[Scene]) -> list[Scene]:
    """Take out the offset between sound and picture; leave out clips whose sound fits at no offset.

    Scenes without sound stay as they are.
    """
    kept = []
    for scene in scenes:
        if not len(scene.columns):
            kept.append(scene)
            continue
        opening = heard_opening(encoder, scene)
        scores = {lag: correlation(*shifted(opening, scene.opening, lag)) for lag in _LAGS}
        best = max(scores, key=lambda lag: scores[lag] - _LAG_COST * abs(lag))
        usual = float(np.median(list(scores.values())))
        if scores[best] < 0.33 or scores[best] - usual < 0.08:
            log.info("%s: left out (best r %.2f at %+d frames)", scene.name, scores[best], best)
            continue
        log.info("%s: r %.2f at %+d frames", scene.name, scores[best], best)
        kept.append(scene.moved(best))
    return kept
