"""API keys: who may ask, where the operator has set any; kept as digests, compared in constant time, never logged."""

import hmac
from collections.abc import Mapping, Sequence
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

# Any header but the query string, which proxies and browsers write down.
HEADERS = ("HTTP_X_API_KEY", "HTTP_CG_API_KEY")
_BEARER = "bearer "
LONGEST_KEY = 512


def new_key() -> str:
    """Return a key of 256 random bits."""
    return f"lh_{token_urlsafe(32)}"


def digest_of_key(key: str) -> str:
    """Return the SHA-256 of a key in hex, as LH_API_KEYS has it; enough for a key that nobody can guess."""
    return sha256(key.encode()).hexdigest()


def presented_key(environ: Mapping[str, Any]) -> str | None:
    """Return the key that a request brings, None for none; two that differ are as good as a wrong one."""
    given = {environ[name] for name in HEADERS if environ.get(name)}
    authorization = environ.get("HTTP_AUTHORIZATION", "")
    if authorization[: len(_BEARER)].lower() == _BEARER:
        given.add(authorization[len(_BEARER) :].strip())
    if not given:
        return None
    key = given.pop()
    return "" if given or len(key) > LONGEST_KEY else key


class ApiKeys:
    """The keys that are let in."""

    def __init__(self, digests: Sequence[str]) -> None:
        """Take the digests of the keys; none lets everybody in."""
        self._digests = tuple(digest.lower() for digest in digests)

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self._digests)

    def holder(self, key: str) -> str | None:
        """Return the digest of a key that is let in, else None; takes as long for any key."""
        found, digest = None, digest_of_key(key)
        for known in self._digests:
            if hmac.compare_digest(known, digest):
                found = known
        return found
