"""A grammar of thousands of wordings of feelings: (sentence, how much of each emotion it speaks of).

In: a generator. Out: sentences with seven targets in 0..1.3, one for each label but neutral. Degree words ("slightly")
vary freely and leave the target alone: they are read by `style2talker.emotion.manner`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.random import Generator

from style2talker.emotion.lexicon import FEELINGS
from style2talker.records import LABELS, FloatArray
from style2talker.train.emotion_situations import OFF_TOPIC, SITUATIONS
from style2talker.train.emotion_utterances import SCENES, UTTERANCES
from style2talker.train.emotion_wordings import ADJECTIVES, IDIOMS, MUSCLES, VERBS

__all__ = ["FELT", "sentences"]

FELT = tuple(label for label in LABELS if label != "neutral")
"""The emotions that have a target."""

_NOUNS = frozenset(
    {"anger", "fury", "rage", "wrath", "annoyance", "irritation", "frustration", "contempt", "scorn", "disdain"}
    | {"disrespect", "disgust", "revulsion", "loathing", "aversion", "distaste", "fear", "terror", "panic", "horror"}
    | {"anxiety", "worry", "dread", "happiness", "joy", "delight", "amusement", "sadness", "sorrow", "grief", "misery"}
    | {"despair", "melancholy", "disappointment", "surprise", "amazement", "astonishment", "shock", "hopelessness"}
)
_BARE = frozenset({"none", "plain", "cross", "down", "superior", "normal"})
_PEOPLE = (
    ("he", "his"), ("she", "her"), ("he", "his"), ("she", "her"), ("a man", "his"), ("a woman", "her"),
    ("the speaker", "the"), ("the young man", "his"), ("an old woman", "her"), ("the girl", "her"), ("a boy", "his"),
    ("this person", "the"), ("the teacher", "her"), ("a salesman", "his"), ("the king", "his"), ("my sister", "her"),
    ("the actor", "his"), ("somebody", "the"), ("a politician", "his"), ("the mother", "her"), ("a soldier", "his"),
    ("the nurse", "her"),
)  # fmt: skip
_DEGREES = (
    "", "", "", "", "very ", "really ", "extremely ", "slightly ", "a little ", "quite ", "so ", "deeply ",
    "absolutely ", "rather ", "totally ", "somewhat ",
)  # fmt: skip
_CONTEXTS = (
    "", "", "", "", " while talking on the phone", " about the news", " during the speech", " at the moment", " today",
    " when speaking to the camera", " about what happened", " as the words come out", " in this scene",
)  # fmt: skip
_HOW = (
    "speaks with", "talks with", "says it with", "is full of", "is filled with", "the voice is full of", "shows",
    "feels", "answers with", "expresses", "looks on with", "the face shows", "cannot hide", "trembles with",
    "a feeling of",
)  # fmt: skip
_AGE = ("", "", "young ", "old ", "little ", "tall ")

_ADJECTIVE_FORMS = (
    "{who} is {degree}{word}{context}", "{who} feels {degree}{word}{context}", "{who} looks {degree}{word}{context}",
    "{who} sounds {degree}{word}", "{degree}{word}{context}", "{word}", "a {degree}{word} {age}person",
    "a {degree}{word} {age}man{context}", "a {degree}{word} {age}woman{context}", "be {degree}{word}",
    "{who} speaks in a {degree}{word} way", "with {whose} face {degree}{word}", "{word} and {degree}{word2}",
    "suddenly {word}", "a {degree}{word} voice", "a {degree}{word} look on {whose} face",
    "I am {degree}{word}{context}",
    "{who} has become {degree}{word}", "{who} is {word} because {situation}",
)  # fmt: skip
_NOUN_FORMS = (
    "{who} {how} {word}{context}", "{word}", "{how} {word}", "{word} in {whose} voice", "pure {word}{context}",
    "{word} is written all over {whose} face", "out of {word}",
)  # fmt: skip
_SITUATION_FORMS = (
    "{situation}", "{who} speaks because {situation}", "as if {situation}", "{who} says that {situation}",
    "the moment when {situation}", "{situation}, and it shows",
)  # fmt: skip
_UTTERANCE_FORMS = ("{said}", "{said}", "{said}", '"{said}"', "{who} says: {said}", "the line is: {said}")
_SCENE_FORMS = (
    "{scene}", "like {scene}", "imagine {scene}", "play {scene}", "{scene}, {degree}{word}", "the mood of {scene}",
)  # fmt: skip
_MUSCLE_FORMS = (
    "{muscle}",
    "{muscle} while speaking",
    "a face with {muscle}",
    "{degree}{muscle}",
    "{who} has {muscle}",
)
_DENIED_NOUNS = (
    "{who} speaks without any {word}", "no {word}", "there is no {word} in the voice", "{who} shows no {word} at all",
    "without a trace of {word}",
)  # fmt: skip
_DENIED_ADJECTIVES = (
    "{who} is not {word}", "not {word}", "{who} is no longer {word}", "{who} is not {word} at all",
    "{who} does not look {word}", "never {word}",
)  # fmt: skip

_Target = dict[str, float]
_Maker = Callable[[Generator], tuple[str, _Target]]


def _pick(rng: Generator, items: Sequence[str]) -> str:
    return items[int(rng.integers(len(items)))]


def _person(rng: Generator) -> tuple[str, str]:
    return _PEOPLE[int(rng.integers(len(_PEOPLE)))]


def _word(rng: Generator, label: str, nouns: bool) -> tuple[str, float]:
    """A noun or an adjective of an emotion and its intensity."""
    table = {w: v for w, v in FEELINGS[label].items() if (w in _NOUNS) == nouns and w not in _BARE}
    if not nouns:
        table |= ADJECTIVES[label]
    word = _pick(rng, tuple(table))
    return word, table[word]


def _adjective_sentence(rng: Generator, label: str) -> tuple[str, _Target]:
    word, level = _word(rng, label, nouns=False)
    who, whose = _person(rng)
    degree, context = _pick(rng, _DEGREES), _pick(rng, _CONTEXTS)
    form = _pick(rng, _ADJECTIVE_FORMS)
    second, other = _word(rng, label, nouns=False)
    situation = _pick(rng, SITUATIONS[label]) if label in SITUATIONS else "the work is done"
    text = form.format(
        who=who,
        whose=whose,
        degree=degree,
        word=word,
        context=context,
        age=_pick(rng, _AGE),
        word2=second,
        situation=situation,
    )
    return text, {label: (level + other) / 2 if "word2" in form else level}


def _noun_sentence(rng: Generator, label: str) -> tuple[str, _Target]:
    word, level = _word(rng, label, nouns=True)
    who, whose = _person(rng)
    form, how = _pick(rng, _NOUN_FORMS), _pick(rng, _HOW)
    text = form.format(who=who, whose=whose, how=how, word=word, context=_pick(rng, _CONTEXTS))
    return text, {label: level}


def _idiom_sentence(rng: Generator, label: str) -> tuple[str, _Target]:
    who, _ = _person(rng)
    pool = IDIOMS[label] + VERBS.get(label, ())
    idiom = _pick(rng, pool)
    follows = idiom.split()[0].endswith("s") and not idiom.endswith(("!", "?"))
    text = f"{who} {idiom}{_pick(rng, _CONTEXTS)}" if follows and rng.random() < 0.7 else idiom
    return text, {} if label == "neutral" else {label: 1.0}


def _situation_sentence(rng: Generator, label: str) -> tuple[str, _Target]:
    situation = _pick(rng, SITUATIONS[label])
    who, _ = _person(rng)
    form = _pick(rng, _SITUATION_FORMS)
    return form.format(situation=situation, who=who), {label: 0.9}


def _utterance_sentence(rng: Generator, label: str) -> tuple[str, _Target]:
    said, (who, _) = _pick(rng, UTTERANCES[label]), _person(rng)
    text = _pick(rng, _UTTERANCE_FORMS).format(said=said, who=who)
    return text, {} if label == "neutral" else {label: 1.0}


def _scene_sentence(rng: Generator, label: str) -> tuple[str, _Target]:
    word, _ = _word(rng, label, nouns=False)
    scene, degree = _pick(rng, SCENES[label]), _pick(rng, _DEGREES)
    return _pick(rng, _SCENE_FORMS).format(scene=scene, degree=degree, word=word), {label: 0.95}


def _muscle_sentence(rng: Generator, label: str) -> tuple[str, _Target]:
    muscle = _pick(rng, MUSCLES[label])
    if rng.random() < 0.3:
        who, _ = _person(rng)
        text = _pick(rng, _MUSCLE_FORMS).format(muscle=muscle, who=who, degree=_pick(rng, _DEGREES))
        return text, {label: 0.4}
    text, target = (_adjective_sentence if rng.random() < 0.6 else _noun_sentence)(rng, label)
    return f"{text}, {_pick(rng, ('with ', '', 'and '))}{muscle}", target


def _denied_sentence(rng: Generator, label: str) -> tuple[str, _Target]:
    noun = bool(rng.random() < 0.5)
    word, _ = _word(rng, label, nouns=noun)
    who, _ = _person(rng)
    forms = _DENIED_NOUNS if noun else _DENIED_ADJECTIVES
    return _pick(rng, forms).format(who=who, word=word), {}


def _mixed_sentence(rng: Generator, label: str) -> tuple[str, _Target]:
    other = _pick(rng, FELT)
    first, level = _word(rng, label, nouns=False)
    second, level2 = _word(rng, other, nouns=False)
    who, _ = _person(rng)
    form = _pick(
        rng, ("{who} is {a} and {b}", "{a} but also {b}", "half {a}, half {b}", "{who} looks {a} and a bit {b}")
    )
    target = {label: 0.75 * level, other: 0.75 * level2} if other != label else {label: (level + level2) / 2}
    return form.format(who=who, a=first, b=second), target


def _off_topic(rng: Generator) -> tuple[str, _Target]:
    if rng.random() < 0.3:
        return _pick(rng, OFF_TOPIC["whole"]), {}
    text = f"{_pick(rng, OFF_TOPIC['subject'])} {_pick(rng, OFF_TOPIC['predicate'])}"
    if rng.random() < 0.25:
        text += f" and {_pick(rng, OFF_TOPIC['subject'])} {_pick(rng, OFF_TOPIC['predicate'])}"
    return text, {}


def _neutral_sentence(rng: Generator) -> tuple[str, _Target]:
    makers = (_idiom_sentence, _adjective_sentence, _utterance_sentence)
    return makers[int(rng.integers(len(makers)))](rng, "neutral")[0], {}


_FELT_MAKERS = (
    _adjective_sentence,
    _noun_sentence,
    _idiom_sentence,
    _situation_sentence,
    _utterance_sentence,
    _scene_sentence,
    _muscle_sentence,
    _denied_sentence,
    _mixed_sentence,
)
_FELT_SHARES = (0.2, 0.07, 0.24, 0.18, 0.11, 0.05, 0.07, 0.05, 0.03)


def _felt_sentence(rng: Generator) -> tuple[str, _Target]:
    label = _pick(rng, FELT)
    maker = _FELT_MAKERS[int(rng.choice(len(_FELT_MAKERS), p=_FELT_SHARES))]
    return maker(rng, label)


def _varied(rng: Generator, text: str) -> str:
    """Now and then another capital or full stop, as people type."""
    if rng.random() < 0.3:
        text = text[0].upper() + text[1:]
    return text + "." if rng.random() < 0.2 and text[-1].isalpha() else text


def sentences(rng: Generator, count: int) -> tuple[list[str], FloatArray]:
    """Draw different sentences.

    Args:
        rng: where randomness comes from.
        count: K, how many.

    Returns:
        K sentences without repetition and (K, 7) float32 targets in the order of `FELT`.
    """
    found: dict[str, _Target] = {}
    while len(found) < count:
        maker: _Maker = (_felt_sentence, _neutral_sentence, _off_topic)[int(rng.choice(3, p=(0.72, 0.1, 0.18)))]
        text, target = maker(rng)
        found.setdefault(_varied(rng, text), target)
    targets = np.array([[target.get(label, 0.0) for label in FELT] for target in found.values()], np.float32)
    return list(found), targets
