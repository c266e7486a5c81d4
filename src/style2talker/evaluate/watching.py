"""One pass over the frames of a clip, its reference and its still picture, all judges looking on."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.landmarks import to_68
from style2talker.evaluate.art_values import ArtJudge, laid_portrait
from style2talker.evaluate.frames import PictureJudge
from style2talker.evaluate.networks.judge import FeatureMaker, Features, NetworkJudge
from style2talker.face.tracking import Track
from style2talker.media.video import read_frames
from style2talker.records import FloatArray, ImageArray

__all__ = ["Judges", "Seen", "Source", "Strip", "Watched", "taken", "watch"]

_MOMENTS = (0.25, 0.5, 0.75)
_ART_MOMENTS = (0.1, 0.3, 0.5, 0.7, 0.9)
_TILE = 180


@dataclass(slots=True, eq=False)
class Seen:
    """A video on the clock and in the size of the comparison.

    Attributes:
        path: the file.
        fps: frames per second.
        size: width and height.
        track: the face in it, None where none was found.
    """

    path: Path
    fps: float
    size: tuple[int, int]
    track: Track | None = None

    def frames(self, fps: float | None = None) -> Iterator[ImageArray]:
        """Frames (H, W, 3), at another rate where one is given."""
        for pixels in read_frames(self.path, fps or self.fps):
            if pixels.shape[1::-1] == self.size:
                yield pixels
            else:
                yield np.asarray(cv2.resize(pixels, self.size, interpolation=cv2.INTER_AREA), np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """The picture that a clip was made from.

    Attributes:
        pixels: (H, W, 3).
        points: (68, 2) pixels of it.
        shape: rigid points (V, 3) in eye distances.
    """

    pixels: ImageArray
    points: FloatArray
    shape: FloatArray


@dataclass(slots=True, eq=False)
class Strip:
    """Frames of a few moments, side by side, for the page.

    Attributes:
        at: numbers of the frames.
        columns: of each moment: generated, reference, difference three times as strong.
    """

    at: Sequence[int]
    columns: list[ImageArray] = field(default_factory=list)

    def add(self, number: int, generated: ImageArray, truth: ImageArray | None) -> None:
        """Take a frame if it is one of the moments."""
        if number not in self.at:
            return
        rows = [generated]
        if truth is not None:
            apart = np.clip(3 * np.abs(generated.astype(np.int16) - truth), 0, 255).astype(np.uint8)
            rows += [truth, apart]
        height, width = generated.shape[:2]
        size = (max(1, round(width * _TILE / height)), _TILE)
        self.columns.append(np.vstack([cv2.resize(row, size, interpolation=cv2.INTER_AREA) for row in rows]))


def taken(track: Track | None, at: NDArray[np.int64]) -> Track | None:
    """The frames of a track with those numbers; None where no face is left."""
    if track is None or not track.valid[at].any():
        return None
    return Track(track.landmarks[at], track.blendshapes[at], track.rotation[at], track.valid[at], track.fps)


@dataclass(slots=True, eq=False)
class Judges:
    """Who looks on for one system.

    Attributes:
        pictures: always.
        networks: those that were given.
        art: of the art and of what the frames were made from.
    """

    pictures: PictureJudge
    networks: NetworkJudge
    art: ArtJudge


@dataclass(slots=True, eq=False)
class Watched:
    """What a pass leaves.

    Attributes:
        judges: system -> judges that have seen all frames.
        tracks: system -> the face, cut to the frames that were compared.
        count: how many those are.
        strip: for the page.
    """

    judges: dict[str, Judges]
    tracks: dict[str, Track | None]
    count: int
    strip: Strip


def _points(track: Track | None, at: int) -> FloatArray | None:
    if track is None or at >= len(track.valid) or not track.valid[at]:
        return None
    return np.asarray(to_68(track.landmarks[at : at + 1])[0], np.float32)


@dataclass(slots=True, eq=False)
class _Desk:
    """What one frame of one system goes through."""

    judges: Mapping[str, Judges]
    tracks: Mapping[str, Track | None]
    makers: Mapping[str, FeatureMaker]
    every: int
    art_at: Sequence[int]
    source: Source | None
    fps: float

    def features(self, system: str, at: int, frame: ImageArray) -> Features:
        return self.makers[system].of(frame, _points(self.tracks[system], at))

    def look(
        self, system: str, at: int, frame: ImageArray, truth: ImageArray | None, mask: NDArray[np.bool_] | None
    ) -> None:
        judges = self.judges[system]
        judges.pictures.add(frame, truth, mask)
        if at % self.every == 0 and self.makers[system].files:
            true = None if truth is None else self.features("reference", at, truth)
            judges.networks.add(at / self.fps, self.features(system, at, frame), true)
        if at in self.art_at:
            own = judges.pictures.mask(at, frame.shape)
            judges.art.add(frame, truth if truth is not None else self._laid(system, at, frame), own)

    def _laid(self, system: str, at: int, frame: ImageArray) -> ImageArray | None:
        points = _points(self.tracks[system], at)
        if self.source is None or points is None:
            return None
        return laid_portrait(self.source.pixels, self.source.points, points, (frame.shape[1], frame.shape[0]))


def _still(seen: Seen) -> tuple[ImageArray, int]:
    """The first frame with a face, or the first one."""
    at = int(np.argmax(seen.track.valid)) if seen.track is not None else 0
    return next(itertools.islice(seen.frames(), at, None)), at


def watch(
    made: Seen,
    real: Seen | None,
    every: int,
    files: Mapping[str, Path],
    art: ImageArray | None = None,
    source: Source | None = None,
) -> Watched:
    """Go through all frames once.

    Args:
        made: the clip.
        real: its reference, or None.
        every: pictures are judged in every so many frames.
        files: option of `networks.extractors.KINDS` -> file.
        art: picture of the smaller side of the frames, or None.
        source: the picture that the clip was made from, or None.

    Returns:
        Judges and tracks of "generated", "still" and, where there is one, "reference".
    """
    still, at = _still(real or made)
    anchor = (real or made).track
    length = 1 if anchor is None else len(anchor.valid)
    tracks = {"generated": made.track, "still": taken(anchor, np.full(length, at))}
    if real is not None:
        tracks["reference"] = real.track
    judges = {n: Judges(PictureJudge(t, every), NetworkJudge(), ArtJudge(art)) for n, t in tracks.items()}
    wanted = [int(share * (len(made.track.valid) if made.track is not None else 4)) for share in _MOMENTS]
    styled = [int(share * (len(made.track.valid) if made.track is not None else 5)) for share in _ART_MOMENTS]
    strip = Strip(wanted)
    looking = art is not None or source is not None
    makers = {name: FeatureMaker(files) for name in tracks}
    desk = _Desk(judges, tracks, makers, every, styled if looking else (), source, made.fps)
    count = 0
    truths: Iterator[ImageArray | None] = real.frames() if real is not None else itertools.repeat(None)
    for frame, truth in zip(made.frames(), truths, strict=False):
        mask = None if truth is None else judges["reference"].pictures.mask(count, truth.shape)
        desk.look("generated", count, frame, truth, mask)
        desk.look("still", count, still, truth, mask)
        if truth is not None:
            desk.look("reference", count, truth, truth, mask)
        strip.add(count, frame, truth)
        count += 1
    return Watched(judges, {n: taken(t, np.arange(count)) for n, t in tracks.items()}, count, strip)
