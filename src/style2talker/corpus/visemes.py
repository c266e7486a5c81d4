"""Timed phones -> mouth curves: what each sound looks like, and how neighbouring sounds blend.

Sounds fall into visemes; each viseme has target activations and a dominance, how strongly it insists on them. The curve
is the mean of the targets weighted by dominance functions that fall off exponentially before and after a phone (Cohen &
Massaro, "Modeling coarticulation in synthetic visual speech", 1993). Lips shut for p, b, m whatever stands beside them,
and rest shut in a pause but for its borders, where they follow the voice.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from style2talker.records import FloatArray
from style2talker.style_e.factors import CHANNELS

__all__ = ["VISEMES", "Phone", "mouth_curves", "viseme_of"]


class Phone(NamedTuple):
    """A sound with its time in seconds; `symbol` is IPA or a name of flite's, "" for silence."""

    symbol: str
    start: float
    end: float


class _Viseme(NamedTuple):
    dominance: float
    targets: Mapping[str, float]


VISEMES: Mapping[str, _Viseme] = {
    "silence": _Viseme(0.5, {}),
    "PP": _Viseme(6.0, {"mouthPress": 0.25, "mouthRollLower": 0.22, "mouthRollUpper": 0.12}),
    "FF": _Viseme(
        6.0, {"jawOpen": 0.03, "mouthRollLower": 0.5, "mouthUpperUp": 0.18, "mouthShrugLower": 0.2, "closure": 0.1}
    ),
    "TH": _Viseme(2.0, {"jawOpen": 0.12, "mouthLowerDown": 0.28, "mouthUpperUp": 0.08, "mouthStretch": 0.05}),
    "DD": _Viseme(0.9, {"jawOpen": 0.11, "mouthLowerDown": 0.24, "mouthUpperUp": 0.08, "mouthStretch": 0.08}),
    "KK": _Viseme(0.5, {"jawOpen": 0.16, "mouthLowerDown": 0.18, "mouthUpperUp": 0.06}),
    "CH": _Viseme(2.2, {"jawOpen": 0.09, "mouthFunnel": 0.55, "mouthPucker": 0.25, "mouthShrugUpper": 0.1}),
    "SS": _Viseme(1.8, {"jawOpen": 0.05, "mouthStretch": 0.2, "mouthLowerDown": 0.25, "mouthUpperUp": 0.1}),
    "RR": _Viseme(1.3, {"jawOpen": 0.12, "mouthFunnel": 0.25, "mouthPucker": 0.3}),
    "WW": _Viseme(3.0, {"jawOpen": 0.06, "mouthPucker": 0.85, "mouthFunnel": 0.25}),
    "aa": _Viseme(1.2, {"jawOpen": 0.52, "mouthLowerDown": 0.34, "mouthUpperUp": 0.16}),
    "ae": _Viseme(
        1.2, {"jawOpen": 0.42, "mouthLowerDown": 0.36, "mouthUpperUp": 0.2, "mouthStretch": 0.15, "mouthSmile": 0.08}
    ),
    "E": _Viseme(
        1.1, {"jawOpen": 0.3, "mouthLowerDown": 0.3, "mouthUpperUp": 0.14, "mouthStretch": 0.2, "mouthSmile": 0.08}
    ),
    "I": _Viseme(
        1.1, {"jawOpen": 0.14, "mouthLowerDown": 0.28, "mouthUpperUp": 0.12, "mouthStretch": 0.32, "mouthSmile": 0.16}
    ),
    "schwa": _Viseme(0.7, {"jawOpen": 0.22, "mouthLowerDown": 0.2, "mouthUpperUp": 0.08}),
    "O": _Viseme(1.5, {"jawOpen": 0.32, "mouthFunnel": 0.5, "mouthPucker": 0.28}),
    "U": _Viseme(2.6, {"jawOpen": 0.1, "mouthPucker": 0.8, "mouthFunnel": 0.35}),
    "Y": _Viseme(2.0, {"jawOpen": 0.1, "mouthPucker": 0.7, "mouthFunnel": 0.25}),
}
"""Target activations of each viseme in 0..1, tuned on how tracked speakers move."""

_FLITE = {
    "PP": "p b m",
    "FF": "f v",
    "TH": "th dh",
    "DD": "t d n l dx el en nx",
    "KK": "k g ng hh hv",
    "CH": "ch jh sh zh",
    "SS": "s z",
    "RR": "r er axr",
    "WW": "w",
    "I": "iy ih ix",
    "E": "eh ey",
    "ae": "ae",
    "aa": "aa ah ay aw",
    "schwa": "ax",
    "O": "ao ow oy",
    "U": "uw uh ux",
}
_IPA = {
    "PP": "pbmɓʙ",
    "FF": "fvɱʋɸβ",
    "TH": "θð",
    "DD": "tdnlɾɗʈɖɳɭɬɮɫʎ",
    "KK": "kgŋhxɣqɢʔħʕχɡɦcɟɲç",
    "CH": "ʃʒʂʐɕʑ",
    "SS": "sz",
    "RR": "rɹʀʁɻɽɚɝ",
    "WW": "wɥʍ",
    "I": "iɪjɨᵻʝ",
    "E": "eɛ",
    "ae": "æ",
    "aa": "aɑɐʌɒ",
    "schwa": "əɜɘɤɵ",
    "O": "oɔ",
    "U": "uʊɯʉ",
    "Y": "yøœʏɶ",
}
_BY_NAME = {name: viseme for viseme, names in _FLITE.items() for name in names.split()}
_BY_LETTER = {letter: viseme for viseme, letters in _IPA.items() for letter in letters}
_DIPHTHONG_ENDS = {"ay": "I", "ey": "I", "oy": "I", "aw": "U", "ow": "U"}

_RATE = 100
_BEFORE_S, _AFTER_S = 0.075, 0.060
_SHUT_S = 0.045
_ONSET_S = 0.09
"""Lips part this long before a voice begins, and meet as long after it ends."""


def viseme_of(symbol: str) -> str:
    """The viseme of a phone: a name of flite's or an IPA symbol with any marks; unknown sounds count as schwa."""
    if symbol in ("", "pau", "_", "sil"):
        return "silence"
    if symbol in _BY_NAME:
        return _BY_NAME[symbol]
    if symbol.startswith(("tʃ", "dʒ", "tɕ", "dʑ")):
        return "CH"
    letters = unicodedata.normalize("NFD", symbol)
    return next((_BY_LETTER[letter] for letter in letters if letter in _BY_LETTER), "schwa")


def _glide(phone: Phone) -> list[Phone]:
    """A diphthong as its two halves, any other phone as it is."""
    middle = phone.start + 0.6 * (phone.end - phone.start)
    if phone.symbol in _DIPHTHONG_ENDS:
        return [
            phone._replace(end=middle),
            Phone({"I": "iy", "U": "uw"}[_DIPHTHONG_ENDS[phone.symbol]], middle, phone.end),
        ]
    letters = "" if phone.symbol in _BY_NAME else unicodedata.normalize("NFD", phone.symbol)
    vowels = [letter for letter in letters if letter in "aɑæeɛiɪoɔuʊəɐʌyɒɜj"]
    if len(vowels) == 2 and vowels[0] != vowels[1]:
        return [Phone(vowels[0], phone.start, middle), Phone(vowels[1], middle, phone.end)]
    return [phone]


def _with_pauses(phones: Sequence[Phone], duration: float) -> list[Phone]:
    """The phones with silence where nothing is said between them, before and after."""
    out, at = [], 0.0
    for phone in (*phones, Phone("", duration, duration)):
        if phone.start > at + _SHUT_S:
            out.append(Phone("", at, phone.start))
        if phone.end > phone.start:
            out.append(phone)
        at = max(at, phone.end)
    return out


def _shut_pause(pause: Phone, before: str, after: str) -> tuple[float, float]:
    """When the lips are shut in a pause between two visemes: it takes time to leave and to reach an open sound."""
    still = ("PP", "silence")
    return pause.start + (0 if before in still else _ONSET_S), pause.end - (0 if after in still else _ONSET_S)


def mouth_curves(phones: Sequence[Phone], duration: float, effort: float = 1.0) -> FloatArray:
    """Mouth curves (100 · duration, len(CHANNELS)) at 100 Hz in 0..1.

    Args:
        phones: sounds in order; gaps are silence.
        duration: length in seconds.
        effort: how far the speaker moves the mouth; 1 is usual.
    """
    times = (np.arange(round(duration * _RATE)) / _RATE).astype(np.float32)
    total = np.full(len(times), 0.08, dtype=np.float32)
    mixed = np.zeros((len(times), len(CHANNELS)), dtype=np.float32)
    mixed[:, CHANNELS.index("closure")] = 0.05
    shut = np.zeros(len(times), dtype=np.float32)
    sounds = [half for whole in _with_pauses(phones, duration) for half in _glide(whole)]
    names = ["silence", *(viseme_of(sound.symbol) for sound in sounds), "silence"]
    for phone, before_it, name, after_it in zip(sounds, names, names[1:], names[2:], strict=False):
        viseme = VISEMES[name]
        before = np.maximum(phone.start - times, 0) / _BEFORE_S
        after = np.maximum(times - phone.end, 0) / _AFTER_S
        # The middle of a phone insists more than its borders.
        inside = np.minimum(times - phone.start, phone.end - times) / max(phone.end - phone.start, 0.02)
        weight = viseme.dominance * np.exp(-before - after) * (0.7 + 0.6 * np.clip(inside, 0, 0.5))
        target = np.array([viseme.targets.get(channel, 0.0) for channel in CHANNELS], dtype=np.float32)
        total += weight
        mixed += weight[:, None] * target
        if name in ("PP", "silence"):
            begin, end = (phone.start, phone.end) if name == "PP" else _shut_pause(phone, before_it, after_it)
            reach = np.maximum(begin - times, 0) + np.maximum(times - end, 0)
            shut = np.maximum(shut, np.clip(1.0 - reach / _SHUT_S, 0, 1))
    curves = mixed / total[:, None]
    opening = [CHANNELS.index(c) for c in ("jawOpen", "mouthLowerDown", "mouthUpperUp", "mouthFunnel", "mouthStretch")]
    curves[:, opening] *= (1.0 - shut)[:, None] * np.float32(effort)
    closure = CHANNELS.index("closure")
    curves[:, closure] = np.maximum(curves[:, closure], shut)
    return np.asarray(np.clip(curves, 0.0, 1.0), dtype=np.float32)
