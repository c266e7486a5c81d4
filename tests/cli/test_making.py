"""`generate` and `render`: what they write, what they say, and where their options come from."""

from __future__ import annotations

import json
import shutil
import tomllib
from pathlib import Path

import av
import numpy as np
import pytest
from bad_files import GENERATE
from endings import Command, assert_refused, listing
from PIL import Image

from style2talker.cli import making
from style2talker.cli.making import make_clip, report
from style2talker.config import GenerateOptions, load_toml
from style2talker.media.motion import read_motion, write_motion
from style2talker.records import ARKIT_NAMES, Motion

SMALL = ("--size", "96")


def frames_of(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def test_generate_writes_a_clip_and_says_so(place: Path, command: Command, landmarker: Path) -> None:
    before = listing(place)
    ended = command(*GENERATE, *SMALL)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out == "wrote out.mp4: 96 x 96 pixels, 1.0 s\n"
    assert set(listing(place)) == set(before)
    assert len(frames_of(place / "out.mp4")) == 25


def test_a_cold_process_is_quiet_too(place: Path, process: Command, landmarker: Path) -> None:
    ended = process(*GENERATE, *SMALL)
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.count("\n") == 1


def test_names_in_any_script_and_any_encoding(place: Path, process: Command, landmarker: Path) -> None:
    (place / "pö rt 日本").mkdir()
    (place / "portrait.jpg").rename(place / "pö rt 日本" / "ü.jpg")
    words = ("generate", "pö rt 日本/ü.jpg", "speech.wav", "-o", "pö rt 日本/é.mp4", *SMALL)
    assert process(*words).out == "wrote pö rt 日本/é.mp4: 96 x 96 pixels, 1.0 s\n"
    ended = process(*words, PYTHONIOENCODING="ascii")
    assert (ended.status, ended.err) == (0, "")
    assert ended.out.isascii()


def test_an_emotion_in_a_locale_without_utf_8(place: Path, process: Command) -> None:
    ended = process(*GENERATE, "--emotion", "怒り", "--dry-run", LC_ALL="C", PYTHONUTF8="0")
    assert (ended.status, ended.err) == (0, "")
    assert tomllib.loads(ended.out)["emotion"] == "怒り"


def test_the_last_line_is_for_machines(place: Path, command: Command, landmarker: Path) -> None:
    ended = command(*GENERATE, *SMALL, "--emotion", "a little sad", "--fps", "10", "--json")
    assert ended.status == 0
    *lines, last = ended.out.splitlines()
    facts = json.loads(last)
    assert (facts["output"], facts["size"], facts["frames"], facts["fps"]) == ("out.mp4", [96, 96], 10, 10)
    assert facts["seconds"] == pytest.approx(1.0)
    assert {"portrait", "speech", "motion", "render", "encode"} <= set(facts["stages"])
    assert "sad" in facts["feeling"][0]
    assert lines == [f"feeling at {facts['feeling'][0]}", "wrote out.mp4: 96 x 96 pixels, 1.0 s"]


def test_without_files_the_bundled_example_is_made(place: Path, command: Command, landmarker: Path) -> None:
    ended = command("generate", "--size", "64", "--fps", "5")
    assert ended.status == 0
    assert "wrote style2talker-example.mp4: 64 x 64 pixels" in ended.out
    assert len(frames_of(place / "style2talker-example.mp4")) > 25
    ended = command("generate", "--size", "64", "--preview")
    assert "wrote style2talker-example.png" in ended.out
    with Image.open(place / "style2talker-example.png") as picture:
        assert (picture.size, picture.format) == ((64, 64), "PNG")


def test_older_names_of_the_inputs(place: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(making, "make_clip", lambda _, *files, **__: seen.append(files) or 1 / 0)
    portrait, speech, out = Path("portrait.jpg"), Path("speech.wav"), Path("out.mp4")
    for words in (
        ("--source_image", "portrait.jpg", "--driven_audio", "speech.wav"),
        ("--source-image", "portrait.jpg", "--driven-audio", "speech.wav"),
        ("--source_image", "portrait.jpg", "speech.wav"),
        ("portrait.jpg", "--driven_audio", "speech.wav"),
    ):
        assert command("generate", *words, "-o", "out.mp4").status == 1
        assert seen.pop() == (portrait, speech, out)


def test_dry_run_shows_the_options_and_does_nothing(place: Path, command: Command, no_models: None) -> None:
    before = listing(place)
    ended = command(*GENERATE, "--emotion", 'say "no"', "--art", "comic", "--keep-color", "--dry-run")
    assert (ended.status, ended.err) == (0, "")
    assert listing(place) == before
    table = tomllib.loads(ended.out)
    assert (table["emotion"], table["art"], table["keep_color"], table["size"]) == ('say "no"', "comic", True, 512)
    assert '# portrait: "portrait.jpg"\n# audio: "speech.wav"\n# output: "out.mp4"\n' in ended.out
    (place / "again.toml").write_text(ended.out, encoding="utf-8")
    wanted = GenerateOptions(emotion='say "no"', art="comic", keep_color=True)
    assert load_toml(place / "again.toml", GenerateOptions) == wanted
    assert command(*GENERATE, "--config", "again.toml", "--dry-run").out == ended.out


def test_the_command_line_wins_over_the_config_file(place: Path, command: Command, no_models: None) -> None:
    (place / "mine.toml").write_text('size = 128\nart = "comic"\nkeep_color = true\nfps = 30\n', encoding="utf-8")
    ended = command(*GENERATE, "--config", "mine.toml", "--size", "256", "--no-keep-color", "--dry-run")
    table = tomllib.loads(ended.out)
    assert (table["size"], table["art"], table["keep_color"], table["fps"]) == (256, "comic", False, 30.0)
    ended = command("render", "p.jpg", "m.npz", "-o", "o.mp4", "--config", "mine.toml", "--dry-run")
    assert tomllib.loads(ended.out)["fps"] == 30.0


def test_the_emotion_may_stand_in_a_file(place: Path, command: Command, no_models: None) -> None:
    (place / "feeling.txt").write_text("0: calm;\n0.5: furious\n", encoding="utf-8")
    ended = command(*GENERATE, "--emotion", "@feeling.txt", "--dry-run")
    assert tomllib.loads(ended.out)["emotion"] == "0: calm;\n0.5: furious"


def test_the_motion_is_written_beside_the_clip(place: Path, command: Command, landmarker: Path) -> None:
    ended = command(*GENERATE, *SMALL, "--motion-out", "motion.csv", "--fps", "30")
    assert ended.status == 0
    motion = read_motion(place / "motion.csv")
    assert (motion.n_frames, motion.fps) == (30, 30)
    assert len(frames_of(place / "out.mp4")) == 30


def test_say_speaks_the_text(place: Path, command: Command, landmarker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from style2talker.speech import voice

    said = []

    def speak(text: str) -> tuple[np.ndarray, int]:
        said.append(text)
        return np.random.default_rng(2).normal(0, 0.1, 22050).astype(np.float32), 22050

    monkeypatch.setattr(voice, "speak", speak)
    ended = command("generate", "portrait.jpg", "--say", "good morning", "-o", "out.mp4", *SMALL)
    assert (ended.status, said) == (0, ["good morning"])
    assert len(frames_of(place / "out.mp4")) == 25


def test_a_pose_file_turns_the_head(place: Path, command: Command, landmarker: Path) -> None:
    turned = np.zeros((25, 3), np.float32)
    turned[:, 1] = np.linspace(0, 0.2, 25)
    write_motion(place / "turn.npz", Motion(np.zeros((25, 52), np.float32), turned, 0 * turned))
    ended = command(*GENERATE, *SMALL, "--pose", "turn.npz", "--motion-out", "motion.json")
    assert ended.status == 0
    assert np.allclose(read_motion(place / "motion.json").rotation, turned, atol=1e-6)


def test_render_shows_a_motion(place: Path, command: Command, landmarker: Path) -> None:
    shapes = np.zeros((20, 52), np.float32)
    shapes[10:, ARKIT_NAMES.index("jawOpen")] = 0.7
    write_motion(place / "motion.npz", Motion(shapes, np.zeros((20, 3)), np.zeros((20, 3)), fps=10))
    ended = command("render", "portrait.jpg", "motion.npz", "-o", "out.mp4", "--audio", "speech.wav", *SMALL)
    assert (ended.status, ended.out) == (0, "wrote out.mp4: 96 x 96 pixels, 2.0 s\n")
    frames = [frame.astype(int) for frame in frames_of(place / "out.mp4")]
    assert len(frames) == 20
    within = max(np.abs(frames[5] - frames[4]).mean(), np.abs(frames[15] - frames[14]).mean())
    assert np.abs(frames[15] - frames[4]).mean() > 4 * within
    with av.open(str(place / "out.mp4")) as container:
        assert len(container.streams.audio) == 1


def test_coefficients_move_a_portrait(place: Path, command: Command, landmarker: Path) -> None:
    rng = np.random.default_rng(3)
    np.save(place / "coefficients.npy", rng.normal(0, 0.3, (12, 257)).astype(np.float32))
    ended = command("render", "portrait.jpg", "coefficients.npy", "-o", "out.mp4", *SMALL, "--json")
    assert ended.status == 0, ended
    facts = json.loads(ended.out.splitlines()[-1])
    assert (facts["frames"], facts["fps"]) == (12, 25)


def test_a_clip_can_be_made_and_reported_without_the_parser(
    place: Path, landmarker: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    clip = make_clip(GenerateOptions(size=64), Path("portrait.jpg"), Path("speech.wav"), Path("out.png"), preview=True)
    report(clip, Path("out.png"), "neutral", as_json=False)
    assert capsys.readouterr().out == "wrote out.png: 64 x 64 pixels, 1.0 s\n"
    assert not (place / "out.mp4").read_bytes().startswith(b"\x89PNG")


def test_an_older_clip_is_replaced_only_by_a_whole_one(place: Path, command: Command, landmarker: Path) -> None:
    before = listing(place)
    assert_refused(command(*GENERATE, "--face", "5"), 3, "no face 5")
    assert listing(place) == before
    assert command(*GENERATE, *SMALL).status == 0
    assert listing(place)["out.mp4"] != before["out.mp4"]


def test_real_recordings(place: Path, command: Command, landmarker: Path, shared_data: Path) -> None:
    shutil.copy(shared_data / "mead" / "W009_front_happy_level3_001.mat", place / "w.mat")
    portrait, audio = shared_data / "portraits" / "mona_lisa.jpg", shared_data / "talking" / "man_speech_short.mp4"
    ended = command("generate", str(portrait), str(audio), "-o", "out.mp4", "--size", "128", "--pose", "w.mat")
    assert (ended.status, ended.err) == (0, "")
