"""The inputs and outputs of every graph that this software runs; None stands for any length."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "ARCFACE",
    "CLIP_TEXT",
    "CLIP_VISION",
    "DENOISER",
    "EXTRACTORS",
    "INCEPTION",
    "LPIPS",
    "PORTS",
    "RECONSTRUCTION",
    "SPEECH_ENCODER",
    "SYNCNET",
    "Port",
    "Shape",
]

Shape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Port:
    """What a graph takes and gives.

    Attributes:
        name: the graph.
        inputs: name -> shape, all float32 but for those of `integers`.
        outputs: name -> shape, all float32.
        by_place: a graph may name its inputs and outputs otherwise; they are taken in the order of the port.
        integers: names of the inputs that are int64.
        more: a graph may have further outputs, which are not asked for.
    """

    name: str
    inputs: Mapping[str, Shape]
    outputs: Mapping[str, Shape]
    by_place: bool = False
    integers: frozenset[str] = frozenset()
    more: bool = False


SPEECH_ENCODER = Port("speech_encoder", {"mel": (None, 80, 16)}, {"features": (None, 192)})
"""Normalised mel windows of T frames -> features of what is articulated."""

DENOISER = Port(
    "denoiser",
    {
        "noisy": (None, None, 45),
        "level": (None,),
        "speech": (None, None, 195),
        "feeling": (None, None, 52),
        "sentence": (None, None, 384),
        "given": (None, 2),
    },
    {"clean": (None, None, 45)},
)
"""B stretches of L noisy rows with what is known of them -> clean rows, as `style_e.factors.joined` writes them.

`level` is 0 (clean) .. 1 (noise); `speech` holds features, loudness, speaking and stress; `given` is 1 where speech,
and where feeling and sentence, may be used.
"""

PORTS = (SPEECH_ENCODER, DENOISER)
"""Every graph; the file of each is NAME.onnx."""

RECONSTRUCTION = Port("deep3d", {"faces": (None, 3, 224, 224)}, {"coefficients": (None, 257)})
"""Aligned faces, RGB in 0..1 -> identity 80, expression 64, texture 80, angles 3, lighting 27, translation 3."""

ARCFACE = Port("arcface", {"pictures": (None, 3, 112, 112)}, {"embedding": (None, 512)}, by_place=True)
"""RGB in -1..1, a face laid onto the template of ArcFace -> embedding, not normalised (Deng et al. 2019)."""

INCEPTION = Port("inception", {"pictures": (None, 3, None, None)}, {"pool3": (None, 2048)}, by_place=True)
"""RGB in 0..1 of any size; the graph brings it to 299 x 299 and to -1..1 itself -> pool3 (Heusel et al. 2017)."""

_LAYERS = range(1, 6)
LPIPS = Port(
    "lpips",
    {"pictures": (None, 3, None, None)},
    {f"layer{k}": (None, None, None, None) for k in _LAYERS} | {f"weight{k}": (None,) for k in _LAYERS},
)
"""RGB in -1..1 of any size -> five maps of features, and the weight of each of their channels (Zhang et al. 2018)."""

SYNCNET = Port(
    "syncnet",
    {"pictures": (None, 3, 5, 224, 224), "sound": (None, 1, 13, 20)},
    {"lips": (None, 1024), "voice": (None, 1024)},
)
"""Five frames, BGR in 0..255, and 20 columns of 13 cepstral coefficients -> embeddings (Chung & Zisserman 2016).

There may be more pictures than sounds, and the other way round.
"""

CLIP_VISION = Port("CLIP vision", {"pixel_values": (None, 3, 224, 224)}, {"image_embeds": (None, None)}, more=True)
"""RGB, normalised as CLIP was trained -> embeddings, projected (Radford et al. 2021)."""

CLIP_TEXT = Port(
    "CLIP text",
    {"input_ids": (None, 77)},
    {"text_embeds": (None, None)},
    integers=frozenset({"input_ids"}),
    more=True,
)
"""Tokens with the end token and its repetitions up to 77 -> embeddings, projected."""

EXTRACTORS = (ARCFACE, INCEPTION, LPIPS, SYNCNET)
"""Networks that published metrics stand on; their files come from whoever evaluates."""
