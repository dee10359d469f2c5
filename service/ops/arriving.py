"""A request that is arriving, byte by byte: whether all of it is there, so that no thread has to wait for the rest.

This finds where a request ends and judges nothing: what is not well-formed ends at once, for the parser to refuse.
"""

import re

HEAD_END, LINE_END = b"\r\n\r\n", b"\r\n"
# A head beyond this never ends for us; gunicorn's own limits of lines and fields lie below.
MOST_HEAD_BYTES = 128 * 1024
# A body that says it is longer is not waited for: the application refuses it by its length.
MOST_BODY_BYTES = 4 * 1024**2
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*0*(\d*)[ \t]*\r\n", re.IGNORECASE)
_NAMES_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:", re.IGNORECASE)
# More digits than these are more than any body.
MOST_DIGITS = 12
_CODING = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_EXPECTS = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
# HTTP/1.0 knows no such word: RFC 9110, section 10.1.1.
_OLD = re.compile(rb"[^\r\n]* HTTP/1\.0\r\n")
_CHUNK = re.compile(rb"0*([0-9a-fA-F]{1,7})[ \t]*(?:;[^\r\n]*)?")
LONGEST_CHUNK_LINE = 256


class Arriving:
    """What has come on one connection and was not taken yet, and where the first request in it ends.

    `cut_off` is of a request that is taken as whole and is not: nothing may be read after it.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        self._data = bytearray()
        self._begin_request()

    def _begin_request(self) -> None:
        # Where the body begins, once the head is whole; up to where the search is done.
        self._body: int | None = None
        self._searched = 0
        self._end: int | None = None
        self._chunked = False
        self.cut_off = False

    def __len__(self) -> int:
        """Return how many bytes are waiting."""
        return len(self._data)

    def add(self, data: bytes) -> None:
        """Take what has come."""
        self._data += data

    @property
    def too_long(self) -> bool:
        """Tell whether the head goes on for longer than any that is answered."""
        return self._body is None and len(self._data) > MOST_HEAD_BYTES

    @property
    def expects_word(self) -> bool:
        """Tell whether the caller sends no body before it is told to go on."""
        return (
            self._body is not None
            and _OLD.match(self._data) is None
            and _EXPECTS.search(self._data, 0, self._body) is not None
        )

    def whole(self) -> bool:
        """Tell whether the first request is all there."""
        if self._end is None and self._find_body():
            self._find_end()
        return self._end is not None and len(self._data) >= self._end

    def take(self) -> bytes:
        """Return the first request, which is whole, and go on with what came after it."""
        taken, cut_off = bytes(self._data[: self._end]), self.cut_off
        del self._data[: self._end]
        self._begin_request()
        self.cut_off = cut_off
        return taken

    def _find_body(self) -> bool:
        if self._body is None:
            found = self._data.find(HEAD_END, max(0, self._searched - len(HEAD_END)))
            self._searched = len(self._data)
            if found >= 0:
                self._body = self._searched = found + len(HEAD_END)
                self._chunked = _CODING.search(self._data, 0, self._body) is not None
        return self._body is not None

    def _find_end(self) -> None:
        body = self._body or 0
        if self._chunked:
            self._find_end_of_chunks(body)
            return
        length = _LENGTH.search(self._data, 0, body)
        if length is None:
            self._end = body
            # A length that is none is for the parser to refuse, and what follows may be of this body.
            self.cut_off = _NAMES_LENGTH.search(self._data, 0, body) is not None
        elif len(length[1]) > MOST_DIGITS or int(length[1] or b"0") > MOST_BODY_BYTES:
            self._cut_off(body)
        else:
            self._end = body + int(length[1] or b"0")

    def _find_end_of_chunks(self, body: int) -> None:
        """Walk over the chunks that are there; the search goes on where it stopped."""
        while self._searched < len(self._data):
            line_end = self._data.find(LINE_END, self._searched, self._searched + LONGEST_CHUNK_LINE)
            if line_end < 0:
                if len(self._data) - self._searched >= LONGEST_CHUNK_LINE:
                    self._cut_off(len(self._data))
                return
            size = _CHUNK.fullmatch(self._data, self._searched, line_end)
            if size is None or line_end - body + int(size[1], 16) > MOST_BODY_BYTES:
                self._cut_off(len(self._data))
                return
            if int(size[1], 16) == 0:
                self._find_end_of_trailers(line_end)
                return
            self._searched = line_end + len(LINE_END) + int(size[1], 16) + len(LINE_END)

    def _find_end_of_trailers(self, begin: int) -> None:
        """Look for the empty line after the last chunk's, or after trailers."""
        found = self._data.find(HEAD_END, begin)
        if found >= 0:
            self._end = found + len(HEAD_END)
        elif len(self._data) - begin > MOST_HEAD_BYTES:
            self._cut_off(len(self._data))

    def _cut_off(self, end: int) -> None:
        self._end, self.cut_off = end, True
