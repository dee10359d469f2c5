"""Answered first: a kept answer that is still fresh is sent before Flask routes or parses anything."""

from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING

from service.api.edge.answers import Answers
from service.ops.request_scope import current_scope

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

STATUSES = {status.value: f"{status.value} {status.phrase}" for status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED)}


class AnsweredFirst:
    """WSGI middleware in front of the application."""

    def __init__(self, app: "WSGIApplication", answers: Answers) -> None:
        """Ask `answers` before `app`."""
        self._app, self._answers = app, answers

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """Send the kept answer, or let the application make one."""
        reply = self._answers.fresh(environ)
        if reply is None:
            return self._app(environ, start_response)
        scope = current_scope()
        # No path that keeps answers has a parameter in it, so that the path is its own template.
        scope.route, scope.cache = environ["PATH_INFO"].rstrip("/"), "hit"
        start_response(STATUSES[reply.status], reply.headers)
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [reply.body]
