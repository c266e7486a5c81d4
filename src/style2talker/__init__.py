"""Style²Talker: a talking head from a portrait, a voice, a sentence that says how the person feels, and an art style.

Public names load on first use, so `import style2talker` costs next to nothing and touches no device.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from style2talker.errors import Style2TalkerError
    from style2talker.records import Art, Emotion, Motion, Portrait, Speech
    from style2talker.talker import Clip, Talker

__version__ = "0.1.0"

_HOMES = {
    "Art": "style2talker.records",
    "Clip": "style2talker.talker",
    "Emotion": "style2talker.records",
    "Motion": "style2talker.records",
    "Portrait": "style2talker.records",
    "Speech": "style2talker.records",
    "Style2TalkerError": "style2talker.errors",
    "Talker": "style2talker.talker",
}

__all__ = ["Art", "Clip", "Emotion", "Motion", "Portrait", "Speech", "Style2TalkerError", "Talker", "__version__"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'style2talker' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
