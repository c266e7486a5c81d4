"""Opening media files: what audio.py and video.py share.

In: the path of any audio or video file. Out: an open container, its streams, and their decoded frames in order.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, overload

import av

from style2talker.errors import InputError

if TYPE_CHECKING:
    from av.audio.frame import AudioFrame
    from av.audio.stream import AudioStream
    from av.container import InputContainer
    from av.video.frame import VideoFrame
    from av.video.stream import VideoStream

__all__ = ["audio_stream", "decoded", "media_path", "open_media", "seconds", "video_stream"]

_NOT_VIDEO = ("image2", "tty")
_OPTIONS = {"protocol_whitelist": "file"}


def media_path(path: str | os.PathLike[str]) -> str:
    """The path in a form that no media library takes for an address (a colon in a name would be one)."""
    return str(Path(path).absolute())


def open_media(path: str | os.PathLike[str], error: type[InputError], kind: str) -> InputContainer:
    """Open an audio or video file for reading; the caller closes it.

    Args:
        path: the file.
        error: the leaf of the error tree to raise.
        kind: what the file should be, for the message: "sound" or "video".

    Returns:
        The open container.

    Raises:
        InputError: as `error`, when the file is missing, a folder, empty, unreadable or not a media file.
    """
    place = Path(path)
    if place.is_dir():
        raise error(f"{path} is a folder: name a {kind} file")
    if not place.is_file():
        raise error(f"{path} does not exist: give the path of a {kind} file")
    if place.stat().st_size == 0:
        raise error(f"{path} is empty: give a {kind} file")
    try:
        container: InputContainer = av.open(
            media_path(path), container_options=dict(_OPTIONS), metadata_errors="replace"
        )
        return container
    except av.error.PermissionError as cause:
        raise error(f"{path} cannot be read: permission denied") from cause
    except (av.error.FFmpegError, ValueError) as cause:
        raise error(f"{path} is not a {kind} file, or is damaged: convert it to another format") from cause


def video_stream(container: InputContainer) -> VideoStream | None:
    """The stream of moving pictures, or None; a cover picture, a still picture and a text file are none."""
    names = container.format.name
    if names in _NOT_VIDEO or names.endswith("_pipe"):
        return None
    moving = [s for s in container.streams.video if not s.disposition & av.stream.Disposition.attached_pic]
    best = container.streams.best("video")
    return next((stream for stream in moving if stream is best), moving[0] if moving else None)


def audio_stream(container: InputContainer) -> AudioStream | None:
    """The stream of sound that a player would choose, or None."""
    best = container.streams.best("audio")
    return next((stream for stream in container.streams.audio if stream is best), None)


@overload
def decoded(container: InputContainer, stream: VideoStream) -> Iterator[VideoFrame]: ...
@overload
def decoded(container: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]: ...
def decoded(
    container: InputContainer, stream: VideoStream | AudioStream
) -> Iterator[VideoFrame] | Iterator[AudioFrame]:
    """Decode a stream in order of presentation; damaged packets are passed over, a cut-off end is the end.

    Args:
        container: an open container.
        stream: one of its streams.

    Yields:
        Audio or video frames, with the samples that the file marks as padding left out.
    """
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.error.FFmpegError:
            packet = None
        try:
            # The last packet of the demuxer is empty and drains the decoder; where the file is cut off we drain it.
            frames = stream.decode(packet)
        except av.error.EOFError:
            return
        except av.error.FFmpegError:
            frames = []
        yield from frames
        if packet is None:
            return


def seconds(count: int | None, base: Fraction | None, otherwise: float) -> float:
    """A timestamp or duration in seconds, or `otherwise` when the file does not say."""
    return otherwise if count is None or base is None else float(count * base)
