"""Intensities of action units -> which are activated, and how strongly: low, middle or high.

A unit is activated from a threshold on. The two cut points between the three levels of a unit are the terciles of its
activated intensities over the whole corpus; a unit that is seen too seldom gets those of all units together.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np

from style2talker.corpus.labelling.labels import write_json
from style2talker.errors import InputError

__all__ = ["LEVEL_NAMES", "Levels", "corpus_levels", "read_levels", "write_levels"]

LEVEL_NAMES = ("low", "middle", "high")

_LEAST_SEEN = 6
"""Clips in which a unit must be activated for terciles of its own."""
_EVERY = "all"


@dataclass(frozen=True, slots=True)
class Levels:
    """Where a unit begins to be activated, and where its levels change.

    Attributes:
        threshold: least intensity of an activated unit.
        cuts: unit -> (middle from, high from); "all" holds for the units without an entry.
    """

    threshold: float
    cuts: Mapping[str, tuple[float, float]]

    def __post_init__(self) -> None:
        if not 0.0 < self.threshold < 1.0:
            raise InputError(f"a threshold of action units is {self.threshold}, allowed is more than 0, less than 1")
        if _EVERY not in self.cuts or any(low > high for low, high in self.cuts.values()):
            raise InputError('cut points of action units need an entry "all", and rising pairs: make them again')
        object.__setattr__(self, "cuts", MappingProxyType(dict(self.cuts)))

    def activated(self, intensities: Mapping[str, float]) -> dict[str, str]:
        """The activated units of a clip, the strongest first: unit -> "low", "middle" or "high"."""
        kept = [(unit, value) for unit, value in intensities.items() if value >= self.threshold]
        kept.sort(key=lambda pair: -pair[1])
        return {unit: self._level(unit, value) for unit, value in kept}

    def _level(self, unit: str, value: float) -> str:
        middle, high = self.cuts.get(unit, self.cuts[_EVERY])
        return LEVEL_NAMES[int(value >= middle) + int(value >= high)]


def _terciles(values: list[float]) -> tuple[float, float]:
    first, second = np.quantile(np.asarray(values, np.float64), (1 / 3, 2 / 3))
    return round(float(first), 4), round(float(second), 4)


def corpus_levels(clips: Iterable[Mapping[str, float]], threshold: float) -> Levels:
    """Cut points of a corpus.

    Args:
        clips: unit -> intensity for every clip.
        threshold: least intensity of an activated unit.

    Returns:
        The terciles of the activated intensities, per unit where it is activated in six clips or more.
    """
    seen: dict[str, list[float]] = {}
    for intensities in clips:
        for unit, value in intensities.items():
            if value >= threshold:
                seen.setdefault(unit, []).append(value)
    every = [value for values in seen.values() for value in values]
    cuts = {_EVERY: _terciles(every) if every else (2 * threshold, 4 * threshold)}
    cuts |= {unit: _terciles(values) for unit, values in sorted(seen.items()) if len(values) >= _LEAST_SEEN}
    return Levels(threshold, cuts)


def write_levels(path: Path, levels: Levels) -> None:
    """Write cut points as JSON that `read_levels` reads, unless the file says the same already."""
    content = {"threshold": levels.threshold, "cuts": {unit: list(pair) for unit, pair in levels.cuts.items()}}
    write_json(path, content)


def read_levels(path: Path) -> Levels:
    """Read cut points, such as those of the corpus that new clips are to be compared with.

    Raises:
        InputError: the file is missing or holds something else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cuts = {str(unit): (float(low), float(high)) for unit, (low, high) in content["cuts"].items()}
        return Levels(float(content["threshold"]), cuts)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"levels file {path} cannot be read ({error}): name a levels.json of corpus annotate"
        ) from error
