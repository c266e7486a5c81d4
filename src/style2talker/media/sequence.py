"""Writing a clip as numbered pictures, or as a video, as its name says.

In: frames one at a time. Out: PNG pictures that appear all at once when the last one is there.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from PIL import Image

from style2talker.errors import OutputError, UsageError
from style2talker.media.atomic import check_output
from style2talker.media.audio import Sound
from style2talker.media.formats import numbered
from style2talker.media.writer import VideoWriter, check_count, check_frame
from style2talker.records import ImageArray

__all__ = ["PictureWriter", "clip_writer"]

_WORKERS = 2
_WAITING = 4  # pictures that may wait to be compressed
_COMPRESSION = 3


class PictureWriter:
    """Writes frames as numbered PNG pictures, counted from 1; a context manager.

    They are put together in a hidden folder beside their places and moved there when the block ends well and all
    frames are there; otherwise nothing is left of them and older pictures stay as they were.
    """

    def __init__(self, path: str | os.PathLike[str], width: int, height: int, n_frames: int, alpha: bool) -> None:
        """Check that the pictures can be written.

        Args:
            path: their name with a place for the number, such as talk-%04d.png.
            width: pixels.
            height: pixels.
            n_frames: how many frames will be written.
            alpha: the frames have opacity.

        Raises:
            UsageError: the name has no place for the number.
            OutputError: they cannot be written there.
        """
        self._path = path
        self._n_frames = n_frames
        for number in (1, n_frames):
            check_output(numbered(path, number))
        self._shape = (height, width, 4 if alpha else 3)
        self._stack = ExitStack()
        self._pool = ThreadPoolExecutor(_WORKERS, "picture encoder")
        self._waiting: deque[Future[None]] = deque()
        self._written = 0
        self._hidden = Path()

    def __enter__(self) -> PictureWriter:
        folder = numbered(self._path, 1).parent
        self._hidden = Path(tempfile.mkdtemp(prefix=".frames-", dir=folder))
        self._stack.callback(shutil.rmtree, self._hidden)
        self._stack.enter_context(self._pool)
        return self

    def write(self, frame: ImageArray) -> None:
        """Hand the next frame over; the array may be changed afterwards.

        Args:
            frame: (H, W, 3) uint8 RGB, (H, W, 4) with opacity.

        Raises:
            OutputError: an earlier frame could not be written.
            ValueError: the frame has another shape or type, or there are more frames than announced.
        """
        check_frame(frame, self._shape, self._written, self._n_frames)
        self._written += 1
        place = self._hidden / numbered(self._path, self._written).name
        self._waiting.append(self._pool.submit(_save, frame.copy(), place))
        self._finish(_WAITING)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._stack:
            if error is not None:
                return
            self._finish(0)
            check_count(self._written, self._n_frames)
            for number in range(1, self._n_frames + 1):
                target = numbered(self._path, number)
                (self._hidden / target.name).replace(target)

    def _finish(self, most: int) -> None:
        """Wait until no more than `most` pictures are left to be compressed."""
        while len(self._waiting) > most:
            try:
                self._waiting.popleft().result()
            except OSError as error:
                raise OutputError(f"{self._path} cannot be written: {error.strerror or error}") from error


def _save(frame: ImageArray, place: Path) -> None:
    Image.fromarray(frame).save(place, format="PNG", compress_level=_COMPRESSION)


def clip_writer(
    path: str | os.PathLike[str],
    size: tuple[int, int],
    fps: float,
    sound: Sound | None,
    n_frames: int,
    alpha: bool = False,
) -> VideoWriter | PictureWriter:
    """What writes a clip in the format of its suffix: a video, or numbered pictures, which have no sound.

    Args:
        path: the file, or the name of the pictures with a place for their number.
        size: (width, height) in pixels.
        fps: frames per second.
        sound: begins with the first frame.
        n_frames: how many frames will be written.
        alpha: the frames have opacity.

    Raises:
        UsageError: no such format, or one that cannot be transparent.
        OutputError: it cannot be written there.
    """
    if Path(path).suffix.lower() == ".png":
        if n_frames < 1:
            raise UsageError(f"a clip of {n_frames} frames cannot be written: use at least 1")
        return PictureWriter(path, *size, n_frames, alpha)
    return VideoWriter(path, *size, fps, sound, n_frames, alpha)
