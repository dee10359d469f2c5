"""A port that one test was given is no other's, though nothing listens there yet."""

import socket

from tests.support.ports import free_port

# Of 28,000 ports drawn by chance, so many would have two alike nearly always.
MANY = 600


def test_nobody_else_is_given_it() -> None:
    """Neither who asks as we do, nor who asks the kernel for any."""
    ours = [free_port() for _ in range(MANY)]
    theirs = []
    for _ in range(MANY):
        with socket.socket() as other:
            other.bind(("127.0.0.1", 0))
            theirs.append(other.getsockname()[1])
    assert len(set(ours)) == MANY
    assert not set(ours) & set(theirs)


def test_a_server_can_listen_there() -> None:
    """As servers do, also right after one that had it."""
    port = free_port()
    for _ in range(2):
        with socket.socket() as server:
            server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            server.bind(("127.0.0.1", port))
            server.listen()
            with socket.create_connection(("127.0.0.1", port)) as client:
                server.accept()[0].close()
                client.recv(1)
