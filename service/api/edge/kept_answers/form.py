"""Form: a body as it is sent, with the ages of a moment; under each coding it is made once."""

import re
import threading
from typing import Self

import orjson

from service.api.edge.kept_answers.compression import IDENTITY, compressed
from service.api.edge.kept_answers.in_parts import IN_PARTS

# Within a text every quote is escaped: this is the key and nothing else.
_AGE = re.compile(rb'"age_seconds":(\d+(?:\.\d+)?)')
_KEY = b'"age_seconds":'
# More than the key and any number take.
_ROOM = 48
# From so many bytes on it pays to keep apart what no age stands in, which cannot refer to what comes before it then;
# after a head of so many bytes at most, which is written as it is.
APART_FROM, LONGEST_HEAD = 65_536, 2048


class Rest:
    """What follows the last age of a body: the same at every age, so it is compressed once under each coding."""

    def __init__(self, body: memoryview) -> None:
        """Take what it is a view of; it keeps that alive and copies nothing."""
        self.body = body
        self._alone: dict[str, bytes] = {}
        self._lock = threading.Lock()

    def after(self, head: bytes, coding: str) -> bytes:
        """Return the body under one of IN_PARTS."""
        parts = IN_PARTS[coding]
        with self._lock:
            if coding not in self._alone:
                self._alone[coding] = parts.alone(self.body)
        return parts.joined(head, self.body, self._alone[coding])


class Form:
    """A body `age` whole seconds after it was made: a head in which its ages are, and the rest, if that is long."""

    def __init__(self, head: bytes, rest: Rest, age: int = 0) -> None:
        """Take the parts of a body; see `of`."""
        self.head, self.rest, self.age = head, rest, age
        self._under: dict[str, bytes] = {}
        self._lock = threading.Lock()

    @classmethod
    def of(cls, body: bytes) -> Self:
        """Return a body as it was made."""
        last = body.rfind(_KEY)
        end = 0 if last < 0 else last + _ROOM
        if end > LONGEST_HEAD or len(body) - end < APART_FROM:
            end = len(body)
        form = cls(body[:end], Rest(memoryview(body)[end:]))
        form._under[IDENTITY] = body
        return form

    def __len__(self) -> int:
        """Return the bytes of the body."""
        return len(self.head) + len(self.rest.body)

    def at(self, age: int) -> Self:
        """Return it at another age: itself, where it says nothing of ages."""
        head = aged(self.head, age - self.age)
        if head == self.head:
            self.age = age
            return self
        return type(self)(head, self.rest, age)

    def under(self, coding: str) -> bytes:
        """Return the body under a content coding, made once, on first use."""
        if coding not in self._under:
            with self._lock:
                if coding not in self._under:
                    self._under[coding] = self._made(coding)
        return self._under[coding]

    def _made(self, coding: str) -> bytes:
        if coding in IN_PARTS and self.rest.body:
            return self.rest.after(self.head, coding)
        body = self._under.get(IDENTITY) or b"".join((self.head, self.rest.body))
        return body if coding == IDENTITY else compressed(body, coding)


def aged(body: bytes, seconds: float) -> bytes:
    """Return a JSON body with every `age_seconds` in it so many seconds greater."""
    return _AGE.sub(lambda found: b'"age_seconds":%s' % orjson.dumps(round(float(found[1]) + seconds, 3)), body)
