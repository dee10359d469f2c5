"""The shared cache as seen from here: it answers within its time or counts as empty, and is then left alone a while."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar
from urllib.parse import urlsplit

from valkey import Valkey
from valkey.backoff import NoBackoff
from valkey.exceptions import OutOfMemoryError, ValkeyError
from valkey.retry import Retry

from service.ops.instruments import NO_INSTRUMENTS, Instruments

log = logging.getLogger(__name__)

T = TypeVar("T")

# Seconds that one call may take: more than a cache in the same cluster ever needs, less than anybody notices.
CALL_SECONDS = 0.05
# A call is slow that takes this share of its time; where so many of the last were, it costs more than it saves. A
# process that is short of processors finds one slow now and then that is well.
SLOW, CALLS_LOOKED_AT, SLOW_CALLS = 0.4, 16, 12
# Seconds that it is left alone after a call that failed; each time that it is still not well doubles them.
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


def on_a_thread(work: Callable[[], None]) -> None:
    """Begin work that ends with the process."""
    threading.Thread(target=work, name="shared cache", daemon=True).start()


class ValkeyStore:
    """A Valkey server, or any that speaks its protocol. Safe to share between threads; connects when first asked.

    Once a call fails, or most were slow, no caller asks it: one thread behind them tries until it is well again.
    """

    def __init__(
        self,
        url: str,
        monotonic: Callable[[], float],
        call_seconds: float = CALL_SECONDS,
        instruments: Instruments = NO_INSTRUMENTS,
        begin: Callable[[Callable[[], None]], None] = on_a_thread,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        """`url` is as `checked_cache_url` has it; `monotonic` returns seconds.

        `begin` starts the work that tries it, which waits by `pause`.
        """
        self._client = Valkey.from_url(
            url,
            socket_timeout=call_seconds,
            socket_connect_timeout=call_seconds,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
        self._monotonic, self._lock, self._instruments = monotonic, threading.Lock(), instruments
        self._begin, self._pause, self._slow_s = begin, pause, SLOW * call_seconds
        self._resting, self._full = False, False
        self._slow: deque[bool] = deque(maxlen=CALLS_LOOKED_AT)

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
            answers = pipeline.execute(raise_on_error=False)  # type: ignore[no-untyped-call]  # valkey leaves it so
            full = next((answer for answer in answers if isinstance(answer, OutOfMemoryError)), None)
            if full is not None:
                raise full
            return answers

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
        if self._resting:
            self._instruments.cache_asked("resting")
            return None
        began = self._monotonic()
        try:
            answer = call()
        except OutOfMemoryError:
            # What it has it still gives: it is well, and keeps nothing new.
            self._is_full()
            return None
        except (ValkeyError, OSError, ValueError) as error:
            self._instruments.cache_asked("failed")
            # Not what the error says, which may name the address with its password.
            self._leave_alone(type(error).__name__)
            return None
        self._instruments.cache_asked("answered")
        self._slow.append(self._monotonic() - began > self._slow_s)
        if sum(self._slow) >= SLOW_CALLS:
            self._leave_alone("slow")
        return answer

    def _is_full(self) -> None:
        self._instruments.cache_asked("full")
        if not self._full:
            log.warning("the shared cache is full: it keeps nothing new")
        self._full = True

    def _leave_alone(self, why: str) -> None:
        """Let nobody ask the server until it is well; of callers that failed together the first counts."""
        with self._lock:
            if self._resting:
                return
            self._resting = True
        log.warning("the shared cache is left alone: %s", why)
        self._begin(self._try_until_well)

    def _try_until_well(self) -> None:
        rest = LEAST_REST_S
        self._pause(rest)
        while not self._is_well():
            rest = min(2.0 * rest, MOST_REST_S)
            self._pause(rest)
        self._slow.clear()
        self._full = self._resting = False
        log.warning("the shared cache answers again")

    def _is_well(self) -> bool:
        """Tell whether the server answers, and not slowly, once a connection is there."""
        try:
            self._client.ping()
            began = self._monotonic()
            self._client.ping()
        except (ValkeyError, OSError, ValueError):
            return False
        return self._monotonic() - began <= self._slow_s


def _milliseconds(seconds: float) -> int:
    return max(int(1000 * seconds), 1)
