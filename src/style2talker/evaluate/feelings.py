"""What clips were asked to feel, and what they show -> agreement with the asked expression, and what a judge says.

A face says something only against its own neutral face: that is the mean of the same person's clips that were asked for
neutral, in the same run. Where there is none, expressions are held against no expression at all, and the judge is one
of absolute blendshapes, which knows less.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from style2talker.emotion.facs import resemblance
from style2talker.emotion.sentence import Encoder, understand
from style2talker.errors import AssetError, EmotionError
from style2talker.evaluate.emotion_judge import HOP_S, WINDOW_S
from style2talker.evaluate.inputs import Pair
from style2talker.evaluate.judged import Judged
from style2talker.evaluate.judges import JudgeBench
from style2talker.records import ARKIT_NAMES, LABELS, Emotion, FloatArray

__all__ = ["FACE", "Asked", "feel", "prototype_agreement", "understood"]

FACE = [
    i
    for i, name in enumerate(ARKIT_NAMES)
    if name.startswith(
        ("brow", "cheek", "eyeSquint", "eyeWide", "noseSneer", "mouthSmile", "mouthFrown", "mouthDimple")
    )
]
"""Blendshapes that speech leaves to feelings."""
_NEUTRAL = LABELS.index("neutral")
_FAINT = 0.05
_SHAPES = slice(0, 52)


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a clip was asked to feel.

    Attributes:
        emotion: over time.
        keys: (K,) the label that each of its feelings is most like, as an index into `LABELS`.
    """

    emotion: Emotion
    keys: NDArray[np.int64]

    def label(self) -> int:
        """The label of the whole, of one feeling throughout; -1 for a timeline."""
        return int(self.keys[0]) if len(set(self.keys.tolist())) == 1 else -1

    def expression(self, frames: int, fps: float) -> FloatArray:
        """(52,) mean of what is asked over so many frames."""
        return np.asarray(self.emotion.at(np.arange(frames, dtype=np.float32) / fps).mean(axis=0), np.float32)

    def windows(self, count: int) -> NDArray[np.int64]:
        """(W,) label in the middle of each window of the judge."""
        middles = (np.arange(count) * HOP_S + WINDOW_S / 2).astype(np.float32)
        return np.asarray(self.keys[self.emotion.shares(middles).argmax(axis=1)], np.int64)


def understood(pairs: Sequence[Pair], encoder: Encoder | None = None) -> tuple[dict[str, Asked], dict[str, str]]:
    """(clip -> what it was asked to feel, clip -> why that is not understood); a clip that asks nothing is in neither.

    Args:
        pairs: the clips.
        encoder: of sentences; loaded when a sentence needs it and none is given.
    """
    found, failed = {}, {}
    known: dict[str, Asked | str] = {}
    for text in dict.fromkeys(pair.emotion for pair in pairs if pair.emotion):
        try:
            emotion = understand(text, 1.0, encoder)
            known[text] = Asked(emotion, resemblance(emotion.expressions).argmax(axis=-1))
        except (EmotionError, AssetError) as error:
            known[text] = str(error)
    for pair in pairs:
        asked = known.get(pair.emotion)
        if isinstance(asked, Asked):
            found[pair.clip] = asked
        elif asked is not None:
            failed[pair.clip] = asked
    return found, failed


def prototype_agreement(shown: FloatArray, asked: FloatArray) -> float:
    """Cosine of what the face does (52,), less its neutral face, with what is asked (52,), on `FACE` alone.

    NaN where nothing is asked of it, as by neutral; 0 where it does nothing.
    """
    a, b = (np.asarray(each, np.float64)[FACE] for each in (shown, asked))
    size = float(np.linalg.norm(b))
    return float(a @ b) / max(float(np.linalg.norm(a)) * size, 1e-9) if size >= _FAINT else float("nan")


def _mean_face(clip: Judged, system: str) -> FloatArray | None:
    """(52,) mean blendshapes of the frames with a face."""
    curves = clip.faces.get(system)
    known = None if curves is None else curves[np.isfinite(curves[:, 0]), _SHAPES]
    return None if known is None or not len(known) else np.asarray(known.mean(axis=0), np.float32)


def _neutrals(
    pairs: Sequence[Pair], clips: Sequence[Judged], asked: Mapping[str, Asked]
) -> dict[tuple[str, str], FloatArray]:
    """(person, system) -> neutral face (52,), from the clips of that person that were asked for it."""
    found: dict[tuple[str, str], list[FloatArray]] = defaultdict(list)
    for pair, clip in zip(pairs, clips, strict=True):
        wish = asked.get(clip.clip)
        if wish is not None and wish.label() == _NEUTRAL and pair.person:
            for system in clip.faces:
                face = _mean_face(clip, system)
                if face is not None:
                    found[pair.person, system].append(face)
    return {key: np.mean(faces, axis=0, dtype=np.float32) for key, faces in found.items()}


def _other(number: int, clips: Sequence[Judged], asked: Mapping[str, Asked]) -> Asked | None:
    """What the next clip that asks for another feeling asks for."""
    own = asked[clips[number].clip].keys[0]
    following = [*clips[number + 1 :], *clips[:number]]
    return next((w for c in following if (w := asked.get(c.clip)) is not None and w.keys[0] != own), None)


def _judged(
    shapes: FloatArray, neutral: FloatArray | None, wish: Asked, person: str, fps: float, bench: JudgeBench
) -> dict[str, float]:
    """What a judge who does not know the person makes of blendshapes (T, 52)."""
    judge = bench.judge(person, absolute=neutral is None)
    if judge is None or not len(shapes):
        return {}
    shares = judge.windows(shapes if neutral is None else shapes - neutral, fps)
    right = shares.argmax(axis=1) == wish.windows(len(shares))
    out = {"emotion_share": float(right.mean())}
    if wish.label() >= 0:
        out["emotion_accuracy"] = float(int(shares.mean(axis=0).argmax()) == wish.label())
    return out


def _orders(
    pairs: Sequence[Pair],
    clips: Sequence[Judged],
    asked: Mapping[str, Asked],
    neutrals: Mapping[tuple[str, str], FloatArray],
) -> dict[str, float]:
    """Clip -> Spearman's r of how much its group shows of what is asked, with the strengths asked."""
    groups: dict[tuple[str, str], list[tuple[str, float, float]]] = defaultdict(list)
    for pair, clip in zip(pairs, clips, strict=True):
        face = _mean_face(clip, "generated")
        if face is not None and clip.clip in asked and np.isfinite(pair.strength):
            wanted = asked[clip.clip].expression(clip.frames, clip.fps)
            size = float(np.linalg.norm(wanted[FACE]))
            if size >= _FAINT:
                own = face - neutrals.get((pair.person, "generated"), np.zeros(52, np.float32))
                shown = float(own[FACE] @ wanted[FACE]) / size
                groups[pair.group or pair.person, pair.emotion].append((clip.clip, pair.strength, shown))
    out: dict[str, float] = {}
    for members in groups.values():
        if len({strength for _, strength, _ in members}) > 2:
            order = float(spearmanr([m[1] for m in members], [m[2] for m in members]).statistic)
            out |= dict.fromkeys((m[0] for m in members), order)
    return out


def feel(
    pairs: Sequence[Pair], clips: Sequence[Judged], asked: Mapping[str, Asked], bench: JudgeBench | None = None
) -> list[Judged]:
    """Clips with the values of what they were asked to feel; others come back as they are.

    Args:
        pairs: as they were judged, one for each clip.
        clips: of `judge_all`.
        asked: of `understood`.
        bench: judges of emotions, or None.
    """
    neutrals = _neutrals(pairs, clips, asked)
    orders = _orders(pairs, clips, asked, neutrals)
    out = []
    for number, (pair, clip) in enumerate(zip(pairs, clips, strict=True)):
        if clip.error or clip.clip not in asked:
            out.append(clip)
            continue
        wishes = {system: (system, asked[clip.clip]) for system in clip.faces}
        other = _other(number, clips, asked)
        if other is not None:
            wishes["other sentence"] = ("generated", other)
        values = {system: dict(own) for system, own in clip.values.items()}
        for system, (of, wish) in wishes.items():
            curves = clip.faces[of]
            shapes = curves[np.isfinite(curves[:, 0]), _SHAPES]
            neutral = neutrals.get((pair.person, of))
            own = values.setdefault(system, {})
            if len(shapes):
                shown = shapes.mean(axis=0) - (0 if neutral is None else neutral)
                own["prototype_agreement"] = prototype_agreement(shown, wish.expression(clip.frames, clip.fps))
            if bench is not None:
                own |= _judged(shapes, neutral, wish, pair.person, clip.fps, bench)
        if clip.clip in orders:
            values["generated"]["intensity_order"] = orders[clip.clip]
        alone = (
            ""
            if (pair.person, "generated") in neutrals
            else "no neutral clip of this person: held against no expression"
        )
        out.append(replace(clip, values=values, notes=(*clip.notes, *([alone] if alone else []))))
    return out
