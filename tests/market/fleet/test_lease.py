"""Leases: of all replicas that want the same thing one fetches it."""

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import pytest

from service.market.contract import ExchangeUnavailable, Funding
from service.market.fleet.entry import Failure
from service.market.fleet.lease import Fleet, failure_key, fetch_once, read, write

VALUE = Funding(0.0001, 8.0, 5)


class Memory:
    """A cache in this process, without times; `dead` makes it answer nothing."""

    def __init__(self) -> None:
        """Hold nothing."""
        self.kept: dict[str, bytes] = {}
        self.claims: dict[str, str] = {}
        self.dead, self.released = False, threading.Event()
        self._lock = threading.Lock()

    def get(self, keys: Sequence[str]) -> list[bytes | None]:
        """Return what is kept."""
        return [None if self.dead else self.kept.get(key) for key in keys]

    def put(self, values: Mapping[str, bytes], _seconds: float) -> None:
        """Keep."""
        if not self.dead:
            self.kept.update(values)

    def claim(self, key: str, owner: str, _seconds: float) -> bool | None:
        """Claim."""
        with self._lock:
            return None if self.dead else self.claims.setdefault(key, owner) == owner

    def release(self, key: str, owner: str) -> None:
        """Release."""
        with self._lock:
            if self.claims.get(key) == owner:
                del self.claims[key]
                self.released.set()


def fleet_of(store: Memory, pause: Callable[[float], None] = lambda _: None) -> Fleet:
    """Return what a replica shares."""
    numbers = count()
    return Fleet(store, lambda: 0.0, pause, lambda: str(next(numbers)), 1.0)


def asked(fleet: Fleet, call: Callable[[], Funding]) -> Funding:
    """Ask for one value as a replica would."""

    def look() -> Funding | Failure | None:
        found = read(fleet, ["value", failure_key("lease")])
        value = found.get("value", found.get(failure_key("lease")))
        return value if isinstance(value, Funding | Failure) else None

    def fetch() -> Funding:
        value = call()
        write(fleet, {"value": value}, 60.0)
        return value

    return fetch_once(fleet, "lease", look, fetch)


def test_twenty_at_once_fetch_once() -> None:
    """The others are given what the first one got."""
    store, calls, others_wait = Memory(), [], threading.Event()

    def call() -> Funding:
        calls.append(1)
        assert others_wait.wait(30)
        return VALUE

    def pause(seconds: float) -> None:
        others_wait.set()
        store.released.wait(seconds)

    names = count()
    fleet = Fleet(store, lambda: 0.0, pause, lambda: str(next(names)), 60.0)
    with ThreadPoolExecutor(20) as pool:
        found = list(pool.map(lambda _: asked(fleet, call), range(20)))
    assert found == [VALUE] * 20
    assert len(calls) == 1
    assert not store.claims


def test_a_failure_is_met_once() -> None:
    """Whoever comes soon after raises it too, without a call; the lease is free again."""
    store, calls = Memory(), []

    def call() -> Funding:
        calls.append(1)
        raise ExchangeUnavailable("bybit", "HTTP 503")

    for _ in range(3):
        with pytest.raises(ExchangeUnavailable, match="bybit: HTTP 503"):
            asked(fleet_of(store), call)
    assert len(calls) == 1
    assert not store.claims


def test_a_replica_that_is_gone() -> None:
    """Its claim is waited for no longer than a fetch may take; then each fetches for itself."""
    store, pauses = Memory(), list[float]()
    store.claims["lease"] = "gone"
    assert asked(fleet_of(store, pauses.append), lambda: VALUE) == VALUE
    assert sum(pauses) == pytest.approx(1.0)


def test_without_a_cache_each_fetches() -> None:
    """And nobody waits."""
    store, pauses = Memory(), list[float]()
    store.dead = True
    assert asked(fleet_of(store, pauses.append), lambda: VALUE) == VALUE
    assert not pauses
