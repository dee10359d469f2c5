"""What pages of other origins may read and send; by default any, for answers are public and carry no credentials."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from service.api.edge.headers import HeaderList

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ANY = "*"
DAY_SECONDS = 86_400
METHODS = "GET, HEAD, POST"
# What a page may send besides what is always allowed.
SENT = "If-None-Match, Content-Type, Authorization, X-API-Key, CG-API-KEY, X-Request-Id"
# What a page may read besides what is always readable.
READ = (
    "ETag, Age, Link, Retry-After, RateLimit, RateLimit-Policy, Server-Timing, X-Request-Id, Content-Disposition, "
    "WWW-Authenticate"
)
_READABLE = ("Access-Control-Expose-Headers", READ)
_OURS = frozenset({"Access-Control-Allow-Origin", _READABLE[0]})


class Cors:
    """WSGI middleware: answers what browsers ask before they ask, and marks every answer as readable."""

    def __init__(self, app: "WSGIApplication", origins: Sequence[str]) -> None:
        """Let pages of these origins read what `app` answers; `*` is any."""
        self._app, self._origins = app, frozenset(origins)

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Answer a preflight without the application, and anything else with it."""
        allowed = self._allowed(environ.get("HTTP_ORIGIN", ""))
        if environ["REQUEST_METHOD"] == "OPTIONS" and "HTTP_ACCESS_CONTROL_REQUEST_METHOD" in environ:
            start_response("204 No Content", [*self._headers([], allowed), *_preflight(allowed)])
            return []

        def started(status: str, headers: HeaderList, error: object = None) -> object:
            return start_response(status, self._headers(headers, allowed), *(() if error is None else (error,)))

        return self._app(environ, started)  # type: ignore[arg-type]  # the write callable is passed on as it is

    def _allowed(self, origin: str) -> str | None:
        """Return which origin may read the answer, None if this one may not."""
        if ANY in self._origins:
            return ANY
        return origin if origin in self._origins else None

    def _headers(self, given: HeaderList, allowed: str | None) -> HeaderList:
        headers = [each for each in given if each[0] not in _OURS]
        if ANY not in self._origins:
            # Caches must not give one origin the answer that names another.
            varies = [value for name, value in headers if name == "Vary"]
            headers = [*(each for each in headers if each[0] != "Vary"), ("Vary", ", ".join([*varies, "Origin"]))]
        return headers if allowed is None else [*headers, ("Access-Control-Allow-Origin", allowed), _READABLE]


def _preflight(allowed: str | None) -> HeaderList:
    if allowed is None:
        return []
    return [
        ("Access-Control-Allow-Methods", METHODS),
        ("Access-Control-Allow-Headers", SENT),
        ("Access-Control-Max-Age", str(DAY_SECONDS)),
    ]
