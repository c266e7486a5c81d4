"""How well `evaluate` hears whether sound and lips go together, on films of real people.

Usage: python benchmarks/sync.py --data FILMS… --tracks TRACKS

Everybody is heard by a regression that was learned from the others. Offsets: the sound of each film is moved by -8 to
8 frames, silence takes its place, and the offset that is found must move as far, to one frame. Foreign sound: pieces of
8 s, cut from longer films or put together from shorter ones of several people, hear their own sound and that of every
piece of other people; "told" is the mean of own sounds believed and foreign sounds refused, at the threshold that
`evaluate` uses for the regression and at the best one of this very data for the baselines, which flatters them.
Films that are known to carry the sound of somebody else are named by `--dubbed`: nothing is measured on them, and how
they are heard is told.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from style2talker.corpus.track import track_clips
from style2talker.evaluate.clips import RealClip, read_clips
from style2talker.evaluate.lip_regression import fit_lip_regression
from style2talker.evaluate.lips import loudness
from style2talker.evaluate.statistics import best_lag, bootstrap
from style2talker.records import FloatArray, Speech
from style2talker.speech.analyse import analyse
from style2talker.speech.lip_regression import LipRegression
from style2talker.speech.mel import SAMPLE_RATE
from style2talker.speech.synchrony import REACH, SURE, Sync, av_sync, lagged

FPS, PIECE_S = 25.0, 8.0
SHIFTS = range(-8, 9)
LENGTH = round(PIECE_S * FPS)
NEARLY = 5
"""Frames that a piece may lack."""
Hear = Callable[[Speech], FloatArray]
Judge = Callable[[FloatArray, FloatArray], Sync]


def plain_sync(asked: FloatArray, seen: FloatArray) -> Sync:
    """The estimate without taking slow parts out: best lag, and its height above the median of all lags."""
    fit = best_lag(asked, seen, REACH)
    seconds = float(np.isfinite(seen).sum()) / FPS
    return Sync(fit.lag, fit.r, fit.r - float(np.nanmedian(lagged(asked, seen, REACH))), seconds)


def quick_sync(asked: FloatArray, seen: FloatArray) -> Sync:
    """The estimate of `evaluate`."""
    return av_sync(asked, seen, FPS)


@dataclass(frozen=True)
class Piece:
    """Eight seconds of film: (clip, first frame, frames) one after the other."""

    parts: tuple[tuple[RealClip, int, int], ...]

    @property
    def people(self) -> set[str]:
        """Who is in it."""
        return {clip.person for clip, _, _ in self.parts}

    @property
    def name(self) -> str:
        """Films and their seconds."""
        return " + ".join(f"{Path(c.name).stem} {a / FPS:.0f}-{(a + n) / FPS:.0f} s" for c, a, n in self.parts)


def pieces_of(clips: Sequence[RealClip]) -> list[Piece]:
    """Long films cut into pieces, short ones put together, beginning with each of them in turn."""
    out, short = [], []
    for clip in clips:
        n = len(clip.opening)
        if n < LENGTH:
            short.append(clip)
            continue
        out += [Piece(((clip, begin, LENGTH),)) for begin in range(0, n - LENGTH + 1, LENGTH)]
    for first in range(len(short)):
        parts: list[tuple[RealClip, int, int]] = []
        for clip in [*short[first:], *short[:first]]:
            missing = LENGTH - sum(n for _, _, n in parts)
            if missing > NEARLY and clip.person not in {c.person for c, _, _ in parts}:
                parts.append((clip, 0, min(missing, len(clip.opening))))
        if sum(n for _, _, n in parts) >= LENGTH - NEARLY:
            out.append(Piece(tuple(parts)))
    return out


def unit(curve: FloatArray) -> FloatArray:
    """A curve in its own deviation."""
    return (curve - np.nanmean(curve)) / max(float(np.nanstd(curve)), 1e-6)


def paired(lips: Piece, sound: Piece, hear: Hear) -> tuple[FloatArray, FloatArray]:
    """Curves of lips and of a sound; films do not run into each other."""
    asked = np.concatenate([hear(clip.speech)[a : a + n] for clip, a, n in sound.parts])
    asked = np.pad(asked, (0, max(LENGTH - len(asked), 0)), mode="edge")
    gap = np.full(REACH + 1, np.nan)
    heard, seen, at = [], [], 0
    for clip, begin, frames in lips.parts:
        curves = [asked[at : at + frames], clip.opening[begin : begin + frames]]
        at += frames
        for out, curve in zip((heard, seen), curves, strict=True):
            out += [unit(curve), gap]
    return np.concatenate(heard), np.concatenate(seen)


def moved(speech: Speech, frames: int) -> Speech:
    """A voice that comes so many frames earlier, silence after it; later for a negative number."""
    samples, shift = speech.samples, round(abs(frames) / FPS * SAMPLE_RATE)
    silence = np.zeros(shift, np.float32)
    both = [samples[shift:], silence] if frames >= 0 else [silence, samples[: len(samples) - shift]]
    return analyse(np.concatenate(both), speech.n_frames, FPS)


def told(own: Sequence[float], foreign: Sequence[float], threshold: float) -> tuple[float, float]:
    """Shares of own sounds believed and of foreign sounds refused."""
    return float(np.mean(np.array(own) >= threshold)), float(np.mean(np.array(foreign) < threshold))


def best_threshold(own: Sequence[float], foreign: Sequence[float]) -> float:
    """The threshold that tells most."""
    return max([*own, *foreign], key=lambda t: sum(told(own, foreign, t)))


def heard_by_others(clips: Sequence[RealClip]) -> dict[str, LipRegression]:
    """Person -> what was learned from everybody else."""
    people = sorted({clip.person for clip in clips})
    return {who: fit_lip_regression([c for c in clips if c.person != who])[0] for who in people}


def heard_without(clips: Sequence[RealClip], piece: Piece, known: dict[frozenset[str], LipRegression]) -> LipRegression:
    """What was learned from people who are not in a piece."""
    key = frozenset(piece.people)
    if key not in known:
        known[key] = fit_lip_regression([clip for clip in clips if clip.person not in key])[0]
    return known[key]


def row(*values: object) -> None:
    """Print a row of a Markdown table."""
    shown = ["–" if v != v else f"{v:.2f}" if isinstance(v, float) else str(v) for v in values]
    print(f"| {' | '.join(shown)} |", flush=True)


def heads(*names: str) -> None:
    """Print the head of a table."""
    print()
    row(*names)
    print(f"|{' --- |' * len(names)}")


def table_offsets(clips: Sequence[RealClip], ears: dict[str, LipRegression]) -> None:
    """How many of 17 shifts are found, film by film."""
    heads("film", "seconds", "own offset", "confidence", "sure", "shifts found to 1 frame", "by loudness")
    shares: dict[str, list[float]] = {"all": [], "sure": [], "loudness": []}
    for clip in clips:
        found = []
        for hear, judge in ((ears[clip.person].asked, quick_sync), (loudness, plain_sync)):
            straight = judge(hear(clip.speech), clip.opening)
            lags = [judge(hear(moved(clip.speech, k)), clip.opening).lag for k in SHIFTS]
            hits = [abs(lag - straight.lag - k) <= 1 for lag, k in zip(lags, SHIFTS, strict=True)]
            found.append((straight, float(np.mean(hits))))
        (own, share), (_, plain) = found
        shares["all"].append(share)
        shares["loudness"].append(plain)
        if own.sure:
            shares["sure"].append(share)
        row(Path(clip.name).stem, own.seconds, f"{own.lag:+d}", own.confidence, own.sure, share, plain)
    for name, values in shares.items():
        low, high = bootstrap(values, np.random.default_rng(0))
        print(f"\n{name}: {np.mean(values):.3f} of the shifts, {low:.3f}..{high:.3f} over {len(values)} films", end="")
    print()


def table_foreign(clips: Sequence[RealClip]) -> None:
    """Own and foreign sound for each piece, by three ways to listen."""
    pieces = pieces_of(clips)
    known: dict[frozenset[str], LipRegression] = {}
    ways: dict[str, tuple[list[float], list[list[float]]]] = {}
    for name, quick in (("loudness, slow parts in", False), ("loudness", True), ("regression", True)):
        judge = quick_sync if quick else plain_sync
        own, foreign = [], []
        for piece in pieces:
            hear = heard_without(clips, piece, known).asked if name == "regression" else loudness
            others = [p for p in pieces if not p.people & piece.people]
            own.append(judge(*paired(piece, piece, hear)).certainty)
            foreign.append([judge(*paired(piece, other, hear)).certainty for other in others])
        ways[name] = own, foreign
    heads("piece of 8 s", "confidence", "foreign, mean", "foreign, most", "foreign sounds", "above them", "believed")
    root = PIECE_S**0.5
    for piece, true, others in zip(pieces, *ways["regression"], strict=True):
        above = float(np.mean([true > other for other in others]))
        values = (true, float(np.mean(others)), max(others))
        row(piece.name, *(v / root for v in values), len(others), above, true >= SURE)
    heads("by", "pieces", "own above a foreign sound", "95 %", "own believed", "foreign refused", "told")
    for name, (own, foreign) in ways.items():
        every = [x for others in foreign for x in others]
        threshold = SURE if name == "regression" else best_threshold(own, every)
        above = [float(np.mean([true > other for other in others])) for true, others in zip(own, foreign, strict=True)]
        low, high = bootstrap(above, np.random.default_rng(0))
        believed, refused = told(own, every, threshold)
        row(
            name, len(own), float(np.mean(above)), f"{low:.2f}..{high:.2f}", believed, refused, (believed + refused) / 2
        )


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="films of people who speak, or folders")
    parser.add_argument("--tracks", type=Path, required=True, help="folder of their tracks, made where missing")
    parser.add_argument("--dubbed", nargs="*", default=[], help="names of films with the sound of somebody else")
    given = parser.parse_args()
    track_clips(given.data, given.tracks)
    clips = read_clips(given.data, given.tracks, FPS)
    dubbed = [clip for clip in clips if clip.name in given.dubbed]
    fitting = [clip for clip in clips if clip.name not in given.dubbed]
    ears = heard_by_others(fitting)
    everybody = fit_lip_regression(fitting)[0]
    print(f"{len(fitting)} films of {len({clip.person for clip in fitting})} people")
    for clip in dubbed:
        found = quick_sync(everybody.asked(clip.speech), clip.opening)
        print(f"dubbed: {clip.name}, confidence {found.confidence:.2f} in {found.seconds:.1f} s, sure: {found.sure}")
    table_offsets(fitting, ears)
    table_foreign(fitting)


if __name__ == "__main__":
    main()
