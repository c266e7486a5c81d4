from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from style2talker.corpus.labelling.endpoint import Answer, Endpoint
from style2talker.corpus.labelling.phrases import UNIT_NAMES
from style2talker.corpus.labelling.prompting import (
    Estimate,
    Question,
    ask_for_candidates,
    ask_for_words,
    estimate,
    remembered_words,
)
from style2talker.corpus.labelling.synonyms import SYNONYMS
from style2talker.corpus.labelling.units import LABELLED
from style2talker.errors import Style2TalkerError

ENDPOINT = Endpoint("http://localhost/v1", "small")
QUESTIONS = [Question("woman", f"word{n} (fear, level 3 of 3)", {"1": "high", "25": "low"}, 6) for n in range(5)]


class Writer:
    """A language model that answers every clip of a prompt by its line."""

    def __init__(self, spoil: str = "", fence: bool = False) -> None:
        self.prompts: list[str] = []
        self.spoil, self.fence = spoil, fence

    def __call__(self, endpoint: Endpoint, messages: Sequence[Mapping[str, str]]) -> Answer:
        assert [message["role"] for message in messages] == ["system", "user"]
        prompt = messages[1]["content"]
        self.prompts.append(prompt)
        found = re.findall(r"^(\d+)\. \w+; feeling: (\w+)", prompt, re.M)
        answer = {n: [f"{word} {i}" for i in range(6)] for n, word in found if word != self.spoil}
        text = json.dumps(answer)
        return Answer(f"Here you are:\n```json\n{text}\n```" if self.fence else text, 1, 1)


def test_a_clip_is_told_in_a_line() -> None:
    assert QUESTIONS[0].line() == (
        "woman; feeling: word0 (fear, level 3 of 3); muscles: inner brow raiser (high), lips part (low)"
    )
    assert Question("man", None, {}, 5).line() == "man; feeling: not given; muscles: none"
    assert set(LABELLED) == set(UNIT_NAMES)


@pytest.mark.parametrize("fence", [False, True])
def test_batches_are_asked_and_each_clip_gets_its_own(tmp_path: Path, fence: bool) -> None:
    writer, seen = Writer(fence=fence), []
    got = ask_for_candidates(
        QUESTIONS, ENDPOINT, tmp_path / "c", 2, 2, writer, lambda done, total: seen.append((done, total))
    )
    assert got == [[f"word{n} {i}" for i in range(6)] for n in range(5)]
    assert len(writer.prompts) == 3
    assert all("Write 6 different" in prompt and "{" not in prompt for prompt in writer.prompts)
    assert seen[-1] == (5, 5)


def test_nothing_is_asked_twice(tmp_path: Path) -> None:
    first = ask_for_candidates(QUESTIONS[:3], ENDPOINT, tmp_path, 10, 1, Writer())
    writer = Writer()
    assert ask_for_candidates(QUESTIONS[:4], ENDPOINT, tmp_path, 10, 1, writer)[:3] == first
    assert len(writer.prompts) == 1 and "word3" in writer.prompts[0] and "word0" not in writer.prompts[0]
    other = Writer()
    ask_for_candidates(QUESTIONS[:1], Endpoint("http://localhost/v1", "large"), tmp_path, 10, 1, other)
    assert len(other.prompts) == 1


def test_a_clip_that_was_left_out_is_asked_for_alone_and_then_given_up(tmp_path: Path) -> None:
    writer = Writer(spoil="word1")
    got = ask_for_candidates(QUESTIONS, ENDPOINT, tmp_path, 10, 1, writer)
    assert [answer is None for answer in got] == [False, True, False, False, False]
    assert len(writer.prompts) == 2
    assert "word0" not in writer.prompts[1]


def test_an_answer_that_is_no_json_is_given_up(tmp_path: Path) -> None:
    assert ask_for_candidates(QUESTIONS[:2], ENDPOINT, tmp_path, 10, 1, lambda *_: Answer("I cannot.", 1, 1)) == [
        None,
        None,
    ]
    assert ask_for_candidates(QUESTIONS[:1], ENDPOINT, tmp_path, 10, 1, lambda *_: Answer("{[]}", 1, 1)) == [None]


def test_what_was_answered_before_a_failure_is_kept(tmp_path: Path) -> None:
    writer = Writer()

    def failing(endpoint: Endpoint, messages: Sequence[Mapping[str, str]]) -> Answer:
        if len(writer.prompts) == 2:
            raise Style2TalkerError("gone")
        return writer(endpoint, messages)

    with pytest.raises(Style2TalkerError, match="gone"):
        ask_for_candidates(QUESTIONS, ENDPOINT, tmp_path, 1, 1, failing)
    assert estimate(QUESTIONS, ENDPOINT, tmp_path, 1).questions == 3


def test_the_estimate_counts_what_is_left(tmp_path: Path) -> None:
    would = estimate(QUESTIONS, ENDPOINT, tmp_path, 2)
    assert (would.questions, would.requests) == (5, 3)
    assert 600 < would.tokens_in < 2500
    assert 500 < would.tokens_out < 2000
    ask_for_candidates(QUESTIONS, ENDPOINT, tmp_path, 2, 1, Writer())
    assert estimate(QUESTIONS, ENDPOINT, tmp_path, 2) == Estimate(0, 0, 0, 0)
    assert Estimate(1, 1, 2_000_000, 500_000).cost(0.5, 4.0) == 3.0


def test_synonyms_are_asked_once_and_ours_fill_the_gaps(tmp_path: Path) -> None:
    asked = []

    def thesaurus(endpoint: Endpoint, messages: Sequence[Mapping[str, str]]) -> Answer:
        asked.append(messages[1]["content"])
        return Answer(json.dumps({"fear 3": {"adjectives": ["aghast", "aghast "], "nouns": []}, "sad 1": "?"}), 1, 1)

    assert remembered_words(ENDPOINT, tmp_path) is None
    words = ask_for_words(ENDPOINT, tmp_path, thesaurus)
    assert words["fear"][2].adjectives == ("aghast",)
    assert words["fear"][2].nouns == SYNONYMS["fear"][2].nouns
    assert words["sad"] == SYNONYMS["sad"]
    assert ask_for_words(ENDPOINT, tmp_path, thesaurus) == words == remembered_words(ENDPOINT, tmp_path)
    assert len(asked) == 1 and "fear 3" in asked[0]


def test_useless_synonyms_are_not_remembered(tmp_path: Path) -> None:
    assert ask_for_words(ENDPOINT, tmp_path, lambda *_: Answer("no", 1, 1)) == dict(SYNONYMS)
    assert remembered_words(ENDPOINT, tmp_path) is None
