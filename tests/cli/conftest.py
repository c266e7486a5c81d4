"""Files for commands to work on, and a way to run a command in this process."""

import shutil
import wave

import numpy as np
import pytest
from wav_files import write_wav

from style2talker.assets.store import locate, package_data
from style2talker.cli.app import run
from style2talker.errors import AssetError


@pytest.fixture
def command(capsys, monkeypatch):
    """Run one command: (exit status, lines on stdout, lines on stderr)."""

    def execute(*arguments):
        status = run([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return status, captured.out.splitlines(), captured.err.splitlines()

    return execute


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A working folder that holds the bundled portrait and its first second of speech."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(package_data("example/portrait.jpg"), tmp_path / "portrait.jpg")
    with wave.open(str(package_data("example/speech.wav"))) as speech:
        rate, data = speech.getframerate(), speech.readframes(round(1.1 * speech.getframerate()))
    write_wav(tmp_path / "speech.wav", np.frombuffer(data, np.int16), rate)
    return tmp_path


@pytest.fixture
def model():
    """Skips where the face model has not been fetched."""
    try:
        return locate("face_landmarker")
    except AssetError as error:
        pytest.skip(str(error))
