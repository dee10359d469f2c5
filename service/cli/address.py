"""The address to serve on, tried before the server starts."""

import socket


def require_free(host: str, port: int, option: str = "--port") -> None:
    """Raise OSError, with a sentence that names the address, unless a server can listen there.

    It is bound as gunicorn binds it and let go at once: what another program takes in between, gunicorn reports.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # So that connections of a server that has just ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            why = f"{error.strerror or error}; choose another with {option}"
            raise OSError(f"cannot serve on {host}:{port}: {why}") from None
