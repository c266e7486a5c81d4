"""Style-A as published, exported: a portrait, an art style and a motion -> frames, as the rig's `Renderer` gives them.

The portrait is cropped as the clips of a corpus are, and all that is constant over a clip is computed once; frames are
made in batches. The coefficients are those that the network was trained on (`driving`), at 25 frames a second: of a
motion on another clock, each frame gets what lies between the windows of the two nearest frames.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import cv2
import numpy as np

from style2talker.errors import ArtError, AssetError
from style2talker.face.align import clip_crop, crop_portrait
from style2talker.records import Art, FloatArray, ImageArray, Motion, Portrait
from style2talker.runtime.network import Network
from style2talker.style_a.alignment import align_face, anchors_of_mesh
from style2talker.style_a.driving import face_place, relative_to, rig_rows, windows
from style2talker.style_a.layers import Background, build_layers
from style2talker.style_a.parsing import mesh_parsing

__all__ = ["NeuralRenderer", "as_picture", "driving_windows"]

_FPS = 25.0
_BATCH_PIXELS = 2**18
_LARGEST_BATCH = 8
_MOST_WORKERS = 8


class NeuralRenderer:
    """Draws a portrait by an exported Style-A network under any motion."""

    transparent = False
    """Whether frames have opacity; the network draws what is behind the person, too."""

    def __init__(
        self, portrait: Portrait, network: Network, art: Art, size: int, background: Background = "keep"
    ) -> None:
        """Prepare a portrait.

        Args:
            portrait: the face to animate in its whole picture.
            network: Style-A.
            art: a style that the network knows; "none" is a degree of 0.
            size: side of the frames in pixels.
            background: what stands behind the person before the network sees the picture.

        Raises:
            ArtError: the network does not know the style.
            AssetError: the network is driven by other coefficients than the rig's, or needs input that is not here.
        """
        card = network.card
        if card.space != "rig":
            raise AssetError(
                f"the Style-A network is driven by coefficients of the space {card.space!r}, here motion is of the "
                "rig: use a network that was trained with space rig"
            )
        if card.settings.get("parsing") == "bisenet":
            raise AssetError(
                "the Style-A network reads face parsing by BiSeNet, which does not come with this software: use a "
                "network that was trained with parsing mesh or none"
            )
        self._network, self._size = network, size
        self._side = network.once_port.inputs["picture"][-1] or 0
        self._portrait = _cropped(portrait, self._side, background)
        given = self._inputs(portrait, art)
        missing = sorted(set(network.once_port.inputs) - set(given))
        if missing:
            raise AssetError(f"the Style-A network takes {missing[0]}, which this version cannot give: export it again")
        shared = {**given, **network.once.run(**{name: given[name] for name in network.once_port.inputs})}
        self._features = {name: shared[name] for name in card.port.inputs if name != "window"}
        pixels = max(self._side, network.card.port.outputs["frame"][-1] or 0) ** 2
        # Batches side by side, each on one thread: as fast as threads within an operator, and the same bytes on any
        # number of cores.
        self._workers = min(os.cpu_count() or 1, _MOST_WORKERS)
        self._batch = max(1, min(_LARGEST_BATCH, _BATCH_PIXELS // pixels))

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of every frame in pixels."""
        return self._size, self._size

    def frames(self, motion: Motion, *others: Motion, reuse: bool = False) -> Iterator[ImageArray]:
        """Yield one (H, W, 3) uint8 RGB frame for each frame of the motion.

        Args:
            motion: what the portrait does.
            others: for the rig's renderer; the network draws one person.
            reuse: for the rig's renderer; frames are arrays of their own here.
        """
        driven = driving_windows(motion, self._portrait, self._network.card.settings.get("relative") is True)
        pool = ThreadPoolExecutor(self._workers, "frames")
        waiting: deque[Future[list[ImageArray]]] = deque()
        try:
            for begin in range(0, len(driven), self._batch):
                waiting.append(pool.submit(self._drawn, driven[begin : begin + self._batch]))
                if len(waiting) > self._workers:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        finally:
            pool.shutdown(cancel_futures=True)

    def _drawn(self, some: FloatArray) -> list[ImageArray]:
        """The frames of some windows (B, C, 27)."""
        made = self._network.again.run(window=some, **self._features)["frame"]
        return [_shown(picture, self._size) for picture in made]

    def _inputs(self, whole: Portrait, art: Art) -> dict[str, FloatArray]:
        """What the graph of the portrait may take, each (1, ...)."""
        shown = self._portrait
        taken = self._network.once_port.inputs
        styled, degree = art.kind != "none" and art.degree > 0, art.degree
        given = {
            "picture": as_picture(shown.pixels)[None],
            "parsing": mesh_parsing(shown.landmarks, self._side)[None],
            "degree": np.full((1, 1), degree if styled else 0.0, np.float32),
        }
        if self._network.card.settings.get("parsing") == "none":
            given["parsing"][:] = 0.0
        if "face" in taken:
            face = align_face(whole.pixels, anchors_of_mesh(whole.landmarks), taken["face"][-1] or 0)
            given["face"] = as_picture(face)[None]
        if "style" in taken:
            given["style"] = np.zeros((1, taken["style"][-1] or 0), np.float32)
        if "example" in taken:
            side = taken["example"][-1] or 0
            given |= {"example": np.zeros((1, 3, side, side), np.float32), "by_example": np.zeros((1, 1), np.float32)}
        if styled:
            self._choose(art, given)
        return given

    def _choose(self, art: Art, given: dict[str, FloatArray]) -> None:
        """Tell the network which art is wanted, in place. Raises ArtError."""
        if art.keep_color:
            raise ArtError("a Style-A network has the colours that it was trained to give: leave out --keep-color")
        names = self._network.card.styles
        known = ", ".join(names) or "none at all"
        if art.picture is not None:
            if "example" not in given:
                raise ArtError(f"this Style-A network cannot follow a picture, it knows the styles: {known}")
            square = _central(art.picture, given["example"].shape[-1])
            given["example"], given["by_example"] = as_picture(square)[None], np.ones((1, 1), np.float32)
        elif art.name in names and "style" in given:
            given["style"][0, names.index(art.name)] = 1.0
        else:
            raise ArtError(f"this Style-A network does not know the style {art.name}, it knows: {known}")


def driving_windows(motion: Motion, portrait: Portrait, relative: bool = False) -> FloatArray:
    """The coefficients around each frame of a motion, (T, C, 27).

    Args:
        motion: on any clock.
        portrait: the square that the network sees.
        relative: take the portrait's own coefficients off.
    """
    count = max(1, round(motion.n_frames / motion.fps * _FPS))
    even = motion.resampled(_FPS, count)
    side = portrait.pixels.shape[0]
    place = face_place(portrait.landmarks, side, side)
    whole = windows(rig_rows(even, portrait.rotation, place))
    if relative:
        still = np.zeros((1, 3), np.float32)
        own = rig_rows(Motion(portrait.blendshapes[None], still, still, _FPS), portrait.rotation, place)
        whole = relative_to(own[0], whole)
    if even is motion:
        return whole
    at = np.clip(np.arange(motion.n_frames) * (_FPS / motion.fps), 0, count - 1)
    low = np.floor(at).astype(np.int64)
    weight = (at - low).astype(np.float32)[:, None, None]
    return np.asarray(whole[low] * (1 - weight) + whole[np.minimum(low + 1, count - 1)] * weight, np.float32)


def _cropped(portrait: Portrait, side: int, background: Background) -> Portrait:
    """The square that the network sees, the person before the background that is asked for."""
    shown = crop_portrait(portrait, clip_crop(portrait, side))
    if shown.alpha is None and isinstance(background, str) and background == "keep":
        return shown
    (layers,) = build_layers([shown], [(0, 0, side, side)], background)
    return Portrait(layers.still[..., :3], shown.landmarks, shown.blendshapes, shown.rotation)


def as_picture(pixels: ImageArray) -> FloatArray:
    """Pixels (H, W, 3) uint8 as a picture (3, H, W) float32 in -1..1, as training and inference show it to networks."""
    return np.ascontiguousarray(pixels.transpose(2, 0, 1), dtype=np.float32) * np.float32(2 / 255) - np.float32(1)


def _shown(picture: FloatArray, size: int) -> ImageArray:
    """A picture (3, O, O) in -1..1 as (size, size, 3) in 0..255."""
    levels = (np.clip(picture, -1.0, 1.0) + np.float32(1)) * np.float32(127.5)
    pixels = np.rint(levels).astype(np.uint8).transpose(1, 2, 0)
    if pixels.shape[0] == size:
        return np.ascontiguousarray(pixels)
    way = cv2.INTER_AREA if size < pixels.shape[0] else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(pixels), (size, size), interpolation=way), np.uint8)


def _central(picture: ImageArray, side: int) -> ImageArray:
    """The square in the middle of a picture at a size."""
    rows, columns = picture.shape[:2]
    short = min(rows, columns)
    top, left = (rows - short) // 2, (columns - short) // 2
    square = np.ascontiguousarray(picture[top : top + short, left : left + short])
    way = cv2.INTER_AREA if short > side else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(square, (side, side), interpolation=way), np.uint8)
