"""Clips of one voice that differ in their seeds -> how different their heads are, and whether their lips agree."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from style2talker.evaluate.diversity import diversity_of
from style2talker.evaluate.inputs import Pair
from style2talker.evaluate.judged import Judged

__all__ = ["vary"]

_ROTATION, _OPENING = slice(52, 55), 55


def _group(pair: Pair) -> str:
    """What a clip shares with those that say the same: its group, else its reference or its sound."""
    return pair.group or str(pair.reference or pair.sound or "")


def vary(pairs: Sequence[Pair], clips: Sequence[Judged]) -> list[Judged]:
    """Clips with the diversity of their group; those that are alone come back as they are.

    Args:
        pairs: as they were judged, one for each clip.
        clips: of `judge_all`.
    """
    groups: dict[str, list[int]] = defaultdict(list)
    for number, (pair, clip) in enumerate(zip(pairs, clips, strict=True)):
        if _group(pair) and "generated" in clip.faces:
            groups[_group(pair)].append(number)
    out = [*clips]
    for members in groups.values():
        curves = [clips[k].faces["generated"].astype(np.float64) for k in members]
        found = diversity_of([np.degrees(c[:, _ROTATION]) for c in curves], [c[:, _OPENING] for c in curves])
        own = {
            "head_diversity": found.rotation,
            "head_diversity_own": found.of_own,
            "lip_diversity": found.lips,
            "lip_agreement": found.lips_r,
        }
        for k in members if len(members) > 1 else ():
            values = {**clips[k].values, "generated": {**clips[k].values.get("generated", {}), **own}}
            out[k] = replace(clips[k], values=values)
    return out
