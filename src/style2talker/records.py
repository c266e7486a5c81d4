"""The values that pass between stages: frozen, checked once on creation, their arrays read-only.

Letters used in shapes: T frames, N samples, C = 52 coefficients, V = 478 mesh points, H W pixels, D embedding size.

Camera axes everywhere: x to the right of the picture, y down, z away from the camera. Head rotation is
(pitch, yaw, roll) in radians, positive for chin down, towards the person's left, towards the person's left shoulder.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from style2talker.errors import ArtError, AudioError, EmotionError, FaceError, MotionError

__all__ = [
    "ARKIT_NAMES",
    "FAMILIES",
    "LABELS",
    "Art",
    "Emotion",
    "FloatArray",
    "ImageArray",
    "Motion",
    "Portrait",
    "Speech",
]

FloatArray = NDArray[np.float32]
ImageArray = NDArray[np.uint8]

LABELS = ("angry", "contempt", "disgusted", "fear", "happy", "neutral", "sad", "surprised")
"""The eight emotion labels of MEAD, in alphabetical order."""

FAMILIES = ("cartoon", "illustration", "arcane", "comic", "pixar")
"""Art families by name, in the order of the published `--art_style_id`."""

ARKIT_NAMES = (
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "eyeBlinkLeft",
    "eyeBlinkRight",
    "eyeLookDownLeft",
    "eyeLookDownRight",
    "eyeLookInLeft",
    "eyeLookInRight",
    "eyeLookOutLeft",
    "eyeLookOutRight",
    "eyeLookUpLeft",
    "eyeLookUpRight",
    "eyeSquintLeft",
    "eyeSquintRight",
    "eyeWideLeft",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawOpen",
    "jawRight",
    "mouthClose",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthFunnel",
    "mouthLeft",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthPucker",
    "mouthRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
)
"""The 52 ARKit blendshapes in alphabetical order: the order of every coefficient axis here."""


def _frozen(value: Any, dtype: Any, shape: Sequence[int | None], error: type[Exception], what: str) -> Any:
    """A read-only array of `dtype`, copied unless it is read-only already; None in `shape` matches any length.

    Raises `error` on another shape or values that are not finite.
    """
    array = np.ascontiguousarray(value, dtype=dtype)
    if array.flags.writeable and (array is value or array.base is not None):
        array = array.copy()
    fits = array.ndim == len(shape) and all(n is None or n == m for n, m in zip(shape, array.shape, strict=True))
    if not fits:
        raise error(f"{what} has shape {array.shape}, expected {tuple('any' if n is None else n for n in shape)}")
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        raise error(f"{what} holds values that are not finite")
    array.setflags(write=False)
    return array


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """A picture of one person with the geometry of the face in it.

    Attributes:
        pixels: (H, W, 3) uint8 RGB.
        landmarks: (V, 3) float32 MediaPipe mesh points in pixels; z on the same scale, negative towards the camera.
        blendshapes: (C,) float32 in 0..1, the expression that the portrait shows (its rest expression).
        rotation: (3,) float32 radians, head pose relative to a face looking into the camera.
        alpha: (H, W) uint8 opacity, or None for an opaque picture.
    """

    pixels: ImageArray
    landmarks: FloatArray
    blendshapes: FloatArray
    rotation: FloatArray
    alpha: ImageArray | None = None

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        set_field(self, "pixels", _frozen(self.pixels, np.uint8, (None, None, 3), FaceError, "portrait pixels"))
        set_field(self, "landmarks", _frozen(self.landmarks, np.float32, (478, 3), FaceError, "landmarks"))
        set_field(self, "blendshapes", _frozen(self.blendshapes, np.float32, (52,), FaceError, "blendshapes"))
        set_field(self, "rotation", _frozen(self.rotation, np.float32, (3,), FaceError, "rotation"))
        if self.alpha is not None:
            set_field(self, "alpha", _frozen(self.alpha, np.uint8, self.pixels.shape[:2], FaceError, "alpha"))


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """A voice on the clock of the video.

    Attributes:
        samples: (N,) float32 in -1..1 at 16 kHz, time zero at the start of the clip.
        mel: (M, 80) float32 log-mel columns at 80 Hz in -4..4 (Wav2Lip settings).
        activity: (T,) float32 in 0..1, how sure it is that somebody speaks in each frame.
        fps: frames per second of the clock, 25 for every model of ours.
    """

    samples: FloatArray
    mel: FloatArray
    activity: FloatArray
    fps: float = 25.0

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        set_field(self, "samples", _frozen(self.samples, np.float32, (None,), AudioError, "samples"))
        set_field(self, "mel", _frozen(self.mel, np.float32, (None, 80), AudioError, "mel"))
        set_field(self, "activity", _frozen(self.activity, np.float32, (None,), AudioError, "activity"))

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.samples) / 16000.0

    @property
    def n_frames(self) -> int:
        """Number of frames T on the clock."""
        return len(self.activity)


@dataclass(frozen=True, slots=True, eq=False)
class Emotion:
    """How the person feels over time: K keys, cross-faded from one to the next.

    Attributes:
        texts: K sentences or labels as given.
        times: (K,) float32 seconds at which each feeling begins, the first 0.
        embeddings: (K, D) float32 sentence embeddings of unit length (zeros for a bare label).
        expressions: (K, C) float32, what the face should do at strength 1: blendshape activations in 0..1.
        strength: 0 (nothing) .. 1.5 (exaggerated).
    """

    texts: tuple[str, ...]
    times: FloatArray
    embeddings: FloatArray
    expressions: FloatArray
    strength: float = 1.0

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        n = len(self.texts)
        set_field(self, "times", _frozen(self.times, np.float32, (n,), EmotionError, "emotion times"))
        set_field(self, "embeddings", _frozen(self.embeddings, np.float32, (n, None), EmotionError, "embeddings"))
        set_field(self, "expressions", _frozen(self.expressions, np.float32, (n, 52), EmotionError, "expressions"))
        if n == 0 or self.times[0] != 0 or (np.diff(self.times) <= 0).any():
            raise EmotionError("emotion times must start at 0 and increase")
        if not 0 <= self.strength <= 1.5:
            raise EmotionError(f"emotion strength is {self.strength:g}, expected 0 to 1.5")

    def shares(self, times: FloatArray, fade: float = 0.4) -> FloatArray:
        """How much each key counts (T, K) at each time in seconds; keys cross-fade over `fade` seconds."""
        out = np.zeros((len(times), len(self.times)), np.float32)
        out[:, 0] = 1.0
        for key, begin in enumerate(self.times[1:], start=1):
            u = np.clip((np.asarray(times) - begin) / fade + 0.5, 0.0, 1.0)
            weight = u * u * (3 - 2 * u)
            out *= (1 - weight)[:, None]
            out[:, key] = weight
        return out

    def at(self, times: FloatArray, fade: float = 0.4) -> FloatArray:
        """Expression (T, C) at each time in seconds, cross-faded over `fade` seconds around each change, unscaled."""
        return np.asarray(self.shares(times, fade) @ self.expressions, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Art:
    """An art style: none, a family by name, or any picture as the example.

    Attributes:
        kind: "none", "family" or "exemplar".
        name: the family's name, or where the picture came from.
        picture: (H, W, 3) uint8 RGB for an exemplar, otherwise None.
        degree: 0 (the portrait itself) .. 1 (the full style).
        structure: 0..1, how far face proportions follow the art.
        keep_color: keep the portrait's palette.
    """

    kind: Literal["none", "family", "exemplar"] = "none"
    name: str = "none"
    picture: ImageArray | None = None
    degree: float = 0.8
    structure: float = 0.3
    keep_color: bool = False

    def __post_init__(self) -> None:
        if self.kind == "family" and self.name not in FAMILIES:
            raise ArtError(f"unknown art family {self.name!r}, known: {', '.join(FAMILIES)}")
        if (self.kind == "exemplar") != (self.picture is not None):
            raise ArtError("an exemplar style needs a picture, and only an exemplar style has one")
        if not (0 <= self.degree <= 1 and 0 <= self.structure <= 1):
            raise ArtError("art degree and structure must lie within 0 to 1")
        if self.picture is not None:
            frozen = _frozen(self.picture, np.uint8, (None, None, 3), ArtError, "art picture")
            object.__setattr__(self, "picture", frozen)


@dataclass(frozen=True, slots=True, eq=False)
class Motion:
    """What a face does, frame by frame; the only thing that Style-E hands to Style-A.

    Attributes:
        blendshapes: (T, C) float32 in 0..1, in the order of `ARKIT_NAMES`.
        rotation: (T, 3) float32 radians (pitch, yaw, roll) relative to the portrait's own pose.
        translation: (T, 3) float32 in eye distances (right, up, towards the camera).
        fps: frames per second.
    """

    blendshapes: FloatArray
    rotation: FloatArray
    translation: FloatArray
    fps: float = 25.0
    names: tuple[str, ...] = field(default=ARKIT_NAMES)

    def __post_init__(self) -> None:
        set_field = object.__setattr__
        shapes = np.clip(np.asarray(self.blendshapes, dtype=np.float32), 0.0, 1.0)
        set_field(self, "blendshapes", _frozen(shapes, np.float32, (None, 52), MotionError, "blendshapes"))
        n = len(self.blendshapes)
        set_field(self, "rotation", _frozen(self.rotation, np.float32, (n, 3), MotionError, "rotation"))
        set_field(self, "translation", _frozen(self.translation, np.float32, (n, 3), MotionError, "translation"))
        if tuple(self.names) != ARKIT_NAMES:
            raise MotionError("motion names are not the 52 ARKit blendshapes in alphabetical order")
        if not (np.isfinite(self.fps) and 0 < self.fps <= 240):
            raise MotionError(f"motion has {self.fps} frames per second, expected more than 0 and at most 240")

    @property
    def n_frames(self) -> int:
        """Number of frames T."""
        return len(self.blendshapes)

    def resampled(self, fps: float, n_frames: int) -> Motion:
        """The same motion on another clock: frame t shows the moment t / fps (linear in between, held at the end)."""
        if fps == self.fps and n_frames == self.n_frames:
            return self
        at = np.clip(np.arange(n_frames) * (self.fps / fps), 0, self.n_frames - 1)
        low = np.floor(at).astype(np.int64)
        high = np.minimum(low + 1, self.n_frames - 1)
        weight = (at - low).astype(np.float32)[:, None]
        mix = [a[low] * (1 - weight) + a[high] * weight for a in (self.blendshapes, self.rotation, self.translation)]
        return Motion(mix[0], mix[1], mix[2], fps=fps)
