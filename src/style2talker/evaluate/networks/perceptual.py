"""Two pictures -> how different they look, by the features of a network for recognising things.

Zhang et al., "The unreasonable effectiveness of deep features as a perceptual metric" (CVPR 2018): the features of five
layers are brought to unit length at each place, their squared differences weighted by channel, averaged over space and
summed over layers.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from style2talker.records import FloatArray, ImageArray
from style2talker.runtime.session import Session

__all__ = ["LAYERS", "backbone_of", "lpips", "lpips_features"]

LAYERS = 5
_EPSILON = 1e-10
_CHANNELS = {(64, 192, 384, 256, 256): "alex", (64, 128, 256, 512, 512): "vgg"}


def lpips_features(network: Session, picture: ImageArray) -> dict[str, FloatArray]:
    """Layers and weights for a picture (H, W, 3) RGB, as the port says."""
    ready = np.moveaxis(picture.astype(np.float32) / 127.5 - 1, -1, 0)[None]
    return network.run(pictures=ready)


def backbone_of(features: Mapping[str, NDArray[np.floating]]) -> str:
    """Which network: "alex" or "vgg" by how many channels its layers have, "other" for anything else."""
    found = tuple(features[f"layer{k}"].shape[1] for k in range(1, LAYERS + 1))
    return _CHANNELS.get(found, "other")


def lpips(one: Mapping[str, NDArray[np.floating]], other: Mapping[str, NDArray[np.floating]]) -> float:
    """Distance of two pictures of one size by their features; 0 for the same picture."""
    total = 0.0
    for k in range(1, LAYERS + 1):
        a, b = (_unit(each[f"layer{k}"][0].astype(np.float64)) for each in (one, other))
        weights = one[f"weight{k}"].astype(np.float64)
        total += float((np.square(a - b) * weights[:, None, None]).sum(axis=0).mean())
    return total


def _unit(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Features (C, H, W) of unit length over channels."""
    return np.asarray(features / (np.sqrt(np.square(features).sum(axis=0, keepdims=True)) + _EPSILON))
