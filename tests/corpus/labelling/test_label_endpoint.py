from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import pytest

from style2talker.corpus.labelling.endpoint import Answer, Endpoint, ask
from style2talker.errors import Style2TalkerError, UsageError

MESSAGES = [{"role": "user", "content": "Say yes."}]


class Model(BaseHTTPRequestHandler):
    """Answers with the replies that a test has laid ready, the last one for ever."""

    replies: ClassVar[list[tuple[int, dict[str, str], bytes]]] = []
    asked: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Model.asked.append({"path": self.path, "key": self.headers["Authorization"], **json.loads(body)})
        status, headers, content = Model.replies.pop(0) if len(Model.replies) > 1 else Model.replies[0]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture
def model() -> Iterator[str]:
    """Address of a language model on this machine."""
    Model.asked.clear()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Model)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    thread.join()
    server.server_close()


def _said(text: object) -> tuple[int, dict[str, str], bytes]:
    content = {"choices": [{"message": {"content": text}}], "usage": {"prompt_tokens": 7, "completion_tokens": 2}}
    return 200, {}, json.dumps(content).encode()


def test_a_question_is_asked_and_answered(model: str) -> None:
    Model.replies = [_said("yes")]
    assert ask(Endpoint(model + "/", "small", "secret", 0.3), MESSAGES) == Answer("yes", 7, 2)
    assert Model.asked == [
        {
            "path": "/v1/chat/completions",
            "key": "Bearer secret",
            "model": "small",
            "messages": MESSAGES,
            "temperature": 0.3,
        }
    ]


def test_an_endpoint_without_key_gets_none_and_usage_may_be_missing(model: str) -> None:
    Model.replies = [(200, {}, b'{"choices": [{"message": {"content": "yes"}}], "usage": null}')]
    assert ask(Endpoint(model, "small"), MESSAGES) == Answer("yes", 0, 0)
    assert Model.asked[0]["key"] is None


def test_what_can_pass_is_tried_again_with_longer_waits(model: str) -> None:
    Model.replies = [(429, {}, b""), (503, {"Retry-After": "7"}, b""), (200, {}, b"<html>"), _said(None), _said("yes")]
    waits: list[float] = []
    assert ask(Endpoint(model, "small"), MESSAGES, waits.append).text == "yes"
    assert waits == [1.0, 7.0, 4.0, 8.0]


def test_a_wait_is_at_most_a_minute(model: str) -> None:
    Model.replies = [(429, {"Retry-After": "3600"}, b""), (429, {"Retry-After": "Wed, 21 Oct"}, b""), _said("yes")]
    waits: list[float] = []
    ask(Endpoint(model, "small"), MESSAGES, waits.append)
    assert waits == [60.0, 2.0]


def test_after_all_attempts_it_is_told(model: str) -> None:
    Model.replies = [(500, {}, b'{"error": {"message": "out of order"}}')]
    with pytest.raises(Style2TalkerError, match=r"3 attempts \(status 500, out of order\)"):
        ask(Endpoint(model, "small", attempts=3), MESSAGES, lambda _: None)
    assert len(Model.asked) == 3


@pytest.mark.parametrize(
    ("body", "told"), [(b'{"error": {"message": "bad key"}}', "bad key"), (b'{"error": "no"}', "no"), (b"", "Unauth")]
)
def test_a_refusal_ends_it_at_once(model: str, body: bytes, told: str) -> None:
    Model.replies = [(401, {}, body)]
    with pytest.raises(UsageError, match=f"status 401, {told}"):
        ask(Endpoint(model, "small"), MESSAGES, lambda _: None)
    assert len(Model.asked) == 1


def test_nobody_there_is_told() -> None:
    with pytest.raises(Style2TalkerError, match="refused"):
        ask(Endpoint("http://127.0.0.1:9", "small", attempts=2), MESSAGES, lambda _: None)


def test_an_endpoint_is_checked_and_hides_its_key() -> None:
    with pytest.raises(UsageError, match="begin with http"):
        Endpoint("localhost:8000", "small")
    with pytest.raises(UsageError, match="--model is empty"):
        Endpoint("http://localhost", "")
    assert "secret" not in repr(Endpoint("http://localhost", "small", "secret"))
