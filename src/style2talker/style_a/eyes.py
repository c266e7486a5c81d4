"""Portrait + face points -> eyes: lids that close over skin of their own, an eyeball that turns behind them.

The mesh carries the skin around the eyes; what happens between the lids is painted into the picture before it is
warped. So lashes are never stretched, a gaze moves the iris and not the skin, and lids that meet leave nothing open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from style2talker.face.rig import LID_PAIRS
from style2talker.records import FloatArray, ImageArray, Portrait
from style2talker.style_a.eyeball import Eyeball, make_eyeball
from style2talker.style_a.lid_skin import BROWS, LidSkin, lash_line, make_lid_skin
from style2talker.style_a.lids import compose_eye, place_eye
from style2talker.style_a.light import face_light
from style2talker.style_a.mesh import LEFT_EYE, RIGHT_EYE, face_triangles

__all__ = ["Eye", "build_eyes", "paint_eye", "skin_only"]

Box = tuple[int, int, int, int]
_CORNERS = {"Right": (33, 133), "Left": (362, 263)}
_IRIS = {"Right": (468, 469, 470, 471, 472), "Left": (473, 474, 475, 476, 477)}
_RINGS = {"Right": RIGHT_EYE, "Left": LEFT_EYE}
_TABLE = 97
_BALL_RADIUS = 0.43
"""Radius of an eyeball over the distance between the corners of the eye: 12 mm to 28 mm."""
_ENOUGH = 0.4
"""Pixels of motion from which on the painted eye is shown wholly."""


def _arc() -> FloatArray:
    """(n, n) that takes a table to the cubic nearest to it between the corners, and leaves it beyond them."""
    place = np.linspace(-1.24, 1.24, _TABLE)
    inside = np.abs(place) < 1.0
    powers = np.vander(place, 4)
    fit = powers @ np.linalg.pinv(powers[inside])
    out = np.eye(_TABLE)
    keep = np.clip((1.0 - np.abs(place)) / 0.25, 0, 1)[:, None]
    nearest = np.zeros((_TABLE, _TABLE))
    nearest[:, inside] = fit
    return np.asarray(out + (nearest - out) * keep, dtype=np.float32)


_ARC = _arc()


@dataclass(frozen=True, slots=True, eq=False)
class Eye:
    """One eye of a portrait, ready to be painted.

    Attributes:
        box: (left, top, right, bottom) in pixels of the picture.
        right: (2,) unit vector along the eye, to the right of the picture.
        down: (2,) unit vector across it, down.
        upper: point ids along the upper edge, corners included, from left to right in the picture.
        lower: point ids along the lower edge likewise.
        iris: point ids of the iris.
        spread: (n, 9) float32, values at the points of an edge -> table along the eye.
        rest: (4, n) float32 pixels across the eye: line above, upper edge, lower edge, line below.
        s_index: (h, w) float32, the place of each pixel in the tables.
        across: (h, w) float32, pixels below the line through the corners.
        ball: what lies behind the lids.
        skin: what the lids show when they close.
        width: distance between the corners in pixels.
        softness: pixels over which the edge of a lid is blurred.
    """

    box: Box
    right: FloatArray
    down: FloatArray
    upper: tuple[int, ...]
    lower: tuple[int, ...]
    iris: tuple[int, ...]
    spread: FloatArray
    rest: FloatArray
    s_index: FloatArray
    across: FloatArray
    ball: Eyeball
    skin: LidSkin
    width: float
    softness: float


def skin_only(
    points: FloatArray, ring: Sequence[int], iris: Sequence[int]
) -> tuple[NDArray[np.intp], NDArray[np.intp], FloatArray]:
    """How the skin around an eye would carry the points within, if nothing moved on its own.

    Args:
        points: (V, 3) the portrait's points.
        ring: ids around the opening.
        iris: ids within it.

    Returns:
        Ids (I,) of ring and iris, ids (B,) of the skin points next to the ring, and weights (I, B). The ring follows by
        discrete harmonic interpolation with the edges of the mesh as springs (Tutte 1963), lids tied to each other as
        well; the iris follows the ring by inverse squared distance (Shepard 1968).
    """
    edges = {tuple(sorted(e)) for t in face_triangles().tolist() for e in ((t[0], t[1]), (t[1], t[2]), (t[2], t[0]))}
    inside = set(ring)
    ties = [(a, b) for a, b in edges if (a in inside) or (b in inside)]
    for pairs in LID_PAIRS.values():
        ties += [pair for pair in pairs if pair[0] in inside]
    border = np.array(sorted({n for tie in ties for n in tie} - inside))
    inner = np.array(sorted(inside))
    row = {int(n): i for i, n in enumerate(inner)}
    column = {int(n): i for i, n in enumerate(border)}
    laplace, pull = np.zeros((len(inner), len(inner))), np.zeros((len(inner), len(border)))
    for a, b in ties:
        spring = 1.0 / max(float(np.linalg.norm(points[a, :2] - points[b, :2])), 0.5)
        for one, other in ((a, b), (b, a)):
            if one not in row:
                continue
            laplace[row[one], row[one]] += spring
            if other in row:
                laplace[row[one], row[other]] -= spring
            else:
                pull[row[one], column[other]] += spring
    around = np.linalg.solve(laplace, pull)
    distance = np.linalg.norm(points[list(iris), None, :2] - points[None, inner, :2], axis=2)
    near = 1.0 / np.maximum(distance, 0.5) ** 2
    within = (near / near.sum(axis=1, keepdims=True)) @ around
    return np.concatenate([inner, list(iris)]), border, np.vstack([around, within]).astype(np.float32)


def _edges(side: str, points: FloatArray) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Point ids of the upper and the lower edge from left to right in the picture."""
    upper, lower = zip(*LID_PAIRS[side], strict=True)
    first, last = _CORNERS[side]
    if abs(points[upper[0], 0] - points[first, 0]) > abs(points[upper[0], 0] - points[last, 0]):
        upper, lower = upper[::-1], lower[::-1]
    return (first, *upper, last), (first, *lower, last)


def _spread(s: NDArray[np.float64], low: float, high: float) -> FloatArray:
    """(n, 9) from values at the places `s` (9,) to a table over low..high; monotone cubic, flat beyond the corners."""
    order = np.maximum.accumulate(s + np.arange(len(s)) * 1e-3)
    at = np.clip(np.linspace(low, high, _TABLE), order[0], order[-1])
    # Linear in the values only for each unit vector on its own, so linear weights keep the operator one matrix.
    hats = np.stack([np.interp(at, order, unit) for unit in np.eye(len(s))], axis=1)
    kernel = np.hanning(19) / np.hanning(19).sum()
    smooth = np.stack([np.convolve(np.pad(hat, 9, "edge"), kernel, "valid") for hat in hats.T], axis=1)
    return smooth.astype(np.float32)


def _lines(points: FloatArray, ids: tuple[int, ...], origin: FloatArray, axes: FloatArray) -> NDArray[np.float64]:
    """(2, N): s and t of points."""
    return np.asarray(axes @ (points[list(ids), :2] - origin).T, dtype=np.float64)


def build_eyes(portrait: Portrait) -> tuple[Eye, ...]:
    """Prepare the eyes of a portrait (once); an eye that the picture cuts off or hardly shows is left out."""
    light = face_light(portrait)
    eyes = (_build_eye(portrait, side, light) for side in ("Right", "Left"))
    return tuple(eye for eye in eyes if eye is not None)


def _build_eye(portrait: Portrait, side: str, light: FloatArray) -> Eye | None:
    points = portrait.landmarks
    upper, lower = _edges(side, points)
    first, last = points[upper[0], :2], points[upper[-1], :2]
    width = float(np.linalg.norm(last - first))
    rows, columns = portrait.pixels.shape[:2]
    if width < 6.0:
        return None
    right = ((last - first) / width).astype(np.float32)
    down = np.array([-right[1], right[0]], dtype=np.float32)
    origin = ((first + last) / 2).astype(np.float32)
    axes = np.stack([right, down])
    corners = np.array([(s, t) for s in (-0.85 * width, 0.85 * width) for t in (-0.85 * width, 0.75 * width)])
    places = origin + corners @ axes
    left, top = np.floor(places.min(axis=0)).astype(int).tolist()
    end, bottom = np.ceil(places.max(axis=0)).astype(int).tolist()
    box = max(left, 0), max(top, 0), min(end, columns), min(bottom, rows)
    seen = points[list(_RINGS[side]), :2]
    if (seen < np.array(box[:2]) + 1).any() or (seen > np.array(box[2:]) - 2).any():
        return None
    y, x = np.mgrid[box[1] : box[3], box[0] : box[2]].astype(np.float32)
    along = (x - origin[0]) * right[0] + (y - origin[1]) * right[1]
    across = (x - origin[0]) * down[0] + (y - origin[1]) * down[1]
    (s_up, t_up), (s_low, t_low) = (_lines(points, ids, origin, axes) for ids in (upper, lower))
    low_s, high_s = -0.62 * width, 0.62 * width
    spread = _spread((s_up + s_low) / 2, low_s, high_s)
    table = np.linspace(low_s, high_s, _TABLE)
    edges = np.stack([_curve(s_up, t_up, table), _curve(s_low, t_low, table)])
    edges[1] = np.maximum(edges[1], edges[0])
    opening = float((edges[1] - edges[0]).max())
    brow_s, brow_t = _lines(points, BROWS[side], origin, axes)
    above = np.interp(table, brow_s, brow_t) + 0.05 * width
    above = np.clip(above, edges[0] - 0.50 * width, edges[0] - 0.16 * width)
    lines = np.stack([above, edges[0], edges[1], edges[1] + 0.40 * width])
    s_index = (along - low_s) / (high_s - low_s) * (_TABLE - 1)
    softness = max(0.10 * opening, 1.2)
    color = portrait.pixels[box[1] : box[3], box[0] : box[2]].astype(np.float32) / 255.0
    at_rest = [np.interp(s_index, np.arange(_TABLE), line).astype(np.float32) for line in lines]
    seen_ball = np.clip((across - at_rest[1]) / softness + 0.5, 0, 1) * np.clip(
        (at_rest[2] - across) / softness + 0.5, 0, 1
    )
    inner = (s_index > 0) & (s_index < _TABLE - 1)
    iris = points[list(_IRIS[side]), :2] - np.array(box[:2], dtype=np.float32)
    radius = float(np.linalg.norm(iris[1:] - iris[0], axis=1).mean())
    ball = make_eyeball(color, across - at_rest[1], (seen_ball * inner).astype(np.float32), iris[0], radius, light)
    skin = make_lid_skin(portrait, box, color, across - at_rest[1], at_rest[2] - across, along, width, opening, side)
    return Eye(
        box, right, down, upper, lower, _IRIS[side], spread, lines.astype(np.float32),
        s_index.astype(np.float32), across.astype(np.float32), ball, skin, width, softness,
    )  # fmt: skip


def _curve(s: NDArray[np.float64], t: NDArray[np.float64], table: NDArray[np.float64]) -> NDArray[np.float64]:
    """An edge over the table: monotone cubic through its points (Fritsch & Carlson 1980), level beyond the corners."""
    order = np.maximum.accumulate(s + np.arange(len(s)) * 1e-3)
    edge = PchipInterpolator(order, t)(np.clip(table, order[0], order[-1]))
    return np.convolve(np.pad(edge, 6, "edge"), np.hanning(13) / np.hanning(13).sum(), "valid")


def paint_eye(
    eye: Eye, under: ImageArray, rest: FloatArray, face: FloatArray, carried: FloatArray, out: ImageArray
) -> bool:
    """Paint an eye as it is in a frame, before the mesh warps it.

    Args:
        eye: the eye.
        under: (h, w, >= 3) uint8, the box of the eye in the still picture.
        rest: (V, 3) the portrait's points.
        face: (V, 3) points of this frame before head motion.
        carried: (V, 3) the same, but the eye's own points as the skin around carries them.
        out: (h, w, >= 3) uint8, written unless the eye is as in the portrait.

    Returns:
        Whether anything was painted.
    """
    axes = np.stack([eye.right, eye.down])
    own: list[NDArray[np.floating]] = [
        (face[list(ids), :2] - rest[list(ids), :2]) @ axes.T for ids in (eye.upper, eye.lower)
    ]  # 2 x (9, 2)
    given: list[NDArray[np.floating]] = [
        (carried[list(ids), :2] - rest[list(ids), :2]) @ axes.T for ids in (eye.upper, eye.lower)
    ]
    drift = np.concatenate([(eye.spread @ values).T for values in given]).astype(np.float32)  # (4, n)
    moved = _moved_edges(eye, own, given)
    gaze = (face[list(eye.iris), :2] - rest[list(eye.iris), :2]).mean(axis=0)
    most = max(float(np.abs(moved - eye.rest[1:3]).max()), float(np.abs(drift).max()), float(np.abs(gaze).max()))
    amount = min(most / _ENOUGH, 1.0)
    if amount < 0.02:
        return False
    shape = eye.across.shape
    maps = np.empty((6, *shape), dtype=np.float32)
    place_eye(
        eye.s_index, eye.across, *map(float, eye.down), *map(float, eye.right), eye.rest, moved, drift, eye.softness,
        *maps,
    )  # fmt: skip
    lid_x, lid_y, ball_x, ball_y, opening, below = maps
    closed = _closed(eye, moved)
    source = cv2.addWeighted(np.ascontiguousarray(under[..., :3]), 1.0 - closed, eye.skin.bare, closed, 0.0)
    skin = cv2.remap(source, lid_x, lid_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    white, iris, glint = _turned(eye, gaze, ball_x, ball_y)
    line = lash_line(eye.skin, below, eye.s_index, closed)
    compose_eye(
        under, skin, white, iris, glint, opening, below, eye.ball.shadow, eye.ball.reach, line, eye.skin.dark,
        amount, out,
    )  # fmt: skip
    return True


def _moved_edges(eye: Eye, own: list[NDArray[np.floating]], given: list[NDArray[np.floating]]) -> FloatArray:
    """The edges (2, n) in the still picture that the mesh will carry to where the face has them."""
    up0, low0 = eye.rest[1], eye.rest[2]
    (own_up, own_low), (given_up, given_low) = (
        ((eye.spread @ values)[:, 1] for values in own),
        ((eye.spread @ values)[:, 1] for values in given),
    )
    slope = np.clip((given_low - given_up) / np.maximum(low0 - up0, 1.0), -0.6, 1.5)
    up = up0 + (own_up - given_up) / (1.0 + slope)
    low = low0 + (own_low - given_up - slope * (low0 - up0)) / (1.0 + slope)
    moved = np.stack([up, np.maximum(low, up)]).astype(np.float32)
    # Shut lids meet in a smooth arc, however the corners of the mesh waver.
    closed = _closed(eye, moved)
    return np.asarray(moved + (moved @ _ARC.T - moved) * closed, dtype=np.float32)


def _closed(eye: Eye, moved: FloatArray) -> float:
    """0 for lids as in the portrait .. 1 for lids that meet."""
    rest = float((eye.rest[2] - eye.rest[1]).max())
    now = float((moved[1] - moved[0]).max())
    u = float(np.clip((1.0 - now / max(rest, 1e-3) - 0.12) / 0.6, 0, 1))
    return u * u * (3 - 2 * u)


def _turned(
    eye: Eye, gaze: NDArray[np.float32], ball_x: FloatArray, ball_y: FloatArray
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """White, iris and catch-light (h, w, ...) of an eye that has turned by `gaze` pixels."""
    ball = eye.ball
    edge = cv2.BORDER_REPLICATE
    white = cv2.remap(ball.white, ball_x, ball_y, cv2.INTER_LINEAR, borderMode=edge)
    # A disc on a ball narrows in the direction of the turn.
    length = float(np.hypot(*gaze))
    narrow = float(np.sqrt(max(1.0 - (length / (_BALL_RADIUS * eye.width)) ** 2, 0.25)))
    x, y = ball_x - (ball.centre[0] + gaze[0]), ball_y - (ball.centre[1] + gaze[1])
    if length > 1e-3:
        gx, gy = gaze / length
        wider = (x * gx + y * gy) * (1.0 / narrow - 1.0)
        x, y = x + wider * gx, y + wider * gy
    iris = cv2.remap(ball.iris, x + ball.centre[0], y + ball.centre[1], cv2.INTER_CUBIC, borderMode=edge)
    # The cornea is a mirror whose middle lies half-way to the pupil: its image of the lamp moves half as far.
    glint = cv2.remap(ball.glint, ball_x - 0.5 * gaze[0], ball_y - 0.5 * gaze[1], cv2.INTER_LINEAR, borderMode=edge)
    return white, iris, glint
