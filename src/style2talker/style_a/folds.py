"""Where a face folds: creases and swellings along the mesh, and the blendshapes that raise them.

Designed after the regions that the action units of the Facial Action Coding System wrinkle (Ekman & Friesen 1978).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from style2talker.records import ARKIT_NAMES

__all__ = ["Fold", "Mound", "Place", "fold_groups"]

Place = tuple[tuple[int, float], ...]
"""A point of the face as a weighted mean of mesh points."""


class Fold(NamedTuple):
    """A crease along a curve.

    Attributes:
        curve: its points.
        width: in mm.
        depth: how dark the valley is at activation 1, 0..1.
        outer: the skin away from the middle of the face bulges over it.
        ends: shares of its length over which it fades in and out.
    """

    curve: tuple[Place, ...]
    width: float
    depth: float
    outer: bool = False
    ends: tuple[float, float] = (0.25, 0.35)


class Mound(NamedTuple):
    """A round swelling: its middle, radius in mm and height."""

    middle: Place
    radius: float
    height: float


Group = tuple[tuple[Fold | Mound, ...], Mapping[str, float]]
"""Creases and swellings, and the weights of the shapes that raise them."""


def _at(*ids: int) -> Place:
    return tuple((i, 1.0 / len(ids)) for i in ids)


def _mix(*parts: tuple[int, float]) -> Place:
    return parts


_MIRROR = {
    8: 8, 9: 9, 10: 10, 18: 18, 31: 261, 35: 265, 43: 273, 50: 280, 55: 285, 57: 287, 61: 291, 66: 296, 67: 297,
    69: 299, 83: 313, 101: 330, 103: 332, 104: 333, 105: 334, 107: 336, 108: 337, 109: 338, 122: 351, 98: 327, 129: 358,
    143: 372, 151: 151, 168: 168, 6: 6, 187: 411, 193: 417, 194: 418, 197: 197, 200: 200, 201: 421, 202: 422,
    203: 423, 204: 424, 205: 425, 206: 426, 207: 427, 210: 430, 212: 432, 214: 434, 216: 436, 226: 446, 228: 448,
    229: 449, 230: 450, 186: 410, 117: 346, 111: 340,
}  # fmt: skip


def _mirrored(part: Fold | Mound) -> Fold | Mound:
    def other(place: Place) -> Place:
        return tuple((_MIRROR[i], w) for i, w in place)

    if isinstance(part, Mound):
        return part._replace(middle=other(part.middle))
    return part._replace(curve=tuple(other(place) for place in part.curve))


def _brow_line(share: float) -> tuple[Place, ...]:
    """A line across the right half of the forehead, between the brow (0) and the row of the mesh above it (1)."""
    pairs = ((105, 104), (66, 69), (107, 108), (9, 151))
    return tuple(_mix((low, 1 - share), (high, share)) for low, high in pairs)


_RIGHT: Mapping[str, Group] = {
    "nasolabial": (
        (
            Fold(
                (_at(129, 98), _at(129, 203), _at(203, 206), _at(206, 216), _at(216, 186, 57), _at(212, 57)),
                3.3, 0.30, outer=True, ends=(0.15, 0.4),
            ),
            Mound(_at(205, 50, 101), 14.0, 0.06),
        ),
        {"mouthSmile": 0.8, "noseSneer": 0.45, "cheekSquint": 0.25, "mouthUpperUp": 0.25, "mouthStretch": 0.15},
    ),
    "brow raised": (
        (
            Fold(_brow_line(0.42), 2.1, 0.15, ends=(0.35, 0.06)),
            Fold(_brow_line(0.85), 2.3, 0.16, ends=(0.35, 0.06)),
            Fold(_brow_line(1.30), 2.1, 0.11, ends=(0.45, 0.06)),
        ),
        {"browInnerUp": 0.5, "browOuterUp": 0.55},
    ),
    "brow lowered": (
        (
            Fold(
                (_mix((107, 0.75), (9, 0.5), (108, -0.25)), _mix((55, 0.55), (8, 0.45)), _mix((55, 0.4), (193, 0.6))),
                2.4, 0.16,
            ),
        ),
        {"browDown": 0.8, "noseSneer": 0.35},
    ),
    "eye corner": (
        (
            Fold((_at(226), _at(35), _at(143)), 0.9, 0.10),
            Fold(
                (_mix((226, 1.1), (31, -0.1)), _mix((35, 1.7), (111, -0.7)), _mix((143, 1.6), (111, -0.6))), 0.9, 0.09
            ),
            Fold(
                (_mix((226, 0.6), (31, 0.4)), _mix((35, 0.45), (111, 0.55)), _mix((143, 0.2), (117, 0.8))), 0.9, 0.08
            ),
            Fold((_at(31), _at(228), _at(229), _at(230)), 1.6, 0.10),
        ),
        {"cheekSquint": 0.6, "eyeSquint": 0.4, "mouthSmile": 0.25},
    ),
    "mouth corner": (
        (Fold((_at(61, 57), _at(43, 202), _at(204, 210), _mix((204, 0.3), (210, 0.7))), 2.2, 0.20),),
        {"mouthFrown": 0.9, "mouthPress": 0.2},
    ),
    "cheek filled": (
        (Mound(_mix((207, 0.45), (187, 0.15), (214, 0.4)), 19.0, 0.10),),
        {"cheekPuff": 1.0},
    ),
}  # fmt: skip

_MIDDLE: Mapping[str, Group] = {
    "nose bridge": (
        (Fold((_at(193), _at(168, 6), _at(417)), 2.0, 0.10),),
        {"browDownLeft": 0.35, "browDownRight": 0.35, "noseSneerLeft": 0.35, "noseSneerRight": 0.35},
    ),
    "chin": (
        (
            Fold((_at(194, 204), _at(83, 201), _mix((18, 0.55), (200, 0.45)), _at(313, 421), _at(418, 424)), 3.0, 0.22),
            Mound(_at(200), 9.0, 0.06),
        ),
        {
            "mouthShrugLower": 0.7, "mouthFrownLeft": 0.25, "mouthFrownRight": 0.25, "jawForward": 0.8,
            "mouthPucker": 0.15,
        },
    ),
}  # fmt: skip


def fold_groups() -> dict[str, Group]:
    """Name -> its creases and swellings, and the weights of the shapes that raise them; order is that of every axis."""
    out = dict(_MIDDLE)
    for name, (parts, shapes) in _RIGHT.items():
        for side in ("Right", "Left"):
            named = {k if k in ARKIT_NAMES else k + side: v for k, v in shapes.items()}
            mine = parts if side == "Right" else tuple(_mirrored(part) for part in parts)
            out[f"{name} {side.lower()}"] = (mine, named)
    return out
