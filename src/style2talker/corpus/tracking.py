"""Stage `track`: a clip -> mesh, blendshapes, head pose and validity of each frame, and Deep3D's coefficients.

The same tracker as for generation. Frames without the face hold what is between the frames around them and are marked
as not valid.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.clips import FPS
from style2talker.corpus.deep3d import MADE_BY, save_coefficients
from style2talker.corpus.landmarks import to_68
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.reconstruction import MADE_BY_NETWORK, reconstructed
from style2talker.corpus.settings import TrackingOptions
from style2talker.corpus.track import save_track
from style2talker.errors import FaceError
from style2talker.face.tracking import Track, track_frames
from style2talker.media.video import read_frames
from style2talker.records import FloatArray, ImageArray

__all__ = ["track_clip", "track_cropped", "write_coefficients"]

_ROOM = 0.25  # a face that fills the picture is not found without some room around it


def track_cropped(frames: Iterable[ImageArray]) -> tuple[Track, int, int]:
    """Follow the face of a clip that may fill its picture.

    Args:
        frames: (H, W, 3) uint8 RGB pictures of one size, 25 a second.

    Returns:
        (track with landmarks in pixels of the clip, width, height).

    Raises:
        FaceError: no frame shows a face.
        AssetError: the face model is missing or damaged.
    """
    shape = (0, 0)
    room = 0

    def widened() -> Iterator[ImageArray]:
        nonlocal shape, room
        for pixels in frames:
            shape = (pixels.shape[0], pixels.shape[1])
            room = round(_ROOM * max(shape))
            yield np.asarray(cv2.copyMakeBorder(pixels, room, room, room, room, cv2.BORDER_REPLICATE))

    track = track_frames(widened(), float(FPS))
    landmarks = track.landmarks - np.array([room, room, 0], dtype=np.float32)
    return dataclasses.replace(track, landmarks=landmarks), shape[1], shape[0]


def write_coefficients(
    target: Path, video: Path, track: Track, size: tuple[int, int], network: Path | None = None
) -> str:
    """Write the 3DMM coefficients of a clip.

    Args:
        target: the file to write.
        video: the clip.
        track: of it, landmarks in its pixels.
        size: its width and height.
        network: Deep3D's network as an ONNX file; None for the learned map.

    Returns:
        How they were made.

    Raises:
        AssetError: the network is missing, damaged or another one.
        OutputError: they cannot be written.
    """
    points = to_68(track.landmarks)
    if network is None:
        save_coefficients(target, track, points, *size)
        return MADE_BY

    def made(aligned: NDArray[np.float64]) -> FloatArray:
        return reconstructed(network, read_frames(video, FPS), aligned)

    save_coefficients(target, track, points, *size, made, MADE_BY_NETWORK)
    return MADE_BY_NETWORK


def track_clip(row: ClipRow, place: Place, options: TrackingOptions) -> Outcome:
    """Write the track and the coefficients of a clip.

    Raises:
        FaceError: the face is seen in too few frames.
        AssetError: the network that the options name is missing, damaged or another one.
        OutputError: they cannot be written.
    """
    track, width, height = track_cropped(read_frames(place.path(row.files["video"]), FPS))
    coverage = float(track.valid.mean())
    if coverage < options.min_coverage:
        raise FaceError(
            f"the face is found in {coverage:.0%} of the frames, at least {options.min_coverage:.0%} are wanted"
        )
    files = {"track": place.file("tracks", row.clip, ".npz"), "coefficients": place.file("3DMM", row.clip, ".npy")}
    save_track(place.path(files["track"]), track)
    video, network = place.path(row.files["video"]), Path(options.deep3d) if options.deep3d else None
    made_by = write_coefficients(place.path(files["coefficients"]), video, track, (width, height), network)
    turned = np.degrees(np.median(track.rotation[track.valid], axis=0))
    pose = {name: round(float(angle), 2) for name, angle in zip(("pitch", "yaw", "roll"), turned, strict=True)}
    return Outcome(
        dataclasses.replace(
            row,
            files={**row.files, **files},
            coverage=round(coverage, 4),
            coefficients=made_by,
            quality={**row.quality, **pose},
        )
    )
