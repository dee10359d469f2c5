"""The gate: what is refused before a kept answer is looked for and before Flask routes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from service.api.edge.errors.problems import Told
from service.api.edge.headers import HeaderList, guarded
from service.ops.request_scope import current_scope

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Headers = Sequence[tuple[str, str]]


class Verdict(NamedTuple):
    """What one check says: a problem, or None; and headers for the answer, whoever gives it."""

    told: Told | None
    headers: Headers = ()


# What most requests are told.
PASSED = Verdict(None)

Check = Callable[[Mapping[str, Any]], Verdict]


class Gate:
    """WSGI middleware that asks each check in turn; the first that refuses ends it."""

    def __init__(self, app: "WSGIApplication", checks: Sequence[Check]) -> None:
        """Stand before `app`."""
        self._app, self._checks = app, checks

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Refuse the request, or let the application answer it under the checks' headers."""
        added: HeaderList = []
        for check in self._checks:
            verdict = check(environ)
            added += verdict.headers
            if verdict.told is not None:
                return _refused(environ, start_response, verdict.told, added)

        def started(status: str, headers: HeaderList, *error: Any) -> Any:  # noqa: ANN401 - as WSGI has it
            # What the caller kept has these headers, and a 304 leaves them as they are.
            told = [*headers, *added]
            return start_response(status, told if status.startswith("304") else guarded(told), *error)

        return self._app(environ, started)


def _refused(environ: "WSGIEnvironment", start_response: "StartResponse", told: Told, added: Headers) -> list[bytes]:
    current_scope().problem = told.kind
    body = orjson.dumps(told.body | {"instance": environ.get("PATH_INFO", "")})
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
    # A body that nobody has read must not be taken for the next request.
    headers += [("Connection", "close"), ("Cache-Control", "no-store"), *added]
    start_response(f"{told.status} {HTTPStatus(told.status).phrase}", guarded(headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
