"""What the synthetic speakers say: sentences from a small grammar, and a few lines in other languages."""

from __future__ import annotations

import numpy as np

__all__ = ["LINES", "english_sentence"]

_WHO = (
    "my brother|the old professor|a very young pilot|everybody in the village|Mary|Bob|our neighbour|"
    "the prime minister|she|he|we|they|you|I|the woman with the umbrella|Peter and Paul|"
    "the baker|nobody|a friend of mine|the boy"
).split("|")
_DID = (
    "bought|found|forgot|would love|moved|painted|watched|finished|imagined|probably missed|never believed|opened|"
    "quickly put away|brought back|asked about|laughed at|could not remember|should really fix|wished for|gave up"
).split("|")
_WHAT = (
    "a beautiful blue boat|the whole story|five thousand pounds|my favourite movie|a cup of warm milk|the window|"
    "that huge mountain|two purple balloons|the job|a bag of apples|an apple pie|the weather forecast|this problem|"
    "a green jacket|the music in the room|a map of the moon|some fresh vegetables|the photograph|your voice|the bus"
).split("|")
_WHEN = (
    "before breakfast|in the morning|on the way home|without a word|for the first time|at the beach|last February|"
    "because of the rain|under the bridge|from time to time|by the river|with great pleasure|in front of the church|"
    "until the very end|as soon as possible|while we were away|more than once|over the hills|to be honest|"
    "every Thursday"
).split("|")
_OPENING = (
    "|well, |oh, |look, |to be fair, |you know, |actually, |maybe |of course |believe me, |what if |I think |"
    "how wonderful that |we both know |please tell me why |it seems that "
).split("|")

LINES: dict[str, tuple[str, ...]] = {
    "en-us": (
        "Please call Stella and ask her to bring these things from the store.",
        "The quick brown fox jumps over the lazy dog.",
        "Why would anybody move to a bigger house by the beach?",
        "Oh no, you must be joking, that was my best umbrella!",
        "Measure twice and cut once, my father used to say.",
        "Thank you very much for watching, and see you tomorrow.",
        "We were away a year ago when the whole show began.",
        "Bob bought a pound of butter, but Pam prefers plum jam.",
        "Few people have five fingers full of purple paint.",
        "I owe you an apology, and I am going to make it now.",
    ),
    "de": (
        "Guten Morgen, mein Name ist Peter und ich komme aus München.",
        "Die Blumen blühen früh in diesem Jahr, findest du nicht?",
        "Wir müssen unbedingt mehr über das Problem sprechen.",
        "Übermorgen fahren wir mit dem Zug ans Meer.",
    ),
    "fr": (
        "Bonjour, je voudrais une tasse de café et un morceau de pain.",
        "Le petit oiseau bleu chante sous la pluie au bord du fleuve.",
        "Pourquoi pas? Nous avons beaucoup de temps pour y penser.",
    ),
    "es": (
        "Buenos días, me gustaría comprar un billete para mañana.",
        "El perro pequeño bebe agua debajo de la mesa.",
        "Vamos a hablar de la película que vimos el viernes pasado.",
    ),
    "it": (
        "Buongiorno, vorrei un bicchiere di vino e un piatto di pasta.",
        "La bambina gioca nel giardino con la palla blu.",
    ),
    "pt": (
        "Bom dia, eu queria um copo de água, por favor.",
        "A minha família mora perto do mar há muitos anos.",
    ),
    "pl": ("Dzień dobry, bardzo proszę o filiżankę herbaty.", "Moja babcia mieszka w małym białym domu pod lasem."),
    "ru": ("Доброе утро, меня зовут Павел, я живу в Москве.", "Мама мыла раму, а папа покупал билеты в метро."),
    "cmn": ("你好，我的名字是王明，我们明天去北京。", "今天的天气非常好，我想出去走一走。"),
    "ja": ("おはようございます、わたしのなまえはまりこです。", "あめがふっても、まいあさこうえんをあるきます。"),
    "hi": ("नमस्ते, मेरा नाम मोहन है और मैं दिल्ली में रहता हूँ।",),
    "tr": ("Günaydın, benim adım Mehmet, bugün hava çok güzel.",),
}
"""Voice of espeak-ng -> lines that it reads."""


def english_sentence(rng: np.random.Generator) -> str:
    """A sentence from the grammar, now and then two."""
    parts = [str(rng.choice(words)) for words in (_OPENING, _WHO, _DID, _WHAT, _WHEN)]
    text = parts[0] + " ".join(parts[1:])
    return f"{text}. {english_sentence(rng)}" if rng.random() < 0.25 else text + "."
