"""Two runs of `evaluate` on the same clips -> what became better, what worse, and what is noise.

Clips are paired by name. A metric counts as changed when three things hold: the 95 % interval of its mean change by the
bootstrap over clips leaves out nothing changed; the exact test that turns the signs of the changes (Fisher 1935) finds
them too one-sided, after Benjamini and Hochberg (1995) have allowed for the number of metrics, so that at most one
finding in twenty is chance; and the change is not negligible. What is better follows from the direction of the metric:
one that is to be like the reference's gets better by coming nearer, as a ratio where both are positive.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from scipy.stats import false_discovery_control, permutation_test

from style2talker.errors import InputError
from style2talker.evaluate.statistics import Band, bootstrap

__all__ = ["FEWEST", "Change", "Comparison", "Run", "compare", "read_run"]

FEWEST = 6
"""Clips that a finding needs: the signs of five changes fall on one side in one of sixteen cases."""
_LEVEL = 0.05
_TURNS = 9999
_SAME_REFERENCE = 1e-3


@dataclass(frozen=True, slots=True)
class Run:
    """What `evaluate` wrote.

    Attributes:
        name: of its folder.
        conditions: what the numbers hold for.
        metrics: metric -> its record of the table: direction, unit, variant, value, low, high.
        clips: clip -> system -> metric -> value, NaN where it was not known.
    """

    name: str
    conditions: Mapping[str, object]
    metrics: Mapping[str, Mapping[str, Any]]
    clips: Mapping[str, Mapping[str, Mapping[str, float]]]

    def value(self, clip: str, system: str, metric: str) -> float:
        """Of one clip; NaN for what is not there."""
        return self.clips.get(clip, {}).get(system, {}).get(metric, float("nan"))


@dataclass(frozen=True, slots=True)
class Change:
    """A metric before and after.

    Attributes:
        metric: its name.
        direction: "up", "down", "zero" or "reference".
        unit: "" for none.
        clips: how many both runs know.
        before: mean over them.
        after: mean over them.
        gain: mean of how much better each clip became, in the metric's unit; for a ratio to the reference, in natural
            logarithms. NaN where nothing says what is better.
        interval: 95 % of the gain, or of the plain change where nothing says what is better.
        chance: probability of signs as one-sided, allowing for all metrics; NaN for too few clips.
        verdict: "worse", "better", "changed" (nothing says what is better), "same", "few clips" or "measured
            differently" (the reference's own value is another one).
    """

    metric: str
    direction: str
    unit: str
    clips: int
    before: float
    after: float
    gain: float
    interval: Band
    chance: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs.

    Attributes:
        before: name of the earlier one.
        after: name of the later one.
        changes: of every metric that both know, in the order of the table.
        notes: what a reader has to know: clips without a partner, other sizes, other variants.
    """

    before: str
    after: str
    changes: tuple[Change, ...]
    notes: tuple[str, ...]

    def of(self, verdict: str) -> tuple[Change, ...]:
        """The metrics with a verdict."""
        return tuple(change for change in self.changes if change.verdict == verdict)


def _numbers(own: Mapping[str, Any]) -> dict[str, float]:
    return {name: float("nan") if value is None else float(value) for name, value in own.items()}


def read_run(path: Path) -> Run:
    """Read results.json of a run, or the folder that holds it.

    Raises:
        InputError: it is not there, or `evaluate` did not write it.
    """
    file = path / "results.json" if path.is_dir() else path
    try:
        whole = json.loads(file.read_text(encoding="utf-8"))
        metrics = {r["metric"]: r for r in whole["results"] if r["system"] == "generated" and "direction" in r}
        clips = {c: {s: _numbers(own) for s, own in systems.items()} for c, systems in whole["clips"].items()}
        return Run(file.resolve().parent.name, dict(whole["conditions"]), metrics, clips)
    except OSError as error:
        raise InputError(f"{file} cannot be read ({error.strerror}): name the folder of a run of evaluate") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{file} was not written by evaluate ({error}): name the folder of a run") from error


def _distance(values: NDArray[np.float64], truths: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far values are from the reference's: as a ratio where all are positive, otherwise as a difference."""
    if min(values.min(), truths.min()) > 0:
        return np.asarray(np.abs(np.log(values / truths)))
    return np.abs(values - truths)


def _gains(direction: str, values: NDArray[np.float64], truths: NDArray[np.float64]) -> NDArray[np.float64]:
    """(K,) how much better each clip became; values are (2, K) before and after, truths (K,) the reference's."""
    before, after = values
    if direction == "up":
        return np.asarray(after - before)
    if direction == "down":
        return np.asarray(before - after)
    if direction == "zero":
        return np.asarray(np.abs(before) - np.abs(after))
    both = np.concatenate([before, after])
    apart = _distance(both, np.concatenate([truths, truths]))
    return apart[: len(before)] - apart[len(before) :]


def _chance(changes: NDArray[np.float64]) -> float:
    """Probability of a mean as far from nothing where each sign is chance; exact for up to 13 clips."""
    if not changes.any():
        return 1.0
    found = permutation_test(
        (changes,), np.mean, permutation_type="samples", n_resamples=_TURNS, rng=np.random.default_rng(0)
    )
    return float(min(found.pvalue, 1.0))


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A change before all metrics are looked at together."""

    change: Change
    negligible: bool


def _one(name: str, before: Run, after: Run, shared: Sequence[str], least: float, rng: Generator) -> _Found | None:
    record = after.metrics[name]
    direction = str(record["direction"])
    values = np.array([[run.value(clip, "generated", name) for clip in shared] for run in (before, after)], np.float64)
    truths = np.array([[run.value(clip, "reference", name) for clip in shared] for run in (before, after)], np.float64)
    known = np.isfinite(values).all(axis=0)
    judged = direction != "reference"
    if not judged and (known & np.isfinite(truths).all(axis=0)).any():
        known, judged = known & np.isfinite(truths).all(axis=0), True
    if not known.any():
        return None
    values, truths = values[:, known], truths[:, known]
    changes = _gains(direction, values, truths[1]) if judged else values[1] - values[0]
    old, new = (float(mean) for mean in values.mean(axis=1))
    ratio = judged and direction == "reference" and min(values.min(), truths[1].min()) > 0
    scale = 1.0 if ratio else max(abs(old), abs(new))
    moved = not np.allclose(truths[0], truths[1], rtol=_SAME_REFERENCE, equal_nan=True)
    count = int(known.sum())
    verdict = "measured differently" if moved else "few clips" if count < FEWEST else ("gain" if judged else "changed")
    change = Change(
        name,
        direction,
        str(record.get("unit", "")),
        count,
        old,
        new,
        float(changes.mean()) if judged else float("nan"),
        bootstrap(changes, rng) if count > 1 else Band(float("nan"), float("nan")),
        _chance(changes) if count >= FEWEST and not moved else float("nan"),
        verdict,
    )
    return _Found(change, abs(float(changes.mean())) <= least * scale)


def _decided(found: _Found, chance: float) -> Change:
    """The change with its verdict; `chance` allows for all metrics."""
    change = found.change
    low, high = change.interval
    verdict = change.verdict
    if verdict in ("gain", "changed"):
        sure = chance <= _LEVEL and (low > 0 or high < 0) and not found.negligible
        verdict = ("better" if low > 0 else "worse") if verdict == "gain" and sure else (verdict if sure else "same")
    parts = {name: getattr(change, name) for name in Change.__slots__}
    return Change(**{**parts, "chance": chance, "verdict": verdict})


def _notes(before: Run, after: Run, shared: Sequence[str]) -> list[str]:
    notes = []
    for one, other in ((before, after), (after, before)):
        alone = sorted(set(one.clips) - set(shared))
        if alone:
            named = ", ".join(alone[:5]) + (f" and {len(alone) - 5} more" if len(alone) > 5 else "")
            notes.append(f"clips of {one.name} that {other.name} lacks, left out: {named}")
    told = {key: (before.conditions.get(key), after.conditions.get(key)) for key in ("sizes", "fps")}
    notes += [f"{key} differ: {old}, then {new}" for key, (old, new) in told.items() if old != new]
    common = [name for name in after.metrics if name in before.metrics]
    apart = [n for n in common if before.metrics[n].get("variant") != after.metrics[n].get("variant")]
    if apart:
        notes.append(f"the variant differs, so these do not compare: {', '.join(apart)}")
    return notes


def compare(before: Run, after: Run, rng: Generator, least: float = 0.01) -> Comparison:
    """Say what became better and what became worse.

    Args:
        before: the earlier run.
        after: the later one.
        rng: where the bootstrap takes chance from.
        least: a mean change up to this share of the value is negligible; of a ratio to the reference, this much of its
            logarithm.

    Returns:
        Comparison; metrics of all clips together, such as Fréchet distances, have no clips to pair and are left out.

    Raises:
        InputError: the runs share no clip.
    """
    shared = [clip for clip in after.clips if clip in before.clips]
    if not shared:
        raise InputError(f"{before.name} and {after.name} share no clip: compare runs on clips of the same names")
    names = [
        name
        for name, record in after.metrics.items()
        if name in before.metrics and before.metrics[name].get("variant") == record.get("variant")
    ]
    found = [one for name in names if (one := _one(name, before, after, shared, least, rng)) is not None]
    tested = [i for i, one in enumerate(found) if math.isfinite(one.change.chance)]
    allowed = false_discovery_control([found[i].change.chance for i in tested]) if tested else []
    chances = dict(zip(tested, map(float, allowed), strict=True))
    changes = [_decided(one, chances.get(i, float("nan"))) for i, one in enumerate(found)]
    return Comparison(before.name, after.name, tuple(changes), tuple(_notes(before, after, shared)))
