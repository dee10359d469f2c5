"""Answers: finished bytes with their ETag, computed and compressed once, and sent many times."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import perf_counter
from typing import Any, NamedTuple, TypeVar
from weakref import ref

import numpy as np
import orjson
from cachetools import LRUCache
from flask import Response, request
from numpy.typing import NDArray
from werkzeug.http import parse_etags

from service.analysis.prepared import Prepared
from service.api.edge.kept_answers.compression import COMPRESS_FROM, IDENTITY, coding_of
from service.api.edge.kept_answers.etag import etag_of
from service.api.edge.kept_answers.form import Form
from service.api.edge.kept_answers.made_once import MadeOnce
from service.ops.instruments import NO_INSTRUMENTS, Instruments
from service.ops.request_scope import current_scope

T = TypeVar("T")
# A proxy may go on serving an answer for this long while it fetches the next, and for this long if it gets none.
STALE_WHILE_REVALIDATE, STALE_IF_ERROR = 30, 60
JSON = "application/json"
STALE = f"stale-while-revalidate={STALE_WHILE_REVALIDATE}, stale-if-error={STALE_IF_ERROR}"
# Requests that lead to a kept answer, each by its own spelling.
MOST_SPELLINGS = 4096
# An answer in use is put behind those that make room first: before a flood of others has pushed it out.
TOUCH_SECONDS = 0.1
# A longer request is answered all the same; its spelling is not kept.
LONGEST_SPELLING = 1000

Headers = list[tuple[str, str]]


@dataclass(eq=False)
class Answer:
    """One finished body, made at `made`; it stands for `seconds` from `checked`, when its inputs were last looked at.

    All times are monotonic seconds. It was `touched` when it was last told to be in use. What the body says of ages is
    put right when it is sent, once a second at most.
    """

    form: Form
    etag: str
    content_type: str
    made: float
    checked: float
    seconds: float
    touched: float = 0.0

    def at(self, now: float) -> Form:
        """Return the body with the ages of `now`."""
        age = max(0, int(now - self.made))
        form = self.form
        if age != form.age and self.content_type == JSON:
            form = self.form = form.at(age)
        return form


class Reply(NamedTuple):
    """What is sent: a status, headers and a body, ready for Flask or for WSGI."""

    status: int
    headers: Headers
    body: bytes

    def response(self) -> Response:
        """Return it as Flask's."""
        return Response(self.body, self.status, self.headers)


def spelling_of(environ: Mapping[str, Any]) -> str:
    """Return a request's raw path and query, as the WSGI environment has them."""
    return f"{environ.get('PATH_INFO', '')}?{environ.get('QUERY_STRING', '')}"


class Answers:
    """Keeps answers by their ETag, and by the spelling of each request that led to one; bounded by their bytes.

    Requests that mean the same share one answer. There is one computation per ETag at a time.
    """

    def __init__(self, most_bytes: int, clock: Callable[[], float], instruments: Instruments = NO_INSTRUMENTS) -> None:
        """Keep up to `most_bytes` of bodies; `clock` returns monotonic seconds."""
        self._kept: LRUCache[str, Answer] = LRUCache(most_bytes, getsizeof=_size_of)
        # By spelling, in the order in which each was last understood; what is no longer kept is not held here.
        self._spelled: dict[str, ref[Answer]] = {}
        self._lock = threading.Lock()
        self._flight: MadeOnce[Answer] = MadeOnce()
        self._clock, self._instruments = clock, instruments

    def fresh(self, environ: Mapping[str, Any]) -> Reply | None:
        """Return the reply to a request whose answer is kept and still fresh, None if there is none."""
        answer = self._found(environ, 1.0)
        return None if answer is None else self._send(answer, environ, self._clock())

    def just_expired(self, environ: Mapping[str, Any]) -> Callable[[], Reply] | None:
        """Return what makes the reply of a kept answer that ran out no longer ago than it stood, None if there is none.

        It may be sent while a newer one is being made, as caches in front may send it: see STALE_WHILE_REVALIDATE.
        """
        answer = self._found(environ, 2.0)
        return None if answer is None else lambda: self._send(answer, environ, self._clock())

    def forget(self, environ: Mapping[str, Any]) -> None:
        """Keep no answer to that request."""
        with self._lock:
            self._spelled.pop(spelling_of(environ), None)

    def _found(self, environ: Mapping[str, Any], times: float) -> Answer | None:
        """Return the answer that is kept and no older than so many times as long as it stands."""
        if environ["REQUEST_METHOD"] not in {"GET", "HEAD"}:
            return None
        found = self._spelled.get(spelling_of(environ))
        answer = None if found is None else found()
        if answer is None:
            return None
        now = self._clock()
        if now >= answer.checked + times * answer.seconds:
            return None
        if now >= answer.touched + TOUCH_SECONDS:
            answer.touched = now
            self._held(answer.etag)
        return answer

    def respond(self, request: object, prepared: Prepared[T], render: Callable[[T], dict[str, object]]) -> Response:
        """Answer a parsed request with what has been prepared for it; `render` turns the result into JSON."""
        etag = etag_of(request, prepared.fingerprint)
        return self.reply(etag, prepared.seconds, lambda: render(prepared.compute()))

    def send_drawn(
        self, request: object, prepared: Prepared[T], draw: Callable[[T], bytes], content_type: str
    ) -> Response:
        """Answer a parsed request with bytes of another type than JSON, which `draw` makes of the result."""
        etag = etag_of(request, prepared.fingerprint)
        return self._reply(etag, prepared.seconds, prepared.compute, draw, content_type)

    def reply(self, etag: str, seconds: float, make: Callable[[], dict[str, object]]) -> Response:
        """Answer the current request: 304 if the caller has `etag`, else the kept or newly made body.

        `make` returns the JSON body; it is called at most once for all callers that wait for the same answer.
        """
        return self._reply(etag, seconds, make, _json, JSON)

    def _reply(
        self, etag: str, seconds: float, make: Callable[[], T], encode: Callable[[T], bytes], content_type: str
    ) -> Response:
        environ, scope = request.environ, current_scope()
        scope.phases["upstream"], scope.cache = perf_counter() - scope.began, "revalidated"
        answer = self._held(etag)
        if answer is not None:
            answer.checked, answer.seconds = self._clock(), seconds
        elif _has(environ, etag):
            return Reply(304, _caching(etag, seconds, 0.0), b"").response()
        else:
            scope.cache = "joined"
            answer = self._flight.run(etag, lambda: self._make(etag, seconds, make, encode, content_type))
        self._note(spelling_of(environ), answer)
        return self._send(answer, environ, self._clock()).response()

    def _held(self, etag: str) -> Answer | None:
        with self._lock:
            return self._kept.get(etag)

    def _note(self, spelling: str, answer: Answer) -> None:
        """Remember where a spelling led; what it led to before is out of date and makes room."""
        if len(spelling) > LONGEST_SPELLING:
            return
        with self._lock:
            found = self._spelled.pop(spelling, None)
            before = None if found is None else found()
            if before is not None and before.etag != answer.etag:
                self._kept.pop(before.etag, None)
            self._spelled[spelling] = ref(answer)
            if len(self._spelled) > MOST_SPELLINGS:
                del self._spelled[next(iter(self._spelled))]

    def _make(
        self, etag: str, seconds: float, make: Callable[[], T], encode: Callable[[T], bytes], content_type: str
    ) -> Answer:
        answer = self._held(etag)
        if answer is not None:
            # Another caller's computation ended between this one's look and its turn.
            return answer
        made = self._clock()
        answer = Answer(Form.of(self._timed(make, encode)), etag, content_type, made, self._clock(), seconds)
        with self._lock:
            # What is larger than the whole cache is sent and not kept.
            if self._kept.getsizeof(answer) <= self._kept.maxsize:
                self._kept[etag] = answer
            kept = self._kept.currsize
        self._instruments.answers_kept(int(kept))
        return answer

    def _timed(self, make: Callable[[], T], encode: Callable[[T], bytes]) -> bytes:
        """Return what `make` makes, encoded, and take down what either took."""
        scope, began = current_scope(), perf_counter()
        made = make()
        scope.check()
        computed = perf_counter()
        body = encode(made)
        encoded = perf_counter()
        scope.cache = "miss"
        scope.phases |= {"compute": computed - began, "encode": encoded - computed}
        self._instruments.computed(scope.route, computed - began)
        self._instruments.encoded(scope.route, encoded - computed)
        return body

    def _send(self, answer: Answer, environ: Mapping[str, Any], now: float) -> Reply:
        headers = _caching(answer.etag, answer.seconds, now - answer.checked)
        if _has(environ, answer.etag):
            return Reply(304, headers, b"")
        form = answer.at(now)
        # A picture is compressed already.
        worth = len(form) >= COMPRESS_FROM and not answer.content_type.startswith("image/")
        coding = coding_of(environ.get("HTTP_ACCEPT_ENCODING", "")) if worth else IDENTITY
        body = form.under(coding)
        headers += [("Content-Type", answer.content_type), ("Content-Length", str(len(body)))]
        if coding != IDENTITY:
            headers.append(("Content-Encoding", coding))
        return Reply(200, headers, body)


def _size_of(answer: Answer) -> int:
    """Return the bytes that an answer takes, compressed forms included."""
    return 2 * len(answer.form) + 512


def _has(environ: Mapping[str, Any], etag: str) -> bool:
    """Tell whether the caller has this version already."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    # Most send back what they were sent.
    return bool(known) and (known == etag or parse_etags(known).contains_weak(etag.removeprefix("W/").strip('"')))


def _caching(etag: str, seconds: float, age: float) -> Headers:
    """Return what caches need: they count Age against max-age, so it is not taken off here as well."""
    headers = [
        ("ETag", etag),
        ("Cache-Control", f"public, max-age={int(seconds)}, {STALE}"),
        ("Vary", "Accept-Encoding"),
    ]
    if age >= 1.0:
        headers.append(("Age", str(int(age))))
    return headers


def _json(body: dict[str, object]) -> bytes:
    return orjson.dumps(body, default=_contiguous, option=orjson.OPT_SERIALIZE_NUMPY)


def _contiguous(value: object) -> NDArray[Any]:
    """Return a strided array as one that orjson can write; a scalar or any other type is a bug."""
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
