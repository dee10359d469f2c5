"""Observed: every request is timed and counted, whoever answers it, kept answers sent before Flask too."""

from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any

from flask import Flask, request

from service.ops.instruments import Instruments
from service.ops.request_scope import RequestScope, current_scope, scope_of_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What turns a request away because there are too many, by the kind of problem that says so.
NOT_SHED = {"exchange-unavailable"}
SHED_STATUSES = {429, 503}


class Observed:
    """WSGI middleware outermost of all."""

    def __init__(self, app: "WSGIApplication", instruments: Instruments) -> None:
        """Tell `instruments` of what `app` is asked."""
        self._app, self._instruments = app, instruments

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let the application answer, and take down how it went."""
        scope, status = RequestScope(perf_counter()), 500

        def started(line: str, *rest: Any) -> Callable[[bytes], object]:  # noqa: ANN401 - headers, and maybe an error
            nonlocal status
            status = int(line[:3])
            return start_response(line, *rest)

        self._instruments.request_began()
        try:
            with scope_of_request(scope):
                body = self._app(environ, started)
        except BaseException:
            self._instruments.thread_freed()
            raise
        finally:
            self._ended(scope, environ["REQUEST_METHOD"], status)
        return _Sending(body, self._instruments.thread_freed)

    def _ended(self, scope: RequestScope, method: str, status: int) -> None:
        tell = self._instruments
        tell.request_ended(scope.route, method, status, perf_counter() - scope.began)
        if scope.cache:
            tell.looked_up(scope.route, scope.cache)
        if status in SHED_STATUSES and scope.problem not in NOT_SHED:
            tell.shed(scope.problem or str(status))


class _Sending:
    """A body that says when the server is done with it, sent whole or not."""

    def __init__(self, body: Iterable[bytes], done: Callable[[], None]) -> None:
        self._body, self._done = body, done

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._done()


def register(app: Flask) -> None:
    """Let the application say which of its routes a request is for."""
    app.before_request(_name_route)


def _name_route() -> None:
    if request.url_rule is not None:
        current_scope().route = request.url_rule.rule
