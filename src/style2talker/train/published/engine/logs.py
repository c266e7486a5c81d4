"""What a training tells while it runs: tables as CSV, and the same curves and sheets for TensorBoard.

A training that goes on from a checkpoint cuts off what was logged after it, so that each step is told once.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from tensorboardX import SummaryWriter

from style2talker.media.atomic import atomic_path
from style2talker.train.published.engine.sheets import write_sheet

__all__ = ["CurveTable", "Logs"]


class CurveTable:
    """A CSV file with a row for each step that is told of; columns may join later."""

    def __init__(self, path: Path, step: int) -> None:
        """Open it, without the rows after a step.

        Args:
            path: the file; its folder is there.
            step: last one that is kept.
        """
        self.path = path
        self._rows: list[dict[str, str]] = []
        self._columns = ["step"]
        if path.is_file():
            with path.open(encoding="utf-8", newline="") as file:
                reader = csv.DictReader(file)
                self._columns = list(reader.fieldnames or self._columns)
                self._rows = [row for row in reader if _step_of(row) <= step]
            self._rewrite()

    def append(self, step: int, numbers: Mapping[str, float]) -> None:
        """Add a row; it is on the disk when this returns."""
        row = {"step": str(step), **{name: f"{value:.9g}" for name, value in numbers.items()}}
        self._rows.append(row)
        fresh = [name for name in row if name not in self._columns]
        self._columns += fresh
        if fresh or not self.path.is_file():
            self._rewrite()
            return
        with self.path.open("a", encoding="utf-8", newline="") as file:
            csv.DictWriter(file, self._columns, restval="").writerow(row)

    def _rewrite(self) -> None:
        with atomic_path(self.path) as part, part.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, self._columns, restval="", extrasaction="ignore")
            writer.writeheader()
            writer.writerows(self._rows)


def _step_of(row: Mapping[str, str | None]) -> float:
    """The step of a row; infinite where a kill has left half of one."""
    text = row.get("step") or ""
    return int(text) if text.isdecimal() and None not in row.values() else float("inf")


class Logs:
    """The logs of a training in its folder: losses.csv, validation.csv, sheets/ and tensorboard/."""

    def __init__(self, folder: Path, step: int) -> None:
        """Open them.

        Args:
            folder: of the training; it is there.
            step: that the training begins at; what was logged after it is cut off.
        """
        self._folder = folder
        self._losses = CurveTable(folder / "losses.csv", step)
        self._validation = CurveTable(folder / "validation.csv", step)
        self._board = SummaryWriter(str(folder / "tensorboard"), purge_step=step + 1, flush_secs=10)

    def losses(self, step: int, numbers: Mapping[str, float]) -> None:
        """Tell of the losses, the rate and the time of the steps up to this one."""
        self._losses.append(step, numbers)
        self._curves("", step, numbers)

    def validation(self, step: int, numbers: Mapping[str, float]) -> None:
        """Tell of what was measured on held-out data."""
        self._validation.append(step, numbers)
        self._curves("validation/", step, numbers)

    def sheet(self, step: int, picture: np.ndarray) -> None:
        """Keep a sample sheet, (H, W, 3) uint8 RGB."""
        write_sheet(self._folder / "sheets", step, picture)
        self._board.add_image("sheet", picture, step, dataformats="HWC")

    def _curves(self, prefix: str, step: int, numbers: Mapping[str, float]) -> None:
        for name, value in numbers.items():
            self._board.add_scalar(f"{prefix}{name}", value, step)

    def close(self) -> None:
        """Write what is still to be written."""
        self._board.close()
