"""Text to speech by a program on the search path; small scripts stand for the real ones."""

import json
import shutil
import sys
import tempfile

import numpy as np
import pytest

from style2talker.errors import InputError
from style2talker.media.audio import check_speech
from style2talker.speech.voice import SYNTHESISERS, speak, synthesisers

ESPEAK = """#!{python}
import json, sys, wave
arguments = dict(zip(sys.argv[1::2], sys.argv[2::2]))
text = open(arguments["-f"], encoding="utf-8").read()
with open({log!r}, "a") as log:
    log.write(json.dumps([arguments["-v"], arguments["-s"], text]) + "\\n")
if "fail" in text or arguments["-v"] == "nobody":
    sys.exit("Error: cannot say that")
with wave.open(arguments["-w"], "wb") as w:
    w.setnchannels(1); w.setsampwidth(2); w.setframerate(22050)
    sound = b"\\0\\0" * 999 if "silence" in text else b"\\x00\\x40" * (100 * len(text))
    w.writeframes(b"" if "nothing" in text else sound)
"""

FLITE = """#!{python}
import json, sys, wave
if "-lv" in sys.argv:
    print("Voices available: kal rms slt")
    sys.exit()
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
with wave.open(sys.argv[sys.argv.index("-o") + 1], "wb") as w:
    w.setnchannels(1); w.setsampwidth(2); w.setframerate(16000)
    w.writeframes(b"\\x00\\x20" * 8000)
"""

PICO = """#!{python}
import json, sys, wave
with open({log!r}, "a") as log:
    log.write(json.dumps(sys.argv[1:]) + "\\n")
with wave.open(sys.argv[sys.argv.index("-w") + 1], "wb") as w:
    w.setnchannels(1); w.setsampwidth(2); w.setframerate(16000)
    w.writeframes(b"\\x00\\x10" * 8000)
"""


class Programs:
    """A search path of its own: programs are put there by name, and what they were told is read back."""

    def __init__(self, folder):
        self.folder = folder
        self.log = folder / "log"

    def add(self, name, source):
        path = self.folder / name
        path.write_text(source.format(python=sys.executable, log=str(self.log)))
        path.chmod(0o755)

    def told(self):
        return self.log.read_text().splitlines() if self.log.exists() else []


@pytest.fixture
def programs(tmp_path, monkeypatch):
    folder, scratch = tmp_path / "bin", tmp_path / "scratch"
    folder.mkdir()
    scratch.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    yield Programs(folder)
    assert list(scratch.iterdir()) == [], "something was left behind"


def test_text_becomes_samples(programs):
    programs.add("espeak-ng", ESPEAK)
    samples, rate = speak("Hello, world.")
    assert rate == 22050
    assert samples.dtype == np.float32 and samples.ndim == 1
    assert len(samples) == 100 * len("Hello, world.\n")
    assert samples[0] == pytest.approx(0.5, abs=1e-3)
    assert synthesisers() == ["espeak-ng"]


def test_the_text_is_data_and_never_an_option_or_a_command(programs):
    programs.add("espeak-ng", ESPEAK)
    text = "-v evil; $(touch x) `ls` \"quoted\" 'x' naïve 日本\nsecond line"
    speak(text)
    assert json.loads(programs.told()[0])[2] == text + "\n"
    assert not (programs.folder / "x").exists()


def test_voice_and_tempo_are_passed_on(programs):
    programs.add("espeak-ng", ESPEAK)
    speak("hello", voice="de", tempo=2)
    speak("hello")
    assert [json.loads(line)[:2] for line in programs.told()] == [["de", "330"], ["en-us", "165"]]


def test_espeak_serves_where_espeak_ng_is_not(programs):
    programs.add("espeak", ESPEAK)
    assert speak("hello")[1] == 22050


def test_flite_stretches_and_keeps_to_voices_that_it_has(programs):
    programs.add("flite", FLITE)
    assert len(speak("hello", tempo=0.5)[0]) == 8000
    speak("hello", voice="slt")
    speak("hello", voice="en-gb")
    told = [json.loads(line) for line in programs.told()]
    assert [line[line.index("-voice") + 1] for line in told] == ["rms", "slt", "rms"]
    assert told[0][told[0].index("--setf") + 1] == "duration_stretch=2.0000"
    with pytest.raises(InputError, match="flite has no voice 'de'"):
        speak("hello", voice="de")


def test_a_voice_is_looked_for_in_every_program(programs):
    programs.add("espeak-ng", ESPEAK)
    programs.add("flite", FLITE.replace("slt", "nobody"))
    assert speak("hello", voice="nobody")[1] == 16000


def test_a_broken_program_gives_way_to_the_next(programs):
    programs.add("espeak-ng", "#!{python}\n# {log}\nraise SystemExit(3)\n")
    programs.add("flite", FLITE)
    assert speak("hello")[1] == 16000


def test_pico_takes_the_text_after_its_options(programs):
    programs.add("pico2wave", PICO)
    assert speak("-w hello", voice="fr-FR")[1] == 16000
    told = json.loads(programs.told()[0])
    assert told[:2] == ["-l", "fr-FR"] and told[-2:] == ["--", "-w hello"]
    with pytest.raises(InputError, match="tempo 2"):
        speak("hello", tempo=2)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "nothing to say"),
        ("  .. \n", "nothing to say"),
        ("fail", "cannot say that"),
        ("nothing", "no sound"),
        ("silence", "silence"),
    ],
)
def test_what_cannot_be_spoken_is_said(programs, text, message):
    programs.add("espeak-ng", ESPEAK)
    with pytest.raises(InputError, match=message):
        speak(text)


def test_an_unknown_voice_is_said(programs):
    programs.add("espeak-ng", ESPEAK)
    with pytest.raises(InputError, match="espeak-ng failed, Error: cannot say that"):
        speak("hello", voice="nobody")


@pytest.mark.parametrize("voice", ["", "-x", "../voice", "a b", "http://x"])
def test_a_voice_is_a_name(programs, voice):
    programs.add("flite", FLITE)
    with pytest.raises(InputError, match="is no voice"):
        speak("hello", voice=voice)
    assert programs.told() == []


@pytest.mark.parametrize("tempo", [0, 0.4, 2.1, -1, float("nan")])
def test_a_tempo_out_of_range_is_refused(programs, tempo):
    programs.add("espeak-ng", ESPEAK)
    with pytest.raises(InputError, match="tempo"):
        speak("hello", tempo=tempo)


def test_without_a_program_the_way_out_is_named(programs):
    assert synthesisers() == []
    with pytest.raises(InputError, match="install espeak-ng or flite"):
        speak("hello")


def test_a_program_that_cannot_be_started_is_named(programs):
    path = programs.folder / "espeak-ng"
    path.write_bytes(b"\x00\x01 not a program")
    path.chmod(0o755)
    with pytest.raises(InputError, match="espeak-ng failed"):
        speak("hello")


def test_characters_that_no_file_holds_do_no_harm(programs):
    programs.add("espeak-ng", ESPEAK)
    speak("hello\0 \ud800 there")
    assert json.loads(programs.told()[0])[2] == "hello  ? there\n"


REAL = {name: path for name in SYNTHESISERS if (path := shutil.which(name))}


@pytest.mark.parametrize("name", SYNTHESISERS)
def test_an_installed_program_really_speaks(name, programs):
    if name not in REAL:
        pytest.skip(f"{name} is not installed")
    (programs.folder / name).symlink_to(REAL[name])
    samples, rate = speak("Please bring my book to the other room.")
    assert 1.0 < len(samples) / rate < 5
    assert 0.05 < np.abs(samples).max() <= 1
    check_speech(samples, "speech")
    assert np.array_equal(samples, speak("Please bring my book to the other room.")[0])


@pytest.mark.parametrize("name", ["espeak-ng", "flite"])
def test_a_long_text_is_spoken_whole(name, programs):
    if name not in REAL:
        pytest.skip(f"{name} is not installed")
    (programs.folder / name).symlink_to(REAL[name])
    sentence = "The boat left in the morning. "
    once = len(speak(sentence)[0])
    samples, _ = speak(sentence * 60)
    assert 40 * once < len(samples) < 90 * once


@pytest.mark.parametrize("name", ["espeak-ng", "flite"])
def test_a_faster_tempo_is_shorter(name, programs):
    if name not in REAL:
        pytest.skip(f"{name} is not installed")
    (programs.folder / name).symlink_to(REAL[name])
    slow, fast = (len(speak("Please bring my book to the other room.", tempo=t)[0]) for t in (0.7, 1.5))
    assert 1.4 < slow / fast < 3.2


def test_the_preferred_program_is_asked_first(programs):
    programs.add("flite", FLITE)
    programs.add("espeak-ng", ESPEAK)
    assert synthesisers() == ["espeak-ng", "flite"]
    assert speak("hello")[1] == 22050
