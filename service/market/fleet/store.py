"""The shared cache as seen from here: it answers within its time or counts as empty, and is then left alone a while."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from valkey import Valkey
from valkey.backoff import NoBackoff
from valkey.exceptions import ValkeyError
from valkey.retry import Retry

from service.ops.instruments import NO_INSTRUMENTS, Instruments

log = logging.getLogger(__name__)

T = TypeVar("T")

# Seconds that one call may take: more than a cache in the same cluster ever needs, less than anybody notices.
CALL_SECONDS = 0.05
# Seconds that it is left alone after a call that failed; each further failure doubles them.
LEAST_REST_S, MOST_REST_S = 0.5, 8.0
# A longer value is none of ours.
MOST_BYTES = 4 * 1024**2
# Deletes a key only if it still holds what its owner put there.
RELEASE = "if redis.call('get', KEYS[1]) == ARGV[1] then return redis.call('del', KEYS[1]) end return 0"


SCHEMES = ("valkey", "valkeys", "redis", "rediss")


def checked_cache_url(url: str) -> str:
    """Return the address of a cache, as `valkey://:password@host:6379/0` or `valkeys://` over TLS; raises ValueError.

    The message does not repeat the address, which may hold a password.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in SCHEMES and bool(parts.hostname) and parts.port != 0
        # The client's own reading of it opens no connection, and finds an option that has no number.
        usable = usable and Valkey.from_url(url) is not None
    except (ValueError, TypeError):
        usable = False
    if not usable:
        raise ValueError(f"not the address of a cache: {', '.join(f'{scheme}://' for scheme in SCHEMES)} and a host")
    return url


class Store(Protocol):
    """A cache that may forget everything. No method raises: what cannot be had is not there."""

    def get(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key, None where there is none."""

    def put(self, values: Mapping[str, bytes], seconds: float) -> None:
        """Keep values for so long."""

    def claim(self, key: str, owner: str, seconds: float) -> bool | None:
        """Put `owner` under a key that is free, for so long; tell whether it was, None where that is not known."""

    def release(self, key: str, owner: str) -> None:
        """Free a key that `owner` still holds."""


class ValkeyStore:
    """A Valkey server, or any that speaks its protocol. Safe to share between threads; connects when first asked."""

    def __init__(
        self,
        url: str,
        monotonic: Callable[[], float],
        call_seconds: float = CALL_SECONDS,
        instruments: Instruments = NO_INSTRUMENTS,
    ) -> None:
        """`url` is as `checked_cache_url` has it; `monotonic` returns seconds."""
        self._client = Valkey.from_url(
            url,
            socket_timeout=call_seconds,
            socket_connect_timeout=call_seconds,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
        self._monotonic, self._lock, self._instruments = monotonic, threading.Lock(), instruments
        self._rest_until, self._rest = 0.0, 0.0

    def get(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return the value of each key; see Store."""
        found = self._asked(lambda: self._client.mget(keys)) if keys else []
        if not isinstance(found, list) or len(found) != len(keys):
            return [None] * len(keys)
        return [value if isinstance(value, bytes) and len(value) <= MOST_BYTES else None for value in found]

    def put(self, values: Mapping[str, bytes], seconds: float) -> None:
        """Keep values for so long; see Store."""

        def send() -> object:
            pipeline = self._client.pipeline(transaction=False)
            for key, value in values.items():
                pipeline.set(key, value, px=_milliseconds(seconds))
            # One that is full refuses some: they are not there, and that is all.
            return pipeline.execute(raise_on_error=False)  # type: ignore[no-untyped-call]  # valkey leaves it so

        self._asked(send)

    def claim(self, key: str, owner: str, seconds: float) -> bool | None:
        """Put `owner` under a free key; see Store."""
        answered = self._asked(lambda: (self._client.set(key, owner, nx=True, px=_milliseconds(seconds)),))
        return None if answered is None else bool(answered[0])

    def release(self, key: str, owner: str) -> None:
        """Free a key that `owner` still holds."""
        self._asked(lambda: self._client.eval(RELEASE, 1, key, owner))

    def run(self, script: str, keys: Sequence[str], arguments: Sequence[str | bytes | int]) -> list[object] | None:
        """Return what a script answers, all of it done or nothing; None where the server does not answer."""
        command = "EVAL", script, len(keys), *keys, *arguments
        found = self._asked(lambda: self._client.execute_command(*command))  # type: ignore[no-untyped-call]  # as above
        return found if isinstance(found, list) else None

    def _asked(self, call: Callable[[], T]) -> T | None:
        """Return what a call gives, None where it fails or the server is being left alone."""
        if self._monotonic() < self._rest_until:
            self._instruments.cache_asked("resting")
            return None
        try:
            answer = call()
        except (ValkeyError, OSError, ValueError) as error:
            self._instruments.cache_asked("failed")
            self._failed(error)
            return None
        self._instruments.cache_asked("answered")
        if self._rest:
            log.warning("the shared cache answers again")
        self._rest = 0.0
        return answer

    def _failed(self, error: Exception) -> None:
        """Leave the server alone; of callers that failed together the first counts."""
        with self._lock:
            now = self._monotonic()
            if now < self._rest_until:
                return
            self._rest = min(max(2.0 * self._rest, LEAST_REST_S), MOST_REST_S)
            self._rest_until = now + self._rest
        # Not what the error says, which may name the address with its password.
        log.warning("the shared cache is left alone for %.1f s: %s", self._rest, type(error).__name__)


def _milliseconds(seconds: float) -> int:
    return max(int(1000 * seconds), 1)
