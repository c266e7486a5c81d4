"""The MLP denoiser of AGRoL (facebookresearch/AGRoL) and, with a text feature beside, of Style2Talker."""

from __future__ import annotations

from style2talker.train.published.checkpoints.family import Family, Part, State
from style2talker.train.published.checkpoints.layout import Shapes, convolution, linear, nested
from style2talker.train.published.style_e.denoiser import Denoiser

__all__ = ["DENOISER", "denoiser_layout"]

_STEPS = 5000


def denoiser_layout(
    features: int = 64, condition: int = 64, text: int = 512, frames: int = 32, blocks: int = 8, width: int = 512
) -> Shapes:
    """Keys of the denoiser.

    Args:
        features: in a frame of the motion.
        condition: width of the condition of a frame.
        text: width of the text feature, 0 for none (AGRoL).
        frames: of the window, which the time mixers fix.
        blocks: how many.
        width: of a block.
    """
    shapes = linear("input_process", features, width) | linear("sparse_process", condition, width)
    shapes |= linear("output_process", width, features) | {"embed_timestep.pe": (_STEPS, 1, width)}
    for number in range(blocks):
        layers = convolution("fc0", frames, frames, 1) | linear("emb_fc", width, width) | linear("fc1", width, width)
        for norm in ("norm0", "norm1"):
            layers |= {f"{norm}.weight": (width,), f"{norm}.bias": (width,)}
        if number == 0:
            layers |= linear("conct", 2 * width + text, width)
        shapes |= nested(f"mlp.motion_mlp.mlps.{number}", layers)
    return shapes


def _layout(state: State) -> Shapes:
    width, features = state["input_process.weight"].shape
    return denoiser_layout(
        features,
        state["sparse_process.weight"].shape[1],
        state["mlp.motion_mlp.mlps.0.conct.weight"].shape[1] - 2 * width,
        state["mlp.motion_mlp.mlps.0.fc0.weight"].shape[0],
        sum(1 for key in state if key.endswith(".fc0.weight")),
        width,
    )


DENOISER = Family(
    name="AGRoL or Style2Talker MLP denoiser",
    source="facebookresearch/AGRoL, tanshuai0219/style2talker",
    containers=("state_dict", "model", ""),
    roots=("",),
    signature=("input_process.weight", "sparse_process.weight", "mlp.motion_mlp.mlps.0.conct.weight"),
    layout=_layout,
    parts=(
        Part(
            "denoiser",
            Denoiser,
            r"(?!embed_timestep)",
            (
                (r"^input_process\.", "noisy."),
                (r"^sparse_process\.", "sparse."),
                (r"^output_process\.", "last."),
                (r"^mlp\.motion_mlp\.mlps\.0\.conct\.", "first."),
                (r"^mlp\.motion_mlp\.mlps\.(\d+)\.", r"blocks.\1."),
                (r"\.emb_fc\.", ".time."),
                (r"\.fc0\.", ".mix_frames."),
                (r"\.fc1\.", ".mix_channels."),
                (r"\.norm0\.", ".norm_frames."),
                (r"\.norm1\.", ".norm_channels."),
            ),
            within=r"(?!centre|spread)",
        ),
    ),
    unused=((r"embed_timestep\.", "the table of time steps is computed"),),
)
"""Noisy expression, condition and text -> clean expression. AGRoL's own files differ in window, condition and text."""
