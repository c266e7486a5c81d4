"""A picture -> the features that FID compares: pool3 of the Inception of 2015 (Heusel et al., NeurIPS 2017).

The distance itself is `coefficient_distance.frechet` over the frames of all clips: 2048 dimensions and few frames bias
it upwards by thousands, so the reference split in two stands beside it.
"""

from __future__ import annotations

import numpy as np

from style2talker.records import FloatArray, ImageArray
from style2talker.runtime.session import Session

__all__ = ["pool3"]


def pool3(network: Session, picture: ImageArray) -> FloatArray:
    """(2048,) features of a picture (H, W, 3) RGB; the graph brings it to 299 x 299 itself."""
    ready = np.moveaxis(picture.astype(np.float32) / 255, -1, 0)[None]
    return np.asarray(network.run(pictures=ready)["pool3"][0], np.float32)
