"""Do the lips touch on p, b and m? What loudness cannot know, and what eyes forgive least.

Phones with their times come from a synthesiser that knows what it says. After Edwards et al., "JALI: an
animator-centric viseme model for expressive lip synchronization" (SIGGRAPH 2016): lips close on every bilabial,
whatever stands beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from style2talker.corpus.visemes import Phone, viseme_of
from style2talker.evaluate.openings import closed_gap, opening_of_motion
from style2talker.records import Motion

__all__ = ["TOUCH", "Closures", "closures", "closures_of"]

TOUCH = 0.01
"""Lips touch within this opening of closed, in eye distances: about a millimetre."""
_SLACK = 1
"""Frames before and after a phone in which its closure may come."""


@dataclass(frozen=True, slots=True)
class Closures:
    """Bilabials that were said and shown.

    Attributes:
        said: p, b, m inside speech.
        touched: of these, on how many the lips touch.
        initial_said: p, b, m that begin to speak after silence: nothing is heard of a closing there.
        initial_touched: of these, on how many the lips touch.
        others: sounds that are no bilabials and do not reach the frames of one, nor those of silence.
        others_touched: of these, on how many the lips touch: chance, and all of them for a mouth that is always shut.
    """

    said: int = 0
    touched: int = 0
    initial_said: int = 0
    initial_touched: int = 0
    others: int = 0
    others_touched: int = 0

    def __add__(self, other: Closures) -> Closures:
        return Closures(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))

    @property
    def share(self) -> float:
        """Touched of those inside speech, 0..1; NaN when none was said."""
        return self.touched / self.said if self.said else float("nan")

    @property
    def initial_share(self) -> float:
        """Touched of those after silence, 0..1; NaN when none was said."""
        return self.initial_touched / self.initial_said if self.initial_said else float("nan")

    @property
    def elsewhere(self) -> float:
        """Touched of other sounds, 0..1; NaN when none was said."""
        return self.others_touched / self.others if self.others else float("nan")


def _window(phone: Phone, fps: float, n_frames: int) -> slice:
    """Frames shown while a phone sounds, and the slack on both sides."""
    begin, end = int(np.floor(phone.start * fps + 1e-6)), int(np.ceil(phone.end * fps - 1e-6))
    return slice(max(begin - _SLACK, 0), min(max(end, begin + 1) + _SLACK, n_frames))


def closures(
    opening: NDArray[np.floating], phones: Sequence[Phone], fps: float, closed: float, touch: float = TOUCH
) -> Closures:
    """Count the bilabials on which lips touch.

    Args:
        opening: (T,) gap between the inner lips in eye distances; frames that are NaN do not touch.
        phones: what is said, in order; "" for silence. A gap between phones is silence.
        fps: frames per second of the opening.
        closed: the gap of lips that are closed.
        touch: lips touch where the gap is at most this much above `closed`.
    """
    touching = np.asarray(opening, np.float64) <= closed + touch
    taken = np.zeros(len(opening), bool)
    kinds = [viseme_of(phone.symbol) for phone in phones]
    windows = [_window(phone, fps, len(opening)) for phone in phones]
    counts = Closures()
    for kind, before, window in zip(kinds, ["silence", *kinds], windows, strict=False):
        if kind in ("PP", "silence"):
            taken[window] = True
        if kind == "PP" and window.start < len(opening):
            hit, first = int(touching[window].any()), before == "silence"
            counts += Closures(int(not first), hit * (not first), int(first), hit * first)
    for kind, window in zip(kinds, windows, strict=True):
        if kind not in ("PP", "silence") and window.start < len(opening) and not taken[window].any():
            counts += Closures(others=1, others_touched=int(touching[window].any()))
    return counts


def closures_of(motion: Motion, phones: Sequence[Phone]) -> Closures:
    """Count the bilabials on which the lips of a motion touch, on the average face."""
    return closures(opening_of_motion(motion), phones, motion.fps, closed_gap())
