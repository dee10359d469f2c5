"""Freshness: for how long each kind of data is taken as it is, and for how long it stands in for what is newer."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.times import DAY_MS, HOUR_MS

_HOUR, _DAY = HOUR_MS / 1000, DAY_MS / 1000


@dataclass(frozen=True)
class Limit:
    """How old a kind of data may be, in seconds.

    fresh  up to this age it is given without a look at the exchange; series are fresh until a bar closes that they lack
    stale  up to this age it is still given, at once, while one call behind it fetches anew; of series, since the first
           bar closed that they lack. What is older is never given
    """

    fresh: float
    stale: float


# By kind. The order book is the price of now; bars of the last quarter of an hour would move few zones; a listing and
# risk tiers change every few weeks.
LIMITS: Mapping[str, Limit] = {
    "series": Limit(0.0, 900.0),
    "book": Limit(5.0, 60.0),
    "funding": Limit(60.0, 1800.0),
    "ratio": Limit(300.0, _HOUR),
    "interest": Limit(60.0, 900.0),
    "markets": Limit(_HOUR, _DAY),
    "tiers": Limit(6 * _HOUR, 7 * _DAY),
}


def limits_with(fresh: Mapping[str, float], stale: Mapping[str, float]) -> dict[str, Limit]:
    """Return the usual limits with these in their place, by kind; a stale one is never below the fresh one."""
    return {
        kind: Limit(least := fresh.get(kind, usual.fresh), max(least, stale.get(kind, usual.stale)))
        for kind, usual in LIMITS.items()
    }
