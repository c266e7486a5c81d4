"""Each option of the published Style-E, trained alike and judged on the same held-out clips.

Run `python -m style2talker.train.published.style_e.ablation --data CORPUS --out FILE.json`. One option at a time is
changed from the preset; every run has the same steps, batch and seed. With `--options preset --set only=CLIP` one clip
is learned by heart, and judged on itself.
"""

from __future__ import annotations

import argparse
import copy
import dataclasses
import json
import logging
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import torch
from torch import nn

from style2talker.errors import UsageError
from style2talker.media.atomic import atomic_path
from style2talker.train.published.engine.stream import collate
from style2talker.train.published.style_e.settings import StyleESettings
from style2talker.train.published.style_e.task import StyleETask

__all__ = ["OPTIONS", "changed", "main", "taught"]

log = logging.getLogger(__name__)

OPTIONS: Mapping[str, Mapping[str, object]] = {
    "preset": {},
    "no mean and deviation": {"normalise": False},
    "sound with its recording": {"level_sound": False},
    "sound as it is beside the lips": {"in_step": False},
    "no other throats and hiss": {"disguise": 0.0},
    "no filter on the sound": {"colour": 0.0},
    "no loss of the audio encoder": {"audio_weight": 0.0},
    "no mouth opening": {"mouth_weight": 0.0},
    "mouth opening as light as published": {"mouth_weight": 1.0},
    "no velocity": {"velocity_weight": 0.0},
    "velocity": {"velocity_weight": 1.0},
    "no average of weights": {"average": False},
    "no drop of conditions": {"drop_speech": 0.0, "drop_text": 0.0, "speech_guidance": 1.0, "text_guidance": 1.0},
    "no guidance": {"speech_guidance": 1.0, "text_guidance": 1.0},
    "guidance of voice 1.5": {"speech_guidance": 1.5},
    "guidance of both 2.5": {"speech_guidance": 2.5, "text_guidance": 2.5},
    "windows side by side": {"overlap": 0},
    "overlapping windows": {"overlap": 16},
    "windows of 64": {"window": 64},
    "steps from the first on": {"spacing": "leading"},
    "steps to the last one": {"spacing": "trailing"},
    "deterministic sampler": {"sampler": "ddim"},
    "50 steps": {"steps": 50},
    "no synthetic speech": {"speech_share": 0.0},
    "no silent clips": {"silent": False},
}
"""What is changed from the preset in each run."""

_DECAY = 0.995


def changed(settings: StyleESettings, option: str) -> StyleESettings | None:
    """The settings with an option changed; None where the preset has it so already. Raises UsageError."""
    if option not in OPTIONS:
        raise UsageError(f"there is no option {option!r}: choose from {', '.join(OPTIONS)}")
    other = dataclasses.replace(settings, **OPTIONS[option])  # type: ignore[arg-type]
    return None if option != "preset" and other == settings else other


def taught(task: StyleETask, steps: int, batch: int, seed: int = 0) -> dict[str, nn.Module]:
    """Train the networks of a task in place, the plain way: one process, a rate that falls to 0 along a cosine.

    Args:
        task: what to train.
        steps: how many.
        batch: samples in each.
        seed: of the samples.

    Returns:
        The networks to judge: the moving average of those that have one, in evaluation mode.
    """
    stream, networks = task.stream("train", seed), task.networks
    task.prepare(networks)
    optimiser = task.optimiser("denoiser")
    falling = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, steps)
    averages = {name: copy.deepcopy(networks[name]) for name in task.averaged}
    shown = 0.0
    for step in range(steps):
        loss, _ = task.loss("denoiser", networks, collate(stream, step * batch, batch), step)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        falling.step()
        decay = min(_DECAY, (1 + step) / (10 + step))
        for name, average in averages.items():
            for mean, weight in zip(average.parameters(), networks[name].parameters(), strict=True):
                mean.data.lerp_(weight.data, 1 - decay)
        shown += float(loss.detach())
        if (step + 1) % 100 == 0:
            log.info("step %d of %d, loss %.4f", step + 1, steps, shown / 100)
            shown = 0.0
    return {name: averages.get(name, network).eval() for name, network in networks.items()}


def _runs(options: argparse.Namespace, settings: StyleESettings) -> dict[str, dict[str, float]]:
    """Option -> its numbers; runs that differ in sampling alone share one training."""
    told: dict[str, dict[str, float]] = {}
    sampling = ("speech_guidance", "text_guidance", "overlap", "steps", "sampler", "spacing")
    trained: dict[StyleESettings, dict[str, nn.Module]] = {}
    plain = StyleESettings()
    for option in options.options or OPTIONS:
        own = changed(settings, option)
        if own is None:
            continue
        task = StyleETask(own, options.data)
        key = dataclasses.replace(own, **{name: getattr(plain, name) for name in sampling})
        begun = time.monotonic()
        if key not in trained:
            trained[key] = taught(task, options.steps, options.batch, options.seed)
        told[option] = task.validate(trained[key]) | {"seconds": round(time.monotonic() - begun, 1)}
        log.info("%s: %s", option, json.dumps(told[option]))
    return told


def _arguments(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the packed corpus")
    parser.add_argument("--out", type=Path, required=True, help="JSON file for the numbers")
    parser.add_argument("--preset", choices=("tiny", "small", "paper"), default="tiny")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="settings beside the preset")
    parser.add_argument("--options", nargs="*", help="which of the options (default: all)")
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args(argv)


def _settings(options: argparse.Namespace) -> StyleESettings:
    preset: Callable[[], StyleESettings] = getattr(StyleESettings, options.preset)
    settings = preset()
    for pair in options.set:
        name, _, value = pair.partition("=")
        if name not in {field.name for field in dataclasses.fields(settings)} or not value:
            raise UsageError(f"--set {pair}: there is no such setting, or no value")
        kind = type(getattr(settings, name))
        settings = dataclasses.replace(settings, **{name: value == "true" if kind is bool else kind(value)})
    return settings


def main(argv: list[str] | None = None) -> None:
    """Train and judge what the command line asks for."""
    options = _arguments(argv)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    torch.set_num_threads(options.threads)
    numbers = _runs(options, _settings(options))
    with atomic_path(options.out) as part:
        part.write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
