"""How exchanges are reached where not straight: through a forward proxy, and by other authorities than the built-in."""

import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

RULE = "want http(s)://host:port or http(s)://user:password@host:port: no path, query or fragment"


@dataclass(frozen=True)
class Egress:
    """The way out.

    proxy    URL of a forward proxy, which may hold a password; None for straight
    ca_file  PEM file of the authorities that are trusted in place of the built-in ones; None for those
    """

    proxy: str | None = field(default=None, repr=False)
    ca_file: str | None = None


DIRECT = Egress()


def checked_proxy(proxy: str) -> str:
    """Return the proxy's URL without a trailing slash; raise ValueError, which never repeats it, if it breaks RULE."""
    try:
        parts = urlsplit(proxy)
        port = parts.port
    except ValueError:
        raise ValueError(RULE) from None
    usable = proxy.isprintable() and " " not in proxy and parts.hostname and port
    if not usable or parts.scheme not in {"http", "https"} or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(RULE)
    return proxy.rstrip("/")


def checked_ca_file(path: str) -> str:
    """Return the path; raise ValueError if no certificate can be read there."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=path)
    except OSError as error:
        # ssl's own errors are among them
        raise ValueError(f"no certificates can be read from {path} ({error.strerror or error})") from None
    if not context.get_ca_certs():
        raise ValueError(f"no authority's certificate is in {path}")
    return path
