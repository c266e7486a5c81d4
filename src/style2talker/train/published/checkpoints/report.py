"""What was loaded from a checkpoint file, what was not and why, and what of ours stayed as initialised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Loaded", "Report", "Skipped"]


@dataclass(frozen=True, slots=True)
class Loaded:
    """A tensor that found its place.

    Attributes:
        part: the part of the family.
        public: key in the file.
        ours: network and key.
        shape: ours.
    """

    part: str
    public: str
    ours: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A tensor of the file that was not loaded, and why."""

    public: str
    reason: str


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a file.

    Attributes:
        file: the file.
        kinds: the families that it holds, as (name, where in the file, repository that defines it).
        loaded: what was loaded.
        skipped: what was not.
        kept: network and key of what stays as initialised, of the parts that the file's families could have filled.
    """

    file: Path
    kinds: tuple[tuple[str, str, str], ...]
    loaded: tuple[Loaded, ...]
    skipped: tuple[Skipped, ...]
    kept: tuple[str, ...]

    def lines(self) -> list[str]:
        """The report for people, a line for each kind, part and reason."""
        found = [f"{self.file}: {self._kinds()}"]
        for part in dict.fromkeys(item.part for item in self.loaded):
            items = [item for item in self.loaded if item.part == part]
            found.append(f"  loaded   {len(items):4d} tensors: {part} -> {_groups(item.ours for item in items)}")
        for reason in dict.fromkeys(item.reason for item in self.skipped):
            keys = [item.public for item in self.skipped if item.reason == reason]
            found.append(f"  skipped  {len(keys):4d} tensors: {_groups(keys)}: {reason}")
        if self.kept:
            found.append(f"  kept     {len(self.kept):4d} tensors of ours as initialised: {_groups(self.kept)}")
        return found

    def facts(self) -> dict[str, object]:
        """The report for programs."""
        return {
            "file": str(self.file),
            "kinds": [{"name": name, "where": where, "source": source} for name, where, source in self.kinds],
            "loaded": [
                {"part": item.part, "public": item.public, "ours": item.ours, "shape": list(item.shape)}
                for item in self.loaded
            ],
            "skipped": [{"public": item.public, "reason": item.reason} for item in self.skipped],
            "kept": list(self.kept),
        }

    def _kinds(self) -> str:
        return "; ".join(f"{name} ({where or 'top level'}; {source})" for name, where, source in self.kinds)


def _groups(keys: Iterable[str]) -> str:
    """Some of the modules that keys lie in, for people."""
    names = list(dict.fromkeys(_group(key) for key in keys))
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


def _group(key: str) -> str:
    names: Sequence[str] = key.split(".")
    return key if len(names) <= 2 else ".".join(names[:2]) + ".*"
