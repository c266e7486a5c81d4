"""Text -> natural speech with the time of every phone, by the neural voice Hibari; a corpus of it.

Run `python -m style2talker.train.natural_voice --out FOLDER` for utterances like those of `style2talker.corpus.synth`.
Hibari (`pip install hibari-tts`, Apache-2.0, a distilled Kokoro-82M) is optional. Its network times the phones inside;
a copy of its graph that gives these times as one more output is made when it is first used.
"""

from __future__ import annotations

import argparse
import logging
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from style2talker.corpus.synth import synthesise, text_to_say, varied
from style2talker.corpus.visemes import Phone
from style2talker.errors import AudioError
from style2talker.records import FloatArray
from style2talker.speech.mel import SAMPLE_RATE

__all__ = ["main", "natural_phones", "natural_present", "speak_naturally"]

_RATE = 24000
_FRAME_S, _PAUSE_S, _FIRST_S = 0.025, 0.1, 0.12
_STRESSES, _LENGTHS = "ˈˌ↓→↗↘", "ːʰ̃ʲ"
_SILENT = ' .,;:!?—…"()“”'
_LETTERS = {
    "A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ",
    "S": "s", "T": "ɾ", "ʤ": "dʒ", "ʧ": "tʃ", "ᵊ": "ə",
}  # fmt: skip
"""Letters of Kokoro's alphabet that stand for two sounds, in IPA."""


def natural_present() -> bool:
    """Whether Hibari is installed."""
    return find_spec("hibari") is not None and find_spec("onnx") is not None


@lru_cache(maxsize=1)
def _voice() -> Any:
    """The voice, its graph with one more output: frames of each phone."""
    import onnx

    hibari = import_module("hibari")
    model = onnx.load(str(Path(str(hibari.__file__)).parent / "assets" / "hibari.onnx"))
    rounds = {node.output[0] for node in model.graph.node if node.op_type == "Round"}
    (frames,) = [n.output[0] for n in model.graph.node if n.op_type == "Clip" and n.input[0] in rounds]
    model.graph.output.append(onnx.helper.make_tensor_value_info(frames, onnx.TensorProto.FLOAT, None))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "timed.onnx"
        onnx.save(model, str(path))
        return hibari.Hibari(model=str(path))


def natural_phones(
    text: str, rng: np.random.Generator, tempo: float = 1.0, pitch: float = 1.0
) -> tuple[FloatArray, int, list[Phone]]:
    """Speech (N,), its sample rate and its phones in IPA.

    Args:
        text: English text.
        rng: of the breath in the voice.
        tempo: 1 usual, 2 twice as fast.
        pitch: 1 usual; the throat stays as it is.

    Raises:
        AudioError: Hibari is missing.
    """
    if not natural_present():
        raise AudioError("hibari-tts is not installed: pip install hibari-tts onnx")
    voice, dsp = _voice(), import_module("hibari.dsp")
    blocks: list[FloatArray] = []
    phones: list[Phone] = []
    at = 0.0
    for sentence in voice.phonemize(text):
        letters = [letter for letter in sentence if letter in voice.vocab]
        ids = np.asarray([voice.ids(sentence)], np.int64)
        *spectrum, f0, frames = voice.sess.run(None, {"ids": ids, "speed": np.asarray([tempo], np.float32)})
        blocks.append(dsp.synth(*(part[0] for part in spectrum), f0[0] * np.float32(pitch), rng))
        phones += _timed(letters, np.ravel(frames).astype(np.float64) * _FRAME_S, at)
        at += len(blocks[-1]) / _RATE
    return np.concatenate(blocks).astype(np.float32), _RATE, phones


def _timed(letters: Sequence[str], seconds: NDArray[np.float64], start: float) -> list[Phone]:
    """Phones of the letters of a sentence.

    The voice sounds each letter in the time of the letter before it (the first time belongs to a border mark), and
    stress marks and spaces pass their time on to the sound that follows; found by holding vowels against loudness.

    Args:
        letters: L letters.
        seconds: (L + 2,) time of a border mark, the letters and another border mark.
        start: of the sentence, in seconds.
    """
    ends = start + np.cumsum(seconds)
    begins = np.concatenate([[start], ends[:-1]])
    phones = [Phone("", start, float(begins[0]))]
    waiting: float | None = None
    for letter, begin, end in zip(letters, begins.tolist(), ends.tolist(), strict=False):
        if letter in _LENGTHS:
            phones[-1] = phones[-1]._replace(end=end)
        elif letter in _STRESSES or (letter == " " and end - begin < _PAUSE_S):
            waiting = begin if waiting is None else waiting
        else:
            symbol = "" if letter in _SILENT else _LETTERS.get(letter, letter)
            begin = begin if waiting is None else waiting
            if symbol and not phones[-1].symbol and end - begin > _FIRST_S:  # the rest is the pause before
                begin = end - _FIRST_S
                phones[-1] = phones[-1]._replace(end=begin)
            phones.append(Phone(symbol, begin, end))
            waiting = None
    return [*phones, Phone("", phones[-1].end, float(ends[-1]))]


def speak_naturally(rng: np.random.Generator) -> tuple[FloatArray, list[Phone]]:
    """One random utterance: speech (N,) at 16 kHz and its phones, at any pitch from a man's to a child's.

    Raises:
        AudioError: Hibari is missing.
    """
    tempo, pitch = float(rng.uniform(0.75, 1.3)), float(rng.uniform(0.5, 1.25))
    raw, rate, phones = natural_phones(text_to_say("en-us", rng), rng, tempo, pitch)
    return varied(resample_poly(raw, SAMPLE_RATE, rate).astype(np.float32), phones, rng)


def main(argv: list[str] | None = None) -> None:
    """Write the corpus that the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True, help="folder for the utterances")
    parser.add_argument("--count", type=int, default=1600, help="number of utterances (default: 1600)")
    parser.add_argument("--seed", type=int, default=77)
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    synthesise(options.out, options.count, options.seed, speak=speak_naturally)
    logging.getLogger(__name__).info("%d utterances", options.count)


if __name__ == "__main__":
    main()
