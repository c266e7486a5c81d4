"""The exceptions of Style2Talker; each leaf knows the exit status of the command that ends by it.

    Style2TalkerError            1   anything else that we foresee
    ├── UsageError               2   wrong options, or options that contradict each other
    ├── InputError               3   an input file cannot be used
    │   ├── AudioError               no sound, silent, too short, unreadable
    │   ├── PictureError             not a picture, too large, damaged
    │   ├── VideoError               no pictures in it, damaged
    │   ├── FaceError                no face, several faces, too small, turned away
    │   ├── EmotionError             a sentence or timeline that cannot be read
    │   ├── ArtError                 a picture that cannot serve as an art style
    │   └── MotionError              a motion or coefficient file of another shape
    ├── AssetError               4   a model file is missing or damaged
    └── OutputError              1   the result cannot be written

A message is one line that says what was wrong, what was found and what to do.
"""

from __future__ import annotations

from typing import ClassVar

__all__ = [
    "ArtError",
    "AssetError",
    "AudioError",
    "EmotionError",
    "FaceError",
    "InputError",
    "MotionError",
    "OutputError",
    "PictureError",
    "Style2TalkerError",
    "UsageError",
    "VideoError",
]


class Style2TalkerError(Exception):
    """Root of the tree; `exit_status` is what the command line returns."""

    exit_status: ClassVar[int] = 1


class UsageError(Style2TalkerError):
    """Options that are unknown, out of range or contradict each other."""

    exit_status = 2


class InputError(Style2TalkerError):
    """An input file that cannot be used."""

    exit_status = 3


class AudioError(InputError):
    """A sound that is missing, unreadable, silent, too short or not finite."""


class PictureError(InputError):
    """A picture that is missing, unreadable or too large."""


class VideoError(InputError):
    """A video that is missing, unreadable or holds no pictures."""


class FaceError(InputError):
    """No usable face: none, several, too small, or turned too far away.

    Attributes:
        box: (left, top, right, bottom) in pixels of the face in question, or None when there is none.
    """

    def __init__(self, message: str, box: tuple[int, int, int, int] | None = None) -> None:
        super().__init__(message)
        self.box = box


class EmotionError(InputError):
    """An emotion sentence, label or timeline that cannot be read."""


class ArtError(InputError):
    """A picture that cannot serve as an art style."""


class MotionError(InputError):
    """A motion file or 3DMM coefficient file that is unreadable or has the wrong shape."""


class AssetError(Style2TalkerError):
    """A model file that is missing or damaged."""

    exit_status = 4


class OutputError(Style2TalkerError):
    """A result that cannot be written: no such folder, no permission, no space."""
