"""MODELS.md tells the truth: every model file and bundled file with its real size and checksum."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from style2talker.assets.catalogue import CATALOGUE
from style2talker.assets.store import package_data

ROOT = Path(__file__).resolve().parents[1]
PAGE = (ROOT / "MODELS.md").read_text(encoding="utf-8")
ROWS = [line for line in PAGE.splitlines() if re.fullmatch(r"\| `.+` \| \d+ \| `\w+` \|", line)]
DATA = package_data("example/portrait.jpg").parents[1]
BUNDLED = sorted(p for p in DATA.rglob("*") if p.is_file() and p.suffix not in (".txt", ".md", ".py", ".pyc"))
FETCHED = [file for asset in CATALOGUE.values() for file in asset.files]


def row(name: str, size: int, digest: str) -> str:
    """A line of the tables of MODELS.md."""
    return f"| `{name}` | {size} | `{digest}` |"


def row_of(path: Path) -> str:
    """The line for a bundled file as it is."""
    content = path.read_bytes()
    return row(path.relative_to(DATA).as_posix(), len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("path", BUNDLED, ids=lambda p: p.name)
def test_bundled_files_are_listed_as_they_are(path: Path) -> None:
    assert row_of(path) in ROWS


def test_fetched_files_are_listed_as_they_are_checked() -> None:
    assert [line for file in FETCHED if (line := row(file.name, file.size, file.sha256)) not in ROWS] == []


def test_nothing_is_listed_that_is_not_there() -> None:
    assert len(ROWS) == len(BUNDLED) + len(FETCHED)


def test_every_asset_is_described_with_its_licence() -> None:
    for name, asset in CATALOGUE.items():
        paragraph = next(p for p in PAGE.split("\n\n") if p.startswith(f"**`{name}`**"))
        assert asset.licence in paragraph


def test_the_bundle_is_small() -> None:
    sizes = {path.name: path.stat().st_size for path in BUNDLED}
    assert sizes["portrait.jpg"] <= 300_000
    assert sizes["speech.wav"] <= 400_000
    assert sum(sizes.values()) < 8_000_000
