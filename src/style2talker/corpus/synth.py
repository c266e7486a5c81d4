"""Free synthesisers -> a corpus of speech with known mouth motion, for training and tests.

Run `python -m style2talker.corpus.synth --out FOLDER`. Each utterance is one `.npz`: samples (int16, 16 kHz), the
phones with their times, and how far the speaker moves the mouth; mouth curves follow from these when it is read.
Utterances that are there already are kept, so a broken run goes on where it stopped; utterance i depends on the seed
and i alone.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.signal import fftconvolve, lfilter, resample_poly

from style2talker.corpus.made_words import made_line
from style2talker.corpus.phones import espeak_phones, espeak_present, flite_phones, flite_present
from style2talker.corpus.sentences import LINES, english_sentence
from style2talker.corpus.visemes import Phone, mouth_curves
from style2talker.errors import AudioError
from style2talker.media.atomic import atomic_path
from style2talker.records import FloatArray
from style2talker.speech.mel import SAMPLE_RATE

__all__ = ["Utterance", "damaged", "main", "read_utterance", "speak_utterance", "synthesise", "text_to_say", "varied"]

_FLITE_VOICES = ("slt", "rms", "awb", "kal16")
_VARIANTS = ("", "+f1", "+f2", "+f3", "+f4", "+f5", "+m1", "+m2", "+m3", "+m4", "+m5", "+m7")
_FPS, _CURVE_RATE = 25, 100
_FLITE_SHARE = 0.4
_MADE_SHARE = 0.6
"""Of lines in words that nobody knows; real ones have their own rhythm."""


@dataclass(frozen=True, slots=True, eq=False)
class Utterance:
    """Speech of which all is known.

    Attributes:
        samples: (N,) float32 in -1..1 at 16 kHz.
        phones: what is said when; gaps are silence.
        effort: how far the speaker moves the mouth; 1 is usual.
    """

    samples: FloatArray
    phones: tuple[Phone, ...]
    effort: float

    def curves(self) -> FloatArray:
        """Mouth curves (T, len(CHANNELS)) at 25 fps in 0..1."""
        return mouth_curves(self.phones, len(self.samples) / SAMPLE_RATE, self.effort)[:: _CURVE_RATE // _FPS]


def read_utterance(path: Path) -> Utterance:
    """Read a file that `synthesise` wrote."""
    with np.load(path, allow_pickle=False) as data:
        times = zip(data["symbols"].tolist(), data["starts"].tolist(), data["ends"].tolist(), strict=True)
        phones = tuple(Phone(*item) for item in times)
        return Utterance(data["samples"].astype(np.float32) / 32767, phones, float(data["effort"]))


def text_to_say(language: str, rng: np.random.Generator) -> str:
    """A line of made words, a sentence of the grammar where the language is English, or a real line of the language."""
    if rng.random() < _MADE_SHARE:
        return made_line(language, rng)
    return english_sentence(rng) if language == "en-us" and rng.random() < 0.8 else str(rng.choice(LINES[language]))


def speak_utterance(rng: np.random.Generator) -> tuple[FloatArray, list[Phone]]:
    """One random utterance: speech (N,) at 16 kHz and its phones, with silence before and after.

    Raises:
        AudioError: no synthesiser is installed.
    """
    if flite_present() and (rng.random() < _FLITE_SHARE or not espeak_present()):
        voice, tempo = str(rng.choice(_FLITE_VOICES)), float(rng.uniform(0.8, 1.35))
        samples, phones = flite_phones(text_to_say("en-us", rng), voice, tempo)
    else:
        language = "en-us" if rng.random() < 0.4 else str(rng.choice(list(LINES)))
        voice = language + str(rng.choice(_VARIANTS))
        raw, rate, phones = espeak_phones(
            text_to_say(language, rng), voice, int(rng.integers(120, 215)), int(rng.integers(20, 85))
        )
        samples = resample_poly(raw, SAMPLE_RATE, rate).astype(np.float32)
    return varied(samples, phones, rng)


def varied(samples: FloatArray, phones: list[Phone], rng: np.random.Generator) -> tuple[FloatArray, list[Phone]]:
    """Speech (N,) at 16 kHz and its phones between pauses, by another speaker: all is played a little faster or slower.

    Pitch, formants and tempo move together.
    """
    before, after = (float(s) for s in rng.uniform(0.1, 0.8, 2))
    padded = np.pad(samples, (round(before * SAMPLE_RATE), round(after * SAMPLE_RATE)))
    up = int(rng.integers(84, 121))
    stretched = resample_poly(padded, up, 100).astype(np.float32)
    return stretched, [Phone(p.symbol, (p.start + before) * up / 100, (p.end + before) * up / 100) for p in phones]


def damaged(samples: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Speech as a room, a microphone and a line leave it: reverberation, tilt, band limits, noise, level."""
    out = samples / max(float(np.abs(samples).max()), 1e-4)
    if rng.random() < 0.4:
        length = int(rng.uniform(0.08, 0.5) * SAMPLE_RATE)
        tail = rng.normal(0, 1, length) * np.exp(-np.arange(length) * 6.9 / length)
        tail *= rng.uniform(0.1, 0.6) / np.linalg.norm(tail)
        tail[0] += 1.0
        out = fftconvolve(out, tail)[: len(out)]
    if rng.random() < 0.5:
        out = lfilter([1.0, float(rng.uniform(-0.6, 0.6))], [1.0], out)
    if rng.random() < 0.25:
        spectrum = np.fft.rfft(out)
        hertz = np.fft.rfftfreq(len(out), 1 / SAMPLE_RATE)
        spectrum[(hertz < rng.uniform(50, 300)) | (hertz > rng.uniform(3300, 7000))] *= 0.01
        out = np.fft.irfft(spectrum, len(out))
    if rng.random() < 0.7:
        slope = float(rng.uniform(0.0, 0.97))
        noise = lfilter([1.0], [1.0, -slope], rng.normal(0, 1, len(out)))
        loud = float(np.sqrt(np.mean(out**2)))
        out = out + noise * (loud / max(float(noise.std()), 1e-6)) * 10 ** (-float(rng.uniform(3, 45)) / 20)
    peak = max(float(np.abs(out).max()), 1e-4)
    return (out / peak * 10 ** (-float(rng.uniform(1, 24)) / 20)).astype(np.float32)


def synthesise(
    out: Path,
    count: int,
    seed: int = 0,
    report: Callable[[int, int], None] | None = None,
    speak: Callable[[np.random.Generator], tuple[FloatArray, list[Phone]]] | None = None,
) -> list[Path]:
    """Write `count` utterances into a folder.

    Args:
        out: the folder.
        count: how many.
        seed: of what is said, by whom, and what the sound goes through.
        report: called with (done, count).
        speak: gives an utterance; `speak_utterance` when None.

    Returns:
        The files.

    Raises:
        AudioError: no synthesiser is installed.
    """
    out.mkdir(parents=True, exist_ok=True)
    files = []
    for i in range(count):
        target = out / f"{i:06d}.npz"
        files.append(target)
        if not target.exists():
            rng = np.random.default_rng([seed, i])
            samples, phones = (speak or speak_utterance)(rng)
            effort = float(rng.uniform(0.8, 1.2))
            heard = damaged(samples, rng)
            with atomic_path(target) as part:
                np.savez(
                    part,
                    samples=np.round(heard * 32767).astype(np.int16),
                    symbols=np.array([phone.symbol for phone in phones], dtype=np.str_),
                    starts=np.array([phone.start for phone in phones], np.float32),
                    ends=np.array([phone.end for phone in phones], np.float32),
                    effort=np.float32(effort),
                )
        if report is not None:
            report(i + 1, count)
    return files


def main(argv: list[str] | None = None) -> None:
    """Write the corpus that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the utterances")
    parser.add_argument("--count", type=int, default=2400, help="number of utterances (default: 2400)")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    log = logging.getLogger(__name__)
    if not (flite_present() or espeak_present()):
        raise AudioError("no synthesiser is installed: apt-get install flite espeak-ng")

    def report(done: int, total: int) -> None:
        if done % 100 == 0 or done == total:
            log.info("%d of %d utterances", done, total)

    synthesise(options.out, options.count, options.seed, report)


if __name__ == "__main__":
    main()
