"""The command line as a whole: help, version, signals, pipes, progress."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from endings import Command, assert_refused

from style2talker import __version__
from style2talker.cli import checking, entry, main, telling
from style2talker.cli.app import app, run
from style2talker.cli.checking import (
    Outputs,
    check_clip,
    check_inputs,
    check_networks,
    check_outputs,
    named_files,
    resolve,
)
from style2talker.cli.entry import Stopped, complain, start
from style2talker.cli.telling import progress_bar, show_options, tell
from style2talker.config import GenerateOptions, StylizeOptions, TrackOptions
from style2talker.errors import AssetError, InputError, UsageError

COMMANDS = ("generate", "track", "render", "stylize", "doctor", "assets")


def test_the_version_is_the_packages(command: Command) -> None:
    ended = command("--version")
    assert (ended.status, ended.out, ended.err) == (0, f"style2talker {__version__}\n", "")


def test_both_ways_to_start_say_the_same(process: Command) -> None:
    installed = Path(sys.executable).with_name("style2talker")
    done = subprocess.run([str(installed), "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == process("--version").out


@pytest.mark.parametrize("name", COMMANDS[:4])
def test_help_has_an_example_that_parses(name: str, command: Command, place: Path, no_models: None) -> None:
    ended = command(name, "--help")
    assert (ended.status, ended.err) == (0, "")
    plain = " ".join(re.sub(r"[│╭╮╰╯─]", " ", ended.out).split())
    example = re.search(rf"Example: style2talker {name} (.*?)(?= Arguments| Options|$)", plain)
    assert example is not None, plain
    words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', example[1])]
    assert command(name, *words, "--dry-run").status == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str, command: Command) -> None:
    for flag in ("--help", "-h"):
        ended = command(name, flag)
        assert (ended.status, ended.err) == (0, "")
        assert "Usage" in ended.out


@pytest.mark.parametrize("name", COMMANDS[:4])
def test_every_command_that_works_on_files_shares_these_options(name: str) -> None:
    parser = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    flags = {flag for parameter in parser.params for flag in parameter.opts}
    assert {"--config", "--dry-run", "--json", "--output", "-o"} <= flags


def test_no_command_shows_the_commands(command: Command) -> None:
    ended = command()
    assert all(name in ended.out for name in COMMANDS)
    assert_refused(ended, 2, "a command is missing")


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_is_no_fault(unbuffered: str) -> None:
    words = [sys.executable, "-m", "style2talker", "assets", "list"]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    running = subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert running.stdout is not None
    running.stdout.close()
    assert running.stderr is not None
    assert running.stderr.read() == b""
    running.stderr.close()
    assert running.wait() == 0


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_signals_end_in_one_line(
    number: signal.Signals, status: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["style2talker"])
    before = {n: signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)}

    def command(_: list[str]) -> int:
        os.kill(os.getpid(), number)
        raise AssertionError("the signal was ignored")

    try:
        with pytest.raises(SystemExit) as ended:
            start(lambda: command)
        assert signal.getsignal(number) is signal.SIG_IGN
    finally:
        for n, handler in before.items():
            signal.signal(n, handler)
    assert ended.value.code == status
    assert capsys.readouterr().err == "style2talker: error: interrupted, no half-written file is left\n"


def test_the_entry_point_ends_with_the_status_of_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(sys, "argv", ["style2talker", "--version"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 0
    monkeypatch.setattr(sys, "argv", ["style2talker", "generate", "--size", "1"])
    with pytest.raises(SystemExit) as ended:
        entry.main()
    assert ended.value.code == 2
    assert Stopped(signal.SIGTERM).exit_status == 143


@pytest.mark.parametrize(
    ("error", "status", "says"),
    [
        (MemoryError(), 1, "not enough memory"),
        (OSError(28, "No space left on device"), 1, "no space left"),
        (
            PermissionError(13, "Permission denied", "x.bin"),
            1,
            "refused to read or write: [Errno 13] Permission denied: 'x.bin'",
        ),
        (KeyError("x"), 1, "internal error, KeyError: 'x'"),
    ],
)
def test_errors_from_below_are_one_line(
    error: BaseException, status: int, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    broken = typer.Typer()

    @broken.command()
    def fail() -> None:
        raise error

    assert run([], broken) == status
    err = capsys.readouterr().err.lstrip("\n")
    assert says in err
    assert err.count("\n") == 1


def test_complaints_are_one_line_whatever_they_say(capsys: pytest.CaptureFixture[str]) -> None:
    complain("a\nb\t c")
    assert capsys.readouterr().err == "style2talker: error: a b c\n"


def test_progress_shows_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar() as progress:
        assert progress is None
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(telling.sys.stderr, "isatty", lambda: True, raising=False)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with progress_bar() as progress:
        assert progress is not None
        for done in range(1, 5):
            progress("render", done, 4)
    assert "render" in capsys.readouterr().err


def test_what_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    tell("done", False, {"a": 1})
    tell("done", True, {"a": 1})
    show_options(TrackOptions(fps=5), video=Path("a b.mp4"), audio=None)
    assert capsys.readouterr().out == 'done\ndone\n{"a": 1}\n# video: "a b.mp4"\nfps = 5\n'


def test_files_that_options_name() -> None:
    assert named_files(StylizeOptions()) == {}
    assert named_files(GenerateOptions(background="#ffffff", art="pixar", pose="still")) == {}
    files = {"--art": "a.png", "--background": "b.png", "--pose": "c.npz"}
    assert named_files(GenerateOptions(art="a.png", background="b.png", pose="c.npz")) == files


def test_networks_are_missed_before_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "e.onnx").touch()
    check_networks(GenerateOptions())
    check_networks(GenerateOptions(engine="neural", style_e="e.onnx"))
    with pytest.raises(AssetError, match=r"--style-a a\.onnx does not exist: make it with style2talker export"):
        check_networks(GenerateOptions(engine="neural", style_a="a.onnx", style_e="e.onnx"))


def test_files_are_checked_before_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "here.wav").touch()
    check_inputs(audio=Path("here.wav"), other=None)
    with pytest.raises(InputError, match=r"audio gone\.wav does not exist"):
        check_inputs(audio=Path("gone.wav"))
    check_outputs({"-o": (Path("a.mp4"), (".mp4",)), "-m": (None, ())}, [Path("here.wav"), None])
    with pytest.raises(UsageError, match="also another output"):
        check_outputs({"-o": (Path("a.mp4"), (".mp4",)), "-m": (Path("./a.mp4"), (".mp4",))}, [])
    with pytest.raises(UsageError, match="also an input"):
        check_outputs({"-o": (Path("A.MP4"), (".mp4",))}, [Path("A.MP4")])
    with pytest.raises(UsageError, match=r"-o a\.avi must end in \.mp4"):
        outputs: Outputs = {"-o": (Path("a.avi"), checking.VIDEOS)}
        check_outputs(outputs, [])
    for good in ("a.mp4", "a.webm", "a-%d.png"):
        check_clip(Path(good), transparent=False)
    with pytest.raises(UsageError, match="cannot be transparent"):
        check_clip(Path("a.mp4"), transparent=True)


def test_options_are_resolved_from_file_and_command_line(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("fps = 12", encoding="utf-8")
    context = typer.Context(typer.main.get_command(app))
    context.params = {"config": tmp_path / "c.toml", "fps": None, "video": Path("v.mp4")}
    assert resolve(TrackOptions, context) == TrackOptions(fps=12)
    context.params["fps"] = 24.0
    assert resolve(TrackOptions, context) == TrackOptions(fps=24)
    context.params["config"] = None
    assert resolve(TrackOptions, context) == TrackOptions(fps=24)
