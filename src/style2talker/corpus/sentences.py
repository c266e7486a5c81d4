"""What the synthetic speakers say: sentences of a small grammar, numbers and letters, lines in other languages."""

from __future__ import annotations

import numpy as np

__all__ = ["LINES", "english_sentence"]

_WHO = (
    "my brother|the old professor|a very young pilot|everybody in the village|Mary|Bob|our neighbour|"
    "the prime minister|she|he|we|they|you|I|the woman with the umbrella|Peter and Paul|"
    "the baker|nobody|a friend of mine|the boy|both of my parents|the wolf|some people|Joyce|George|"
    "the chef|a thousand voices|the whole family|the team from Ohio|his youngest daughter"
).split("|")
_DID = (
    "bought|found|forgot|would love|moved|painted|watched|finished|imagined|probably missed|never believed|opened|"
    "quickly put away|brought back|asked about|laughed at|could not remember|should really fix|wished for|gave up|"
    "chose|threw out|used to enjoy|will measure|refused|borrowed|hopes for|caught|showed us|is afraid of"
).split("|")
_WHAT = (
    "a beautiful blue boat|the whole story|five thousand pounds|my favourite movie|a cup of warm milk|the window|"
    "that huge mountain|two purple balloons|the job|a bag of apples|an apple pie|the weather forecast|this problem|"
    "a green jacket|the music in the room|a map of the moon|some fresh vegetables|the photograph|your voice|the bus|"
    "the yellow submarine|an enormous elephant|a bowl of soup|the pleasure of reading|all of the toys|his hat|"
    "the choice we made|a quiet evening|that awful noise|these three things"
).split("|")
_WHEN = (
    "before breakfast|in the morning|on the way home|without a word|for the first time|at the beach|last February|"
    "because of the rain|under the bridge|from time to time|by the river|with great pleasure|in front of the church|"
    "until the very end|as soon as possible|while we were away|more than once|over the hills|to be honest|"
    "every Thursday|about an hour ago|near the south wall|for you and me|at half past five|as usual"
).split("|")
_OPENING = (
    "|well, |oh, |look, |to be fair, |you know, |actually, |maybe |of course |believe me, |what if |I think |"
    "how wonderful that |we both know |please tell me why |it seems that |wow, |hmm, |no, |yes, |listen, "
).split("|")
_COUNTED = (
    "zero|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty four|fifty six|ninety nine|"
    "a hundred|A|B|C|D|E|F|G|H|J|K|L|M|N|O|P|Q|R|S|T|U|V|X|Y|Z"
).split("|")
_LISTED = (
    "the code is|please dial|room number|my address is|gate|the score was|flight|page|remember this:|press"
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
        "Maybe my mother put the map into the empty box.",
        "Ladies and gentlemen, welcome aboard this morning's flight to Birmingham.",
        "What a marvellous view from up here, I could stay for ever.",
        "Who knew that a zoo could be so cool in June?",
        "Stop it! Stop! You have broken my grandfather's pipe.",
        "Sixty six sisters sifted thick thistles with their thumbs.",
        "The vision of a joyful future gave him courage and a measure of peace.",
        "Good, good. Now breathe in, hold, and breathe out.",
        "In the beginning there was only water, wind and a slow, heavy silence.",
        "Ah, I see. So that is how it works, is it?",
    ),
    "de": (
        "Guten Morgen, mein Name ist Peter und ich komme aus München.",
        "Die Blumen blühen früh in diesem Jahr, findest du nicht?",
        "Wir müssen unbedingt mehr über das Problem sprechen.",
        "Übermorgen fahren wir mit dem Zug ans Meer.",
        "Mach bitte die Fenster zu, bevor der Sturm kommt.",
        "Fünf Freunde wollten eigentlich schon vor Wochen abfliegen.",
        "Oma Paula bäckt am liebsten Apfelkuchen mit Pflaumenmus.",
    ),
    "fr": (
        "Bonjour, je voudrais une tasse de café et un morceau de pain.",
        "Le petit oiseau bleu chante sous la pluie au bord du fleuve.",
        "Pourquoi pas? Nous avons beaucoup de temps pour y penser.",
        "Ma mère a perdu ses lunettes vertes dans le jardin public.",
        "Il faut que vous veniez nous voir à la fin du mois de février.",
    ),
    "es": (
        "Buenos días, me gustaría comprar un billete para mañana.",
        "El perro pequeño bebe agua debajo de la mesa.",
        "Vamos a hablar de la película que vimos el viernes pasado.",
        "Mi abuela vive en un pueblo muy bonito cerca de la montaña.",
        "No me importa lo que piensen, yo prefiero volver a casa.",
    ),
    "it": (
        "Buongiorno, vorrei un bicchiere di vino e un piatto di pasta.",
        "La bambina gioca nel giardino con la palla blu.",
        "Domani pomeriggio mio fratello compra un appartamento a Bologna.",
        "Che cosa vuoi fare dopo pranzo, andiamo al cinema?",
    ),
    "pt": (
        "Bom dia, eu queria um copo de água, por favor.",
        "A minha família mora perto do mar há muitos anos.",
        "Amanhã vamos ao mercado comprar peixe, pão e maçãs.",
    ),
    "nl": (
        "Goedemorgen, ik wil graag een kopje koffie met melk.",
        "Mijn buurman heeft vijf bruine paarden en een oude boerderij.",
        "We moeten vanavond beslist over het probleem praten.",
    ),
    "pl": (
        "Dzień dobry, bardzo proszę o filiżankę herbaty.",
        "Moja babcia mieszka w małym białym domu pod lasem.",
        "W październiku pojedziemy pociągiem nad Morze Bałtyckie.",
    ),
    "ru": (
        "Доброе утро, меня зовут Павел, я живу в Москве.",
        "Мама мыла раму, а папа покупал билеты в метро.",
        "Большое спасибо, мне было очень приятно с вами познакомиться.",
    ),
    "cmn-latn-pinyin": (
        "ni3 hao3, wo3 de5 ming2zi5 shi4 wang2 ming2, wo3men5 ming2tian1 qu4 bei3jing1.",
        "jin1tian1 de5 tian1qi4 fei1chang2 hao3, wo3 xiang3 chu1qu4 zou3 yi1 zou3.",
        "ma1ma5 mai3 le5 ba1 ge4 ping2guo3 he2 yi1 ben3 di4tu2.",
        "bu2 yao4 pa4, mei2 guan1xi5, wo3men5 yi1qi3 chi1 wan3fan4 ba5.",
    ),
    "ja": (
        "おはようございます、わたしのなまえはまりこです。",
        "あめがふっても、まいあさこうえんをあるきます。",
        "ふゆやすみには、ともだちとゆうえんちへいきました。",
    ),
    "ko": ("안녕하세요, 제 이름은 민수입니다.", "오늘은 비가 와서 밖에 나가고 싶지 않아요."),
    "hi": (
        "नमस्ते, मेरा नाम मोहन है और मैं दिल्ली में रहता हूँ।",
        "आज मौसम बहुत अच्छा है, चलो बाहर घूमने चलते हैं।",
    ),
    "tr": (
        "Günaydın, benim adım Mehmet, bugün hava çok güzel.",
        "Babam pazardan büyük bir karpuz ve üç ekmek almış.",
    ),
    "ar": ("صباح الخير، اسمي محمد وأنا أسكن في بيروت.", "أريد كوبا من الماء البارد من فضلك."),
    "sw": ("Habari ya asubuhi, mimi ninaitwa Juma na ninapenda kusoma vitabu.",),
}
"""Voice of espeak-ng -> lines that it reads."""


def english_sentence(rng: np.random.Generator) -> str:
    """A sentence from the grammar, now and then two, or a short list of numbers and letters."""
    if rng.random() < 0.12:
        said = rng.choice(_COUNTED, int(rng.integers(3, 7)))
        return f"{rng.choice(_LISTED)} {', '.join(map(str, said))}."
    parts = [str(rng.choice(words)) for words in (_OPENING, _WHO, _DID, _WHAT, _WHEN)]
    text = parts[0] + " ".join(parts[1:])
    return f"{text}. {english_sentence(rng)}" if rng.random() < 0.25 else text + "."
