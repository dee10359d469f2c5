"""Observed: every request is timed, counted and logged, whoever answers it, kept answers sent before Flask too."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeAlias

from flask import Flask, request

from service.api.edge.asked_about import asked_about, printable
from service.api.edge.headers import HeaderList
from service.ops.instruments import NO_INSTRUMENTS, Instruments
from service.ops.logs import Lines
from service.ops.request_scope import RequestScope, current_scope, scope_of_request

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

Write: TypeAlias = Callable[[bytes], object]
# What turns a request away because there are too many, but for this kind of problem: asking less would not help.
SHED_STATUSES, NOT_SHED = {429, 503}, {"exchange-unavailable"}
# Asked every few seconds by what watches over the service; they drown all else.
PROBES = {"/livez", "/readyz"}
FIRST_FAILURE = 500
# Failures that are an exchange's, or a matter of load: no bug of ours.
OF_OTHERS = {503, 504}
LONGEST_DETAIL = 500
KEPT = ("Server-Timing", "cache;desc=hit")
REQUEST_ID = re.compile(r"[A-Za-z0-9._:/+=-]{1,128}")
TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(frozen=True)
class Witness:
    """Who is told of requests.

    instruments  take down figures
    lines        take a line for each; None for none
    new_id       makes the id of a request that brings none
    """

    instruments: Instruments = NO_INSTRUMENTS
    lines: Lines | None = None
    new_id: Callable[[], str] = lambda: "0"


class Observed:
    """WSGI middleware outermost of all."""

    def __init__(self, app: "WSGIApplication", witness: Witness) -> None:
        """Tell the witness of what `app` is asked."""
        self._app, self._tell, self._lines, self._new_id = app, witness.instruments, witness.lines, witness.new_id

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Let the application answer, and take down how it went."""
        sent = environ.get("HTTP_X_REQUEST_ID")
        request_id = sent if sent and REQUEST_ID.fullmatch(sent) else self._new_id()
        scope, status = RequestScope(perf_counter(), request_id), 500

        def started(line: str, headers: HeaderList, *error: Any) -> Write:  # noqa: ANN401 - as WSGI has it
            nonlocal status
            status = int(line[:3])
            return start_response(line, [*headers, *_told(scope)], *error)

        self._tell.request_began()
        try:
            with scope_of_request(scope):
                body = self._app(environ, started)
        except BaseException:
            self._tell.thread_freed()
            raise
        finally:
            self._ended(scope, environ, status)
        return _Sending(body, self._tell.thread_freed)

    def _ended(self, scope: RequestScope, environ: "WSGIEnvironment", status: int) -> None:
        seconds, method = perf_counter() - scope.began, environ["REQUEST_METHOD"]
        self._tell.request_ended(scope.route, method, status, seconds)
        if scope.cache:
            self._tell.looked_up(scope.route, scope.cache)
        if status in SHED_STATUSES and scope.problem not in NOT_SHED:
            self._tell.shed(scope.problem or str(status))
        if self._lines is not None:
            level = _level(scope.route, status)
            self._lines.log(level, "request", **_facts(scope, environ, status, seconds))


def _told(scope: RequestScope) -> HeaderList:
    """Return what a caller is told: the id to ask about, and what took how many milliseconds."""
    named = ("X-Request-Id", scope.request_id)
    if scope.cache == "hit":
        return [named, KEPT]
    parts = [f"{phase};dur={1000 * seconds:.1f}" for phase, seconds in scope.phases.items()]
    if scope.cache:
        parts.insert(0, f"cache;desc={scope.cache}")
    return [named, ("Server-Timing", ", ".join(parts))] if parts else [named]


def _level(route: str, status: int) -> int:
    if status >= FIRST_FAILURE:
        return logging.WARNING if status in OF_OTHERS else logging.ERROR
    return logging.DEBUG if route in PROBES else logging.INFO


def _facts(scope: RequestScope, environ: "WSGIEnvironment", status: int, seconds: float) -> dict[str, object]:
    """Return what is known of a request; what there is not is left out."""
    facts: dict[str, object] = {"request_id": scope.request_id}
    traceparent = environ.get("HTTP_TRACEPARENT")
    if traceparent and TRACEPARENT.fullmatch(traceparent):
        facts["traceparent"] = traceparent
    facts["method"], facts["route"] = environ["REQUEST_METHOD"][:16], scope.route
    exchange, symbol = asked_about(environ.get("QUERY_STRING", ""))
    if peer := environ.get("REMOTE_ADDR"):
        facts["peer"] = peer
    if exchange:
        facts["exchange"] = exchange
    if symbol:
        facts["symbol"] = symbol
    facts["status"], facts["seconds"] = status, round(seconds, 6)
    if scope.cache:
        facts["cache"] = scope.cache
    return facts if scope.cache == "hit" else facts | _facts_of_work(scope)


def _facts_of_work(scope: RequestScope) -> dict[str, object]:
    """Return what there is to say of an answer that was not kept."""
    facts: dict[str, object] = {}
    if scope.missing:
        facts["missing"] = ",".join(dict.fromkeys(scope.missing))
    facts |= {f"{phase}_seconds": round(took, 6) for phase, took in scope.phases.items()}
    if scope.problem:
        facts["problem"] = scope.problem
    if scope.detail:
        facts["detail"] = printable(scope.detail[:LONGEST_DETAIL])
    if scope.upstream:
        facts |= {"upstream_calls": len(scope.upstream), "upstream_call_seconds": round(sum(scope.upstream), 6)}
    return facts


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
