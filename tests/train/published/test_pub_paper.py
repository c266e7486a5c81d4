"""The page about the paper: what it names is there; and checks of the paper's list that no other test makes."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import numpy as np
import pytest

from style2talker.corpus.deep3d import alignment, five_points
from style2talker.speech.mel import log_mel, window_at

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs" / "paper.md").read_text(encoding="utf-8")
SOURCE = ROOT / "src" / "style2talker"
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)


def sections() -> dict[str, str]:
    parts = SECTION.split(PAGE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(section: str) -> list[list[str]]:
    """Cells of the rows of a section's tables, without heads and rules."""
    lines = [line for line in sections()[section].splitlines() if line.startswith("|")]
    return [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if not re.match(r"\| (---|#)", line)
    ]


def functions_of(file: Path) -> set[str]:
    """Names of the test functions of a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_test_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`(test_\w+\.py)::(test_\w+)`", PAGE))
    assert len(named) > 60
    files = {path.name: [] for path in (ROOT / "tests").rglob("test_*.py")}
    for path in (ROOT / "tests").rglob("test_*.py"):
        files[path.name].append(path)
    missing = [
        f"{file}::{test}"
        for file, test in sorted(named)
        if not any(test in functions_of(p) for p in files.get(file, []))
    ]
    assert missing == []


def test_every_module_that_the_page_names_exists() -> None:
    named = set(re.findall(r"`((?:train|corpus|cli|style_a|style_e)/[\w/]+\.py)`", PAGE))
    assert len(named) > 20
    assert [name for name in sorted(named) if not (SOURCE / name).is_file()] == []


@pytest.mark.parametrize(("section", "count"), [("Faults of the release", 19), ("What has to hold", 11)])
def test_the_page_has_a_line_with_a_test_for_every_point(section: str, count: int) -> None:
    lines = [row for row in rows(section) if row[0].isdigit()]
    assert [int(row[0]) for row in lines] == list(range(1, count + 1))
    assert all("::test_" in row[-1] for row in lines)


def test_every_deviation_and_every_checkpoint_has_its_test() -> None:
    for section in ("Where we differ on purpose", "Public checkpoints"):
        lines = [row for row in rows(section) if row[-1] not in ("tests", "test of what it computes")]
        assert len(lines) >= 10
        assert [row[0] for row in lines if "::test_" not in row[-1]] == []


def test_no_module_imports_dlib() -> None:
    found = [
        path.name
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Import | ast.ImportFrom)
        and "dlib" in [*(alias.name for alias in node.names), getattr(node, "module", None)]
    ]
    assert found == []


def test_a_second_of_sound_is_25_windows_and_the_first_begins_before_it() -> None:
    samples = np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32)
    columns = log_mel(samples)
    windows = window_at(columns, len(samples) // 640, 25.0)
    assert windows.shape == (25, 80, 16)
    begins = [int(80 * (frame - 2) / 25) for frame in range(25)]
    assert begins[0] < 0
    for frame, begin in enumerate(begins):
        places = np.clip(np.arange(begin, begin + 16), 0, len(columns) - 1)
        assert np.array_equal(windows[frame], columns[places].T)


def test_alignment_leaves_the_landmarks_as_they_are() -> None:
    landmarks = np.random.default_rng(0).uniform(20, 200, (3, 478, 3)).astype(np.float32)
    kept = landmarks.copy()
    first = alignment(landmarks, 256, 256)
    assert np.array_equal(landmarks, kept)
    assert np.array_equal(alignment(landmarks, 256, 256), first)
    points = five_points(landmarks)
    points[..., 1] = 0
    assert np.array_equal(landmarks, kept)


class _HalfEncoder:
    """Gives what CLIP gives on a GPU."""

    def encode(self, sentences: list[str]) -> np.ndarray:
        return np.full((len(sentences), 512), 1 / 3, dtype=np.float16)


def test_sentences_in_half_precision_become_single(tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="the train extra is not installed")
    from style2talker.train.published.style_e.settings import StyleESettings
    from style2talker.train.published.style_e.texts import embedded

    found = embedded(["glad"], StyleESettings.paper(), tmp_path, _HalfEncoder())
    assert found["glad"].dtype == np.float32
    again = embedded(["glad"], StyleESettings.paper(), tmp_path, _HalfEncoder())
    assert again["glad"].dtype == np.float32
