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
_MARGIN = 0.25
"""Room left above and beside the picture in the widest view, over its side."""


def _views(pixels: ImageArray) -> tuple[ImageArray, ...]:
    """The picture as the network sees it: as it is, mirrored, and smaller within a margin."""
    small = np.asarray(cv2.resize(pixels, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA))
    margin = round(_MARGIN * _SIDE)
    wide = cv2.copyMakeBorder(small, margin, 0, margin // 2, margin - margin // 2, cv2.BORDER_REPLICATE)
    return small, np.ascontiguousarray(small[:, ::-1]), np.asarray(wide)


def person_mask(pixels: ImageArray, model: Path | None = None) -> FloatArray:
    """How sure it is that each pixel shows a person.

    Args:
        pixels: (H, W, 3) RGB, best framed as a head with shoulders. Three views of it are averaged: where they
            disagree, as they do on painted walls, the mask is in doubt instead of wrong.
        model: the `.tflite` file; the one that comes with the package when None.

    Returns:
        (H, W) float32 in 0..1, sharp to about a 256th of the picture.

    Raises:
        OSError: the file cannot be read.
    """
    buffer = (model or package_data(_MODEL)).read_bytes()
    with quiet_stderr():
        with deferred(*DRAGGED_IN):
            from mediapipe.tasks.python import BaseOptions, vision

        options = vision.ImageSegmenterOptions(base_options=BaseOptions(model_asset_buffer=buffer))
        segmenter = vision.ImageSegmenter.create_from_options(options)
        try:
            seen = [
                np.array(segmenter.segment(as_image(view)).confidence_masks[0].numpy_view()).reshape(view.shape[:2])
                for view in _views(pixels)
            ]
        finally:
            segmenter.close()
    rows, columns = pixels.shape[:2]
    margin = round(_MARGIN * _SIDE)
    mask = (seen[0] + seen[1][:, ::-1] + seen[2][margin:, margin // 2 : margin // 2 + _SIDE]) / 3
    mask = cv2.resize(mask, (columns, rows), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(mask, 0.0, 1.0), dtype=np.float32)
