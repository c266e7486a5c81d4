"""Blendshapes -> mesh points: a linear rig learned from tracked video, fitted to one person's face.

The rig lives in the head frame: camera axes, the outer corners of the eyes one unit apart. Fitted to a portrait it is
exact at rest: the portrait's own expression gives the portrait's own points, bit for bit. Two things a linear model
cannot know are added: lids and lips meet exactly where they shall, and never pass through each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from style2talker.assets.store import package_data
from style2talker.face.pose import STABLE, rigid_transform
from style2talker.records import ARKIT_NAMES, FloatArray, Portrait

__all__ = ["LID_PAIRS", "LIP_COLUMNS", "PersonRig", "Rig", "fit", "load_rig"]

LID_PAIRS = {
    "Right": ((246, 7), (161, 163), (160, 144), (159, 145), (158, 153), (157, 154), (173, 155)),
    "Left": ((466, 249), (388, 390), (387, 373), (386, 374), (385, 380), (384, 381), (398, 382)),
}
"""(upper, lower) points of the lids of the person's right and left eye."""

LIP_COLUMNS = {
    "upper": (
        (191, 80, 81, 82, 13, 312, 311, 310, 415),
        (183, 42, 41, 38, 12, 268, 271, 272, 407),
        (184, 74, 73, 72, 11, 302, 303, 304, 408),
        (185, 40, 39, 37, 0, 267, 269, 270, 409),
    ),
    "lower": (
        (95, 88, 178, 87, 14, 317, 402, 318, 324),
        (96, 89, 179, 86, 15, 316, 403, 319, 325),
        (77, 90, 180, 85, 16, 315, 404, 320, 307),
        (146, 91, 181, 84, 17, 314, 405, 321, 375),
    ),
}
"""Rings of the lips from the inside out, nine columns from the person's right to left."""

_BLINK = {side: ARKIT_NAMES.index(f"eyeBlink{side}") for side in ("Left", "Right")}
_MOUTH = [i for i, name in enumerate(ARKIT_NAMES) if name.startswith("mouth")]
_OPENERS = [
    ARKIT_NAMES.index(name)
    for name in (
        "jawOpen",
        "mouthLowerDownLeft",
        "mouthLowerDownRight",
        "mouthUpperUpLeft",
        "mouthUpperUpRight",
        "mouthFunnel",
        "mouthSmileLeft",
        "mouthSmileRight",
    )
]
_JAW, _CLOSE = ARKIT_NAMES.index("jawOpen"), ARKIT_NAMES.index("mouthClose")
_PUFF, _FORWARD = ARKIT_NAMES.index("cheekPuff"), ARKIT_NAMES.index("jawForward")
_UPPER_LID_SHARE = 0.86
_LOWER_LIP_SHARE = 0.65
_WIDEST_EYE = 1.28
"""How far an eye may open beyond its opening in the portrait."""


@dataclass(frozen=True, slots=True, eq=False)
class Rig:
    """What each blendshape does to the mesh of the average face.

    Attributes:
        basis: (C, V, 3) float32, displacement at activation 1, in eye distances.
        reference: (V, 3) float32, the average face at rest.
    """

    basis: FloatArray
    reference: FloatArray


@lru_cache(maxsize=1)
def load_rig() -> Rig:
    """The rig that comes with the package."""
    with np.load(package_data("rig.npz")) as data:
        basis, reference = data["basis"].astype(np.float32), data["reference"].astype(np.float32)
    basis.setflags(write=False)
    reference.setflags(write=False)
    return Rig(basis, reference)


class PersonRig:
    """A rig fitted to a portrait; made by `fit`."""

    def __init__(self, rest: FloatArray, blendshapes: FloatArray, basis: FloatArray, down: FloatArray) -> None:
        """Keep a fitted basis.

        Args:
            rest: (V, 3) the portrait's points in pixels.
            blendshapes: (C,) the portrait's expression.
            basis: (C, V, 3) displacements in pixels.
            down: (3,) unit vector down along the face.
        """
        self._rest = rest
        self._shapes = blendshapes
        self._basis = basis.reshape(len(ARKIT_NAMES), -1)
        self._down = down
        self._lid_gap = {
            side: np.array([(rest[low] - rest[up]) @ down for up, low in pairs]) for side, pairs in LID_PAIRS.items()
        }
        upper, lower = list(LIP_COLUMNS["upper"][0]), list(LIP_COLUMNS["lower"][0])
        opening = np.einsum("cvk,k->cv", basis[_OPENERS][:, lower] - basis[_OPENERS][:, upper], down)
        gap = (rest[lower] - rest[upper]) @ down
        self._parted = np.maximum(gap - blendshapes[_OPENERS] @ opening, 0.0)
        # What an open jaw leaves between lips that are closed over it.
        jaw, close = ((basis[k][lower] - basis[k][upper]) @ down for k in (_JAW, _CLOSE))
        self._unclosed = np.maximum(jaw + close, 0.0)

    def displaced(self, blendshapes: FloatArray) -> FloatArray:
        """Points (T, V, 3) in pixels of expressions (T, C) in 0..1, before head motion."""
        delta = np.asarray(blendshapes, dtype=np.float32) - self._shapes
        points = np.asarray(self._rest + (delta @ self._basis).reshape(len(delta), -1, 3), dtype=np.float32)
        for side in LID_PAIRS:
            self._meet_lids(points, side, delta[:, _BLINK[side]])
        self._meet_lips(points, delta)
        return points

    def _meet_lids(self, points: FloatArray, side: str, blink: FloatArray) -> None:
        """Let the lids close to a line as the blink completes, keep them from crossing or gaping, in place."""
        upper, lower = (list(ids) for ids in zip(*LID_PAIRS[side], strict=True))
        rest_gap = self._lid_gap[side]
        gap = (points[:, lower] - points[:, upper]) @ self._down  # (T, 7)
        room = max(1.0 - float(self._shapes[_BLINK[side]]), 1e-3)
        closing = np.clip(blink / room, 0.0, 1.0)[:, None]
        # The last part of a blink closes what the linear motion leaves open.
        sealed = closing**3
        wanted = np.clip(gap, 0.0, _WIDEST_EYE * np.maximum(rest_gap, 0.0)) * (1.0 - sealed)
        change = (gap - wanted)[..., None] * self._down
        points[:, upper] += change * _UPPER_LID_SHARE
        points[:, lower] -= change * (1.0 - _UPPER_LID_SHARE)

    def _meet_lips(self, points: FloatArray, delta: FloatArray) -> None:
        """Close lips that the portrait shows parted once the mouth moves, and keep them from crossing, in place."""
        inner_up, inner_low = list(LIP_COLUMNS["upper"][0]), list(LIP_COLUMNS["lower"][0])
        moved = np.abs(delta[:, _OPENERS]).max(axis=1)[:, None]
        weight = np.clip(moved / 0.2, 0.0, 1.0)
        gap = (points[:, inner_low] - points[:, inner_up]) @ self._down  # (T, 9)
        over_jaw = np.clip(np.minimum(delta[:, _CLOSE], delta[:, _JAW]), 0.0, 1.0)[:, None]
        shut = weight * self._parted + over_jaw * self._unclosed
        crossed = np.minimum(gap - shut, 0.0)
        rest_crossed = np.minimum((self._rest[inner_low] - self._rest[inner_up]) @ self._down, 0.0)
        close = shut + np.minimum(crossed - rest_crossed, 0.0)
        shift = close[..., None] * self._down
        for up, low in zip(LIP_COLUMNS["upper"], LIP_COLUMNS["lower"], strict=True):
            points[:, list(low)] -= shift * _LOWER_LIP_SHARE
            points[:, list(up)] += shift * (1.0 - _LOWER_LIP_SHARE)


def _swelling(rig: Rig) -> FloatArray:
    """What cheekPuff and jawForward add (C, V, 3) to the basis, designed: trackers hardly ever see them.

    Cheeks fill around the middle between mouth corner and jaw, so that the outline of the face shows it; a jaw that
    comes forward is nearer to the camera, so it looks larger, and its lip covers some of the upper one.
    """
    added = np.zeros_like(rig.basis)
    points = rig.reference
    across = np.clip(points[:, 0], points[61, 0], points[291, 0])
    lips = np.hypot(points[:, 0] - across, points[:, 1] - points[[13, 14], 1].mean())
    apart = 1.0 - np.exp(-((lips / 0.16) ** 2))  # the lips hold the air in and stay as they are
    for ids, out in (((207, 187, 214), -1.0), ((427, 411, 434), 1.0)):
        off = points[:, :2] - points[list(ids), :2].mean(axis=0)
        weight = np.exp(-(off**2).sum(axis=1) / (2 * 0.24**2)) * apart
        added[_PUFF] += weight[:, None] * np.array([0.08 * out, 0.010, -0.05])
    forward = np.clip(-rig.basis[_FORWARD, :, 2] / max(float(-rig.basis[_FORWARD, :, 2].min()), 1e-6), 0.0, 1.0)
    middle = points[17]
    added[_FORWARD, :, 0] += 0.13 * forward * (points[:, 0] - middle[0])
    added[_FORWARD, :, 1] += forward * (0.17 * (points[:, 1] - middle[1]) - 0.022)
    return added


def fit(rig: Rig, portrait: Portrait) -> PersonRig:
    """Fit a rig to a portrait's face.

    The basis is turned and scaled by the stable points; mouth shapes follow the width of the person's mouth, blinks the
    opening of the person's eyes.
    """
    rest = portrait.landmarks
    scale, rotation, _ = rigid_transform(rig.reference[list(STABLE)], rest[list(STABLE)])
    basis = ((rig.basis + _swelling(rig)) @ (rotation.T * scale)).astype(np.float32)
    mouth = np.linalg.norm(rest[291] - rest[61]) / (scale * np.linalg.norm(rig.reference[291] - rig.reference[61]))
    basis[_MOUTH] *= np.float32(np.clip(mouth, 0.6, 1.25))
    down = (rotation @ np.array([0.0, 1.0, 0.0])).astype(np.float32)
    for side, (up, low) in {"Right": (159, 145), "Left": (386, 374)}.items():
        own = float((rest[low] - rest[up]) @ down)
        usual = float(scale * (rig.reference[low] - rig.reference[up])[1])
        basis[_BLINK[side]] *= np.float32(np.clip(own / max(usual, 1e-3), 0.5, 2.2))
    return PersonRig(rest, portrait.blendshapes, basis, down)
