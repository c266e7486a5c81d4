"""Settings of the published Style-E, and its three sizes.

`paper` is the published network and training as far as they are known; every option beyond them is off in it. `small`
and `tiny` train networks of the same build in an evening on one GPU and in minutes on one core, with the options that
the ablation found to help (`python -m style2talker.train.published.style_e.ablation`).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from style2talker.errors import UsageError
from style2talker.style_e.told import EXPRESSIONS
from style2talker.style_e.windowed import SAMPLERS, SPACINGS, SamplingPlan

__all__ = ["SPACES", "StyleESettings"]

SPACES = (*EXPRESSIONS, "corpus")


@dataclass(frozen=True, slots=True)
class StyleESettings:
    """Plain values only, so that they go into a checkpoint and an exported file.

    Attributes:
        space: coefficients of an expression: "rig" (52 blendshapes), "bfm" (64 of Deep3D), or "corpus" for what the
            corpus holds.
        text_width: length of a sentence embedding: 384 (the package's encoder) or 512 (CLIP).
        text_scale: by which embeddings are multiplied; those of CLIP have a length of about 10, the package's of 1.
        latent: width of the denoiser.
        blocks: of the denoiser.
        window: frames that the denoiser sees.
        schedule_steps: of the diffusion.
        steps: of the sampler.
        sampler: "ancestral" (published) or "ddim".
        spacing: of the steps: "leading" (published) or "trailing".
        overlap: frames that windows share, filled in from the one before; 0 (published) for none.
        speech_guidance: weight of the voice when sampling; 1 is the plain prediction.
        text_guidance: weight of the sentence when sampling.
        drop_speech: share of the samples in which the denoiser does not hear the voice.
        drop_text: share of the samples in which it does not see the sentence.
        normalise: diffuse coefficients of mean 0 and deviation 1.
        level_sound: take the colour and level of the recording out of the mel windows.
        audio_channels: of the first layers of the audio encoder; the last ones have sixteen times as many.
        train_audio: whether the audio encoder learns; the published one is frozen, with the weights of SadTalker
            that `initial` names.
        mouth_weight: of the mouth opening; where coefficients are normalised it takes about 40 to weigh as published.
        audio_weight: of the same two errors of what the audio encoder says by itself.
        velocity_weight: of the squared error of the differences between frames.
        body_model: file of the Basel Face Model (BFM_model_front.mat) for the mouth opening in the space "bfm"; empty
            for the linear map to the package's rig.
        rate: of learning, AdamW without decay.
        in_step: bring the sound of training clips into step with the lips, by up to three frames, and take clips whose
            lips do not follow the loudness at all for silent.
        colour: deviation of the random filter and level that the sound of a sample goes through, in mel units.
        disguise: deviation of the random length of the throat, as a part of it; above 0 half of the samples also get a
            hiss under the voice.
        speech_corpus: folder of synthetic utterances (`corpus.synth`), relative to the corpus; used where it is there.
        speech_share: share of the samples that come from it.
        utterances: of it that are used; 0 for all.
        feelings: sentences that its samples are drawn from.
        silent: whether clips without sound train the denoiser, which then does not hear a voice.
        only: name of the one clip to learn from and to judge by, to see that it can be learned by heart; empty for all.
        calibration: samples that the units of the coefficients and the statistics of the audio encoder's norms come
            from.
        average: keep a moving average of the weights.
        initial: public checkpoints to begin from, separated by commas, later ones winning; empty for none.

    Raises:
        UsageError: a value is out of range.
    """

    space: str = "corpus"
    text_width: int = 512
    text_scale: float = 1.0
    latent: int = 512
    blocks: int = 8
    window: int = 32
    schedule_steps: int = 1000
    steps: int = 5
    sampler: str = "ancestral"
    spacing: str = "leading"
    overlap: int = 0
    speech_guidance: float = 1.0
    text_guidance: float = 1.0
    drop_speech: float = 0.0
    drop_text: float = 0.0
    normalise: bool = False
    level_sound: bool = False
    audio_channels: int = 32
    train_audio: bool = False
    mouth_weight: float = 1.0
    audio_weight: float = 0.0
    velocity_weight: float = 0.0
    body_model: str = ""
    rate: float = 2e-4
    in_step: bool = False
    colour: float = 0.0
    disguise: float = 0.0
    speech_corpus: str = ""
    speech_share: float = 0.0
    utterances: int = 0
    feelings: int = 1000
    silent: bool = False
    only: str = ""
    calibration: int = 128
    average: bool = False
    initial: str = ""

    def __post_init__(self) -> None:
        if self.space not in SPACES:
            raise UsageError(f"space is {self.space!r}, expected {', '.join(SPACES)}")
        for name in ("drop_speech", "drop_text", "speech_share"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise UsageError(f"{name} is {getattr(self, name):g}, expected 0 to 1")
        for name in ("text_width", "latent", "blocks", "audio_channels", "calibration"):
            if getattr(self, name) < 1:
                raise UsageError(f"{name} is {getattr(self, name)}, expected at least 1")
        if self.sampler not in SAMPLERS:
            raise UsageError(f"sampler is {self.sampler!r}, expected {' or '.join(SAMPLERS)}")
        if self.spacing not in SPACINGS:
            raise UsageError(f"spacing is {self.spacing!r}, expected {' or '.join(SPACINGS)}")
        if self.plan.guides and not (self.drop_speech and self.drop_text):
            raise UsageError("guidance needs a denoiser that was trained with drop_speech and drop_text above 0")

    @property
    def expression(self) -> int:
        """C, the coefficients of an expression. Raises UsageError while the space is left to the corpus."""
        if self.space not in EXPRESSIONS:
            raise UsageError("the space of the coefficients is not known yet: set space to rig or bfm")
        return EXPRESSIONS[self.space]

    @property
    def plan(self) -> SamplingPlan:
        """How clips are sampled."""
        return SamplingPlan(
            window=self.window,
            overlap=self.overlap,
            schedule_steps=self.schedule_steps,
            steps=self.steps,
            sampler=self.sampler,
            spacing=self.spacing,
            speech_guidance=self.speech_guidance,
            text_guidance=self.text_guidance,
        )

    @classmethod
    def paper(cls) -> StyleESettings:
        """As published: 64 coefficients, CLIP, a denoiser of 5,113,664 weights, a frozen audio encoder."""
        return cls(space="bfm")

    @classmethod
    def small(cls) -> StyleESettings:
        """The whole denoiser on the rig, with what the ablation found to help; an evening on one GPU."""
        return dataclasses.replace(cls.tiny(), latent=512, blocks=8, audio_channels=32, rate=2e-4, utterances=0)

    @classmethod
    def tiny(cls) -> StyleESettings:
        """Minutes on one core: 600 steps of 16 samples."""
        return cls(
            space="rig",
            text_width=384,
            text_scale=8.0,
            latent=256,
            blocks=4,
            speech_guidance=2.5,
            drop_speech=0.1,
            drop_text=0.1,
            normalise=True,
            level_sound=True,
            audio_channels=8,
            train_audio=True,
            mouth_weight=80.0,
            audio_weight=1.0,
            velocity_weight=1.0,
            rate=1e-3,
            in_step=True,
            colour=0.5,
            disguise=0.15,
            speech_corpus="speech",
            speech_share=0.3,
            utterances=1500,
            feelings=200,
            silent=True,
            average=True,
        )
