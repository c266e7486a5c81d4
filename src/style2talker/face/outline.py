"""Pixels -> where the person is, by MediaPipe's selfie segmentation.

The network sees 256 x 256 pixels, so its outline is good to a few of those; finer edges are for those who need them.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from style2talker.assets.store import package_data
from style2talker.face.deferred import deferred
from style2talker.face.landmarks import DRAGGED_IN, as_image
from style2talker.face.quiet import quiet_stderr
from style2talker.records import FloatArray, ImageArray

__all__ = ["person_mask"]

_MODEL = "selfie_segmentation.tflite"
_SIDE = 256


def person_mask(pixels: ImageArray, model: Path | None = None) -> FloatArray:
    """How sure it is that each pixel shows a person.

    Args:
        pixels: (H, W, 3) RGB, best framed as a head with shoulders.
        model: the `.tflite` file; the one that comes with the package when None.

    Returns:
        (H, W) float32 in 0..1, sharp to about a 256th of the picture.

    Raises:
        OSError: the file cannot be read.
    """
    buffer = (model or package_data(_MODEL)).read_bytes()
    small = np.asarray(cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA))
    with quiet_stderr():
        with deferred(*DRAGGED_IN):
            from mediapipe.tasks.python import BaseOptions, vision

        options = vision.ImageSegmenterOptions(base_options=BaseOptions(model_asset_buffer=buffer))
        segmenter = vision.ImageSegmenter.create_from_options(options)
        try:
            mask = np.array(segmenter.segment(as_image(small)).confidence_masks[0].numpy_view())
        finally:
            segmenter.close()
    rows, columns = pixels.shape[:2]
    mask = cv2.resize(mask.reshape(_SIDE, _SIDE), (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(mask, 0.0, 1.0), dtype=np.float32)
