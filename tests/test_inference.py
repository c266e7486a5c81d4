"""`inference.py`: the published option names lead to the same clip as `generate`."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from style2talker.assets.store import locate, package_data
from style2talker.cli import published
from style2talker.cli.published import inference, main, run
from style2talker.config import GenerateOptions
from style2talker.errors import AssetError
from style2talker.face.driving import rest_expression

SCRIPT = Path(__file__).resolve().parents[1] / "inference.py"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[tuple[object, ...]]:
    """The clips that would have been made, in an empty working folder with a portrait, a speech and coefficients."""
    monkeypatch.chdir(tmp_path)
    for name in ("p.jpg", "s.wav"):
        (tmp_path / name).touch()
    np.save(tmp_path / "c.npy", np.zeros((3, 257), np.float32))
    calls: list[tuple[object, ...]] = []
    monkeypatch.setattr(published, "make_clip", lambda *files, rest_of: calls.append((*files, rest_of)))
    monkeypatch.setattr(published, "report", lambda *_, **__: None)
    return calls


def test_published_names_become_options(made: list[tuple[object, ...]], tmp_path: Path) -> None:
    words = ["--img_path", "p.jpg", "--wav_path", "s.wav", "--source_3DMM", "c.npy", "--pose_path", "c.npy"]
    words += ["--style_e_source", "she is overjoyed", "--art_style_id", "3", "--art_style_degree", "0.7"]
    assert run([*words, "--save_path", "o.mp4"]) == 0
    options, picture, sound, out, rest_of = made.pop()
    assert (picture, sound, out, rest_of) == (Path("p.jpg"), Path("s.wav"), Path("o.mp4"), Path("c.npy"))
    assert options == GenerateOptions(
        art="comic", art_degree=0.7, emotion="she is overjoyed", pose=str(tmp_path / "c.npy"), size=1024
    )


def test_exported_networks_stand_in_for_published_checkpoints(made: list[tuple[object, ...]]) -> None:
    Path("a.onnx").touch()
    Path("e.onnx").touch()
    assert run(["--art_ckpt", "a.onnx", "--emotion_ckpt", "e.onnx"]) == 0
    options = made.pop()[0]
    assert isinstance(options, GenerateOptions)
    assert (options.engine, options.style_a, options.style_e) == ("neural", "a.onnx", "e.onnx")


def test_published_defaults(made: list[tuple[object, ...]]) -> None:
    assert run(["--image_path=p.jpg", "--wav_path=s.wav"]) == 0
    options, *_, out, rest_of = made.pop()
    assert options == GenerateOptions(art="cartoon", art_degree=0.5, size=1024)
    assert (out, rest_of) == (Path("test.mp4"), None)
    assert run([]) == 0
    assert made.pop()[1:3] == (None, None)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (["--img_path", "p.jpg"], 2, "--image_path and --wav_path go together"),
        (["--art_style_id", "5"], 2, "--art_style_id is 5, allowed is 0 to 4"),
        (["--art_style_id", "first"], 2, "--art_style_id"),
        (["--art_style_degree", "3"], 2, "--art-degree is 3, allowed is 0 to 1"),
        (["--save_path", "o.avi"], 2, r"--save_path o.avi must end in .mp4"),
        (["--save_path", "no/o.mp4"], 1, "no folder"),
        (["--img_path", "no.jpg", "--wav_path", "s.wav"], 3, "no.jpg does not exist"),
        (["--pose_path", "no.npy"], 3, "no.npy does not exist"),
        (["--source_3DMM", "no.npy"], 3, "no.npy does not exist"),
        (["--emotion_ckpt", "x.onnx"], 4, "--style-e x.onnx does not exist"),
        (["--art_ckpt=x.onnx"], 4, "--style-a x.onnx does not exist"),
        (["--audioencoder_ckpt", "x.pth"], 2, "is within the exported network that --emotion_ckpt names: leave it out"),
        (["--art_exstyle_path=x.npy"], 2, "is within the exported network that --art_ckpt names: leave it out"),
        (["--colour", "red"], 2, "No such option"),
        (["p.jpg"], 2, "p.jpg"),
    ],
)
def test_wrong_words_are_refused(
    words: list[str],
    status: int,
    says: str,
    made: list[tuple[object, ...]],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    before = sorted(tmp_path.iterdir())
    assert run(words) == status
    err = capsys.readouterr().err
    assert says in err
    assert err.startswith("style2talker: error: ")
    assert err.count("\n") == 1
    assert (made, sorted(tmp_path.iterdir())) == ([], before)


def test_the_rest_expression_is_that_of_the_first_frame(tmp_path: Path) -> None:
    rows = np.random.default_rng(1).normal(0, 0.5, (4, 257)).astype(np.float32)
    np.save(tmp_path / "all.npy", rows)
    np.save(tmp_path / "first.npy", rows[:1])
    rest = rest_expression(tmp_path / "all.npy")
    assert rest.shape == (52,)
    assert (rest >= 0).all()
    assert (rest <= 1).all()
    assert np.array_equal(rest, rest_expression(tmp_path / "first.npy"))


def test_help_names_every_published_option(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["inference.py", "--help"])
    monkeypatch.setattr("signal.signal", lambda *_: None)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    for name in ("--image_path", "--img_path", "--wav_path", "--source_3DMM", "--pose_path", "--style_e_source"):
        assert name in shown
    assert inference.__doc__ is not None


def test_the_script_makes_a_clip(tmp_path: Path) -> None:
    try:
        locate("face_landmarker")
    except AssetError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))
    speech = package_data("example/speech.wav")
    with wave.open(str(speech)) as whole, wave.open(str(tmp_path / "s.wav"), "wb") as part:
        part.setparams(whole.getparams())
        part.writeframes(whole.readframes(whole.getframerate() // 2))
    np.save(tmp_path / "c.npy", np.zeros((3, 257), np.float32))
    words = ["--img_path", str(package_data("example/portrait.jpg")), "--wav_path", "s.wav", "--pose_path", "c.npy"]
    words += ["--source_3DMM", "c.npy", "--style_e_source", "happy", "--art_style_degree", "0", "--save_path", "o.mp4"]
    done = subprocess.run([sys.executable, str(SCRIPT), *words], cwd=tmp_path, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    with av.open(str(tmp_path / "o.mp4")) as clip:
        picture = clip.streams.video[0]
        assert (picture.width, picture.height) == (1024, 1024)
        assert sum(1 for _ in clip.decode(picture)) in (12, 13)
