"""The name of a clip -> how it is encoded: the suffix chooses, together with whether it is transparent."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from style2talker.errors import UsageError

__all__ = ["CLIPS", "TRANSPARENT", "ClipFormat", "clip_format", "numbered"]

CLIPS = (".mp4", ".m4v", ".mov", ".webm")
"""Suffixes of videos."""

TRANSPARENT = (".webm", ".mov", ".png")
"""Suffixes of clips that can be transparent; .png names numbered pictures, such as talk-%04d.png."""


@dataclass(frozen=True, slots=True)
class ClipFormat:
    """How a clip is encoded.

    Attributes:
        container: FFmpeg's name of the file format.
        video: encoder of the pictures.
        pixels: pixel format.
        video_options: of the encoder.
        sound: encoder of the sound.
        sound_rates: samples per second that are kept; others are resampled to the last of these. None keeps all.
        sound_bits: bits per second of the sound, None where it is not compressed.
        container_options: of the file format.
    """

    container: str
    video: str
    pixels: str
    video_options: Mapping[str, str]
    sound: str
    sound_rates: tuple[int, ...] | None
    sound_bits: int | None
    container_options: Mapping[str, str] = field(default_factory=dict)


_H264 = ClipFormat(
    "mp4",
    "libx264",
    "yuv420p",
    # One thread, no B-frames, no look-ahead: with either of the last two the bytes of x264 vary now and then from run
    # to run, though its pictures are the same.
    {"crf": "18", "preset": "veryfast", "threads": "1", "bf": "0", "rc-lookahead": "0"},
    "aac",
    (44100, 48000),
    192_000,
    {"movflags": "+faststart"},
)
_VP9_OPTIONS = {
    "crf": "20",
    "b:v": "0",
    "deadline": "realtime",
    "cpu-used": "6",
    "threads": "1",
    # The encoder refuses to look ahead where there is opacity.
    "auto-alt-ref": "0",
    "lag-in-frames": "0",
}
_BITEXACT = {"fflags": "+bitexact"}  # no random identifiers
_VP9 = ClipFormat("webm", "libvpx-vp9", "yuv420p", _VP9_OPTIONS, "libopus", (48000,), 160_000, _BITEXACT)
_VP9_ALPHA = ClipFormat("webm", "libvpx-vp9", "yuva420p", _VP9_OPTIONS, "libopus", (48000,), 160_000, _BITEXACT)
_PRORES = ClipFormat(
    "mov",
    "prores_ks",
    "yuva444p10le",
    {"profile": "4444", "vendor": "apl0", "alpha_bits": "16", "qscale": "6", "threads": "1"},
    "pcm_s16le",
    None,
    None,
    _BITEXACT,
)


def clip_format(path: str | os.PathLike[str], alpha: bool) -> ClipFormat:
    """The format of a video by its name.

    Args:
        path: the file to write.
        alpha: whether its pictures have opacity.

    Raises:
        UsageError: it is not the name of a video, or of one that cannot be transparent.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in CLIPS:
        raise UsageError(f"{path} is not a name for a video: end it in {', '.join(CLIPS)}")
    if not alpha:
        return _VP9 if suffix == ".webm" else _H264
    if suffix not in TRANSPARENT:
        raise UsageError(f"{path} cannot be transparent: end it in .webm, .mov or -%04d.png (numbered pictures)")
    return _VP9_ALPHA if suffix == ".webm" else _PRORES


def numbered(path: str | os.PathLike[str], number: int) -> Path:
    """The file of one picture of a numbered sequence, `name-%04d.png` for instance.

    Raises:
        UsageError: the name has no place for the number, or several.
    """
    place = Path(path)
    try:
        name = place.name % number
    except (TypeError, ValueError) as error:
        message = f"{path} names one picture: a clip as pictures needs a place for the number, such as talk-%04d.png"
        raise UsageError(message) from error
    return place.with_name(name)
