from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from style2talker.corpus.labelling import grammar, phrases
from style2talker.corpus.labelling.grammar import candidates
from style2talker.corpus.labelling.phrases import LEVEL_WORDS, PHRASES, named_units, spread
from style2talker.corpus.labelling.ranking import agreement, best, likeness
from style2talker.corpus.labelling.synonyms import SYNONYMS, Words
from style2talker.corpus.labelling.units import LABELLED
from style2talker.emotion.muscles import muscle_units
from style2talker.records import LABELS

UNITS = {"1": "high", "2": "middle", "5": "low", "26": "low"}


def _rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def test_every_phrase_names_just_its_units_at_every_level() -> None:
    for phrase in PHRASES:
        for text in (*phrase.nominal, *phrase.finite):
            for follows in ("", *(word for words in LEVEL_WORDS.values() for word in words)):
                assert named_units(f"{text.format(whose='her')} {follows}") == phrase.units, text


def test_every_labelled_unit_has_a_phrase_of_its_own() -> None:
    assert {unit for phrase in PHRASES for unit in phrase.units if len(phrase.units) == 1} == set(LABELLED)


def test_a_higher_level_is_understood_as_more() -> None:
    amounts = [muscle_units(f"lip stretcher {LEVEL_WORDS[level][0]}")["20"] for level in ("low", "middle", "high")]
    assert amounts == sorted(amounts) and amounts[0] < amounts[2]


def test_no_word_for_a_feeling_names_a_muscle() -> None:
    assert tuple(SYNONYMS) == LABELS
    for levels in SYNONYMS.values():
        for words in levels:
            said = [form.replace("{adjective}", x) for form, x in product(grammar._WITH_ADJECTIVE, words.adjectives)]
            said += [form.replace("{noun}", x) for form, x in product(grammar._WITH_NOUN, words.nouns)]
            assert [text for text in said if muscle_units(text.format(who="she", whose="her"))] == []


def test_a_level_has_words_that_another_has_not() -> None:
    for label, levels in SYNONYMS.items():
        if label != "neutral":
            every = [word for words in levels for word in (*words.adjectives, *words.nouns)]
            assert len(every) == len(set(every))


def test_the_grammar_has_thousands_of_sentences() -> None:
    drawn = candidates(_rng(), 3000, SYNONYMS["surprised"][2], UNITS, "woman")
    assert len(set(drawn)) == 3000


def test_sentences_name_activated_units_and_no_others() -> None:
    for label, person in product(LABELS, ("man", "woman", "person")):
        drawn = candidates(_rng(1), 60, SYNONYMS[label][1], UNITS, person)
        assert all(named_units(text) <= set(UNITS) for text in drawn)
        assert sum(named_units(text) == set(UNITS) for text in drawn) > 15
        assert not any("{" in text or "  " in text for text in drawn)
        assert all(text[0].isupper() and text.endswith(".") for text in drawn)


def test_without_a_feeling_the_muscles_are_told_alone() -> None:
    words = {w for levels in SYNONYMS.values() for level in levels for w in (*level.adjectives, *level.nouns)}
    for text in candidates(_rng(), 40, None, UNITS):
        assert not any(f" {word} " in text for word in words)
        assert named_units(text)


def test_a_face_at_rest_names_no_muscle() -> None:
    drawn = candidates(_rng(), 60, SYNONYMS["neutral"][0], {}, "man")
    assert len(drawn) == 60
    assert all(named_units(text) == frozenset() for text in drawn)


def test_sentences_use_the_words_that_are_given() -> None:
    for text in candidates(_rng(), 40, Words(("sesquipedalian",), ("zeal",)), {"4": "low"}):
        assert ("sesquipedalian" in text) != ("zeal" in text.lower())


def test_the_same_seed_gives_the_same_sentences() -> None:
    first, again, other = (candidates(_rng(seed), 30, SYNONYMS["sad"][0], UNITS) for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_an_exhausted_grammar_gives_what_it_has() -> None:
    drawn = candidates(_rng(), 5000, None, {})
    assert 50 < len(drawn) < 500
    assert len(set(drawn)) == len(drawn)


def test_brows_are_named_together_and_the_higher_level_counts() -> None:
    found = dict(spread(UNITS, _rng(), most=4))
    assert [level for phrase, level in found.items() if phrase.units == {"1", "2"}] == ["high"]
    assert {unit for phrase in found for unit in phrase.units} == set(UNITS)
    assert {unit for phrase, _ in spread(UNITS, _rng(), most=1) for unit in phrase.units} == {"1"}


def test_a_phrase_is_a_record() -> None:
    with pytest.raises(AttributeError):
        phrases.Phrase(frozenset({"4"}), ("x",)).units = frozenset()  # type: ignore[misc]


def test_agreement_is_the_f1_of_the_units() -> None:
    assert agreement({"1", "2"}, {"1", "2"}) == 1
    assert agreement({"1"}, {"1", "2", "4"}) == pytest.approx(2 * 1 * (1 / 3) / (1 + 1 / 3))
    assert agreement({"1"}, {"4"}) == 0
    assert agreement(set(), set()) == 1
    assert agreement({"1"}, set()) == 0


def test_likeness_counts_shared_words() -> None:
    assert likeness("He is sad.", "he is SAD") == 1
    assert likeness("He is sad.", "She feels joy") == 0
    assert likeness("", "") == 0


def test_the_best_sentences_agree_with_what_was_measured() -> None:
    drawn = ["A smile with lip corners pulled up.", *candidates(_rng(), 60, SYNONYMS["fear"][2], UNITS), "Wide eyes."]
    kept = best(drawn, UNITS)
    assert len(set(kept)) == 5
    assert all(named_units(text) == set(UNITS) for text in kept)


def test_the_best_sentences_differ() -> None:
    twins = [f"The man is sad while he talks {end}" for end in ("today.", "today now.", "today again.")]
    other = "Sorrow, nothing else!"
    assert best([*twins, other], set(), count=2) == [twins[0], other]
    assert best(["x  y", "x y"], set()) == ["x y"]
