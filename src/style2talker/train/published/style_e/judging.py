"""Held-out clips beside what the published Style-E makes of their sound: do the lips open when the person's did?

Every r is Pearson's, of the gap between the inner lips with that of the tracked person, at its best lag within three
frames either way, and so are those of the baselines: the loudness of the voice, and the mean motion of the people who
were trained on. A clip of which no lag can be measured counts as 0.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw
from torch import nn

from style2talker.records import FloatArray
from style2talker.speech.mel import window_level
from style2talker.speech.synchrony import lagged
from style2talker.train.published.style_e.clips import Clip, Corpus, people_of, tracked_opening
from style2talker.train.published.style_e.losses import MouthModel, opening_of
from style2talker.train.published.style_e.sampling import sampled_expression
from style2talker.train.published.style_e.settings import StyleESettings
from style2talker.train.published.style_e.texts import Embeddings

__all__ = ["Held", "Judge", "best_r", "curve_sheet"]

_REACH = 3
_MOST = 32
_MOVES, _STILL = 0.02, 1e-6
_WIDE, _HIGH, _EDGE = 900, 110, 6
_REAL, _MADE, _LOUD = (29, 78, 216), (194, 65, 12), (163, 163, 163)


def best_r(a: FloatArray, b: FloatArray) -> float:
    """Pearson's r of two curves (T,) at the best lag within three frames; 0 where one of them stands still."""
    found = lagged(a, b, _REACH)
    return float(np.nanmax(found)) if np.isfinite(found).any() else 0.0


def _moving_r(made: FloatArray, real: FloatArray) -> float:
    """Mean of Pearson's r over the coefficients (T, C) that move; 0 for those that were made without moving."""
    moving = np.flatnonzero(real.std(axis=0) > _MOVES)
    still = made.std(axis=0) < _STILL
    each = [0.0 if still[k] else float(np.corrcoef(made[:, k], real[:, k])[0, 1]) for k in moving]
    return float(np.mean(each)) if each else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A held-out clip and what was made of it.

    Attributes:
        clip: the clip.
        made: (T, C) coefficients.
        opening: (T,) gap between the inner lips of the person.
        opened: (T,) of the coefficients made.
        loudness: (T,) of the voice; zeros where none is heard.
    """

    clip: Clip
    made: FloatArray
    opening: FloatArray
    opened: FloatArray
    loudness: FloatArray


class Judge:
    """Held-out clips and what is known of the ones trained on."""

    def __init__(self, corpus: Corpus, settings: StyleESettings, mouth: MouthModel, texts: Embeddings) -> None:
        """Look at the corpus."""
        self._corpus, self._settings, self._mouth, self._texts = corpus, settings, mouth, texts
        self._people = people_of(corpus.split("validation"))
        train = [corpus.load(row.clip) for row in corpus.split("train", sound=None if settings.silent else True)]
        self._mean = np.concatenate([clip.expression for clip in train]).mean(axis=0)
        longest = max(len(clip.expression) for clip in train)
        total, count = np.zeros(longest), np.zeros(longest)
        for clip in train:
            total[: len(clip.expression)] += opening_of(mouth, clip.expression)
            count[: len(clip.expression)] += 1
        self._motion = np.asarray(total / count, np.float32)

    def held(self, networks: Mapping[str, nn.Module], seed: int = 0) -> list[Held]:
        """What the networks make of held-out clips, at most 32; of silent ones only where these are learned from."""
        out: list[Held] = []
        rows = self._corpus.split("validation", sound=None if self._settings.silent else True)
        for row in rows[:: -(-len(rows) // _MOST) or 1]:
            clip = self._corpus.load(row.clip)
            told = (clip.windows, self._reference(clip), clip.lids, clip.colour)
            rng = np.random.default_rng([seed, len(out)])
            made = sampled_expression(networks, self._settings, told, self._texts[clip.sentences[0]], rng)
            seen = tracked_opening(self._corpus.folder, row)
            out.append(
                Held(
                    clip=clip,
                    made=made,
                    opening=opening_of(self._mouth, clip.expression) if seen is None else seen[: len(made)],
                    opened=opening_of(self._mouth, made),
                    loudness=np.zeros(len(made), np.float32) if clip.windows is None else window_level(clip.windows),
                )
            )
        return out

    def _reference(self, clip: Clip) -> FloatArray:
        """(C,) the first frame of another clip of the same person, of a neutral one where there is one."""
        others = [self._corpus.load(name) for name in self._people[clip.row.person] if name != clip.row.clip]
        neutral = [other for other in others if other.row.emotion == "neutral"]
        return np.asarray((neutral or others or [clip])[0].expression[0], np.float32)

    def numbers(self, held: Sequence[Held]) -> dict[str, float]:
        """Means over clips.

        Returns:
            mse, and mse_mean of the mean expression of those trained on, in squares of the coefficients; motion_r, of
            each coefficient that moves, at no lag; for clips
            with sound lip_r, lip_r_loudness, lip_r_mean_motion, and lip_spread (deviation of the opening over the
            person's by the same coefficients); for clips without sound look_mse and look_mse_mean, of the mean
            expression of the clip, which only the sentence can tell.
        """

        def mean(values: Sequence[float]) -> float:
            return float(np.mean(values)) if len(values) else float("nan")

        heard = [each for each in held if each.clip.windows is not None]
        silent = [each for each in held if each.clip.windows is None]
        out = {
            "mse": mean([float(((h.made - h.clip.expression) ** 2).mean()) for h in held]),
            "mse_mean": mean([float(((self._mean - h.clip.expression) ** 2).mean()) for h in held]),
        }
        out["motion_r"] = mean([_moving_r(h.made, h.clip.expression) for h in held])
        if heard:
            own = [float(opening_of(self._mouth, h.clip.expression).std()) for h in heard]
            out |= {
                "lip_r": mean([best_r(h.opened, h.opening) for h in heard]),
                "lip_r_loudness": mean([best_r(h.loudness, h.opening) for h in heard]),
                "lip_r_mean_motion": mean([best_r(self._motion, h.opening) for h in heard]),
                "lip_spread": mean([float(h.opened.std()) / max(o, 1e-6) for h, o in zip(heard, own, strict=True)]),
            }
        if silent:
            looks = [(h.made.mean(axis=0), h.clip.expression.mean(axis=0)) for h in silent]
            out |= {
                "look_mse": mean([float(((made - real) ** 2).mean()) for made, real in looks]),
                "look_mse_mean": mean([float(((self._mean - real) ** 2).mean()) for _, real in looks]),
            }
        return out


def curve_sheet(held: Sequence[Held]) -> np.ndarray:
    """A picture (H, W, 3) uint8: the opening of the person's lips in blue, of those made in orange, loudness in grey.

    Each curve less its mean, the opening of both on one scale.
    """
    sheet = Image.new("RGB", (_WIDE, max(len(held), 1) * _HIGH), (255, 255, 255))
    draw = ImageDraw.Draw(sheet)
    for i, each in enumerate(held):
        top = i * _HIGH
        scale = max(float(np.abs(c - c.mean()).max()) for c in (each.opening, each.opened)) or 1.0
        loud = float(np.abs(each.loudness - each.loudness.mean()).max()) or 1.0
        for curve, colour, size in (
            (each.loudness, _LOUD, loud),
            (each.opening, _REAL, scale),
            (each.opened, _MADE, scale),
        ):
            x = np.linspace(_EDGE, _WIDE - _EDGE, len(curve))
            y = top + _HIGH / 2 - (curve - curve.mean()) / size * (_HIGH / 2 - 2 * _EDGE)
            draw.line(list(zip(x.tolist(), y.tolist(), strict=True)), fill=colour, width=2)
        draw.text(
            (_EDGE, top + 2), f"{each.clip.row.clip}  r {best_r(each.opened, each.opening):.2f}", fill=(20, 20, 20)
        )
    return np.asarray(sheet)
