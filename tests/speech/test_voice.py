"""Text to speech by a program on the PATH; a small script stands for one."""

import os
import shutil
import sys

import numpy as np
import pytest

from style2talker.errors import InputError
from style2talker.speech.voice import SYNTHESISERS, speak, synthesiser

FAKE = """#!{python}
import sys, wave
text = open(sys.argv[sys.argv.index("-f") + 1], encoding="utf-8").read()
if "fail" in text:
    sys.exit("cannot say that")
out = sys.argv[sys.argv.index("-w") + 1]
with wave.open(out, "wb") as w:
    w.setnchannels(1); w.setsampwidth(2); w.setframerate(22050)
    w.writeframes(b"" if "nothing" in text else b"\\x00\\x40" * (100 * len(text)))
"""


@pytest.fixture
def program(tmp_path, monkeypatch):
    path = tmp_path / "espeak-ng"
    path.write_text(FAKE.format(python=sys.executable))
    path.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return path


def test_text_becomes_samples(program):
    samples, rate = speak("  Hello,\n world. ")
    assert rate == 22050
    assert samples.dtype == np.float32 and len(samples) == 100 * len("Hello, world.")
    assert samples[0] == pytest.approx(0.5, abs=1e-3)
    assert synthesiser() == str(program)


@pytest.mark.parametrize(("text", "message"), [("  .. ", "no words"), ("x" * 20001, "at most"), ("fail", "cannot say that"), ("nothing", "no sound")])
def test_what_cannot_be_spoken_is_said(program, text, message):
    with pytest.raises(InputError, match=message):
        speak(text)


def test_without_a_program_the_way_out_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert synthesiser() is None
    with pytest.raises(InputError, match="install flite or espeak-ng"):
        speak("hello")


@pytest.mark.skipif(not any(map(shutil.which, SYNTHESISERS)), reason="no speech synthesiser is installed")
def test_an_installed_program_really_speaks():
    samples, rate = speak("Please bring my book.")
    assert 0.8 < len(samples) / rate < 4
    assert np.abs(samples).max() > 0.05
    assert os.environ["PATH"]
