"""Sample sheets: pictures of what a network makes of held-out data, one file for each step that draws one."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from style2talker.media.picture import write_picture

__all__ = ["write_sheet"]


def write_sheet(folder: Path, step: int, picture: np.ndarray) -> Path:
    """Write a sample sheet as PNG, whole or not at all.

    Args:
        folder: made where it is not there.
        step: steps done, in the name of the file.
        picture: (H, W, 3) uint8 RGB.

    Raises:
        OutputError: it cannot be written there.
    """
    assert picture.dtype == np.uint8 and picture.ndim == 3 and picture.shape[2] == 3, picture.shape
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"step-{step:07d}.png"
    write_picture(path, picture)
    return path
