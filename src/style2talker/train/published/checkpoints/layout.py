"""How public checkpoints are laid out: the keys and shapes of the parts that their state dictionaries are built of.

A layout is a dictionary key -> shape. Read from the public source code of each project; the families of checkpoints
put them together, and tests make whole files of them.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = [
    "Shapes",
    "batch_norm",
    "convolution",
    "equal_convolution",
    "linear",
    "modulated",
    "nested",
    "residual_down",
]

Shapes = dict[str, tuple[int, ...]]
"""Key of a state dictionary -> shape of its tensor."""

BLUR = (4, 4)
"""Of the fixed low-pass filter (1, 3, 3, 1) that StyleGAN2 keeps as a buffer wherever it changes resolution."""


def nested(prefix: str, *shapes: Mapping[str, tuple[int, ...]]) -> Shapes:
    """Layouts under the name of the module that holds them: `prefix.key` -> shape."""
    return {f"{prefix}.{key}": shape for part in shapes for key, shape in part.items()}


def convolution(key: str, inside: int, outside: int, *kernel: int, bias: bool = True) -> Shapes:
    """A plain convolution with a weight (outside, inside, *kernel)."""
    shapes: Shapes = {f"{key}.weight": (outside, inside, *kernel)}
    return shapes | ({f"{key}.bias": (outside,)} if bias else {})


def linear(key: str, inside: int, outside: int) -> Shapes:
    """A linear layer, plain or with equalised learning rate: both keep weight (outside, inside) and bias."""
    return convolution(key, inside, outside)


def batch_norm(key: str, channels: int) -> Shapes:
    """A batch normalisation with its running statistics."""
    kept = ("weight", "bias", "running_mean", "running_var")
    shapes: Shapes = {f"{key}.{name}": (channels,) for name in kept}
    return shapes | {f"{key}.num_batches_tracked": ()}


def modulated(key: str, inside: int, outside: int, kernel: int, dimension: int = 512, up: bool = False) -> Shapes:
    """StyleGAN2's modulated convolution: weight (1, outside, inside, kernel, kernel) and the layer of its style."""
    shapes: Shapes = {f"{key}.weight": (1, outside, inside, kernel, kernel)}
    shapes |= linear(f"{key}.modulation", dimension, inside)
    return shapes | ({f"{key}.blur.kernel": BLUR} if up else {})


def equal_convolution(key: str, inside: int, outside: int, kernel: int, down: bool = False) -> Shapes:
    """StyleGAN2's convolution with its activation: a sequence (blur), weight without bias, bias of the activation."""
    first = 1 if down else 0
    shapes: Shapes = {f"{key}.0.kernel": BLUR} if down else {}
    shapes |= convolution(f"{key}.{first}", inside, outside, kernel, kernel, bias=False)
    return shapes | {f"{key}.{first + 1}.bias": (outside,)}


def residual_down(key: str, inside: int, outside: int) -> Shapes:
    """StyleGAN2's residual block that halves the resolution."""
    return {
        **equal_convolution(f"{key}.conv1", inside, inside, 3),
        **equal_convolution(f"{key}.conv2", inside, outside, 3, down=True),
        f"{key}.skip.0.kernel": BLUR,
        f"{key}.skip.1.weight": (outside, inside, 1, 1),
    }
