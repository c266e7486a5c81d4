"""The scripts find a Python, say so when there is none, and install only what is new."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SCRIPTS = [ROOT / "scripts" / name for name in ("demo", "test", "check", "environment.sh")]
TOOLS = ("sh", "cat", "cksum", "tr", "rm", "env")

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the scripts are for a POSIX shell")


def _shell(program: str, folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program that begins with the shared part of the scripts, in a folder with a pyproject.toml."""
    words = ["sh", "-euc", f'. "{ROOT}/scripts/environment.sh"\n{program}']
    return subprocess.run(words, cwd=folder, env={**os.environ, **variables}, capture_output=True, text=True)


@pytest.fixture
def bare_path(tmp_path: Path) -> Path:
    """A folder of the tools that the scripts need, without any Python."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for tool in TOOLS:
        place = next(p for d in os.environ["PATH"].split(os.pathsep) if (p := Path(d) / tool).is_file())
        (folder / tool).symlink_to(place)
    return folder


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda p: p.name)
def test_scripts_are_well_formed(script: Path) -> None:
    assert subprocess.run(["sh", "-n", str(script)]).returncode == 0
    assert os.access(script, os.X_OK) == (script.suffix != ".sh")


def test_a_python_that_is_named_comes_first(tmp_path: Path) -> None:
    found = _shell("find_python", tmp_path, PYTHON=sys.executable)
    assert found.stdout.strip() == sys.executable


def test_without_python_one_line_says_what_to_install(tmp_path: Path, bare_path: Path) -> None:
    found = _shell('make_environment "$PWD/venv"', tmp_path, PATH=str(bare_path), PYTHON="")
    assert found.returncode == 1
    assert found.stderr.startswith("error: Python 3.11 or newer")
    assert "python3-venv" in found.stderr
    assert found.stderr.count("\n") == 1
    assert not (tmp_path / "venv").exists()


def test_an_old_python_is_passed_over(tmp_path: Path, bare_path: Path) -> None:
    old, new = bare_path / "python3.11", bare_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    new.write_text("#!/bin/sh\nexit 0\n")
    old.chmod(0o755)
    new.chmod(0o755)
    assert _shell("find_python", tmp_path, PATH=str(bare_path), PYTHON="").stdout.strip() == str(new)


def test_installing_is_skipped_until_something_changes(tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\necho "$@" >>"{calls}"\n')
    python.chmod(0o755)
    settings = tmp_path / "pyproject.toml"
    settings.write_text("a")
    for _ in range(2):
        assert _shell("install venv -e .", tmp_path).returncode == 0
    assert len(calls.read_text().splitlines()) == 1
    assert calls.read_text().strip().endswith("-e .")
    _shell("install venv -e '.[dev]'", tmp_path)
    settings.write_text("b")
    _shell("install venv -e .", tmp_path)
    assert len(calls.read_text().splitlines()) == 3


def test_a_failed_installation_is_tried_again(tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nexit 7\n")
    python.chmod(0o755)
    (tmp_path / "pyproject.toml").write_text("a")
    assert _shell("install venv -e .", tmp_path).returncode == 7
    assert _shell("install venv -e .", tmp_path).returncode == 7
