"""The gate asks each check in turn, and what a check adds stands in the answer, whoever gives it."""

from typing import Any

import orjson
from werkzeug.test import Client
from werkzeug.wrappers import Response

from service.api.edge.errors.problems import Told
from service.api.edge.refusals.gate import Gate, Verdict

TOO_MUCH = Told(429, "too-many-requests", "Too Many Requests", "Later.", {})


def app(_: Any, start_response: Any) -> list[bytes]:
    """Answer all alike."""
    start_response("200 OK", [("X-Own", "1")])
    return [b"here"]


def test_the_first_refusal_ends_it() -> None:
    """Later checks are not asked; headers of earlier ones are sent with the problem."""
    asked: list[str] = []

    def last(_: object) -> Verdict:
        asked.append("last")
        return Verdict(None)

    gate = Gate(app, [lambda _: Verdict(None, [("X-A", "1")]), lambda _: Verdict(TOO_MUCH, [("X-B", "2")]), last])
    answer = Client(gate, Response).get("/somewhere?x=1")
    assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
    assert orjson.loads(answer.data)["instance"] == "/somewhere"
    assert (answer.headers["X-A"], answer.headers["X-B"]) == ("1", "2")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not asked


def test_what_passes_has_the_headers_of_all_checks() -> None:
    """Beside the application's own."""
    gate = Gate(app, [lambda _: Verdict(None, [("X-A", "1")]), lambda _: Verdict(None)])
    answer = Client(gate, Response).get("/")
    assert (answer.status_code, answer.data) == (200, b"here")
    assert (answer.headers["X-Own"], answer.headers["X-A"]) == ("1", "1")


def test_a_head_is_refused_without_a_body() -> None:
    """Its length is that of the body that a GET would have."""
    answer = Client(Gate(app, [lambda _: Verdict(TOO_MUCH)]), Response).head("/")
    assert (answer.status_code, answer.data) == (429, b"")


def test_a_304_leaves_what_the_caller_kept_as_it_is() -> None:
    """The headers for browsers are those of the answer that it has; what the checks say is of this request."""

    def unchanged(_: Any, start_response: Any) -> list[bytes]:
        start_response("304 Not Modified", [("ETag", '"x"')])
        return []

    answer = Client(Gate(unchanged, [lambda _: Verdict(None, [("X-A", "1")])]), Response).get("/")
    assert list(answer.headers) == [("ETag", '"x"'), ("X-A", "1")]
