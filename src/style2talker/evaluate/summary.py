"""Judged clips -> one row for each metric and system: mean over clips, its interval, and how many clips know it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from style2talker.evaluate.coefficient_distance import frechet
from style2talker.evaluate.judged import Judged
from style2talker.evaluate.metrics import METRICS, POOLED, SYSTEMS, Metric
from style2talker.evaluate.statistics import Band, bootstrap
from style2talker.records import FloatArray

__all__ = ["Row", "summarise"]

_PARTS = {"exp_frechet": slice(0, 64), "angle_frechet": slice(64, 67), "trans_frechet": slice(67, 70)}
_RESAMPLES = 100
_UNKNOWN = Band(float("nan"), float("nan"))


@dataclass(frozen=True, slots=True)
class Row:
    """A metric of a system.

    Attributes:
        metric: which.
        system: one of `SYSTEMS`.
        value: mean over the clips that know it.
        interval: 95 % by the bootstrap over clips; NaN for one clip, which tells nothing about others.
        clips: how many know it.
        values: (K,) of each clip, NaN for those that do not.
    """

    metric: Metric
    system: str
    value: float
    interval: Band
    clips: int
    values: tuple[float, ...] = ()


def _single(metric: Metric, system: str, clips: Sequence[Judged], rng: Generator) -> Row | None:
    values = np.array([clip.values.get(system, {}).get(metric.name, np.nan) for clip in clips], np.float64)
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    interval = bootstrap(known, rng) if len(known) > 1 else _UNKNOWN
    return Row(metric, system, float(known.mean()), interval, len(known), tuple(values.tolist()))


def _sides(clip: Judged, system: str) -> tuple[FloatArray, FloatArray] | None:
    """The rows of a system and those that they are held against."""
    truth = clip.rows.get("reference")
    if truth is None or not len(truth):
        return None
    if system == "reference":
        half = len(truth) // 2
        return truth[:half], truth[half:]
    own = clip.rows.get(system)
    return (own, truth) if own is not None and len(own) else None


def _pooled(metric: Metric, system: str, clips: Sequence[Judged], rng: Generator) -> Row | None:
    part = _PARTS[metric.name]
    sides = [side for clip in clips if (side := _sides(clip, system)) is not None]
    if not sides:
        return None

    def distance(chosen: Sequence[int]) -> float:
        return frechet(*(np.concatenate([sides[i][k][:, part] for i in chosen]) for k in (0, 1)))

    value = distance(range(len(sides)))
    interval = _UNKNOWN
    if len(sides) > 1:
        drawn = [distance(rng.integers(len(sides), size=len(sides)).tolist()) for _ in range(_RESAMPLES)]
        interval = Band(*np.nanquantile(drawn, [0.025, 0.975]).tolist())
    return Row(metric, system, value, interval, len(sides)) if np.isfinite(value) else None


def summarise(clips: Sequence[Judged], rng: Generator) -> list[Row]:
    """Rows for every metric and system that at least one clip knows, in the order of the metrics.

    Args:
        clips: as `judge_all` gives them; those with an error count for nothing.
        rng: where the bootstrap takes chance from.
    """
    judged = [clip for clip in clips if not clip.error]
    order = {name: number for number, name in enumerate(dict.fromkeys(m.group for m in METRICS))}
    out = []
    for metric in sorted((*METRICS, *POOLED), key=lambda m: order[m.group]):
        make = _pooled if metric in POOLED else _single
        rows = [make(metric, system, judged, rng) for system in SYSTEMS]
        out += [row for row in rows if row is not None]
    return out
