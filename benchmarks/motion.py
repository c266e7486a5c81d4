"""How good the motion is that Style-E makes of a voice, in numbers beside those of real people, baselines and controls.

Tables: lips, closures, silence, head, seams, speed, noise; all of them when none is named. Those of real people need
`--data FOLDER…` of talking-head clips with sound; tracks are looked for in `--tracks` and made where they are missing.
Voices come from flite, espeak-ng and Hibari, as far as they are installed.

The networks of the package have learned from the clips at hand, so what they score on them is not held out. For that,
give a folder of networks for each fold, `--weights A B …`, and in it a `held_out.txt` that lists the clips or people
that it never saw, one a line: each clip is judged by the fold that does not know it. The other tables take the first.

Usage: python benchmarks/motion.py lips closures --data talking driving --tracks tracks
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np

from spoken import Utterance, chained, spoken, with_babble
from style2talker.assets.store import package_data
from style2talker.corpus.track import list_clips, load_track, track_clips
from style2talker.emotion.sentence import understand
from style2talker.evaluate.blinks import blink_pools, blink_statistics
from style2talker.evaluate.clips import Predict, RealClip, aligned, read_clips
from style2talker.evaluate.closures import TOUCH, Closures, closures_of
from style2talker.evaluate.diversity import diversity
from style2talker.evaluate.head_motion import HEAD_STATISTICS, head_statistics
from style2talker.evaluate.lips import REACH, LipReport, lip_report
from style2talker.evaluate.openings import closed_gap, opening_of_motion
from style2talker.evaluate.seams import seams
from style2talker.evaluate.statistics import Band, band, spread_ratio
from style2talker.evaluate.stillness import head_travel, lip_travel, silent_stretches
from style2talker.media.audio import read_speech
from style2talker.records import FloatArray, Motion, Speech
from style2talker.runtime.ports import DENOISER, SPEECH_ENCODER
from style2talker.runtime.session import Session
from style2talker.speech.analyse import analyse
from style2talker.speech.mel import SAMPLE_RATE, log_mel
from style2talker.speech.synchrony import pearson
from style2talker.style_e.generate import MotionOptions, generate_motion
from style2talker.style_e.model import DiffusionModel, MotionModel

TABLES = ("lips", "closures", "silence", "head", "seams", "speed", "noise")
NEUTRAL = understand("neutral")
REST = np.zeros(52, np.float32)
LIPS_ALONE = MotionOptions(head_motion=0.0, blink=False, pose="still")
FPS = 25.0
SILENCE_BAR, SEAM_BAR = 0.01, 1.2
FIELDS = ("opening", "loudness", "foreign", "shifted", "spread", "pucker", "funnel")
LONG_S = 4.0
"""A shorter clip says nothing about how a head moves."""
CROWD = 8
"""People in a cafeteria who speak at once."""
BORDERS = (150, 250)
"""Frames after which the networks of Style-E are run anew."""
_MEGABYTES = 1e6 / (1 if sys.platform == "darwin" else 1024)


def load_model(weights: Path | None) -> MotionModel:
    """The networks of a folder; those that come with the package when None."""
    if weights is None:
        return DiffusionModel()
    encode, denoise = (Session(weights / f"{port.name}.onnx", port).run for port in (SPEECH_ENCODER, DENOISER))
    return DiffusionModel(encode, denoise)


def predictor(model: MotionModel, options: MotionOptions = LIPS_ALONE, seed: int = 0) -> Predict:
    """Speech to motion, with a neutral face."""

    def predict(speech: Speech) -> Motion:
        return generate_motion(speech, NEUTRAL, REST, options, seed, model)

    return predict


def cells(*values: object) -> None:
    """Print a row of a Markdown table; numbers with two decimals."""
    shown = ["-" if v != v else f"{v:.2f}" if isinstance(v, float) else str(v) for v in values]
    print(f"| {' | '.join(shown)} |", flush=True)


def heading(title: str, *names: str) -> None:
    """Print the head of a table."""
    print(f"\n### {title}\n")
    cells(*names)
    print(f"|{' --- |' * len(names)}")


def span(interval: Band) -> str:
    """A band as text."""
    return f"{interval.low:.2f}..{interval.high:.2f}"


def real_clips(data: Sequence[Path], tracks: Path, predict: Predict) -> list[RealClip]:
    """The clips whose sound fits their picture, offsets taken out; says which are left out."""
    kept, offsets = aligned(read_clips(data, tracks), predict)
    names = {clip.name for clip in kept}
    out = [f"{name} (best r {o.r:.2f} at {o.lag:+d})" for name, o in offsets.items() if name not in names]
    people = {clip.person for clip in kept}
    print(f"\n{len(kept)} clips of {len(people)} people; sound fits at no offset in: {', '.join(out) or 'none'}")
    moved = [f"{name} {offsets[name].lag:+d}" for name in sorted(names) if offsets[name].lag]
    print(f"Offsets taken out, frames: {', '.join(moved) or 'none'}")
    return kept


def folds(clips: Sequence[RealClip], weights: Sequence[Path]) -> list[tuple[str, MotionModel, list[RealClip]]]:
    """(what it is, networks, the clips that they are judged on); a clip that no fold held out is left out."""
    if not weights:
        return [("the package, which has learned from these people: NOT held out", load_model(None), [*clips])]
    out = []
    for folder in weights:
        listed = folder / "held_out.txt"
        held = set(listed.read_text(encoding="utf-8").splitlines()) if listed.exists() else None
        own = [c for c in clips if held is None or held & {c.name, c.person, Path(c.name).stem}]
        out.append((f"{folder.name}, {'NOT ' if held is None else ''}held out", load_model(folder), own))
    return out


def print_lips(report: LipReport) -> None:
    """Clips, people, means."""
    title = f"Lips of real people: Pearson's r at the best lag within {REACH} frames; spread: ratio of deviations"
    heading(title, "clip", "person", "frames", "lag", *FIELDS)
    for c in report.clips:
        cells(c.name, c.person, c.frames, c.lag, *(getattr(c, f) for f in FIELDS))
    people = {field: report.people(field) for field in FIELDS}
    heading("By person", "person", *FIELDS)
    for person in people["opening"]:
        cells(person, *(people[field][person] for field in FIELDS))
    cells("**mean of people**", *(report.mean(field) for field in FIELDS))
    cells("least of people", *(report.least(field) for field in FIELDS))
    cells("95 % over clips", *(span(report.interval(field, np.random.default_rng(0))) for field in FIELDS))


def table_lips(clips: Sequence[RealClip], weights: Sequence[Path]) -> None:
    """Each fold's people, judged together."""
    scores = []
    for what, model, own in folds(clips, weights):
        print(f"\n{len(own)} clips by {what}")
        scores += lip_report(own, predictor(model)).clips
    print_lips(LipReport(tuple(scores)))


def table_closures(lines: Sequence[Utterance], predict: Predict) -> None:
    """By synthesiser and by language."""
    by: dict[str, Closures] = {}
    for line in lines:
        found = closures_of(predict(analyse(line.samples)), line.phones)
        for key in ("all", line.voice.split()[0], f"language {line.language}"):
            by[key] = by.get(key, Closures()) + found
    title = f"Closures: lips within {TOUCH} eye distances of closed, phone ± 1 frame"
    heading(
        title, "speech", "p b m", "touched", "after silence", "of these touched", "other sounds", "touched by chance"
    )
    for key, c in by.items():
        cells(key, c.said, c.share, c.initial_said, c.initial_share, c.others, c.elsewhere)


def spoken_frames(line: Utterance) -> np.ndarray:
    """(T,) bool, in which frames a phone sounds."""
    times = np.arange(int(np.ceil(len(line.samples) / SAMPLE_RATE * FPS))) / FPS
    speaking = np.zeros(len(times), bool)
    for phone in line.phones:
        if phone.symbol:
            speaking |= (times + 1 / FPS > phone.start) & (times < phone.end)
    return speaking


def table_silence(lines: Sequence[Utterance], predict: Predict) -> None:
    """Pauses of a second between lines, quite silent or with the noise of a room."""
    title = f"Lips in silence, peak to peak of the farthest point in % of the eye distance, bar {SILENCE_BAR:.0%}"
    heading(title, "pauses", "stretches", "mean", "90 %", "most", "share above the bar", "lips open at most")
    whole = chained([line for line in lines if line.language == "en-us"][:24])
    stretches = silent_stretches(spoken_frames(whole), FPS)
    rng = np.random.default_rng(0)
    level = float(np.sqrt(np.mean(whole.samples[np.abs(whole.samples) > 0.01] ** 2)))
    for name, decibels in (("digital silence", np.inf), *((f"noise {d} dB below speech", d) for d in (50, 30, 20))):
        noisy = whole.samples + rng.normal(0, level * 10 ** (-decibels / 20), len(whole.samples))
        motion = predict(analyse(noisy.astype(np.float32)))
        far, opening = 100 * lip_travel(motion, stretches), opening_of_motion(motion)
        parted = 100 * max(float(opening[s].max()) - closed_gap() for s in stretches)
        above = float(np.mean(far > 100 * SILENCE_BAR))
        cells(name, len(far), float(far.mean()), float(np.quantile(far, 0.9)), float(far.max()), above, parted)


def table_head(data: Sequence[Path], tracks: Path, lines: Sequence[Utterance], model: MotionModel) -> None:
    """Tracked people beside motion of their own speech, or of other speech as long where the clip has none."""
    heard = {clip.name: clip.speech for clip in read_clips(data, tracks)}
    other = chained([*lines]).samples
    real, made = [], []
    for seed, path in enumerate(p for p in list_clips(data) if (tracks / f"{p.stem}.npz").exists()):
        motion = load_track(tracks / f"{path.stem}.npz").motion()
        length = round(motion.n_frames / motion.fps * FPS)
        speech = heard.get(path.name) or analyse(np.resize(np.roll(other, -seed * 160000), int(length * 640)))
        real.append(motion.resampled(FPS, length))
        generated = predictor(model, MotionOptions(), seed)(speech)
        made.append(generated.resampled(FPS, min(length, generated.n_frames)))
    long = [i for i, motion in enumerate(real) if motion.n_frames >= LONG_S * FPS]
    title = f"Head and blinks: 10 to 90 % of {len(long)} tracked clips of at least {LONG_S:g} s, degrees and seconds"
    heading(title, "statistic", "real", "made, median", "inside", "share of made inside", "real of shorter clips")
    people, ours = ([head_statistics(motions[i]) for i in long] for motions in (real, made))
    short = [head_statistics(motion) for i, motion in enumerate(real) if i not in long]
    for name in HEAD_STATISTICS:
        usual, values = band([p[name] for p in people]), [o[name] for o in ours]
        middle = float(np.median(values))
        inside = float(np.mean([usual.holds(v) for v in values]))
        cells(name, span(usual), middle, usual.holds(middle), inside, span(band([s[name] for s in short])))
    pools, own_pools, together = blink_pools(real), blink_pools(made), blink_statistics(made)
    for name, unit in (("rate", "a minute"), ("duration", "s"), ("closure", "at the peak")):
        usual, value = band([getattr(pool, name) for pool in pools]), getattr(together, name)
        inside = float(np.mean([usual.holds(getattr(pool, name)) for pool in own_pools]))
        cells(f"blink {name}, {unit}; pools of 10 s, all clips", span(usual), value, usual.holds(value), inside, "-")
    table_variety(analyse(other[: 10 * SAMPLE_RATE]), model)


def table_variety(speech: Speech, model: MotionModel) -> None:
    """What a seed changes, and what a head does that should not move."""
    seeds = diversity([predictor(model, MotionOptions(), seed)(speech) for seed in range(6)])
    still = head_travel(predictor(model, MotionOptions(head_motion=0.0))(speech))
    heading("Six seeds of 10 s, and a head that keeps still (breath lifts it)", "measure", "value")
    cells("distance of heads, degrees", seeds.rotation)
    cells("over a head's own deviation (1.41 and more: strangers)", seeds.of_own)
    cells("distance of lips, % of the eye distance", 100 * seeds.lips)
    cells("r of lips", seeds.lips_r)
    cells("still head: degrees peak to peak", still.rotation)
    cells("still head: sideways, % of the eye distance", 100 * still.sideways)
    cells("still head: with breath, % of the eye distance", 100 * still.translation)


def long_run(samples: FloatArray, seconds: float, weights: Path | None) -> tuple[float, float, Motion]:
    """Seconds taken, peak megabytes of this process, and the motion of speech that is looped."""
    model = load_model(weights)
    speech = analyse(np.resize(samples, round(seconds * SAMPLE_RATE)))
    began = time.perf_counter()
    motion = predictor(model, MotionOptions())(speech)
    taken = time.perf_counter() - began
    return taken, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _MEGABYTES, motion


def table_seams(lines: Sequence[Utterance], weights: Path | None, seconds: float) -> None:
    """A long motion: its joints, and what it takes; each length in a process of its own."""
    # Lines and their pauses do not fit evenly into the parts, so joints meet every kind of moment.
    samples = chained([*lines]).samples
    heading(
        f"Long speech of {seconds:g} s", "seconds", "motion takes, s", "ms for each second", "peak MB with analysis"
    )
    for length in (10.0, seconds):
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            taken, peak, motion = pool.submit(long_run, samples, length, weights).result()
        cells(length, taken, 1000 * taken / length, peak)
    title = f"Seams: jerk at joints over jerk elsewhere, mean over channels, bar {SEAM_BAR}"
    heading(title, "joints every", "ratio", "by chance, 95 %", "worst channel", "its ratio", "worst by chance, 95 %")
    for every in BORDERS:
        found = seams(motion, every)
        cells(f"{every} frames", found.ratio, span(found.chance), found.worst, found.worst_ratio, found.worst_chance)


def table_speed(samples: FloatArray, weights: Path | None, runs: int = 7) -> None:
    """Ten seconds of speech, median of several runs beside a baseline in the same process."""
    began = time.perf_counter()
    model = load_model(weights)
    loading = time.perf_counter() - began
    samples = np.resize(samples, 10 * SAMPLE_RATE)
    speech = analyse(samples)
    everything = predictor(model, MotionOptions())
    works = {
        "motion": lambda: everything(speech),
        "analysis of the voice": lambda: analyse(samples),
        "baseline: log-mel alone": lambda: log_mel(samples),
    }
    clocks: dict[str, list[float]] = {name: [] for name in works}
    everything(speech)
    for _ in range(runs):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            clocks[name].append(time.perf_counter() - began)
    heading(
        f"Speed: 10 s of speech, median of {runs} runs", "what", "ms", "seconds per second of speech", "over baseline"
    )
    base = float(np.median(clocks["baseline: log-mel alone"]))
    cells("model load", loading * 1000, "-", "-")
    for name, values in clocks.items():
        took = float(np.median(values))
        cells(name, took * 1000, f"{took / 10:.5f}", took / base)


def table_noise(lines: Sequence[Utterance], noisy: Sequence[Path], predict: Predict) -> None:
    """The same lines among people who all speak at once."""
    english = [line for line in lines if line.language == "en-us"]
    clean = [opening_of_motion(predict(analyse(line.samples))) for line in english]
    heading(
        "Noise: motion among babble beside motion of the clean voice",
        "level",
        "r, mean",
        "r, 10 %",
        "spread",
        "touched",
    )
    for decibels in (20, 10, 5, 0):
        rng = np.random.default_rng(0)
        found, agreeing, spreads = Closures(), [], []
        for line, before in zip(english, clean, strict=True):
            others = [other.samples for other in english if other is not line]
            crowd = [others[i] for i in rng.permutation(len(others))[:CROWD]]
            motion = predict(analyse(with_babble(line.samples, crowd, decibels, rng)))
            found += closures_of(motion, line.phones)
            after = opening_of_motion(motion)
            agreeing.append(pearson(after, before))
            spreads.append(spread_ratio(after, before))
        low = float(np.nanquantile(agreeing, 0.1))
        cells(f"{decibels} dB", float(np.nanmean(agreeing)), low, float(np.nanmean(spreads)), found.share)
    usual = float(np.mean([np.std(curve) for curve in clean]))
    for file in noisy:
        speech = analyse(read_speech(file))
        cells(f"{file.name}, no clean twin", "-", "-", float(opening_of_motion(predict(speech)).std()) / usual, "-")


def arguments() -> argparse.Namespace:
    """What the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"{', '.join(TABLES)} (all)")
    parser.add_argument("--data", type=Path, nargs="+", default=[], help="clips of people, files or folders")
    parser.add_argument("--tracks", type=Path, help="folder of the clips' tracks (made for this run)")
    parser.add_argument("--weights", type=Path, nargs="+", default=[], help="folders of networks (the package's)")
    parser.add_argument("--noisy", type=Path, nargs="+", default=[], help="speech in noise")
    parser.add_argument("--seconds", type=float, default=600.0, help="length of the long speech (600)")
    given = parser.parse_args()
    unknown = set(given.tables) - set(TABLES)
    if unknown:
        parser.error(f"no table {', '.join(sorted(unknown))}: choose from {', '.join(TABLES)}")
    return given


def main() -> None:
    """Print the tables."""
    given = arguments()
    wanted = given.tables or TABLES
    weights = given.weights[0] if given.weights else None
    model = load_model(weights)
    predict = predictor(model)
    lines = list(spoken()) if set(wanted) - {"lips", "speed"} else []
    example = read_speech(package_data("example/speech.wav"))
    if given.data and {"lips", "head"} & set(wanted):
        with tempfile.TemporaryDirectory() as place:
            tracks = given.tracks or Path(place)
            track_clips([c for c in list_clips(given.data) if not (tracks / f"{c.stem}.npz").exists()], tracks, print)
            if "lips" in wanted:
                table_lips(real_clips(given.data, tracks, predictor(load_model(None))), given.weights)
            if "head" in wanted:
                table_head(given.data, tracks, lines, model)
    if not lines and {"closures", "silence", "seams", "noise"} & set(wanted):
        print("\nNo synthesiser is installed (apt-get install flite espeak-ng): no closures, silence, seams, noise")
        wanted = [name for name in wanted if name == "speed"]
    if "closures" in wanted:
        table_closures(lines, predict)
    if "silence" in wanted:
        table_silence(lines, predict)
    if "seams" in wanted:
        table_seams(lines, weights, given.seconds)
    if "speed" in wanted:
        table_speed(example, weights)
    if "noise" in wanted:
        table_noise(lines, given.noisy, predict)


if __name__ == "__main__":
    main()
