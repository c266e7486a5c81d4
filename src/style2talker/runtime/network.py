"""A network that `style2talker export` wrote -> its two graphs, ready to run.

FILE.onnx holds the graph that is run again and again; FILE.PART.onnx beside it holds what is computed once per clip.
The first names the second with its digest, so that no two files are run together that do not belong together.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from style2talker.errors import AssetError
from style2talker.runtime.cards import PARTS, Card
from style2talker.runtime.ports import Port
from style2talker.runtime.session import Session

__all__ = ["Network", "companion_path", "digest"]

_ADVICE = "make it with style2talker export"
_CHECKPOINTS = (".pt", ".pth", ".ckpt", ".tar", ".safetensors")
_TITLES = {"style-a": "Style-A", "style-e": "Style-E"}


def companion_path(path: Path, network: str) -> Path:
    """The file beside `path` that holds what a network computes once per clip: FILE.portrait.onnx, FILE.audio.onnx."""
    return path.with_name(f"{path.stem}.{PARTS[network][0]}{path.suffix}")


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class Network:
    """An exported network.

    Attributes:
        card: what its main file says of it.
        once: the graph that is run once per clip.
        again: the graph that is run for every batch.
        once_port: what the first takes and gives.
    """

    def __init__(self, path: Path, network: str) -> None:
        """Load both graphs.

        Args:
            path: the main file.
            network: "style-a" or "style-e", which it must be.

        Raises:
            AssetError: a file is missing, damaged, of another network, or does not belong to the other one.
        """
        if not path.is_file():
            reason = "is a folder" if path.is_dir() else "does not exist"
            raise AssetError(f"{_TITLES[network]} network {path} {reason}: {_ADVICE}")
        if path.suffix.lower() in _CHECKPOINTS:
            target = path.with_suffix(".onnx").name
            raise AssetError(f"{path} is a checkpoint of a training: run style2talker export {path} -o {target}")
        self.card, self.again = _opened(path, network, PARTS[network][1])
        beside = path.parent / self.card.companion
        if not beside.is_file():
            raise AssetError(f"{path} needs {beside.name} beside it, which does not exist: {_ADVICE} again")
        if digest(beside) != self.card.companion_sha256:
            raise AssetError(f"{beside} is not the one that belongs to {path.name}: {_ADVICE} again")
        card, self.once = _opened(beside, network, PARTS[network][0])
        self.once_port = card.port


def _opened(path: Path, network: str, part: str) -> tuple[Card, Session]:
    """The card and the graph of a file that must be a part of a network. Raises AssetError."""
    cards: list[Card] = []

    def port(metadata: Mapping[str, str]) -> Port:
        try:
            card = Card.from_metadata(metadata)
        except ValueError as error:
            raise AssetError(f"{path} is no exported {_TITLES[network]} network, {error}: {_ADVICE}") from error
        if card.network != network:
            found, wanted = _TITLES[card.network], _TITLES[network]
            raise AssetError(f"{path} is a {found} network, a {wanted} network is needed: name it by --{card.network}")
        if card.part != part:
            raise AssetError(f"{path} is the {card.part} part of a {_TITLES[network]} network: name the main file")
        cards.append(card)
        return card.port

    session = Session(path, port, advice=_ADVICE)
    return cards[0], session
