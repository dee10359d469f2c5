"""Answers: finished bytes with their ETag, computed and compressed once, and sent many times."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b

import orjson
from cachetools import LRUCache
from flask import Request, Response, request

from service.market.cache import SingleFlight

# A proxy may go on serving an answer for this long while it fetches the next.
STALE_WHILE_REVALIDATE = 30
COMPRESS_FROM = 1024


@dataclass(eq=False)
class Answer:
    """One finished body; `fresh_until` and `made` are epoch seconds."""

    body: bytes
    etag: str
    content_type: str
    made: float
    fresh_until: float
    _zipped: bytes | None = field(default=None, repr=False)

    def zipped(self) -> bytes:
        """Return the body under gzip, made on first use; mtime 0 keeps it the same every time."""
        if self._zipped is None:
            self._zipped = gzip.compress(self.body, compresslevel=4, mtime=0)
        return self._zipped


def etag_of(*parts: object) -> str:
    """Return a weak ETag of the parts; weak, as age_seconds in the body may differ between equal answers."""
    return f'W/"{blake2b(repr(parts).encode(), digest_size=12).hexdigest()}"'


class Answers:
    """Keeps answers by path and query, bounded by their bytes; one computation per key at a time."""

    def __init__(self, most_bytes: int, clock: Callable[[], float]) -> None:
        """Keep up to `most_bytes` of bodies; `clock` returns epoch seconds."""
        self._kept: LRUCache[str, Answer] = LRUCache(most_bytes, getsizeof=lambda answer: 2 * len(answer.body) + 512)
        self._lock = threading.Lock()
        self._flight: SingleFlight[Answer] = SingleFlight()
        self._clock = clock

    def fresh(self) -> Response | None:
        """Return the kept answer to the current request, if it is still fresh."""
        if request.method != "GET":
            return None
        with self._lock:
            answer = self._kept.get(request.full_path)
        if answer is None or self._clock() >= answer.fresh_until:
            return None
        return self._send(answer, request)

    def reply(self, etag: str, seconds: float, make: Callable[[], dict[str, object]]) -> Response:
        """Answer the current request: 304 if the caller has `etag`, else the kept or newly made body.

        `make` returns the JSON body; it is called at most once for all callers that wait for the same answer.
        """
        if request.if_none_match.contains_weak(etag.removeprefix("W/").strip('"')):
            return self._headed(Response(status=304), etag, seconds, 0.0)
        key = request.full_path
        with self._lock:
            answer = self._kept.get(key)
        if answer is not None and answer.etag == etag:
            answer.fresh_until = self._clock() + seconds
        else:
            answer = self._flight.run((key, etag), lambda: self._make(key, etag, seconds, make))
        return self._send(answer, request)

    def _make(self, key: str, etag: str, seconds: float, make: Callable[[], dict[str, object]]) -> Answer:
        body = orjson.dumps(make(), option=orjson.OPT_SERIALIZE_NUMPY)
        now = self._clock()
        answer = Answer(body, etag, "application/json", now, now + seconds)
        with self._lock:
            # What is larger than the whole cache is sent and not kept.
            if self._kept.getsizeof(answer) <= self._kept.maxsize:
                self._kept[key] = answer
        return answer

    def _send(self, answer: Answer, asked: Request) -> Response:
        seconds = max(answer.fresh_until - self._clock(), 0.0)
        if asked.if_none_match.contains_weak(answer.etag.removeprefix("W/").strip('"')):
            return self._headed(Response(status=304), answer.etag, seconds, 0.0)
        zipped = len(answer.body) >= COMPRESS_FROM and "gzip" in asked.headers.get("Accept-Encoding", "")
        response = Response(answer.zipped() if zipped else answer.body, content_type=answer.content_type)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        return self._headed(response, answer.etag, seconds, self._clock() - answer.made)

    @staticmethod
    def _headed(response: Response, etag: str, seconds: float, age: float) -> Response:
        response.headers["ETag"] = etag
        response.headers["Cache-Control"] = (
            f"public, max-age={int(seconds)}, stale-while-revalidate={STALE_WHILE_REVALIDATE}"
        )
        response.headers["Vary"] = "Accept-Encoding"
        if age >= 1.0:
            response.headers["Age"] = str(int(age))
        return response
