"""Which candidate sentences say best what was measured: agreement of the named action units, and difference.

A candidate is judged by F1, the harmonic mean of precision (named units that are activated) and recall (activated units
that are named), or by a model that looks at frames. The best are taken one after the other, each held against those
taken before (maximal marginal relevance, Carbonell & Goldstein, SIGIR 1998), so that five labels are not one label five
times.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from style2talker.corpus.labelling.phrases import named_units

__all__ = ["agreement", "best", "likeness"]

_SAMENESS = 0.25
"""What a candidate loses that is word for word one of those taken."""
_LONG = 32
_TOO_LONG = 0.01
"""Words that read easily, and what each further word costs."""


def agreement(named: Collection[str], measured: Collection[str]) -> float:
    """F1 of named against measured units, 1 when there are none of either."""
    if not named and not measured:
        return 1.0
    return 2 * len(set(named) & set(measured)) / (len(set(named)) + len(set(measured)))


def likeness(first: str, second: str) -> float:
    """Share of the words of two sentences that both have (Jaccard), 0..1."""
    one, other = (set(re.findall(r"[a-z'-]+", text.lower())) for text in (first, second))
    return len(one & other) / max(len(one | other), 1)


def best(
    candidates: Sequence[str], measured: Collection[str], count: int = 5, seen: Sequence[float] | None = None
) -> list[str]:
    """The sentences to keep.

    Args:
        candidates: sentences, in order of preference where nothing else decides.
        measured: activated units.
        count: how many to keep.
        seen: how well each candidate tells what frames show; that then takes the place of the units, brought to 0..1
            over the candidates.

    Returns:
        At most `count` different sentences, the best first.
    """
    left = dict.fromkeys(" ".join(text.split()) for text in candidates)
    if seen is None:
        fit = {text: agreement(named_units(text), measured) for text in left}
    else:
        span = max(max(seen) - min(seen), 1e-9) if len(seen) else 1.0
        told = zip(candidates, seen, strict=True)
        fit = {" ".join(text.split()): (value - min(seen)) / span for text, value in told}
    scores = {text: fit[text] - _TOO_LONG * max(0, len(text.split()) - _LONG) for text in left}
    sameness = dict.fromkeys(scores, 0.0)
    kept: list[str] = []
    while scores and len(kept) < count:
        taken = max(scores, key=lambda text: scores[text] - _SAMENESS * sameness[text])
        kept.append(taken)
        del scores[taken]
        for text in scores:
            sameness[text] = max(sameness[text], likeness(text, taken))
    return kept
