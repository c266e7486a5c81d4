"""The table of quality that README and docs quote: `generate` over a fixed set, judged by `evaluate`.

Usage: python benchmarks/quality.py --out RUN [--data DATA] [--quick]

With `--data`, a folder that holds `talking/` (films of people who speak) and perhaps `portraits/` and `speech/`: each
film's first frame with a face is made to speak the film's own sound and is judged beside the film, then portraits speak
in voices of others under each feeling. Without it, the bundled portrait speaks the bundled speech and, where flite or
espeak-ng is installed, synthetic lines, under each feeling. Clips that are there already are kept, and so are their
judgements: the same command goes on where a run was cut short. Into RUN go the clips, `manifest.jsonl`, and in
`judged/` what `evaluate` writes; the table is printed and written to `quality.md` and `quality.json`. Two runs are
compared by `style2talker compare BEFORE/judged AFTER/judged`.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from spoken import spoken
from style2talker import __version__
from style2talker.assets.store import package_data
from style2talker.corpus.track import list_clips
from style2talker.errors import AudioError, FaceError
from style2talker.face.landmarks import FaceFinder, find_portrait
from style2talker.media.audio import read_speech
from style2talker.media.picture import write_picture
from style2talker.media.video import read_frames
from style2talker.records import LABELS, FloatArray
from style2talker.speech.mel import SAMPLE_RATE
from style2talker.talker import Talker

SHOWN = (
    *("av_confidence", "av_offset", "av_correlation", "lip_spread", "m_lmd_iod", "closure_share", "silent_lips"),
    *("blink_rate", "yaw_range", "jitter", "shape_residual", "warping_error", "flicker_face", "background_psnr"),
    *("cpbd", "ssim", "psnr", "emotion_accuracy", "prototype_agreement"),
)
"""Metrics of the short table; `judged/` holds all."""
SYSTEMS = ("generated", "reference", "still", "other sound", "other sentence")
_PICTURES = (".jpg", ".jpeg", ".png")
_FIRST, _LONGEST_S, _SIDE = 25, 8.0, 256
"""Frames in which a film must show a face; seconds that are spoken at most; side of the pictures."""


@dataclass(frozen=True)
class Task:
    """A clip to make; `reference` is the film that it should be like, `phones` (symbol, start, end) what it says."""

    clip: str
    portrait: Path
    samples: FloatArray
    emotion: str = "neutral"
    reference: Path | None = None
    person: str = ""
    phones: tuple[tuple[str, float, float], ...] = ()


def film_tasks(films: Sequence[Path], out: Path) -> Iterator[Task]:
    """Films with sound: the first frame with a face speaks the film's own sound."""
    for film in films:
        try:
            samples = read_speech(film)
        except AudioError:
            continue
        portrait = out / "portraits" / f"{film.stem}.png"
        if not portrait.exists():
            with FaceFinder() as finder:
                for frame in islice(read_frames(film), _FIRST):
                    try:
                        find_portrait(frame, which="largest", finder=finder)
                    except FaceError:
                        continue
                    write_picture(portrait, frame)
                    break
        if portrait.exists():
            yield Task(f"film-{film.stem}", portrait, samples[: int(_LONGEST_S * SAMPLE_RATE)], reference=film)


def feeling_tasks(portraits: Sequence[Path], voices: Sequence[FloatArray], labels: Sequence[str]) -> Iterator[Task]:
    """Each portrait under each feeling, with one voice after the other."""
    for number, portrait in enumerate(portraits):
        for turn, label in enumerate(labels):
            samples = voices[(number + turn) % len(voices)][: int(_LONGEST_S * SAMPLE_RATE)]
            yield Task(f"feeling-{portrait.stem}-{label}", portrait, samples, label, person=portrait.stem)


def line_tasks(portrait: Path, most: int) -> Iterator[Task]:
    """Synthetic lines whose phones are known; none where no synthesiser is installed."""
    for number, line in enumerate(islice(spoken(), most)):
        phones = tuple((p.symbol, p.start, p.end) for p in line.phones)
        yield Task(f"line-{number:02d}", portrait, line.samples, phones=phones)


def tasks_of(data: Path | None, out: Path, quick: bool) -> list[Task]:
    """The fixed set: in a folder of data what it holds, otherwise what comes with the package."""
    labels = ("neutral", "happy") if quick else LABELS
    example = package_data("example/portrait.jpg")
    portraits, voices, films = [example], [read_speech(package_data("example/speech.wav"))], []
    if data is not None:
        films = list_clips([data / "talking"])
        pictures = sorted(p for p in (data / "portraits").glob("*") if p.suffix.lower() in _PICTURES)
        portraits = [p for p in pictures if not p.stem.startswith("not_")] or portraits
        voices = [read_speech(path) for path in sorted((data / "speech").glob("*.wav"))] or voices
    tasks = [*film_tasks(films[: 2 if quick else None], out)]
    tasks += feeling_tasks(portraits[: 1 if quick else 4], voices, labels)
    tasks += line_tasks(example, 1 if quick else 24)
    if not quick:
        return tasks
    return [dataclasses.replace(task, samples=task.samples[: 2 * SAMPLE_RATE]) for task in tasks]


def make(task: Task, out: Path, talker: Talker) -> dict[str, str] | None:
    """Make a clip unless it is there, and say what it is in a row of the manifest; None for a face that fails."""
    file = out / "clips" / f"{task.clip}.mp4"
    if not file.exists():
        try:
            # A film is judged in its own frame, so the face goes back to where it was.
            framing = "crop" if task.reference is None else "full"
            clip = talker.generate(
                task.portrait, task.samples, emotion=task.emotion, size=_SIDE, face="largest", framing=framing
            )
        except FaceError as error:
            print(f"{task.clip} left out: {error}", file=sys.stderr)
            return None
        clip.save(file)
    row = {"clip": task.clip, "generated": str(Path("clips") / file.name), "person": task.person}
    row |= {"emotion": task.emotion} if task.clip.startswith("feeling") else {}
    if task.reference is not None:
        row["reference"] = str(task.reference.resolve())
    if task.phones:
        timed = out / "phones" / f"{task.clip}.csv"
        lines = ["symbol,start,end", *(f"{s},{a:.4f},{b:.4f}" for s, a, b in task.phones)]
        timed.write_text("\n".join(lines) + "\n", encoding="utf-8")
        row["phones"] = str(timed.relative_to(out))
    return row


def judge(out: Path, data: Path | None, quick: bool) -> dict[str, object]:
    """Run `evaluate` on the manifest, and read what it found."""
    words = [sys.executable, "-m", "style2talker", "evaluate", str(out / "manifest.jsonl"), "-o", str(out / "judged")]
    words += ["--every", "10" if quick else "5"]
    if data is not None and (data / "mead").is_dir():
        words += ["--judge", str(data / "mead")]
    subprocess.run(words, check=True, stdout=sys.stderr)
    return dict(json.loads((out / "judged" / "results.json").read_text(encoding="utf-8")))


def cell(record: dict[str, object] | None) -> str:
    """A value with its interval."""
    if record is None or not isinstance(record["value"], float | int):
        return "–"
    low, high = record["low"], record["high"]
    span = f" [{low:.3g}, {high:.3g}]" if isinstance(low, float) and isinstance(high, float) else ""
    return f"{record['value']:.3g}{span}"


def table(whole: dict[str, object], command: str) -> str:
    """The short table in Markdown, with the command that makes it again."""
    results = [r for r in whole["results"] if "value" in r]
    systems = [name for name in SYSTEMS if any(r["system"] == name for r in results)]
    conditions = whole["conditions"]
    out = [
        f"style2talker {__version__}: {conditions['clips']} clips, {conditions['frames']} frames; `{command}`",
        "",
        f"| metric | better | {' | '.join(systems)} | clips |",
        f"|{' --- |' * (len(systems) + 3)}",
    ]
    for name in SHOWN:
        found = {r["system"]: r for r in results if r["metric"] == name}
        if "generated" in found:
            own = found["generated"]
            unit = f" ({own['unit']})" if own["unit"] else ""
            cells = [cell(found.get(system)) for system in systems]
            out.append(f"| {name}{unit} | {own['direction']} | {' | '.join(cells)} | {own['clips']} |")
    return "\n".join(out) + "\n"


def main() -> None:
    """Make what is missing, judge it and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument("--data", type=Path, help="folder of films, portraits and voices")
    parser.add_argument("--quick", action="store_true", help="a few clips of two seconds")
    given = parser.parse_args()
    out: Path = given.out
    for name in ("clips", "portraits", "phones"):
        (out / name).mkdir(parents=True, exist_ok=True)
    talker, rows = Talker(), []
    tasks = tasks_of(given.data, out, given.quick)
    for number, task in enumerate(tasks, start=1):
        row = make(task, out, talker)
        rows += [row] if row is not None else []
        print(f"{number} of {len(tasks)}: {task.clip}", file=sys.stderr, flush=True)
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    (out / "manifest.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    whole = judge(out, given.data, given.quick)
    command = "python benchmarks/quality.py --out RUN" + (" --data DATA" if given.data else "")
    text = table(whole, command + (" --quick" if given.quick else ""))
    short = [r for r in whole["results"] if r["metric"] in SHOWN]
    facts = {"version": __version__, "conditions": whole["conditions"], "results": short}
    (out / "quality.json").write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (out / "quality.md").write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
