"""Speech whose phones are known, by voices and in words that no network here learned from; shared by the benchmarks.

Sentences are none of `style2talker.corpus.sentences`, voices of espeak-ng none of `style2talker.corpus.synth`. Of flite
and Hibari only the sentences are new: their voices were learned from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.signal import resample_poly

from style2talker.corpus.phones import espeak_phones, espeak_present, flite_phones, flite_present
from style2talker.corpus.visemes import Phone
from style2talker.records import FloatArray
from style2talker.speech.mel import SAMPLE_RATE
from style2talker.train.natural_voice import natural_phones, natural_present

__all__ = ["Utterance", "chained", "spoken", "with_babble"]

_FLITE_VOICES = ("slt", "rms", "awb", "kal16")
_VARIANTS = ("+m6", "+m8", "+klatt4", "+linda", "+anika")

SENTENCES: dict[str, tuple[str, ...]] = {
    "en-us": (
        "Pamper the small poodle and brush its brown tail.",
        "A number of cabins were built above the frozen swamp.",
        "Perhaps somebody could map the path before we climb.",
        "Big bombs and empty promises make bad politics.",
        "Come home by supper time, or your mum will be upset.",
        "Most lambs jump about in April, but ours sleep.",
        "The plumber blamed a broken pump beneath the bath.",
        "Do not bump the lamp, it simply cannot be repaired.",
    ),
    "de": (
        "Abends brummt ein müder Bär im bunten Apfelbaum.",
        "Bitte probier mal die Pilzsuppe, bevor sie kalt wird.",
        "Am Bahnhof parkten plötzlich mehrere blaue Busse.",
    ),
    "fr": (
        "Un beau bateau part à midi du petit port de Bretagne.",
        "Maman prépare un bon plat pour papa et ses amis.",
        "Ton manteau blanc est tombé par terre dans la chambre.",
    ),
    "es": (
        "Mañana bailamos en la plaza mayor con mis primos.",
        "Un buen amigo me prestó un mapa para el camino.",
        "El pan blanco sabe mejor con un poco de mantequilla.",
    ),
    "it": (
        "Il bambino beve un bicchiere di latte prima di dormire.",
        "Molti amici mi aspettano sempre al bar sotto il ponte.",
        "Mamma, posso comprare una bambola con la gamba bianca?",
    ),
    "pt": (
        "O meu primo comprou um barco pequeno e bonito.",
        "Amanhã bem cedo a mãe prepara um bolo para o bebê.",
        "Pode abrir a porta, por favor, que o tempo melhorou?",
    ),
    "nl": (
        "Mijn broer bouwt een mooie boot bij de brug.",
        "Papa bakt op maandag pannenkoeken met spek.",
        "De bus stopt beneden bij het plein om halfacht.",
    ),
    "pl": (
        "Mama kupiła piękny biały obrus i pomarańcze.",
        "Pamiętam, że babcia piekła bardzo dobry placek.",
        "Ten mały pies biega po parku przed domem.",
    ),
    "ru": (
        "Белый пароход плывёт мимо большого моста.",
        "Папа подарил маме букет и пообещал помочь.",
        "Мой брат быстро бежал по пустому парку.",
    ),
    "cmn-latn-pinyin": (
        "ma1ma5 ming2tian1 bang1 wo3 mai3 mian4bao1 he2 ping2guo3.",
        "ba4ba5 bu4 pa4 mao1, mei4mei5 pa4 mao1.",
        "bai2se4 de5 ma3 pao3 de5 hen3 man4.",
    ),
    "ja": (
        "まいばん、ぼくのパパはパンをたべます。",
        "うみべのみなとで、しろいふねをみました。",
        "ぼうしがかぜにとばされて、ほんとうにこまりました。",
    ),
    "ko": (
        "엄마가 밥을 만들고 아빠는 빵을 먹어요.",
        "비가 많이 내려서 바람도 불어요.",
        "내 방 벽에 파란 모자가 있습니다.",
    ),
    "hi": (
        "माँ ने बाज़ार में मीठे आम और पपीता खरीदा।",
        "मेरे पिताजी बाग में पानी भर रहे हैं।",
        "बारिश के बाद मोर ने पंख फैलाए।",
    ),
    "tr": (
        "Annem bana bembeyaz bir palto almış.",
        "Bu sabah parkta büyük bir köpek bekliyordu.",
        "Baban pazartesi balık pişirmeyi bilmiyor mu?",
    ),
    "ar": ("باب البيت مفتوح أمام أمي.", "يلعب ابني مع قط أبيض في الملعب.", "بعد المطر يبدو البحر جميلا."),
    "sw": (
        "Mama anapika samaki na mboga kwa bibi.",
        "Baba amepanda mti mbele ya nyumba.",
        "Paka mweupe amelala juu ya meza.",
    ),
}
"""Language of espeak-ng -> lines full of lips that meet."""


@dataclass(frozen=True)
class Utterance:
    """One line.

    Attributes:
        voice: who speaks, "flite slt" or "espeak-ng de+m6".
        language: of the line.
        samples: (N,) float32 at 16 kHz.
        phones: with their times, silence at both ends.
    """

    voice: str
    language: str
    samples: FloatArray
    phones: tuple[Phone, ...]


def _between_pauses(voice: str, language: str, samples: FloatArray, phones: list[Phone], pause: float) -> Utterance:
    """A line with digital silence before and after it."""
    quiet = np.zeros(round(pause * SAMPLE_RATE), np.float32)
    whole = np.concatenate([quiet, samples, quiet])
    moved = [Phone(p.symbol, p.start + pause, p.end + pause) for p in phones]
    end = max([p.end for p in moved], default=pause)
    return Utterance(voice, language, whole, (Phone("", 0.0, pause), *moved, Phone("", end, len(whole) / SAMPLE_RATE)))


def _at_16_khz(samples: FloatArray, rate: int) -> FloatArray:
    return np.asarray(resample_poly(samples, SAMPLE_RATE, rate), np.float32)


def spoken(pause: float = 0.5) -> Iterator[Utterance]:
    """Every line by some voices of every synthesiser that is installed; nothing where none is.

    Args:
        pause: seconds of silence before and after each line.
    """
    if flite_present():
        for number, line in enumerate(SENTENCES["en-us"]):
            for voice in (_FLITE_VOICES[number % 4], _FLITE_VOICES[(number + 1) % 4]):
                samples, phones = flite_phones(line, voice)
                yield _between_pauses(f"flite {voice}", "en-us", samples, phones, pause)
    if natural_present():
        for number, line in enumerate(SENTENCES["en-us"]):
            raw, rate, phones = natural_phones(line, np.random.default_rng(number), pitch=(0.6, 1.0)[number % 2])
            yield _between_pauses("hibari", "en-us", _at_16_khz(raw, rate), phones, pause)
    if espeak_present():
        for language, sentences in SENTENCES.items():
            for number, line in enumerate(sentences):
                for variant in (_VARIANTS[number % 5], _VARIANTS[(number + 2) % 5]):
                    raw, rate, phones = espeak_phones(line, language + variant)
                    yield _between_pauses(
                        f"espeak-ng {language}{variant}", language, _at_16_khz(raw, rate), phones, pause
                    )


def chained(lines: list[Utterance]) -> Utterance:
    """Lines one after the other as one."""
    samples, phones, at = [], [], 0.0
    for line in lines:
        samples.append(line.samples)
        phones += [Phone(p.symbol, p.start + at, p.end + at) for p in line.phones]
        at += len(line.samples) / SAMPLE_RATE
    return Utterance("several", lines[0].language, np.concatenate(samples), tuple(phones))


def with_babble(samples: FloatArray, crowd: list[FloatArray], decibels: float, rng: np.random.Generator) -> FloatArray:
    """Speech among people who all speak at once, as in a cafeteria.

    Args:
        samples: (N,) the speech.
        crowd: other speech, each repeated to length from a random place.
        decibels: level of the speech, where it sounds, above the crowd.
        rng: where the chance comes from.
    """
    babble = np.zeros(len(samples), np.float64)
    for voice in crowd:
        long = np.resize(np.roll(voice, int(rng.integers(len(voice)))), len(samples))
        babble += long / max(float(np.sqrt(np.mean(long**2))), 1e-6)
    sounding = np.abs(samples) > 0.01 * np.abs(samples).max()
    level = float(np.sqrt(np.mean(samples[sounding] ** 2)))
    babble *= level / np.sqrt(np.mean(babble**2)) * 10 ** (-decibels / 20)
    mixed = samples + babble
    return (mixed * min(1.0, 0.98 / float(np.abs(mixed).max()))).astype(np.float32)
