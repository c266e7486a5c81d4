"""Style-E: a voice, a feeling and a portrait's rest expression become motion.

In: Speech (T frames), Emotion, rest (52,). Out: Motion (T frames on the clock of the speech).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from style2talker.emotion.facs import resemblance
from style2talker.errors import UsageError
from style2talker.records import ARKIT_NAMES, Emotion, FloatArray, Motion, Speech
from style2talker.style_e.expression import join_lips, settled
from style2talker.style_e.eyes import add_gaze, blinks, gaze
from style2talker.style_e.head import breath, head_motion
from style2talker.style_e.lips import SpeechModel, lip_motion
from style2talker.style_e.noise import smooth_noise
from style2talker.style_e.prosody import Prosody, prosody, smooth

__all__ = ["MotionOptions", "generate_motion"]

_BLINK = [ARKIT_NAMES.index("eyeBlinkLeft"), ARKIT_NAMES.index("eyeBlinkRight")]
_BROWS = [ARKIT_NAMES.index(name) for name in ("browInnerUp", "browOuterUpLeft", "browOuterUpRight")]
_EYES_AND_BROWS = [i for i, name in enumerate(ARKIT_NAMES) if name.startswith(("brow", "eye", "cheek", "nose"))]
_ENDS_S = 0.12
"""Within this time of either end the lips come to rest."""


@dataclass(frozen=True, slots=True)
class MotionOptions:
    """What may move beside the lips.

    Attributes:
        head_motion: 0 none .. 1 as people move .. 2 doubled.
        blink: whether the eyes blink.
        pose: "generate" for a moving head, "still" for one that only breathes.
    """

    head_motion: float = 1.0
    blink: bool = True
    pose: Literal["generate", "still"] = "generate"

    def __post_init__(self) -> None:
        if not 0.0 <= self.head_motion <= 2.0:
            raise UsageError(f"head motion is {self.head_motion:g}, expected 0 to 2")
        if self.pose not in ("generate", "still"):
            raise UsageError(f"pose is {self.pose!r}, expected 'generate' or 'still'")


def _living(rng: np.random.Generator, expression: FloatArray, voice: Prosody, fps: float, calm: bool) -> FloatArray:
    """Let a constant expression breathe: with the voice's loudness and stress, and by slow noise.

    Args:
        rng: where randomness comes from.
        expression: (T, 52) activations, scaled by strength.
        voice: loudness, stress and phrases.
        fps: frames per second.
        calm: nothing changes where nobody speaks.

    Returns:
        (T, 52) activations within about 0.75..1.15 of the expression, brows raised a little on stress.
    """
    n_frames = len(expression)
    awake = voice.speaking if calm else 0.5 + 0.5 * voice.speaking
    swell = 0.86 + 0.14 * smooth(voice.loudness, 0.25, fps)
    whole = smooth_noise(rng, n_frames, 1, 0.5, fps)[:, 0] * 0.045
    parts = smooth_noise(rng, n_frames, 2, 1.1, fps) * 0.05
    stress = smooth(voice.accents, 0.09, fps) * 0.09 * fps
    gain = (swell + whole * awake)[:, None] + np.zeros((1, expression.shape[1]), np.float32)
    gain[:, _EYES_AND_BROWS] += (parts[:, :1] * awake[:, None]) + 0.25 * stress[:, None]
    others = [i for i in range(expression.shape[1]) if i not in _EYES_AND_BROWS]
    gain[:, others] += parts[:, 1:] * awake[:, None]
    out = np.asarray(expression * np.maximum(gain, 0.0), np.float32)
    out[:, _BROWS] += 0.22 * stress[:, None] * rng.uniform(0.7, 1.1, 3).astype(np.float32)
    return out


def _at_rest_at_the_ends(lips: FloatArray, fps: float) -> FloatArray:
    """Fade the lips in and out so that the first and the last frame show a closed mouth."""
    n_frames = len(lips)
    from_end = np.minimum(np.arange(n_frames), np.arange(n_frames)[::-1]) / (fps * _ENDS_S)
    weight = np.clip(from_end, 0.0, 1.0)
    return np.asarray(lips * (weight * weight * (3 - 2 * weight))[:, None], np.float32)


def generate_motion(
    speech: Speech,
    emotion: Emotion,
    rest: FloatArray,
    options: MotionOptions,
    seed: int,
    model: SpeechModel,
) -> Motion:
    """Say the words of a voice with a feeling.

    Args:
        speech: the voice on the clock of the video.
        emotion: the feeling over time.
        rest: (52,) in 0..1, the expression that the portrait shows; blendshapes of the motion are absolute.
        options: what may move beside the lips.
        seed: of everything that chance decides; the same seed gives the same bytes.
        model: mel windows to mouth shapes.

    Returns:
        Motion with as many frames as the speech.
    """
    lively, blinking, looking, turning, breathing = np.random.default_rng(seed).spawn(5)
    fps, n_frames = speech.fps, speech.n_frames
    voice = prosody(speech)
    lips = _at_rest_at_the_ends(lip_motion(speech, model), fps)
    asked = emotion.at((np.arange(n_frames) / fps).astype(np.float32)) * np.float32(emotion.strength)
    still = options.pose == "still"
    feeling = _living(lively, asked, voice, fps, calm=still)
    shapes = join_lips(settled(np.asarray(rest, np.float32), feeling), feeling, lips, voice.speaking)

    shares = resemblance(asked)
    mean = shares.mean(0)
    direction = gaze(looking, n_frames, fps, mean, voice.speaking)
    if still:
        direction = direction * voice.speaking[:, None]
    shapes = add_gaze(shapes, direction)
    if options.blink:
        lids = blinks(blinking, n_frames, fps, voice.phrases, mean)
        shapes[:, _BLINK] += (1 - shapes[:, _BLINK]) * lids

    scale = 0.0 if still else options.head_motion
    rotation, translation = head_motion(turning, voice, shares, scale, fps)
    translation[:, 1] += breath(breathing, n_frames, fps)
    return Motion(shapes, rotation, translation, fps=fps)
