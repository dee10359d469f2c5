"""What the server itself refuses is a problem; tests/faults has it on the real server."""

import http.client
import io
import json
from collections.abc import Callable

import pytest
from flask import Flask, request
from gunicorn.http import errors

from service.api.edge.errors import server_errors
from service.api.edge.errors.server_errors import DETAILS, problem_page


class Sent:
    """A socket that has received a page."""

    def __init__(self, page: bytes) -> None:
        """Hold it."""
        self.page = page

    def makefile(self, *_: object) -> io.BytesIO:
        """Return it as a file."""
        return io.BytesIO(self.page)


@pytest.mark.parametrize("status", [*DETAILS, 500])
def test_each_status_has_a_page(status: int) -> None:
    """It is whole HTTP, ends the connection, and says as JSON what its status line says."""
    answer = http.client.HTTPResponse(Sent(problem_page(status)))  # type: ignore[arg-type]  # all that is used of a socket
    answer.begin()
    body = json.loads(answer.read())
    assert (answer.status, body["status"], answer.headers["Content-Type"]) == (
        status,
        status,
        "application/problem+json",
    )
    assert body["title"] == answer.reason
    assert answer.headers["Connection"] == "close"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("error", [lambda: errors.InvalidChunkSize(b"zz"), lambda: errors.NoMoreData(b"")])
def test_a_body_that_cannot_be_read_is_the_callers_fault(error: Callable[[], Exception]) -> None:
    """A 400 that ends the connection, not a 500."""
    app = Flask("x")
    server_errors.register(app)

    @app.post("/")
    def read() -> str:
        assert request.method == "POST"
        raise error()

    answer = app.test_client().post("/")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")
    assert answer.headers["Connection"] == "close"
