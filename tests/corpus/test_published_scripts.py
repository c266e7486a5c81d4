"""The published preprocessing scripts run as documented, one after the other, in the published folders."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from made_videos import click_times, clicks, drawn_finder, picture, write_video

from style2talker.cli.corpus_published import (
    crop_video,
    extract_3dmm,
    extract_lmdk,
    get_mel,
    prepare_lmdb,
    run_script,
    script_main,
    split_hdtf_audio,
    split_hdtf_video,
)
from style2talker.corpus import crop as crop_module
from style2talker.corpus import tracking as tracking_module
from style2talker.corpus.clips import write_speech
from style2talker.corpus.pack import packed, packed_frames
from style2talker.errors import FaceError, InputError
from style2talker.face.rig import load_rig
from style2talker.face.tracking import Track
from style2talker.media.audio import Sound, read_sound
from style2talker.media.video import probe_video, read_frames

SCRIPTS = Path(__file__).resolve().parents[2] / "data_preprocess"
SCRIPT_OF: dict[str, Callable[..., None]] = {
    "crop_video": crop_video,
    "extract_3DMM": extract_3dmm,
    "extract_lmdk": extract_lmdk,
    "get_mel": get_mel,
    "prepare_lmdb": prepare_lmdb,
    "split_HDTF_audio": split_hdtf_audio,
    "split_HDTF_video": split_hdtf_video,
}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tracker that sees the reference face where the picture is bright, and none in a dark one."""

    def track_frames(frames: object, fps: float) -> Track:
        pictures = list(frames)  # type: ignore[call-overload]
        if pictures[0].mean() < 50:
            raise FaceError(f"no face found in any of {len(pictures)} frames")
        count, size = len(pictures), pictures[0].shape[0]
        points = load_rig().reference[None].repeat(count, axis=0).astype(np.float32) * size / 6 + size / 2
        zeros = np.zeros((count, 3), np.float32)
        return Track(points, np.zeros((count, 52), np.float32), zeros, np.ones(count, bool), fps)

    monkeypatch.setattr(tracking_module, "track_frames", track_frames)


def run(name: str, *words: str) -> int:
    return run_script(SCRIPT_OF[name], list(words))


def test_crop_video(here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(crop_module, "open_finder", drawn_finder)
    write_video(here / "in" / "film.mp4", [picture([(20, 30), (200, 90)])] * 12, sound=clicks((0.2,), 0.48))
    words = ["--image_shape", "64,64", "--increase", "0.2", "--iou_with_initial", "0.3", "--min_frames", "5", "--cpu"]
    assert run("crop_video", "--inp", "in/film.mp4", *words) == 0
    assert sorted(path.name for path in here.iterdir()) == ["crop.mp4", "crop_2.mp4", "in"]
    assert probe_video(here / "crop.mp4").width == 64
    sound = read_sound(here / "crop_2.mp4")
    assert np.allclose(click_times(sound.samples, sound.rate), [0.2], atol=1e-3)
    assert "wrote crop.mp4: 12 frames" in capsys.readouterr().out
    assert run("crop_video", "--inp", "in/film.mp4", "--image_shape", "256,128") == 2
    assert run("crop_video", "--inp", "none.mp4") == 3
    assert sorted(path.name for path in here.iterdir()) == ["crop.mp4", "crop_2.mp4", "in"]


def test_splitting_pictures_and_sounds_gives_the_same_pieces(here: Path) -> None:
    for name, n_frames in (("WDA_A_000", 210), ("WDA_B_000", 190)):
        write_video(here / "crop_256" / f"{name}.mp4", [np.full((32, 32, 3), i, np.uint8) for i in range(n_frames)])
        (here / "16K_audio").mkdir(exist_ok=True)
        write_speech(here / "16K_audio" / f"{name}.wav", Sound(clicks((1.0, 6.0), n_frames / 25, 16000), 16000))
    assert run("split_HDTF_video") == 0
    assert run("split_HDTF_audio") == 0
    pieces = ["WDA_A_000#1", "WDA_A_000#2", "WDA_B_000#1"]
    assert sorted(path.stem for path in (here / "split_5s_video").iterdir()) == pieces
    assert sorted(path.stem for path in (here / "split_5s_audio").iterdir()) == pieces
    assert sum(1 for _ in read_frames(here / "split_5s_video" / "WDA_A_000#2.mp4")) == 85
    sound = read_sound(here / "split_5s_audio" / "WDA_A_000#2.wav")
    assert sound.duration == pytest.approx(3.4, abs=1e-3)
    assert np.allclose(click_times(sound.samples, 16000), [1.0], atol=1e-3)
    assert run("split_HDTF_audio", "--wav_dir", "none") == 3


def test_coefficients_of_a_folder(here: Path, stand_in: None, capsys: pytest.CaptureFixture[str]) -> None:
    for name, shade in (("a", 90), ("b", 10), ("c", 90)):
        write_video(here / "video_dir" / f"{name}.mp4", [np.full((64, 64, 3), shade, np.uint8)] * 3)
    assert run("extract_3DMM", "--process_id", "1", "--total_process", "2") == 0
    assert "b.mp4: left out, no face found" in capsys.readouterr().out
    assert list((here / "video_dir_3DMM").iterdir()) == []
    assert run("extract_3DMM") == 0
    content = np.load(here / "video_dir_3DMM" / "c.npy", allow_pickle=True).item()
    assert content["coeff"].shape == (3, 257)
    assert sorted(path.stem for path in (here / "video_dir_3DMM").iterdir()) == ["a", "c"]
    before = (here / "video_dir_3DMM" / "c.npy").stat().st_mtime_ns
    assert run("extract_3DMM") == 0
    assert (here / "video_dir_3DMM" / "c.npy").stat().st_mtime_ns == before
    assert run("extract_3DMM", "--process_id", "2", "--total_process", "2") == 2


def test_mel_of_a_file_and_of_a_folder(here: Path) -> None:
    voice = Sound(0.3 * np.sin(np.arange(16000) / 5).astype(np.float32), 16000)
    write_speech(here / "test.wav", voice)
    assert run("get_mel") == 0
    assert np.load(here / "test.npy").shape == (25, 1, 80, 16)
    assert run("get_mel", "--audio_file", "test.wav", "--save_path", "x.npy") == 0
    assert (here / "x.npy").read_bytes() == (here / "test.npy").read_bytes()
    assert run("get_mel", "--audio_file", ".", "--save_path", "mel") == 0
    assert (here / "mel" / "test.npy").read_bytes() == (here / "test.npy").read_bytes()


@pytest.fixture
def published(here: Path, stand_in: None) -> Path:
    """The published folders of two data sets, a clip each and a broken one, and the lists."""
    frames = [cv2.resize(picture([(60 + 4 * i, 60)]), (64, 64)) for i in range(4)]
    write_video(here / "HDTF" / "video" / "WDA_A_000#1.mp4", frames)
    write_video(here / "processed_MEAD_front" / "M003" / "video" / "sad" / "level_1" / "007.mp4", frames)
    (here / "HDTF" / "video" / "RD_B_000#1.mp4").write_bytes(b"broken")
    assert run("extract_3DMM", "--lrs3_path", "HDTF/video", "--save_dir", "HDTF/3DMM") == 0
    (here / "lists").mkdir()
    (here / "lists" / "train.json").write_text(json.dumps(["WDA_A_000#1", "RD_B_000#1"]))
    (here / "lists" / "test.json").write_text(json.dumps(["M003#sad#level_1#007"]))
    return here


def test_packing_and_landmarks(published: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("prepare_lmdb", "--n_worker", "1", "--chunksize", "10") == 0
    told = capsys.readouterr().out
    assert "RD_B_000#1: left out" in told
    assert "wrote Style2Talker: 2 clips" in told
    assert packed(published / "Style2Talker") == ["M003#sad#level_1#007", "WDA_A_000#1"]
    assert json.loads((published / "Style2Talker" / "lists" / "train_facial.json").read_text()) == ["WDA_A_000#1"]
    assert [f.shape for f in packed_frames(published / "Style2Talker", "WDA_A_000#1")] == [(256, 256, 3)] * 4
    with pytest.raises(InputError, match="x is not in"):
        next(packed_frames(published / "Style2Talker", "x"))
    assert run("extract_lmdk", "--lmdb_path", "Style2Talker") == 0
    assert "RD_B_000#1: left out" in capsys.readouterr().out
    assert np.load(published / "HDTF" / "landmark" / "WDA_A_000#1.npy").shape == (4, 68, 2)
    mead = published / "processed_MEAD_front" / "M003" / "ldmk" / "sad" / "level_1" / "007.npy"
    assert np.load(mead).shape == (4, 68, 2)


@pytest.mark.parametrize(
    ("train", "says"),
    [
        ('["M003#sad#level_1#008"]', "the same person is in two splits"),
        ("[1]", "is no list of names"),
        ("[", "is no JSON"),
        (None, "does not exist"),
    ],
)
def test_wrong_lists_are_refused(
    published: Path, capsys: pytest.CaptureFixture[str], train: str | None, says: str
) -> None:
    path = published / "lists" / "train.json"
    path.unlink()
    if train is not None:
        path.write_text(train)
    assert run("prepare_lmdb", "--n_worker", "1") == 3
    assert says in capsys.readouterr().err


@pytest.mark.parametrize("name", SCRIPT_OF)
def test_every_script_is_there_and_leads_to_its_command(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (SCRIPTS / f"{name}.py").read_text()
    assert f"script_main({SCRIPT_OF[name].__name__})" in text
    monkeypatch.setattr(sys, "argv", [f"{name}.py", "--help"])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        script_main(SCRIPT_OF[name])
    assert ended.value.code == 0
    assert f"Example: python data_preprocess/{name}.py" in (SCRIPT_OF[name].__doc__ or "")
    assert "Usage" in capsys.readouterr().out


def test_a_script_runs_by_itself(here: Path) -> None:
    write_speech(here / "s.wav", Sound(0.3 * np.sin(np.arange(8000) / 5).astype(np.float32), 16000))
    words = [sys.executable, str(SCRIPTS / "get_mel.py"), "--audio_file", "s.wav", "--save_path", "s.npy"]
    done = subprocess.run(words, cwd=here, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert np.load(here / "s.npy").shape[1:] == (1, 80, 16)
