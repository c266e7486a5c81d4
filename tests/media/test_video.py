"""Videos are read upright, in true colours and on the clock; what is written plays everywhere."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from clicks import click_errors, click_track
from test_atomic import full_disk

from style2talker.errors import OutputError, UsageError, VideoError
from style2talker.media import writer
from style2talker.media.audio import Sound, read_sound
from style2talker.media.picture import write_picture
from style2talker.media.video import VideoWriter, probe_video, read_frames

RATES = (24, 25, 29.97, Fraction(30000, 1001), 30, 60)
COLOURS = [
    *((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (255, 255, 0), (0, 255, 255)),
    *((255, 0, 255), (128, 128, 128), (200, 150, 120), (90, 60, 50), (10, 40, 90)),
]


def numbered(index: int, height: int = 48, width: int = 64) -> np.ndarray:
    """A grey picture whose level tells its number: 4 levels apart, up to 60 of them."""
    return np.full((height, width, 3), index * 4, np.uint8)


def number_of(picture: np.ndarray) -> int:
    return round(float(picture.mean()) / 4)


def noise(count: int, height: int = 48, width: int = 64) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (count, height, width, 3)).astype(np.uint8)


def write_numbered(path: Path, times: list[float], codec: str = "libx264", rate: int = 25) -> None:
    """Numbered pictures shown from given times on, in milliseconds precision."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stream.bit_rate = 4_000_000
        for index, moment in enumerate(times):
            frame = av.VideoFrame.from_ndarray(numbered(index), format="rgb24")
            frame.pts, frame.time_base = round(moment * 1000), Fraction(1, 1000)
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))


def write_all(path: Path, frames: np.ndarray, fps: float | Fraction = 25, sound: Sound | None = None) -> None:
    with VideoWriter(path, frames.shape[2], frames.shape[1], fps, sound, len(frames)) as out:
        for frame in frames:
            out.write(frame)


def boxes(data: bytes) -> list[bytes]:
    """Types of the outer boxes of an mp4 file, in order."""
    found, at = [], 0
    while at < len(data):
        found.append(data[at + 4 : at + 8])
        at += int.from_bytes(data[at : at + 4], "big")
    return found


# Writing


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("rate", [16000, 22050, 44100, 48000])
def test_sound_and_pictures_stay_together(tmp_path: Path, fps: float | Fraction, rate: int) -> None:
    frames = np.stack([numbered(i % 60) for i in range(round(3 * fps))])
    write_all(tmp_path / "a.mp4", frames, fps, Sound(click_track(rate), rate))
    info = probe_video(tmp_path / "a.mp4")
    assert info.n_frames == len(frames)
    assert info.fps == pytest.approx(float(fps), rel=1e-9)
    assert info.duration == pytest.approx(len(frames) / float(fps), abs=1e-4)
    sound = read_sound(tmp_path / "a.mp4")
    assert sound.rate in (44100, 48000)
    assert click_errors(sound.samples[:, 0], sound.rate).max() < 0.001
    assert abs(sound.duration - info.duration) < 0.002
    with av.open(str(tmp_path / "a.mp4")) as container:
        starts = [stream.start_time for stream in container.streams]
        lengths = [float(stream.duration * stream.time_base) for stream in container.streams]
    assert starts == [0, 0]
    assert abs(lengths[0] - lengths[1]) < 1 / float(fps)


@pytest.mark.parametrize("seconds", [0.1, 1.0, 5.0])
def test_sound_is_cut_or_padded_to_the_pictures(tmp_path: Path, seconds: float) -> None:
    samples = np.full((round(48000 * seconds), 2), 0.3, np.float32)
    write_all(tmp_path / "a.mp4", np.stack([numbered(i) for i in range(50)]), 25, Sound(samples, 48000))
    sound = read_sound(tmp_path / "a.mp4")
    assert sound.samples.shape[1] == 2
    assert abs(sound.duration - 2.0) < 0.002
    tail = sound.samples[round(48000 * min(seconds, 2.0)) + 3000 :]
    assert len(tail) == 0 or np.abs(tail).max() < 0.01


def test_no_sound_no_track(tmp_path: Path) -> None:
    write_all(tmp_path / "a.mp4", noise(3))
    with av.open(str(tmp_path / "a.mp4")) as container:
        assert [stream.type for stream in container.streams] == ["video"]


@pytest.mark.parametrize("colour", COLOURS)
def test_colours_come_back(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    frame = np.tile(np.array(colour, np.uint8), (3, 48, 64, 1))
    write_all(tmp_path / "a.mp4", frame)
    for picture in read_frames(tmp_path / "a.mp4"):
        assert np.abs(picture.astype(int) - colour).max() <= 3


@pytest.mark.parametrize("colour", COLOURS)
def test_stored_values_are_bt709(tmp_path: Path, colour: tuple[int, int, int]) -> None:
    """Y' = 16 + 219 (0.2126 R + 0.7152 G + 0.0722 B) and its differences, ITU-R BT.709-6, items 3.2 to 3.4."""
    write_all(tmp_path / "a.mp4", np.tile(np.array(colour, np.uint8), (3, 48, 64, 1)))
    r, g, b = np.array(colour) / 255
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    expected = (16 + 219 * y, 128 + 224 * (b - y) / 1.8556, 128 + 224 * (r - y) / 1.5748)
    with av.open(str(tmp_path / "a.mp4")) as container:
        stream = container.streams.video[0]
        for frame in container.decode(stream):
            assert frame.format.name == "yuv420p"
            for plane, value in zip(frame.planes, expected, strict=True):
                assert np.abs(np.frombuffer(plane, np.uint8)[:24].astype(float) - value).max() <= 1.5
            tags = (frame.colorspace, frame.color_range, frame.color_primaries, frame.color_trc)
            assert tuple(int(tag) for tag in tags) == (1, 1, 1, 1)
    assert b"colrnclx\x00\x01\x00\x01\x00\x01" in (tmp_path / "a.mp4").read_bytes()


def test_index_lies_before_the_pictures(tmp_path: Path) -> None:
    write_all(tmp_path / "a.mp4", noise(30), 25, Sound(click_track(48000), 48000))
    order = boxes((tmp_path / "a.mp4").read_bytes())
    assert order.index(b"moov") < order.index(b"mdat")


def test_same_pictures_same_bytes(tmp_path: Path) -> None:
    """Many times, for chance differences are rare; and with a second between, for dates differ by seconds."""
    sound = Sound(click_track(44100, 2), 44100)
    frames = noise(40, 112, 80)
    digests = set()
    for index in range(12):
        write_all(tmp_path / "a.mp4", frames, 25, sound)
        digests.add(hashlib.sha256((tmp_path / "a.mp4").read_bytes()).hexdigest())
        time.sleep(1.1 if index == 0 else 0)
    assert len(digests) == 1


@pytest.mark.parametrize(("height", "width"), [(1, 1), (13, 17), (48, 63), (47, 64), (127, 251)])
def test_odd_sizes_repeat_their_edge(tmp_path: Path, height: int, width: int) -> None:
    ramp = np.linspace(40, 200, width).astype(np.uint8)
    frame = np.repeat(np.tile(ramp, (height, 1))[:, :, None], 3, 2)
    write_all(tmp_path / "a.mp4", np.stack([frame] * 4))
    picture = next(read_frames(tmp_path / "a.mp4"))
    assert picture.shape == (height + height % 2, width + width % 2, 3)
    assert np.abs(picture[:height, :width].astype(int) - frame).mean() < 3
    assert np.abs(picture[-1].astype(int) - picture[-2]).mean() < 3


def test_frame_may_be_changed_after_it_was_handed_over(tmp_path: Path) -> None:
    frame = numbered(0).copy()
    with VideoWriter(tmp_path / "a.mp4", 64, 48, 25, None, 30) as out:
        for index in range(30):
            frame[:] = index * 4
            out.write(frame)
            frame[:] = 255
    assert [number_of(picture) for picture in read_frames(tmp_path / "a.mp4")] == list(range(30))


def test_views_are_taken(tmp_path: Path) -> None:
    frames = noise(3, 64, 96)[:, ::2, ::-1]
    write_all(tmp_path / "a.mp4", frames)
    assert len(list(read_frames(tmp_path / "a.mp4"))) == 3


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, SystemExit])
@pytest.mark.parametrize("after", [0, 1, 20])
def test_interruption_leaves_nothing(tmp_path: Path, error: type[BaseException], after: int) -> None:
    target = tmp_path / "a.mp4"
    target.write_bytes(b"older")
    threads = threading.active_count()
    with pytest.raises(error), VideoWriter(target, 64, 48, 25, None, 100) as out:
        for index in range(after):
            out.write(numbered(index))
        raise error
    assert target.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [target]
    assert threading.active_count() == threads


def test_interruption_while_waiting_for_the_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slow_down(monkeypatch, 0.3)
    with pytest.raises(KeyboardInterrupt), VideoWriter(tmp_path / "a.mp4", 64, 48, 25, None, 100) as out:
        monkeypatch.setattr(out._queue, "put", raise_interrupt)
        out.write(numbered(0))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("where", ["put", "join"])
def test_interruption_at_the_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    """When all is drawn and the last frames are being encoded."""
    target = tmp_path / "a.mp4"
    target.write_bytes(b"older")
    slow_down(monkeypatch, 0.02)
    with pytest.raises(KeyboardInterrupt), VideoWriter(target, 64, 48, 25, None, 10) as out:
        for index in range(10):
            out.write(numbered(index))
        if where == "put":
            monkeypatch.setattr(out._queue, "put", raise_interrupt)
        else:
            assert out._thread is not None
            monkeypatch.setattr(out._thread, "join", once(raise_interrupt, out._thread.join))
    assert target.read_bytes() == b"older"
    assert list(tmp_path.iterdir()) == [target]


def once(first: Callable[[], None], then: Callable[[], None]) -> Callable[[], None]:
    calls = iter([first])
    return lambda: next(calls, then)()


def raise_interrupt(*_args: object, **_more: object) -> None:
    raise KeyboardInterrupt


def slow_down(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    encode = writer._Encoder.encode

    def slow(self: writer._Encoder, picture: av.VideoFrame) -> None:
        time.sleep(seconds)
        encode(self, picture)

    monkeypatch.setattr(writer._Encoder, "encode", slow)


def test_queue_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow encoder holds the caller back, so that frames do not pile up in memory."""
    slow_down(monkeypatch, 0.02)
    begin = time.perf_counter()
    with VideoWriter(tmp_path / "a.mp4", 64, 48, 25, None, 30) as out:
        for index in range(30):
            out.write(numbered(index))
        assert time.perf_counter() - begin > 0.02 * (30 - 8)
    assert probe_video(tmp_path / "a.mp4").n_frames == 30


@pytest.mark.parametrize("stage", ["__init__", "encode", "finish"])
def test_failure_of_the_encoder_reaches_the_caller(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("encoder broke")

    monkeypatch.setattr(writer._Encoder, stage, fail)
    (tmp_path / "a.mp4").write_bytes(b"older")
    with pytest.raises(RuntimeError, match="encoder broke"):
        write_all(tmp_path / "a.mp4", noise(30))
    assert (tmp_path / "a.mp4").read_bytes() == b"older"
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("size", [0, 100, 5000, 60000])
def test_full_disk(tmp_path: Path, size: int) -> None:
    (tmp_path / "a.mp4").write_bytes(b"older")
    with full_disk(size), pytest.raises(OutputError, match="no space"):
        write_all(tmp_path / "a.mp4", noise(60, 96, 128), 25, Sound(click_track(48000), 48000))
    assert (tmp_path / "a.mp4").read_bytes() == b"older"
    assert len(list(tmp_path.iterdir())) == 1


def test_full_disk_at_the_very_end(tmp_path: Path) -> None:
    """The index is moved to the front when all else is written: that can fail too."""
    write_all(tmp_path / "whole.mp4", noise(30))
    whole = (tmp_path / "whole.mp4").stat().st_size
    for missing in (1, 200, 900):
        with full_disk(whole - missing), pytest.raises(OutputError, match="no space"):
            write_all(tmp_path / "a.mp4", noise(30))
    assert [path.name for path in tmp_path.iterdir()] == ["whole.mp4"]


def test_wrong_use(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    for arguments, message in [
        ((tmp_path / "a.avi", 64, 48, 25, None, 3), r"\.mp4"),
        ((path, 0, 48, 25, None, 3), "0 x 48 pixels"),
        ((path, 64, 20000, 25, None, 3), "64 x 20000 pixels"),
        ((path, 64, 48, 0, None, 3), "0 frames per second"),
        ((path, 64, 48, 1000, None, 3), "1000 frames per second"),
        ((path, 64, 48, float("nan"), None, 3), "nan frames per second"),
        ((path, 64, 48, 25, None, 0), "0 frames"),
    ]:
        with pytest.raises(UsageError, match=message):
            VideoWriter(*arguments)
    with pytest.raises(OutputError, match="no folder"):
        VideoWriter(tmp_path / "no" / "a.mp4", 64, 48, 25, None, 3)
    with pytest.raises(ValueError, match="2 frames were written, 3 were announced"):
        write_some(path, 3, 2)
    with pytest.raises(ValueError, match="more than the 3 frames"):
        write_some(path, 3, 4)
    for bad in (numbered(0)[:-1], numbered(0).astype(np.float32), numbered(0)[:, :, 0]):
        with pytest.raises(ValueError, match="expected uint8"), VideoWriter(path, 64, 48, 25, None, 1) as out:
            out.write(bad)
    assert list(tmp_path.iterdir()) == []


def write_some(path: Path, announced: int, written: int) -> None:
    with VideoWriter(path, 64, 48, 25, None, announced) as out:
        for index in range(written):
            out.write(numbered(index))


def test_missing_encoders_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert writer.codecs_missing() == []
    monkeypatch.setattr(av, "codecs_available", {"aac", "mpeg4"})
    assert writer.codecs_missing() == ["libx264"]


# Reading


def test_every_picture_once(tmp_path: Path) -> None:
    write_numbered(tmp_path / "a.mp4", [i / 25 for i in range(40)])
    assert [number_of(p) for p in read_frames(tmp_path / "a.mp4")] == list(range(40))
    info = probe_video(tmp_path / "a.mp4")
    assert (info.width, info.height, info.n_frames) == (64, 48, 40)
    assert info.fps == pytest.approx(25)
    assert info.duration == pytest.approx(1.6, abs=0.04)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.webm"])
@pytest.mark.parametrize("source", [24, 25, 29.97, 30, 50, 60])
@pytest.mark.parametrize("target", [24.0, 25.0, 30.0, 60.0])
def test_resampling_shows_the_nearest_picture(tmp_path: Path, name: str, source: float, target: float) -> None:
    times = [2.0 + i / source for i in range(48)]
    write_numbered(tmp_path / name, times, "libvpx" if name.endswith("webm") else "libx264", round(source))
    numbers = np.array([number_of(picture) for picture in read_frames(tmp_path / name, target)])
    assert abs(len(numbers) - 48 / source * target) <= 1
    ideal = np.minimum(np.arange(len(numbers)) / target * source, 47)
    assert np.abs(numbers - ideal).max() <= 0.55
    assert abs((numbers - ideal).mean()) < 0.26  # showing the last one would lag by a half


def test_varying_rate(tmp_path: Path) -> None:
    times = [0, 0.04, 0.08, 0.5, 0.52, 0.54, 0.91, 1.3]
    write_numbered(tmp_path / "a.mkv", times)
    numbers = [number_of(picture) for picture in read_frames(tmp_path / "a.mkv", 25)]
    nearest = [int(np.argmin([abs(t - k / 25) for t in times])) for k in range(33)]
    assert numbers[:33] == nearest
    assert len(numbers) in (33, 34)


def test_repeated_pictures_are_arrays_of_their_own(tmp_path: Path) -> None:
    write_numbered(tmp_path / "a.mkv", [0, 1])
    pictures = list(read_frames(tmp_path / "a.mkv", 25))
    pictures[0][:] = 200
    assert number_of(pictures[1]) == 0
    assert len(pictures) in (26, 27)


def test_broken_clock_adds_no_hours(tmp_path: Path) -> None:
    write_numbered(tmp_path / "a.mkv", [0, 0.04, 0.08, 5000.0, 5000.04, 5000.08])
    assert len(list(read_frames(tmp_path / "a.mkv", 25))) in (6, 7, 8)


@pytest.mark.parametrize("turn", [0, 90, 180, 270])
@pytest.mark.parametrize("mirror", [False, True])
def test_rotation_is_done(tmp_path: Path, turn: int, mirror: bool) -> None:
    """The matrix of a phone that was held so: x' = a x + c y, y' = b x + d y (ISO 14496-12, 6.2.2)."""
    corners = np.zeros((48, 64, 3), np.uint8)
    corners[:24, :32], corners[:24, 32:], corners[24:, :32] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    cos, sin = round(np.cos(np.radians(turn))), round(np.sin(np.radians(turn)))
    flip = -1 if mirror else 1
    matrix = [flip * cos, sin, 0, -flip * sin, cos, 0, 0, 0, 0]
    values = [65536 * v for v in matrix[:8]] + [1 << 30]
    with av.open(str(tmp_path / "a.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv444p"
        stream.set_display_matrix(values)
        for _ in range(3):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(corners, format="rgb24")))
        out.mux(stream.encode(None))
    expected = np.rot90(corners, -turn // 90)  # clockwise on the screen, for y points down
    expected = expected[:, ::-1] if mirror else expected
    picture = next(read_frames(tmp_path / "a.mp4"))
    assert picture.shape == expected.shape
    assert np.abs(picture.astype(int) - expected).mean() < 2
    info = probe_video(tmp_path / "a.mp4")
    assert (info.height, info.width) == expected.shape[:2]


def test_pixels_that_are_not_square(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 60, 48, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        out.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(9, 48, 60), format="rgb24")))
        out.mux(stream.encode(None))
    assert next(read_frames(tmp_path / "a.mp4")).shape == (48, 80, 3)
    assert probe_video(tmp_path / "a.mp4").width == 80


@pytest.mark.parametrize(("height", "kr", "kb"), [(240, 0.299, 0.114), (720, 0.2126, 0.0722)])
def test_untagged_colours_follow_the_size(tmp_path: Path, height: int, kr: float, kb: float) -> None:
    """Standard definition is BT.601 and high definition BT.709, as in every player."""
    r, g, b = 200 / 255, 80 / 255, 40 / 255
    y = kr * r + (1 - kr - kb) * g + kb * b
    values = (16 + 219 * y, 128 + 112 * (b - y) / (1 - kb), 128 + 112 * (r - y) / (1 - kr))
    planes = [np.full((height // n, 320 // n), round(v), np.uint8) for n, v in zip((1, 2, 2), values, strict=True)]
    frame = av.VideoFrame.from_ndarray(np.concatenate([p.ravel() for p in planes]).reshape(-1, 320), "yuv420p")
    with av.open(str(tmp_path / "a.mkv"), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, height, "yuv420p"
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    picture = next(read_frames(tmp_path / "a.mkv"))
    assert np.abs(picture[9, 9].astype(int) - (200, 80, 40)).max() <= 4


def test_animated_gif(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.gif"), "w") as out:
        stream = out.add_stream("gif", rate=10)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "rgb8"
        for value in (0, 255, 0):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), value, np.uint8), format="rgb24")
            out.mux(stream.encode(frame.reformat(format="rgb8")))
        out.mux(stream.encode(None))
    pictures = list(read_frames(tmp_path / "a.gif"))
    assert [float(picture.mean()) > 200 for picture in pictures] == [False, True, False]


def test_damage_in_the_middle(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25, options={"g": "5", "bf": "0"})
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for picture in noise(40):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert 10 < len(list(read_frames(path))) < 30
    hurt = bytearray(whole)
    hurt[len(whole) // 2 : len(whole) // 2 + 300] = b"\x55" * 300
    path.write_bytes(hurt)
    assert len(list(read_frames(path))) > 10


def test_nothing_but_damage(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    write_all(path, noise(5))
    data = path.read_bytes()
    at = data.index(b"mdat") + 4
    path.write_bytes(data[:at] + b"\xff" * (len(data) - at))
    for read in (probe_video, lambda p: next(read_frames(p)), lambda p: next(read_frames(p, 25))):
        with pytest.raises(VideoError, match=r"a\.mp4"):
            read(path)


def test_files_that_are_no_video(tmp_path: Path) -> None:
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("hello\n" * 100)
    (tmp_path / "text.txt").write_text("hello\n" * 100)
    write_picture(tmp_path / "picture.png", numbered(3))
    write_picture(tmp_path / "picture.jpg", numbered(3))
    write_all(tmp_path / "cut.mp4", noise(9))
    whole = (tmp_path / "cut.mp4").read_bytes()
    (tmp_path / "cut.mp4").write_bytes(whole[:300])
    for name, message in [
        ("empty.mp4", "is empty"),
        ("text.mp4", "not a video file"),
        ("text.txt", "no moving pictures|not a video"),
        ("picture.png", "no moving pictures"),
        ("picture.jpg", "no moving pictures"),
        ("cut.mp4", "is damaged"),
        ("missing.mp4", "does not exist"),
        ("", "is a folder"),
    ]:
        with pytest.raises(VideoError, match=message):
            next(read_frames(tmp_path / name))
        with pytest.raises(VideoError, match=message):
            probe_video(tmp_path / name)


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_all(tmp_path / "a.mp4", noise(2))

    def deny(*_args: object, **_more: object) -> None:
        raise av.error.PermissionError(13, "Permission denied")

    monkeypatch.setattr(av, "open", deny)
    with pytest.raises(VideoError, match="permission denied"):
        probe_video(tmp_path / "a.mp4")


def test_reading_may_stop_early(tmp_path: Path) -> None:
    write_all(tmp_path / "a.mp4", noise(30))
    frames = read_frames(tmp_path / "a.mp4")
    next(frames)
    frames.close()  # type: ignore[attr-defined]
    (tmp_path / "a.mp4").unlink()
    open_files = Path("/proc/self/fd")
    if open_files.is_dir():
        opened = [str(fd.resolve()) for fd in open_files.iterdir()]
        assert not [path for path in opened if path.startswith(str(tmp_path.resolve()))]


def test_development_videos(shared_data: Path) -> None:
    for path in sorted((shared_data / "talking").iterdir()):
        info = probe_video(path)
        frames = sum(1 for _ in read_frames(path, 25.0))
        assert frames == pytest.approx(info.duration * 25, abs=3), path.name
        assert read_sound(path).duration == pytest.approx(info.duration, abs=0.1), path.name
