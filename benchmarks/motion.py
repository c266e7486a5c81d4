"""How good the motion is that Style-E makes of a voice, in numbers beside those of real people, baselines and controls.

Tables: lips, closures, silence, head, seams, speed, noise; all of them when none is named. Those of real people need
`--data FOLDER…` of talking-head clips with sound; tracks are looked for in `--tracks` and made where they are missing.
The network that comes with the package has learned from the clips at hand, so what it scores on them is not held out.
For that, give one file of weights for each fold, `--weights A B …`, and beside each a text file with its name and the
suffix `.held_out.txt` that lists the clips or people it never saw, one a line: each clip is judged by its own fold.

Usage: python benchmarks/motion.py lips closures --data talking driving --tracks tracks
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from spoken import Utterance, chained, spoken
from style2talker.corpus.track import list_clips, track_clips
from style2talker.emotion.sentence import understand
from style2talker.evaluate.clips import Predict, RealClip, aligned, read_clips
from style2talker.evaluate.closures import TOUCH, Closures, closures_of
from style2talker.evaluate.lips import REACH, LipReport, lip_report
from style2talker.evaluate.stillness import lip_travel, silent_stretches
from style2talker.records import Motion, Speech
from style2talker.runtime.ports import LIPS
from style2talker.runtime.session import Session
from style2talker.speech.analyse import analyse
from style2talker.speech.mel import SAMPLE_RATE, log_mel
from style2talker.style_e.generate import MotionOptions, generate_motion
from style2talker.style_e.lips import LipModel, SpeechModel

NEUTRAL = understand("neutral")
REST = np.zeros(52, np.float32)
LIPS_ALONE = MotionOptions(head_motion=0.0, blink=False, pose="still")
SILENCE_BAR = 0.01
FIELDS = ("opening", "loudness", "foreign", "shifted", "spread", "pucker", "funnel")


def load_model(weights: Path | None) -> SpeechModel:
    """The network of a file; the one that comes with the package when None."""
    if weights is None:
        return LipModel()
    session = Session(weights, LIPS)
    return lambda windows: session.run(mel=windows)["shapes"]


def predictor(model: SpeechModel, options: MotionOptions = LIPS_ALONE, seed: int = 0) -> Predict:
    """Speech to motion, with a neutral face."""

    def predict(speech: Speech) -> Motion:
        return generate_motion(speech, NEUTRAL, REST, options, seed, model)

    return predict


def row(*cells: object) -> None:
    """Print a row of a Markdown table; numbers with two decimals."""
    shown = [f"{c:.2f}".replace("nan", "-") if isinstance(c, float) else str(c) for c in cells]
    print(f"| {' | '.join(shown)} |", flush=True)


def head(title: str, *names: str) -> None:
    """Print the head of a table."""
    print(f"\n### {title}\n")
    row(*names)
    print(f"|{' --- |' * len(names)}")


def real_clips(data: Sequence[Path], tracks: Path, predict: Predict) -> list[RealClip]:
    """The clips whose sound fits their picture, offsets taken out; says which are left out."""
    track_clips([c for c in list_clips(data) if not (tracks / f"{c.stem}.npz").exists()], tracks, print)
    kept, offsets = aligned(read_clips(data, tracks), predict)
    names = {clip.name for clip in kept}
    out = [f"{name} (best r {o.r:.2f} at {o.lag:+d})" for name, o in offsets.items() if name not in names]
    people = {clip.person for clip in kept}
    print(f"\n{len(kept)} clips of {len(people)} people; sound fits at no offset in: {', '.join(out) or 'none'}")
    moved = [f"{name} {offsets[name].lag:+d}" for name in sorted(names) if offsets[name].lag]
    print(f"Offsets taken out, frames: {', '.join(moved) or 'none'}")
    return kept


def folds(clips: Sequence[RealClip], weights: Sequence[Path]) -> list[tuple[str, SpeechModel, list[RealClip]]]:
    """(what it is, network, the clips that it is judged on); a clip that no fold held out is left out."""
    if not weights:
        return [
            (
                "the network of the package, which has learned from these people: NOT held out",
                load_model(None),
                [*clips],
            )
        ]
    out = []
    for file in weights:
        listed = file.with_name(f"{file.stem}.held_out.txt")
        if listed.exists():
            held = set(listed.read_text(encoding="utf-8").split("\n"))
            own = [c for c in clips if held & {c.name, c.person, Path(c.name).stem}]
            out.append((f"{file.name}, held out", load_model(file), own))
        else:
            out.append((f"{file.name}, no {listed.name}: NOT held out", load_model(file), [*clips]))
    return out


def print_lips(report: LipReport) -> None:
    """Clips, people, means."""
    names = ("clip", "person", "frames", "lag", *FIELDS)
    head(f"Lips of real people: Pearson's r at the best lag within {REACH} frames; spread: ratio of deviations", *names)
    for c in report.clips:
        row(c.name, c.person, c.frames, c.lag, *(getattr(c, f) for f in FIELDS))
    people = {field: report.people(field) for field in FIELDS}
    head("By person", "person", *FIELDS)
    for person in people["opening"]:
        row(person, *(people[field][person] for field in FIELDS))
    row("**mean of people**", *(report.mean(field) for field in FIELDS))
    row("least of people", *(report.least(field) for field in FIELDS))
    spans = [report.interval(field, np.random.default_rng(0)) for field in FIELDS]
    row("95 % over clips", *(f"{low:.2f}..{high:.2f}" for low, high in spans))


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
    head(title, "speech", "p b m", "touched", "after silence", "touched", "touching elsewhere")
    for key, c in by.items():
        row(key, c.said, c.share, c.initial_said, c.initial_share, c.elsewhere)


def table_silence(lines: Sequence[Utterance], predict: Predict) -> None:
    """Pauses of a second between lines, quite silent or with the noise of a room."""
    title = f"Lips in silence, peak to peak of the farthest point in % of the eye distance, bar {SILENCE_BAR:.0%}"
    head(title, "pauses", "stretches", "mean", "90 %", "most", "share above bar")
    whole = chained([line for line in lines if line.language == "en-us"][:24])
    fps = 25.0
    times = np.arange(int(np.ceil(len(whole.samples) / SAMPLE_RATE * fps))) / fps
    speaking = np.zeros(len(times), bool)
    for phone in whole.phones:
        if phone.symbol:
            speaking |= (times + 1 / fps > phone.start) & (times < phone.end)
    stretches = silent_stretches(speaking, fps)
    rng = np.random.default_rng(0)
    level = float(np.sqrt(np.mean(whole.samples[np.abs(whole.samples) > 0.01] ** 2)))
    for name, decibels in (
        ("digital silence", None),
        ("noise 50 dB below", 50),
        ("30 dB below", 30),
        ("20 dB below", 20),
    ):
        noise = 0.0 if decibels is None else rng.normal(0, level * 10 ** (-decibels / 20), len(whole.samples))
        far = 100 * lip_travel(predict(analyse((whole.samples + noise).astype(np.float32))), stretches)
        above = float(np.mean(far > 100 * SILENCE_BAR))
        row(name, len(far), float(far.mean()), float(np.quantile(far, 0.9)), float(far.max()), above)


def table_speed(lines: Sequence[Utterance], weights: Path | None, runs: int = 7) -> None:
    """Ten seconds of speech, median of several runs beside a baseline in the same process."""
    began = time.perf_counter()
    model = load_model(weights)
    loading = time.perf_counter() - began
    samples = np.resize(np.concatenate([line.samples for line in lines[:8]]), 10 * SAMPLE_RATE)
    speech = analyse(samples)
    everything = predictor(model, MotionOptions())
    everything(speech)
    clocks: dict[str, list[float]] = {"motion": [], "analysis of the voice": [], "baseline: log-mel alone": []}
    for _ in range(runs):
        for name, work in zip(
            clocks, (lambda: everything(speech), lambda: analyse(samples), lambda: log_mel(samples)), strict=True
        ):
            began = time.perf_counter()
            work()
            clocks[name].append(time.perf_counter() - began)
    head("Speed: 10 s of speech", "what", "ms", "times faster than real time")
    row("model load", loading * 1000, "-")
    for name, values in clocks.items():
        row(name, float(np.median(values)) * 1000, 10 / float(np.median(values)))


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    tables = ("lips", "closures", "silence", "speed")
    parser.add_argument("tables", nargs="*", metavar="TABLE", help=f"{', '.join(tables)} (all)")
    parser.add_argument("--data", type=Path, nargs="+", default=[], help="clips with sound, files or folders")
    parser.add_argument("--tracks", type=Path, help="folder of the clips' tracks (made anew when not given)")
    parser.add_argument("--weights", type=Path, nargs="+", default=[], help="networks in place of the package's")
    given = parser.parse_args()
    wanted: Iterable[str] = given.tables or tables
    unknown = set(wanted) - set(tables)
    if unknown:
        parser.error(f"no table {', '.join(sorted(unknown))}: choose from {', '.join(tables)}")
    first = given.weights[0] if given.weights else None
    predict = predictor(load_model(first))
    lines = list(spoken())
    with tempfile.TemporaryDirectory() as place:
        if "lips" in wanted and given.data:
            clips = real_clips(given.data, given.tracks or Path(place), predictor(load_model(None)))
            table_lips(clips, given.weights)
    if "closures" in wanted:
        table_closures(lines, predict)
    if "silence" in wanted:
        table_silence(lines, predict)
    if "speed" in wanted:
        table_speed(lines, first)


if __name__ == "__main__":
    main()
