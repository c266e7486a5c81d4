"""What audio and video reading share: opening, choosing streams, decoding, timestamps."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from style2talker.errors import AudioError, VideoError
from style2talker.media.container import audio_stream, decoded, media_path, open_media, seconds, video_stream
from style2talker.media.video import VideoInfo, VideoWriter, probe_video


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    path = tmp_path / "a:b.mp4"
    with VideoWriter(path, 64, 48, 25, None, 5) as writer:
        for level in range(5):
            writer.write(np.full((48, 64, 3), 40 * level, np.uint8))
    return path


def test_a_video_is_opened_and_its_frames_come_in_order(clip: Path) -> None:
    with open_media(clip, VideoError, "video") as container:
        stream = video_stream(container)
        assert stream is not None
        assert audio_stream(container) is None
        levels = [frame.to_ndarray(format="gray").mean() for frame in decoded(container, stream)]
    assert len(levels) == 5
    assert (np.diff(levels) > 20).all()
    assert isinstance(probe_video(clip), VideoInfo)


def test_a_name_with_a_colon_is_no_address(clip: Path) -> None:
    assert media_path(clip.name).endswith(clip.name)
    assert Path(media_path(clip.name)).is_absolute()


def test_what_cannot_be_opened_is_named_with_the_leaf_that_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "text.mp3").write_text("nothing to hear")
    (tmp_path / "empty.mp3").touch()
    for path in (tmp_path, tmp_path / "none.mp3", tmp_path / "text.mp3", tmp_path / "empty.mp3"):
        with pytest.raises(AudioError, match=path.name):
            open_media(path, AudioError, "sound")


def test_a_picture_is_no_video(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (32, 32)).save(tmp_path / "still.png")
    with av.open(str(tmp_path / "still.png")) as container:
        assert video_stream(container) is None


def test_timestamps_are_seconds() -> None:
    assert seconds(90, Fraction(1, 30), 7.0) == 3.0
    assert seconds(None, Fraction(1, 30), 7.0) == 7.0
    assert seconds(90, None, 7.0) == 7.0
