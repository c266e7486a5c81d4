"""The clips of a corpus as Style-A's training reads them: frames by number, rows of coefficients, tracked meshes.

Decoded frames are kept in memory at the size that training wants, up to a limit; beyond it they are decoded again each
time. Reading is safe from several threads, and gives the same whatever was read before.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.clips import FPS
from style2talker.corpus.landmarks import to_68
from style2talker.corpus.manifest import ClipRow, read_manifest
from style2talker.corpus.pack import lmdb_key, open_pack
from style2talker.corpus.track import load_track
from style2talker.errors import InputError
from style2talker.media.video import read_frames
from style2talker.records import FloatArray, ImageArray
from style2talker.style_a.driving import bfm_rows, face_place, rig_rows, windows

__all__ = ["ClipData", "Frames", "Movie", "find_clips"]

_READING = threading.Lock()


@dataclass(frozen=True, slots=True, eq=False)
class ClipData:
    """What is known of the T frames of a clip.

    Attributes:
        name: of the clip.
        person: who is seen.
        neutral: whether it is one of the person's neutral clips.
        acted: whether it belongs to a person of whom there are clips of several emotions (as in MEAD).
        windows: (T, C, 27) float32 coefficients around each frame.
        landmarks: (T, 478, 3) float32 mesh points, for a picture that spans 0..1.
        valid: numbers of the frames in which the face was found.
    """

    name: str
    person: str
    neutral: bool
    acted: bool
    windows: FloatArray
    landmarks: FloatArray
    valid: NDArray[np.intp]

    def mesh(self, frame: int, size: int) -> FloatArray:
        """Mesh points (478, 3) of a frame in pixels of a picture of that size."""
        return _in_pixels(self.landmarks[frame], size)


def find_clips(data: Path, split: str, space: str) -> list[ClipData]:
    """The clips of a split that have frames, track and coefficients, sorted by name.

    Args:
        data: folder of the corpus.
        split: "train"; "validation", which falls back on the test clips where there are none.
        space: of the coefficients, "rig" or "bfm".

    Raises:
        InputError: there is none, or a file is damaged.
    """
    rows = [row for row in read_manifest(data).leaves() if "track" in row.files and "lmdb" in row.files]
    wanted = [row for row in rows if row.split == split]
    if split == "validation" and not wanted:
        wanted = [row for row in rows if row.split == "test"]
    if not wanted:
        raise InputError(f"{data} has no packed and tracked clip of the split {split!r}: run corpus track and pack")
    acted = {row.person for row in wanted if row.emotion == "neutral"}
    return [_clip(data, row, space, row.person in acted and row.emotion is not None) for row in wanted]


def _in_pixels(points: FloatArray, size: int) -> FloatArray:
    """Points (V, 3) of a picture that spans 0..1, in pixels of a picture of that size."""
    places = np.array(points * np.float32(size), dtype=np.float32)
    places[:, :2] -= 0.5
    return places


def _clip(data: Path, row: ClipRow, space: str, acted: bool) -> ClipData:
    track = load_track(data / row.files["track"])
    keys = [lmdb_key(row.clip, part) for part in ("length", "keypoint", "coeff_3dmm", 0)]
    length, stored, packed, first = _values((data / row.files["lmdb"]).parent, keys)
    count = int(length or b"0")
    if stored is None or packed is None or first is None or count != len(track.valid):
        raise InputError(f"{row.clip} of {data} has {count} packed frames, {len(track.valid)} tracked: pack it again")
    points = np.frombuffer(stored, dtype="<f4").reshape(-1, 68, 2)
    size = _decoded(first).shape[0]
    # The track is in pixels of the clip, which may be larger than the stored frames.
    scale = float(np.ptp(points[0]) / np.ptp(to_68(track.landmarks[:1])))
    landmarks = track.landmarks * np.float32(scale / size)
    landmarks[..., :2] += np.float32(0.5 / size)
    usual = np.median(landmarks[track.valid], axis=0).astype(np.float32)
    if space == "bfm":
        driven = bfm_rows(np.frombuffer(packed, dtype="<f4").reshape(-1, 260))
    else:
        rest = np.median(track.rotation[track.valid], axis=0)
        driven = rig_rows(track.motion(), rest, face_place(_in_pixels(usual, size), size, size))
    valid = np.flatnonzero(track.valid)
    return ClipData(row.clip, row.person, row.emotion == "neutral", acted, windows(driven), landmarks, valid)


def _values(folder: Path, keys: Sequence[bytes]) -> list[bytes | None]:
    """Values of a packed corpus. It is closed at once, as a process can have it open but once."""
    with _READING, open_pack(folder) as environment, environment.begin() as look:
        return [look.get(key) for key in keys]


def _decoded(stored: bytes) -> ImageArray:
    pixels = np.asarray(cv2.imdecode(np.frombuffer(stored, np.uint8), cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.ascontiguousarray(pixels[..., ::-1])


def _sized(pixels: ImageArray, size: int) -> ImageArray:
    if pixels.shape[0] == size:
        return np.ascontiguousarray(pixels)
    way = cv2.INTER_AREA if pixels.shape[0] > size else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(np.ascontiguousarray(pixels), (size, size), interpolation=way))


class Frames:
    """Packed frames of a corpus, by clip and number.

    Args:
        data: folder of the corpus.
        size: side of the pictures that are wanted.
        cache: most MiB of pictures to keep.
    """

    def __init__(self, data: Path, size: int, cache: int) -> None:
        folders = {row.files["lmdb"] for row in read_manifest(data).leaves() if "lmdb" in row.files}
        if len(folders) != 1:
            raise InputError(f"{data} is packed in {len(folders)} sizes, expected one: run corpus pack")
        self._folder = (data / folders.pop()).parent
        self._size = size
        self._room = cache * 2**20 // (3 * size * size)
        self._kept: dict[tuple[str, int], ImageArray] = {}

    def picture(self, clip: str, number: int) -> ImageArray:
        """Frame (size, size, 3) uint8 RGB, not to be changed. Raises InputError when it is not packed."""
        found = self._kept.get((clip, number))
        if found is None:
            (stored,) = _values(self._folder, [lmdb_key(clip, number)])
            if stored is None:
                raise InputError(f"{clip} in {self._folder} lacks frame {number}: pack it again")
            found = _sized(_decoded(stored), self._size)
            if len(self._kept) < self._room:
                self._kept[clip, number] = found
        return found


class Movie:
    """Frames of the styled clips of a corpus (`corpus stylize`), decoded a clip at a time.

    Args:
        data: folder of the corpus.
        size: side of the pictures that are wanted.
        cache: most MiB of pictures to keep.
    """

    def __init__(self, data: Path, size: int, cache: int) -> None:
        rows = read_manifest(data).leaves()
        self._files = {row.clip: data / row.files["stylized"] for row in rows if "stylized" in row.files}
        self._size = size
        self._room = max(cache * 2**20, 1)
        self._kept: dict[str, ImageArray] = {}
        self._lock = threading.Lock()

    @property
    def clips(self) -> frozenset[str]:
        """Names of the clips that there are."""
        return frozenset(self._files)

    def picture(self, clip: str, number: int) -> ImageArray:
        """Frame (size, size, 3) uint8 RGB. Raises InputError when the clip is not styled or shorter."""
        with self._lock:
            frames = self._kept.get(clip)
            if frames is None:
                if clip not in self._files:
                    raise InputError(f"{clip} is not styled: run corpus stylize")
                frames = np.stack([_sized(p, self._size) for p in read_frames(self._files[clip], FPS)])
                while self._kept and sum(f.nbytes for f in self._kept.values()) + frames.nbytes > self._room:
                    del self._kept[next(iter(self._kept))]
                self._kept[clip] = frames
        if number >= len(frames):
            raise InputError(f"the styled {clip} has {len(frames)} frames, frame {number} is wanted: style it again")
        return np.asarray(frames[number])
