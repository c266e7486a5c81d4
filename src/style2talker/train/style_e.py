"""Synthesisers and clips -> the networks of Style-E, `speech_encoder.onnx` and `denoiser.onnx`, in one command.

Run `python -m style2talker.train.style_e --work FOLDER --clips FOLDER… --out FOLDER`. Stages: synthetic speech,
tracks of the clips, the encoder, the denoiser, both tuned on folds by person (to be judged on the people they never
saw, by `benchmarks/motion.py --weights`), and both tuned on everybody. What a stage has finished lies in the work
folder, and the same command goes on from there.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import torch

from style2talker.corpus.synth import synthesise
from style2talker.corpus.track import list_clips, track_clips
from style2talker.emotion.encoder import TextEncoder
from style2talker.media.atomic import atomic_path
from style2talker.train.denoising import new_denoiser, train_denoiser, tune
from style2talker.train.feelings import read_feelings
from style2talker.train.filmed import filmed_scenes, person_folds
from style2talker.train.invented import invented_scenes
from style2talker.train.natural_voice import speak_naturally
from style2talker.train.networks import Denoiser, SpeechEncoder
from style2talker.train.onnx_graph import write_denoiser, write_speech_encoder
from style2talker.train.scenes import Scene
from style2talker.train.speech_encoder import in_step, new_encoder, train_encoder

__all__ = ["export", "main", "stage"]

log = logging.getLogger(__name__)

_NATURAL_SEED = 77


def stage(file: Path, network: torch.nn.Module, train: Callable[[], None]) -> None:
    """Give a network the weights in a file; where there is none, train and write it."""
    if file.exists():
        network.load_state_dict(torch.load(file, weights_only=True))
        log.info("goes on from %s", file.name)
        return
    train()
    with atomic_path(file) as part:
        torch.save(network.state_dict(), part)


def export(encoder: SpeechEncoder, denoiser: Denoiser, folder: Path) -> None:
    """Write both networks into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    write_speech_encoder(encoder, folder / "speech_encoder.onnx")
    write_denoiser(denoiser, folder / "denoiser.onnx")


def _speech(options: argparse.Namespace) -> list[Path]:
    """Files of synthetic speech."""

    def told(done: int, total: int) -> None:
        if done % 500 == 0 or done == total:
            log.info("speech: %d of %d utterances", done, total)

    files = synthesise(options.work / "speech", options.utterances, options.seed, told)
    if options.natural:
        seed = options.seed + _NATURAL_SEED
        files += synthesise(options.work / "natural", options.natural, seed, told, speak_naturally)
    return files


def _tuned(
    options: argparse.Namespace, scenes: Sequence[Scene], films: Sequence[Scene]
) -> tuple[SpeechEncoder, Denoiser]:
    """Both networks of the work folder, tuned to films."""
    encoder, denoiser = new_encoder(options.seed), new_denoiser(options.seed)
    encoder.load_state_dict(torch.load(options.work / "encoder.pt", weights_only=True))
    denoiser.load_state_dict(torch.load(options.work / "denoiser.pt", weights_only=True))
    if films:
        tune(encoder, denoiser, scenes, films, options.tune_steps, options.seed)
    return encoder, denoiser


def _folds(options: argparse.Namespace, scenes: Sequence[Scene], films: Sequence[Scene]) -> None:
    """Networks that have not seen some of the people, a folder for each fold."""
    heard = [film for film in films if len(film.columns)]
    silent = [film for film in films if not len(film.columns)]
    for i, (train, test) in enumerate(person_folds(heard, options.folds)):
        folder = options.work / f"fold{i}"
        note = folder / "held_out.txt"
        if note.exists():
            continue
        log.info("fold %d of %d, without %s", i + 1, options.folds, ", ".join(film.name for film in test))
        export(*_tuned(options, scenes, [*train, *silent]), folder)
        note.write_text("\n".join(film.name for film in test) + "\n", encoding="utf-8")


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder for what the stages make")
    parser.add_argument("--out", type=Path, required=True, help="folder for the two networks")
    parser.add_argument("--clips", type=Path, nargs="*", default=[], help="films of people, files or folders")
    parser.add_argument("--utterances", type=int, default=7000, help="of flite and espeak-ng (default: 7000)")
    parser.add_argument("--natural", type=int, default=2400, help="utterances of Hibari (default: 2400)")
    parser.add_argument("--sentences", type=int, default=3000, help="different feelings (default: 3000)")
    parser.add_argument("--encoder-steps", type=int, default=5000)
    parser.add_argument("--denoiser-steps", type=int, default=4000)
    parser.add_argument("--tune-steps", type=int, default=500)
    parser.add_argument(
        "--folds", type=int, default=0, help="tune also without a part of the people, to be judged on them"
    )
    parser.add_argument("--threads", type=int, default=2, help="of the processor (default: 2)")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(argv)


def main(argv: list[str] | None = None) -> None:
    """Train Style-E."""
    options = _arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    torch.set_num_threads(options.threads)
    options.work.mkdir(parents=True, exist_ok=True)
    files = _speech(options)
    feelings = read_feelings(TextEncoder(), options.sentences, options.seed)
    scenes = invented_scenes(files, feelings, options.seed)
    log.info("%d invented scenes, %d feelings", len(scenes), len(feelings.texts))
    tracks = options.work / "tracks"
    track_clips(list_clips(options.clips), tracks, log.info)
    encoder, denoiser = new_encoder(options.seed), new_denoiser(options.seed)
    stage(
        options.work / "encoder.pt",
        encoder,
        lambda: train_encoder(encoder, scenes, options.encoder_steps, options.seed),
    )
    stage(
        options.work / "denoiser.pt",
        denoiser,
        lambda: train_denoiser(encoder, denoiser, scenes, options.denoiser_steps, options.seed),
    )
    films = in_step(encoder, filmed_scenes(options.clips, tracks))
    _folds(options, scenes, films)
    export(*_tuned(options, scenes, films), options.out)
    log.info("wrote %s", options.out)


if __name__ == "__main__":
    main()
