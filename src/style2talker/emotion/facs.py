"""Action units of the face as ARKit blendshapes, and the eight emotions as action units.

In: an action unit of the Facial Action Coding System, on both sides ("12") or on one ("12L", "12R": the
person's own left and right), with an intensity in 0..1. Out: (52,) activations in 0..1.

Sources of the emotions: Ekman & Friesen, EMFACS-7 (1984); Ekman, Friesen & Hager, FACS Investigator's Guide
(2002), table 10-1; Du, Tao & Martinez, "Compound facial expressions of emotion", PNAS 111 (2014), table 1;
for contempt Ekman & Friesen, "A new pan-cultural facial expression of emotion" (1986). Intensities were set
so that the eight remain apart on a talking mouth, after how actors of MEAD (Wang et al., ECCV 2020) show them:
contempt raises the brows and drops the lids, disgust and happiness lift the upper lip, anger, disgust and sadness
narrow the eyes, and fear widens them less than surprise. `benchmarks/emotion.py` measures what a judge makes of them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from style2talker.records import ARKIT_NAMES, LABELS, FloatArray

__all__ = [
    "ACTION_UNITS",
    "EMOTION_UNITS",
    "UNIT_NAMES",
    "activations",
    "prototypes",
    "resemblance",
    "saturated",
    "variants",
]

_NEUTRAL = LABELS.index("neutral")
_SHARPNESS = 8
_SIDES = {"L": ("Left",), "R": ("Right",), "": ("Left", "Right")}

ACTION_UNITS: Mapping[str, Mapping[str, float]] = {
    "1": {"browInnerUp": 1.0},
    "2": {"browOuterUp": 1.0},
    "4": {"browDown": 1.0},
    "5": {"eyeWide": 1.0},
    "6": {"cheekSquint": 1.0, "eyeSquint": 0.45},
    "7": {"eyeSquint": 1.0},
    "9": {"noseSneer": 1.0, "mouthUpperUp": 0.3, "browDown": 0.15},
    "10": {"mouthUpperUp": 1.0, "noseSneer": 0.3},
    "11": {"mouthUpperUp": 0.4, "noseSneer": 0.2},
    "12": {"mouthSmile": 1.0},
    "14": {"mouthDimple": 1.0, "mouthPress": 0.3},
    "15": {"mouthFrown": 1.0},
    "16": {"mouthLowerDown": 1.0},
    "17": {"mouthShrugLower": 1.0, "mouthShrugUpper": 0.3},
    "18": {"mouthPucker": 1.0},
    "20": {"mouthStretch": 1.0},
    "22": {"mouthFunnel": 1.0},
    "23": {"mouthPress": 0.6, "mouthRollUpper": 0.25, "mouthRollLower": 0.25},
    "24": {"mouthPress": 1.0},
    "25": {"mouthLowerDown": 0.4, "mouthUpperUp": 0.25, "jawOpen": 0.05},
    "26": {"jawOpen": 0.5},
    "27": {"jawOpen": 1.0},
    "28": {"mouthRollUpper": 1.0, "mouthRollLower": 1.0},
    "29": {"jawForward": 1.0},
    "30": {"jaw": 1.0},
    "34": {"cheekPuff": 1.0},
    "43": {"eyeBlink": 1.0},
    "63": {"eyeLookUp": 1.0},
    "64": {"eyeLookDown": 1.0},
    "mouth": {"mouth": 1.0},
}
"""Action unit -> blendshapes at full intensity. A stem such as "eyeWide" stands for its left and right shape.

"mouth" with a side is no unit of FACS: it draws the whole mouth to that side, as a smirk does.
"""

UNIT_NAMES: Mapping[str, str] = {
    "1": "inner brow raiser",
    "2": "outer brow raiser",
    "4": "brow lowerer",
    "5": "upper lid raiser",
    "6": "cheek raiser",
    "7": "lid tightener",
    "9": "nose wrinkler",
    "10": "upper lip raiser",
    "11": "nasolabial deepener",
    "12": "lip corner puller",
    "14": "dimpler",
    "15": "lip corner depressor",
    "16": "lower lip depressor",
    "17": "chin raiser",
    "18": "lip pucker",
    "20": "lip stretcher",
    "22": "lip funneler",
    "23": "lip tightener",
    "24": "lip pressor",
    "25": "lips part",
    "26": "jaw drop",
    "27": "mouth stretch",
    "28": "lip suck",
    "29": "jaw thrust",
    "30": "jaw sideways",
    "34": "cheek puff",
    "43": "eye closure",
    "63": "eyes up",
    "64": "eyes down",
    "mouth": "mouth to one side",
}
"""Action unit -> its name in FACS, to show to people."""

EMOTION_UNITS: Mapping[str, Mapping[str, float]] = {
    "angry": {
        "4": 1.0,
        "5": 0.15,
        "7": 0.7,
        "9": 0.1,
        "10": 0.45,
        "16": 0.25,
        "17": 0.1,
        "24": 0.5,
        "15": 0.05,
        "26": 0.3,
        "29": 0.15,
    },
    "contempt": {
        "12L": 0.15,
        "14L": 0.95,
        "10L": 0.9,
        "mouthL": 0.4,
        "15R": 0.1,
        "2R": 1.0,
        "2L": 0.25,
        "1": 0.7,
        "7L": 0.1,
        "43": 0.3,
        "64": 0.25,
    },
    "disgusted": {
        "9": 0.85,
        "10": 0.8,
        "4": 0.35,
        "7": 0.65,
        "6": 0.2,
        "15": 0.25,
        "16": 0.5,
        "17": 0.12,
        "20": 0.3,
    },
    "fear": {"1": 1.0, "2": 0.1, "4": 0.25, "5": 0.4, "20": 0.65, "12": 0.15, "25": 0.25, "26": 0.3},
    "happy": {"6": 0.75, "12": 1.0, "10": 0.45, "25": 0.35, "2": 0.1},
    "neutral": {},
    "sad": {"1": 0.85, "4": 0.4, "6": 0.2, "7": 0.4, "15": 0.85, "17": 0.45, "43": 0.2, "64": 0.2},
    "surprised": {"1": 0.85, "2": 1.0, "5": 0.7, "26": 0.8, "22": 0.15},
}
"""The eight emotions at strength 1."""

_SHARES: Mapping[str, Mapping[str, float]] = {
    "angry": {"10": 0.26, "17": 0.52, "23": 0.29},
    "disgusted": {"4": 0.31, "24": 0.26},
    "fear": {"2": 0.57, "5": 0.63, "26": 0.33},
    "happy": {"6": 0.51},
    "sad": {"1": 0.6, "6": 0.5, "11": 0.26, "17": 0.67},
    "surprised": {"5": 0.66},
}
"""Emotion -> unit that not everybody shows -> share of people who do (Du et al., table 1)."""

_WAYS: Mapping[str, Mapping[str, float]] = {
    "angry": {"26": 0.3, "12": 0.15, "25": 0.3, "24": -0.4, "10": -0.3, "7": 0.1},
    "contempt": {"14L": -0.4, "mouthL": -0.25, "10R": 0.3, "43": 0.15, "64": 0.15, "2R": -0.2, "7": 0.2},
    "disgusted": {"4": 0.3, "15": 0.2, "9": 0.1, "20": 0.1, "10": -0.1},
    "fear": {"1": 0.1, "2": 0.2, "5": 0.2, "26": -0.2, "64": 0.1, "20": -0.1},
    "happy": {"2": 0.2, "1": 0.15, "7": -0.25, "10": 0.1},
    "sad": {"4": 0.3, "1": -0.35, "15": 0.15, "43": 0.1, "26": -0.1, "64": 0.1},
    "surprised": {"26": 0.2, "1": 0.1, "2": -0.1, "12": -0.1, "10": -0.1, "5": -0.1},
}
"""Emotion -> what one way of showing it has more (and, the other way round, less) than its prototype.

The direction between two actors of MEAD, the mean of a clip against the neutral clip of the same actor, in units.
"""

_RARE, _NEW = 0.35, 0.5
"""Intensity of a unit, over that of the prototype, of who does not show it; and of a unit beyond the prototype."""
_SIZE_SPREAD, _UNIT_SPREAD, _SIDE_SPREAD = 0.15, 0.12, 0.05
"""Standard deviations: of the whole face and of a unit, both as a factor; of a factor between left and right."""


def saturated(sums: FloatArray, knee: float = 0.75) -> FloatArray:
    """Bend sums of activations smoothly under 1: unchanged up to `knee`, then slower; negatives become 0."""
    room = np.float32(1.0 - knee)
    bent = knee + room * np.tanh((np.maximum(sums, knee) - knee) / room)
    return np.where(sums > knee, bent, np.maximum(sums, 0.0)).astype(np.float32)


def _shape_names(stem: str, sides: tuple[str, ...]) -> list[str]:
    """The ARKit names that a stem of the table stands for."""
    if stem in ARKIT_NAMES:
        return [stem]
    return [stem + side for side in sides]


def activations(units: Mapping[str, float]) -> FloatArray:
    """Blendshapes of a set of action units.

    Args:
        units: action unit ("4", "12L", …) -> intensity, usually 0..1.

    Returns:
        (52,) float32 in 0..1; several units on one blendshape add up, at most to 1.

    Raises:
        KeyError: for a unit that is not in `ACTION_UNITS`.
    """
    out = np.zeros(len(ARKIT_NAMES), np.float32)
    for unit, intensity in units.items():
        side = unit[-1] if unit not in ACTION_UNITS and unit[-1] in "LR" else ""
        for stem, weight in ACTION_UNITS[unit.removesuffix(side) if side else unit].items():
            for name in _shape_names(stem, _SIDES[side]):
                out[ARKIT_NAMES.index(name)] += weight * intensity
    return np.minimum(out, np.float32(1.0))


def prototypes() -> FloatArray:
    """The eight emotions as (8, 52) activations in the order of `LABELS`."""
    return np.stack([activations(EMOTION_UNITS[label]) for label in LABELS])


def _variant_units(label: str, rng: np.random.Generator) -> dict[str, float]:
    """Units of an emotion as one of many people would show it once."""
    units = dict(EMOTION_UNITS[label])
    for unit, share in _SHARES.get(label, {}).items():
        usual = units.get(unit, 0.0)
        shown, hidden = (usual, _RARE * usual) if usual else (_NEW, 0.0)
        units[unit] = shown if rng.random() < share else hidden
    way = float(rng.uniform(-1.0, 1.0))
    for unit, step in _WAYS.get(label, {}).items():
        units[unit] = units.get(unit, 0.0) + way * step
    size = float(np.exp(rng.normal(0.0, _SIZE_SPREAD)))
    return {unit: max(0.0, level * size * (1 + rng.normal(0.0, _UNIT_SPREAD))) for unit, level in units.items()}


def variants(amounts: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A feeling as another person would show it, or the same person another time.

    Around the prototypes vary: which of the optional units are shown, as often as people show them (Du, Tao &
    Martinez 2014, table 1); a way of showing the emotion, between two actors of MEAD; how strong the whole and each
    unit are; and a little how even the two sides are (Borod, Haywood & Koff, Neuropsychology Review 7, 1997).

    Args:
        amounts: (8,) of the emotions in the order of `LABELS`, 1 being the prototype; several make a mixture.
        rng: where randomness comes from.

    Returns:
        (52,) float32 in 0..1; no amounts give zeros.
    """
    out = np.zeros(len(ARKIT_NAMES), np.float32)
    for label, amount in zip(LABELS, np.asarray(amounts, np.float32), strict=True):
        if amount > 0:
            out += amount * activations(_variant_units(label, rng))
    lean = float(rng.normal(0.0, _SIDE_SPREAD))
    for i, name in enumerate(ARKIT_NAMES):
        if name.endswith(("Left", "Right")):
            out[i] *= 1 + (lean if name.endswith("Left") else -lean)
    return np.minimum(out, np.float32(1.0))


def resemblance(expressions: FloatArray) -> FloatArray:
    """How much of each emotion an expression holds.

    Args:
        expressions: (…, 52) activations.

    Returns:
        (…, 8) float32 shares that sum to 1, in the order of `LABELS`; what is too weak to be a feeling counts
        as neutral.
    """
    table = prototypes()
    lengths = np.maximum(np.linalg.norm(table, axis=1), 1e-6)
    amounts = np.maximum(np.asarray(expressions) @ (table / lengths[:, None]).T, 0.0)
    size = np.maximum(np.linalg.norm(expressions, axis=-1, keepdims=True), 1e-6)
    share = (amounts / size) ** _SHARPNESS
    share /= np.maximum(share.sum(-1, keepdims=True), 1e-6)
    presence = np.minimum((amounts / lengths)[..., np.arange(len(LABELS)) != _NEUTRAL].max(-1, keepdims=True), 1.0)
    share = share * presence
    share[..., _NEUTRAL] = np.maximum(1.0 - share.sum(-1), 0.0)
    return np.asarray(share, np.float32)
