"""What can be chosen about labelling."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from style2talker.errors import UsageError

__all__ = ["AnnotateOptions"]


@dataclass(frozen=True, slots=True)
class AnnotateOptions:
    """Options of `corpus annotate`.

    Attributes:
        threshold: least intensity of an activated action unit, 0..1; intensities of OpenFace are divided by 5.
        candidates: sentences drawn for a clip, of which the best are kept.
        keep: labels of a clip; the published files hold 5.
        seed: another one, other sentences.
        clip: folder of CLIP's ONNX files, which then ranks the candidates by frames; "" ranks by action units.
        model: of a language model; "" draws the sentences by grammar, offline.
        base_url: of the endpoint where that model answers.
        temperature: how freely the model writes.
        batch: clips in a request.
        parallel: requests at a time.
    """

    threshold: float = 0.1
    candidates: int = 30
    keep: int = 5
    seed: int = 0
    clip: str = ""
    model: str = ""
    base_url: str = "https://api.openai.com/v1"
    temperature: float = 1.0
    batch: int = 10
    parallel: int = 4

    def __post_init__(self) -> None:
        for field in dataclasses.fields(self):
            value, kind = getattr(self, field.name), type(field.default)
            if isinstance(value, bool) or not isinstance(value, (int, float) if kind is float else kind):
                raise _wrong(field.name, value, f"expected {'a text' if kind is str else 'a number'}")
        _within(self, threshold=(0.001, 0.999), candidates=(1, 200), keep=(1, 20), seed=(0, 2**32 - 1))
        _within(self, temperature=(0, 2), batch=(1, 100), parallel=(1, 64))
        if self.candidates < self.keep:
            raise _wrong("candidates", self.candidates, f"it must be {self.keep} (--keep) or more")


def _wrong(name: str, value: object, wanted: str) -> UsageError:
    return UsageError(f"--{name.replace('_', '-')} is {value!r}, {wanted}")


def _within(options: AnnotateOptions, **ranges: tuple[float, float]) -> None:
    for name, (low, high) in ranges.items():
        value: Any = getattr(options, name)
        if not low <= value <= high:
            raise _wrong(name, value, f"allowed is {low:g} to {high:g}")
