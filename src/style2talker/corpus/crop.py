"""Stage `crop`: a recording -> a square clip of each face in it, 25 frames a second, with its sound cut exactly.

Two passes: faces are looked for in every few frames and followed (`faces.py`), then their squares are cut out of all
frames, all faces in one go. A face that leaves the picture ends its clip; a cut to another shot does so too.
"""

from __future__ import annotations

import dataclasses
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from style2talker.corpus.clips import FPS, ClipWriter, cut_sound, sound_of, write_speech
from style2talker.corpus.faces import FaceSpan, Follower, open_finder, sampled
from style2talker.corpus.layouts import sound_beside
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.settings import CropOptions
from style2talker.errors import AudioError, FaceError, VideoError
from style2talker.face.align import Crop, square_around
from style2talker.media.audio import Sound
from style2talker.media.container import audio_stream, open_media, seconds, video_stream
from style2talker.media.video import probe_video, read_frames
from style2talker.records import ImageArray

__all__ = ["crop_clip"]

_SEARCH = 5  # new faces are searched for in every so many looks; those that are followed are looked for where they were


@dataclass(frozen=True, slots=True)
class _Shot:
    """What becomes a clip: frames first..last of the recording (to its end when None), and the square of them."""

    first: int
    last: int | None
    crop: Crop
    coverage: float
    face_height: float


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
    shots, left_out = _shots(row, source, options)
    sound_file = place.find(row.sound_source) if row.sound_source else sound_beside(source) or source
    sound = sound_of(sound_file)
    offset = _sound_starts(source) if sound_file == source and sound is not None else None
    single = len(shots) == 1
    rows = [row if single else _of_face(row, number) for number in range(1, len(shots) + 1)]
    rows = [dataclasses.replace(each, av_offset=offset) for each in rows]
    made = _write(rows, shots, place, source, sound)
    short = [each for each in made if (each.frames or 0) < options.min_frames]
    for file in (file for each in short for file in each.files.values()):
        place.path(file).unlink()
    kept = [each for each in made if each not in short]
    if not kept:
        longest = max(each.frames or 0 for each in made)
        raise VideoError(f"only {longest} frames on end can be used, at least {options.min_frames} are wanted")
    if single:
        return Outcome(kept[0], (), left_out)
    return Outcome(row, tuple(kept), "; ".join(filter(None, [left_out, _counted(len(short), _too_short(options))])))


def _of_face(row: ClipRow, number: int) -> ClipRow:
    """The row of one face of several; only the first may be the person after whom the recording is named."""
    person = row.person if number == 1 else f"{row.person}_face{number}"
    return dataclasses.replace(row, clip=f"{row.clip}_face{number}", person=person, parent=row.clip, marks={}, files={})


def _span(row: ClipRow) -> tuple[int, int | None]:
    """First and last frame of the recording that count; its end when None."""
    end = row.hint.get("end")
    return round(float(row.hint.get("start", 0.0)) * FPS), None if end is None else round(float(end) * FPS) - 1


def _shots(row: ClipRow, source: Path, options: CropOptions) -> tuple[list[_Shot], str]:
    """The clips of a recording, and in words what was left out of it."""
    info = probe_video(source)
    begin, end = _span(row)
    hint = row.hint.get("box")
    if options.box == "whole" or hint is not None:
        side = min(info.width, info.height)
        square = ((info.width - side) // 2, (info.height - side) // 2, side)
        if hint is not None:
            # The box was drawn in a picture of another height.
            scale = info.height / float(row.hint.get("height", info.height))
            left, top, right, bottom = (float(edge) * scale for edge in hint)
            square = square_around((left, top, right, bottom), 0.0, info.width, info.height)
        _large_enough(square[2], options)
        return [_Shot(begin, end, Crop(*square, options.size), 1.0, 0.0)], ""
    found = _follow(source, begin, end, options)
    if not found:
        raise FaceError("no face found: use a recording in which a face is seen from the front")
    # After the last look there may be a few frames more.
    spans = [s for s in found if s.n_frames + (options.every - 1) * s.to_the_end >= options.min_frames]
    if not spans:
        longest = max(span.n_frames for span in found)
        raise FaceError(f"no face is seen for {options.min_frames} frames on end, the longest for {longest}")
    if len(spans) > 1 and options.faces == "one":
        raise FaceError(f"{len(spans)} faces or shots found, only one is allowed: use --faces all or largest")
    seen = len(spans)
    if options.faces == "largest":
        spans = [max(spans, key=lambda span: (np.median(span.heights) * span.n_frames, -span.first))]
    shots = [_shot(span, info.width, info.height, end, options) for span in spans]
    kept = [shot for shot in shots if shot.crop.side >= options.min_size]
    if not kept:
        _large_enough(max(shot.crop.side for shot in shots), options)
    parts = [
        _counted(len(found) - seen, _too_short(options)),
        _counted(seen - len(spans), "other than the largest"),
        _counted(len(shots) - len(kept), f"smaller than {options.min_size} pixels"),
    ]
    return kept, "; ".join(filter(None, parts))


def _follow(source: Path, begin: int, end: int | None, options: CropOptions) -> list[FaceSpan]:
    """The faces of a recording; those that are seen in the last look are taken to stay to the end."""
    follower = Follower(options.iou)
    looks = (
        (options.every * index, pixels, cut)
        for index, (pixels, cut) in enumerate(sampled(read_frames(source, FPS / options.every)))
        if options.every * index >= begin
    )
    number = begin
    with open_finder() as find:
        for look, (number, pixels, cut) in enumerate(looks):
            if end is not None and number > end:
                break
            everywhere = cut or look % _SEARCH == 0
            follower.look(number, find(pixels, [] if cut else follower.near, everywhere), cut)
    return follower.spans()


def _counted(count: int, what: str) -> str:
    return f"left out {count} {'face' if count == 1 else 'faces'} {what}" if count else ""


def _too_short(options: CropOptions) -> str:
    return f"of less than {options.min_frames} frames"


def _shot(span: FaceSpan, width: int, height: int, end: int | None, options: CropOptions) -> _Shot:
    square = square_around(span.union, options.margin, width, height)
    coverage, tall = span.seen / span.looks, float(np.median(span.heights))
    return _Shot(span.first, end if span.to_the_end else span.last, Crop(*square, options.size), coverage, tall)


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


def _write(rows: list[ClipRow], shots: list[_Shot], place: Place, source: Path, sound: Sound | None) -> list[ClipRow]:
    """Write the clips of a recording in one pass through it; returns their rows."""
    paths = [place.path(place.file("clips", row.clip, ".mp4")) for row in rows]
    sharpness: list[list[float]] = [[] for _ in rows]
    with ExitStack() as stack:
        writers: dict[int, ClipWriter] = {}
        for number, pixels in enumerate(read_frames(source, FPS)):
            for index, shot in enumerate(shots):
                if number == shot.first:
                    writer = ClipWriter(paths[index], shot.crop.size, sound, shot.first / FPS)
                    writers[index] = stack.enter_context(writer)
                if shot.first <= number and (shot.last is None or number <= shot.last):
                    picture = shot.crop.apply(pixels)
                    sharpness[index].append(_sharpness(picture))
                    writers[index].write(picture)
                if number == shot.last:
                    writers[index].finish()
            if all(shot.last is not None and number >= shot.last for shot in shots):
                break
    if len(writers) < len(shots):
        raise VideoError(f"it ends before {min(shots[i].first for i in range(len(shots)) if i not in writers)} frames")
    return [
        _described(row, shot, place, sound, writers[index].n_frames, float(np.median(sharpness[index])))
        for index, (row, shot) in enumerate(zip(rows, shots, strict=True))
    ]


def _sharpness(picture: ImageArray) -> float:
    return float(cv2.Laplacian(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), cv2.CV_32F).var())


def _described(
    row: ClipRow, shot: _Shot, place: Place, sound: Sound | None, n_frames: int, sharpness: float
) -> ClipRow:
    """Write the sound of a clip for the models, and say in its row what it is."""
    files = {"video": place.file("clips", row.clip, ".mp4")}
    quality = {"sharpness": round(sharpness, 2), "side": float(shot.crop.side)}
    if shot.face_height:
        quality["face_height"] = round(shot.face_height, 1)
    if sound is not None:
        part, missing = cut_sound(sound, shot.first / FPS, n_frames)
        files["sound"] = place.file("sounds", row.clip, ".wav")
        write_speech(place.path(files["sound"]), part)
        quality["sound_missing"] = round(missing, 4)
    left, top, side = shot.crop.left, shot.crop.top, shot.crop.side
    return dataclasses.replace(
        row,
        start=round(shot.first / FPS, 4),
        fps=float(FPS),
        frames=n_frames,
        sample_rate=None if sound is None else sound.rate,
        box=(left, top, left + side, top + side),
        transform=tuple(round(float(value), 6) for value in shot.crop.matrix().ravel()),
        coverage=round(shot.coverage, 4),
        quality=quality,
        files=files,
    )
