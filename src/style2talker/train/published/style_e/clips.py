"""Clips of a packed corpus as the published Style-E sees them: expression, sound, eyelids, sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from style2talker.corpus.deep3d import MADE_BY
from style2talker.corpus.manifest import ClipRow, read_manifest
from style2talker.corpus.pack import lmdb_key, open_pack
from style2talker.errors import InputError
from style2talker.face.bfm import to_blendshapes
from style2talker.face.coefficients import EXPRESSION
from style2talker.records import ARKIT_NAMES, FloatArray
from style2talker.speech.mel import window_level
from style2talker.speech.synchrony import lagged
from style2talker.style_e.told import recording_colour
from style2talker.train.published.style_e.settings import StyleESettings
from style2talker.train.published.style_e.texts import read_sentences

__all__ = ["BLINK", "IDENTITY", "Clip", "Corpus", "lag_of", "people_of", "space_of", "tracked_opening"]

BLINK = tuple(ARKIT_NAMES.index(f"eyeBlink{side}") for side in ("Left", "Right"))
IDENTITY = 80
"""Coefficients of an identity in Deep3D."""
_COEFFICIENTS = 260
_ROLES = {"rig": "track", "bfm": "lmdb"}
_SEEN = 0.9
_REACH = 3
_FEWEST, _STILL, _FOLLOWS = 16, 1e-4, 0.15
_PLAIN = "A person is talking."
"""Said of a clip that has no label."""


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """A clip.

    Attributes:
        row: of the table of the corpus.
        expression: (T, C) coefficients.
        identity: (80,) coefficients, zeros in the space "rig".
        lids: (T,) how far the eyelids are closed.
        windows: (T, 80, 16) mel windows; None without sound.
        colour: (80,) of the recording; zeros without sound.
        sentences: that tell how the person feels.
    """

    row: ClipRow
    expression: FloatArray
    identity: FloatArray
    lids: FloatArray
    windows: FloatArray | None
    colour: FloatArray
    sentences: tuple[str, ...]


def space_of(rows: Sequence[ClipRow]) -> str:
    """The space of a corpus: "bfm" where Deep3D made the coefficients of all clips, else "rig"."""
    return "bfm" if rows and all(row.coefficients not in (None, MADE_BY) for row in rows) else "rig"


class Corpus:
    """The clips of a corpus that can be used, by split, read when they are asked for and kept for a while."""

    def __init__(self, folder: Path, settings: StyleESettings) -> None:
        """Read the table.

        Args:
            folder: of the corpus.
            settings: `space`, `only` and `in_step` count; the space has to be known.

        Raises:
            InputError: the table is damaged, no clip has coefficients in that space, or the only one is not there.
        """
        self.folder, self.space = folder, settings.space
        self.sentences = read_sentences(folder)
        rows = [row for row in read_manifest(folder).leaves() if _ROLES[self.space] in row.files]
        self.rows = [row for row in rows if (row.coverage is None or row.coverage >= _SEEN)]
        if not self.rows:
            raise InputError(f"{folder} has no clips with a {_ROLES[self.space]}: make them by style2talker corpus run")
        self._only, self._steps = settings.only, settings.in_step
        if self._only and self._only not in {row.clip for row in self.rows}:
            raise InputError(f"{folder} has no clip {self._only}: there are {', '.join(r.clip for r in self.rows[:8])}")
        self._kept = lru_cache(maxsize=512)(self._load)

    def split(self, name: str, sound: bool | None = None) -> list[ClipRow]:
        """Clips of a split, sorted by name; those held out are the validation's, or the test's where it has none.

        Args:
            name: "train" or "validation".
            sound: only with (True) or without (False) sound.
        """
        found = [row for row in self.rows if (row.clip == self._only if self._only else row.split == name)]
        if name == "validation" and not found:
            found = [row for row in self.rows if row.split == "test"]
        return [row for row in found if sound is None or ("mel" in row.files) == sound]

    def sentences_of(self, row: ClipRow) -> tuple[str, ...]:
        """What is said of a clip."""
        return self.sentences.get(row.clip.replace("#", "_"), (_PLAIN,))

    def texts(self) -> list[str]:
        """Every sentence of the clips, sorted."""
        return sorted({text for row in self.rows for text in self.sentences_of(row)})

    def load(self, clip: str) -> Clip:
        """A clip by name. Raises InputError when the pack lacks it."""
        return self._kept(clip)

    def _load(self, clip: str) -> Clip:
        row = next(row for row in self.rows if row.clip == clip)
        expression, identity = self._of_rig(row) if self.space == "rig" else self._of_pack(row)
        shapes = expression if self.space == "rig" else to_blendshapes(expression)
        windows: FloatArray | None = None
        colour = np.zeros(80, np.float32)
        if "mel" in row.files:
            stored = np.load(self.folder / row.files["mel"], mmap_mode="r")
            windows = stored[:, 0]
            count = min(len(windows), len(expression))
            windows, expression, shapes = windows[:count], expression[:count], shapes[:count]
            colour = recording_colour(np.asarray(windows))
            if self._steps and row.split == "train":
                windows = _in_step(np.asarray(windows), tracked_opening(self.folder, row))
        lids = shapes[:, list(BLINK)].mean(axis=1)
        return Clip(row, expression, identity, np.asarray(lids), windows, colour, self.sentences_of(row))

    def _of_rig(self, row: ClipRow) -> tuple[FloatArray, FloatArray]:
        with np.load(self.folder / row.files["track"], allow_pickle=False) as data:
            return data["blendshapes"].astype(np.float32), np.zeros(IDENTITY, np.float32)

    def _of_pack(self, row: ClipRow) -> tuple[FloatArray, FloatArray]:
        folder = (self.folder / row.files["lmdb"]).parent
        with open_pack(folder) as environment, environment.begin() as look:
            stored = look.get(lmdb_key(row.clip, "coeff_3dmm"))
        if stored is None:
            raise InputError(f"{row.clip} in {folder} has no coefficients: pack it again")
        rows = np.frombuffer(stored, "<f4").reshape(-1, _COEFFICIENTS)
        return rows[:, EXPRESSION].copy(), rows[:, :IDENTITY].mean(axis=0)


def tracked_opening(folder: Path, row: ClipRow) -> FloatArray | None:
    """Gap (T,) between the inner lips of a tracked face in its eye distances; None without a track."""
    if "track" not in row.files:
        return None
    with np.load(folder / row.files["track"], allow_pickle=False) as data:
        points = data["landmarks"]
    gap, unit = (np.linalg.norm(points[:, a] - points[:, b], axis=1) for a, b in ((13, 14), (33, 263)))
    return np.asarray(gap / unit, np.float32)


def lag_of(loudness: FloatArray, opening: FloatArray) -> int | None:
    """By how many frames, up to three, lips are late against the loudness of their voice; None where they ignore it."""
    n = min(len(loudness), len(opening))
    if n < _FEWEST or min(float(loudness[:n].std()), float(opening[:n].std())) < _STILL:
        return None
    scores = lagged(loudness, opening, _REACH)
    best = int(np.nanargmax(scores))
    return best - _REACH if scores[best] >= _FOLLOWS else None


def _in_step(windows: FloatArray, opening: FloatArray | None) -> FloatArray | None:
    """Mel windows (T, 80, 16) that go with the lips; None for a voice that is not that of the lips."""
    if opening is None:
        return windows
    lag = lag_of(window_level(windows), opening)
    return None if lag is None else windows[np.clip(np.arange(len(windows)) - lag, 0, len(windows) - 1)]


def people_of(rows: Sequence[ClipRow]) -> Mapping[str, list[str]]:
    """Person -> names of their clips."""
    out: dict[str, list[str]] = {}
    for row in rows:
        out.setdefault(row.person, []).append(row.clip)
    return out
