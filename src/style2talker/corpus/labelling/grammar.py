"""Candidate sentences without a language model: a grammar that says who, which feeling, and how the face moves.

In: the words of a feeling, the activated units with their levels. Out: different sentences, such as "The woman looks
astonished while talking, with raised eyebrows at high intensity and an open mouth."
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from numpy.random import Generator

from style2talker.corpus.labelling.phrases import LEVEL_WORDS, Phrase, spread
from style2talker.corpus.labelling.synonyms import Words

__all__ = ["candidates"]

_PEOPLE: Mapping[str, tuple[tuple[str, str], ...]] = {
    "man": (("the man", "his"), ("he", "his"), ("a man", "his"), ("this man", "his"), ("the speaker", "his")),
    "woman": (("the woman", "her"), ("she", "her"), ("a woman", "her"), ("this woman", "her"), ("the speaker", "her")),
    "person": (("the person", "their"), ("the speaker", "their"), ("a person", "their"), ("this person", "their")),
}
"""Kind of person -> (who, whose)."""

_WITH_ADJECTIVE = (
    "{who} is {adjective} while speaking", "{who} looks {adjective} while talking", "{who} sounds {adjective}",
    "{who} speaks and is {adjective}", "{who} is talking and feels {adjective}", "{who} seems {adjective}",
    "{who} appears to be {adjective} when speaking", "{who} talks like somebody who is {adjective}",
    "{who} speaks as someone {adjective} would", "{whose} face and {whose} voice are {adjective}",
    "{who} feels {adjective} and it shows in {whose} face", "{who} is clearly {adjective} in this clip",
)  # fmt: skip
_WITH_NOUN = (
    "{who} speaks with {noun}", "{who} talks out of {noun}", "{who} shows {noun} while talking",
    "{noun} can be heard in {whose} voice", "{noun} can be seen in {whose} face", "{whose} face expresses {noun}",
    "{who} is talking with {noun} in {whose} voice", "{who} says it with {noun}",
    "there is {noun} in {whose} eyes while {who} talks", "{whose} words are spoken with {noun}",
)  # fmt: skip
_FEELING_UNKNOWN = (
    "{who} is speaking", "{who} talks", "{who} is talking to the camera", "{who} says something",
    "{who} tells something", "{who} speaks in front of the camera",
)  # fmt: skip
_NOMINAL = (
    "{feeling}, with {muscles}", "with {muscles}, {feeling}", "{feeling}, showing {muscles}",
    "{feeling}; we see {muscles}", "{feeling}; the face shows {muscles}", "showing {muscles}, {feeling}",
    "{feeling}, which comes with {muscles}", "{muscles}; {feeling}",
)  # fmt: skip
_FINITE = (
    "{feeling}; {muscles}", "{feeling}, {muscles}", "{muscles} while {feeling}", "{muscles}, and {feeling}",
    "{feeling}, so {muscles}", "as {feeling}, {muscles}",
)  # fmt: skip
_BARE = ("{feeling}", "in this clip {feeling}", "{feeling}, and {whose} face is at rest", "here {feeling}")
_LEVEL_SAID = 0.7
"""How often the level of a unit is told."""
_TRIES = 40
"""Draws for each wanted candidate before the grammar is taken to be exhausted."""


def _pick(rng: Generator, items: Sequence[str]) -> str:
    return items[int(rng.integers(len(items)))]


def _listed(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _levelled(rng: Generator, phrase: str, level: str) -> str:
    return f"{phrase} {_pick(rng, LEVEL_WORDS[level])}" if rng.random() < _LEVEL_SAID else phrase


def _feeling(rng: Generator, words: Words | None) -> str:
    """A clause of a feeling with the places {who} and {whose} left open."""
    if words is None:
        return _pick(rng, _FEELING_UNKNOWN)
    if rng.random() < 0.6:
        return _pick(rng, _WITH_ADJECTIVE).replace("{adjective}", _pick(rng, words.adjectives))
    return _pick(rng, _WITH_NOUN).replace("{noun}", _pick(rng, words.nouns))


def _muscles(rng: Generator, named: list[tuple[Phrase, str]]) -> tuple[str, str]:
    """(form of a whole sentence, list of the muscles) for phrases with their levels."""
    if all(phrase.finite for phrase, _ in named) and rng.random() < 0.5:
        return _pick(rng, _FINITE), _listed([_levelled(rng, _pick(rng, p.finite), level) for p, level in named])
    return _pick(rng, _NOMINAL), _listed([_levelled(rng, _pick(rng, p.nominal), level) for p, level in named])


def _sentence(rng: Generator, words: Words | None, units: Mapping[str, str], person: str) -> str:
    feeling = _feeling(rng, words)
    named = spread(units, rng, int(rng.integers(min(2, len(units)), len(units) + 1))) if units else []
    form, muscles = _muscles(rng, named) if named else (_pick(rng, _BARE), "")
    who, whose = _PEOPLE[person][int(rng.integers(len(_PEOPLE[person])))]
    # The muscles first: their places must be open when the person is set in.
    text = form.replace("{muscles}", muscles).replace("{feeling}", feeling)
    text = text.replace("{whose}", whose).replace("{who}", who)
    return f"{text[0].upper()}{text[1:]}."


def candidates(
    rng: Generator, count: int, words: Words | None, units: Mapping[str, str], person: str = "person"
) -> list[str]:
    """Draw different sentences for a clip.

    Args:
        rng: where randomness comes from.
        count: how many; fewer come back when the grammar has no more.
        words: what the feeling is called; None leaves it out and tells the muscles alone.
        units: activated unit -> "low", "middle" or "high", the strongest first.
        person: "man", "woman" or "person".

    Returns:
        Sentences without repetition, in the order in which they were drawn. About half of them name every unit.
    """
    found: dict[str, None] = {}
    for _ in range(_TRIES * count):
        if len(found) == count:
            break
        found.setdefault(_sentence(rng, words, units, person))
    return list(found)
