"""Stage `split`: a clip -> pieces of five seconds, pictures and sound cut at the same sample.

A clip that is no longer than a piece stays whole. A last piece of more than three seconds is kept, a shorter one is
left out, its sound with it (the published scripts kept the pictures of any tail, but the sound only of such a one).
"""

from __future__ import annotations

import dataclasses
from itertools import islice
from pathlib import Path

from style2talker.corpus.clips import FPS, cut_sound, sound_of, write_clip, write_speech
from style2talker.corpus.manifest import ClipRow
from style2talker.corpus.outcome import Outcome, Place
from style2talker.corpus.settings import SplitOptions
from style2talker.media.audio import read_sound
from style2talker.media.video import probe_video, read_frames

__all__ = ["cuts", "piece_name", "split_clip", "split_files"]


def cuts(n_frames: int, options: SplitOptions) -> list[tuple[int, int]]:
    """(first frame, number of frames) of the pieces of a clip; one piece is the whole clip."""
    length = max(1, round(options.seconds * FPS))
    if n_frames <= length:
        return [(0, n_frames)]
    pieces = [(first, min(length, n_frames - first)) for first in range(0, n_frames, length)]
    return pieces if pieces[-1][1] == length or pieces[-1][1] > options.min_tail * FPS else pieces[:-1]


def piece_name(clip: str, number: int) -> str:
    """Name of a piece, counted from 1: `name#k`; `_k` where the name has its four parts already."""
    return f"{clip}{'_' if '#' in clip else '#'}{number}"


def split_files(
    video: Path, speech: Path | None, pieces: list[tuple[int, int]], out: list[tuple[Path, Path | None]]
) -> None:
    """Cut a clip.

    Args:
        video: the clip, 25 frames a second.
        speech: its sound for the models; None without.
        pieces: (first frame, number of frames) of each piece.
        out: (video, speech) to write for each piece.

    Raises:
        VideoError: the clip cannot be read.
        AudioError: its sound cannot be decoded.
        OutputError: a piece cannot be written.
    """
    sound = sound_of(video)
    heard = None if speech is None else read_sound(speech)
    size = probe_video(video).width
    for (first, count), (video_out, speech_out) in zip(pieces, out, strict=True):
        part = None if sound is None else cut_sound(sound, first / FPS, count)[0]
        write_clip(video_out, islice(read_frames(video, FPS), first, first + count), size, part)
        if heard is not None and speech_out is not None:
            write_speech(speech_out, cut_sound(heard, first / FPS, count)[0])


def split_clip(row: ClipRow, place: Place, options: SplitOptions) -> Outcome:
    """Cut a clip of the corpus. Raises as `split_files`."""
    n_frames = row.frames or 0
    pieces = cuts(n_frames, options)
    if len(pieces) == 1 and "#" in row.clip:
        return Outcome(row, note=_left_out(n_frames, pieces))
    speech = place.path(row.files["sound"]) if "sound" in row.files else None
    quality = {name: value for name, value in row.quality.items() if name != "sound_missing"}
    rows, out = [], []
    for number, (first, count) in enumerate(pieces, start=1):
        clip = piece_name(row.clip, number)
        files = {"video": place.file("clips", clip, ".mp4")}
        if speech is not None:
            files["sound"] = place.file("sounds", clip, ".wav")
        rows.append(
            dataclasses.replace(
                row,
                clip=clip,
                parent=row.clip,
                start=round(row.start + first / FPS, 4),
                frames=count,
                quality=quality,
                files=files,
                marks={},
            )
        )
        out.append((place.path(files["video"]), place.path(files["sound"]) if speech is not None else None))
    split_files(place.path(row.files["video"]), speech, pieces, out)
    return Outcome(row, tuple(rows), _left_out(n_frames, pieces))


def _left_out(n_frames: int, pieces: list[tuple[int, int]]) -> str:
    rest = n_frames - sum(count for _, count in pieces)
    return f"left out a tail of {rest / FPS:.2f} s" if rest else ""
