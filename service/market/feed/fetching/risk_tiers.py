"""Risk tiers of every market: the exchange's own, and what stands in for them where they cannot be had.

A map and a liquidation price need some. An exchange whose tiers do not come, or come in a state that cannot be, is
answered for by the ones last read, else by ones that are assumed; whoever uses them is told.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from cachetools import TTLCache

from service.market.brackets import assumed_tiers, read_brackets
from service.market.contract import Exchange, Market, MarketError, Tiers, UnknownSymbol
from service.market.feed.fetching.fetcher import SnapshotFetcher, Upstream
from service.market.feed.fetching.freshness import Limit

# Seconds for which a failure to read tiers is not tried again.
FAILED_SECONDS = 30.0


@dataclass(frozen=True, eq=False)
class FoundTiers:
    """Tiers, and why they are not those that the exchange has now; empty where they are."""

    tiers: Tiers
    lack: str = ""


class RiskTiers:
    """Reads and keeps tiers; safe to share between threads."""

    def __init__(
        self,
        exchanges: Mapping[str, Exchange],
        markets: Callable[[str], Mapping[str, Market]],
        upstream: Upstream,
        size: int,
        limit: Limit,
    ) -> None:
        """`markets` returns an exchange's listing."""
        self._exchanges, self._markets, self._clock = exchanges, markets, upstream.clock
        self._read: SnapshotFetcher[Tiers] = SnapshotFetcher(upstream, size, limit)
        self._failed: TTLCache[tuple[str, str], str] = TTLCache(size, FAILED_SECONDS, timer=upstream.monotonic)
        self._lock = threading.Lock()
        self._brackets = read_brackets()

    def of(self, exchange_id: str, market: Market) -> FoundTiers:
        """Return the tiers of a market, whatever state its exchange is in; raises UnknownSymbol."""
        key = exchange_id, market.symbol
        with self._lock:
            failed = self._failed.get(key)
        if failed is None:
            try:
                return FoundTiers(self._read.get(*key, lambda: self._ask(exchange_id, market)))
            except UnknownSymbol:
                raise
            except MarketError as error:
                failed = str(error)
                with self._lock:
                    self._failed[key] = failed
        return FoundTiers(self._read.last(*key) or assumed_tiers(market, self._brackets), failed)

    def _ask(self, exchange_id: str, market: Market) -> Tiers:
        exchange = self._exchanges[exchange_id]
        own = exchange.tiers(market.asked_as)
        if own.source == "assumed":
            own = self._borrowed(exchange, market) or own
        return replace(own, read_at=int(self._clock() * 1000))

    def _borrowed(self, exchange: Exchange, market: Market) -> Tiers | None:
        """Return what the exchange that may be borrowed of has for the same coin in the same unit, None if nothing."""
        lender = exchange.capabilities.tiers_borrowed_of
        if lender is None or lender not in self._exchanges:
            return None
        try:
            twins = [each for each in self._markets(lender).values() if each.base == market.base and not each.inverse]
        except MarketError:
            return None
        # the twin of the same quote currency before any other
        twins.sort(key=lambda each: (each.quote != market.quote, each.symbol))
        found = self.of(lender, twins[0]) if twins else None
        if found is None or found.lack:
            return None
        note = f"Risk tiers are borrowed of {lender}: {exchange.id} shows none of {market.symbol} in public."
        return replace(found.tiers, source="borrowed", note=note)
