"""Style-E for the training engine: networks, stream, losses, held-out numbers.

What the released training gets wrong is done right here, each with its test: the sound is used, and the condition is
made by the function that inference calls; the mouth opening is computed without an argument too many; the validation
never looks at clips that were trained on.
"""

from __future__ import annotations

import dataclasses
import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import nn

from style2talker.corpus.manifest import read_manifest
from style2talker.emotion.encoder import TextEncoder
from style2talker.emotion.sentence import Encoder
from style2talker.style_e.windowed import cosine_schedule
from style2talker.train.feelings import Feelings, read_feelings
from style2talker.train.published.checkpoints import initialise, listed
from style2talker.train.published.style_e.audio import AudioEncoder, calibrated
from style2talker.train.published.style_e.clips import Corpus, space_of
from style2talker.train.published.style_e.data import Samples, units
from style2talker.train.published.style_e.denoiser import Denoiser
from style2talker.train.published.style_e.diffusion import noised
from style2talker.train.published.style_e.judging import Judge, curve_sheet
from style2talker.train.published.style_e.losses import mouth_model, velocity
from style2talker.train.published.style_e.settings import StyleESettings
from style2talker.train.published.style_e.texts import embedded
from style2talker.train.published.style_e.utterances import Utterances

__all__ = ["StyleETask"]

log = logging.getLogger(__name__)

_PHASE = "denoiser"
_CALIBRATION_SEED = 7_919
_FELT_SEED = 0
_SHOWN, _TRIES = 8, 3
_INPUTS = ("mel", "reference", "blink")


class StyleETask:
    """The published Style-E, to be trained on a packed corpus."""

    name = "style-e"
    phases = (_PHASE,)

    def __init__(self, settings: StyleESettings, data: Path, encoder: Encoder | None = None, seed: int = 0) -> None:
        """Read the corpus and make networks with random weights.

        Args:
            settings: sizes, options and weights of the losses.
            data: folder of the corpus.
            encoder: of sentences; the package's when None.
            seed: of the weights.

        Raises:
            InputError: the corpus or a file that the settings name cannot be used.
            UsageError: the encoder of sentences has another width than the settings say.
        """
        if settings.space == "corpus":
            settings = dataclasses.replace(settings, space=space_of(read_manifest(data).leaves()))
        if settings.speech_share and not (settings.speech_corpus and (data / settings.speech_corpus).is_dir()):
            log.info("there is no synthetic speech in %s: films alone are learned from", data)
            settings = dataclasses.replace(settings, speech_share=0.0)
        self.settings = settings
        self._corpus = Corpus(data, settings)
        self._utterances = _utterances(settings, data, encoder)
        said = list(self._utterances.feelings.texts) if self._utterances else []
        self._texts = embedded([*self._corpus.texts(), *said], settings, data, encoder)
        self._mouth = mouth_model(settings)
        self._schedule = cosine_schedule(settings.schedule_steps)
        self._judge: Judge | None = None
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.networks: Mapping[str, nn.Module] = {"audio": AudioEncoder(settings), "denoiser": Denoiser(settings)}
        self.networks["audio"].requires_grad_(settings.train_audio)
        self.averaged = self.trained(_PHASE) if settings.average else ()

    def trained(self, phase: str) -> tuple[str, ...]:
        """Names of the networks that learn."""
        return ("audio", "denoiser") if self.settings.train_audio else ("denoiser",)

    def optimiser(self, phase: str) -> torch.optim.Optimizer:
        """AdamW without decay of weights, as published."""
        weights = [weight for name in self.trained(phase) for weight in self.networks[name].parameters()]
        return torch.optim.AdamW(weights, lr=self.settings.rate, weight_decay=0.0)

    def stream(self, split: str, seed: int) -> Samples:
        """The samples of "train" or "validation"; see `Samples`."""
        return Samples(self._corpus, self.settings, split, seed, self._texts, self._utterances)

    def prepare(self, networks: Mapping[str, nn.Module]) -> None:
        """Fix units and the statistics of norms from training clips, load public checkpoints. Raises AssetError."""
        settings = self.settings
        stream = self.stream("train", _CALIBRATION_SEED)
        drawn = [stream.sample(number) for number in range(settings.calibration)]
        if settings.normalise:
            centre, spread = (torch.from_numpy(part) for part in units(drawn))
            for name in self.trained(_PHASE):
                networks[name].get_buffer("centre").copy_(centre)
                networks[name].get_buffer("spread").copy_(spread)
        audio = networks["audio"]
        if settings.train_audio and isinstance(audio, AudioEncoder):
            device = next(audio.parameters()).device
            heard = [sample for sample in drawn if np.ptp(sample["mel"]) > 0] or drawn
            calibrated(
                audio, [{name: torch.from_numpy(np.stack([s[name] for s in heard])).to(device) for name in _INPUTS}]
            )
        if not settings.train_audio and not settings.initial:
            log.warning("the audio encoder is frozen at random: set initial to SadTalker's file, or train_audio = true")
        # Last, because a checkpoint brings statistics of its own.
        for report in initialise(networks, listed(settings.initial)):
            log.info("%s", "\n".join(report.lines()))

    def loss(
        self, phase: str, networks: Mapping[str, nn.Module], batch: Mapping[str, torch.Tensor], step: int
    ) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        """Error of the predicted clean expression, of the mouth opening, and of the options that are on."""
        settings = self.settings
        own = self.networks["denoiser"]
        centre, spread = own.get_buffer("centre"), own.get_buffer("spread")
        clean = (batch["expression"] - centre) / spread
        sparse = networks["audio"](*(batch[name] for name in _INPUTS))
        noisy = noised(clean, batch["noise"], batch["steps"], self._schedule)
        text = batch["text"][:, None].expand(-1, clean.shape[1], -1)
        predicted = networks["denoiser"](noisy, batch["steps"], sparse, text, batch["given"])
        known = batch["known"][:, None]
        terms = {"coefficients": ((predicted - clean).square() * known).mean()}
        if settings.mouth_weight:
            terms["mouth"] = self._mouth_error(predicted, clean, batch).mean() * settings.mouth_weight
        if settings.velocity_weight:
            moving = (velocity(predicted) - velocity(clean)).square() * known
            terms["velocity"] = moving.mean() * settings.velocity_weight
        if settings.audio_weight:
            heard = batch["given"][:, :1]
            error = ((sparse - clean).square() * known).mean(-1)
            mouth = self._mouth_error(sparse, clean, batch).mean(-1) * settings.mouth_weight
            terms["audio"] = ((error + mouth) * heard).mean() * settings.audio_weight
        total = torch.stack(list(terms.values())).sum()
        return total, terms

    def _mouth_error(self, rows: torch.Tensor, clean: torch.Tensor, batch: Mapping[str, torch.Tensor]) -> torch.Tensor:
        """Absolute differences (B, L, 2) of the openings of the mouth, of rows (B, L, C) in units of the denoiser."""
        own = self.networks["denoiser"]
        centre, spread = own.get_buffer("centre"), own.get_buffer("spread")
        identity = batch["identity"][:, None] if "identity" in batch else None
        openings = [self._mouth.openings(part * spread + centre, identity) for part in (rows, clean)]
        return (openings[0] - openings[1]).abs()

    @property
    def judge(self) -> Judge:
        """Who judges held-out clips."""
        if self._judge is None:
            self._judge = Judge(self._corpus, self.settings, self._mouth, self._texts)
        return self._judge

    def validate(self, networks: Mapping[str, nn.Module]) -> dict[str, float]:
        """Numbers of held-out clips, the mean of three noises; see `Judge.numbers`."""
        each = [self.judge.numbers(self.judge.held(networks, seed)) for seed in range(_TRIES)]
        return {name: float(np.mean([numbers[name] for numbers in each])) for name in each[0]}

    def sheet(self, networks: Mapping[str, nn.Module]) -> np.ndarray | None:
        """Curves of the first held-out clips with sound; see `curve_sheet`."""
        return curve_sheet([each for each in self.judge.held(networks) if each.clip.windows is not None][:_SHOWN])

    def describe(self) -> dict[str, object]:
        """The settings, the space resolved."""
        return dataclasses.asdict(self.settings)


def _utterances(settings: StyleESettings, data: Path, encoder: Encoder | None) -> Utterances | None:
    if not settings.speech_share:
        return None
    feelings: Feelings = read_feelings(encoder or TextEncoder(), settings.feelings, _FELT_SEED)
    return Utterances(data / settings.speech_corpus, settings.utterances, feelings, settings.space)
