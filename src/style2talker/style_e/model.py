"""The diffusion model that comes with the package: speech and feeling -> the factors of motion.

In: Speech (T frames) and Emotion. Out: `Factors`, T frames, a sample for each seed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.random import Generator

from style2talker.assets.store import package_data
from style2talker.records import Emotion, FloatArray, Speech
from style2talker.runtime.ports import DENOISER, SPEECH_ENCODER
from style2talker.runtime.session import Session
from style2talker.speech.mel import window_at
from style2talker.style_e.condition import normalised, voice_rows
from style2talker.style_e.diffusion import guided, sampled
from style2talker.style_e.factors import FACTORS, Factors, parted, unmouthed
from style2talker.style_e.prosody import Prosody

__all__ = ["REACH", "STEPS", "DiffusionModel", "Graph", "MotionModel", "speech_features"]

Graph = Callable[..., dict[str, FloatArray]]
"""Named arrays in, named arrays out, as `Session.run`."""

STEPS = 6
"""Of the sampler."""
REACH = 30
"""Frames that the denoiser looks to each side."""
_CHUNK = 150
_RUN, _CONTEXT = 250, 40
_NOISE = np.float32(1.1)
"""Deviation of the noise that is begun with: a few steps lose a tenth of the spread that many would keep."""
_SPEECH_GUIDANCE, _FEELING_GUIDANCE = 1.15, 1.1


class MotionModel(Protocol):
    """Anything that samples the factors of motion."""

    def __call__(self, speech: Speech, voice: Prosody, emotion: Emotion, rng: Generator) -> Factors:
        """Factors of T frames.

        Args:
            speech: the voice on a clock of 25 fps.
            voice: its melody and stress.
            emotion: the feeling over time.
            rng: where randomness comes from.
        """
        ...


def speech_features(mel: FloatArray, n_frames: int, fps: float, encode: Graph) -> FloatArray:
    """Features (T, D) of mel columns (M, 80), run by run so that memory stays flat."""
    plain = normalised(mel)
    runs = []
    for begin in range(0, n_frames, _RUN):
        end = min(begin + _RUN, n_frames)
        first, last = max(begin - _CONTEXT, 0), min(end + _CONTEXT, n_frames)
        windows = window_at(plain, last - first, fps, first)
        runs.append(encode(mel=windows)["features"][begin - first : end - first])
    return np.concatenate(runs)


class DiffusionModel:
    """Style-E: the encoder of the speech and the denoiser of the motion."""

    def __init__(self, encode: Graph | None = None, denoise: Graph | None = None) -> None:
        """Load the networks. Raises AssetError when the installation lacks them.

        Args:
            encode: another speech encoder than the one that comes with the package, with its port.
            denoise: another denoiser.
        """
        self._encode = encode or Session(package_data("speech_encoder.onnx"), SPEECH_ENCODER).run
        self._denoise = denoise or Session(package_data("denoiser.onnx"), DENOISER).run

    def __call__(self, speech: Speech, voice: Prosody, emotion: Emotion, rng: Generator) -> Factors:
        """Factors of T frames; see `MotionModel`."""
        n_frames, fps = speech.n_frames, speech.fps
        features = speech_features(speech.mel, n_frames, fps, self._encode)
        heard = np.concatenate([features, voice_rows(voice, fps)], axis=1)
        times = (np.arange(n_frames) / fps).astype(np.float32)
        shares = emotion.shares(times)
        shares *= np.float32(emotion.strength)

        def denoise(noisy: FloatArray, level: float, begin: int) -> FloatArray:
            here = slice(begin, begin + len(noisy))
            told = (heard[here], shares[here] @ emotion.expressions, shares[here] @ emotion.embeddings)
            given = np.array([[0, 0], [1, 0], [1, 1]], np.float32)
            rows, speech, feeling, sentence = (np.repeat(part[None], 3, axis=0) for part in (unmouthed(noisy), *told))
            alone, by_voice, by_both = self._denoise(
                noisy=rows,
                level=np.full(3, level, np.float32),
                speech=speech,
                feeling=feeling,
                sentence=sentence,
                given=given,
            )["clean"]
            return guided(alone, by_voice, by_both, _SPEECH_GUIDANCE, _FEELING_GUIDANCE)

        def noise(n: int) -> FloatArray:
            return np.asarray(rng.standard_normal((n, FACTORS), np.float32) * _NOISE)

        return parted(np.concatenate(list(sampled(denoise, noise, n_frames, STEPS, REACH, _CHUNK))))
