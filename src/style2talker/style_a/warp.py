"""Moved control points + layers -> warped picture.

Triangles are rasterised with a depth test to a coarse field of displacements, which is then brought to full size and
used to sample the person: the field is smooth, so a quarter of the pixels is enough, and where nothing moves the
picture comes back bit for bit. Work is limited to the box of what moves; large arrays are allocated once.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numba import njit
from numpy.typing import NDArray

from style2talker.records import FloatArray, ImageArray
from style2talker.style_a.layers import Layers

__all__ = ["LayerWarp", "blend", "rasterise", "unblend"]

_STEP, _WIDE_STEP, _WIDE = 2, 4, 800
"""Pixels per cell of the coarse field, of a region up to so many pixels wide, and of a wider one."""
_BAND = 64
"""Rows that are drawn at a time, each band as wide as the person is there."""
_STILL = 0.01
"""Pixels by which a point may be off its place and still count as unmoved: the sampler would not see it."""

Box = tuple[int, int, int, int]


@njit(cache=True, nogil=True, fastmath=False)  # type: ignore[untyped-decorator]
def rasterise(
    moved: Any,
    rest: Any,
    triangles: Any,
    origin_x: float,
    origin_y: float,
    step: float,
    field: Any,
    depth: Any,
) -> None:
    """Fill `field` (h, w, 2) with rest minus moved position of the nearest triangle at each cell, 0 where none is.

    Args:
        moved: (P, 3) float32 positions in this frame; smaller z is nearer.
        rest: (P, 3) float32 positions in the picture.
        triangles: (F, 3) int32.
        origin_x: pixel column of the centre of cell 0.
        origin_y: pixel row of the centre of cell 0.
        step: pixels per cell.
        field: (h, w, 2) float32, written.
        depth: (h, w) float32, scratch.
    """
    rows, columns = depth.shape
    field[:] = 0.0
    depth[:] = np.inf
    for t in range(triangles.shape[0]):
        a, b, c = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        ax, ay = (moved[a, 0] - origin_x) / step, (moved[a, 1] - origin_y) / step
        bx, by = (moved[b, 0] - origin_x) / step, (moved[b, 1] - origin_y) / step
        cx, cy = (moved[c, 0] - origin_x) / step, (moved[c, 1] - origin_y) / step
        area = (bx - ax) * (cy - ay) - (cx - ax) * (by - ay)
        if abs(area) < 1e-9:
            continue
        x0 = max(0, int(np.floor(min(ax, bx, cx))))
        x1 = min(columns - 1, int(np.ceil(max(ax, bx, cx))))
        y0 = max(0, int(np.floor(min(ay, by, cy))))
        y1 = min(rows - 1, int(np.ceil(max(ay, by, cy))))
        dax, day = rest[a, 0] - moved[a, 0], rest[a, 1] - moved[a, 1]
        dbx, dby = rest[b, 0] - moved[b, 0], rest[b, 1] - moved[b, 1]
        dcx, dcy = rest[c, 0] - moved[c, 0], rest[c, 1] - moved[c, 1]
        inverse = 1.0 / area
        for y in range(y0, y1 + 1):
            for x in range(x0, x1 + 1):
                wb = ((x - ax) * (cy - ay) - (cx - ax) * (y - ay)) * inverse
                wc = ((bx - ax) * (y - ay) - (x - ax) * (by - ay)) * inverse
                wa = 1.0 - wb - wc
                if wa < -1e-4 or wb < -1e-4 or wc < -1e-4:
                    continue
                z = wa * moved[a, 2] + wb * moved[b, 2] + wc * moved[c, 2]
                if z < depth[y, x]:
                    depth[y, x] = z
                    field[y, x, 0] = wa * dax + wb * dbx + wc * dcx
                    field[y, x, 1] = wa * day + wb * dby + wc * dcy


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def blend(front: Any, plate: Any, out: Any) -> None:
    """Lay premultiplied colours `front` (h, w, 4) over `plate` (h, w, 3) into `out` (h, w, 3), all uint8."""
    for y in range(front.shape[0]):
        for x in range(front.shape[1]):
            through = 255 - np.int32(front[y, x, 3])
            for c in range(3):
                value = np.int32(front[y, x, c])
                if through > 0:
                    value += (through * np.int32(plate[y, x, c]) + 127) // 255
                out[y, x, c] = min(value, 255)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def unblend(front: Any, plate: Any, out: Any) -> None:
    """Premultiplied colours `front` (h, w, 4) as plain colours with opacity `out` (h, w, 4), all uint8.

    What cannot be seen has the colour of `plate` (h, w, 3).
    """
    for y in range(front.shape[0]):
        for x in range(front.shape[1]):
            alpha = np.int32(front[y, x, 3])
            out[y, x, 3] = alpha
            for c in range(3):
                value = np.int64(front[y, x, c])
                if alpha == 0:
                    value = np.int64(plate[y, x, c])
                elif alpha < 255:
                    value = (value * 255 + alpha // 2) // alpha
                out[y, x, c] = min(value, 255)


def _around(boxes: list[Box], within: Box, step: int) -> Box | None:
    """The part within a box of the box around others, from a whole cell on; None where there is none."""
    if not boxes:
        return None
    left, top, right, bottom = zip(*boxes, strict=True)
    x0, y0 = max(min(left) // step * step, within[0]), max(min(top) // step * step, within[1])
    x1, y1 = min(max(right), within[2]), min(max(bottom), within[3])
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def _extent(front: ImageArray) -> NDArray[np.int64]:
    """First column and the one behind the last (h, 2) in which each row of a layer (h, w, 4) shows anything."""
    shown: NDArray[np.bool_] = np.any(front > 0, axis=2)
    width = shown.shape[1]
    first = np.where(shown.any(axis=1), shown.argmax(axis=1), width)
    last = np.where(shown.any(axis=1), width - shown[:, ::-1].argmax(axis=1), 0)
    return np.stack([first, last], axis=1)


class LayerWarp:
    """Warps the layers of one portrait, frame after frame, in buffers that it keeps."""

    def __init__(self, layers: Layers, rest: FloatArray, triangles: NDArray[np.int32]) -> None:
        """Allocate what every frame needs.

        Args:
            layers: the portrait taken apart.
            rest: (P, 3) control points at rest, pixels of the picture.
            triangles: (F, 3) of them.
        """
        self._layers = layers
        self._rest = rest
        self._triangles = triangles
        left, top, right, bottom = layers.region
        self._step = step = _STEP if right - left <= _WIDE else _WIDE_STEP
        height, width = layers.still.shape[:2]
        self._shown = max(-left, 0), max(-top, 0), min(right, width) - left, min(bottom, height) - top
        rows, columns = -(-(bottom - top) // step) + 2, -(-(right - left) // step) + 2
        self._field = np.empty((rows, columns, 2), dtype=np.float32)
        self._depth = np.empty((rows, columns), dtype=np.float32)
        self._full = np.empty((rows * step, columns * step, 2), dtype=np.float32)
        self._grid = np.empty((bottom - top, right - left, 2), dtype=np.float32)
        self._grid[..., 0] = np.arange(right - left, dtype=np.float32)[None]
        self._grid[..., 1] = np.arange(bottom - top, dtype=np.float32)[:, None]
        self._maps = np.empty_like(self._grid)
        self._front = np.empty_like(layers.front)
        self._extent = _extent(layers.front)

    def moved_box(self, moved: FloatArray) -> Box | None:
        """(left, top, right, bottom) in the region of all that moves within the picture; None where nothing does."""
        left, top, _, _ = self._layers.region
        off = np.abs(moved[:, :2] - self._rest[:, :2]).max(axis=1) > _STILL
        ids = self._triangles[off[self._triangles].any(axis=1)]
        if not len(ids):
            return None
        places = np.concatenate([moved[ids.ravel(), :2], self._rest[ids.ravel(), :2]]) - (left, top)
        low = np.floor(places.min(axis=0)).astype(int) - 2
        high = np.ceil(places.max(axis=0)).astype(int) + 3
        return _around([(int(low[0]), int(low[1]), int(high[0]), int(high[1]))], self._shown, self._step)

    def draw(
        self, moved: FloatArray, frame: ImageArray, person: ImageArray | None = None, changed: Box | None = None
    ) -> None:
        """Draw the moved region into a frame that holds the still picture, in place.

        Args:
            moved: (P, 3) float32 control points of this frame.
            frame: (H, W, 3) uint8, (H, W, 4) where nothing stands behind.
            person: (h, w, 4) uint8 to warp in place of the layers' own front.
            changed: (left, top, right, bottom) in the region, where that differs from the front.
        """
        box = _around([b for b in (self.moved_box(moved), changed) if b is not None], self._shown, self._step)
        if box is None:
            return
        x0, y0, x1, y1 = box
        left, top, _, _ = self._layers.region
        source = self._layers.front if person is None else person
        lay = unblend if frame.shape[2] == 4 else blend
        maps = self.maps(moved, box)
        farthest = int(np.ceil(np.abs(moved[:, :2] - self._rest[:, :2]).max())) + 2
        for begin in range(y0, y1, _BAND):
            end = min(begin + _BAND, y1)
            first, last = self._reached(begin - farthest, end + farthest)
            first, last = max(first - farthest, x0), min(last + farthest, x1)
            if first >= last:
                continue
            front = self._front[: end - begin, : last - first]
            places = maps[begin - y0 : end - y0, first - x0 : last - x0]
            cv2.remap(source, places, None, cv2.INTER_CUBIC, dst=front, borderMode=cv2.BORDER_REFLECT_101)
            out = frame[top + begin : top + end, left + first : left + last]
            lay(front, self._layers.plate[begin:end, first:last], out)

    def _reached(self, begin: int, end: int) -> tuple[int, int]:
        """Columns between which the person lies in some rows of the region."""
        rows = self._extent[max(begin, 0) : max(end, 0)]
        return (int(rows[:, 0].min()), int(rows[:, 1].max())) if len(rows) else (0, 0)

    def maps(self, moved: FloatArray, box: Box) -> FloatArray:
        """Where (h, w, 2) in the region each pixel of a box of it comes from; valid until the next call."""
        x0, y0, x1, y1 = box
        left, top, _, _ = self._layers.region
        width, height = x1 - x0, y1 - y0
        # One cell of margin on each side keeps the bilinear enlargement exact up to the border.
        step = self._step
        columns, rows = -(-width // step) + 2, -(-height // step) + 2
        field, depth = self._field[:rows, :columns], self._depth[:rows, :columns]
        start = 0.5 * step - 0.5 - step
        rasterise(moved, self._rest, self._triangles, left + x0 + start, top + y0 + start, float(step), field, depth)
        full = self._full[: rows * step, : columns * step]
        cv2.resize(field, (columns * step, rows * step), dst=full, interpolation=cv2.INTER_LINEAR)
        maps = self._maps[:height, :width]
        np.add(full[step : step + height, step : step + width], self._grid[y0:y1, x0:x1], out=maps)
        return maps
