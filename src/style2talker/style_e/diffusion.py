"""Denoising diffusion over motion: schedule, sampler and guidance, plain functions over any denoiser.

Cosine schedule of Nichol & Dhariwal, "Improved Denoising Diffusion Probabilistic Models" (ICML 2021), eq. 17; the
deterministic sampler of Song, Meng & Ermon, "Denoising Diffusion Implicit Models" (ICLR 2021), eq. 12 with sigma 0, for
a network that predicts the clean signal; guidance of Ho & Salimans, "Classifier-Free Diffusion Guidance" (2022), with
two conditions as in Brooks et al., "InstructPix2Pix" (CVPR 2023), eq. 3.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from style2talker.records import FloatArray

__all__ = ["Denoise", "guided", "levels", "sampled", "signal_and_noise"]

Denoise = Callable[[FloatArray, float, int], FloatArray]
"""Noisy rows (L, D) of frames `begin`…, their level and `begin` -> clean rows (L, D)."""

_OFFSET = 0.008
_NOISIEST = 0.999


def signal_and_noise(level: float) -> tuple[float, float]:
    """Weights of signal and noise, sqrt(alpha-bar) and sqrt(1 - alpha-bar), at a level from 0 (clean) to 1 (noise)."""
    start = np.cos(_OFFSET / (1 + _OFFSET) * np.pi / 2)
    signal = float(np.clip(np.cos((level + _OFFSET) / (1 + _OFFSET) * np.pi / 2) / start, 0.0, 1.0))
    return signal, float(np.sqrt(1.0 - signal * signal))


def levels(steps: int) -> tuple[float, ...]:
    """The `steps` + 1 levels between which a sampler goes, from noise to 0."""
    return tuple(float(level) for level in np.linspace(_NOISIEST, 0.0, steps + 1))


def _stepped(noisy: FloatArray, clean: FloatArray, now: float, after: float) -> FloatArray:
    """Rows at the level `after`, given rows at the level `now` and what they are thought to be when clean."""
    signal, noise = signal_and_noise(now)
    next_signal, next_noise = signal_and_noise(after)
    direction = (noisy - signal * clean) / noise
    return np.asarray(next_signal * clean + next_noise * direction, np.float32)


def sampled(
    denoise: Denoise, noise: Callable[[int], FloatArray], n_frames: int, steps: int, reach: int, chunk: int
) -> Iterator[FloatArray]:
    """Motion out of noise, chunk by chunk in order of time.

    All steps advance together: while the first stands at one chunk, the second stands at the chunk before, and so on.
    Every call of the denoiser sees `reach` frames beyond its chunk on both sides, as far as it looks, so the outcome is
    that of one call over the whole length, without seams; no chunk is done twice, a chunk depends on no more than
    `steps` chunks after it, and memory does not grow with the length.

    Args:
        denoise: the denoiser.
        noise: n -> the next n rows (n, D) of unit noise.
        n_frames: T.
        steps: of the sampler.
        reach: frames that the denoiser looks to each side.
        chunk: frames that are done at once; at least `reach`.

    Yields:
        Clean rows (L, D), T in all.
    """
    if chunk < reach:
        raise ValueError(f"chunk is {chunk} frames, expected at least the {reach} that the denoiser looks around")
    path = levels(steps)
    count = -(-n_frames // chunk)
    begins = [min(i * chunk, n_frames) for i in range(count + 1)]
    done: list[dict[int, FloatArray]] = [{} for _ in range(steps + 1)]
    for front in range(count + steps):
        if front < count:
            done[0][front] = noise(begins[front + 1] - begins[front])
        for step in range(steps):
            i = front - 1 - step
            if not 0 <= i < count:
                continue
            around = done[step]
            before = around[i - 1][-reach:] if i > 0 else around[i][:0]
            after = around[i + 1][:reach] if i + 1 < count else around[i][:0]
            rows = np.concatenate([before, around[i], after])
            clean = denoise(rows, path[step], begins[i] - len(before))[len(before) : len(before) + len(around[i])]
            done[step + 1][i] = _stepped(around[i], clean, path[step], path[step + 1])
            around.pop(i - 1, None)
        if 0 <= front - steps < count:
            yield done[steps].pop(front - steps)


def guided(alone: FloatArray, heard: FloatArray, both: FloatArray, speech: float, feeling: float) -> FloatArray:
    """Clean rows pulled towards what the conditions ask for.

    Args:
        alone: (L, D) without any condition.
        heard: (L, D) given the speech.
        both: (L, D) given speech and feeling.
        speech: weight of the speech; 1 is the plain prediction.
        feeling: weight of the feeling; 1 is the plain prediction.
    """
    return np.asarray(alone + speech * (heard - alone) + feeling * (both - heard), np.float32)
