"""Words for each emotion at each of the three levels of MEAD (Wang et al., ECCV 2020); hand-written for Style2Talker.

Adjectives stand after "is", "looks" and "sounds"; nouns stand after "with" and "out of".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["SYNONYMS", "Words"]


@dataclass(frozen=True, slots=True)
class Words:
    """What a feeling of one level is called.

    Attributes:
        adjectives: "uneasy", "panic-stricken", …
        nouns: "unease", "panic", …
    """

    adjectives: tuple[str, ...]
    nouns: tuple[str, ...]


def _words(adjectives: str, nouns: str) -> Words:
    return Words(tuple(adjectives.split("|")), tuple(nouns.split("|")))


_NEUTRAL = _words(
    "calm|neutral|composed|relaxed|matter-of-fact|unemotional|even-tempered|collected|impassive|at ease",
    "neutrality|calm|composure|no particular emotion|an even temper",
)

SYNONYMS: Mapping[str, tuple[Words, Words, Words]] = {
    "angry": (
        _words(
            "annoyed|irritated|displeased|grumpy|a bit angry|impatient and annoyed|vexed|cranky",
            "annoyance|irritation|mild anger|displeasure and irritation",
        ),
        _words(
            "angry|indignant|mad with anger|cross and angry|resentful|exasperated|hostile|incensed",
            "anger|indignation|resentment|exasperation",
        ),
        _words(
            "furious|enraged|livid|outraged|infuriated|boiling with rage|seething with anger|wrathful",
            "fury|rage|wrath|burning anger|outrage",
        ),
    ),
    "contempt": (
        _words(
            "a little disdainful|dismissive|mildly scornful|condescending|smug and dismissive|cynical and mocking",
            "mild contempt|slight disdain|condescension|mockery",
        ),
        _words(
            "contemptuous|disdainful|scornful|haughty|arrogant and scornful|derisive|supercilious",
            "contempt|disdain|scorn|haughty disrespect",
        ),
        _words(
            "utterly contemptuous|full of scorn|deeply disdainful|witheringly scornful|contemptuous of everyone"
            "|openly derisive and scornful",
            "utter contempt|deep scorn|withering disdain|open contempt",
        ),
    ),
    "disgusted": (
        _words(
            "a bit disgusted|put off in disgust|mildly disgusted|squeamish and disgusted|queasy with disgust",
            "distaste|mild disgust|slight revulsion|aversion and disgust",
        ),
        _words(
            "disgusted|repelled|grossed out|sickened|repulsed|full of disgust",
            "disgust|repugnance|repulsion|revulsion",
        ),
        _words(
            "revolted|utterly disgusted|nauseated|thoroughly repulsed|sick with disgust|appalled and disgusted",
            "utter disgust|deep revulsion|loathing and disgust|extreme disgust",
        ),
    ),
    "fear": (
        _words(
            "uneasy|worried|nervous|apprehensive|a little afraid|anxious|timid and uneasy|concerned and nervous",
            "unease|worry|nervousness|apprehension|slight fear",
        ),
        _words(
            "afraid|scared|frightened|fearful|alarmed|full of fear|spooked and scared",
            "fear|fright|dread|alarm",
        ),
        _words(
            "petrified|panicked|horrified|terror-stricken|terrified|panic-stricken|scared to death",
            "terror|panic|horror|mortal fear",
        ),
    ),
    "happy": (
        _words(
            "pleased|content and happy|cheerful|glad|good-humoured|mildly amused|in a good mood",
            "contentment|mild joy|good cheer|quiet happiness",
        ),
        _words(
            "happy|joyful|delighted|merry|cheery and happy|joyous|in high spirits",
            "happiness|joy|delight|merriment",
        ),
        _words(
            "overjoyed|ecstatic|elated|thrilled|jubilant|euphoric|over the moon with joy",
            "elation|great joy|ecstasy|euphoria|exultant happiness",
        ),
    ),
    "neutral": (_NEUTRAL, _NEUTRAL, _NEUTRAL),
    "sad": (
        _words(
            "a little sad|downhearted|gloomy|disappointed|wistful and sad|low-spirited|melancholic",
            "melancholy|disappointment|slight sadness|gloom",
        ),
        _words(
            "sad|unhappy|sorrowful|dejected|mournful|miserable|despondent",
            "sadness|sorrow|unhappiness|dejection",
        ),
        _words(
            "heartbroken|devastated|grief-stricken|desolate with grief|inconsolable|crushed by sorrow|in despair",
            "grief|deep sorrow|heartbreak|despair|anguish and sadness",
        ),
    ),
    "surprised": (
        _words(
            "a bit surprised|mildly surprised|taken aback|somewhat astonished|surprised and curious",
            "mild surprise|slight astonishment|some surprise",
        ),
        _words(
            "surprised|astonished|amazed|startled|taken by surprise",
            "surprise|astonishment|amazement",
        ),
        _words(
            "astounded|stunned|flabbergasted|thunderstruck|dumbfounded|shocked and amazed|stupefied with surprise",
            "utter amazement|shock and surprise|total astonishment|stunned surprise",
        ),
    ),
}  # fmt: skip
"""Label -> words at level 1, 2 and 3."""
