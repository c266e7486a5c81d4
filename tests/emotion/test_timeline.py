"""Feelings over time, and sentences that only look like it."""

from __future__ import annotations

import re

import pytest

from style2talker.emotion.timeline import LONGEST, parse
from style2talker.errors import EmotionError


def test_a_label_or_sentence_is_one_key_at_zero() -> None:
    assert parse("angry") == ((0.0, "angry"),)
    assert parse("  she can hardly hide her joy \n") == ((0.0, "she can hardly hide her joy"),)


def test_a_timeline_gives_its_keys() -> None:
    assert parse("0: calm; 2.5: suddenly furious") == ((0.0, "calm"), (2.5, "suddenly furious"))
    assert parse("0:calm\n.5 s: angry;\n 3s : sad\n") == ((0.0, "calm"), (0.5, "angry"), (3.0, "sad"))


def test_a_timeline_that_starts_late_starts_neutral() -> None:
    assert parse("1.5: happy") == ((0.0, "neutral"), (1.5, "happy"))


@pytest.mark.parametrize(
    "text",
    [
        "a sentence with: colon; and semicolons",
        "note: he is angry; 2: maybe",
        "10:30 is when he gets angry",
        "she said: 5; then left",
        "émue; aux larmes: 愤怒 😡",
        "\u202eنعم; \u0000 odd",
    ],
)
def test_other_colons_and_semicolons_stay_a_sentence(text: str) -> None:
    assert parse(text) == ((0.0, text),)


def test_words_of_a_key_may_hold_colons() -> None:
    assert parse("0: he says: no; 4: at 10:30 angry") == ((0.0, "he says: no"), (4.0, "at 10:30 angry"))


@pytest.mark.parametrize(
    ("text", "position", "what"),
    [
        ("0: calm; later: angry", 10, "expected SECONDS"),
        ("0: calm;  2:  ; 3: sad", 11, "no words"),
        ("0: calm; 3: sad; 3: angry", 18, "does not come after"),
        ("0: calm; 3: sad; 1: angry", 18, "does not come after"),
        ("-1: calm; 3: sad", 1, "before the start"),
        ("0: calm; 3: sad; 😀😀", 18, "expected SECONDS"),
    ],
)
def test_errors_name_the_character(text: str, position: int, what: str) -> None:
    with pytest.raises(EmotionError, match=rf"character {position}: .*{re.escape(what)}"):
        parse(text)


@pytest.mark.parametrize("text", ["", "   ", "\n;;\n"])
def test_nothing_is_an_error(text: str) -> None:
    with pytest.raises(EmotionError, match="empty"):
        parse(text)


def test_length_is_bounded() -> None:
    parse("x" * LONGEST)
    with pytest.raises(EmotionError, match=f"{LONGEST + 1} characters"):
        parse("x" * (LONGEST + 1))
