"""Answers: finished bytes with their ETag, computed and compressed once, and sent many times."""

import gzip
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

import numpy as np
import orjson
from cachetools import LRUCache
from flask import Request, Response, request
from numpy.typing import NDArray

from service import __version__
from service.heatmap.base.version import MODEL_VERSION
from service.market.feed.cache import SingleFlight

# A proxy may go on serving an answer for this long while it fetches the next.
STALE_WHILE_REVALIDATE = 30
COMPRESS_FROM = 1024
# From here on gzip goes for speed: level 1 takes half the time of level 4 (50 ms for 5 MB) and costs 4 % in size.
COMPRESS_FAST_FROM = 1_000_000


@dataclass(eq=False)
class Answer:
    """One finished body; it stands for `seconds` from `checked`, epoch seconds, when its inputs were last looked at."""

    body: bytes
    etag: str
    content_type: str
    checked: float
    seconds: float
    _zipped: bytes | None = field(default=None, repr=False)
    _zipping: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def zipped(self) -> bytes:
        """Return the body under gzip, made once, on first use; mtime 0 keeps it the same every time."""
        if self._zipped is None:
            with self._zipping:
                level = 4 if len(self.body) < COMPRESS_FAST_FROM else 1
                self._zipped = self._zipped or gzip.compress(self.body, level, mtime=0)
        return self._zipped


def etag_of(*parts: object) -> str:
    """Return an ETag of the parts and of the release that made the answer, since a new one may answer otherwise.

    Weak, as age_seconds in the body may differ between equal answers.
    """
    told = repr((__version__, MODEL_VERSION, *parts))
    return f'W/"{blake2b(told.encode(), digest_size=12).hexdigest()}"'


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
        if request.method not in {"GET", "HEAD"}:
            return None
        answer = self._held(request.full_path)
        if answer is None or self._clock() >= answer.checked + answer.seconds:
            return None
        return self._send(answer, request)

    def reply(self, etag: str, seconds: float, make: Callable[[], dict[str, object]]) -> Response:
        """Answer the current request: 304 if the caller has `etag`, else the kept or newly made body.

        `make` returns the JSON body; it is called at most once for all callers that wait for the same answer.
        """
        if _has(request, etag):
            return _headed(Response(status=304), etag, seconds, 0.0)
        key = request.full_path
        answer = self._held(key)
        if answer is not None and answer.etag == etag:
            answer.checked, answer.seconds = self._clock(), seconds
        else:
            answer = self._flight.run((key, etag), lambda: self._make(key, etag, seconds, make))
        return self._send(answer, request)

    def _held(self, key: str) -> Answer | None:
        with self._lock:
            return self._kept.get(key)

    def _make(self, key: str, etag: str, seconds: float, make: Callable[[], dict[str, object]]) -> Answer:
        answer = self._held(key)
        if answer is not None and answer.etag == etag:
            # Another caller's computation ended between this one's look and its turn.
            return answer
        body = orjson.dumps(make(), default=_contiguous, option=orjson.OPT_SERIALIZE_NUMPY)
        answer = Answer(body, etag, "application/json", self._clock(), seconds)
        with self._lock:
            # What is larger than the whole cache is sent and not kept.
            if self._kept.getsizeof(answer) <= self._kept.maxsize:
                self._kept[key] = answer
        return answer

    def _send(self, answer: Answer, asked: Request) -> Response:
        age = self._clock() - answer.checked
        if _has(asked, answer.etag):
            return _headed(Response(status=304), answer.etag, answer.seconds, age)
        zipped = len(answer.body) >= COMPRESS_FROM and asked.accept_encodings.quality("gzip") > 0
        response = Response(answer.zipped() if zipped else answer.body, content_type=answer.content_type)
        if zipped:
            response.headers["Content-Encoding"] = "gzip"
        return _headed(response, answer.etag, answer.seconds, age)


def _has(asked: Request, etag: str) -> bool:
    """Tell whether the caller has this version already."""
    return asked.if_none_match.contains_weak(etag.removeprefix("W/").strip('"'))


def _headed(response: Response, etag: str, seconds: float, age: float) -> Response:
    """Add what caches need: they count Age against max-age, so it is not taken off here as well."""
    headers = response.headers
    headers["ETag"] = etag
    headers["Cache-Control"] = f"public, max-age={int(seconds)}, stale-while-revalidate={STALE_WHILE_REVALIDATE}"
    headers["Vary"] = "Accept-Encoding"
    if age >= 1.0:
        headers["Age"] = str(int(age))
    return response


def _contiguous(value: object) -> NDArray[Any]:
    """Return a strided array as one that orjson can write; a scalar or any other type is a bug."""
    if isinstance(value, np.ndarray):
        return np.ascontiguousarray(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")
