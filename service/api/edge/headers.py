"""What a browser is told by every answer, whoever sends it: the application, the gate before it, or the server."""

from collections.abc import Sequence
from typing import TypeAlias

# As WSGI has them. Named here, for a function within a function makes the types of its signature anew at each call.
HeaderList: TypeAlias = list[tuple[str, str]]

# An answer is data: a browser that is led to show it as a page may run and load nothing, and frame it nowhere.
POLICY = ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
EVERY_ANSWER = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "no-referrer"),
    ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
)


_ALL = (*EVERY_ANSWER, POLICY)
_NAMES = frozenset(name.lower() for name, _ in _ALL)


def guarded(headers: Sequence[tuple[str, str]]) -> HeaderList:
    """Return the headers of an answer with these; pages keep the policy that they have of their own."""
    given = {name.lower() for name, _ in headers}
    if given.isdisjoint(_NAMES):
        return [*headers, *_ALL]
    return [*headers, *(each for each in _ALL if each[0].lower() not in given)]
