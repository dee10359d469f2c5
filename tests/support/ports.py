"""Ports for servers that tests start, on a machine where other tests start theirs."""

import socket


def free_port() -> int:
    """Return a port of 127.0.0.1 on which a server can listen, and which nobody else is given meanwhile.

    A connection from the port to itself leaves it in TIME-WAIT for a minute: until then the kernel gives it to nobody
    who asks for any port, and a server that names it, with SO_REUSEADDR as servers do, has it.
    """
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(("127.0.0.1", 0))
        server.listen(1)
        with socket.create_connection(server.getsockname()) as client:
            accepted, _ = server.accept()
            # Whoever closes first is left in TIME-WAIT: the end that has the port.
            accepted.close()
            client.recv(1)
        port: int = server.getsockname()[1]
        return port
