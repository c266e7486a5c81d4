"""SadTalker's audio-to-expression net (OpenTalker/SadTalker), Style2Talker's audio encoder."""

from __future__ import annotations

from style2talker.train.published.checkpoints.family import Family, Part, State
from style2talker.train.published.checkpoints.layout import Shapes, batch_norm, convolution, linear, nested
from style2talker.train.published.style_e.audio import AudioEncoder

__all__ = ["AUDIO", "audio_layout"]

_LAYERS = ((1, 32, 3), (32, 32, 3), (32, 32, 3), (32, 64, 3), (64, 64, 3), (64, 64, 3), (64, 128, 3), (128, 128, 3))
_LAST = ((128, 128, 3), (128, 256, 3), (256, 256, 3), (256, 512, 3), (512, 512, 1))


def audio_layout(expressions: int = 64) -> Shapes:
    """Keys of the convolutions and of the layer that joins sound, reference expression and blink."""
    shapes: Shapes = {}
    for number, (inside, outside, kernel) in enumerate(_LAYERS + _LAST):
        block = (convolution("0", inside, outside, kernel, kernel), batch_norm("1", outside))
        shapes |= nested(f"audio_encoder.{number}.conv_block", *block)
    return shapes | linear("mapping1", 512 + expressions + 1, expressions)


def _layout(state: State) -> Shapes:
    return audio_layout(state["mapping1.weight"].shape[0])


AUDIO = Family(
    name="SadTalker audio-to-expression net",
    source="OpenTalker/SadTalker",
    containers=("model", "state_dict", ""),
    roots=("", "audio2exp.", "netG."),
    signature=("audio_encoder.0.conv_block.0.weight", "audio_encoder.12.conv_block.1.running_mean", "mapping1.weight"),
    layout=_layout,
    parts=(
        Part(
            "audio encoder",
            AudioEncoder,
            r"",
            (
                (r"^audio_encoder\.(\d+)\.conv_block\.0\.", r"layers.\1.conv."),
                (r"^audio_encoder\.(\d+)\.conv_block\.1\.", r"layers.\1.norm."),
                (r"^mapping1\.", "out."),
            ),
            within=r"(?!centre|spread)",
        ),
    ),
    unused=((r"(kp_extractor|generator|audio2pose)\.", "SadTalker's renderer and pose net are no part of the method"),),
)
"""Mel windows, reference expression and blink -> 64 expression coefficients, in Deep3D's units."""
