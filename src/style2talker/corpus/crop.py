"""Stage `crop`: a recording -> a square clip of each face in it, 25 frames a second, with its sound cut exactly.

Two passes: faces are looked for in every few frames and followed (`faces.py`), then their squares are cut out of all
frames. A face that leaves the picture ends its clip; a cut to another shot does so too.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from style2talker.corpus.clips import FPS, cut_sound, sound_of, write_clip, write_speech
from style2talker.corpus.faces import FaceSpan, Follower, open_finder, sampled, square_around
from style2talker.corpus.layouts import sound_beside
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.settings import CropOptions
from style2talker.errors import AudioError, FaceError, VideoError
from style2talker.face.align import Crop
from style2talker.media.audio import Sound
from style2talker.media.container import audio_stream, open_media, seconds, video_stream
from style2talker.media.video import probe_video, read_frames
from style2talker.records import ImageArray

__all__ = ["crop_clip"]

_SEARCH = 5  # new faces are searched for in every so many looks; those that are followed are looked for where they were


@dataclass(frozen=True, slots=True)
class _Shot:
    """What becomes a clip: frames first..last of the recording, and the square of them."""

    first: int
    n_frames: int
    crop: Crop
    coverage: float
    face_height: float


@dataclass(frozen=True, slots=True)
class _Take:
    """A recording, the frame from which on it counts, its sound, and how late that begins in its file."""

    source: Path
    begin: int
    sound: Sound | None
    offset: float | None


def crop_clip(row: ClipRow, place: Place, options: CropOptions) -> Outcome:
    """Make the clips of a recording.

    Returns:
        The row itself with a clip where there is one face; where there are several, a row for each, `NAME_face1`, ….

    Raises:
        FaceError: there is no face, or none that lasts and is large enough; several where only one may be.
        VideoError: the recording cannot be read.
        AudioError: it has a sound, which cannot be decoded.
        OutputError: a clip cannot be written.
    """
    source = place.find(row.source)
    begin, end = _span(row)
    shots, left_out = _shots(row, source, begin, end, options)
    sound_file = place.find(row.sound_source) if row.sound_source else sound_beside(source) or source
    sound = sound_of(sound_file)
    offset = _sound_starts(source) if sound_file == source and sound is not None else None
    take = _Take(source, begin, sound, offset)
    single = len(shots) == 1
    made = [
        _write(row if single else _of_face(row, number), place, take, shot)
        for number, shot in enumerate(shots, start=1)
    ]
    return Outcome(made[0], (), left_out) if single else Outcome(row, tuple(made), left_out)


def _of_face(row: ClipRow, number: int) -> ClipRow:
    """The row of one face of several; only the first may be the person after whom the recording is named."""
    person = row.person if number == 1 else f"{row.person}_face{number}"
    return dataclasses.replace(row, clip=f"{row.clip}_face{number}", person=person, parent=row.clip, marks={}, files={})


def _span(row: ClipRow) -> tuple[int, int | None]:
    """First and one past the last frame of the recording that count."""
    end = row.hint.get("end")
    return round(float(row.hint.get("start", 0.0)) * FPS), None if end is None else round(float(end) * FPS)


def _frames(source: Path, begin: int, end: int | None) -> Iterator[ImageArray]:
    return islice(read_frames(source, FPS), begin, end)


def _shots(row: ClipRow, source: Path, begin: int, end: int | None, options: CropOptions) -> tuple[list[_Shot], str]:
    """The clips of a recording, and in words what was left out of it."""
    info = probe_video(source)
    hint = row.hint.get("box")
    if options.box == "whole" or hint is not None:
        n_frames = sum(1 for _ in _frames(source, begin, end))
        _enough(n_frames, options)
        side = min(info.width, info.height)
        square = ((info.width - side) // 2, (info.height - side) // 2, side)
        if hint is not None:
            # The box was drawn in a picture of another height.
            scale = info.height / float(row.hint.get("height", info.height))
            left, top, right, bottom = (float(edge) * scale for edge in hint)
            square = square_around((left, top, right, bottom), 0.0, info.width, info.height)
        _large_enough(square[2], options)
        return [_Shot(0, n_frames, Crop(*square, options.size), 1.0, 0.0)], ""
    follower = Follower(options.iou)
    with open_finder() as find:
        for look, (number, pixels, cut) in enumerate(sampled(_frames(source, begin, end), options.every)):
            everywhere = cut or look % _SEARCH == 0
            follower.look(number, find(pixels, [] if cut else follower.near, everywhere), cut)
    found = follower.spans()
    if not found:
        raise FaceError("no face found: use a recording in which a face is seen from the front")
    spans = [span for span in found if span.n_frames >= options.min_frames]
    if not spans:
        longest = max(span.n_frames for span in found)
        raise FaceError(f"no face is seen for {options.min_frames} frames on end, the longest for {longest}")
    if len(spans) > 1 and options.faces == "one":
        raise FaceError(f"{len(spans)} faces or shots found, only one is allowed: use --faces all or largest")
    if options.faces == "largest":
        spans = [max(spans, key=lambda span: (np.median(span.heights) * span.n_frames, -span.first))]
    shots = [_shot(span, info.width, info.height, options) for span in spans]
    kept = [shot for shot in shots if shot.crop.side >= options.min_size]
    if not kept:
        _large_enough(max(shot.crop.side for shot in shots), options)
    return kept, _left_out(found, spans, shots, kept, options)


def _left_out(
    found: list[FaceSpan], spans: list[FaceSpan], shots: list[_Shot], kept: list[_Shot], options: CropOptions
) -> str:
    short = sum(span.n_frames < options.min_frames for span in found)
    parts = [
        (short, f"of less than {options.min_frames} frames"),
        (len(found) - short - len(spans), "other than the largest"),
        (len(shots) - len(kept), f"smaller than {options.min_size} pixels"),
    ]
    return "; ".join(f"left out {count} {'face' if count == 1 else 'faces'} {what}" for count, what in parts if count)


def _shot(span: FaceSpan, width: int, height: int, options: CropOptions) -> _Shot:
    square = square_around(span.union, options.margin, width, height)
    coverage = span.seen / span.looks
    return _Shot(span.first, span.n_frames, Crop(*square, options.size), coverage, float(np.median(span.heights)))


def _enough(n_frames: int, options: CropOptions) -> None:
    if n_frames < options.min_frames:
        raise VideoError(f"only {n_frames} frames, at least {options.min_frames} are wanted")


def _large_enough(side: int, options: CropOptions) -> None:
    if side < options.min_size:
        raise FaceError(f"the face with its margin is {side} pixels, at least {options.min_size} are wanted")


def _sound_starts(source: Path) -> float | None:
    """Seconds from the first picture to the first sample of a file, by what it says of itself."""
    with open_media(source, AudioError, "sound") as container:
        sound, pictures = audio_stream(container), video_stream(container)
        if sound is None or pictures is None:
            return None
        begins = [seconds(stream.start_time, stream.time_base, 0.0) for stream in (sound, pictures)]
    return round(begins[0] - begins[1], 4)


def _write(row: ClipRow, place: Place, take: _Take, shot: _Shot) -> ClipRow:
    """Write the files of one clip and say in its row what they are."""
    first = take.begin + shot.first
    start = first / FPS
    part, missing = (None, 0.0) if take.sound is None else cut_sound(take.sound, start, shot.n_frames)
    files = {"video": place.file("clips", row.clip, ".mp4")}
    sharpness: list[float] = []

    def pictures() -> Iterator[ImageArray]:
        for pixels in _frames(take.source, first, first + shot.n_frames):
            picture = shot.crop.apply(pixels)
            sharpness.append(float(cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_32F).var()))
            yield picture

    written = write_clip(place.path(files["video"]), pictures(), shot.crop.size, part)
    if part is not None:
        files["sound"] = place.file("sounds", row.clip, ".wav")
        write_speech(place.path(files["sound"]), part)
    quality = {"sharpness": round(float(np.median(sharpness)), 2), "side": float(shot.crop.side)}
    if shot.face_height:
        quality["face_height"] = round(shot.face_height, 1)
    if part is not None:
        quality["sound_missing"] = round(missing, 4)
    left, top, side = shot.crop.left, shot.crop.top, shot.crop.side
    return dataclasses.replace(
        row,
        start=round(start, 4),
        fps=float(FPS),
        frames=written,
        sample_rate=None if part is None else part.rate,
        box=(left, top, left + side, top + side),
        transform=tuple(round(float(value), 6) for value in shot.crop.matrix().ravel()),
        coverage=round(shot.coverage, 4),
        av_offset=take.offset,
        quality=quality,
        files=files,
    )
