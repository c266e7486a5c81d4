"""Prompts of the package -> candidate sentences and synonyms from a language model, remembered on disk.

Each clip is remembered by itself, under a digest of everything that its answer depends on: a run that was cut short
goes on where it stopped, and the same question is never paid twice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from style2talker.corpus.labelling.endpoint import Answer, Endpoint, ask
from style2talker.corpus.labelling.phrases import UNIT_NAMES
from style2talker.corpus.labelling.synonyms import SYNONYMS, Words
from style2talker.media.atomic import atomic_path

__all__ = ["Estimate", "Question", "ask_for_candidates", "ask_for_words", "estimate", "remembered_words"]

_LETTERS_IN_A_TOKEN = 4
_TOKENS_OF_A_SENTENCE = 34
_TRIES = 2
"""Times that a clip is asked for, in a batch and then alone, before it is given up."""
_LEAST = 5

Asker = Callable[[Endpoint, Sequence[Mapping[str, str]]], Answer]


@dataclass(frozen=True, slots=True)
class Question:
    """What a model is told about a clip.

    Attributes:
        person: "man", "woman" or "person".
        feeling: the word for it, None when unknown.
        units: activated unit -> "low", "middle" or "high".
        count: sentences wanted.
    """

    person: str
    feeling: str | None
    units: Mapping[str, str]
    count: int

    def line(self) -> str:
        """The clip in a line."""
        muscles = ", ".join(f"{UNIT_NAMES[unit]} ({level})" for unit, level in self.units.items())
        return f"{self.person}; feeling: {self.feeling or 'not given'}; muscles: {muscles or 'none'}"


@dataclass(frozen=True, slots=True)
class Estimate:
    """What asking would take.

    Attributes:
        questions: clips that no earlier run has an answer for.
        requests: requests to the endpoint.
        tokens_in: tokens of all questions together, by their length.
        tokens_out: tokens of all answers.
    """

    questions: int
    requests: int
    tokens_in: int
    tokens_out: int

    def cost(self, price_in: float, price_out: float) -> float:
        """What that costs at prices for a million tokens."""
        return (self.tokens_in * price_in + self.tokens_out * price_out) / 1e6


def _prompt(name: str) -> str:
    return resources.files("style2talker.corpus.labelling").joinpath("prompts", f"{name}.txt").read_text("utf-8")


def _messages(user: str) -> list[dict[str, str]]:
    return [{"role": "system", "content": _prompt("system").strip()}, {"role": "user", "content": user.strip()}]


def _batch_messages(questions: Sequence[Question]) -> list[dict[str, str]]:
    lines = "\n".join(f"{number}. {question.line()}" for number, question in enumerate(questions, 1))
    return _messages(_prompt("sentences").replace("{count}", str(questions[0].count)).replace("{clips}", lines))


def _place(cache: Path, endpoint: Endpoint, prompt: str, line: str) -> Path:
    about = [endpoint.base_url, endpoint.model, endpoint.temperature, _prompt("system"), _prompt(prompt), line]
    return cache / f"{hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]}.json"


def _place_of(cache: Path, endpoint: Endpoint, question: Question) -> Path:
    return _place(cache, endpoint, "sentences", f"{question.count} {question.line()}")


def _remember(place: Path, answer: object) -> None:
    with atomic_path(place) as part:
        part.write_text(json.dumps(answer, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _recall(place: Path) -> Any:
    return json.loads(place.read_text(encoding="utf-8")) if place.is_file() else None


def _object(text: str) -> dict[str, Any]:
    """The JSON object in an answer, {} when there is none; models like to put a fence around it."""
    begin, end = text.find("{"), text.rfind("}")
    try:
        found = json.loads(text[begin : end + 1])
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _strings(value: object) -> list[str]:
    items = value if isinstance(value, list) else []
    return list(dict.fromkeys(" ".join(item.split()) for item in items if isinstance(item, str) and item.strip()))


def _batches(questions: Sequence[Question], size: int) -> Iterator[list[Question]]:
    by_count: dict[int, list[Question]] = {}
    for question in questions:
        by_count.setdefault(question.count, []).append(question)
    for same in by_count.values():
        for begin in range(0, len(same), size):
            yield same[begin : begin + size]


def _open(questions: Sequence[Question], endpoint: Endpoint, cache: Path) -> list[Question]:
    """Questions without a remembered answer, each once."""
    places = {_place_of(cache, endpoint, question): question for question in questions}
    return [question for place, question in places.items() if not place.is_file()]


def estimate(questions: Sequence[Question], endpoint: Endpoint, cache: Path, batch: int) -> Estimate:
    """What asking would take, without asking; a token is taken for four letters.

    Args:
        questions: one for each clip.
        endpoint: who would be asked.
        cache: folder of remembered answers.
        batch: clips in a request.
    """
    left = _open(questions, endpoint, cache)
    asked = list(_batches(left, batch))
    letters = sum(len(message["content"]) for group in asked for message in _batch_messages(group))
    return Estimate(
        len(left), len(asked), letters // _LETTERS_IN_A_TOKEN, sum(q.count for q in left) * _TOKENS_OF_A_SENTENCE
    )


def ask_for_candidates(
    questions: Sequence[Question],
    endpoint: Endpoint,
    cache: Path,
    batch: int = 10,
    parallel: int = 4,
    asker: Asker = ask,
    progress: Callable[[int, int], None] | None = None,
) -> list[list[str] | None]:
    """Candidate sentences for clips.

    Args:
        questions: one for each clip.
        endpoint: who is asked.
        cache: folder of remembered answers, created when missing.
        batch: clips in a request.
        parallel: requests at a time.
        asker: what asks.
        progress: called with the number of clips answered and of clips that had to be asked for.

    Returns:
        For each question at least five sentences, or None where the model gave no usable answer twice.

    Raises:
        UsageError: the endpoint refuses.
        Style2TalkerError: it does not answer; the answers until then are kept.
    """
    cache.mkdir(parents=True, exist_ok=True)

    def one(group: list[Question]) -> int:
        answer = _object(asker(endpoint, _batch_messages(group)).text)
        for number, question in enumerate(group, 1):
            sentences = _strings(answer.get(str(number)))
            if len(sentences) >= _LEAST:
                _remember(_place_of(cache, endpoint, question), sentences)
        return len(group)

    for attempt in range(_TRIES):
        left = _open(questions, endpoint, cache)
        done = 0
        with ThreadPoolExecutor(parallel) as pool:
            jobs = [pool.submit(one, group) for group in _batches(left, batch if attempt == 0 else 1)]
            try:
                for job in as_completed(jobs):
                    done += job.result()
                    if progress is not None:
                        progress(done, len(left))
            except BaseException:
                # One refusal stands for all: nothing more is asked.
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    return [_recall(_place_of(cache, endpoint, question)) for question in questions]


def _feelings() -> list[str]:
    return [f"{label} {level}" for label in SYNONYMS for level in ((1,) if label == "neutral" else (1, 2, 3))]


def remembered_words(endpoint: Endpoint, cache: Path) -> dict[str, tuple[Words, ...]] | None:
    """The synonyms that the model gave in an earlier run, None when it was not asked yet."""
    found = _recall(_place(cache, endpoint, "synonyms", "\n".join(_feelings())))
    return None if found is None else _with_ours(found)


def _with_ours(answer: Mapping[str, Any]) -> dict[str, tuple[Words, ...]]:
    """Synonyms of an answer; our own where it has none."""
    table: dict[str, tuple[Words, ...]] = {}
    for label, levels in SYNONYMS.items():
        words = []
        for level, ours in enumerate(levels, 1):
            given = answer.get(f"{label} {1 if label == 'neutral' else level}")
            given = given if isinstance(given, dict) else {}
            adjectives, nouns = _strings(given.get("adjectives")), _strings(given.get("nouns"))
            words.append(Words(tuple(adjectives) or ours.adjectives, tuple(nouns) or ours.nouns))
        table[label] = tuple(words)
    return table


def ask_for_words(endpoint: Endpoint, cache: Path, asker: Asker = ask) -> dict[str, tuple[Words, ...]]:
    """Synonyms for each emotion and level from the model, our own where its answer leaves one out.

    Args:
        endpoint: who is asked.
        cache: folder of remembered answers, created when missing.
        asker: what asks.

    Returns:
        Label -> words at level 1, 2 and 3.
    """
    cache.mkdir(parents=True, exist_ok=True)
    place = _place(cache, endpoint, "synonyms", "\n".join(_feelings()))
    if not place.is_file():
        answer = _object(
            asker(endpoint, _messages(_prompt("synonyms").replace("{feelings}", "\n".join(_feelings())))).text
        )
        if not answer:
            return _with_ours({})
        _remember(place, answer)
    return _with_ours(_recall(place))
