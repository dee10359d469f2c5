"""Base URLs that stand in for an exchange's own hosts: one rule for the settings and for the clients."""

from urllib.parse import urlsplit

RULE = "want http(s)://host or http(s)://host:port, with at most a path: no user, query or fragment"


def checked_base_url(base_url: object) -> str:
    """Return the base URL without a trailing slash; raise ValueError, which never repeats it, if it breaks RULE.

    A password would reach whoever reads why a call failed, and no exchange's public data needs one.
    """
    if not isinstance(base_url, str) or not base_url.isprintable() or set(base_url) & set(" @?#"):
        raise ValueError(RULE)
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:
        raise ValueError(RULE) from None
    if parts.scheme not in {"http", "https"} or not parts.hostname or port == 0:
        raise ValueError(RULE)
    return base_url.rstrip("/")
