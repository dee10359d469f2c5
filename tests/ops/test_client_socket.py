"""A caller's socket as a thread sees it: it never waits."""

import socket
from collections.abc import Iterator

import pytest

from service.ops.client_socket import GO_ON, MOST_THROWN_AWAY, ClientSocket

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(name="ends")
def _ends() -> Iterator[tuple[ClientSocket, socket.socket]]:
    """Return the server's end, and the caller's."""
    raw, caller = socket.socketpair()
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    caller.settimeout(30)
    client = ClientSocket(raw)
    yield client, caller
    client.close()
    caller.close()


def test_a_thread_reads_one_request_and_no_further(ends: tuple[ClientSocket, socket.socket]) -> None:
    """What follows it waits for the next turn."""
    client, caller = ends
    assert client.read()
    caller.sendall(GET + b"GET /next")
    assert client.read()
    assert client.arriving.whole()
    client.give()
    assert client.recv(3) == GET[:3]
    assert client.recv(1000) == GET[3:]
    assert client.recv(1000) == b""
    assert len(client.arriving) == 9


def test_the_end_of_the_callers_side(ends: tuple[ClientSocket, socket.socket]) -> None:
    """Is told once what came before it has been read."""
    client, caller = ends
    caller.sendall(b"GET")
    caller.close()
    assert client.read()
    assert not client.read()


def test_what_the_network_does_not_take_is_kept(ends: tuple[ClientSocket, socket.socket]) -> None:
    """A caller that reads nothing holds up nobody, and has all of it once it reads."""
    client, caller = ends
    sent = bytes(range(256)) * 4096
    client.sendall(sent)
    client.sendall(b"the end")
    assert not client.send_more()
    received = b""
    while len(received) < len(sent) + 7:
        received += caller.recv(65536)
        client.send_more()
    assert received == sent + b"the end"
    assert client.send_more()


def test_a_caller_is_told_to_go_on_once(ends: tuple[ClientSocket, socket.socket]) -> None:
    """Also where gunicorn tells it again; and again for the next request."""
    client, caller = ends
    client.tell_to_go_on()
    client.tell_to_go_on()
    assert client.send(GO_ON) == len(GO_ON)
    assert caller.recv(1000) == GO_ON
    assert client.send(GO_ON) == len(GO_ON)
    assert caller.recv(1000) == GO_ON


def test_what_comes_after_the_end_is_thrown_away(ends: tuple[ClientSocket, socket.socket]) -> None:
    """Up to a bound, or until the caller has hung up."""
    client, caller = ends
    client.end_output()
    assert caller.recv(10) == b""
    assert client.throw_away()
    piece, thrown = b"x" * 1024, 0
    while client.throw_away():
        caller.sendall(piece)
        thrown += len(piece)
        assert thrown <= MOST_THROWN_AWAY
    assert thrown == MOST_THROWN_AWAY


def test_gunicorn_may_ask_it_to_wait(ends: tuple[ClientSocket, socket.socket]) -> None:
    """It does not."""
    client, _ = ends
    client.setblocking(flag=True)
    client.settimeout(5.0)
    assert client.gettimeout() == 0.0
    assert client.read()
    assert client.fileno() >= 0


def test_a_caller_that_hangs_up_is_gone(ends: tuple[ClientSocket, socket.socket]) -> None:
    """Silence is not going, nor is what comes next; what is asked of a socket that has been closed is not either."""
    client, caller = ends
    assert not client.gone()
    caller.sendall(GET)
    assert not client.gone()
    assert client.read()
    assert client.arriving.whole()
    caller.close()
    assert client.gone()
    client.close()
    assert client.gone()
