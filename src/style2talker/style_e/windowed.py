"""Sampling of the published Style-E: a denoiser that sees a fixed number of frames, over a speech of any length.

The cosine schedule in 1000 steps of Nichol & Dhariwal, "Improved Denoising Diffusion Probabilistic Models" (ICML 2021),
eq. 17, with its step lengths; a few of its steps, evenly spaced from 0, as the method takes them; the ancestral sampler
of Ho et al., "Denoising Diffusion Probabilistic Models" (NeurIPS 2020), eq. 7, with the small variance, or the
deterministic one of Song et al. (ICLR 2021), eq. 12. Training and inference both sample by this module alone.

It shares the cosine and the guidance with `style_e.diffusion`. That module's sampler needs a denoiser that looks a
fixed number of frames around each frame and so has no windows; this one's mixes all frames of a window and has seams.

Long speeches as published: windows that do not overlap, the last one taken from the end. Deviations: a speech of any
length is returned whole (the published loop lost all but the last 256 windows), and windows may overlap, the frames
that are done being held fixed in each predicted clean signal (in-painting as in Lugmayr et al., "RePaint", CVPR 2022,
without its resampling).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from style2talker.errors import UsageError
from style2talker.records import FloatArray
from style2talker.style_e.diffusion import guided, signal_and_noise

__all__ = [
    "SAMPLERS",
    "SPACINGS",
    "Denoise",
    "Graph",
    "SamplingPlan",
    "Schedule",
    "conditioned",
    "cosine_schedule",
    "respaced",
    "sampled_window",
    "sampled_windows",
    "window_frames",
]

SAMPLERS = ("ancestral", "ddim")
SPACINGS = ("leading", "trailing")
_LONGEST_STEP = 0.999
_BATCH = 64
"""Windows that are sampled at once."""

Denoise = Callable[[FloatArray, int, NDArray[np.int64]], FloatArray]
"""Noisy rows (B, L, C), the step of the whole schedule, the frames (B, L) they belong to -> clean rows (B, L, C)."""

Graph = Callable[..., dict[str, FloatArray]]
"""The denoiser: noisy (B, L, C), steps (B,), sparse (B, L, C), text (B, L, D), given (B, 2) -> {"clean": (B, L, C)}."""


@dataclass(frozen=True, slots=True, eq=False)
class Schedule:
    """Steps of a diffusion, from the least noise to the most.

    Attributes:
        steps: (K,) their numbers in the whole schedule.
        kept: (K,) alpha-bar, the share of the signal's power that is left after each.
    """

    steps: NDArray[np.int64]
    kept: NDArray[np.float64]

    @property
    def before(self) -> NDArray[np.float64]:
        """(K,) alpha-bar one step earlier; 1 before the first."""
        return np.concatenate([[1.0], self.kept[:-1]])

    def posterior(self) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
        """Weights (K,) of the clean and the noisy signal in the mean one step earlier, and its variance (K,).

        Ho et al. (2020), eq. 7. In the first step the clean signal is the outcome: weights 1 and 0, variance 0.
        """
        beta = 1.0 - self.kept / self.before
        rest, rest_before = 1.0 - self.kept, 1.0 - self.before
        return (
            np.sqrt(self.before) * beta / rest,
            np.sqrt(1.0 - beta) * rest_before / rest,
            beta * rest_before / rest,
        )


@dataclass(frozen=True, slots=True)
class SamplingPlan:
    """How a clip is sampled; the defaults are as published.

    Attributes:
        window: frames that the denoiser sees, L.
        overlap: frames of a window that are done already when it is sampled; 0 for windows side by side.
        schedule_steps: of the schedule that the denoiser was trained with.
        steps: of the sampler.
        sampler: one of `SAMPLERS`.
        spacing: one of `SPACINGS`, see `respaced`.
        speech_guidance: weight of the voice; 1 is the plain prediction.
        text_guidance: weight of the sentence; 1 is the plain prediction.

    Raises:
        UsageError: a value is out of range.
    """

    window: int = 32
    overlap: int = 0
    schedule_steps: int = 1000
    steps: int = 5
    sampler: str = "ancestral"
    spacing: str = "leading"
    speech_guidance: float = 1.0
    text_guidance: float = 1.0

    def __post_init__(self) -> None:
        if self.window < 1:
            raise UsageError(f"window is {self.window} frames, expected at least 1")
        if not 0 <= self.overlap < self.window:
            raise UsageError(f"overlap is {self.overlap} frames, expected 0 to {self.window - 1}")
        if self.sampler not in SAMPLERS:
            raise UsageError(f"sampler is {self.sampler!r}, expected {' or '.join(SAMPLERS)}")
        if self.spacing not in SPACINGS:
            raise UsageError(f"spacing is {self.spacing!r}, expected {' or '.join(SPACINGS)}")
        if not 1 <= self.steps <= self.schedule_steps:
            raise UsageError(f"steps is {self.steps}, expected 1 to {self.schedule_steps}")

    @property
    def guides(self) -> bool:
        """Whether the denoiser is asked without its conditions as well."""
        return (self.speech_guidance, self.text_guidance) != (1.0, 1.0)


@lru_cache(maxsize=8)
def cosine_schedule(steps: int = 1000) -> Schedule:
    """The whole schedule; no step takes more than 0.999 of the power that is left."""
    power = np.array([signal_and_noise(i / steps)[0] ** 2 for i in range(steps + 1)])
    beta = np.minimum(1.0 - power[1:] / np.maximum(power[:-1], 1e-12), _LONGEST_STEP)
    return Schedule(np.arange(steps), np.cumprod(1.0 - beta))


def respaced(schedule: Schedule, steps: int, spacing: str = "leading") -> Schedule:
    """Every n-th step of a schedule.

    "leading", as published, from its first on: 5 of 1000 are 0, 200, 400, 600 and 800. The published rule takes a whole
    n only; where the length does not divide, steps are rounded from equal shares. Sampling so begins with noise alone
    at a step that, in training, still shows a third of the signal. "trailing" ends with the last step instead: 199,
    399, 599, 799 and 999 (Lin et al., "Common Diffusion Noise Schedules and Sample Steps Are Flawed", WACV 2024).
    """
    total = len(schedule.steps)
    shift = 0 if spacing == "leading" else 1
    chosen = (np.arange(steps) + shift) * total // steps - shift
    return Schedule(schedule.steps[chosen], schedule.kept[chosen])


def window_frames(n_frames: int, window: int, overlap: int = 0) -> NDArray[np.int64]:
    """The frames that each window sees.

    Args:
        n_frames: T, at least 1.
        window: L.
        overlap: frames that a window shares with the one before; the last one may share more.

    Returns:
        (W, L) numbers of frames. The last window ends with the clip. A clip that is shorter than a window has its first
        frame repeated in front.
    """
    if n_frames <= window:
        return np.maximum(np.arange(n_frames - window, n_frames), 0)[None]
    step = window - overlap
    count = -(-(n_frames - window) // step) + 1
    begins = np.minimum(np.arange(count) * step, n_frames - window)
    return np.asarray(begins[:, None] + np.arange(window), np.int64)


def conditioned(graph: Graph, sparse: FloatArray, text: FloatArray, plan: SamplingPlan) -> Denoise:
    """The denoiser of a clip.

    Args:
        graph: the network.
        sparse: (T, C) what the audio encoder made of the voice.
        text: (T, D) embedding of the sentence that holds in each frame; (1, D) for one sentence all along.
        plan: for its guidance.
    """
    told = np.broadcast_to(text, (len(sparse), text.shape[1]))

    def denoise(noisy: FloatArray, step: int, frames: NDArray[np.int64]) -> FloatArray:
        given = np.array([[0, 0], [1, 0], [1, 1]] if plan.guides else [[1, 1]], np.float32)
        ways, count = len(given), len(noisy)
        parts = (noisy, sparse[frames], told[frames])
        rows, voice, sentence = (np.concatenate([part] * ways).astype(np.float32) for part in parts)
        clean = graph(
            noisy=rows,
            steps=np.full(ways * count, step, np.float32),
            sparse=voice,
            text=sentence,
            given=np.repeat(given, count, axis=0),
        )["clean"]
        if ways == 1:
            return clean
        alone, heard, both = np.split(clean, 3)
        return guided(alone, heard, both, plan.speech_guidance, plan.text_guidance)

    return denoise


def sampled_window(
    denoise: Denoise,
    frames: NDArray[np.int64],
    channels: int,
    plan: SamplingPlan,
    rng: Generator,
    done: FloatArray | None = None,
) -> FloatArray:
    """Sample windows at once.

    Args:
        denoise: the denoiser.
        frames: (B, L) that they see.
        channels: C.
        plan: sampler and steps.
        rng: where the noise comes from.
        done: (B, K, C) clean rows that the windows begin with, held fixed; None for none.

    Returns:
        (B, L, C) clean rows.
    """
    schedule = respaced(cosine_schedule(plan.schedule_steps), plan.steps, plan.spacing)
    of_clean, of_noisy, variance = schedule.posterior()
    shape = (*frames.shape, channels)
    x = rng.standard_normal(shape, np.float32)
    for i in range(plan.steps)[::-1]:
        clean = denoise(x, int(schedule.steps[i]), frames)
        if done is not None:
            clean = np.concatenate([done, clean[:, done.shape[1] :]], axis=1)
        if plan.sampler == "ddim":
            kept, before = schedule.kept[i], schedule.before[i]
            direction = (x - np.sqrt(kept) * clean) / np.sqrt(1.0 - kept)
            x = np.sqrt(before) * clean + np.sqrt(1.0 - before) * direction
        else:
            fresh = rng.standard_normal(shape, np.float32) if i else np.zeros(shape, np.float32)
            x = of_clean[i] * clean + of_noisy[i] * x + np.sqrt(variance[i]) * fresh
        x = np.asarray(x, np.float32)
    return x


def sampled_windows(denoise: Denoise, n_frames: int, channels: int, plan: SamplingPlan, rng: Generator) -> FloatArray:
    """Sample a clip of any length.

    Args:
        denoise: the denoiser of the clip, as `conditioned` makes it.
        n_frames: T, at least 1.
        channels: C.
        plan: windows, sampler and steps.
        rng: where the noise comes from.

    Returns:
        (T, C) clean rows.
    """
    frames = window_frames(n_frames, plan.window, plan.overlap)
    out = np.zeros((n_frames, channels), np.float32)
    end = 0
    for begin in range(0, len(frames), 1 if plan.overlap else _BATCH):
        some = frames[begin : begin + 1] if plan.overlap else frames[begin : begin + _BATCH]
        held = out[some[:, some[0] < end]] if plan.overlap and end else None
        for window, rows in zip(some, sampled_window(denoise, some, channels, plan, rng, held), strict=True):
            new = window >= end
            out[window[new]] = rows[new]
            end = int(window[-1]) + 1
    return out
