"""Words that nobody knows, in the spelling of a language: a network that hears them learns sounds, not a vocabulary."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

__all__ = ["SYLLABLES", "made_line"]

_LATIN = (
    "b p m f v w d t n l r s z k g h j br bl pr pl fl fr dr tr kr kl gr gl st sp sm sk sh ch th",
    "a e i o u a e i o u ai au ee oo ou",
    "- - - - m n p b t d k l r s f v mp nd st",
)
SYLLABLES: Mapping[str, tuple[str, str, str]] = {
    "en-us": (
        "b p m b p m f v w y d t n l r s z k g h j br bl pr pl fl fr dr tr cr cl gr gl "
        "st sp sm sk sw tw qu sh ch th wh",
        "a e i o u a e i o u ai ay ee ea oa oo ou ow oi igh er ar or aw ew",
        "- - - - m n p b t d k l r s z f ve g mp nd nt st sh ch th ng ck lm rb mb le",
    ),
    "de": (_LATIN[0] + " pf sch schw zw", _LATIN[1] + " ei eu ie ä ö ü ö ü", _LATIN[2] + " ng pf cht rm"),
    "fr": (_LATIN[0] + " gn qu", "a e i o u é è eau ou oi an on in eu ui un ai", "- - - - - - r l m ne que be pe"),
    "es": (_LATIN[0] + " ñ ll qu", "a e i o u a e i o u ue ie ai", "- - - - - n s r l"),
    "it": (_LATIN[0] + " gn gli qu sc", "a e i o u ia ie uo", "- - - - - - n r l m"),
    "pt": (_LATIN[0] + " nh lh", "a e i o u ão ei ou ã õe", "- - - - - m r s l"),
    "nl": (_LATIN[0] + " schr zw", _LATIN[1] + " ij ui eu oe aa uu", _LATIN[2] + " cht ng lp"),
    "pl": (_LATIN[0] + " cz sz rz prz ś ż ł", "a e i o u y ą ę ó", "- - - - m n p k l r ść"),
    "tr": (_LATIN[0] + " ç ş y", "a e ı i o ö u ü", "- - - - m n p k l r ş"),
    "sw": (_LATIN[0] + " mb nd ng mw ny", "a e i o u", "-"),
    "ru": ("б п м ф в д т н л р с з к г х ж ш ч пр бр мл ст", "а е и о у ы ю я ё э", "- - - - м н п т к л р с й"),
    "ja": (
        "-",
        "あ い う え お か き く け こ さ し す せ そ た ち つ て と な に ぬ ね の は ひ ふ へ ほ "
        "ま み む め も や ゆ よ ら り る れ ろ わ ば び ぶ べ ぼ ぱ ぴ ぷ ぺ ぽ が ぎ ぐ げ ご "
        "ま み む め も ば び ぶ べ ぼ しゃ しゅ しょ きょ",
        "- - - - - ん",
    ),
    "hi": ("प ब म फ भ व त द न ल र स ज क ग ह च", "- ा ि ी ु ू े ो ै", "- - - - न म र"),
    "ar": ("ب م ف و ت د ن ل ر س ز ك ق ه ج ش", "ا ي و ا", "- - - - م ن ب ل ر"),
    "cmn-latn-pinyin": (
        "b p m f d t n l g k h b p m b p m",
        "a1 a2 a4 ai3 ao1 an4 ei2 en1 ang3 eng4 u1 u4 i2 i4 ou1",
        "-",
    ),
}  # fmt: skip
"""Language of espeak-ng -> beginnings, middles and ends of its syllables; "-" is nothing."""

_HANGUL, _INITIALS, _VOWELS, _FINALS = 0xAC00, 19, 21, 28
_PLAIN_FINALS = (0, 0, 0, 0, 1, 4, 8, 16, 17, 21)


def _syllable(language: str, rng: np.random.Generator) -> str:
    if language == "ko":
        initial, vowel, final = int(rng.integers(_INITIALS)), int(rng.integers(_VOWELS)), int(rng.choice(_PLAIN_FINALS))
        return chr(_HANGUL + (initial * _VOWELS + vowel) * _FINALS + final)
    parts = (str(rng.choice(part.split())) for part in SYLLABLES[language])
    return "".join(part for part in parts if part != "-")


def made_line(language: str, rng: np.random.Generator) -> str:
    """A line of three to nine made words, with a comma now and then.

    Args:
        language: one of `SYLLABLES`, or "ko".
        rng: where the chance comes from.
    """
    words = [
        "".join(_syllable(language, rng) for _ in range(int(rng.integers(1, 4)))) for _ in range(rng.integers(3, 10))
    ]
    if rng.random() < 0.4:
        words[int(rng.integers(len(words)))] += ","
    return " ".join(words).rstrip(",") + "."
