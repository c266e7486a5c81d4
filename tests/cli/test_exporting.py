"""`export`, and clips that exported networks make through the ordinary command."""

from __future__ import annotations

import json
import os
import shutil
import wave
from pathlib import Path

import av
import numpy as np
import pytest

pytest.importorskip("torch", reason="the train extra is not installed")

from bad_files import GENERATE
from endings import Command, assert_refused, listing

from style2talker.assets.store import locate
from style2talker.cli.app import run
from style2talker.cli.exporting import export
from style2talker.errors import AssetError
from style2talker.media.motion import read_motion, write_motion
from style2talker.records import ARKIT_NAMES, Motion
from style2talker.runtime.network import Network
from tiny_checkpoints import STYLE_A, STYLE_E, style_a_networks, style_e_networks, write_checkpoint
from tiny_networks import write_style_a, write_style_e

GAZE = [i for i, name in enumerate(ARKIT_NAMES) if name.startswith(("eyeLook", "eyeBlink"))]


@pytest.fixture(scope="module")
def networks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a.onnx and e.onnx, exported by the command from tiny checkpoints."""
    folder = tmp_path_factory.mktemp("networks")
    a = write_checkpoint(folder / "a.pt", STYLE_A, style_a_networks())
    e = write_checkpoint(folder / "e.pt", STYLE_E, style_e_networks(), ("denoiser",))
    assert run(["export", str(a), "-o", str(folder / "a.onnx"), "--licence", "for tests"]) == 0
    assert run(["export", str(e), "-o", str(folder / "e.onnx")]) == 0
    return folder


@pytest.fixture
def sentences() -> None:
    try:
        locate("sentence_encoder")
    except AssetError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))


@pytest.fixture
def here(place: Path, networks: Path) -> Path:
    """The working folder with the exported networks in it."""
    for file in networks.glob("*.onnx"):
        shutil.copy(file, place / file.name)
    return place


BOTH = ("--engine", "neural", "--style-a", "a.onnx", "--style-e", "e.onnx", "--size", "96")


def motion_of(command: Command, *words: str) -> Motion:
    ended = command(*GENERATE, *words, "--motion-out", "m.npz")
    assert (ended.status, ended.err) == (0, "")
    return read_motion("m.npz")


def test_networks_make_an_mp4_with_sound(here: Path, command: Command, landmarker: Path, sentences: None) -> None:
    with wave.open("speech.wav") as whole:
        rate, sound = whole.getframerate(), whole.readframes(whole.getnframes())
    with wave.open("odd.wav", "wb") as part:
        part.setnchannels(1)
        part.setsampwidth(2)
        part.setframerate(rate)
        part.writeframes(sound[: 2 * round(0.95 * rate)])
    ended = command("generate", "portrait.jpg", "odd.wav", "-o", "out.mp4", *BOTH, "--emotion", "happy", "--json")
    assert (ended.status, ended.err) == (0, "")
    facts = json.loads(ended.out.splitlines()[-1])
    samples = round(0.95 * 16000)
    assert facts["frames"] == samples // 640 == 23
    with av.open("out.mp4") as clip:
        video = clip.streams.video[0]
        assert (video.width, video.height, video.average_rate) == (96, 96, 25)
        frames = [frame.to_ndarray(format="rgb24") for frame in clip.decode(video)]
        assert len(frames) == 23
    with av.open("out.mp4") as clip:
        heard = np.concatenate([frame.to_ndarray() for frame in clip.decode(audio=0)], axis=1)
        assert np.abs(heard).max() > 0.01


def test_same_seed_same_bytes(here: Path, command: Command, landmarker: Path, sentences: None) -> None:
    made = []
    for seed in ("3", "3", "4"):
        assert command(*GENERATE, *BOTH, "--seed", seed).status == 0
        made.append(Path("out.mp4").read_bytes())
    assert made[0] == made[1] != made[2]


def test_text_changes_the_expression_and_art_changes_no_coefficient(
    here: Path, command: Command, landmarker: Path, sentences: None
) -> None:
    calm = motion_of(command, *BOTH, "--emotion", "she is quite calm")
    drawn = motion_of(command, *BOTH, "--emotion", "she is quite calm", "--art", "arcane")
    angry = motion_of(command, *BOTH, "--emotion", "she is furious, brows drawn together")
    for name in ("blendshapes", "rotation", "translation"):
        assert np.array_equal(getattr(calm, name), getattr(drawn, name))
    others = np.delete(np.arange(52), GAZE)
    assert np.abs(angry.blendshapes - calm.blendshapes)[:, others].max() > 0.01


def test_style_e_alone_moves_the_rig_and_style_a_alone_draws_our_motion(
    here: Path, command: Command, landmarker: Path, sentences: None
) -> None:
    size = ("--size", "96")
    ours = motion_of(command, *size)
    rig = motion_of(command, "--engine", "neural", "--style-e", "e.onnx", *size)
    assert np.array_equal(rig.blendshapes[:, GAZE], ours.blendshapes[:, GAZE])
    assert not np.array_equal(rig.blendshapes, ours.blendshapes)
    drawn = motion_of(command, "--engine", "neural", "--style-a", "a.onnx", *size)
    assert np.array_equal(drawn.blendshapes, ours.blendshapes)
    ended = command("render", "portrait.jpg", "m.npz", "-o", "out.mp4", *BOTH[:4], *size)
    assert (ended.status, ended.err) == (0, "")


def test_a_pose_that_is_shorter_than_the_voice_goes_back_and_forth(
    here: Path, command: Command, landmarker: Path, sentences: None
) -> None:
    yaw = np.linspace(0, 0.1, 10, dtype=np.float32)
    turn = np.stack([0 * yaw, yaw, 0 * yaw], axis=1)
    write_motion("turn.npz", Motion(np.zeros((10, 52), np.float32), turn, 0 * turn, fps=25.0))
    found = motion_of(command, *BOTH, "--pose", "turn.npz").rotation[:, 1]
    assert np.allclose(found, np.concatenate([yaw, yaw[-2::-1], yaw[1:]])[: len(found)], atol=1e-6)


def test_what_does_not_fit_is_one_line(here: Path, command: Command, landmarker: Path, sentences: None) -> None:
    a, e = ("--engine", "neural", "--style-a"), ("--engine", "neural", "--style-e")
    write_style_a(here / "b.onnx", space="bfm", columns=73)
    write_style_e(here / "wide.onnx", text=512)
    for words, status, says in (
        ((*a, "e.onnx"), 4, "is a Style-E network"),
        ((*e, "a.onnx"), 4, "is a Style-A network"),
        ((*a, "a.portrait.onnx"), 4, "is the portrait part"),
        ((*a, "b.onnx"), 4, "space 'bfm'"),
        ((*e, "wide.onnx"), 4, "text embeddings of 512"),
        ((*a, "a.onnx", "--art", "pixar"), 3, "does not know the style pixar, it knows: cartoon, arcane"),
        ((*a, "a.onnx", "--art", "cartoon", "--keep-color"), 3, "leave out --keep-color"),
    ):
        before = listing(here)
        assert_refused(command(*GENERATE, *words), status, says)
        assert listing(here) == before


def test_export_says_what_it_wrote(networks: Path, command: Command, tmp_path: Path) -> None:
    card = Network(networks / "a.onnx", "style-a").card
    assert (card.licence, card.styles, card.step) == ("for tests", ("cartoon", "arcane"), 120)
    target = tmp_path / "e.onnx"
    ended = command("export", str(networks / "e.pt"), "-o", str(target), "--half", "--json")
    assert (ended.status, ended.err) == (0, "")
    line, last = ended.out.splitlines()
    assert "of PyTorch" in line
    assert "with float16 weights" in line
    facts = json.loads(last)
    assert facts["files"] == [str(target), str(tmp_path / "e.audio.onnx")]
    assert facts["half"] is True
    assert max(facts["agreement"].values()) < 1e-3
    assert target.stat().st_size < 0.75 * (networks / "e.onnx").stat().st_size


def test_export_tells_its_options_and_refuses_what_is_no_checkpoint(command: Command, tmp_path: Path) -> None:
    (tmp_path / "c.pt").write_text("weights")
    (tmp_path / "o.toml").write_text('half = true\nstyles = "comic"\n')
    words = ("export", str(tmp_path / "c.pt"), "-o", str(tmp_path / "c.onnx"), "--config", str(tmp_path / "o.toml"))
    ended = command(*words, "--licence", "mine", "--dry-run")
    assert ended.status == 0
    assert ended.out.splitlines()[2:] == ["half = true", 'licence = "mine"', 'styles = "comic"']
    assert_refused(command(*words), 3, "no checkpoint of a training")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["c.pt", "o.toml"]
    assert export.__doc__ is not None
