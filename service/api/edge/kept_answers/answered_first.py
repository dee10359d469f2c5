"""Answered first: a kept answer that is still fresh is sent before Flask routes or parses anything.

What is left is worked on, as far as there is room for it, and is turned away here where there is none. While one caller
has a kept answer made anew, the others have the one that has just run out, as a cache in front would give it.
"""

import threading
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

import orjson

from service.analysis.concurrency.admission import RETRY_SECONDS, Admission, Busy
from service.api.edge.errors.problems import CALLER_GONE, told_of
from service.api.edge.headers import guarded
from service.api.edge.kept_answers.answers import Answers, Reply, spelling_of
from service.api.edge.refusals.places import Places
from service.ops.client_socket import ClientSocket
from service.ops.request_scope import current_scope

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

# What asks for markets; probes, pages and the contract cost nothing, and need no place.
WORKED_ON = ("/v1/", "/coinglass/", "/probe")
OVERLOADED = told_of(Busy())
# What ends the renewal of an answer and says nothing of the answer.
STILL_GOOD = {"", OVERLOADED.kind, CALLER_GONE.kind}
STATUSES = {status.value: f"{status.value} {status.phrase}" for status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)}


class AnsweredFirst:
    """WSGI middleware in front of the application."""

    def __init__(self, app: "WSGIApplication", answers: Answers, places: Places, work: Admission) -> None:
        """Ask `answers` before `app`, which works on as many requests as there are `places`, and room in `work`."""
        self._app, self._answers, self._places, self._work = app, answers, places, work
        self._renewing: set[str] = set()
        self._lock = threading.Lock()

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Send the kept answer, or let the application make one."""
        reply = self._answers.fresh(environ)
        if reply is not None:
            return _sent(reply, environ, start_response)
        if not environ["PATH_INFO"].startswith(WORKED_ON):
            return self._app(environ, start_response)
        expired = self._answers.just_expired(environ)
        if expired is not None:
            return self._renewed(expired, environ, start_response)
        if self._has_no_room(environ) or not self._places.take():
            return _refused(environ, start_response)
        try:
            return self._worked_on(environ, start_response)
        finally:
            self._places.leave()

    def _has_no_room(self, environ: "WSGIEnvironment") -> bool:
        """Tell whether the request would only be read to be refused: reading it takes ten times as long as this."""
        route = environ["PATH_INFO"].rstrip("/")
        if not self._work.turns_away(route):
            return False
        current_scope().route = route
        return True

    def _worked_on(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        scope = current_scope()
        scope.asked = spelling_of(environ)
        caller = environ.get("gunicorn.socket")
        if isinstance(caller, ClientSocket):
            scope.gone = caller.gone
        try:
            return self._app(environ, start_response)
        finally:
            self._work.ended(scope.asked)

    def _renewed(
        self, expired: Callable[[], Reply], environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Let the application make the answer anew, unless another caller has it made or there is no place."""
        spelling = spelling_of(environ)
        with self._lock:
            first = spelling not in self._renewing and self._places.take(renewing=True)
            if first:
                self._renewing.add(spelling)
        if not first:
            return _sent(expired(), environ, start_response)
        try:
            return self._worked_on(environ, start_response)
        finally:
            self._places.leave()
            with self._lock:
                self._renewing.discard(spelling)
            # What could not be made anew is not given any more.
            if current_scope().problem not in STILL_GOOD:
                self._answers.forget(environ)


def _sent(reply: Reply, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    scope = current_scope()
    # No path that keeps answers has a parameter in it, so that the path is its own template.
    scope.route, scope.cache = environ["PATH_INFO"].rstrip("/"), "hit"
    start_response(STATUSES[reply.status], reply.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]


def _refused(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
    """Answer as the application would where there is no room, at a fraction of its cost."""
    current_scope().problem = OVERLOADED.kind
    body = orjson.dumps(OVERLOADED.body | {"instance": environ["PATH_INFO"]})
    headers = [("Content-Type", "application/problem+json"), ("Content-Length", str(len(body)))]
    headers += [("Cache-Control", "no-store"), ("Retry-After", str(round(RETRY_SECONDS)))]
    start_response(f"{OVERLOADED.status} {HTTPStatus(OVERLOADED.status).phrase}", guarded(headers))
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
