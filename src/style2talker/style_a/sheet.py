"""A contact sheet: one portrait as it is and in every family, side by side under their names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np

from style2talker.records import FAMILIES, Art, ImageArray, Portrait
from style2talker.style_a.backdrop import lay_over
from style2talker.style_a.memory import stylise_once

__all__ = ["contact_sheet", "laid_out"]

Progress = Callable[[str, int, int], None]

_COLUMNS = 3
_GAP = 12
_CAPTION = 40
_PAPER = 255
_INK = (40, 40, 40)


def contact_sheet(portrait: Portrait, dials: Art, seed: int = 0, progress: Progress | None = None) -> ImageArray:
    """The portrait and all families of it on one sheet (H, W, 3).

    Args:
        portrait: a crop around the head; the tiles have its size.
        dials: degree, structure and palette that hold for every tile; its kind and picture do not matter.
        seed: of whatever is random in a style.
        progress: told of each family, as stage "style".
    """
    tiles = {"the portrait": lay_over(portrait).pixels}
    for done, name in enumerate(FAMILIES, start=1):
        art = replace(dials, kind="family", name=name, picture=None)
        tiles[name] = lay_over(stylise_once(portrait, art, seed)).pixels
        if progress is not None:
            progress("style", done, len(FAMILIES))
    return laid_out(tiles)


def laid_out(tiles: dict[str, ImageArray]) -> ImageArray:
    """Pictures of one size (h, w, 3) in rows of three on white, each with its name below; (H, W, 3)."""
    height, width = next(iter(tiles.values())).shape[:2]
    rows = -(-len(tiles) // _COLUMNS)
    step = (height + _CAPTION + _GAP, width + _GAP)
    columns = min(_COLUMNS, len(tiles))
    sheet = np.full((_GAP + rows * step[0], _GAP + columns * step[1], 3), _PAPER, np.uint8)
    for i, (name, tile) in enumerate(tiles.items()):
        top, left = _GAP + i // _COLUMNS * step[0], _GAP + i % _COLUMNS * step[1]
        sheet[top : top + height, left : left + width] = tile
        at = (left + 4, top + height + round(0.68 * _CAPTION))
        cv2.putText(sheet, name, at, cv2.FONT_HERSHEY_SIMPLEX, 0.75, _INK, 1, cv2.LINE_AA)
    return sheet
