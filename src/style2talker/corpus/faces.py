"""Boxes of faces in the frames of a video -> who is seen from when to when, and the square that shows them throughout.

The rules are those of the published cropping script (from the video preprocessing of Siarohin et al., "First Order
Motion Model", 2019): a face is followed while its box overlaps the first one; all its boxes are joined, widened by a
margin and made square. In place of a crop that is squeezed at the border of the picture, the square is moved inside.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from style2talker.face.align import Crop
from style2talker.face.landmarks import SMALLEST_FACE, as_image, open_landmarker, read_faces
from style2talker.face.plausible import strangeness
from style2talker.face.quiet import quiet_stderr
from style2talker.records import FloatArray, ImageArray

__all__ = ["Boxes", "FaceSpan", "Finder", "Follower", "open_finder", "overlap", "sampled"]

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in pixels."""
Boxes = list[Box]

_LOOK = 320  # side of the square in which faces are looked for
_REGION = 2.2  # side of the surroundings of a face over its larger side
_SMALLEST_VIEW = 120  # side of the smallest part of a picture that is looked at by itself
_SAME = 0.5  # two boxes that share more of the smaller one are of one face
_STRANGE = 0.06  # no face is of such proportions
_CUT = 0.14  # mean change of a small grey picture, of full scale, from one shot to the next
_LOST = 10  # frames that a face may be out of sight


@dataclass(slots=True)
class FaceSpan:
    """A face that is followed.

    Attributes:
        first: number of the first frame that shows it.
        last: number of the last frame that shows it.
        start_box: its box in the first one.
        last_box: its box in the last one.
        union: box around all its boxes.
        seen: in how many of the looks it was found.
        first_look: number of the look at the first frame.
        looks: how many looks there were from the first to the last frame.
        heights: of its boxes, in pixels.
        to_the_end: whether it was seen in the last look at the video.
    """

    first: int
    last: int
    start_box: Box
    last_box: Box
    union: Box
    first_look: int
    seen: int = 1
    looks: int = 1
    heights: list[float] = field(default_factory=list)
    to_the_end: bool = False

    @property
    def n_frames(self) -> int:
        """Number of frames from the first to the last one."""
        return self.last - self.first + 1

    def extend(self, number: int, look: int, box: Box) -> None:
        """Take in that the face was seen again, in that frame and look."""
        self.last, self.last_box = number, box
        self.seen += 1
        self.looks = look - self.first_look + 1
        self.heights.append(box[3] - box[1])
        low = (min(self.union[0], box[0]), min(self.union[1], box[1]))
        self.union = (*low, max(self.union[2], box[2]), max(self.union[3], box[3]))


Finder = Callable[[ImageArray, Boxes, bool], Boxes]
"""Boxes of the faces in a picture (H, W, 3), given where faces were before, and whether to search everywhere."""


@contextmanager
def open_finder() -> Iterator[Finder]:
    """What finds the faces of pictures, as boxes from the top of the forehead to the chin.

    Raises:
        AssetError: the face model is missing or damaged.
    """
    landmarker = open_landmarker(None, 0.5, video=False)
    try:
        yield lambda pixels, near, everywhere: _find_boxes(landmarker, pixels, near, everywhere)
    finally:
        with quiet_stderr():
            landmarker.close()


def _find_boxes(landmarker: Any, pixels: ImageArray, near: Boxes, everywhere: bool) -> Boxes:
    height, width = pixels.shape[:2]
    crops = [_around(box) for box in near]
    if everywhere or not near:
        crops += _views(width, height)
    found: list[tuple[float, Box]] = []
    for crop in crops:
        with quiet_stderr():
            result = landmarker.detect(as_image(_seen(pixels, crop)))
        for face in read_faces(result, crop.size, crop.size):
            if strangeness(face.landmarks, face.blendshapes) < _STRANGE:
                points = crop.inverse_points(face.landmarks[:, :2])
                (left, top), (right, bottom) = points.min(axis=0), points.max(axis=0)
                box = (float(left), float(top), float(right), float(bottom))
                if bottom - top >= SMALLEST_FACE and not _is_cut_off(box, crop, width, height):
                    # The larger a face is in what the model sees, the better is its box.
                    found.append((face.height / crop.size, box))
    kept: Boxes = []
    for _, box in sorted(found, reverse=True):
        if all(_shared(box, other) < _SAME for other in kept):
            kept.append(box)
    return kept


def _seen(pixels: ImageArray, crop: Crop) -> ImageArray:
    """What a crop shows; beyond the picture its border goes on (a mirror image would show faces that there are not)."""
    height, width = pixels.shape[:2]
    left, top = max(crop.left, 0), max(crop.top, 0)
    right, bottom = min(crop.left + crop.side, width), min(crop.top + crop.side, height)
    at = [
        round((edge - start) * crop.scale)
        for edge, start in zip((left, top, right, bottom), (crop.left, crop.top) * 2, strict=True)
    ]
    size = max(at[2] - at[0], 1), max(at[3] - at[1], 1)
    shrunk = cv2.resize(pixels[top:bottom, left:right], size, interpolation=cv2.INTER_AREA)
    room = at[1], crop.size - at[1] - size[1], at[0], crop.size - at[0] - size[0]
    return np.asarray(cv2.copyMakeBorder(shrunk, *room, borderType=cv2.BORDER_REPLICATE))


def _is_cut_off(box: Box, crop: Crop, width: int, height: int) -> bool:
    """Whether a box goes beyond what the model saw, though the picture goes on there: it is of a part of a face."""
    right, bottom = crop.left + crop.side, crop.top + crop.side
    return (
        (box[0] < crop.left and crop.left > 0)
        or (box[1] < crop.top and crop.top > 0)
        or (box[2] > right and right < width)
        or (box[3] > bottom and bottom < height)
    )


def _shared(one: Box, other: Box) -> float:
    """Common area of two boxes over the area of the smaller one."""
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return _common(one, other) / smaller if smaller > 0 else 0.0


def _common(one: Box, other: Box) -> float:
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    return max(wide, 0.0) * max(high, 0.0)


def _around(box: Box) -> Crop:
    """The surroundings of a face."""
    side = max(round(_REGION * max(box[2] - box[0], box[3] - box[1])), 1)
    return Crop(round((box[0] + box[2] - side) / 2), round((box[1] + box[3] - side) / 2), side, _LOOK)


def _views(width: int, height: int) -> list[Crop]:
    """Squares in which faces of all sizes are seen: more than the picture, and overlapping parts of it.

    The model misses faces that fill what it sees, and those that are less than a seventh of it.
    """
    views = []
    for side in (round(1.5 * max(width, height)), min(width, height), round(min(width, height) / 2)):
        if side >= _SMALLEST_VIEW:
            places = [_places(length, side) for length in (width, height)]
            views += [Crop(left, top, side, _LOOK) for top in places[1] for left in places[0]]
    return views


def _places(length: int, side: int) -> list[int]:
    """Where squares begin that cover a length with a good third of overlap; one in the middle where it is longer."""
    if side >= length:
        return [(length - side) // 2]
    count = math.ceil((length - side) / (0.65 * side)) + 1
    return [round(place) for place in np.linspace(0, length - side, count)]


def overlap(one: Box, other: Box) -> float:
    """Common area of two boxes over the area that they cover together."""
    common = _common(one, other)
    whole = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - common
    return common / whole if whole > 0 else 0.0


def sampled(frames: Iterable[ImageArray]) -> Iterator[tuple[ImageArray, bool]]:
    """Each frame, and whether a new shot began since the one before."""
    before: FloatArray | None = None
    for pixels in frames:
        small = cv2.resize(pixels, (32, 18), interpolation=cv2.INTER_AREA).mean(axis=2).astype(np.float32) / 255
        yield pixels, before is not None and float(np.abs(small - before).mean()) > _CUT
        before = small


class Follower:
    """Follows the faces of a video from look to look."""

    def __init__(self, iou: float) -> None:
        """A follower; `iou` is the least overlap of a box with the first one of its face."""
        self._iou = iou
        self._going: list[FaceSpan] = []
        self._done: list[FaceSpan] = []
        self._looks = self._before = 0

    @property
    def near(self) -> Boxes:
        """Where the faces were that are followed now."""
        return [span.last_box for span in self._going]

    def look(self, number: int, boxes: Boxes, cut: bool) -> None:
        """Take in what a frame shows.

        Args:
            number: of the frame, larger than those before.
            boxes: of its faces.
            cut: whether a new shot began.
        """
        ended = [cut or self._before - span.last > _LOST for span in self._going]
        self._done += [span for span, over in zip(self._going, ended, strict=True) if over]
        self._going = [span for span, over in zip(self._going, ended, strict=True) if not over]
        pairs = [
            (overlap(span.start_box, box), i, k) for i, span in enumerate(self._going) for k, box in enumerate(boxes)
        ]
        spans_taken: set[int] = set()
        boxes_taken: set[int] = set()
        for score, i, k in sorted(pairs, reverse=True):
            if score > self._iou and i not in spans_taken and k not in boxes_taken:
                spans_taken.add(i)
                boxes_taken.add(k)
                self._going[i].extend(number, self._looks, boxes[k])
        self._going += [
            FaceSpan(number, number, box, box, box, self._looks, heights=[box[3] - box[1]])
            for k, box in enumerate(boxes)
            if k not in boxes_taken
        ]
        self._before = number
        self._looks += 1

    def spans(self) -> list[FaceSpan]:
        """One span for each face and shot, by first frame, then from left to right.

        A face that is out of sight for more than 0.4 s and a look, or has moved away from its first box, begins a new
        span when it is seen again.
        """
        for span in self._going:
            span.to_the_end = span.last == self._before
        return sorted(self._done + self._going, key=lambda span: (span.first, span.start_box[0]))
