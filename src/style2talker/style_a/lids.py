"""Where lids and eyeball lie in the box of one eye, pixel by pixel: numba kernels.

Along the eye (s) the edges of the lids are tables; across it (t, downwards) each lid is stretched between a line that
stays put and its own edge, with a narrow band at the edge that moves as a whole, so that lashes keep their length.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

__all__ = ["compose_eye", "place_eye"]


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _stretched(t: float, far: float, edge: float, moved: float, band: float) -> float:
    """Where on the lid at rest the point t lies, once the edge of the lid has moved; `far` does not move.

    `band` is the signed width of what moves as a whole beside the edge, towards `far`.
    """
    room, now = edge - band - far, moved - band - far
    if abs(room) < 1e-3 or room * now <= 0.0:
        return t - (moved - edge)
    along = (t - far) / now
    if along <= 0.0:
        return t
    if along >= 1.0:
        return t - (moved - edge)
    return far + along * room


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def place_eye(
    s_index: Any, across: Any, down_x: float, down_y: float, right_x: float, right_y: float,
    rest: Any, moved: Any, drift: Any, softness: float, lid_x: Any, lid_y: Any, ball_x: Any, ball_y: Any,
    opening: Any, below: Any,
) -> None:  # fmt: skip
    """Fill the maps of one eye.

    Args:
        s_index: (h, w) float32, the place of each pixel in the tables.
        across: (h, w) float32, pixels below the line through the corners of the eye.
        down_x: x of the unit vector down across the eye.
        down_y: y of it.
        right_x: x of the unit vector along the eye.
        right_y: y of it.
        rest: (4, n) float32, t of: line above, upper edge, lower edge, line below.
        moved: (2, n) float32, t of the edges in this frame.
        drift: (4, n) float32, how far the mesh will carry the edges: s and t of the upper, s and t of the lower one.
        softness: pixels over which an edge is blurred.
        lid_x: (h, w) float32, column in the box of the skin seen at each pixel, written.
        lid_y: row of it, written.
        ball_x: column in the box of the eyeball behind each pixel, written.
        ball_y: row of it, written.
        opening: (h, w) float32 in 0..1, how much of the eyeball is seen, written.
        below: (h, w) float32, pixels below the upper edge, written.
    """
    rows, columns = s_index.shape
    last = rest.shape[1] - 2
    for y in range(rows):
        for x in range(columns):
            place = s_index[y, x]
            k = min(max(int(place), 0), last)
            f = min(max(place - k, np.float32(0.0)), np.float32(1.0))
            t = across[y, x]
            above = rest[0, k] + f * (rest[0, k + 1] - rest[0, k])
            up0 = rest[1, k] + f * (rest[1, k + 1] - rest[1, k])
            low0 = rest[2, k] + f * (rest[2, k + 1] - rest[2, k])
            under = rest[3, k] + f * (rest[3, k + 1] - rest[3, k])
            up = moved[0, k] + f * (moved[0, k + 1] - moved[0, k])
            low = moved[1, k] + f * (moved[1, k + 1] - moved[1, k])
            below[y, x] = t - up
            if t < 0.5 * (up + low):
                source = _stretched(t, above, up0, up, 0.25 * (up0 - above))
            else:
                source = _stretched(t, under, low0, low, 0.25 * (low0 - under))
            lid_x[y, x] = x + (source - t) * down_x
            lid_y[y, x] = y + (source - t) * down_y
            upper = min(max((t - up) / softness + np.float32(0.5), np.float32(0.0)), np.float32(1.0))
            lower = min(max((low - t) / softness + np.float32(0.5), np.float32(0.0)), np.float32(1.0))
            gap = min(max((low - up) / softness, np.float32(0.0)), np.float32(1.0))
            opening[y, x] = upper * lower * gap
            span = low - up
            share = 0.5 if span < 1.0 else min(max((t - up) / span, np.float32(0.0)), np.float32(1.0))
            ds = drift[0, k] + f * (drift[0, k + 1] - drift[0, k])
            dt = drift[1, k] + f * (drift[1, k + 1] - drift[1, k])
            ds += share * (drift[2, k] + f * (drift[2, k + 1] - drift[2, k]) - ds)
            dt += share * (drift[3, k] + f * (drift[3, k + 1] - drift[3, k]) - dt)
            ball_x[y, x] = x + ds * right_x + dt * down_x
            ball_y[y, x] = y + ds * right_y + dt * down_y


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def compose_eye(
    under: Any, skin: Any, white: Any, iris: Any, glint: Any, opening: Any, below: Any, shadow: Any, reach: float,
    line: Any, line_color: Any, amount: float, out: Any,
) -> None:  # fmt: skip
    """Blend skin, eyeball and lash line over the still picture of the eye into `out` (h, w, >= 3) uint8.

    Args:
        under: (h, w, >= 3) uint8, the still picture.
        skin: (h, w, 3) uint8, the lids as they lie now.
        white: (h, w, 3) float32 in 0..1, the eyeball without its iris.
        iris: (h, w, 4) float32 premultiplied.
        glint: (h, w, 3) float32.
        opening: (h, w) float32 in 0..1.
        below: (h, w) float32, pixels below the edge of the upper lid.
        shadow: (n,) float32 in 0..1, light under the lid at even steps.
        reach: pixels that the shadow reaches.
        line: (h, w) float32 in 0..1, opacity of the lash line and the crease.
        line_color: (3,) float32 in 0..1.
        amount: 0..1, how much of all this is shown.
        out: written.
    """
    rows, columns = opening.shape
    steps = shadow.shape[0] - 1
    for y in range(rows):
        for x in range(columns):
            place = min(max(below[y, x] / reach * steps, np.float32(0.0)), np.float32(steps) - np.float32(1e-3))
            k = int(place)
            light = shadow[k] + (place - k) * (shadow[k + 1] - shadow[k])
            seen, dark = opening[y, x], line[y, x]
            clear = 1.0 - iris[y, x, 3]
            for c in range(3):
                ball = (white[y, x, c] * clear + iris[y, x, c]) * light + glint[y, x, c]
                value = skin[y, x, c] + (255.0 * ball - skin[y, x, c]) * seen
                value += (255.0 * line_color[c] - value) * dark
                old = np.float32(under[y, x, c])
                value = old + (value - old) * amount
                out[y, x, c] = np.uint8(min(max(value + 0.5, 0.0), 255.0))
