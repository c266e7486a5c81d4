"""Stage `stylize`: a tracked clip -> the same clip in an art style, steady from frame to frame.

It plays the part of VToonify in the published training of Style-A: pairs of a filmed and a styled clip, of one motion.
"""

from __future__ import annotations

import dataclasses
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

from style2talker.config import StylizeOptions
from style2talker.corpus.clips import FPS, sound_of, write_clip
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.track import load_track
from style2talker.errors import VideoError
from style2talker.face.tracking import Track
from style2talker.media.picture import read_picture
from style2talker.media.video import probe_video, read_frames
from style2talker.records import FAMILIES, Art, ImageArray, Portrait

__all__ = ["StylingOptions", "stylize_clip"]

_STEADY = 0.7
"""Sigma in frames over which landmarks are smoothed: their jitter would shake the proportions."""


@dataclass(frozen=True, slots=True)
class StylingOptions:
    """Options of `corpus stylize`.

    Attributes:
        art: the name of a family, or the path of an example picture.
        art_degree: 0 (the clip itself) .. 1 (the full style).
        art_structure: 0..1, how far the proportions of the face follow the art.
        keep_color: keep the clip's colours.
        seed: of whatever is random in the style.
        digest: of the example picture, found by itself, so that another picture under the same name is another style.
    """

    art: str = "cartoon"
    art_degree: float = 0.8
    art_structure: float = 0.3
    keep_color: bool = False
    seed: int = 0
    digest: str = ""

    def __post_init__(self) -> None:
        StylizeOptions(self.art, self.art_degree, self.art_structure, self.keep_color, seed=self.seed)
        picture = Path(self.art)
        found = self.art not in ("none", *FAMILIES) and picture.is_file()
        digest = hashlib.sha256(picture.read_bytes()).hexdigest()[:16] if found else ""
        object.__setattr__(self, "digest", digest)

    def to_art(self) -> Art:
        """The art, an example picture read. Raises PictureError."""
        dials = self.art_degree, self.art_structure, self.keep_color
        if self.art in FAMILIES:
            return Art("family", self.art, None, *dials)
        if self.art == "none":
            return Art("none", "none", None, *dials)
        return Art("exemplar", self.art, read_picture(self.art).pixels, *dials)


def stylize_clip(row: ClipRow, place: Place, options: StylingOptions) -> Outcome:
    """Write a clip in an art style, with its sound.

    Raises:
        ArtError: the example picture cannot serve.
        PictureError: it cannot be read.
        VideoError: the clip cannot be read, or has another length than its track.
        OutputError: the styled clip cannot be written.
    """
    # The painters bring much of SciPy: imported where something is painted.
    from style2talker.style_a.clip import stylise_frames

    video = place.path(row.files["video"])
    track = load_track(place.path(row.files["track"]))
    file = place.file("stylized", row.clip, ".mp4")
    styled = stylise_frames(_portraits(read_frames(video, FPS), track), options.to_art(), options.seed)
    count = write_clip(place.path(file), styled, probe_video(video).width, sound_of(video))
    if count != len(track.valid):
        raise VideoError(f"{row.clip} has {count} frames, its track {len(track.valid)}: run corpus track again")
    return Outcome(dataclasses.replace(row, files={**row.files, "stylized": file}))


def _portraits(frames: Iterator[ImageArray], track: Track) -> Iterator[Portrait]:
    """The frames of a clip with the faces of its track."""
    landmarks = gaussian_filter1d(track.landmarks, _STEADY, axis=0, mode="nearest").astype(np.float32)
    for i, pixels in enumerate(frames):
        if i >= len(landmarks):
            raise VideoError(f"a clip has more frames than its track of {len(landmarks)}: run corpus track again")
        yield Portrait(pixels, landmarks[i], np.clip(track.blendshapes[i], 0, 1), track.rotation[i])
