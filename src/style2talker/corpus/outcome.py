"""What a stage is given and gives back: the place of a corpus, and the outcome of one clip."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from style2talker.corpus.manifest import ClipRow
from style2talker.errors import InputError

__all__ = ["Outcome", "Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a corpus lies.

    Attributes:
        folder: of the corpus.
        roots: folders of its sources.
    """

    folder: Path
    roots: tuple[Path, ...] = ()

    def find(self, source: str) -> Path:
        """A source file. Raises InputError where it has gone."""
        for root in self.roots:
            if (root / source).is_file():
                return root / source
        raise InputError(f"{source} is in none of the source folders any more")

    def file(self, kind: str, clip: str, suffix: str) -> str:
        """Name of a file of a clip, relative to the corpus; its folder is made."""
        (self.folder / kind).mkdir(parents=True, exist_ok=True)
        return f"{kind}/{clip}{suffix}"

    def path(self, file: str) -> Path:
        """The file of that name in the corpus."""
        return self.folder / file

    def told(self, message: str) -> str:
        """A message without the folders of this machine, so that the corpus can move."""
        for folder in (*self.roots, self.folder):
            message = message.replace(f"{folder}/", "").replace(f"{folder.absolute()}/", "")
        return message


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a stage made of a clip.

    Attributes:
        row: the clip with what is known of it now.
        pieces: rows of the clips that it was cut into, none where it stays whole.
        note: what was left out of it, for the report.
        payload: key -> bytes, for a stage whose results go into one file.
    """

    row: ClipRow
    pieces: tuple[ClipRow, ...] = ()
    note: str = ""
    payload: Mapping[bytes, bytes] | None = None
