"""Code that stands on packages which not everybody has -> that code, or one line that says what to install."""

from __future__ import annotations

import importlib
from typing import Any

from style2talker.errors import UsageError

__all__ = ["of_training"]

_ROOM = "style2talker.train.published"
_PACKAGES = ("torch", "lightning_fabric", "tensorboardX", "lmdb", "onnx", "onnxscript")


def of_training(module: str, name: str, wanting: str) -> Any:
    """A name of a module of the training.

    Args:
        module: within `train.published`.
        name: in it.
        wanting: how a message begins, such as "training needs".

    Raises:
        UsageError: a package of the extra `train` is not installed.
    """
    try:
        return getattr(importlib.import_module(f"{_ROOM}.{module}"), name)
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _PACKAGES:
            raise
        raise UsageError(f"{wanting} {package}, which is not installed: pip install 'style2talker[train]'") from error
