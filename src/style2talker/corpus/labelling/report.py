"""Labels of a corpus -> a report of coverage and agreement, and pages on which a person reads and corrects them."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from style2talker.corpus.labelling.labels import Label, write_json
from style2talker.corpus.labelling.levels import LEVEL_NAMES
from style2talker.corpus.labelling.phrases import UNIT_NAMES, named_units
from style2talker.corpus.labelling.ranking import agreement
from style2talker.media.atomic import atomic_path

__all__ = ["summarise", "write_pages", "write_report"]

_UNKNOWN = "unknown"
_ON_A_PAGE = 250
_EXAMPLES = 8


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 4) if values else None


def _counts(values: Sequence[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))


def _of_clip(label: Label) -> float:
    """F1 of the units that the sentences of a clip name together."""
    named = {unit for sentence in label.sentences for unit in named_units(sentence)}
    return agreement(named, label.units)


def summarise(labels: Sequence[Label], left_out: Mapping[str, str]) -> dict[str, Any]:
    """What a corpus of labels is like.

    Args:
        labels: of the clips, in any order.
        left_out: clip -> reason.

    Returns:
        Counts of clips, emotions, units and levels, where the sentences come from, and the agreement (F1) of named with
        activated units: over all sentences, the least of them, and over clips with their sentences taken together.
    """
    every = [value for label in labels for value in label.agreement]
    emotions = [(label.emotion or _UNKNOWN) + (f" level {label.level}" if label.level else "") for label in labels]
    seen: dict[str, Counter[str]] = {}
    for label in labels:
        for unit, level in label.units.items():
            seen.setdefault(unit, Counter())[level] += 1
    first = {(label.emotion, label.level): label for label in reversed(labels)}
    return {
        "clips": len(labels) + len(left_out),
        "labelled": len(labels),
        "sentences": sum(len(label.sentences) for label in labels),
        "different_sentences": len({sentence for label in labels for sentence in label.sentences}),
        "people": len({label.actor for label in labels}),
        "emotions": _counts(emotions),
        "sources": _counts([label.source for label in labels]),
        "held_against": _counts([label.rest for label in labels]),
        "without_units": sum(not label.units for label in labels),
        "units": {
            unit: {level: seen[unit][level] for level in LEVEL_NAMES if seen[unit][level]}
            for unit in sorted(seen, key=lambda unit: (-sum(seen[unit].values()), unit))
        },
        "agreement": {
            "sentences": _mean(every),
            "least": min(every, default=None),
            "clips": _mean([_of_clip(label) for label in labels]),
        },
        "examples": {
            label.key: list(label.sentences) for label in sorted(first.values(), key=lambda x: x.key)[:_EXAMPLES]
        },
        "left_out": dict(sorted(left_out.items())),
    }


def write_report(path: Path, summary: Mapping[str, Any]) -> None:
    """Write the summary as JSON, unless the file says the same already."""
    write_json(path, summary)


def _lines(summary: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The summary for people: (what, value)."""

    def listed(counts: Mapping[str, int]) -> str:
        return ", ".join(f"{name}: {count}" for name, count in counts.items()) or "none"

    agreed = {name: "-" if value is None else f"{value:.2f}" for name, value in summary["agreement"].items()}
    units = {f"{unit} {UNIT_NAMES[unit]}": sum(levels.values()) for unit, levels in summary["units"].items()}
    return [
        ("Clips", f"{summary['labelled']} of {summary['clips']} labelled, {summary['people']} people"),
        ("Emotions", listed(summary["emotions"])),
        ("Action units", listed(units)),
        ("Agreement (F1)", f"sentences {agreed['sentences']}, least {agreed['least']}, clips {agreed['clips']}"),
        ("Sentences by", listed(summary["sources"])),
        ("Held against", listed(summary["held_against"])),
        *((f"Left out: {clip}", reason) for clip, reason in summary["left_out"].items()),
    ]


def _row(label: Label) -> dict[str, Any]:
    return {
        "key": label.key,
        "emotion": label.emotion or _UNKNOWN,
        "level": label.level,
        "source": label.source,
        "rest": label.rest,
        "units": [[unit, UNIT_NAMES[unit], level, label.intensities[unit]] for unit, level in label.units.items()],
        "sentences": list(label.sentences),
        "agreement": list(label.agreement),
    }


def write_pages(folder: Path, labels: Sequence[Label], summary: Mapping[str, Any]) -> list[Path]:
    """Write self-contained HTML pages: labels.html, and labels-2.html, … for every further 250 clips.

    Args:
        folder: where they go.
        labels: in the order in which they are shown.
        summary: what `summarise` gave, shown on every page.

    Returns:
        The pages.
    """
    template = resources.files("style2talker.corpus.labelling").joinpath("page.html").read_text("utf-8")
    count = max(1, -(-len(labels) // _ON_A_PAGE))
    names = ["labels.html", *(f"labels-{number}.html" for number in range(2, count + 1))]
    for number, name in enumerate(names):
        shown = labels[number * _ON_A_PAGE : (number + 1) * _ON_A_PAGE]
        data = {"page": name, "pages": names, "summary": _lines(summary), "clips": [_row(label) for label in shown]}
        # Nothing in a sentence may end the script element that holds it.
        text = template.replace("{{data}}", json.dumps(data, ensure_ascii=False).replace("<", "\\u003c"))
        if not (folder / name).is_file() or (folder / name).read_bytes() != text.encode():
            with atomic_path(folder / name) as part:
                part.write_bytes(text.encode())
    return [folder / name for name in names]
