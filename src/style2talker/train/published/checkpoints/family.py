"""What a family of public checkpoints is: how it is told, what it holds, and which key of it is which key of ours.

A family is data: its signature, its layout and its renamings. `loading` does the work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch
from torch import nn

from style2talker.train.published.checkpoints.layout import Shapes

__all__ = ["Family", "Part", "State"]

State = Mapping[str, torch.Tensor]
"""Key -> tensor."""


@dataclass(frozen=True, slots=True)
class Part:
    """Tensors that are loaded together or not at all.

    Attributes:
        name: for the report.
        network: the class of ours that they fill, wherever in the networks it stands.
        keys: a pattern of the public keys.
        renames: (pattern, replacement) pairs, applied to a public key in turn; the result is the key within `network`.
        within: keys of ours that the part answers for; those it does not fill stay as initialised, and are reported.
        needs: attributes of the module and what they have to be, where shapes alone do not tell two builds apart.
        change: the tensors of the part -> what they are for our inputs, same keys and shapes.
    """

    name: str
    network: type[nn.Module]
    keys: str
    renames: tuple[tuple[str, str], ...] = ()
    within: str = ".*"
    needs: tuple[tuple[str, object], ...] = ()
    change: Callable[[State], State] = lambda state: state

    def claims(self, key: str) -> bool:
        """Whether a public key belongs to the part."""
        return re.match(self.keys, key) is not None

    def ours(self, key: str) -> str:
        """The key within `network` of a public key."""
        for pattern, replacement in self.renames:
            key = re.sub(pattern, replacement, key)
        return key

    def answers(self, key: str) -> bool:
        """Whether a key of `network` is one that the part should fill."""
        return re.match(self.within, key) is not None


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of public network.

    Attributes:
        name: as people know it.
        source: the repository that defines it.
        containers: top-level entries of a file that hold it, the best first; "" is the file itself.
        roots: what its keys may stand under within an entry, "" for nothing.
        signature: keys, all of which tell it.
        layout: the published layout that fits a state dictionary of the family, with the sizes read from it.
        parts: what is loaded.
        unused: (pattern of public keys, why they are not loaded).
    """

    name: str
    source: str
    containers: tuple[str, ...]
    roots: tuple[str, ...]
    signature: tuple[str, ...]
    layout: Callable[[State], Shapes]
    parts: tuple[Part, ...]
    unused: tuple[tuple[str, str], ...] = ()

    def fits(self, state: State, root: str) -> bool:
        """Whether the keys under a root are of the family."""
        return all(root + key in state for key in self.signature)

    def reason(self, key: str) -> str | None:
        """Why a public key is not loaded, None where nothing speaks against it."""
        return next((why for pattern, why in self.unused if re.match(pattern, key)), None)
