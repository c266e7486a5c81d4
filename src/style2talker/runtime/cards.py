"""What an exported network says of itself: its ports and the configuration that it was trained with.

A card is kept in the metadata of an ONNX file as short texts, so that any viewer of such files shows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from style2talker.runtime.ports import Port, Shape

__all__ = ["PARTS", "Card"]

PARTS = {"style-a": ("portrait", "frame"), "style-e": ("audio", "denoiser")}
"""Network -> its two graphs: what is computed once per clip, and what is run again and again."""

_PREFIX = "style2talker."


@dataclass(frozen=True, slots=True)
class Card:
    """The card of one graph of an exported network.

    Attributes:
        network: "style-a" or "style-e".
        part: which of its graphs, see `PARTS`.
        port: what the graph takes and gives.
        space: coefficients that it speaks of: "rig" (ARKit blendshapes) or "bfm" (Deep3D).
        settings: the resolved configuration of the network, plain values.
        styles: names of the art styles that it knows, in the order of its table.
        version: of this software.
        licence: what its maker says of its use.
        step: of the training, at which it was taken.
        weights: "float32" or "float16", how they are stored.
        agreement: largest difference of its outputs from those of the trained network, relative to their largest value.
        companion: name of the file with the other graph, in the same folder; "" in that file itself.
        companion_sha256: of that file.
    """

    network: str
    part: str
    port: Port
    space: str
    settings: Mapping[str, object] = field(default_factory=dict)
    styles: tuple[str, ...] = ()
    version: str = ""
    licence: str = ""
    step: int = 0
    weights: str = "float32"
    agreement: float = 0.0
    companion: str = ""
    companion_sha256: str = ""

    def metadata(self) -> dict[str, str]:
        """The card as the metadata of an ONNX file."""
        values = {each.name: getattr(self, each.name) for each in fields(self)}
        values["port"] = {"inputs": dict(self.port.inputs), "outputs": dict(self.port.outputs)}
        texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in values.items()}
        return {_PREFIX + name: text for name, text in texts.items()}

    @classmethod
    def from_metadata(cls, metadata: Mapping[str, str]) -> Card:
        """The card that the metadata of an ONNX file hold. Raises ValueError when they hold none."""
        found = {name: metadata[_PREFIX + name] for name in cls.__dataclass_fields__ if _PREFIX + name in metadata}
        if "network" not in found or "part" not in found:
            raise ValueError("it does not say which network it is")
        if found["part"] not in PARTS.get(found["network"], ()):
            raise ValueError(f"it is the unknown part {found['part']} of a network {found['network']}")
        try:
            port = json.loads(found["port"])
            return cls(
                network=found["network"],
                part=found["part"],
                port=Port(f"{found['network']} {found['part']}", _shapes(port["inputs"]), _shapes(port["outputs"])),
                space=found["space"],
                settings=dict(json.loads(found["settings"])),
                styles=tuple(str(name) for name in json.loads(found["styles"])),
                version=found["version"],
                licence=found["licence"],
                step=int(found["step"]),
                weights=found["weights"],
                agreement=float(found["agreement"]),
                companion=found["companion"],
                companion_sha256=found["companion_sha256"],
            )
        except KeyError as error:
            raise ValueError(f"what it says of itself lacks {error}") from error
        except (TypeError, AttributeError) as error:
            raise ValueError(f"what it says of itself is damaged: {error}") from error


def _shapes(named: Mapping[str, list[int | None]]) -> dict[str, Shape]:
    return {name: tuple(None if n is None else int(n) for n in shape) for name, shape in named.items()}
