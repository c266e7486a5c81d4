"""Judged clips -> one row for each metric and system: mean over clips, its interval, and how many clips know it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from style2talker.evaluate.coefficient_distance import frechet
from style2talker.evaluate.judged import Judged
from style2talker.evaluate.metrics import METRICS, POOLED, SYSTEMS, Metric
from style2talker.evaluate.statistics import Band, bootstrap, closeness, poisson_interval
from style2talker.records import FloatArray

__all__ = ["Row", "summarise"]

_PARTS = {"exp_frechet": slice(0, 64), "angle_frechet": slice(64, 67), "trans_frechet": slice(67, 70)}
_ROTATION = slice(52, 55)
_DISTANCES = (*(m.value for m in POOLED), "fid")
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
        closeness: mean over clips of how near it is to the reference's, 1 for the same, 0 for half or double; NaN where
            a metric is not to be like the reference's.
    """

    metric: Metric
    system: str
    value: float
    interval: Band
    clips: int
    values: tuple[float, ...] = ()
    closeness: float = float("nan")


def _of(clip: Judged, system: str, metric: Metric) -> float:
    return clip.values.get(system, {}).get(metric.value, float("nan"))


def _single(metric: Metric, system: str, clips: Sequence[Judged], rng: Generator) -> Row | None:
    values = np.array([_of(clip, system, metric) for clip in clips], np.float64)
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    interval = bootstrap(known, rng) if len(known) > 1 else _UNKNOWN
    if metric.value == "blink_rate" and len(known) == 1:
        own = next(clip.values[system] for clip in clips if np.isfinite(_of(clip, system, metric)))
        interval = poisson_interval(int(own["blinks"]), own["seconds"])
    near = float("nan")
    if metric.direction == "reference" and system != "reference":
        each = np.array([closeness(_of(clip, system, metric), _of(clip, "reference", metric)) for clip in clips])
        near = float(np.nanmean(each)) if np.isfinite(each).any() else near
    return Row(metric, system, float(known.mean()), interval, len(known), tuple(values.tolist()), near)


def _samples(metric: Metric, clip: Judged) -> Mapping[str, FloatArray]:
    """System -> rows (N, D) whose distribution a pooled metric compares."""
    if metric.value == "fid":
        return clip.features
    if metric.value == "head_frechet":
        turns = {name: np.degrees(curves[:, _ROTATION]) for name, curves in clip.faces.items()}
        both = {name: np.column_stack([turn[1:], np.diff(turn, axis=0)]) for name, turn in turns.items()}
        return {name: rows[np.isfinite(rows).all(axis=1)] for name, rows in both.items()}
    return {name: rows[:, _PARTS[metric.value]] for name, rows in clip.rows.items()}


def _sides(metric: Metric, clip: Judged, system: str) -> tuple[FloatArray, FloatArray] | None:
    """The rows of a system and those that they are held against."""
    samples = _samples(metric, clip)
    truth = samples.get("reference")
    if truth is None or not len(truth):
        return None
    if system == "reference":
        half = len(truth) // 2
        return truth[:half], truth[half:]
    own = samples.get(system)
    return (own, truth) if own is not None and len(own) else None


def _pooled(metric: Metric, system: str, clips: Sequence[Judged], rng: Generator) -> Row | None:
    sides = [side for clip in clips if (side := _sides(metric, clip, system)) is not None]
    # One clip is too few frames for a distance of distributions.
    if len(sides) < 2:
        return None

    def distance(chosen: Sequence[int]) -> float:
        return frechet(*(np.concatenate([sides[i][k] for i in chosen]) for k in (0, 1)))

    value = distance(range(len(sides)))
    interval = _UNKNOWN
    # A root of 2048 dimensions takes seconds: FID has no interval.
    if metric.value != "fid":
        drawn = [distance(rng.integers(len(sides), size=len(sides)).tolist()) for _ in range(_RESAMPLES)]
        interval = Band(*np.nanquantile(drawn, [0.025, 0.975]).tolist())
    return Row(metric, system, value, interval, len(sides)) if np.isfinite(value) else None


def summarise(clips: Sequence[Judged], rng: Generator, more: Sequence[Metric] = ()) -> list[Row]:
    """Rows for every metric and system that at least one clip knows, in the order of the metrics.

    Args:
        clips: as `judge_all` gives them; those with an error count for nothing.
        rng: where the bootstrap takes chance from.
        more: metrics beside `METRICS` and `POOLED`, of networks or of a judge of emotions.
    """
    judged = [clip for clip in clips if not clip.error]
    metrics = (*METRICS, *POOLED, *more)
    order = {name: number for number, name in enumerate(dict.fromkeys(m.group for m in metrics))}
    out = []
    for metric in sorted(metrics, key=lambda m: order[m.group]):
        make = _pooled if metric.value in _DISTANCES else _single
        rows = [make(metric, system, judged, rng) for system in SYSTEMS]
        out += [row for row in rows if row is not None]
    return out
