"""Two tasks that train in a second: a line through noisy points, and a generator that learns where points lie."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import nn

from style2talker.train.published.engine.loop import Trained, train
from style2talker.train.published.engine.settings import TrainingSettings
from style2talker.train.published.engine.state import State
from style2talker.train.published.engine.task import Task

SLOPES = np.array([[2.0, -1.0, 0.5]], np.float32)
CENTRE = np.array([1.5, -0.5], np.float32)


@dataclass
class Points:
    """Samples of either task, each drawn from its seed and number."""

    seed: int
    at_sample: Callable[[int], None] = lambda number: None

    def sample(self, number: int) -> dict[str, np.ndarray]:
        self.at_sample(number)
        rng = np.random.default_rng([self.seed, number])
        x = rng.standard_normal(3, np.float32)
        y = (SLOPES @ x + 0.01 * rng.standard_normal(1)).astype(np.float32)
        spot = (CENTRE + 0.3 * rng.standard_normal(2)).astype(np.float32)
        return {"x": x, "y": y, "spot": spot, "noise": rng.standard_normal(4, np.float32)}


@dataclass
class Line:
    """y = W x; one phase. An unused network and an unused weight stand for what a phase leaves alone."""

    rate: float = 0.05
    at_step: Callable[[int], None] = lambda step: None
    at_sample: Callable[[int], None] = lambda number: None
    name: str = "style-e"
    phases: tuple[str, ...] = ("line",)
    averaged: tuple[str, ...] = ("slopes",)
    networks: dict[str, nn.Module] = field(default_factory=dict)

    def __post_init__(self) -> None:
        slopes = nn.Linear(3, 1)
        slopes.register_buffer("offset", torch.zeros(1))
        slopes.register_parameter("unused", nn.Parameter(torch.zeros(2)))
        self.networks = {"slopes": slopes, "fixed": nn.Linear(1, 1).requires_grad_(False)}

    def optimiser(self, phase: str) -> torch.optim.Optimizer:
        return torch.optim.AdamW(self.networks["slopes"].parameters(), lr=self.rate)

    def trained(self, phase: str) -> tuple[str, ...]:
        return ("slopes",)

    def stream(self, split: str, seed: int) -> Points:
        return Points(seed + (split == "validation"), self.at_sample)

    def loss(
        self, phase: str, networks: Mapping[str, nn.Module], batch: Mapping[str, torch.Tensor], step: int
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        self.at_step(step)
        found = networks["fixed"](networks["slopes"](batch["x"]))
        error = (found - networks["fixed"](batch["y"])).square().mean()
        return error, {"error": error.sqrt()}

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        weights = networks["slopes"].get_parameter("weight")
        return {"off": float((weights - torch.from_numpy(SLOPES)).abs().max())}

    def sheet(self, networks: Mapping[str, nn.Module]) -> np.ndarray | None:
        return np.full((2, 3, 3), 40, np.uint8)

    def describe(self) -> dict[str, object]:
        return {"rate": self.rate, "width": 3}

    def prepare(self, networks: Mapping[str, nn.Module]) -> None:
        networks["slopes"].get_buffer("offset").fill_(1.0)


class Spots(Line):
    """Two phases, as in an adversarial training with a gradient penalty, each with an optimiser of its own."""

    def __post_init__(self) -> None:
        self.name, self.phases, self.averaged = "style-a", ("discriminator", "generator"), ("generator",)
        self.networks = {
            "generator": nn.Sequential(nn.Linear(4, 16), nn.LeakyReLU(0.2), nn.Linear(16, 2)),
            "discriminator": nn.Sequential(nn.Linear(2, 16), nn.LeakyReLU(0.2), nn.Linear(16, 1)),
        }

    def optimiser(self, phase: str) -> torch.optim.Optimizer:
        return torch.optim.Adam(self.networks[phase].parameters(), lr=0.02, betas=(0.5, 0.99))

    def trained(self, phase: str) -> tuple[str, ...]:
        return (phase,)

    def loss(
        self, phase: str, networks: Mapping[str, nn.Module], batch: Mapping[str, torch.Tensor], step: int
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        self.at_step(step)
        made, judge = networks["generator"](batch["noise"]), networks["discriminator"]
        if phase == "generator":
            return nn.functional.softplus(-judge(made)).mean(), {"distance": (made - batch["spot"]).norm(dim=1).mean()}
        spot = batch["spot"].clone().requires_grad_()
        real, fake = judge(spot), judge(made.detach())
        (slope,) = torch.autograd.grad(real.sum(), spot, create_graph=True)
        penalty = 0.05 * slope.square().sum(1).mean()
        opinion = (nn.functional.softplus(-real) + nn.functional.softplus(fake)).mean()
        return opinion + penalty, {"penalty": penalty}

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        noise = torch.from_numpy(np.random.default_rng(0).standard_normal((256, 4), np.float32))
        return {"off": float((networks["generator"](noise).mean(0) - torch.from_numpy(CENTRE)).norm())}

    def sheet(self, networks: Mapping[str, nn.Module]) -> np.ndarray | None:
        return None

    def prepare(self, networks: Mapping[str, nn.Module]) -> None:
        pass


TOYS: dict[str, type[Line]] = {"line": Line, "spots": Spots}


def tensors(state: State) -> dict[str, torch.Tensor]:
    """Every tensor of a checkpoint by the way to it."""
    found: dict[str, torch.Tensor] = {}

    def look(tree: object, name: str) -> None:
        if isinstance(tree, torch.Tensor):
            found[name] = tree
        elif isinstance(tree, dict):
            for key, value in tree.items():
                look(value, f"{name}.{key}")

    look({"now": state.networks, "mean": state.averaged, "optimiser": state.optimisers}, "")
    return found


def run(toy: str, out: Path, at_step: Callable[[int], None] | None = None, **settings: object) -> Trained:
    """Train a toy in this process, by default for 20 steps of 8 samples on the CPU."""
    chosen = {"steps": 20, "batch": 8, "device": "cpu", "save_every": 10, "log_every": 5, **settings}

    def make() -> Task:
        return TOYS[toy]() if at_step is None else TOYS[toy](at_step=at_step)

    return train(make, TrainingSettings(**chosen), out)  # type: ignore[arg-type]


def _main() -> None:
    """Train a toy in a process of its own, which may send itself a signal within a step."""
    parser = argparse.ArgumentParser()
    parser.add_argument("toy")
    parser.add_argument("out", type=Path)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--accumulate", type=int, default=1)
    parser.add_argument("--kill", type=int, default=-1)
    parser.add_argument("--signal", default="SIGTERM")
    chosen = parser.parse_args()

    def at_step(step: int) -> None:
        if step == chosen.kill and os.environ.get("RANK", "0") == "0":
            os.kill(os.getpid(), getattr(signal, chosen.signal))

    settings = {"steps": chosen.steps, "batch": chosen.batch, "accumulate": chosen.accumulate}
    done = run(chosen.toy, chosen.out, at_step, **settings)
    if done.first:
        sys.stdout.write(f"{done.begun} {done.step} {done.stopped}\n")


if __name__ == "__main__":
    _main()
