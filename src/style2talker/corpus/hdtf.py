"""The annotation files of HDTF -> which parts of its films are clips, and where the face is.

For each of the sets RD, WDA and WRA: `SET_annotion_time.txt` (`name.mp4 mm:ss-mm:ss …`), `SET_crop_wh.txt`
(`name_k.mp4 x width y height`) and `SET_resolution.txt` (`name.mp4 height`: of the picture that the crop is for).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from style2talker.errors import InputError

__all__ = ["read_annotations"]

_SETS = ("RD", "WDA", "WRA")


def _table(path: Path) -> dict[str, list[str]]:
    """First word without suffix -> other words, of each line."""
    if not path.is_file():
        return {}
    lines = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return {words[0].removesuffix(".mp4"): words[1:] for words in lines if words}


def _seconds(text: str, path: Path) -> float:
    if not re.fullmatch(r"(\d+:)?\d+:\d+", text):
        raise InputError(f"{path} says {text!r}: expected a time such as 01:30")
    total = 0
    for part in text.split(":"):
        total = total * 60 + int(part)
    return float(total)


def read_annotations(folder: Path) -> dict[str, list[tuple[str, Mapping[str, Any]]]]:
    """Name of a film -> (name of a clip, hint: start and end in seconds, box, height of its picture) of each clip.

    Args:
        folder: that holds the annotation files; an empty result where it holds none.

    Raises:
        InputError: a file says something else than it should.
    """
    found: dict[str, list[tuple[str, Mapping[str, Any]]]] = {}
    for name in _SETS:
        path = folder / f"{name}_annotion_time.txt"
        boxes, heights = _table(folder / f"{name}_crop_wh.txt"), _table(folder / f"{name}_resolution.txt")
        for film, spans in _table(path).items():
            clips: list[tuple[str, Mapping[str, Any]]] = []
            for number, span in enumerate(spans):
                start, _, end = span.partition("-")
                hint: dict[str, Any] = {"start": _seconds(start, path), "end": _seconds(end, path)}
                box = boxes.get(f"{film}_{number}")
                if box is not None and len(box) == 4 and all(word.isdigit() for word in box) and film in heights:
                    x, wide, y, high = (int(word) for word in box)
                    hint |= {"box": [x, y, x + wide, y + high], "height": int(heights[film][0])}
                clips.append((f"{name}_{film}_{number:03d}", hint))
            found[film] = found[f"{name}_{film}"] = clips
    return found
