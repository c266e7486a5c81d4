"""Opening media files: what audio.py and video.py share.

In: the path of any audio or video file. Out: an open container, its streams, and their decoded frames in order.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import av

from style2talker.errors import InputError

if TYPE_CHECKING:
    from av.container import InputContainer
    from av.frame import Frame
    from av.stream import Stream

__all__ = ["decoded", "media_path", "open_media", "time_of", "video_stream"]

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
        return av.open(media_path(path), container_options=dict(_OPTIONS), metadata_errors="replace")
    except av.error.PermissionError as cause:
        raise error(f"{path} cannot be read: permission denied") from cause
    except (av.error.FFmpegError, ValueError) as cause:
        raise error(f"{path} is not a {kind} file, or is damaged: convert it to another format") from cause


def video_stream(container: InputContainer) -> Stream | None:
    """The stream of moving pictures, or None; a cover picture, a still picture and a text file are none."""
    names = container.format.name
    if names in _NOT_VIDEO or names.endswith("_pipe"):
        return None
    stream = container.streams.best("video")
    if stream is None or stream.disposition & av.stream.Disposition.attached_pic:
        return None
    return stream


def decoded(container: InputContainer, stream: Stream) -> Iterator[Frame]:
    """Decode a stream in order of presentation; packets that are damaged are passed over, a cut-off end is the end.

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
            # The demuxer's last packet is empty and drains the decoder; draining once more gives nothing.
            frames = stream.decode(None) if packet is None else packet.decode()
        except av.error.EOFError:
            return
        except av.error.FFmpegError:
            frames = []
        yield from frames
        if packet is None:
            return


def time_of(frame: Frame, stream: Stream, otherwise: float) -> float:
    """Presentation time of a frame in seconds, or `otherwise` when the file does not say."""
    if frame.pts is None:
        return otherwise
    return float(frame.pts * (frame.time_base or stream.time_base))
