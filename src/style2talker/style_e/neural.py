"""Style-E as published, exported: a voice and a sentence -> the expression of a face.

In: Motion whose eyelids, gaze and head stay, Speech (T frames at 25 fps), Emotion, rest (52,). Out: Motion.

The audio encoder runs once over the clip; the denoiser is sampled by `windowed`. A network that speaks of Deep3D
coefficients is told and read through `face.bfm`. Where the strength of a feeling is not 1, the face goes from what the
network makes of "neutral" towards what it makes of the sentence, of the same noise, and beyond it above 1.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, Protocol

import numpy as np

from style2talker.emotion.encoder import TextEncoder
from style2talker.errors import AssetError
from style2talker.face.bfm import to_blendshapes, to_expression
from style2talker.records import ARKIT_NAMES, Emotion, FloatArray, Motion, Speech
from style2talker.runtime.network import Network
from style2talker.speech.mel import window_at
from style2talker.style_e.told import EXPRESSIONS, encoder_inputs, recording_colour
from style2talker.style_e.windowed import SamplingPlan, conditioned, sampled_windows

__all__ = ["NeuralExpression", "TextEmbedder"]

_OURS = [i for i, name in enumerate(ARKIT_NAMES) if name.startswith(("eyeBlink", "eyeLook"))]
_LIDS = [ARKIT_NAMES.index("eyeBlinkLeft"), ARKIT_NAMES.index("eyeBlinkRight")]
_PLAIN = "neutral"
_FPS = 25.0
_RUN = 256


class TextEmbedder(Protocol):
    """Anything that embeds sentences."""

    def encode(self, sentences: Sequence[str]) -> FloatArray:
        """(K, D) embeddings of K sentences."""
        ...


class NeuralExpression:
    """An exported Style-E network."""

    def __init__(self, network: Network, load: Callable[[], TextEmbedder] | None = None) -> None:
        """Make a network ready.

        Args:
            network: Style-E.
            load: what loads the text encoder when texts are to be embedded; the package's when None.

        Raises:
            AssetError: the network speaks of coefficients that nothing here knows.
        """
        card, port = network.card, network.card.port
        _, window, width = port.inputs["noisy"]
        if width is None or window is None or EXPRESSIONS.get(card.space) != width:
            raise AssetError(f"a Style-E network of {width} coefficients in the space {card.space!r} is unknown here")
        self._network, self._space, self._width = network, card.space, width
        self._load = load or TextEncoder
        self._text_width = port.inputs["text"][2]
        self._level = card.settings.get("level_sound") is True
        self._centre, self._spread = (np.asarray(card.settings[name], np.float32) for name in ("centre", "spread"))
        known = {each.name for each in fields(SamplingPlan)}
        plan: dict[str, Any] = {name: value for name, value in card.settings.items() if name in known}
        self._plan = SamplingPlan(**{**plan, "window": window})

    def __call__(self, motion: Motion, speech: Speech, emotion: Emotion, rest: FloatArray, seed: int) -> Motion:
        """The motion with the network's expression; eyelids, gaze and head stay, and the network is told the lids.

        Args:
            motion: T frames at 25 fps.
            speech: the voice on the same clock.
            emotion: the feeling over time.
            rest: (52,) the expression that the portrait shows.
            seed: of the noise; the same seed gives the same bytes.

        Raises:
            AssetError: there is no text encoder, or it is not the one that the network was trained with.
        """
        sparse = self._heard(speech, rest, motion.blendshapes[:, _LIDS].mean(axis=1))
        *texts, plain = self._text(emotion)
        made = self._sampled(sparse, np.stack(texts), emotion, seed)
        if emotion.strength != 1.0:
            calm = self._sampled(sparse, np.stack([plain] * len(texts)), emotion, seed)
            made = calm + np.float32(emotion.strength) * (made - calm)
        coefficients = made * self._spread + self._centre
        shapes = np.clip(coefficients, 0.0, 1.0) if self._space == "rig" else to_blendshapes(coefficients)
        shapes[:, _OURS] = motion.blendshapes[:, _OURS]
        return Motion(shapes, motion.rotation, motion.translation, motion.fps)

    def _heard(self, speech: Speech, rest: FloatArray, lids: FloatArray) -> FloatArray:
        """What the audio encoder makes of a voice (T, C), run by run, so that memory stays flat."""
        reference = rest if self._space == "rig" else to_expression(rest[None])[0]
        windows = window_at(speech.mel, speech.n_frames, speech.fps)
        told = encoder_inputs(windows, reference, lids, recording_colour(windows) if self._level else None)
        runs = [slice(begin, begin + _RUN) for begin in range(0, speech.n_frames, _RUN)]
        return np.concatenate(
            [self._network.once.run(**{name: rows[run] for name, rows in told.items()})["sparse"] for run in runs]
        )

    def _sampled(self, sparse: FloatArray, text: FloatArray, emotion: Emotion, seed: int) -> FloatArray:
        """Rows (T, C) under embeddings (K, D) of the keys of a feeling."""
        times = (np.arange(len(sparse)) / _FPS).astype(np.float32)
        denoise = conditioned(self._network.again.run, sparse, emotion.shares(times) @ text, self._plan)
        return sampled_windows(denoise, len(sparse), self._width, self._plan, np.random.default_rng(seed))

    def _text(self, emotion: Emotion) -> FloatArray:
        """Embeddings (K + 1, D) of the texts of a feeling, and of no feeling."""
        text = self._load().encode([*emotion.texts, _PLAIN])
        if text.shape[1] != self._text_width:
            raise AssetError(
                f"the Style-E network reads text embeddings of {self._text_width} numbers, the text encoder makes "
                f"{text.shape[1]}: use a network that was trained with text_width {text.shape[1]}"
            )
        return text
