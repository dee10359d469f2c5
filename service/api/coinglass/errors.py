"""Errors as CoinGlass' envelope: {code, msg}, with the status and code of its table of errors.

Its documentation names 400 for a parameter that is missing or cannot be used, 401, 404, 405, 408, 429 and 500. We keep
503 and 504 as the statuses of an exchange that fails and an answer that is late, for proxies and retries go by them.
"""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson

from service.api.edge.headers import HeaderList

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PREFIX = "/coinglass/"
PROBLEM = "application/problem+json"
# Statuses that we answer and CoinGlass' table does not have in this place.
STATUSES = {422: 400, 499: 408}
CODES = {503: 500, 504: 408}
# What our own sentence would say in our names for exchanges.
SENTENCES = {"/problems/unknown-exchange": "exchange: Not served here; /v1/exchanges lists those that are."}


class CoinglassErrors:
    """WSGI middleware that puts every problem under /coinglass/, whoever told it, into the envelope."""

    def __init__(self, app: "WSGIApplication") -> None:
        """Stand before `app`."""
        self._app = app

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let the application answer, and translate what it answers where that is a problem."""
        if not environ.get("PATH_INFO", "").startswith(PREFIX):
            return self._app(environ, start_response)
        started: list[tuple[str, HeaderList]] = []

        def start(status: str, headers: HeaderList, *error: Any) -> Any:  # noqa: ANN401 - as WSGI has it
            if dict(headers).get("Content-Type") != PROBLEM:
                return start_response(status, headers, *error)
            started.append((status, headers))
            return None

        chunks = self._app(environ, start)
        if not started:
            return chunks
        status, headers = started[-1]
        return _enveloped(environ, start_response, int(status[:3]), headers, b"".join(chunks))


def _enveloped(
    environ: "WSGIEnvironment", start_response: "StartResponse", told: int, headers: HeaderList, body: bytes
) -> list[bytes]:
    status = STATUSES.get(told, told)
    problem = orjson.loads(body) if body else {"type": "", "detail": HTTPStatus(status).phrase}
    sentence = SENTENCES.get(problem["type"], problem["detail"])
    sent = orjson.dumps({"code": str(CODES.get(status, status)), "msg": sentence})
    kept = [(name, value) for name, value in headers if name not in {"Content-Type", "Content-Length"}]
    kept += [("Content-Type", "application/json"), ("Content-Length", str(len(sent)))]
    start_response(f"{status} {HTTPStatus(status).phrase}", kept)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [sent]
