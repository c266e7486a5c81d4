"""The face of a feeling on a given portrait: what stays of the rest expression, the feeling, the lips on top.

In: rest expression, feeling over time, mouth curves of the speech. Out: (T, 52) blendshapes in 0..1.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.ndimage import gaussian_filter1d, minimum_filter1d

from style2talker.emotion.facs import saturated
from style2talker.records import ARKIT_NAMES, FloatArray

__all__ = ["join_lips", "settled"]


def _channels(*stems: str) -> list[int]:
    """Positions of the blendshapes whose names begin with one of the stems."""
    return [i for i, name in enumerate(ARKIT_NAMES) if name.startswith(stems)]


_TRAIT: Mapping[str, float] = {
    "jawOpen": 0.02,
    "jawForward": 0.3,
    "jawLeft": 0.1,
    "jawRight": 0.1,
    "mouthClose": 0.05,
    "mouthDimple": 0.15,
    "mouthFrown": 0.15,
    "mouthFunnel": 0.06,
    "mouthLeft": 0.1,
    "mouthLowerDown": 0.03,
    "mouthPress": 0.25,
    "mouthPucker": 0.7,
    "mouthRight": 0.1,
    "mouthRoll": 0.3,
    "mouthShrug": 0.3,
    "mouthSmile": 0.08,
    "mouthStretch": 0.08,
    "mouthUpperUp": 0.04,
    "noseSneer": 0.1,
    "cheekPuff": 0.1,
    "cheekSquint": 0.1,
    "browInnerUp": 0.3,
    "tongueOut": 0.0,
}
"""How much of a score can be the build of a face; what goes beyond is an expression and is let go."""

_OPPOSED: Mapping[str, tuple[str, ...]] = {
    "browDown": ("browInnerUp", "browOuterUp"),
    "browInnerUp": ("browDown",),
    "browOuterUp": ("browDown",),
    "eyeSquint": ("eyeWide",),
    "eyeBlink": ("eyeWide",),
    "eyeWide": ("eyeSquint", "eyeBlink"),
    "mouthSmile": ("mouthFrown", "mouthStretch", "mouthPress"),
    "mouthFrown": ("mouthSmile",),
    "mouthDimple": ("mouthFrown",),
    "mouthPucker": ("mouthSmile", "mouthStretch"),
    "mouthPress": ("mouthUpperUp", "mouthStretch"),
    "mouthShrug": ("mouthSmile", "jawOpen"),
}
"""A trait gives way as far as the feeling asks for what pulls the other way."""

_TRAITS = np.ones(len(ARKIT_NAMES), np.float32)
for _stem, _most in _TRAIT.items():
    _TRAITS[_channels(_stem)] = _most


def _other_side(one: str, other: str) -> bool:
    """Whether two blendshapes belong to opposite halves of the face."""
    return (one.endswith("Left") and other.endswith("Right")) or (one.endswith("Right") and other.endswith("Left"))


_YIELD = np.zeros((len(ARKIT_NAMES), len(ARKIT_NAMES)), np.float32)
for _stem, _others in _OPPOSED.items():
    for _own in _channels(_stem):
        for _other in _channels(*_others):
            _YIELD[_other, _own] = not _other_side(ARKIT_NAMES[_own], ARKIT_NAMES[_other])

_OPENING = _channels("jawOpen", "mouthUpperUp", "mouthLowerDown", "mouthFunnel")
_JAW = ARKIT_NAMES.index("jawOpen")
_SMILE = _channels("mouthSmile", "mouthDimple")
_DOWNTURN = _channels("mouthFrown", "mouthShrug")
_SEALING = _channels("mouthPress", "mouthRoll")
_WIDE = _channels("mouthStretch")
_ROUND = _channels("mouthPucker", "mouthFunnel")
_APERTURE = np.zeros(len(ARKIT_NAMES), np.float32)
for _stem, _pull in (
    ("jawOpen", 1.35),
    ("mouthLowerDown", 0.27),
    ("mouthUpperUp", 0.22),
    ("mouthFunnel", 0.42),
    ("mouthShrugUpper", 0.14),
    ("mouthShrugLower", -0.35),
    ("mouthPress", -0.11),
    ("mouthRollUpper", -0.19),
    ("mouthRollLower", -0.09),
    ("mouthClose", -0.48),
):
    _APERTURE[_channels(_stem)] = _pull
"""By how much of the mouth's width a blendshape parts the middle of the lips, on the average face of the rig."""
_SPEECH_APERTURE = 0.2
"""Opening of the lips by speech, over the mouth's width, at which a feeling may open the mouth fully."""

_SNEER = _channels("mouthUpperUp")
_SNEER_KEPT = 0.22
"""Part of a raised upper lip that stays where the lips are shut: the lower lip follows it."""

_PARTING = np.zeros((len(ARKIT_NAMES), 2), np.float32)
for _stem, _pull in (("mouthDimple", 0.12), ("mouthSmile", 0.04), ("mouthStretch", 0.03), ("mouthLeft", 0.035)):
    _PARTING[_channels(_stem), 0] = _pull
_PARTING[_SNEER, 1] = 0.225
"""By how much of the mouth's width a blendshape parts the lips: at the corners, and by lifting the upper lip."""
_SEAL = np.zeros((2, len(ARKIT_NAMES)), np.float32)
_SEAL[:, _channels("mouthPress")] = [[3.1], [0.7]]
_SEAL[:, _channels("mouthShrugLower")] = [[0.9], [2.4]]
"""What makes them meet again, for each of the two: a press, and a lifted lower lip."""


def settled(rest: FloatArray, feeling: FloatArray) -> FloatArray:
    """What stays of a portrait's rest expression under a feeling.

    Traits of the person (narrow eyes, low brows, pursed lips, where the eyes look) stay; a smile, an open
    mouth, a frown beyond what a relaxed face has are let go; what the feeling pulls the other way gives in.

    Args:
        rest: (52,) in 0..1.
        feeling: (T, 52) activations, scaled by strength.

    Returns:
        (T, 52) float32 in 0..1, never above `rest`.
    """
    limit = np.maximum(_TRAITS, 1e-6)
    relaxed = np.where(_TRAITS < 1, limit * np.tanh(rest / limit), rest)
    smiling = float(rest[_SMILE].max())
    narrowed = _channels("eyeSquint", "cheekSquint")
    relaxed[narrowed] *= 1 - 0.5 * smiling
    kept = 1 - np.minimum(feeling @ _YIELD, 1.0)
    return np.asarray(relaxed * kept, np.float32)


def _gate(lips: FloatArray) -> FloatArray:
    """(T, 1) in 0..1: how far the lips are apart for speech, 0 when shut; without sudden steps where it can."""
    open_by = np.clip((lips @ _APERTURE)[:, None] / _SPEECH_APERTURE, 0.0, 1.0)
    open_by = open_by * open_by * (3 - 2 * open_by)
    eased = gaussian_filter1d(minimum_filter1d(open_by, 3, axis=0), 1.0, axis=0)
    return np.asarray(np.minimum(open_by, eased), np.float32)


def join_lips(face: FloatArray, feeling: FloatArray, lips: FloatArray, speaking: FloatArray) -> FloatArray:
    """Let a face speak without losing its feeling.

    The lips own the opening of the mouth: where they are shut (silence, p, b, m) no feeling parts them. Where
    they are open the feeling opens them further. Smile and frown stay while speaking, weaker, and give in to
    rounded lips; pressed lips give in to open ones. A smile that comes of speaking gives in to a feeling that
    pulls the other way.

    Args:
        face: (T, 52) what stays of the rest expression.
        feeling: (T, 52) activations, scaled by strength.
        lips: (T, 52) mouth curves of the speech, 0 where nobody speaks.
        speaking: (T,) 0..1.

    Returns:
        (T, 52) float32 in 0..1.
    """
    gate = _gate(lips)
    rounded = np.clip(lips[:, _ROUND].max(1, keepdims=True) * 1.2, 0.0, 1.0)
    talk = speaking[:, None]
    felt = feeling.copy()
    felt[:, _OPENING] *= gate
    felt[:, _SNEER] = feeling[:, _SNEER] * (_SNEER_KEPT + (1 - _SNEER_KEPT) * gate)
    felt[:, [_JAW]] *= 0.5
    felt[:, _SMILE] *= (1 - 0.15 * talk) * (1 - 0.55 * rounded)
    felt[:, _DOWNTURN] *= 1 - 0.5 * gate
    felt[:, _WIDE] *= (1 - 0.2 * talk) * (1 - 0.7 * rounded)
    felt[:, _SEALING] *= 1 - 0.85 * gate
    felt += (1 - gate) * ((felt @ _PARTING) @ _SEAL)
    base = face.copy()
    base[:, _SEALING] *= 1 - 0.85 * gate
    spoken = lips.copy()
    spoken[:, _SMILE] *= 1 - np.minimum(feeling @ _YIELD[:, _SMILE], 1.0)
    return saturated(base + felt + spoken)
