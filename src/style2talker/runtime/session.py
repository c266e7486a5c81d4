"""A graph file, checked against its port -> a function on arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from style2talker.errors import AssetError
from style2talker.records import FloatArray
from style2talker.runtime.ports import Port, Shape

__all__ = ["Session"]


class Session:
    """An ONNX graph ready to run on the CPU, giving the same bytes every time."""

    def __init__(self, path: Path, port: Port, threads: int = 1) -> None:
        """Load a graph.

        Args:
            path: the ONNX file.
            port: what it must take and give.
            threads: CPU threads within an operator.

        Raises:
            AssetError: the file is missing or damaged, or has other inputs or outputs.
        """
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            # The runtime raises classes of its own that derive from nothing narrower.
            raise AssetError(f"model file {path.name} is missing or damaged: install it again") from error
        self._port = port
        found = ({i.name for i in self._session.get_inputs()}, {o.name for o in self._session.get_outputs()})
        if found != (set(port.inputs), set(port.outputs)):
            raise AssetError(f"model file {path.name} is no {port.name} graph: it has inputs {sorted(found[0])}")

    def run(self, **arrays: FloatArray) -> dict[str, FloatArray]:
        """Run the graph.

        Args:
            arrays: one array per input of the port.

        Returns:
            One float32 array per output.

        Raises:
            ValueError: an input is missing, unknown or of another shape.
        """
        if set(arrays) != set(self._port.inputs):
            raise ValueError(f"{self._port.name} takes {sorted(self._port.inputs)}, got {sorted(arrays)}")
        feed = {}
        for name, array in arrays.items():
            _check(name, array, self._port.inputs[name])
            feed[name] = np.ascontiguousarray(array, dtype=np.float32)
        names = list(self._port.outputs)
        return dict(zip(names, self._session.run(names, feed), strict=True))


def _check(name: str, array: NDArray[np.generic], shape: Shape) -> None:
    fits = array.ndim == len(shape) and all(n is None or n == m for n, m in zip(shape, array.shape, strict=True))
    if not fits:
        raise ValueError(f"input {name} has shape {array.shape}, expected {shape}")
