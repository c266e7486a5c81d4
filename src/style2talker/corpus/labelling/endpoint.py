"""Questions to a language model, through any endpoint that speaks the chat completions of the OpenAI interface.

In: messages. Out: the text of the answer. What can pass is tried again, waiting longer each time; what cannot (a wrong
key, model or address) ends the run at once. The key goes nowhere but into the header of the request.
"""

from __future__ import annotations

import http.client
import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from style2talker.errors import Style2TalkerError, UsageError

__all__ = ["Answer", "Endpoint", "ask"]

_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504, 529})
"""Statuses of HTTP after which the same request may succeed."""
_LONGEST_WAIT = 60.0


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a language model answers.

    Attributes:
        base_url: address up to and with the version, such as https://api.openai.com/v1.
        model: name of the model there.
        key: sent as bearer token; None for endpoints that want none.
        temperature: 0 and more, how freely it writes.
        timeout: seconds to wait for an answer.
        attempts: how often a request is sent at most.
    """

    base_url: str
    model: str
    key: str | None = field(default=None, repr=False)
    temperature: float = 1.0
    timeout: float = 120.0
    attempts: int = 6

    def __post_init__(self) -> None:
        if not self.base_url.startswith(("http://", "https://")):
            raise UsageError(f"--base-url is {self.base_url}, it must begin with http:// or https://")
        if not self.model:
            raise UsageError("--model is empty: name a model of the endpoint")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a model wrote.

    Attributes:
        text: its words.
        tokens_in: tokens of the question, 0 when the endpoint does not say.
        tokens_out: tokens of the answer.
    """

    text: str
    tokens_in: int
    tokens_out: int


def ask(
    endpoint: Endpoint, messages: Sequence[Mapping[str, str]], wait: Callable[[float], None] = time.sleep
) -> Answer:
    """Ask a question.

    Args:
        endpoint: who is asked.
        messages: role ("system", "user") and content of each.
        wait: called with the seconds to wait before the next attempt.

    Returns:
        The answer.

    Raises:
        UsageError: the endpoint refuses the key, the model or the request.
        Style2TalkerError: no usable answer after all attempts.
    """
    content = {"model": endpoint.model, "messages": list(messages), "temperature": endpoint.temperature}
    headers = {"Content-Type": "application/json"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    url = f"{endpoint.base_url.rstrip('/')}/chat/completions"
    request = urllib.request.Request(url, json.dumps(content).encode(), headers, method="POST")
    trouble = ""
    for attempt in range(endpoint.attempts):
        told: str | None = None
        try:
            with urllib.request.urlopen(request, timeout=endpoint.timeout) as reply:
                return _read(reply.read())
        except urllib.error.HTTPError as error:
            trouble = f"status {error.code}, {_reason(error)}"
            if error.code not in _PASSING:
                raise UsageError(f"{url} refused the request ({trouble}): check key, model and --base-url") from error
            told = error.headers.get("Retry-After")
        except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError, IndexError) as error:
            trouble = f"{type(error).__name__}: {error}"
        if attempt + 1 < endpoint.attempts:
            wait(_pause(attempt, told))
    raise Style2TalkerError(
        f"{url} gave no usable answer in {endpoint.attempts} attempts ({trouble}): "
        "try again later, what was answered until now is kept"
    )


def _pause(attempt: int, told: str | None) -> float:
    """Seconds until the next attempt: as the endpoint asks, else doubled each time."""
    asked = float(told) if told is not None and told.strip().replace(".", "", 1).isdigit() else 2.0**attempt
    return min(asked, _LONGEST_WAIT)


def _read(body: bytes) -> Answer:
    content = json.loads(body)
    text = content["choices"][0]["message"]["content"]
    if not isinstance(text, str):
        raise TypeError("the answer has no text")
    usage = content.get("usage") or {}
    return Answer(text, int(usage.get("prompt_tokens") or 0), int(usage.get("completion_tokens") or 0))


def _reason(error: urllib.error.HTTPError) -> str:
    """What the endpoint says about its refusal, in a line."""
    body = error.read(2000).decode("utf-8", "replace")
    try:
        said = json.loads(body)["error"]
        body = str(said["message"] if isinstance(said, dict) else said)
    except (ValueError, KeyError, TypeError):
        body = body or str(error.reason)
    return " ".join(body.split())[:200]
