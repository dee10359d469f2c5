"""Callers: whether one may ask at all, and whether it asks too often; for the paths that take work."""

import ipaddress
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from service.api.edge.errors.problems import Told
from service.api.edge.refusals.gate import PASSED, Verdict
from service.api.edge.refusals.rate_limit import RateLimit
from service.ops.api_keys import ApiKeys, presented_key

# Probes, pages and the contract are open to all, and never limited.
METERED = ("/v1/", "/coinglass/", "/probe")
REALM = ("WWW-Authenticate", 'Bearer realm="liquidation-heatmap"')
# Reading an address takes longer than counting it.
ADDRESSES_KEPT = 4096
# One household or host is given so much of IPv6, and may use every address of it.
_NETWORK_BITS = 64


@dataclass(frozen=True, eq=False)
class Callers:
    """A check of the gate.

    by_key, by_address  limits of each holder of a key, and of each address without one; None for none
    """

    keys: ApiKeys
    by_key: RateLimit | None = None
    by_address: RateLimit | None = None

    def __call__(self, environ: Mapping[str, Any]) -> Verdict:
        """Refuse whom no key lets in, and who asks too often; guessing keys counts against the address."""
        if not environ.get("PATH_INFO", "").startswith(METERED):
            return PASSED
        key = presented_key(environ) if self.keys else None
        holder = self.keys.holder(key) if key is not None else None
        limit = self.by_address if holder is None else self.by_key
        verdict = _counted(limit, holder or address_of(environ)) if limit else PASSED
        if verdict.told is not None or holder is not None or not self.keys:
            return verdict
        return Verdict(_unauthorized(given=key is not None), (*verdict.headers, REALM))


def address_of(environ: Mapping[str, Any]) -> str:
    """Return the caller's address, of IPv6 its network; what a proxy may say of it has been settled before."""
    return _network_of(environ.get("REMOTE_ADDR") or "")


@lru_cache(ADDRESSES_KEPT)
def _network_of(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return text
    if isinstance(address, ipaddress.IPv6Address):
        return str(address.ipv4_mapped or ipaddress.ip_network((address, _NETWORK_BITS), strict=False))
    return str(address)


def _counted(limit: RateLimit, who: str) -> Verdict:
    taken = limit.take(who)
    headers = limit.headers(taken)
    if taken.allowed:
        return Verdict(None, headers)
    told = f"More than {limit.per_minute} requests a minute."
    wait = ("Retry-After", str(max(1, math.ceil(taken.wait))))
    return Verdict(Told(429, "too-many-requests", "Too Many Requests", told, {}), (*headers, wait))


def _unauthorized(*, given: bool) -> Told:
    detail = "The API key is not one that is let in." if given else "An API key is needed, as Bearer or X-API-Key."
    return Told(401, "unauthorized", "Unauthorized", detail, {})
