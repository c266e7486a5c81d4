"""Pixels -> faces: 478 mesh points, 52 blendshapes and head pose, by MediaPipe's Face Landmarker.

`find_portrait` takes the one face that is meant, or refuses in one line with the face's box and the flag that helps;
`track_frames` follows the face of a video.
"""

from __future__ import annotations

import atexit
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import cv2
import numpy as np

from style2talker.assets.store import locate
from style2talker.errors import FaceError
from style2talker.face.align import Crop
from style2talker.face.deferred import deferred
from style2talker.face.plausible import strangeness
from style2talker.face.pose import euler_angles
from style2talker.face.quiet import quiet_stderr
from style2talker.records import ARKIT_NAMES, FloatArray, ImageArray, Portrait

__all__ = ["Face", "FaceFinder", "People", "find_people", "find_portrait", "open_landmarker"]

MODEL = "face_landmarker"
MOST_FACES = 12
SMALLEST_FACE = 48
"""Height of the smallest usable face in pixels, from the top of the forehead to the chin."""
WIDEST_YAW = 40.0
"""Degrees beyond which too little of a face is seen to animate it."""

_SURE, _UNSURE = 0.8, 0.5
_FAMILIAR, _STRANGE = 0.034, 0.06
"""`strangeness` up to which a face counts at once, and up to which it counts if it is surely seen again and again."""
_NUDGES = ((0.94, 1, 1), (1.06, -1, 1), (0.97, 1, -1), (1.03, -1, -1))
"""Size and shift of the views over which a face is averaged; shifts in hundredths of the view."""
_VIEW = 384
DRAGGED_IN = ("matplotlib.pyplot", "sounddevice")
"""Modules that MediaPipe imports for drawing and recording: three quarters of its own import time."""

_FLIP = np.diag([1.0, -1.0, -1.0])


@dataclass(frozen=True, slots=True, eq=False)
class Face:
    """One face in a picture.

    Attributes:
        landmarks: (V, 3) float32 pixels, z on the same scale, negative towards the camera.
        blendshapes: (C,) float32 in 0..1 in the order of `ARKIT_NAMES`.
        rotation: (3,) float32 radians relative to looking into the camera.
    """

    landmarks: FloatArray
    blendshapes: FloatArray
    rotation: FloatArray

    @property
    def box(self) -> tuple[int, int, int, int]:
        """(left, top, right, bottom) in pixels."""
        low, high = self.landmarks[:, :2].min(axis=0), self.landmarks[:, :2].max(axis=0)
        return int(low[0]), int(low[1]), int(np.ceil(high[0])), int(np.ceil(high[1]))

    @property
    def height(self) -> float:
        """Height of the face in pixels."""
        return float(np.ptp(self.landmarks[:, 1]))

    def moved(self, scale: float, left: float, top: float) -> Face:
        """The face in a picture of which this one was a part, `scale` times as large, cut at (left, top)."""
        points = self.landmarks / np.float32(scale)
        points[:, :2] += np.array([left, top], dtype=np.float32)
        return Face(points, self.blendshapes, self.rotation)


def open_landmarker(model: Path | None, confidence: float, video: bool) -> Any:
    """MediaPipe's landmarker; slow to import, so imported here.

    Args:
        model: the `.task` file; the asset `face_landmarker` when None.
        confidence: least confidence of the detector, 0..1.
        video: whether pictures come as frames of one video, with one face.

    Raises:
        AssetError: the model file is missing or damaged.
    """
    path = locate(MODEL) if model is None else model
    with quiet_stderr():
        with deferred(*DRAGGED_IN):
            from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=path.read_bytes()),
            running_mode=vision.RunningMode.VIDEO if video else vision.RunningMode.IMAGE,
            num_faces=1 if video else MOST_FACES,
            min_face_detection_confidence=confidence,
            output_face_blendshapes=True,
            output_facial_transformation_matrixes=True,
        )
        return vision.FaceLandmarker.create_from_options(options)


def read_faces(result: Any, width: int, height: int) -> list[Face]:
    """MediaPipe's result as faces in pixels of a picture of the given size."""
    faces = []
    found = zip(result.face_landmarks, result.face_blendshapes, result.facial_transformation_matrixes, strict=True)
    for points, shapes, matrix in found:
        landmarks = np.array([(p.x * width, p.y * height, p.z * width) for p in points], dtype=np.float32)
        scores = {shape.category_name: shape.score for shape in shapes}
        blendshapes = np.array([scores.get(name, 0.0) for name in ARKIT_NAMES], dtype=np.float32)
        rotation = _FLIP @ np.asarray(matrix, dtype=np.float64)[:3, :3] @ _FLIP
        u, _, vt = np.linalg.svd(rotation)
        faces.append(Face(landmarks, blendshapes, euler_angles(u @ vt).astype(np.float32)))
    return faces


def as_image(pixels: ImageArray) -> Any:
    """Pixels (H, W, 3) as MediaPipe's image."""
    import mediapipe

    return mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=np.ascontiguousarray(pixels))


_idle: dict[tuple[Path, float], list[Any]] = {}
"""Opened landmarkers that nobody uses, by model file and confidence.

They are used again and closed at exit, never by the garbage collector: closing one takes a lock of the thread pools,
and a collection that happens while that lock is held would wait for itself for ever.
"""


def _take(model: Path, confidence: float) -> Any:
    waiting = _idle.get((model, confidence))
    return waiting.pop() if waiting else open_landmarker(model, confidence, video=False)


def _give_back(model: Path, landmarkers: dict[float, Any]) -> None:
    while landmarkers:
        confidence, landmarker = landmarkers.popitem()
        _idle.setdefault((model, confidence), []).append(landmarker)


@atexit.register
def _close_idle() -> None:
    """MediaPipe cannot free its graphs once the interpreter is going down; this runs before."""
    with quiet_stderr():
        while _idle:
            for landmarker in _idle.popitem()[1]:
                landmarker.close()


class FaceFinder:
    """Finds the faces of pictures; loads the model once. Use it as a context manager or call `close`."""

    def __init__(self, model: Path | None = None) -> None:
        """Open the model (the asset `face_landmarker` when None). Raises AssetError."""
        self._model = locate(MODEL) if model is None else model
        self._opened = {_SURE: _take(self._model, _SURE)}
        self._free = weakref.finalize(self, _give_back, self._model, self._opened)

    def __enter__(self) -> FaceFinder:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let others have the model."""
        self._free()

    def _detect(self, pixels: ImageArray, confidence: float) -> list[Face]:
        if confidence not in self._opened:
            self._opened[confidence] = _take(self._model, confidence)
        with quiet_stderr():
            result = self._opened[confidence].detect(as_image(pixels))
        return read_faces(result, pixels.shape[1], pixels.shape[0])

    def faces(self, pixels: ImageArray) -> list[Face]:
        """Faces of a picture (H, W, 3), from left to right; an empty list where there is none.

        The detector misses faces that are small in, or fill, the picture, so a widened picture and parts are tried
        too. A face of unusual proportions (a cartoon, a grimace, an animal) counts only if the detector is sure of it
        in moved and scaled views as well; a face that the detector doubts only if its proportions are usual and the
        mirrored picture gives the same face.
        """
        for views in _views(pixels):
            found = [
                face.moved(1.0, left, top)
                for view, left, top in views
                for face in self._detect(view, _SURE)
                if self._plausible(view, face)
            ]
            if found:
                return [self._steadied(pixels, face) for face in _distinct(found)]
        doubtful = self._detect(pixels, _UNSURE)
        mirrored = self._detect(np.ascontiguousarray(pixels[:, ::-1]), _UNSURE)
        agreed = _distinct(
            face
            for face in doubtful
            if strangeness(face.landmarks, face.blendshapes) < _FAMILIAR
            and any(_same(face, other, pixels.shape[1]) for other in mirrored)
        )
        return [self._steadied(pixels, face) for face in agreed]

    def _steadied(self, pixels: ImageArray, face: Face) -> Face:
        """A face of a picture measured again on slightly moved and scaled views and averaged.

        One detection is off by 0.33 % of the eye distance on average, the mean of five by 0.15 %.
        """
        views = [face, *self._again(pixels, face)]
        mean = [np.mean([getattr(view, name) for view in views], axis=0) for name in Face.__slots__]
        return Face(*(values.astype(np.float32) for values in mean))

    def _plausible(self, pixels: ImageArray, face: Face) -> bool:
        strange = strangeness(face.landmarks, face.blendshapes)
        return strange < _FAMILIAR or (strange < _STRANGE and len(self._again(pixels, face)) == len(_NUDGES))

    def _again(self, pixels: ImageArray, face: Face) -> list[Face]:
        """The same face as surely found in moved and scaled views of the picture."""
        found = []
        centre = face.landmarks[:, :2].mean(axis=0)
        side = 2.0 * float(np.ptp(face.landmarks[:, :2], axis=0).max())
        for size, right, down in _NUDGES:
            corner = centre - size * side / 2 + np.array([right, down]) * side / 100
            crop = Crop(round(float(corner[0])), round(float(corner[1])), max(round(size * side), 1), _VIEW)
            for seen in self._detect(crop.apply(pixels), _SURE):
                placed = Face(crop.inverse_points(seen.landmarks), seen.blendshapes, seen.rotation)
                if _overlap(placed, face) > 0.8:
                    found.append(placed)
        return found


def _views(pixels: ImageArray) -> Iterator[Sequence[tuple[ImageArray, float, float]]]:
    """Sets of (view, left, top): the picture; the picture with a margin; overlapping parts of a large picture."""
    yield [(pixels, 0.0, 0.0)]
    rows, columns = pixels.shape[:2]
    margin = round(0.35 * max(rows, columns))
    if max(rows, columns) <= 2048:
        wide = cv2.copyMakeBorder(pixels, margin, margin, margin, margin, cv2.BORDER_REPLICATE)
        yield [(np.asarray(wide), -float(margin), -float(margin))]
    for parts in (2, 4):
        side = round(min(rows, columns) * 1.2 / parts)
        if side < 4 * SMALLEST_FACE:
            return
        yield [
            (np.ascontiguousarray(pixels[top : top + side, left : left + side]), float(left), float(top))
            for top in np.linspace(0, rows - side, round(1.7 * rows / side) + 1).astype(int)
            for left in np.linspace(0, columns - side, round(1.7 * columns / side) + 1).astype(int)
        ]


def _overlap(one: Face, other: Face) -> float:
    """Common area of the boxes of two faces over the area that they cover together."""
    a, b = np.array(one.box, dtype=float), np.array(other.box, dtype=float)
    common = np.prod(np.maximum(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0))
    return float(common / max(np.prod(a[2:] - a[:2]) + np.prod(b[2:] - b[:2]) - common, 1.0))


def _distinct(faces: Iterable[Face]) -> list[Face]:
    """Faces from left to right, each once though several views show it."""
    kept: list[Face] = []
    for face in sorted(faces, key=lambda face: -face.height):
        if all(_overlap(face, other) < 0.3 for other in kept):
            kept.append(face)
    return sorted(kept, key=lambda face: face.box[0])


def _same(face: Face, mirrored: Face, width: int) -> bool:
    """Whether a face of the mirrored picture is the same face, to 2 % of its size."""
    centre, other = face.landmarks[:, :2].mean(axis=0), mirrored.landmarks[:, :2].mean(axis=0)
    other = np.array([width - 1 - other[0], other[1]])
    return bool(np.linalg.norm(centre - other) < 0.02 * face.height) and abs(mirrored.height / face.height - 1) < 0.05


def _boxes(faces: Iterable[Face]) -> str:
    return "; ".join(f"{i}: {face.box}" for i, face in enumerate(faces))


def choose_face(faces: list[Face], which: int | str | None) -> Face:
    """The one face that is meant. Raises FaceError where that is not clear."""
    if not faces:
        raise FaceError(
            f"no face found: use a picture in which one face, at least {SMALLEST_FACE} pixels high, is clearly seen "
            "from the front"
        )
    if which in ("largest", "all"):
        return max(faces, key=lambda face: face.height)
    if isinstance(which, int):
        if not 0 <= which < len(faces):
            raise FaceError(f"there is no face {which}, only {_boxes(faces)} (left, top, right, bottom)")
        return faces[which]
    if len(faces) > 1:
        raise FaceError(
            f"{len(faces)} faces found, {_boxes(faces)} (left, top, right, bottom): "
            f"choose one by --face 0..{len(faces) - 1} or --face largest",
            faces[0].box,
        )
    return faces[0]


def find_portrait(
    pixels: ImageArray,
    alpha: ImageArray | None = None,
    which: int | str | None = None,
    finder: FaceFinder | None = None,
) -> Portrait:
    """The portrait that a picture holds.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        alpha: (H, W) uint8 opacity or None.
        which: number of the face from the left, "largest", or None for the only one; "all" is the largest here.
        finder: an open finder to use; opened and closed here when None.

    Raises:
        FaceError: no face, several faces, too small, or turned away; with the box and the flag that helps.
        AssetError: the model file is missing or damaged.
    """
    if finder is None:
        with FaceFinder() as own:
            return find_portrait(pixels, alpha, which, own)
    return find_people(pixels, alpha, "largest" if which == "all" else which, finder).portraits[0]


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """The faces of one picture.

    Attributes:
        portraits: those who are to be animated, the chosen or largest one first; all of the same picture.
        bystanders: (V, 3) landmarks of everybody else.
    """

    portraits: tuple[Portrait, ...]
    bystanders: tuple[FloatArray, ...]


def find_people(pixels: ImageArray, alpha: ImageArray | None, which: int | str | None, finder: FaceFinder) -> People:
    """Who of a picture is to be animated, and where everybody else is.

    Args:
        pixels: (H, W, 3) uint8 RGB.
        alpha: (H, W) uint8 opacity or None.
        which: as of `find_portrait`; with "all" everybody whose face is large enough and not turned away.
        finder: an open finder.

    Raises:
        FaceError: as of `find_portrait`.
    """
    faces = finder.faces(pixels)
    usable = [face for face in faces if _fault(face) is None] if which == "all" else []
    first = choose_face(usable or faces, which)
    fault = _fault(first)
    if fault is not None:
        raise fault
    moved = [first, *(face for face in usable if face is not first)]
    portraits = tuple(Portrait(pixels, face.landmarks, face.blendshapes, face.rotation, alpha) for face in moved)
    return People(portraits, tuple(face.landmarks for face in faces if all(face is not other for other in moved)))


def _fault(face: Face) -> FaceError | None:
    """Why a face cannot be animated, None where it can."""
    if face.height < SMALLEST_FACE:
        return FaceError(
            f"the face at {face.box} is only {face.height:.0f} pixels high: use a larger picture "
            f"(at least {SMALLEST_FACE} pixels from forehead to chin)",
            face.box,
        )
    yaw = float(np.degrees(face.rotation[1]))
    if abs(yaw) > WIDEST_YAW:
        return FaceError(
            f"the face at {face.box} is turned {abs(yaw):.0f}° to the side, at most {WIDEST_YAW:.0f}° can be animated: "
            "use a picture from the front, or choose another face by --face",
            face.box,
        )
    return None
