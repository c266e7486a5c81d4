"""A graph file, checked against its port -> a function on arrays."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from style2talker.errors import AssetError
from style2talker.records import FloatArray
from style2talker.runtime.ports import Port, Shape

__all__ = ["Session", "runtime_providers"]

_FLOAT, _INTEGER = "tensor(float)", "tensor(int64)"
_SILENT = 4


def runtime_providers() -> list[str]:
    """Names of the execution providers that the installed ONNX Runtime offers."""
    import onnxruntime

    return list(onnxruntime.get_available_providers())


class Session:
    """An ONNX graph ready to run on the CPU, giving the same bytes every time."""

    def __init__(
        self,
        path: Path,
        port: Port | Callable[[Mapping[str, str]], Port],
        threads: int = 1,
        advice: str = "install style2talker again",
    ) -> None:
        """Load a graph.

        Args:
            path: the ONNX file.
            port: what it must take and give, or what tells so from the metadata of the file.
            threads: CPU threads within an operator.
            advice: what an error tells to do.

        Raises:
            AssetError: the file is missing or damaged, or has other inputs or outputs than the port.
        """
        if not path.is_file():
            raise AssetError(f"model file {path} is missing or damaged (no such file): {advice}")
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.use_deterministic_compute = True
        options.log_severity_level = _SILENT
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:
            # The runtime raises classes of its own that derive from nothing narrower.
            reason = " ".join(str(error).split())[:200]
            raise AssetError(f"model file {path} is missing or damaged ({reason}): {advice}") from error
        port = port if isinstance(port, Port) else port(self.metadata)
        self._port = port
        self._names: dict[str, str] = {}
        for what, nodes, wanted in (
            ("input", self._session.get_inputs(), port.inputs),
            ("output", self._session.get_outputs(), port.outputs),
        ):
            own = [node.name for node in nodes]
            by_place = port.by_place and len(own) == len(wanted)
            names = dict(zip(wanted, own, strict=True)) if by_place else {name: name for name in wanted}
            if port.more and what == "output":
                nodes = [node for node in nodes if node.name in names.values()] or nodes
            integers = {names[name] for name in port.integers if name in names}
            fault = _mismatch(what, nodes, {names[name]: shape for name, shape in wanted.items()}, integers)
            if fault:
                raise AssetError(f"model file {path} is no {port.name} graph, {fault}: {advice}")
            self._names |= names

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says of itself, by key."""
        return dict(self._session.get_modelmeta().custom_metadata_map)

    def run(self, **arrays: NDArray[np.generic]) -> dict[str, FloatArray]:
        """Run the graph.

        Args:
            arrays: one array per input of the port, of its shape; taken as float32, or int64 where the port says so.

        Returns:
            One float32 array per output of the port.

        Raises:
            ValueError: an input is missing, unknown or of another shape.
        """
        if set(arrays) != set(self._port.inputs):
            raise ValueError(f"{self._port.name} takes {sorted(self._port.inputs)}, got {sorted(arrays)}")
        for name, array in arrays.items():
            if not _fits(array.shape, self._port.inputs[name]):
                shape = _written(self._port.inputs[name])
                raise ValueError(f"{self._port.name} input {name} has shape {array.shape}, expected {shape}")
        feed = {
            self._names[name]: np.ascontiguousarray(array, np.int64 if name in self._port.integers else np.float32)
            for name, array in arrays.items()
        }
        names = [self._names[name] for name in self._port.outputs]
        return dict(zip(self._port.outputs, self._session.run(names, feed), strict=True))


def _mismatch(what: str, nodes: Sequence[Any], wanted: Mapping[str, Shape], integers: Collection[str] = ()) -> str:
    """How the inputs or outputs of a graph differ from its port, "" where they do not.

    A length that the graph leaves open serves any length of the port; a fixed one must be the port's own, but for an
    output of any length: graphs tell that of one picture and give more.
    """
    found = {node.name: node for node in nodes}
    if set(found) != set(wanted):
        return f"its {what}s are {sorted(found)} instead of {sorted(wanted)}"
    for name, node in found.items():
        shape = tuple(n if isinstance(n, int) else None for n in node.shape)
        serves = len(shape) == len(wanted[name]) and all(
            n is None or n == m or (m is None and what == "output") for n, m in zip(shape, wanted[name], strict=True)
        )
        if not serves:
            return f"its {what} {name} has shape {_written(shape)} instead of {_written(wanted[name])}"
        kind = _INTEGER if name in integers else _FLOAT
        if node.type != kind:
            return f"its {what} {name} is {node.type} instead of {kind}"
    return ""


def _fits(shape: tuple[int, ...], wanted: Shape) -> bool:
    return len(shape) == len(wanted) and all(n is None or n == m for n, m in zip(wanted, shape, strict=True))


def _written(shape: Shape) -> str:
    """A shape for people: (any, 80, 16)."""
    return f"({', '.join('any' if n is None else str(n) for n in shape)})"
