"""Synthetic and real speakers -> the lip network, `lips.onnx`.

Run `python -m style2talker.train.lips --synth FOLDER… --clips FOLDER… --tracks FOLDER --out lips.onnx`. Synthetic
utterances come from `style2talker.corpus.synth` and `style2talker.train.natural_voice`, tracks of the clips from
`style2talker.corpus.track`. The net first learns from synthetic speech, whose mouth motion is known; then it is tuned
to how real people move, clip by clip, after the offset between each clip's sound and picture has been found and taken
out. Clips whose sound fits no offset are left out. Held-out people are measured with a fold each; the weights that are
kept have seen all.
"""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch

from style2talker.media.atomic import atomic_path
from style2talker.records import FloatArray
from style2talker.train.lips_data import Clip, example, person_folds, read_clips, read_synthetic
from style2talker.train.lips_net import LipNet, export_onnx, predict

__all__ = ["agreement", "align", "fine_tune", "main", "pretrain"]

log = logging.getLogger(__name__)

_SEGMENT, _REAL_SEGMENT = 80, 64
_BATCH = 24
_REAL_SHARE = 0.03
_JAW, _LOWER, _CLOSURE = 0, 3, 13
_LAGS = range(-9, 10)
_LAG_COST = 0.04
"""Correlation that a lag must win for each frame: in a clip of a few words, words alike fit at several lags."""


def _batch(
    columns: Sequence[FloatArray],
    firsts: Sequence[int],
    targets: Sequence[FloatArray],
    voices: Sequence[FloatArray],
    length: int,
    rng: np.random.Generator,
) -> tuple[torch.Tensor, torch.Tensor]:
    """Random stretches of random speakers in disguise: windows (B, T, 80, 16) and targets (B, T, C)."""
    chosen = rng.integers(len(columns), size=_BATCH)
    pairs = [example(columns[i], firsts[i], targets[i], length, voices, rng) for i in chosen]
    return torch.from_numpy(np.stack([m for m, _ in pairs])), torch.from_numpy(np.stack([t for _, t in pairs]))


def _synthetic_loss(predicted: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    weights = torch.ones(target.shape[-1])
    weights[_JAW] = 2.0
    error = ((predicted - target) ** 2 * weights).mean()
    speed = ((predicted.diff(dim=1) - target.diff(dim=1)) ** 2 * weights).mean()
    closed = torch.nn.functional.binary_cross_entropy(
        predicted[..., _CLOSURE].clamp(1e-4, 1 - 1e-4), target[..., _CLOSURE]
    )
    return error + 2.0 * speed + 0.02 * closed


def _step(
    net: LipNet,
    optimiser: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    loss: torch.Tensor,
) -> None:
    """Follow the gradient of a loss once, no farther than 1."""
    optimiser.zero_grad()
    loss.backward()
    torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    optimiser.step()
    schedule.step()


def pretrain(net: LipNet, synth: Sequence[Path], steps: int, seed: int) -> None:
    """Train on synthetic utterances, in place."""
    columns, targets = read_synthetic(synth)
    firsts, rng = [0] * len(columns), np.random.default_rng(seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=2e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 2e-3, total_steps=steps)
    net.train()
    for step in range(steps):
        mel, target = _batch(columns, firsts, targets, columns, _SEGMENT, rng)
        loss = _synthetic_loss(net(mel), target)
        _step(net, optimiser, schedule, loss)
        if (step + 1) % 250 == 0:
            log.info("synthetic step %d of %d, loss %.5f", step + 1, steps, float(loss.detach()))


def _correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1]) if a.std() > 1e-6 and b.std() > 1e-6 else 0.0


def _opening(channels: np.ndarray) -> np.ndarray:
    return np.asarray((channels[:, _JAW] + 0.35 * channels[:, _LOWER]) * (1 - 0.8 * channels[:, _CLOSURE]))


def _shifted(a: np.ndarray, b: np.ndarray, lag: int) -> tuple[np.ndarray, np.ndarray]:
    """Overlap of `a` with `b` taken `lag` frames later."""
    n = min(len(a), len(b))
    return (a[: n - lag], b[lag:n]) if lag >= 0 else (a[-lag:n], b[: n + lag])


def align(net: LipNet, clips: Sequence[Clip]) -> list[Clip]:
    """Take out the offset between sound and picture; leave out clips whose sound fits at no offset."""
    kept = []
    for clip in clips:
        opening = _opening(predict(net, clip.windows))
        scores = {lag: _correlation(*_shifted(opening, clip.opening, lag)) for lag in _LAGS}
        best = max(scores, key=lambda lag: scores[lag] - _LAG_COST * abs(lag))
        usual = float(np.median(list(scores.values())))
        if scores[best] < 0.33 or scores[best] - usual < 0.08 or clip.seen < 0.9:
            log.info("%s: left out (best r %.2f at %+d frames)", clip.name, scores[best], best)
            continue
        log.info("%s: r %.2f at %+d frames", clip.name, scores[best], best)
        kept.append(clip.moved(best))
    return kept


def _real_loss(predicted: torch.Tensor, target: torch.Tensor, opening: torch.Tensor) -> torch.Tensor:
    """One minus correlation per channel and of the opening: real faces differ in how far they move, not in when."""

    def away(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
        a, b = a - a.mean(1, keepdim=True), b - b.mean(1, keepdim=True)
        energy = (b**2).mean(1)
        r = (a * b).sum(1) / ((a**2).sum(1) * (b**2).sum(1) + 1e-5).sqrt()
        return ((1 - r) * torch.clamp(energy / 2e-3, max=1.0)).mean()

    shown = (predicted[..., _JAW] + 0.35 * predicted[..., _LOWER]) * (1 - 0.8 * predicted[..., _CLOSURE])
    weights = torch.full((target.shape[-1],), 0.15)
    weights[[1, 2]] = 0.6
    channels = sum(weights[c] * away(predicted[..., c], target[..., c]) for c in range(target.shape[-1] - 1))
    return 2.0 * away(shown, opening) + away(predicted[..., _JAW], target[..., _JAW]) + channels


def fine_tune(net: LipNet, synth: Sequence[Path], clips: Sequence[Clip], steps: int, seed: int) -> None:
    """Tune to real clips, in place; synthetic batches in between keep the absolute scale and the closures."""
    columns, targets = read_synthetic(synth)
    real_columns, real_firsts = [clip.columns for clip in clips], [clip.first for clip in clips]
    both = [np.concatenate([clip.channels, clip.opening[:, None]], axis=1) for clip in clips]
    firsts, rng = [0] * len(columns), np.random.default_rng(seed)
    optimiser = torch.optim.AdamW(net.parameters(), lr=5e-4, weight_decay=1e-2)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    net.train()
    for step in range(steps):
        mel, target = _batch(real_columns, real_firsts, both, columns, _REAL_SEGMENT, rng)
        loss = _REAL_SHARE * _real_loss(net(mel), target[..., :-1], target[..., -1])
        mel, target = _batch(columns, firsts, targets, columns, _SEGMENT, rng)
        loss = loss + _synthetic_loss(net(mel), target)
        _step(net, optimiser, schedule, loss)
        if (step + 1) % 100 == 0:
            log.info("real step %d of %d, loss %.4f", step + 1, steps, float(loss.detach()))


def agreement(net: LipNet, clips: Sequence[Clip]) -> dict[str, float]:
    """Mean Pearson r over clips: of lip opening, jaw and rounding; of loudness and of foreign sound beside it."""
    rows = []
    for i, clip in enumerate(clips):
        channels = predict(net, clip.windows)
        foreign = _opening(predict(net, clips[(i + 1) % len(clips)].windows))
        n = min(len(foreign), len(clip.opening))
        rows.append(
            (
                _correlation(_opening(channels), clip.opening),
                _correlation(channels[:, _JAW], clip.channels[:, _JAW]),
                _correlation(channels[:, 2], clip.channels[:, 2]),
                _correlation(clip.windows[:, :, 4:10].mean(axis=(1, 2)), clip.opening),
                _correlation(foreign[:n], clip.opening[:n]),
            )
        )
    names = ("opening", "jawOpen", "pucker", "loudness baseline", "foreign sound control")
    return {name: round(float(np.mean(column)), 3) for name, column in zip(names, zip(*rows, strict=True), strict=True)}


def _measure(net: LipNet, synth: Sequence[Path], clips: list[Clip], steps: int, seed: int) -> None:
    """Report agreement on people left out of the tuning, three folds."""
    log.info("synthetic speech alone, all real people: %s", agreement(net, clips))
    start = {name: value.clone() for name, value in net.state_dict().items()}
    scores = []
    for train, test in person_folds(clips, 3):
        net.load_state_dict(start)
        fine_tune(net, synth, train, steps, seed)
        scores.append((len(test), agreement(net, test)))
    net.load_state_dict(start)
    total = sum(n for n, _ in scores)
    means = {key: round(sum(n * s[key] for n, s in scores) / total, 3) for key in scores[0][1]}
    log.info("tuned, people not trained on: %s", means)


def main(argv: list[str] | None = None) -> None:
    """Train the lip network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--synth", type=Path, nargs="+", required=True, help="folders of synthetic utterances")
    parser.add_argument("--clips", type=Path, nargs="*", default=[], help="real clips, files or folders")
    parser.add_argument("--tracks", type=Path, help="folder of the clips' tracks")
    parser.add_argument("--out", type=Path, required=True, help="the .onnx file to write")
    parser.add_argument("--start", type=Path, help="weights to begin with: the .synthetic.pt of an earlier run")
    parser.add_argument("--steps", type=int, default=2500, help="steps on synthetic speech")
    parser.add_argument("--real-steps", type=int, default=400, help="steps on real clips")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--measure", action="store_true", help="also tune and judge on folds by person")
    options = parser.parse_args(argv)
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    torch.manual_seed(options.seed)
    torch.set_num_threads(1)
    synth = [file for folder in options.synth for file in sorted(folder.glob("*.npz"))]
    net = LipNet()
    state = options.out.with_suffix(".synthetic.pt")
    if state.exists():
        net.load_state_dict(torch.load(state, weights_only=True))
        log.info("goes on from %s", state.name)
    else:
        if options.start is not None:
            net.load_state_dict(torch.load(options.start, weights_only=True))
        pretrain(net, synth, options.steps, options.seed)
        with atomic_path(state) as part:
            torch.save(net.state_dict(), part)
    clips = align(net, read_clips(options.clips, options.tracks)) if options.tracks else []
    if clips and options.measure:
        _measure(net, synth, clips, options.real_steps, options.seed)
    if clips:
        fine_tune(net, synth, clips, options.real_steps, options.seed)
    export_onnx(net, options.out)
    log.info("%s, %d bytes", options.out.name, options.out.stat().st_size)


if __name__ == "__main__":
    main()
