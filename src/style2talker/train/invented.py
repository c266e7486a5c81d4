"""Synthetic utterances -> scenes of which everything is known: mouth from the phones, face and head acted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.random import Generator

from style2talker.corpus.acting import acted_face, acted_head
from style2talker.corpus.synth import Utterance, read_utterance
from style2talker.corpus.visemes import VISEMES, viseme_of
from style2talker.emotion.facs import prototypes, variants
from style2talker.records import ARKIT_NAMES, LABELS, FloatArray
from style2talker.speech.analyse import analyse
from style2talker.style_e.condition import voice_rows
from style2talker.style_e.factors import FACTORS, Factors, joined
from style2talker.style_e.prosody import Prosody, prosody
from style2talker.train.feelings import Feelings
from style2talker.train.scenes import FPS, Scene

__all__ = ["VISEME_NAMES", "invented_scene", "invented_scenes"]

VISEME_NAMES = tuple(VISEMES)
_STEMS = tuple(name.removesuffix("Left").removesuffix("Right") for name in ARKIT_NAMES)
_MANNER, _LOPSIDED = 0.18, 0.06


def _viseme_rows(utterance: Utterance, n_frames: int) -> np.ndarray:
    """(T,) viseme that is being said at each frame."""
    out = np.full(n_frames, VISEME_NAMES.index("silence"), np.int8)
    times = np.arange(n_frames) / FPS
    for phone in utterance.phones:
        out[(times >= phone.start) & (times < phone.end)] = VISEME_NAMES.index(viseme_of(phone.symbol))
    return out


def _manner(rng: Generator) -> FloatArray:
    """(52,) how strongly this person uses each muscle, 1 as usual; the two sides differ a little."""
    usual = dict(zip(sorted(set(_STEMS)), np.exp(rng.normal(0, _MANNER, len(set(_STEMS)))), strict=True))
    out = np.array([usual[stem] for stem in _STEMS]) * np.exp(rng.normal(0, _LOPSIDED, len(_STEMS)))
    return np.asarray(out, np.float32)


def _shares(amounts: FloatArray, keys: FloatArray) -> FloatArray:
    """(T, 8) shares of the emotions, given those of the keys (K, 8) and how much each key counts (T, K)."""
    felt = keys @ amounts
    felt[:, LABELS.index("neutral")] = np.maximum(1.0 - felt.sum(axis=1), 0.0)
    return np.asarray(felt, np.float32)


def invented_scene(name: str, utterance: Utterance, feelings: Feelings, rng: Generator) -> Scene:
    """A scene in which somebody says an utterance with a random feeling."""
    speech = analyse(utterance.samples)
    curves = utterance.curves()
    n_frames = min(speech.n_frames, len(curves))
    whole = prosody(speech)
    voice = Prosody(whole.loudness[:n_frames], whole.speaking[:n_frames], whole.accents[:n_frames], whole.phrases)
    emotion, amounts = feelings.drawn(rng, n_frames / FPS)
    keys = emotion.shares((np.arange(n_frames) / FPS).astype(np.float32))
    asked = np.asarray(keys @ emotion.expressions * np.float32(emotion.strength), np.float32)
    differing = np.stack([variants(a, rng) - np.minimum(a @ prototypes(), 1.0) for a in amounts])
    own = np.maximum(asked * _manner(rng) + keys @ differing, 0.0).astype(np.float32)
    play = own - asked + acted_face(rng, own, voice, FPS)
    head = acted_head(rng, voice, _shares(amounts, keys), FPS)
    chosen = int(keys.mean(axis=0).argmax())
    return Scene(
        name=name,
        person=name,
        columns=speech.mel,
        rows=joined(Factors(curves[:n_frames], play, head)),
        known=np.ones(FACTORS, np.float32),
        voice=voice_rows(voice, FPS),
        feeling=asked,
        sentence=emotion.embeddings[chosen] * np.float32(emotion.strength),
        visemes=_viseme_rows(utterance, n_frames),
        opening=np.zeros(0, np.float32),
    )


def invented_scenes(
    files: Sequence[Path], feelings: Feelings, seed: int, report: Callable[[int, int], None] | None = None
) -> list[Scene]:
    """Scenes of utterances that `corpus.synth` wrote; `report` is called with (done, count)."""
    scenes = []
    for i, file in enumerate(files):
        utterance = read_utterance(file)
        scenes.append(invented_scene(file.stem, utterance, feelings, np.random.default_rng([seed, i])))
        if report is not None:
            report(i + 1, len(files))
    return scenes
