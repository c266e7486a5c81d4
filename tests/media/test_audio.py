"""Sounds keep their place on the clock, whatever holds them."""

from __future__ import annotations

import struct
import wave
from pathlib import Path

import av
import numpy as np
import pytest
import scipy.io.wavfile
from clicks import CLICKS, click_errors, click_track, write_clicks
from scipy.signal import resample_poly

from style2talker.errors import AudioError, OutputError
from style2talker.media import audio
from style2talker.media.audio import (
    SPEECH_RATE,
    Sound,
    check_speech,
    read_sound,
    read_speech,
    to_speech,
    write_wav,
)

FORMATS = [
    ("a.wav", "pcm_u8", 8000, 1),
    ("a.wav", "pcm_s16le", 44100, 2),
    ("a.wav", "pcm_s24le", 48000, 2),
    ("a.wav", "pcm_s32le", 22050, 1),
    ("a.wav", "pcm_f32le", 96000, 2),
    ("a.wav", "pcm_f64le", 16000, 1),
    ("a.wav", "pcm_s16le", 48000, 6),
    ("a.mp3", "libmp3lame", 44100, 2),
    ("a.mp3", "libmp3lame", 16000, 1),
    ("a.m4a", "aac", 48000, 2),
    ("a.m4a", "aac", 44100, 1),
    ("a.m4a", "aac", 16000, 1),
    ("a.m4a", "aac", 48000, 6),
    ("a.ogg", "vorbis", 44100, 2),
    ("a.ogg", "libopus", 48000, 1),
    ("a.opus", "libopus", 16000, 1),
    ("a.opus", "libopus", 48000, 2),
    ("a.flac", "flac", 44100, 2),
    ("a.mp4", "aac", 48000, 2),
    ("a.mp4", "libopus", 48000, 2),
    ("a.webm", "libopus", 48000, 2),
    ("a.webm", "vorbis", 48000, 2),
    ("a.mkv", "aac", 48000, 1),
    ("a.mov", "aac", 44100, 2),
]


@pytest.mark.parametrize(("name", "codec", "rate", "channels"), FORMATS)
def test_clicks_keep_their_place(tmp_path: Path, name: str, codec: str, rate: int, channels: int) -> None:
    write_clicks(tmp_path / name, codec, rate, channels)
    sound = read_sound(tmp_path / name)
    assert sound.samples.shape[1] == min(channels, 2)
    assert sound.samples.dtype == np.float32
    assert abs(sound.duration - 3.0) < 0.022
    for channel in sound.samples.T:
        assert click_errors(channel, sound.rate).max() < 0.001
    speech = read_speech(tmp_path / name)
    assert click_errors(speech, SPEECH_RATE).max() < 0.001


@pytest.mark.parametrize("suffix", ["mp4", "mkv", "webm", "mov"])
@pytest.mark.parametrize(("audio_start", "video_start"), [(0, 0), (0.4, 0), (0, 0.4), (0.2, 1.0), (5.0, 5.2)])
def test_time_zero_is_the_first_picture(tmp_path: Path, suffix: str, audio_start: float, video_start: float) -> None:
    path = tmp_path / f"a.{suffix}"
    codec = "libopus" if suffix == "webm" else "aac"
    write_clicks(path, codec, 48000, audio_start=audio_start, video_start=video_start)
    sound = read_sound(path)
    shift = audio_start - video_start
    kept = [click for click in CLICKS if click + shift > 0.05]
    assert len(kept) >= 3
    times = np.flatnonzero(np.abs(sound.samples[:, 0]) > 0.3) / sound.rate
    for click in kept:
        near = times[np.abs(times - click - shift) < 0.1]
        assert abs(near.mean() - click - shift - 0.001) < 0.005
    assert abs(sound.duration - 3.0 - shift) < 0.03


def test_sound_alone_begins_with_its_first_sample(tmp_path: Path) -> None:
    write_clicks(tmp_path / "a.mkv", "flac", 48000, audio_start=2.0)
    sound = read_sound(tmp_path / "a.mkv")
    assert click_errors(sound.samples[:, 0], 48000).max() < 0.002


@pytest.mark.parametrize("name", ["a.mkv", "a.webm"])
def test_gap_becomes_silence(tmp_path: Path, name: str) -> None:
    write_clicks(tmp_path / name, "libopus", 48000, gap=(1.2, 0.5))
    sound = read_sound(tmp_path / name)
    assert abs(sound.duration - 3.5) < 0.03
    times = np.flatnonzero(np.abs(sound.samples[:, 0]) > 0.3) / sound.rate
    for click in (0.25, 0.9, 2.2, 3.1):
        assert abs(times[np.abs(times - click) < 0.1].mean() - click - 0.001) < 0.005


def test_broken_clock_adds_no_hours_of_silence(tmp_path: Path) -> None:
    write_clicks(tmp_path / "a.mkv", "flac", 48000, gap=(1.2, 5000.0))
    sound = read_sound(tmp_path / "a.mkv")
    assert abs(sound.duration - 3.0) < 0.03
    assert click_errors(sound.samples[:, 0], 48000).max() < 0.002


def test_cover_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    with av.open(str(path), "w") as out:
        sound = out.add_stream("libmp3lame", rate=44100, layout="mono")
        cover = out.add_stream("png")
        cover.width, cover.height, cover.pix_fmt = 16, 16, "rgb24"
        picture = av.VideoFrame.from_ndarray(np.zeros((16, 16, 3), np.uint8), format="rgb24")
        out.mux(cover.encode(picture))
        out.mux(cover.encode(None))
        samples = np.ascontiguousarray(click_track(44100)).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="flt", layout="mono")
        frame.sample_rate = 44100
        out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    with av.open(str(path)) as container:
        assert len(container.streams.video) == 1
    assert click_errors(read_sound(path).samples[:, 0], 44100).max() < 0.001


def test_wav_round_trip(tmp_path: Path) -> None:
    samples = np.random.default_rng(1).uniform(-1, 1, (4813, 2)).astype(np.float32)
    write_wav(tmp_path / "a.wav", samples, 44100)
    sound = read_sound(tmp_path / "a.wav")
    assert sound.rate == 44100
    assert np.abs(sound.samples - samples).max() < 2 / 32767
    write_wav(tmp_path / "b.wav", np.array([2.0, -2.0, 0.5] * 9, np.float32), 8000)
    assert read_sound(tmp_path / "b.wav").samples[:3, 0] == pytest.approx([1, -1, 0.5], abs=1e-4)


def test_wav_of_six_channels_without_a_layout(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "a.wav"), "wb") as out:
        out.setnchannels(6)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes((click_track(16000, 6) * 32767).astype("<i2").tobytes())
    sound = read_sound(tmp_path / "a.wav")
    assert sound.samples.shape == (48000, 2)
    assert 0.5 < np.abs(sound.samples).max() <= 1
    assert click_errors(sound.samples[:, 0], 16000).max() < 0.001


def test_beyond_full_scale_is_scaled_down(tmp_path: Path) -> None:
    float_wav(tmp_path / "a.wav", click_track(16000)[:, 0] * 32767)
    assert np.abs(read_sound(tmp_path / "a.wav").samples).max() == pytest.approx(1)


@pytest.mark.parametrize("rate", [8000, 11025, 22050, 44100, 48000, 96000])
def test_speech_is_what_a_polyphase_filter_gives(rate: int) -> None:
    time = np.arange(rate) / rate
    tone = (0.5 * np.sin(2 * np.pi * 440 * time) + 0.3 * np.sin(2 * np.pi * 2717 * time)).astype(np.float32)
    got = to_speech(Sound(tone, rate))
    expected = resample_poly(tone.astype(np.float64), SPEECH_RATE, rate)
    assert len(got) == SPEECH_RATE
    assert np.abs(got - expected)[200:-200].max() < 0.01


def test_speech_has_no_aliases() -> None:
    tone = np.sin(2 * np.pi * 11000 * np.arange(48000) / 48000).astype(np.float32)
    assert np.abs(to_speech(Sound(tone, 48000))[200:-200]).max() < 0.003


def test_channels_of_opposite_phase_do_not_cancel() -> None:
    voice = click_track(16000)[:, 0]
    speech = to_speech(Sound(np.stack([voice, -0.9 * voice], 1), 16000))
    assert np.abs(speech).max() == pytest.approx(0.8, abs=0.05)
    half = to_speech(Sound(np.stack([voice, 0 * voice], 1), 16000))
    assert half == pytest.approx(voice / 2)


def test_sound_is_frozen_and_not_copied() -> None:
    samples = np.zeros((100, 2), np.float32)
    sound = Sound(samples, 8000)
    assert sound.samples.base is samples
    with pytest.raises(ValueError, match="read-only"):
        sound.samples[0] = 1
    samples[0] = 1
    assert sound.duration == 100 / 8000


@pytest.mark.parametrize(
    ("samples", "rate", "message"),
    [
        (np.zeros((4, 3)), 8000, "channels"),
        (np.zeros((4, 1)), 0, "per second"),
        (np.array([0.0, np.nan]), 8000, "finite"),
        (np.array([0.0, -np.inf]), 8000, "finite"),
    ],
)
def test_sound_checks_itself(samples: np.ndarray, rate: int, message: str) -> None:
    with pytest.raises(AudioError, match=message):
        Sound(samples, rate)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(tmp_path: Path, bad: float) -> None:
    samples = click_track(16000)[:, 0]
    samples[777] = bad
    float_wav(tmp_path / "a.wav", samples)
    with pytest.raises(AudioError, match=r"a\.wav.*finite"):
        read_sound(tmp_path / "a.wav")
    with pytest.raises(AudioError, match="x holds values that are not finite"):
        check_speech(samples, "x")
    with pytest.raises(AudioError, match="finite"):
        write_wav(tmp_path / "b.wav", samples, 16000)
    assert not (tmp_path / "b.wav").exists()


@pytest.mark.parametrize(
    ("samples", "message"),
    [
        (np.zeros(16000), "is silent"),
        (np.full(16000, 0.25), "is silent"),
        (np.ones(3000), r"lasts 0\.188 s"),
        (np.zeros(0), r"lasts 0\.000 s"),
    ],
)
def test_what_cannot_be_speech_is_refused(samples: np.ndarray, message: str) -> None:
    with pytest.raises(AudioError, match=f"voice {message}"):
        check_speech(samples.astype(np.float32), "voice")


def test_silent_and_short_files_are_refused(tmp_path: Path) -> None:
    write_wav(tmp_path / "silent.wav", np.zeros(16000, np.float32), 16000)
    write_wav(tmp_path / "short.wav", click_track(16000)[4000:6000], 16000)
    assert len(read_sound(tmp_path / "silent.wav").samples) == 16000
    for name in ("silent", "short"):
        with pytest.raises(AudioError, match=name):
            read_speech(tmp_path / f"{name}.wav")


def test_files_that_are_no_sound(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    (tmp_path / "text.wav").write_text("hello, this is not a sound\n" * 40)
    (tmp_path / "text.txt").write_text("hello, this is not a sound\n" * 40)
    write_wav(tmp_path / "nothing.wav", np.zeros((0, 1), np.float32), 16000)
    for name, message in [
        ("missing.wav", "does not exist"),
        ("empty.wav", "is empty"),
        ("text.wav", "not a sound file|no sound"),
        ("text.txt", "not a sound file|no sound"),
        ("nothing.wav", "no sound"),
        ("", "is a folder"),
    ]:
        with pytest.raises(AudioError, match=message):
            read_sound(tmp_path / name)


def test_video_without_sound(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        out.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")))
        out.mux(stream.encode(None))
    with pytest.raises(AudioError, match="has no sound in it"):
        read_sound(tmp_path / "a.mp4")


def test_cut_off_file_gives_what_is_left(tmp_path: Path) -> None:
    for name, codec in [("a.mp3", "libmp3lame"), ("a.opus", "libopus"), ("a.wav", "pcm_s16le")]:
        path = tmp_path / name
        write_clicks(path, codec, 48000)
        path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])
        sound = read_sound(path)
        assert 0.9 < sound.duration < 2.9, name
        times = np.flatnonzero(np.abs(sound.samples[:, 0]) > 0.3) / sound.rate
        assert abs(times[0] - CLICKS[0]) < 0.002, name


def test_damage_in_the_middle_does_not_shift_what_follows(tmp_path: Path) -> None:
    path = tmp_path / "a.m4a"
    write_clicks(path, "aac", 48000)
    with av.open(str(path)) as container:
        packets = [p for p in container.demux(container.streams.audio[0]) if p.pos is not None and p.size]
        hurt = [p.pos for p in packets[90:100]]
    data = bytearray(path.read_bytes())
    for at in hurt:
        data[at : at + 4] = b"\xff" * 4
    path.write_bytes(data)
    sound = read_sound(path)
    assert abs(sound.duration - 3.0) < 0.03
    times = np.flatnonzero(np.abs(sound.samples[:, 0]) > 0.3) / sound.rate
    assert abs(times[np.abs(times - 2.6) < 0.1].mean() - 2.601) < 0.005


def test_pictures_that_cannot_be_decoded_do_not_matter(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    write_clicks(path, "flac", 48000, video_start=0.0)
    with av.open(str(path)) as container:
        packets = [bytes(p) for p in container.demux(container.streams.video[0]) if p.size]
    data = path.read_bytes()
    for packet in packets:
        data = data.replace(packet, b"\xff" * len(packet))
    path.write_bytes(data)
    assert click_errors(read_sound(path).samples[:, 0], 48000).max() < 0.002


def test_sound_that_ends_before_the_pictures_begin(tmp_path: Path) -> None:
    write_clicks(tmp_path / "a.mkv", "flac", 48000, video_start=4.0)
    with pytest.raises(AudioError, match="no sound while its pictures last"):
        read_sound(tmp_path / "a.mkv")


def test_rate_that_changes_midway(tmp_path: Path) -> None:
    """Chained Ogg: two recordings one after the other, of different rate and channels."""
    write_clicks(tmp_path / "a.ogg", "flac", 48000, 2)
    write_clicks(tmp_path / "b.ogg", "flac", 32000, 1)
    (tmp_path / "c.ogg").write_bytes((tmp_path / "a.ogg").read_bytes() + (tmp_path / "b.ogg").read_bytes())
    sound = read_sound(tmp_path / "c.ogg")
    assert sound.rate == 48000
    assert click_errors(sound.samples[: 3 * 48000, 1], 48000).max() < 0.001
    assert sound.duration >= 3 - 0.01


def test_colon_in_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_clicks(tmp_path / "12:30 talk.wav", "pcm_s16le", 16000)
    monkeypatch.chdir(tmp_path)
    assert read_sound("12:30 talk.wav").duration == 3


def test_wav_into_a_missing_folder(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="no folder"):
        write_wav(tmp_path / "no" / "a.wav", np.zeros(9, np.float32), 8000)


def test_development_recordings(shared_data: Path) -> None:
    for path in sorted((shared_data / "speech").iterdir()):
        speech = read_speech(path)
        assert 1 < len(speech) / SPEECH_RATE < 60, path.name
        assert 0.01 < np.abs(speech).max() <= 1.01, path.name


def float_wav(path: Path, samples: np.ndarray) -> None:
    """A float wav whatever its values, (N,) at 16 kHz."""
    data = samples.astype("<f4").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH", b"RIFF", 36 + len(data), b"WAVE", b"fmt ", 16, 3, 1, 16000, 64000, 4, 32)
    path.write_bytes(head + struct.pack("<4sI", b"data", len(data)) + data)


def test_a_long_sound_lies_in_a_file_and_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spooled to a temporary file: the same samples, the same speech, and values beyond full scale are scaled down."""
    samples = (np.random.default_rng(0).uniform(-1, 1, (70_001, 2)) * 0.9).astype(np.float32)
    write_wav(tmp_path / "long.wav", samples, 48000)
    scipy.io.wavfile.write(tmp_path / "loud.wav", 48000, samples * 3)
    monkeypatch.setattr(audio, "_IN_MEMORY", 10**9)
    near, loud = read_sound(tmp_path / "long.wav"), read_sound(tmp_path / "loud.wav")
    monkeypatch.setattr(audio, "_IN_MEMORY", 30_000)
    monkeypatch.setattr(audio, "_BLOCK", 4096)
    far, loud_far = read_sound(tmp_path / "long.wav"), read_sound(tmp_path / "loud.wav")
    assert np.array_equal(far.samples, near.samples)
    assert np.allclose(loud_far.samples, loud.samples, atol=1e-6)
    assert np.abs(loud_far.samples).max() == pytest.approx(1.0, abs=1e-5)
    assert np.allclose(to_speech(far), to_speech(near), atol=1e-5)
    assert np.array_equal(np.concatenate(list(far.blocks())), far.samples)
    assert len(far.block(69_990, 80_000)) == 11
