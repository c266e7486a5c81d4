"""Boxes of faces in the frames of a video -> who is seen from when to when, and the square that shows them throughout.

The rules are those of the published cropping script (from the video preprocessing of Siarohin et al., "First Order
Motion Model", 2019): a face is followed while its box overlaps the first one; all its boxes are joined, widened by a
margin and made square. In place of a crop that is squeezed at the border of the picture, the square is moved inside.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np

from style2talker.face.landmarks import as_image, open_landmarker, read_faces
from style2talker.face.plausible import strangeness
from style2talker.face.quiet import quiet_stderr
from style2talker.records import FloatArray, ImageArray

__all__ = ["Boxes", "FaceSpan", "follow_boxes", "open_finder", "overlap", "sampled", "square_around"]

Box = tuple[float, float, float, float]
"""(left, top, right, bottom) in pixels."""
Boxes = list[Box]

_LOOK = 640  # longest side of the picture in which faces are looked for
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
        union: box around all its boxes.
        seen: in how many of the looks it was found.
        first_look: number of the look at the first frame.
        looks: how many looks there were from the first to the last frame.
        heights: of its boxes, in pixels.
    """

    first: int
    last: int
    start_box: Box
    union: Box
    first_look: int
    seen: int = 1
    looks: int = 1
    heights: list[float] = field(default_factory=list)

    @property
    def n_frames(self) -> int:
        """Number of frames from the first to the last one."""
        return self.last - self.first + 1


@contextmanager
def open_finder() -> Iterator[Callable[[ImageArray], Boxes]]:
    """What finds the boxes of the faces in a picture (H, W, 3), from the top of the forehead to the chin.

    Raises:
        AssetError: the face model is missing or damaged.
    """
    landmarker = open_landmarker(None, 0.5, video=False)
    try:
        yield lambda pixels: _find_boxes(landmarker, pixels)
    finally:
        with quiet_stderr():
            landmarker.close()


def _find_boxes(landmarker: Any, pixels: ImageArray) -> Boxes:
    scale = min(1.0, _LOOK / max(pixels.shape[:2]))
    if scale < 1:
        size = (max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale)))
        pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA))
    # A face that fills the picture is not seen without some room around it.
    room = round(0.25 * max(pixels.shape[:2]))
    wide = np.asarray(cv2.copyMakeBorder(pixels, room, room, room, room, cv2.BORDER_REPLICATE))
    with quiet_stderr():
        result = landmarker.detect(as_image(wide))
    faces = read_faces(result, wide.shape[1], wide.shape[0])
    boxes: Boxes = []
    for face in faces:
        if strangeness(face.landmarks, face.blendshapes) < _STRANGE:
            low, high = face.landmarks[:, :2].min(axis=0), face.landmarks[:, :2].max(axis=0)
            box = (np.concatenate([low, high]) - room) / scale
            boxes.append((float(box[0]), float(box[1]), float(box[2]), float(box[3])))
    return boxes


def overlap(one: Box, other: Box) -> float:
    """Common area of two boxes over the area that they cover together."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    high = min(one[3], other[3]) - max(one[1], other[1])
    common = max(wide, 0.0) * max(high, 0.0)
    whole = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)) - common
    return common / whole if whole > 0 else 0.0


def sampled(frames: Iterable[ImageArray], every: int) -> Iterator[tuple[int, ImageArray, bool]]:
    """(number, frame, whether a new shot began since the last one given) of every `every`th frame and the last one."""
    cut = False
    before: FloatArray | None = None
    last: tuple[int, ImageArray] | None = None
    for number, pixels in enumerate(frames):
        small = cv2.resize(pixels, (32, 18), interpolation=cv2.INTER_AREA).mean(axis=2).astype(np.float32) / 255
        jump = before is not None and float(np.abs(small - before).mean()) > _CUT
        before = small
        cut = cut or jump
        last = (number, pixels)
        if jump or number % every == 0:
            yield number, pixels, cut
            cut, last = False, None
    if last is not None:
        yield *last, cut


def follow_boxes(looks: Iterable[tuple[int, Boxes, bool]], iou: float) -> list[FaceSpan]:
    """Follow every face through a video.

    Args:
        looks: (number of the frame, boxes of its faces, whether a new shot began), in order.
        iou: least overlap of a box with the first one of its face.

    Returns:
        One span for each face and shot, by first frame, then from left to right. A face that is out of sight for more
        than 0.4 s and a look, or has moved away from its first box, and comes back, begins a new span.
    """
    going: list[FaceSpan] = []
    done: list[FaceSpan] = []
    before = 0
    for look, (number, boxes, cut) in enumerate(looks):
        ended = [span for span in going if cut or before - span.last > _LOST]
        done += ended
        going = [span for span in going if not any(span is other for other in ended)]
        pairs = [(overlap(span.start_box, box), i, k) for i, span in enumerate(going) for k, box in enumerate(boxes)]
        spans_taken: set[int] = set()
        boxes_taken: set[int] = set()
        for score, i, k in sorted(pairs, reverse=True):
            if score > iou and i not in spans_taken and k not in boxes_taken:
                spans_taken.add(i)
                boxes_taken.add(k)
                _extend(going[i], number, look, boxes[k])
        for k, box in enumerate(boxes):
            if k not in boxes_taken:
                going.append(FaceSpan(number, number, box, box, look, heights=[box[3] - box[1]]))
        before = number
    return sorted(done + going, key=lambda span: (span.first, span.start_box[0]))


def _extend(span: FaceSpan, number: int, look: int, box: Box) -> None:
    span.last = number
    span.seen += 1
    span.looks = look - span.first_look + 1
    span.heights.append(box[3] - box[1])
    low = (min(span.union[0], box[0]), min(span.union[1], box[1]))
    span.union = (*low, max(span.union[2], box[2]), max(span.union[3], box[3]))


def square_around(box: Box, margin: float, width: int, height: int) -> tuple[int, int, int]:
    """The square that shows a box.

    Args:
        box: around all places of a face.
        margin: share of the width and height of the box that is added on each side; the shorter direction gets more,
            so that the result is square.
        width: of the picture.
        height: of the picture.

    Returns:
        (left, top, side) in whole pixels, inside the picture; a square that is larger than the picture in one
        direction is centred there.
    """
    wide, high = box[2] - box[0], box[3] - box[1]
    side = max(round((1 + 2 * margin) * max(wide, high)), 2)
    corner = []
    for middle, room in (((box[0] + box[2]) / 2, width - side), ((box[1] + box[3]) / 2, height - side)):
        at = round(middle - side / 2)
        corner.append(min(max(at, 0), room) if room >= 0 else room // 2)
    return corner[0], corner[1], side
