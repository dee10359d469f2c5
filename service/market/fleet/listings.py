"""Listings: what an exchange's client has to know of its markets, read by one replica for all of them.

The feed's own list of markets is a snapshot like others; this is the whole of what the exchange sent, without which no
other call can be made.
"""

import logging

from service.market.fleet.entry import VERSION, Document, opened, sealed
from service.market.fleet.store import Store
from service.market.fleet.values import Unreadable

log = logging.getLogger(__name__)


class SharedListings:
    """See Listings: those that are kept in the cache."""

    def __init__(self, store: Store, seconds: float) -> None:
        """Keep each for so long."""
        self._store, self._seconds = store, seconds

    def find(self, exchange: str) -> object:
        """Return the listing that was read last, None where there is none."""
        key = _key(exchange)
        (data,) = self._store.get([key])
        try:
            found = opened(key, data)
        except Unreadable:
            return None
        return found.value if isinstance(found, Document) else None

    def keep(self, exchange: str, listing: object) -> None:
        """Keep one; what cannot be written as JSON is not kept."""
        key = _key(exchange)
        try:
            self._store.put({key: sealed(key, Document(listing))}, self._seconds)
        except TypeError as error:
            log.warning("the listing of %s is not shared: %s", exchange, error)


def _key(exchange: str) -> str:
    return f"lh:{VERSION}:{exchange}:listing"
