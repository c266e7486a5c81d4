"""The label of a clip, stored by itself, and the published `text.json` that holds the sentences of all.

Every clip has a file of its own under a digest of what it was made from: a run that was cut short goes on where it
stopped, and a clip whose measurement or options changed is made again.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from style2talker.errors import InputError
from style2talker.media.atomic import atomic_path

__all__ = ["Label", "read_corrections", "read_label", "write_json", "write_label", "write_text"]


@dataclass(frozen=True, slots=True)
class Label:
    """Sentences of a clip and what they rest on.

    Attributes:
        key: `actor_emotion_level_n_clip`.
        clip: name of the clip.
        actor: who is seen.
        emotion: one of `LABELS`, None when unknown.
        level: 1, 2 or 3; None when unknown.
        intensities: action unit -> intensity.
        units: activated unit -> "low", "middle" or "high", the strongest first.
        rest: what the intensities were held against.
        source: who wrote the sentences: "grammar", "model" or "person".
        sentences: the labels, the best first.
        agreement: F1 of the units that each sentence names with the activated ones.
        made_from: digest of all that the label depends on.
    """

    key: str
    clip: str
    actor: str
    emotion: str | None
    level: int | None
    intensities: Mapping[str, float]
    units: Mapping[str, str]
    rest: str
    source: str
    sentences: tuple[str, ...]
    agreement: tuple[float, ...]
    made_from: str


def write_json(path: Path, content: object) -> None:
    """Write a JSON file unless it says the same already. Raises OutputError."""
    text = json.dumps(content, indent=1, ensure_ascii=False) + "\n"
    if path.is_file() and path.read_bytes() == text.encode():
        return
    with atomic_path(path) as part:
        part.write_bytes(text.encode())


def _place(folder: Path, key: str) -> Path:
    return folder / f"{key}.json"


def write_label(folder: Path, label: Label) -> None:
    """Write the file of a clip."""
    write_json(_place(folder, label.key), dataclasses.asdict(label))


def read_label(folder: Path, key: str, made_from: str) -> Label | None:
    """The label of a clip if there is one that was made from the same, else None."""
    path = _place(folder, key)
    if not path.is_file():
        return None
    try:
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        parts = {**content, "sentences": tuple(content["sentences"]), "agreement": tuple(content["agreement"])}
        label = Label(**parts)
    except (ValueError, KeyError, TypeError):
        # A file of another version is as good as none: it is written again.
        return None
    return label if label.made_from == made_from else None


def write_text(path: Path, labels: Iterable[Label]) -> None:
    """Write the published map: key -> its sentences, in the order of the keys."""
    write_json(path, {label.key: list(label.sentences) for label in sorted(labels, key=lambda label: label.key)})


def read_corrections(path: Path, keep: int) -> dict[str, tuple[str, ...]]:
    """Sentences that a person wrote or chose, as the page of labels exports them.

    Args:
        path: JSON of key -> sentences.
        keep: how many sentences a clip must have.

    Raises:
        InputError: the file cannot be read, or a clip has other than `keep` different sentences.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        pairs = [(str(key), [" ".join(str(text).split()) for text in texts]) for key, texts in content.items()]
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InputError(f"corrections {path} cannot be read ({error}): export them from the page of labels") from error
    for key, texts in pairs:
        if len({text for text in texts if text}) != keep:
            raise InputError(f"corrections {path}: {key} needs {keep} different sentences, found {len(set(texts))}")
    return {key: tuple(texts) for key, texts in pairs}
