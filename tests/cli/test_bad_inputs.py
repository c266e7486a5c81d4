"""Whatever is wrong with what a person gives: one line, the right status, nothing left behind, nothing harmed."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import bad_files as bad
import numpy as np
import pytest
from endings import OLDER, Command, Ended, assert_refused, listing

from style2talker.media import picture as picture_module
from style2talker.media import writer


@dataclass(frozen=True)
class Case:
    """What a person types, what the folder holds beside good inputs, and how it must end."""

    name: str
    arguments: tuple[str, ...]
    status: int
    says: str
    make: Callable[[Path], object] | None = None


def _with(*more: str) -> tuple[str, ...]:
    return (*bad.GENERATE, *more)


def _neural(*more: str) -> tuple[str, ...]:
    return _with("--engine", "neural", *more)


def _to(name: str) -> tuple[str, ...]:
    return (*bad.GENERATE[:-1], name)


def _render(name: str) -> tuple[str, ...]:
    return ("render", "portrait.jpg", name, "-o", "out.mp4")


def _portrait(name: str) -> tuple[str, ...]:
    return ("generate", name, "speech.wav", "-o", "out.mp4")


def _audio(name: str) -> tuple[str, ...]:
    return ("generate", "portrait.jpg", name, "-o", "out.mp4")


def _saved(name: str, pixels: Callable[[Path], np.ndarray]) -> Callable[[Path], object]:
    return lambda p: bad.save(p / name, pixels(p))


def _cut(name: str, source: str, share: float) -> Callable[[Path], object]:
    return lambda p: bad.cut(p / name, p / source, share)


def _wav(name: str, samples: np.ndarray) -> Callable[[Path], object]:
    return lambda p: bad.wav(p / name, samples)


def _film(name: str, pixels: np.ndarray) -> Callable[[Path], object]:
    return lambda p: bad.silent_film(p / name, pixels)


def _npy(name: str, values: np.ndarray) -> Callable[[Path], object]:
    return lambda p: np.save(p / name, values)


def _cut_film(p: Path) -> None:
    bad.silent_film(p / "whole.mp4", bad.noise())
    bad.cut(p / "c.mp4", p / "whole.mp4", 0.5)
    (p / "whole.mp4").unlink()


def _text(name: str, content: str | bytes) -> Callable[[Path], object]:
    return lambda p: (p / name).write_bytes(content.encode() if isinstance(content, str) else content)


USAGE = [
    Case("unknown command", ("sing",), 2, "sing"),
    Case("no command", (), 2, "command is missing"),
    Case("unknown option", _with("--emotoin", "happy"), 2, "--emotion"),
    Case("option without its value", _with("--art"), 2, "--art"),
    Case("a third file", _with("more.wav"), 2, "more.wav"),
    Case("no audio", ("generate", "portrait.jpg", "-o", "out.mp4"), 2, "AUDIO, or --say"),
    Case("audio and words to say", _with("--say", "hello"), 2, "--say"),
    Case("two portraits", _with("--source_image", "portrait.jpg"), 2, "portrait.jpg"),
    Case("no output", ("generate", "portrait.jpg", "speech.wav"), 2, "-o OUT.mp4"),
    Case("output with another suffix", _to("out.xyz"), 2, r"out\.xyz must end in \.mp4"),
    Case("output without a suffix", _to("out"), 2, r"must end in \.mp4"),
    Case("a preview called mp4", _with("--preview"), 2, r"must end in \.png"),
    Case("motion with another suffix", _with("--motion-out", "m.xml"), 2, r"m\.xml must end in \.npz"),
    Case("stylize without -o", ("stylize", "portrait.jpg"), 2, "--output"),
    Case("stylize to a text", ("stylize", "portrait.jpg", "-o", "a.txt"), 2, r"a\.txt must end in \.png"),
    Case("track to a video", ("track", "portrait.jpg", "-o", "out.mp4"), 2, r"must end in \.npz"),
    Case("unknown art", _with("--art", "cubism"), 2, "cubism.*cartoon, illustration"),
    Case("misspelt art", _with("--art", "cartoom"), 2, "did you mean cartoon"),
    Case("art degree 7", _with("--art-degree", "7"), 2, "--art-degree is 7, allowed is 0 to 1"),
    Case("art degree in words", _with("--art-degree", "much"), 2, "--art-degree"),
    Case("art structure -1", _with("--art-structure", "-1"), 2, "--art-structure is -1"),
    Case("emotion strength -1", _with("--emotion-strength", "-1"), 2, "allowed is 0 to 1.5"),
    Case("emotion strength nan", _with("--emotion-strength", "nan"), 2, "--emotion-strength is nan"),
    Case("head motion 3", _with("--head-motion", "3"), 2, "--head-motion is 3"),
    Case("fps 0", _with("--fps", "0"), 2, "--fps is 0, allowed is 1 to 120"),
    Case("fps nan", _with("--fps", "nan"), 2, "--fps is nan"),
    Case("fps infinite", _with("--fps", "inf"), 2, "--fps is inf"),
    Case("size 3", _with("--size", "3"), 2, "--size is 3, allowed is 64 to 4096"),
    Case("size 100000", _with("--size", "100000"), 2, "--size is 100000"),
    Case("size in fractions", _with("--size", "99.5"), 2, "--size"),
    Case("framing round", _with("--framing", "round"), 2, "crop, full"),
    Case("face -1", _with("--face", "-1"), 2, "--face"),
    Case("face left", _with("--face", "left"), 2, "allowed is a number from 0 on, largest or all"),
    Case("bad colour", _with("--background", "#12345g"), 2, "#rrggbb"),
    Case("background transparent", _with("--background", "transparent"), 2, r"out\.mp4 cannot be transparent"),
    Case("pictures without a number", _to("out.png"), 2, r"such as talk-%04d\.png"),
    Case("unknown background", _with("--background", "beach"), 2, "beach"),
    Case("engine without a network", _with("--engine", "neural"), 2, "needs a network: name it by --style-a FILE"),
    Case("network without its engine", _with("--style-a", "a.onnx"), 2, "add --engine neural"),
    Case("export to a text", ("export", "c.pt", "-o", "a.txt"), 2, r"a\.txt must end in \.onnx"),
    Case("engine steam", _with("--engine", "steam"), 2, "rig, neural"),
    Case("pose misspelt", _with("--pose", "stil"), 2, "did you mean still"),
    Case("blink sometimes", _with("--blink", "sometimes"), 2, "auto, none"),
    Case("seed -1", _with("--seed", "-1"), 2, "--seed is -1"),
    Case("config missing", _with("--config", "no.toml"), 2, r"no\.toml cannot be read"),
    Case("config misspelt key", _with("--config", "c.toml"), 2, "emotion", _text("c.toml", 'emotoin = "happy"')),
    Case("config no TOML", _with("--config", "c.toml"), 2, "no TOML", _text("c.toml", "size = = 3")),
    Case("config binary", _with("--config", "c.toml"), 2, "no TOML", _text("c.toml", b"\xff\xfe\x00")),
    Case("config wrong type", _with("--config", "c.toml"), 2, "--size is 'big'", _text("c.toml", 'size = "big"')),
    Case("config out of range", _with("--config", "c.toml"), 2, "c.toml: --fps is 0", _text("c.toml", "fps = 0")),
    Case("unknown asset", ("assets", "pull", "brain"), 2, "brain"),
]

MISSING = [
    Case("portrait missing", _portrait("no.jpg"), 3, r"no\.jpg does not exist"),
    Case("portrait a folder", _portrait("."), 3, "is a folder"),
    Case("audio missing", _audio("no.wav"), 3, r"no\.wav does not exist"),
    Case("art missing", _with("--art", "no.png"), 3, r"--art no\.png does not exist"),
    Case("background missing", _with("--background", "no.png"), 3, r"--background no\.png does not exist"),
    Case("pose missing", _with("--pose", "no.npz"), 3, r"--pose no\.npz does not exist"),
    Case("motion missing", _render("no.npz"), 3, r"motion no\.npz"),
    Case("video missing", ("track", "no.mp4", "-o", "m.npz"), 3, r"video no\.mp4"),
    Case("picture missing", ("stylize", "no.png", "-o", "a.png"), 3, r"picture no\.png"),
    Case("emotion empty", _with("--emotion", ""), 3, "empty"),
    Case("emotion of blanks", _with("--emotion", "  "), 3, "empty"),
    Case("emotion of 10 000 characters", _with("--emotion", "very " * 2000), 3, "10000 characters"),
    Case("timeline backwards", _with("--emotion", "0: calm; 3: sad; 2: angry"), 3, "does not come after 3 s"),
    Case("timeline without words", _with("--emotion", "0: calm; 2:"), 3, "no words"),
    Case("timeline before the start", _with("--emotion=-1: calm"), 3, "before the start"),
    Case("emotion file missing", _with("--emotion", "@no.txt"), 3, r"@no\.txt"),
    Case("emotion file binary", _with("--emotion", "@b.txt"), 3, "no text", _text("b.txt", b"\xff\x00\xfe")),
    Case(
        "network missing", _with("--engine", "neural", "--style-a", "no.onnx"), 4, r"--style-a no\.onnx does not exist"
    ),
    Case("network a folder", _with("--engine", "neural", "--style-e", "."), 4, r"--style-e \. is a folder"),
    Case("checkpoint missing", ("export", "no.pt", "-o", "a.onnx"), 3, r"checkpoint no\.pt does not exist"),
    Case("nothing to say", ("generate", "portrait.jpg", "--say", "?!", "-o", "out.mp4"), 3, "nothing to say"),
]

OUTPUT = [
    Case("output folder missing", _to("no/out.mp4"), 1, "no folder"),
    Case("output under a file", _to("speech.wav/out.mp4"), 1, "no folder"),
    Case("output a folder", _to("f.mp4"), 1, "is a folder", lambda p: (p / "f.mp4").mkdir()),
    Case("motion folder missing", _with("--motion-out", "no/m.npz"), 1, "no folder"),
]

UNREADABLE = [
    Case("portrait empty", _portrait("e.jpg"), 3, "empty", _text("e.jpg", "")),
    Case("portrait a text", _portrait("t.jpg"), 3, "not a picture", _text("t.jpg", "dear diary")),
    Case("portrait cut off", _portrait("c.jpg"), 3, "cut off", _cut("c.jpg", "portrait.jpg", 0.4)),
    Case("portrait a sound", _portrait("speech.wav"), 3, "not a picture"),
    Case("portrait too wide", _portrait("l.png"), 3, "20000", _saved("l.png", lambda _: np.zeros((9, 20000, 3)))),
    Case("audio empty", _audio("e.wav"), 3, "empty", _text("e.wav", "")),
    Case("audio a text", _audio("t.wav"), 3, r"t\.wav", _text("t.wav", "la la la " * 99)),
    Case("audio cut off", _audio("c.wav"), 3, r"c\.wav", _cut("c.wav", "speech.wav", 0.0005)),
    Case("audio a picture", _audio("portrait.jpg"), 3, "no sound"),
    Case("audio silent", _audio("s.wav"), 3, "silent", _wav("s.wav", np.zeros(16000))),
    Case("audio of 0.1 s", _audio("s.wav"), 3, "lasts 0.100 s", _wav("s.wav", bad.tone(0.1))),
    Case("audio of nan", _audio("n.wav"), 3, "finite", _wav("n.wav", np.full(16000, np.nan))),
    Case("audio of infinity", _audio("i.wav"), 3, "finite", _wav("i.wav", np.full(16000, np.inf))),
    Case("audio a silent film", _audio("f.mp4"), 3, "no sound", _film("f.mp4", bad.noise())),
    Case("audio a film cut off", _audio("c.mp4"), 3, r"c\.mp4", _cut_film),
    Case("art a text", _with("--art", "t.png"), 3, "not a picture", _text("t.png", "paint")),
    Case("art cut off", _with("--art", "c.jpg"), 3, "cut off", _cut("c.jpg", "portrait.jpg", 0.4)),
    Case("pose damaged", _with("--pose", "p.npz"), 3, "damaged", _text("p.npz", b"PK\x03\x04 nonsense")),
    Case("pose without columns", _with("--pose", "p.csv"), 3, "columns", _text("p.csv", "a,b\n1,2\n")),
    Case("pose a text", _with("--pose", "p.avi"), 3, r"p\.avi", _text("p.avi", "walk tall")),
    Case("3DMM of 99 columns", _with("--pose", "p.npy"), 3, "99 coeff", _npy("p.npy", np.zeros((4, 99)))),
    Case("3DMM of nan", _with("--pose", "p.npy"), 3, "finite", _npy("p.npy", np.full((4, 257), np.nan))),
    Case("3DMM of code", _with("--pose", "p.npy"), 3, "mkdir", lambda p: bad.evil_npy(p / "p.npy")),
    Case("3DMM a pickle", _with("--pose", "p.mat"), 3, r"p\.mat", lambda p: bad.evil_mat(p / "p.mat")),
    Case("motion of code", _render("m.npz"), 3, "damaged", lambda p: bad.evil_npz(p / "m.npz")),
    Case("motion a text", _render("m.json"), 3, "damaged", _text("m.json", "{")),
    Case("motion a video cut off", _render("c.mp4"), 3, r"c\.mp4", _cut_film),
    Case("video a text", ("track", "t.mp4", "-o", "m.npz"), 3, r"t\.mp4", _text("t.mp4", "action")),
    Case("network a text", _neural("--style-a", "t.onnx"), 4, "export", _text("t.onnx", "weights")),
    Case("network a checkpoint", _neural("--style-e", "c.pt"), 4, "run style2talker export c.pt", _text("c.pt", "PK")),
    Case("video a sound", ("track", "speech.wav", "-o", "m.npz"), 3, r"speech\.wav"),
]

FACES = [
    Case("noise", _portrait("n.png"), 3, "no face", _saved("n.png", lambda _: bad.noise())),
    Case("landscape", _portrait("l.png"), 3, "no face", _saved("l.png", lambda _: bad.landscape())),
    Case("one pixel", _portrait("o.png"), 3, "no face|pixels", _saved("o.png", lambda _: np.zeros((1, 1, 3)))),
    Case("two faces", _portrait("2.png"), 3, "2 faces.*--face", _saved("2.png", bad.two_faces)),
    Case("tiny face", _portrait("t.png"), 3, "pixels high", _saved("t.png", bad.tiny_face)),
    Case("face 9", _with("--face", "9"), 3, "no face 9"),
    Case("pose of nobody", _with("--pose", "f.mp4"), 3, "no face found in any", _film("f.mp4", bad.noise())),
    Case("video without a face", ("track", "f.mp4", "-o", "m.npz"), 3, "no face", _film("f.mp4", bad.noise())),
    Case(
        "stylize nobody", ("stylize", "l.png", "-o", "s.png"), 3, "no face", _saved("l.png", lambda _: bad.landscape())
    ),
]


def _try(case: Case, place: Path, command: Command) -> None:
    if case.make is not None:
        case.make(place)
    before = listing(place)
    ended = command(*case.arguments)
    assert_refused(ended, case.status, case.says)
    assert listing(place) == before
    assert (place / "out.mp4").read_bytes() == OLDER
    assert not (place / "evil").exists()


@pytest.mark.parametrize("case", [*USAGE, *MISSING, *OUTPUT], ids=lambda case: case.name)
def test_wrong_words_are_refused(case: Case, place: Path, command: Command, no_models: None) -> None:
    _try(case, place, command)


@pytest.mark.parametrize("case", UNREADABLE, ids=lambda case: case.name)
def test_unreadable_files_are_refused(case: Case, place: Path, command: Command, landmarker: Path) -> None:
    _try(case, place, command)


@pytest.mark.parametrize("case", FACES, ids=lambda case: case.name)
def test_pictures_without_the_one_face_are_refused(case: Case, place: Path, command: Command, landmarker: Path) -> None:
    _try(case, place, command)


def test_a_dog_is_no_person(place: Path, command: Command, landmarker: Path, shared_data: Path) -> None:
    shutil.copy(shared_data / "portraits" / "not_a_person_dog.jpg", place / "dog.jpg")
    _try(Case("dog", _portrait("dog.jpg"), 3, "no face"), place, command)


def test_output_may_not_be_an_input(place: Path, command: Command) -> None:
    (place / "speech.mp4").write_bytes((place / "speech.wav").read_bytes())
    (place / "link.mp4").symlink_to("speech.mp4")
    os.link(place / "speech.mp4", place / "twin.mp4")
    for name in ("speech.mp4", "./speech.mp4", "link.mp4", "twin.mp4"):
        ended = command("generate", "portrait.jpg", "speech.mp4", "-o", name)
        assert_refused(ended, 2, "input")
    assert (place / "speech.mp4").read_bytes() == (place / "speech.wav").read_bytes()


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write anywhere")
def test_write_protected_folder(place: Path, command: Command) -> None:
    (place / "closed").mkdir(mode=0o555)
    assert_refused(command(*_to("closed/out.mp4")), 1, "not writable")


def test_full_disk(place: Path, command: Command, landmarker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    encode = writer._Encoder.encode
    count = 0

    def full(self: writer._Encoder, picture: object) -> None:
        nonlocal count
        count += 1
        if count > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        encode(self, picture)

    monkeypatch.setattr(writer._Encoder, "encode", full)
    _try(Case("full", _with("--size", "128"), 1, "no space left on the disk"), place, command)


def test_a_fault_of_our_own_is_one_line(place: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(path: object) -> None:
        raise ZeroDivisionError("of our own\nmaking")

    monkeypatch.setattr(picture_module, "_opened", broken)
    monkeypatch.delenv("STYLE2TALKER_TRACEBACK", raising=False)
    ended = command(*_with())
    assert ended.status == 1
    assert ended.err == (
        "style2talker: error: internal error, ZeroDivisionError: of our own making "
        "(set STYLE2TALKER_TRACEBACK=1 to see more)\n"
    )
    monkeypatch.setenv("STYLE2TALKER_TRACEBACK", "1")
    assert "Traceback" in command(*_with()).err


def test_missing_model(place: Path, process: Command, tmp_path: Path) -> None:
    before = listing(place)
    nowhere = {"STYLE2TALKER_ASSETS": "", "STYLE2TALKER_CACHE": str(tmp_path / "empty")}
    assert_refused(process(*_with(), **nowhere), 4, "face_landmarker.task is missing.*assets pull face_landmarker")
    assert listing(place) == before


def test_damaged_model(place: Path, process: Command, tmp_path: Path, landmarker: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    content = bytearray(landmarker.read_bytes())
    content[1000:1100] = bytes(100)
    (assets / "face_landmarker.task").write_bytes(content)
    before = listing(place)
    where = {"STYLE2TALKER_ASSETS": str(assets), "STYLE2TALKER_CACHE": str(tmp_path / "empty")}
    assert_refused(process(*_with(), **where), 4, "face_landmarker.task is damaged")
    (assets / "face_landmarker.task").write_bytes(content[:5000])
    assert_refused(process(*_with(), **where), 4, "face_landmarker.task is damaged")
    assert listing(place) == before


def test_missing_sentence_encoder(place: Path, process: Command, tmp_path: Path, landmarker: Path) -> None:
    assets = tmp_path / "assets"
    assets.mkdir()
    shutil.copy(landmarker, assets)
    where = {"STYLE2TALKER_ASSETS": str(assets), "STYLE2TALKER_CACHE": str(tmp_path / "empty")}
    before = listing(place)
    sentence = "as if she had just won the lottery"
    assert_refused(process(*_with("--emotion", sentence), **where), 4, "assets pull sentence_encoder")
    assert listing(place) == before


@pytest.mark.parametrize(
    "case",
    [*FACES[:4], UNREADABLE[2], UNREADABLE[9], *(case for case in UNREADABLE if case.name.startswith("audio a film"))],
    ids=lambda case: case.name,
)
def test_a_cold_process_says_one_line_too(case: Case, place: Path, process: Command, landmarker: Path) -> None:
    _try(case, place, process)


def test_wrong_usage_answers_at_once(place: Path, process: Command) -> None:
    """Counted in processor time, which other work on the machine does not lengthen as much."""
    used = []
    for _ in range(3):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert_refused(process(*_with("--art-degree", "7")), 2, "--art-degree")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert min(used) < 0.8


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_interrupted_while_rendering(number: signal.Signals, place: Path, landmarker: Path) -> None:
    bad.wav(place / "long.wav", bad.tone(120.0) * np.random.default_rng(1).uniform(0, 1, 120 * 16000))
    before = listing(place)
    words = ["generate", "portrait.jpg", "long.wav", "-o", "out.mp4", "--size", "1024"]
    running = subprocess.Popen(
        [sys.executable, "-m", "style2talker", *words],
        cwd=place,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    limit = time.monotonic() + 60
    while not any(path.stat().st_size > 0 for path in place.glob(".out.*")) and time.monotonic() < limit:
        assert running.poll() is None
        time.sleep(0.05)
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert_refused(Ended(running.returncode, out, err), 128 + number, "interrupted")
    assert listing(place) == before
