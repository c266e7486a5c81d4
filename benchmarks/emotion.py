"""How well emotions are recognised, ordered and timed in what is generated, beside real people.

Usage: python benchmarks/emotion.py --tracks TRACKS --speech SOUND --rendered

TRACKS is a folder of `python -m style2talker.corpus.track` from clips of MEAD; without it nothing is judged and only
order and timing are measured. A real person is judged minus the mean of the own neutral clip, and so is a generated
one: minus what the same face does when asked for neutral, in another voice where there is one.
"""

from __future__ import annotations

import argparse
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter1d

from style2talker.assets.store import package_data
from style2talker.emotion.encoder import TextEncoder
from style2talker.emotion.sentence import understand
from style2talker.evaluate.emotion_judge import EmotionJudge, fit_judge, left_out, read_clips
from style2talker.face.tracking import track_frames
from style2talker.media.audio import read_sound, to_speech
from style2talker.records import ARKIT_NAMES, LABELS, FloatArray, Motion, Speech
from style2talker.speech.analyse import analyse
from style2talker.style_e.generate import MotionOptions, generate_motion
from style2talker.style_e.model import DiffusionModel
from style2talker.talker import Talker

FPS = 25.0
RATE = 16000
STRENGTHS = (0.3, 0.7, 1.2)
BAR, ORDER_BAR, LATE_S = 0.9, 0.9, 0.3

WORDINGS = {
    "angry": (
        "Another word and I will throw you out!",
        "boiling with rage at the referee",
        "he is livid about the bill",
    ),
    "contempt": (
        "She sneers at the clumsy beginners.",
        "as if talking to people far beneath him",
        "full of scorn for the other team",
    ),
    "disgusted": ("the fridge reeks of rotten meat", "Yuck, take that slimy thing away.", "nauseated by the stench"),
    "fear": (
        "Somebody is breaking in, and she is alone.",
        "scared to death of the dark",
        "trembling before the verdict",
    ),
    "happy": ("They have just won the cup!", "she can hardly hide her joy", "in a wonderful mood, beaming"),
    "neutral": ("He reads out the timetable.", "without any emotion", "a calm, factual statement"),
    "sad": ("Her best friend passed away last night.", "with tears in his eyes", "heartbroken and lonely"),
    "surprised": ("What? You are already here?", "she did not expect that at all", "stunned by the news"),
}
"""Sentences that no training has seen, beside the label itself."""


def rest_faces() -> dict[str, FloatArray]:
    """Faces that a portrait may show: relaxed, smiling, stern; (52,) each."""
    faces = {
        "relaxed": {},
        "smiling": {"mouthSmile": 0.7, "eyeSquint": 0.4},
        "stern": {"browDown": 0.3, "eyeSquint": 0.4},
    }
    return {
        name: np.array([next((v for k, v in shapes.items() if n.startswith(k)), 0.0) for n in ARKIT_NAMES], np.float32)
        for name, shapes in faces.items()
    }


class Maker:
    """Makes motion from sentences with everything loaded once."""

    def __init__(self, sounds: Sequence[Path], seconds: float) -> None:
        """Read the voices."""
        self.samples = {path.stem: to_speech(read_sound(path))[: round(seconds * RATE)] for path in sounds}
        self.voices = {name: analyse(samples, fps=FPS) for name, samples in self.samples.items()}
        self.encoder, self.model, self.talker = TextEncoder(), DiffusionModel(), Talker()

    def motion(self, text: str, voice: Speech, rest: FloatArray, seed: int, strength: float = 1.0) -> Motion:
        """Motion of a sentence."""
        felt = understand(text, strength, self.encoder)
        return generate_motion(voice, felt, rest, MotionOptions(), seed, self.model)

    def tracked(self, text: str, portrait: Path, voice: str, seed: int, size: int) -> FloatArray:
        """(T, 52) blendshapes tracked in the frames that the product renders."""
        clip = self.talker.generate(portrait, self.samples[voice], emotion=text, seed=seed, size=size)
        track = track_frames(iter(clip), FPS)
        return track.blendshapes[track.valid]


Shot = Callable[[str], FloatArray]
"""A sentence on one face with one voice and seed -> blendshapes (T, 52)."""


def shots(maker: Maker, given: argparse.Namespace) -> dict[str, list[tuple[Shot, FloatArray]]]:
    """Source -> (maker of clips, neutral mean (52,) of that face in another voice)."""
    found: dict[str, list[tuple[Shot, FloatArray]]] = {"motion": []}
    names = list(maker.voices)
    cases = list(itertools.product(range(len(names)), range(given.seeds)))
    for rest in rest_faces().values():
        for voice, seed in cases:
            other = maker.voices[names[voice - 1]]
            neutral = maker.motion("neutral", other, rest, seed + 100).blendshapes.mean(0)

            def moved(text: str, voice: int = voice, seed: int = seed, rest: FloatArray = rest) -> FloatArray:
                return maker.motion(text, maker.voices[names[voice]], rest, seed).blendshapes

            found["motion"].append((moved, neutral))
    if given.rendered:
        found["rendered and tracked"] = []
        for portrait in given.portrait:
            for voice, seed in cases:
                neutral = maker.tracked("neutral", portrait, names[voice - 1], seed + 100, given.size).mean(0)

                def seen(text: str, voice: int = voice, seed: int = seed, portrait: Path = portrait) -> FloatArray:
                    return maker.tracked(text, portrait, names[voice], seed, given.size)

                found["rendered and tracked"].append((seen, neutral))
    return found


def judged(cases: list[tuple[Shot, FloatArray]], judge: EmotionJudge, wordings: int) -> np.ndarray:
    """(8, 8) counts of windows: row the asked emotion, column the judged one."""
    table = np.zeros((8, 8), np.int64)
    for shot, neutral in cases:
        for row, label in enumerate(LABELS):
            for text in (label, *WORDINGS[label])[: 1 + wordings]:
                shapes = shot(text)
                shares = judge.windows(shapes if judge.absolute else shapes - neutral, FPS)
                np.add.at(table, (row, shares.argmax(1)), 1)
    return table


def confusion(table: np.ndarray) -> str:
    """A Markdown table of shares in percent."""
    lines = ["| asked | " + " | ".join(LABELS) + " |", "| --- |" + " --- |" * 8]
    for label, row in zip(LABELS, table, strict=True):
        lines.append(f"| {label} | " + " | ".join(f"{100 * n / max(row.sum(), 1):.0f}" for n in row) + " |")
    return "\n".join(lines)


def judge_all(maker: Maker, given: argparse.Namespace) -> None:
    """Print what the judge makes of real people and of what is generated."""
    people = read_clips(given.tracks)
    cases = shots(maker, given)
    print("| judge | real people left out | source | generated | sentences of another emotion | ratio |")
    print("| --- | --- | --- | --- | --- | --- |")
    tables = {}
    for absolute in (False, True):
        real = left_out(people, absolute)
        accuracy = np.trace(real) / real.sum()
        judge = fit_judge(people, absolute)
        for source, made in cases.items():
            table = judged(made, judge, given.wordings)
            share = np.trace(table) / table.sum()
            # The same clips as if another emotion had been asked for: the mean over all seven shifts of the labels.
            control = np.mean([np.trace(np.roll(table, shift, axis=0)) for shift in range(1, 8)]) / table.sum()
            name = "absolute" if absolute else "minus neutral"
            print(
                f"| {name} | {accuracy:.2f} | {source} | {share:.2f} | {control:.2f} | {share / accuracy:.2f} |",
                flush=True,
            )
            tables[f"{source}, {name}"] = table
    print(f"\nbar on the ratio: {BAR}; chance 0.125")
    for name, table in tables.items():
        print(f"\n{name}, % of windows\n\n{confusion(table)}")


def intensity(motion: Motion, calm: Motion) -> float:
    """How far the mean face of a clip is from that of the calm one."""
    return float(np.linalg.norm(motion.blendshapes.mean(0) - calm.blendshapes.mean(0)))


def order(maker: Maker, given: argparse.Namespace) -> None:
    """Print how often more strength, and a stronger word, is more intensity."""
    words = ("barely {}", "slightly {}", "{}", "extremely {}")
    plain = {"contempt": "contemptuous", "fear": "afraid"}
    right: dict[str, list[bool]] = {"strength": [], "words": []}
    for voice, rest, seed in itertools.product(maker.voices.values(), rest_faces().values(), range(given.seeds)):
        calm = maker.motion("neutral", voice, rest, seed)
        for label in LABELS:
            if label == "neutral":
                continue
            sizes = [intensity(maker.motion(label, voice, rest, seed + i, s), calm) for i, s in enumerate(STRENGTHS)]
            right["strength"] += [a < b for a, b in itertools.combinations(sizes, 2)]
            texts = [word.format(plain.get(label, label)) for word in words]
            sizes = [intensity(maker.motion(text, voice, rest, seed + i), calm) for i, text in enumerate(texts)]
            right["words"] += [a < b for a, b in itertools.combinations(sizes, 2)]
    print(f"\nordered pairs: strengths {STRENGTHS} {np.mean(right['strength']):.3f}, ", end="")
    print(f"words {[w.format('…') for w in words]} {np.mean(right['words']):.3f}, bar {ORDER_BAR}")


def crossing(shapes: FloatArray, before: FloatArray, after: FloatArray) -> float:
    """Seconds at which a motion (T, 52) is half way from one mean face (52,) to another, by its best single step."""
    way = after - before
    along = gaussian_filter1d((shapes - before) @ way / float(way @ way), 2.0)
    above = np.cumsum(np.append(0.0, along - 0.5))
    # The frame after which the projection lies most above, and before which it lies most below one half.
    return float(np.argmin(above)) / FPS


def timing(maker: Maker, given: argparse.Namespace) -> None:
    """Print when the change of a timeline arrives."""
    late = []
    rng = np.random.default_rng(0)
    for voice, rest, seed in itertools.product(maker.voices.values(), rest_faces().values(), range(given.seeds)):
        for one, other in itertools.permutations(LABELS, 2):
            at = float(rng.uniform(0.3, 0.7) * voice.duration)
            parts = [maker.motion(label, voice, rest, seed + 50).blendshapes.mean(0) for label in (one, other)]
            motion = maker.motion(f"0: {one}; {at:.2f}: {other}", voice, rest, seed)
            late.append(crossing(motion.blendshapes, parts[0], parts[1]) - at)
    size = np.abs(late)
    print(
        f"\na change arrives {np.mean(late):+.2f} s on average, off by {np.median(size):.2f} s in the median and "
        f"{np.quantile(size, 0.95):.2f} s at 95 %, within {LATE_S} s in {(size <= LATE_S).mean():.3f} of {len(late)}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, allow_abbrev=False
    )
    example = package_data("example/speech.wav")
    portrait = package_data("example/portrait.jpg")
    parser.add_argument("--tracks", type=Path, help="folder of tracked clips of real people, for the judge")
    parser.add_argument("--speech", type=Path, nargs="+", default=[example], help="voices (the bundled one)")
    parser.add_argument("--seconds", type=float, default=4.0, help="how much of each voice (4)")
    parser.add_argument("--seeds", type=int, default=2, help="seeds for each voice and face (2)")
    parser.add_argument("--wordings", type=int, default=3, help="sentences for each emotion beside its label (3)")
    parser.add_argument("--rendered", action="store_true", help="also render, track and judge what is seen")
    parser.add_argument("--portrait", type=Path, nargs="+", default=[portrait], help="portraits to render (bundled)")
    parser.add_argument("--size", type=int, default=384, help="side of the rendered clips (384)")
    given = parser.parse_args()
    maker = Maker(given.speech, given.seconds)
    if given.tracks is not None:
        judge_all(maker, given)
    order(maker, given)
    timing(maker, given)


if __name__ == "__main__":
    main()
