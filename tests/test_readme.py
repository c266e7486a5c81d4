"""What README and docs tell people to type works, word for word, on the bundled example."""

from __future__ import annotations

import dataclasses
import os
import re
import shlex
import shutil
import subprocess
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from style2talker.assets.store import package_data, verify
from style2talker.config import GenerateOptions

ROOT = Path(__file__).resolve().parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
SPOKEN_S = (0.15, 1.35)
"""The part of the example's speech that stands for every speech.wav, so that the clips are short."""

FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\w*)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?://|#)([^)#\s]+)[^)]*\)")
NOT_RUN = re.compile(r"scripts/\w+( .*)?|(python -m )?pip install .*|style2talker assets pull.*|git clone .*|cd .*")
"""Commands that install something: their words are checked, they are not run."""
MEASURES = re.compile(r"(python benchmarks/\w+\.py)( .*)?")
"""Commands that take minutes: they are run with `--help`, which has to know their options."""
WRITES = re.compile(r"(?:-o|--motion-out|--save_path)\s+(\S+)|\.save\(\"([^\"{]+)\"\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: the page it stands on, its first line there, its language and text."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks(page: str, text: str) -> list[Block]:
    """Every fenced block of a page."""
    return [
        Block(page, text.count("\n", 0, found.start()) + 2, found["language"], found["text"])
        for found in FENCE.finditer(text)
    ]


def commands(text: str) -> list[str]:
    """The commands of a shell block, continued lines joined, comments and empty lines left out."""
    lines = text.replace("\\\n", " ").splitlines()
    return [" ".join(shlex.split(line, comments=True, posix=False)) for line in lines if line.split("#")[0].strip()]


def results(text: str) -> list[str]:
    """Names of the files that a block says it writes."""
    return [a or b for a, b in WRITES.findall(text)]


BLOCKS = [b for page in PAGES for b in blocks(str(page.relative_to(ROOT)), page.read_text(encoding="utf-8"))]
SHELL = [b for b in BLOCKS if b.language == "sh"]
RUN = [b for b in BLOCKS if b.language == "python" or any(not NOT_RUN.fullmatch(c) for c in commands(b.text))]
RUN = [b for b in RUN if b.language in ("sh", "python")]


def _environment() -> dict[str, str]:
    """The tests' own environment with the commands of this Python first."""
    return {**os.environ, "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])}


def _run(words: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(words, cwd=folder, env=_environment(), capture_output=True, text=True, timeout=600)


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the files that the pages speak of."""
    if not verify("face_landmarker") and "CI" not in os.environ:
        pytest.skip("the model file face_landmarker is not here: style2talker assets pull face_landmarker")
    folder = tmp_path_factory.mktemp("inputs")
    shutil.copy(package_data("example/portrait.jpg"), folder / "portrait.jpg")
    with (
        wave.open(str(package_data("example/speech.wav"))) as whole,
        wave.open(str(folder / "speech.wav"), "wb") as part,
    ):
        part.setparams(whole.getparams())
        begin, end = (round(s * whole.getframerate()) for s in SPOKEN_S)
        whole.setpos(begin)
        part.writeframes(whole.readframes(end - begin))
    rng = np.random.default_rng(5)
    dabs = rng.integers(40, 230, (12, 9, 3), dtype=np.uint8)
    Image.fromarray(dabs).resize((288, 384), Image.Resampling.BICUBIC).save(folder / "oil.jpg")
    for name in ("benchmarks", "scripts", "inference.py"):
        (folder / name).symlink_to(ROOT / name)
    words = "generate portrait.jpg speech.wav -o driving.mp4 --motion-out motion.npz --size 192".split()
    done = _run([sys.executable, "-m", "style2talker", *words], folder)
    assert done.returncode == 0, done.stderr
    return folder


@pytest.mark.parametrize("block", RUN, ids=str)
def test_what_the_pages_tell_people_to_type_works(block: Block, inputs: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(inputs, tmp_path / "here", symlinks=True)
    if block.language == "python":
        done = _run([sys.executable, "-c", block.text], folder)
        assert done.returncode == 0, done.stderr
    else:
        for command in commands(block.text):
            measure = MEASURES.fullmatch(command)
            if not NOT_RUN.fullmatch(command):
                done = _run(["sh", "-c", f"{measure[1]} --help" if measure else command], folder)
                assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
                assert measure is None or all(option in done.stdout for option in re.findall(r"--\w+", command))
    for name in results(block.text):
        assert (folder / name).stat().st_size > 0


@pytest.mark.parametrize("block", SHELL, ids=str)
def test_scripts_that_the_pages_name_are_there(block: Block) -> None:
    assert _run(["sh", "-n", "-c", block.text], ROOT).returncode == 0
    for command in commands(block.text):
        word = command.split()[0]
        if word.startswith("scripts/"):
            assert os.access(ROOT / word, os.X_OK)
            checked = _run(["sh", "-n", word], ROOT)
            assert checked.returncode == 0, checked.stderr


def test_the_first_command_stands_before_line_25() -> None:
    first = next(b for b in BLOCKS if b.page == "README.md")
    assert first.language == "sh"
    assert commands(first.text) == ["scripts/demo"]
    assert first.line < 25


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_option_is_listed_with_its_default() -> None:
    page = (ROOT / "docs" / "command-line.md").read_text(encoding="utf-8")
    rows = {name: default.strip() for name, default in re.findall(r"^\| `--([a-z-]+)` \|([^|]*)\|", page, re.MULTILINE)}
    shown = {False: "off", True: "on", None: ""}
    for field in dataclasses.fields(GenerateOptions):
        default = field.default
        expected = shown[default] if default is None or isinstance(default, bool) else f"{default}".removesuffix(".0")
        assert rows[field.name.replace("_", "-")].removesuffix(".0") == expected


def test_blocks_are_found_and_read() -> None:
    shell_block = "```sh\nstyle2talker generate a b \\\n    -o out.mp4  # why\n\n# note\n```\n"
    text = f'# Title\n\n{shell_block}- x\n  ```python\n  c.save("d.csv")\n  ```\n'
    shell, python = blocks("PAGE.md", text)
    assert (shell.language, shell.line, python.language, python.line) == ("sh", 4, "python", 11)
    assert commands(shell.text) == ["style2talker generate a b -o out.mp4"]
    assert results(shell.text) + results(python.text) == ["out.mp4", "d.csv"]
    assert LINK.findall("[a](docs/a.md) [b](https://c.d) ![e](f.png)") == ["docs/a.md", "f.png"]


def test_only_commands_that_install_are_left_out() -> None:
    assert NOT_RUN.fullmatch("scripts/test tests/face")
    assert NOT_RUN.fullmatch("pip install .")
    assert not NOT_RUN.fullmatch("style2talker assets list")
    assert not NOT_RUN.fullmatch("style2talker generate portrait.jpg speech.wav -o out.mp4")
    assert len(RUN) >= 6
