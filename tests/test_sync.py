"""Sound and picture, end to end: together at the start, as long as each other, lips on their sounds."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from style2talker.assets.store import locate, package_data
from style2talker.errors import AssetError
from style2talker.media.audio import read_sound, read_speech, to_speech
from style2talker.records import ARKIT_NAMES, FloatArray
from style2talker.talker import Talker

FORMATS = {
    "wav": "pcm_s16le",
    "mp3": "libmp3lame",
    "m4a": "aac",
    "ogg": "libopus",
    "flac": "flac",
    "mp4": "aac",
}
LEAD_S, LENGTH_S = 0.61, 1.93
JAW = ARKIT_NAMES.index("jawOpen")


@pytest.fixture(scope="module")
def talker() -> Talker:
    try:
        locate("face_landmarker")
    except AssetError as error:
        pytest.skip(str(error))
    return Talker()


@pytest.fixture(scope="module")
def voice() -> FloatArray:
    """Silence, then the example's speech: (N,) at 48 kHz."""
    sound = read_sound(package_data("example/speech.wav"))
    doubled = np.repeat(sound.block(0, len(sound.samples))[:, 0], 2)
    begin = int(np.argmax(np.abs(doubled) > 0.05))
    spoken = doubled[begin : begin + round((LENGTH_S - LEAD_S) * 48000)]
    return np.concatenate([np.zeros(round(LEAD_S * 48000), np.float32), spoken])


def encoded(path: Path, voice: FloatArray) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(FORMATS[path.suffix[1:]], rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(voice.reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = 48000, 0, Fraction(1, 48000)
        resampler = av.AudioResampler(format=stream.format.name, layout="mono", rate=48000)
        for part in [*resampler.resample(frame), *resampler.resample(None)]:
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return path


def shift_ms(heard: FloatArray, truth: FloatArray) -> float:
    """By how much a sound comes late, by correlation, in milliseconds (both at 16 kHz)."""
    n = min(len(heard), len(truth)) - 1600
    scores = [float(truth[800:n] @ heard[800 + k : n + k]) for k in range(-800, 801)]
    return (int(np.argmax(scores)) - 800) / 16


@pytest.mark.parametrize("fps", [24, 25, 30, 60])
@pytest.mark.parametrize("suffix", list(FORMATS))
def test_sound_and_picture_belong_together(
    tmp_path: Path, talker: Talker, voice: FloatArray, suffix: str, fps: int
) -> None:
    source = encoded(tmp_path / f"voice.{suffix}", voice)
    clip = talker.generate(package_data("example/portrait.jpg"), source, size=64, fps=float(fps))
    clip.save(tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        streams = container.streams.video[0], container.streams.audio[0]
        lengths = [float(stream.duration * stream.time_base) for stream in streams]
        starts = [float(stream.start_time * stream.time_base) for stream in streams]
        assert streams[0].frames == len(clip)
    assert abs(lengths[0] - lengths[1]) <= 1 / fps
    assert abs(lengths[0] - LENGTH_S) <= 1 / fps + 0.03
    assert starts == [0.0, 0.0]
    truth = np.asarray(voice[::3], np.float32)
    assert abs(shift_ms(read_speech(tmp_path / "out.mp4"), truth)) <= 5
    opening = clip.motion.blendshapes[:, JAW]
    assert opening[: round((LEAD_S - 0.2) * fps)].max() < 0.05
    onset = int(np.argmax(opening > 0.5 * opening.max())) / fps
    assert abs(onset - LEAD_S) < 0.2


def test_the_same_seed_gives_the_same_bytes_and_another_one_another_motion(tmp_path: Path, talker: Talker) -> None:
    portrait, speech = package_data("example/portrait.jpg"), package_data("example/speech.wav")
    motions = []
    for name, seed in (("a", 5), ("b", 5), ("c", 6)):
        clip = talker.generate(portrait, to_speech(read_sound(speech))[:24000], emotion="sad", size=96, seed=seed)
        clip.save(tmp_path / f"{name}.mp4")
        motions.append(clip.motion)
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()
    assert (tmp_path / "a.mp4").read_bytes() != (tmp_path / "c.mp4").read_bytes()
    assert np.abs(motions[0].rotation - motions[2].rotation).max() > 1e-3
