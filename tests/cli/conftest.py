"""A folder with good inputs, and the command line run in it, in this process or in one of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from endings import OLDER, Command, Ended

from style2talker.assets.store import locate, package_data
from style2talker.cli.app import run
from style2talker.errors import AssetError


@pytest.fixture(scope="session")
def landmarker() -> Path:
    try:
        return locate("face_landmarker")
    except AssetError as error:
        if "CI" in os.environ:
            raise
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def good_inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """portrait.jpg and speech.wav (1 s) of the bundled example, and an older out.mp4."""
    folder = tmp_path_factory.mktemp("good")
    shutil.copy(package_data("example/portrait.jpg"), folder / "portrait.jpg")
    speech = package_data("example/speech.wav")
    with wave.open(str(speech)) as whole, wave.open(str(folder / "speech.wav"), "wb") as part:
        part.setparams(whole.getparams())
        part.writeframes(whole.readframes(whole.getframerate()))
    (folder / "out.mp4").write_bytes(OLDER)
    return folder


@pytest.fixture
def place(good_inputs: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder of a command, with good inputs in it."""
    folder = tmp_path / "here"
    shutil.copytree(good_inputs, folder)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def command(capfd: pytest.CaptureFixture[str]) -> Command:
    """Run `style2talker` in this process; what native code writes to stderr counts too."""

    def call(*arguments: str) -> Ended:
        capfd.readouterr()
        status = run(list(arguments))
        out, err = capfd.readouterr()
        return Ended(status, out, err)

    return call


@pytest.fixture
def process(place: Path) -> Command:
    """Run `python -m style2talker` in a process of its own in the folder."""

    def call(*arguments: str, **environment: str) -> Ended:
        done = subprocess.run(
            [sys.executable, "-m", "style2talker", *arguments],
            cwd=place,
            env={**os.environ, **environment},
            capture_output=True,
            text=True,
            timeout=300,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return call


@pytest.fixture
def no_models(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No model file is to be found: what needs one fails in another way than the test expects."""
    monkeypatch.setenv("STYLE2TALKER_ASSETS", "")
    monkeypatch.setenv("STYLE2TALKER_CACHE", str(tmp_path / "no-cache"))
