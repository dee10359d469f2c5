"""The worker of the server, whose own errors are problems like all others."""

from http import HTTPStatus
from typing import Any

import orjson
from flask import Flask, Response
from gunicorn.http import errors
from gunicorn.util import write_nonblock

from service.api.edge.errors.problems import problem
from service.api.edge.headers import guarded
from service.ops.buffered_worker import BufferedWorker

# What was wrong, by the status that gunicorn gives it; it may also be found in the log.
DETAILS = {
    400: "The request is not well-formed HTTP.",
    403: "The request is not allowed to come this way.",
    408: "The request did not arrive in time.",
    414: "The request line is too long.",
    417: "What the request expects is not offered.",
    431: "The header fields are too many or too long.",
    501: "This transfer coding is not offered.",
}


# What reading a body may raise, once its headers have passed.
UNREADABLE = (errors.ParseException, errors.NoMoreData)


def register(app: Flask) -> None:
    """Answer a body whose chunks are not well-formed as what it is, and read no more from that connection."""
    for kind in UNREADABLE:
        app.register_error_handler(kind, _unreadable)


def _unreadable(_: Exception) -> Response:
    response = problem(400, "bad-request", "Bad Request", "The body is not well-formed HTTP.")
    response.headers["Connection"] = "close"
    return response


class _Recorder:
    """What stands for the client while gunicorn writes its page."""

    def __init__(self) -> None:
        self.sent = b""

    def gettimeout(self) -> float:
        return 0.0

    def sendall(self, data: bytes) -> None:
        self.sent += data


class ProblemWorker(BufferedWorker):
    """See gunicorn: it decides which status an error has, and what is logged of it; the page is ours."""

    def page_of(self, status: int) -> bytes:
        """Return the page of what never came to a thread."""
        return problem_page(status)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:  # noqa: ANN401 - gunicorn's
        """Send the error as application/problem+json, whatever the request had in it left out."""
        recorder = _Recorder()
        super().handle_error(req, recorder, addr, exc)
        try:
            write_nonblock(client, problem_page(_status_of(recorder.sent)))
        except OSError:
            self.log.debug("Failed to send error message.")


def problem_page(status: int) -> bytes:
    """Return a whole HTTP/1.1 answer that ends its connection."""
    phrase = HTTPStatus(status).phrase
    detail = DETAILS.get(status, "The request failed; it has been logged.")
    kind = "internal" if status == HTTPStatus.INTERNAL_SERVER_ERROR else phrase.lower().replace(" ", "-")
    body = orjson.dumps({"type": f"/problems/{kind}", "title": phrase, "status": status, "detail": detail})
    sent = [("Connection", "close"), ("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in guarded(sent)), "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def _status_of(page: bytes) -> int:
    """Return the status of the page that gunicorn wrote; 500 where it wrote none."""
    line = page.split(b"\r\n", 1)[0].split()
    return int(line[1]) if len(line) > 1 and line[1].isdigit() else 500
