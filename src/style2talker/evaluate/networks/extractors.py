"""A file of a trained network -> which weights it holds, as far as that can be known, and the graph ready to run.

A number of an untrained or unknown network looks like any other, so what is known of the weights goes into its name.
A file is recognised by its own SHA-256 where it is published as ONNX. A graph that somebody exported says of itself
which checkpoint it comes from: metadata `weights_sha256` with the SHA-256 of the checkpoint, or `untrained`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from style2talker.errors import AssetError
from style2talker.runtime.network import digest
from style2talker.runtime.ports import ARCFACE, INCEPTION, LPIPS, SYNCNET, Port
from style2talker.runtime.session import Session

__all__ = ["KINDS", "SOURCES", "Extractor", "examine", "session"]

KINDS: Mapping[str, Port] = {"csim": ARCFACE, "fid": INCEPTION, "lpips": LPIPS, "syncnet": SYNCNET}
"""Option that takes the file -> port of the graph in it."""

SOURCES: Mapping[str, str] = {
    "csim": "ArcFace, w600k_r50.onnx in buffalo_l.zip: https://github.com/deepinsight/insightface/releases/tag/v0.7",
    "fid": "Inception of 2015 as ported for FID: https://github.com/mseitzer/pytorch-fid/releases",
    "lpips": "AlexNet or VGG16 and its linear heads: https://github.com/richzhang/PerceptualSimilarity",
    "syncnet": "SyncNet v2: https://github.com/joonson/syncnet_python",
}
"""Option -> where its weights are."""

_FILES = {
    "4c06341c33c2ca1f86781dab0e829f88ad5b64be9fba56e56bc9ebdefc619e43": ("csim", "ArcFace iResNet-50, WebFace600K"),
    "4ab1d6435d639628a6f3e5008dd4f929edf4c4124b1a7169e1048f9fef534cdf": ("csim", "ArcFace iResNet-100, Glint360K"),
}
"""SHA-256 of files published as ONNX."""
_CHECKPOINTS = {
    "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2": ("fid", "Inception of 2015, port for FID"),
    "961e8696f888fce4f3f3a6c3d5b3267cf5b343100b238e79b2659bff2c605442": ("syncnet", "SyncNet v2"),
    "7be5be79": ("lpips", "AlexNet of torchvision"),
    "397923af": ("lpips", "VGG16 of torchvision"),
}
"""How the SHA-256 of published checkpoints begins."""
_YES = ("1", "true", "yes")


@dataclass(frozen=True, slots=True)
class Extractor:
    """A network that a metric stands on.

    Attributes:
        kind: one of `KINDS`.
        path: the file.
        sha256: of the file.
        weights: which weights it holds, in words.
        state: "recognised" (by its own SHA-256), "declared" (the file names a known checkpoint), "unrecognised", or
            "untrained" (the file says so).
    """

    kind: str
    path: Path
    sha256: str
    weights: str
    state: str

    @property
    def mark(self) -> str:
        """What is put behind the name of a metric, so that its number is taken for what it is; "" for known weights."""
        return "" if self.state in ("recognised", "declared") else f" ({self.state})"

    @property
    def told(self) -> str:
        """The weights in one line, for tables."""
        said = {"recognised": self.weights, "declared": f"{self.weights}, as the file says"}
        loud = {
            "untrained": "UNTRAINED WEIGHTS, no number of use",
            "unrecognised": f"UNRECOGNISED WEIGHTS, {self.weights}",
        }
        return f"{(said | loud)[self.state]}, sha256 {self.sha256[:12]}"


def _digest(path: Path) -> str:
    try:
        return digest(path)
    except OSError as error:
        raise AssetError(f"{path} cannot be read: {error.strerror}") from error


def _known(table: Mapping[str, tuple[str, str]], kind: str, sha256: str) -> str | None:
    """Name of the weights whose SHA-256 begins as an entry of a table, for this kind of network."""
    return next((name for start, (of, name) in table.items() if of == kind and sha256.lower().startswith(start)), None)


@lru_cache(maxsize=8)
def session(kind: str, path: Path) -> Session:
    """The graph of a file, loaded once in a process. Raises AssetError."""
    return Session(path, KINDS[kind], advice=f"export it as the documentation says, from {SOURCES[kind]}")


def examine(kind: str, path: Path) -> Extractor:
    """Load the network of a file and say which weights it holds.

    Args:
        kind: one of `KINDS`.
        path: an ONNX file.

    Raises:
        AssetError: the file is missing or damaged, or holds another kind of network.
    """
    said = session(kind, path).metadata
    own = _digest(path)
    published = _known(_FILES, kind, own)
    if published is not None:
        return Extractor(kind, path, own, published, "recognised")
    if said.get("untrained", "").lower() in _YES:
        return Extractor(kind, path, own, "untrained", "untrained")
    source = said.get("weights_sha256", "")
    declared = _known(_CHECKPOINTS, kind, source)
    if declared is not None:
        return Extractor(kind, path, own, declared, "declared")
    return Extractor(kind, path, own, f"checkpoint {source[:12]}" if source else "of unknown origin", "unrecognised")
