"""Which format a name stands for, and that each holds what it promises."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from style2talker.errors import OutputError, UsageError
from style2talker.media.audio import Sound
from style2talker.media.formats import CLIPS, TRANSPARENT, ClipFormat, clip_format, numbered
from style2talker.media.picture import read_picture
from style2talker.media.sequence import PictureWriter, clip_writer

SIZE = (64, 50)
SOUND = Sound(0.3 * np.sin(np.arange(22050) * 0.06).astype(np.float32), 22050)


def ramp(index: int) -> np.ndarray:
    """An RGBA picture: opacity grows to the right, colours change from frame to frame."""
    frame = np.empty((SIZE[1], SIZE[0], 4), np.uint8)
    frame[..., 3] = np.linspace(0, 255, SIZE[0])[None]
    frame[..., :3] = (40 + 20 * index, 200 - 20 * index, 90)
    return frame


def write(path: Path, count: int = 5, alpha: bool = True, sound: Sound | None = SOUND) -> None:
    with clip_writer(path, SIZE, 10, sound, count, alpha) as out:
        for index in range(count):
            out.write(ramp(index) if alpha else np.ascontiguousarray(ramp(index)[..., :3]))


def decoded(path: Path, decoder: str | None = None) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        codec = av.CodecContext.create(decoder, "r") if decoder else stream.codec_context
        return [f.to_ndarray(format="rgba") for packet in container.demux(stream) for f in codec.decode(packet)]


@pytest.mark.parametrize(("name", "decoder", "off"), [("a.webm", "libvpx-vp9", 12), ("a.mov", None, 2)])
def test_transparent_videos_keep_opacity_and_color(tmp_path: Path, name: str, decoder: str | None, off: float) -> None:
    write(tmp_path / name)
    frames = decoded(tmp_path / name, decoder)
    assert len(frames) == 5
    for index, frame in enumerate(frames):
        wanted = ramp(index).astype(int)
        assert np.abs(frame[..., 3] - wanted[..., 3]).mean() < 3
        solid = wanted[..., 3] > 128
        assert np.abs(frame - wanted)[solid].mean() < off
    with av.open(str(tmp_path / name)) as container:
        assert len(container.streams.audio) == 1
        assert container.streams.audio[0].codec_context.name in ("opus", "pcm_s16le")


def test_opaque_webm_is_vp9_without_opacity(tmp_path: Path) -> None:
    write(tmp_path / "a.webm", alpha=False)
    with av.open(str(tmp_path / "a.webm")) as container:
        assert container.streams.video[0].codec_context.name == "vp9"
        assert "alpha_mode" not in container.streams.video[0].metadata
    assert np.abs(decoded(tmp_path / "a.webm")[2][..., :3] - ramp(2)[..., :3].astype(int)).mean() < 12


@pytest.mark.parametrize("name", ["a.webm", "a.mov"])
def test_the_same_frames_give_the_same_bytes(tmp_path: Path, name: str) -> None:
    written = []
    for _ in range(2):
        write(tmp_path / name)
        written.append((tmp_path / name).read_bytes())
    assert written[0] == written[1]


def test_the_suffix_chooses(tmp_path: Path) -> None:
    assert {clip_format(f"a{suffix}", alpha=False).video for suffix in CLIPS} == {"libx264", "libvpx-vp9"}
    assert isinstance(clip_format("a.mp4", alpha=False), ClipFormat)
    assert clip_format("A.MOV", alpha=True).video == "prores_ks"
    for suffix in set(CLIPS) - set(TRANSPARENT):
        with pytest.raises(UsageError, match=r"cannot be transparent: end it in \.webm"):
            clip_format(f"a{suffix}", alpha=True)
    with pytest.raises(UsageError, match="not a name for a video"):
        clip_format("a.avi", alpha=False)


def test_numbered_pictures_appear_together_and_hold_opacity(tmp_path: Path) -> None:
    (tmp_path / "f-0002.png").write_bytes(b"older")
    with PictureWriter(tmp_path / "f-%04d.png", *SIZE, 3, alpha=True) as out:
        for index in range(3):
            out.write(ramp(index))
            assert (tmp_path / "f-0002.png").read_bytes() == b"older"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["f-0001.png", "f-0002.png", "f-0003.png"]
    for index in range(3):
        picture = read_picture(tmp_path / f"f-{index + 1:04d}.png")
        assert np.array_equal(np.dstack([picture.pixels, picture.alpha]), ramp(index))


def test_a_failed_run_leaves_no_pictures(tmp_path: Path) -> None:
    writer = PictureWriter(tmp_path / "f%d.png", *SIZE, 3, alpha=True)
    with pytest.raises(ValueError, match="1 frames were written, 3 were announced"), writer as out:
        out.write(ramp(0))
    with pytest.raises(ZeroDivisionError), PictureWriter(tmp_path / "f%d.png", *SIZE, 3, alpha=True) as out:
        out.write(ramp(0))
        _ = 1 / 0
    with pytest.raises(ValueError, match="more than the 1"):
        write_too_many(tmp_path)
    with pytest.raises(ValueError, match="expected uint8"), PictureWriter(tmp_path / "f%d.png", *SIZE, 1, False) as out:
        out.write(ramp(0))
    assert list(tmp_path.iterdir()) == []


def write_too_many(folder: Path) -> None:
    with PictureWriter(folder / "f%d.png", *SIZE, 1, alpha=True) as out:
        out.write(ramp(0))
        out.write(ramp(1))


def test_a_picture_that_cannot_be_saved_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(frame: np.ndarray, place: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("style2talker.media.sequence._save", full)
    with pytest.raises(OutputError, match="cannot be written: No space left"):
        write(tmp_path / "f%d.png")
    assert list(tmp_path.iterdir()) == []


def test_names_need_a_place_for_the_number(tmp_path: Path) -> None:
    assert numbered("a/b-%03d.png", 7) == Path("a/b-007.png")
    for name in ("a.png", "a-%d-%d.png", "a-%q.png"):
        with pytest.raises(UsageError, match=r"such as talk-%04d\.png"):
            numbered(name, 1)
    with pytest.raises(UsageError, match="0 frames"):
        clip_writer("a%d.png", SIZE, 25, None, 0)
    with pytest.raises(OutputError, match="no folder"):
        clip_writer(tmp_path / "none" / "a%d.png", SIZE, 25, None, 1)
