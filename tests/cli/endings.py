"""How commands end, and what must hold of every one that fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

OLDER = b"an older result"


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    status: int
    out: str
    err: str


Command = Callable[..., Ended]


def listing(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def assert_refused(ended: Ended, status: int, says: str) -> None:
    """One line on stderr, of the right form, and the right status."""
    assert ended.status == status, ended
    assert re.fullmatch(r"style2talker: error: [^\n]+\n", ended.err), ended.err
    assert re.search(says, ended.err), ended.err
    assert "Traceback" not in ended.err + ended.out
    assert "internal error" not in ended.err
    assert len(ended.err) < 420
