"""One fetch for all replicas: who claims a key fetches, the others wait for what comes of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from service.market.contract import ExchangeUnavailable
from service.market.fleet.entry import Failure, opened, sealed
from service.market.fleet.store import Store
from service.market.fleet.values import Unreadable

T = TypeVar("T")

# Seconds for which replicas share a failure, so that not each of them meets it on its own.
FAILURE_SECONDS = 2.0
# Seconds between two looks for what another replica is fetching.
LOOK_SECONDS = 0.05


@dataclass(frozen=True, eq=False)
class Fleet:
    """What this replica shares with the others.

    store    the cache
    clock    returns epoch seconds
    pause    waits for some seconds
    new_owner  returns a name that no other claim has
    patience seconds that a fetch may take; a claim that is older belongs to a replica that is gone
    """

    store: Store
    clock: Callable[[], float]
    pause: Callable[[float], None]
    new_owner: Callable[[], str]
    patience: float


def read(fleet: Fleet, keys: list[str]) -> dict[str, object]:
    """Return what the cache holds, values and Failures, by key; what cannot be opened is not there."""
    found = {}
    for key, data in zip(keys, fleet.store.get(keys), strict=True):
        try:
            found[key] = opened(key, data)
        except Unreadable:
            continue
    return found


def write(fleet: Fleet, contents: dict[str, object], seconds: float) -> None:
    """Keep values or a Failure for so long."""
    fleet.store.put({key: sealed(key, content) for key, content in contents.items()}, seconds)


def fetch_once(fleet: Fleet, lease: str, look: Callable[[], T | Failure | None], fetch: Callable[[], T]) -> T:
    """Return what `look` finds or `fetch` gets: of all replicas that want it now one fetches.

    `look` returns what the cache has of it, or None; `fetch` gets it from the exchange and puts it there. A replica
    that cannot claim the lease looks until the time of a fetch is over, and then fetches for itself. Where the cache
    does not answer each replica fetches. Raises what `fetch` raises; a failure that another replica met is raised too.
    """
    owner = fleet.new_owner()
    for _ in range(max(int(fleet.patience / LOOK_SECONDS), 1)):
        claimed = fleet.store.claim(lease, owner, fleet.patience)
        if claimed is None:
            break
        if claimed:
            return _led(fleet, lease, owner, look, fetch)
        found = _raised(look())
        if found is not None:
            return found
        fleet.pause(LOOK_SECONDS)
    return fetch()


def _led(fleet: Fleet, lease: str, owner: str, look: Callable[[], T | Failure | None], fetch: Callable[[], T]) -> T:
    try:
        # Whoever held the lease before may have left it between our look and our claim.
        found = look()
        if isinstance(found, Failure):
            raise found.error()
        return _fetched(fleet, lease, fetch) if found is None else found
    finally:
        fleet.store.release(lease, owner)


def _fetched(fleet: Fleet, lease: str, fetch: Callable[[], T]) -> T:
    try:
        return fetch()
    except ExchangeUnavailable as error:
        write(fleet, {failure_key(lease): Failure.of(error)}, FAILURE_SECONDS)
        raise


def failure_key(lease: str) -> str:
    """Return the key under which the failure of a fetch is kept."""
    return f"{lease}:failed"


def _raised(found: T | Failure | None) -> T | None:
    """Return what was found; raise it if it is a failure."""
    if isinstance(found, Failure):
        raise found.error()
    return found
