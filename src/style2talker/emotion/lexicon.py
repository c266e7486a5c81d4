"""Plain words for the eight emotions and how strong each is: what needs no language model.

Word -> intensity, where 1 is the emotion as its label says it. Grouping follows Shaver et al., "Emotion
knowledge" (Journal of Personality and Social Psychology 52, 1987), figure 1, with contempt after Ekman &
Friesen (1986).
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["AMBIGUOUS", "FEELINGS", "feeling_of"]

FEELINGS: Mapping[str, Mapping[str, float]] = {
    "angry": {
        "angry": 1.0, "anger": 1.0, "mad": 1.0, "furious": 1.25, "fury": 1.25, "enraged": 1.3, "rage": 1.25,
        "raging": 1.25, "livid": 1.25, "outraged": 1.2, "irate": 1.15, "wrathful": 1.2, "wrath": 1.2,
        "annoyed": 0.65, "annoyance": 0.65, "irritated": 0.65, "irritation": 0.65, "cross": 0.7,
        "grumpy": 0.6, "seething": 1.15, "frustrated": 0.75, "frustration": 0.75, "hostile": 0.95,
        "aggressive": 1.05, "resentful": 0.8, "indignant": 0.9, "infuriated": 1.25, "exasperated": 0.85,
        "bitter": 0.7,
    },
    "contempt": {
        "contempt": 1.0, "contemptuous": 1.0, "scorn": 1.0, "scornful": 1.0, "disdain": 1.0,
        "disdainful": 1.0, "disrespect": 0.9, "mocking": 0.9, "sarcastic": 0.8, "smug": 0.85,
        "arrogant": 0.9, "haughty": 0.95, "condescending": 0.95, "derisive": 1.0, "superior": 0.8,
        "cynical": 0.7, "snobbish": 0.85, "dismissive": 0.8, "patronising": 0.9, "patronizing": 0.9,
        "smirking": 0.85, "sneering": 1.0,
    },
    "disgusted": {
        "disgusted": 1.0, "disgust": 1.0, "disgusting": 1.0, "revolted": 1.15, "revulsion": 1.15,
        "repulsed": 1.15, "repelled": 1.0, "nauseated": 1.05, "nauseous": 1.0, "sickened": 1.05,
        "grossed out": 1.0, "queasy": 0.75, "loathing": 1.1, "aversion": 0.8, "distaste": 0.7,
    },
    "fear": {
        "fear": 1.0, "fearful": 1.0, "afraid": 1.0, "scared": 1.0, "frightened": 1.05, "terrified": 1.3,
        "terror": 1.3, "panicked": 1.25, "panicking": 1.25, "panic": 1.25, "petrified": 1.25,
        "horrified": 1.2, "horror": 1.2, "anxious": 0.75, "anxiety": 0.75, "worried": 0.7, "worry": 0.7,
        "nervous": 0.65, "uneasy": 0.6, "apprehensive": 0.65, "dread": 0.95, "alarmed": 0.9, "tense": 0.55,
        "timid": 0.55,
    },
    "happy": {
        "happy": 1.0, "happiness": 1.0, "joy": 1.05, "joyful": 1.1, "joyous": 1.1, "glad": 0.8,
        "cheerful": 0.95, "merry": 0.95, "delighted": 1.1, "delight": 1.1, "pleased": 0.75,
        "ecstatic": 1.3, "elated": 1.2, "overjoyed": 1.25, "thrilled": 1.2, "excited": 1.05,
        "content": 0.55, "contented": 0.55, "amused": 0.8, "amusement": 0.8, "friendly": 0.7,
        "smiling": 0.85, "laughing": 1.15, "proud": 0.7, "euphoric": 1.3, "jolly": 0.95, "hopeful": 0.55,
        "grateful": 0.65, "satisfied": 0.6,
    },
    "neutral": {
        "neutral": 0.0, "calm": 0.0, "composed": 0.0, "relaxed": 0.0, "indifferent": 0.0, "impassive": 0.0,
        "emotionless": 0.0, "expressionless": 0.0, "unmoved": 0.0, "normal": 0.0, "plain": 0.0,
        "serious": 0.0, "none": 0.0, "matter-of-fact": 0.0,
    },
    "sad": {
        "sad": 1.0, "sadness": 1.0, "unhappy": 0.85, "sorrow": 1.05, "sorrowful": 1.05, "grief": 1.25,
        "grieving": 1.25, "heartbroken": 1.25, "miserable": 1.15, "misery": 1.15, "depressed": 1.05,
        "devastated": 1.3, "desperate": 1.1, "despair": 1.2, "gloomy": 0.85, "melancholy": 0.75,
        "melancholic": 0.75, "mournful": 1.05, "disappointed": 0.75, "disappointment": 0.75, "dejected": 0.95,
        "hopeless": 1.05, "lonely": 0.8, "downcast": 0.85, "crying": 1.15, "tearful": 1.05, "hurt": 0.85,
        "down": 0.75, "wistful": 0.6, "hopelessness": 1.05,
    },
    "surprised": {
        "surprised": 1.0, "surprise": 1.0, "amazed": 1.1, "amazement": 1.1, "astonished": 1.15,
        "astonishment": 1.15, "shocked": 1.2, "shock": 1.2, "stunned": 1.15, "startled": 1.05,
        "astounded": 1.2, "dumbfounded": 1.1, "flabbergasted": 1.2, "baffled": 0.8, "awestruck": 1.05,
        "speechless": 1.0, "bewildered": 0.85,
    },
}  # fmt: skip
"""Label -> word -> intensity."""

AMBIGUOUS = frozenset(
    {
        "cross",
        "bitter",
        "mad",
        "superior",
        "tense",
        "content",
        "down",
        "hurt",
        "normal",
        "none",
        "plain",
        "serious",
        "quiet",
    }
)
"""Words that name a feeling when they stand alone, but often something else inside a sentence."""

_LABEL_OF = {word: (label, level) for label, words in FEELINGS.items() for word, level in words.items()}


def feeling_of(word: str) -> tuple[str, float] | None:
    """The (label, intensity) that a plain lower-case word names, an adverb such as "angrily" too, or None."""
    found = _LABEL_OF.get(word)
    if found is None and word.endswith("ly"):
        stem = word[:-2]
        variants = (stem, stem + "y", stem[:-1] + "y" if stem.endswith("i") else stem, stem + "e")
        found = next((_LABEL_OF[v] for v in variants if v in _LABEL_OF), None)
    return found
