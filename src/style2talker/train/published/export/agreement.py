"""Whether a written graph computes what the trained network computes: on noise, and on input like real input."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from style2talker.errors import OutputError
from style2talker.runtime.session import Session
from style2talker.train.published.export.graphs import Graph

__all__ = ["HALF_TOLERANCE", "TOLERANCE", "assert_agreement", "difference"]

TOLERANCE = 1e-3
"""Largest difference that a graph may show, relative to the largest value of the output."""
HALF_TOLERANCE = 5e-2
"""The same where weights are stored as float16, which is more exact than that unless a weight is out of its range."""

_LEAST = 1e-6


def difference(wanted: Mapping[str, np.ndarray], found: Mapping[str, np.ndarray]) -> float:
    """Largest difference of any output, relative to the largest value of that output; infinite for NaN."""
    worst = 0.0
    for name, values in wanted.items():
        scale = max(float(np.abs(values).max(initial=0.0)), _LEAST)
        apart = float(np.abs(values - found[name]).max(initial=0.0)) / scale
        worst = max(worst, apart if np.isfinite(apart) else np.inf)
    return worst


def assert_agreement(
    graph: Graph, path: Path, inputs: Sequence[Mapping[str, np.ndarray]], tolerance: float = TOLERANCE
) -> float:
    """Run the network and the file that was written of it.

    Args:
        graph: the network.
        path: the file.
        inputs: what both are run on.
        tolerance: largest relative difference.

    Returns:
        The largest relative difference that was found.

    Raises:
        OutputError: they differ by more.
        AssetError: the file cannot be run.
    """
    session = Session(path, graph.port, advice="export again")
    found = max(difference(graph.run(given), session.run(**given)) for given in inputs)
    if not found <= tolerance:
        raise OutputError(
            f"the exported {graph.port.name} differs from the network by {found:.2g} of its largest value, at most "
            f"{tolerance:g} is allowed: nothing was written"
        )
    return found
