"""What the diffusion model makes of a voice and a feeling, frame by frame: mouth, play of the face, head.

In and out: rows of numbers that all count alike <-> named parts in their own units. How the parts become one face
is `style_e.expression`'s business.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from style2talker.records import ARKIT_NAMES, FloatArray

__all__ = [
    "CHANNELS",
    "CHANNEL_SHAPES",
    "FACTORS",
    "MOUTH_CENTRE",
    "MOUTH_SPREAD",
    "PLAY",
    "Factors",
    "joined",
    "parted",
    "unmouthed",
]

CHANNELS = (
    "jawOpen",
    "mouthFunnel",
    "mouthPucker",
    "mouthLowerDown",
    "mouthUpperUp",
    "mouthStretch",
    "mouthSmile",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthPress",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthDimple",
    "closure",
)
"""What a speaking mouth does; a stem stands for its left and right shape. "closure": the lips are shut."""

CHANNEL_SHAPES = np.array(
    [[name in (stem, f"{stem}Left", f"{stem}Right") for name in ARKIT_NAMES] for stem in CHANNELS], np.float32
)
"""(len(CHANNELS), 52): 1 where a shape belongs to a channel; closure has none."""
CHANNEL_SHAPES.setflags(write=False)

_UPPER = ("brow", "cheekSquint", "eyeSquint", "eyeWide", "noseSneer")
_LOWER = ("mouthSmile", "mouthFrown", "mouthDimple", "mouthPress", "mouthStretch", "mouthShrug")
PLAY = tuple(i for i, name in enumerate(ARKIT_NAMES) if name.startswith(_UPPER + _LOWER))
"""Positions in `ARKIT_NAMES` of the shapes in which a held feeling stays alive."""

FACTORS = len(CHANNELS) + len(PLAY) + 6
"""Numbers in a row."""

_LIPS = slice(0, len(CHANNELS))
_FACE = slice(len(CHANNELS), len(CHANNELS) + len(PLAY))
_HEAD = slice(len(CHANNELS) + len(PLAY), FACTORS)
_CENTRE = np.zeros(FACTORS, np.float32)
_CENTRE[_LIPS] = 0.1
_SPREAD = np.ones(FACTORS, np.float32)
_SPREAD[_LIPS] = [0.12, 0.1, 0.12, 0.1, 0.06, 0.08, 0.06, 0.1, 0.06, 0.06, 0.06, 0.06, 0.06, 0.35]
_SPREAD[_FACE] = 0.08
_SPREAD[_HEAD] = [0.04, 0.05, 0.03, 0.05, 0.04, 0.06]
MOUTH_CENTRE, MOUTH_SPREAD = _CENTRE[_LIPS], _SPREAD[_LIPS]
"""Rows times spread plus centre are mouth channels."""


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """Motion in its parts.

    Attributes:
        lips: (T, len(CHANNELS)) mouth of the speech, about 0..1.
        play: (T, 52) what comes on top of the expression that a feeling asks for, 0 outside `PLAY`.
        head: (T, 6) rotation (pitch, yaw, roll) in radians and translation in eye distances, as in `Motion`.
    """

    lips: FloatArray
    play: FloatArray
    head: FloatArray


def joined(parts: Factors) -> FloatArray:
    """Rows (T, FACTORS) of mean about 0 and deviation about 1."""
    rows = np.concatenate([parts.lips, parts.play[:, PLAY], parts.head], axis=1)
    return np.asarray((rows - _CENTRE) / _SPREAD, np.float32)


def parted(rows: FloatArray) -> Factors:
    """What rows (T, FACTORS) of `joined` stand for."""
    values = (rows * _SPREAD + _CENTRE).astype(np.float32)
    play = np.zeros((len(rows), len(ARKIT_NAMES)), np.float32)
    play[:, PLAY] = values[:, _FACE]
    return Factors(values[:, _LIPS], play, values[:, _HEAD])


def unmouthed(rows: FloatArray) -> FloatArray:
    """Noisy rows (…, FACTORS) as a denoiser may see them: with the mouth blank.

    How a head moves has to be sampled; what a mouth says is told by the sound. A denoiser that saw a noisy mouth would
    trust it in the last steps, and lips would follow the words less closely.
    """
    shown = rows.copy()
    shown[..., _LIPS] = 0.0
    return shown
