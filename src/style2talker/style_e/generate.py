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
from style2talker.style_e.head import breath, posed
from style2talker.style_e.lips import lip_curves
from style2talker.style_e.model import MotionModel
from style2talker.style_e.prosody import prosody

__all__ = ["MotionOptions", "generate_motion"]

_BLINK = [ARKIT_NAMES.index("eyeBlinkLeft"), ARKIT_NAMES.index("eyeBlinkRight")]


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


def _alive(asked: FloatArray, play: FloatArray, speaking: FloatArray, calm: bool) -> FloatArray:
    """The feeling that is asked for (T, 52) with the play (T, 52) of the face on top, in 0..

    Args:
        asked: activations, scaled by strength.
        play: what the model adds.
        speaking: (T,) 0..1.
        calm: nothing changes where nobody speaks.
    """
    awake = speaking[:, None] if calm else np.float32(1.0)
    return np.asarray(np.maximum(asked + play * awake, 0.0), np.float32)


def generate_motion(
    speech: Speech,
    emotion: Emotion,
    rest: FloatArray,
    options: MotionOptions,
    seed: int,
    model: MotionModel,
) -> Motion:
    """Say the words of a voice with a feeling.

    Args:
        speech: the voice on the clock of the video.
        emotion: the feeling over time.
        rest: (52,) in 0..1, the expression that the portrait shows; blendshapes of the motion are absolute.
        options: what may move beside the lips.
        seed: of everything that chance decides; the same seed gives the same bytes.
        model: what samples mouth, play of the face and head.

    Returns:
        Motion with as many frames as the speech.
    """
    sampling, blinking, looking, breathing = np.random.default_rng(seed).spawn(4)
    fps, n_frames = speech.fps, speech.n_frames
    voice = prosody(speech)
    parts = model(speech, voice, emotion, sampling)
    lips = lip_curves(parts.lips, speech.activity, fps)
    asked = emotion.at((np.arange(n_frames) / fps).astype(np.float32)) * np.float32(emotion.strength)
    still = options.pose == "still"
    feeling = _alive(asked, parts.play, voice.speaking, calm=still)
    shapes = join_lips(settled(np.asarray(rest, np.float32), feeling), feeling, lips, voice.speaking)

    mean = resemblance(asked).mean(0)
    direction = gaze(looking, n_frames, fps, mean, voice.speaking)
    if still:
        direction = direction * voice.speaking[:, None]
    shapes = add_gaze(shapes, direction)
    if options.blink:
        lids = blinks(blinking, n_frames, fps, voice.phrases, mean)
        shapes[:, _BLINK] += (1 - shapes[:, _BLINK]) * lids

    scale = 0.0 if still else options.head_motion
    rotation, translation = posed(parts.head, scale, fps)
    translation[:, 1] += breath(breathing, n_frames, fps)
    return Motion(shapes, rotation, translation, fps=fps)
