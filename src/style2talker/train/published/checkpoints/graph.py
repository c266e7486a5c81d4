"""A public checkpoint of Deep3D's reconstruction network -> an ONNX file that `corpus track --deep3d` runs."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from style2talker.media.atomic import atomic_path
from style2talker.runtime.ports import RECONSTRUCTION
from style2talker.train.published.checkpoints.loading import initialise
from style2talker.train.published.checkpoints.report import Report
from style2talker.train.published.export.agreement import assert_agreement
from style2talker.train.published.export.graphs import Graph, traced
from style2talker.train.published.reconstruction import Reconstruction

__all__ = ["write_reconstruction"]

_TRIED = 2  # pictures of noise on which both are run


def write_reconstruction(checkpoint: Path, out: Path) -> Report:
    """Write the graph, once it agrees with the network.

    Args:
        checkpoint: Deep3D's `epoch_20.pth`, or SadTalker's safetensors file, which holds the same network.
        out: the ONNX file.

    Returns:
        What was loaded.

    Raises:
        AssetError: the checkpoint cannot be read or is another one.
        OutputError: the file cannot be written, or does not agree with the network.
    """
    network = Reconstruction().eval()
    (report,) = initialise({"deep3d": network}, [checkpoint])
    graph = Graph(network, RECONSTRUCTION)
    model = traced(graph)
    pictures = np.random.default_rng(0).random((_TRIED, 3, 224, 224), dtype=np.float32)
    with atomic_path(out) as part:
        part.write_bytes(model.SerializeToString(deterministic=True))
        assert_agreement(graph, part, [{"faces": pictures}])
    return report
