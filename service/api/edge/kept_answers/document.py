"""Documents: what is served as it is, made once, with an ETag and under the content coding that a caller likes."""

from collections.abc import Callable
from functools import cached_property

from flask import Response, request

from service.analysis.digest import digest_of
from service.api.edge.kept_answers.compression import COMPRESS_FROM, IDENTITY, coding_for, compressed

# What changes with a release alone is asked for anew this often.
MAX_AGE_SECONDS = 300


class Document:
    """One document; it is made on first use, and compressed once for each coding."""

    def __init__(self, make: Callable[[], bytes], content_type: str) -> None:
        """Serve what `make` returns."""
        self._make, self._content_type = make, content_type
        self._compressed: dict[str, bytes] = {}

    @cached_property
    def body(self) -> bytes:
        """Return the document."""
        return self._make()

    @cached_property
    def _etag(self) -> str:
        return digest_of(self.body)

    def response(self) -> Response:
        """Answer the current request: 304 if the caller has it."""
        response = Response(content_type=self._content_type)
        if request.if_none_match.contains_weak(self._etag):
            response.status_code = 304
        else:
            coding = self._coding()
            response.set_data(self._under(coding))
            if coding != IDENTITY:
                response.headers["Content-Encoding"] = coding
        response.headers["Cache-Control"] = f"public, max-age={MAX_AGE_SECONDS}"
        response.headers["Vary"] = "Accept-Encoding"
        # Weak: under every coding it is the same document in other bytes.
        response.set_etag(self._etag, weak=True)
        return response

    def _coding(self) -> str:
        return coding_for(request.headers.get("Accept-Encoding", "")) if len(self.body) >= COMPRESS_FROM else IDENTITY

    def _under(self, coding: str) -> bytes:
        if coding == IDENTITY:
            return self.body
        if coding not in self._compressed:
            self._compressed[coding] = compressed(self.body, coding)
        return self._compressed[coding]
