"""CLIP of the user: how well sentences tell what frames show (Radford et al. 2021).

A folder holds `vision_model.onnx`, `text_model.onnx` and `tokenizer.json`, as exports of CLIP with its projections name
them. Pictures are brought to 224 x 224 as CLIP was trained: shorter side scaled (bicubic), the middle cut out.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from style2talker.corpus.clips import FPS
from style2talker.corpus.sources import hash_file
from style2talker.errors import AssetError, VideoError
from style2talker.media.video import read_frames
from style2talker.records import FloatArray, ImageArray
from style2talker.runtime.ports import CLIP_TEXT, CLIP_VISION
from style2talker.runtime.session import Session

__all__ = ["ClipModel", "frames_to_show"]

_SIDE, _LONGEST = 224, 77
_MEAN = np.array([0.48145466, 0.4578275, 0.40821073], np.float32)
_DEVIATION = np.array([0.26862954, 0.26130258, 0.27577711], np.float32)
_SHOWN = 8
_ADVICE = "name a folder with vision_model.onnx, text_model.onnx and tokenizer.json of CLIP"


def frames_to_show(video: Path) -> list[ImageArray]:
    """Eight frames (H, W, 3) uint8 RGB from all over a clip, all of a shorter one. Raises VideoError."""
    count = sum(1 for _ in read_frames(video, FPS))
    if not count:
        raise VideoError(f"{video.name} has no frame: cut it again")
    # Read twice, lest a long clip be held in memory.
    wanted = set(np.linspace(0, count - 1, _SHOWN).round().astype(int).tolist())
    return [pixels for number, pixels in enumerate(read_frames(video, FPS)) if number in wanted]


class ClipModel:
    """Both towers of CLIP and its tokenizer.

    Args:
        folder: of the three files.

    Raises:
        AssetError: a file is missing, damaged or something else.
    """

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        files = [folder / name for name in ("vision_model.onnx", "text_model.onnx", "tokenizer.json")]
        self._vision = Session(files[0], CLIP_VISION, advice=_ADVICE)
        self._text = Session(files[1], CLIP_TEXT, advice=_ADVICE)
        try:
            self._tokenizer = Tokenizer.from_str(files[2].read_text(encoding="utf-8"))
        except Exception as error:  # the tokenizer library raises bare Exception for a damaged file
            raise AssetError(f"{files[2]} is missing or damaged ({error}): {_ADVICE}") from error
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(_LONGEST)
        self.digest = ":".join(hash_file(file)[:16] for file in files)
        """Of the three files."""

    def similarities(self, sentences: Sequence[str], frames: Sequence[ImageArray]) -> FloatArray:
        """How well each sentence tells what is seen.

        Args:
            sentences: K texts; what is over 77 tokens is not read.
            frames: pictures (H, W, 3) uint8 RGB, at least one.

        Returns:
            (K,) cosine of sentence and picture, mean over the frames.
        """
        pictures = np.stack([_seen(pixels) for pixels in frames])
        shown = _unit(self._vision.run(pixel_values=pictures)["image_embeds"])
        ids = [encoding.ids for encoding in self._tokenizer.encode_batch(list(sentences))]
        # The text tower reads up to the first end token, so that further ones are padding.
        tokens = np.array([[*row, *[row[-1]] * (_LONGEST - len(row))] for row in ids], np.int64)
        told = _unit(self._text.run(input_ids=tokens)["text_embeds"])
        return np.asarray((told @ shown.T).mean(axis=1), np.float32)


def _seen(pixels: ImageArray) -> FloatArray:
    """(3, 224, 224) what the tower is given of a picture."""
    height, width = pixels.shape[:2]
    scale = _SIDE / min(height, width)
    size = (max(_SIDE, round(width * scale)), max(_SIDE, round(height * scale)))
    left, top = (size[0] - _SIDE) // 2, (size[1] - _SIDE) // 2
    scaled = Image.fromarray(pixels).resize(size, Image.Resampling.BICUBIC)
    values = np.asarray(scaled.crop((left, top, left + _SIDE, top + _SIDE)), np.float32) / 255
    return np.asarray(((values - _MEAN) / _DEVIATION).transpose(2, 0, 1), np.float32)


def _unit(rows: FloatArray) -> FloatArray:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9), np.float32)
