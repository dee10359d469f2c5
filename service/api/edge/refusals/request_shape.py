"""The shape of a request: what no well-made client sends is refused before anything looks at it.

What the server itself refuses, such as two lengths or a bare line feed, never comes here.
"""

import re
from collections.abc import Mapping
from typing import Any

from service.api.edge.errors.problems import Told
from service.api.edge.refusals.gate import PASSED, Verdict

# A name or an address as RFC 9110 has them, without the escapes that nobody uses, and a port.
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(:[0-9]{1,5})?")
WITH_BODY = {"POST", "PUT", "PATCH"}


def well_shaped(environ: Mapping[str, Any]) -> Verdict:
    """Refuse what is wrong with a request."""
    host = environ.get("HTTP_HOST")
    if host is None and environ.get("SERVER_PROTOCOL") != "HTTP/1.0":
        return _bad("There is no Host header.")
    if host is not None and not _HOST.fullmatch(host):
        return _bad("The Host header names no host.")
    if environ["REQUEST_METHOD"] not in WITH_BODY and _has_body(environ):
        return _bad("A body means nothing with this method.")
    return PASSED


def _has_body(environ: Mapping[str, Any]) -> bool:
    return environ.get("CONTENT_LENGTH") not in {None, "", "0"} or "HTTP_TRANSFER_ENCODING" in environ


def _bad(detail: str) -> Verdict:
    return Verdict(Told(400, "bad-request", "Bad Request", detail, {}))
