"""A small application for tests of the worker: it says what it was sent, or as many bytes as it is asked for."""

from collections.abc import Iterable
from typing import Any


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer `/many` with 20 MB, anything else with its body."""
    read = environ["wsgi.input"].read()
    body = b"0123456789abcdef" * (20 * 1024**2 // 16) if environ["PATH_INFO"] == "/many" else b"sent " + read
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
    return [body]
