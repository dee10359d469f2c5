"""Kept data: a fetcher for each kind of data, with what is kept of it and for how long."""

from collections.abc import Mapping

from service.market.contract import AccountRatio, Candles, Funding, Liquidations, Market, OpenInterest, OrderBook
from service.market.feed.fetching.fetcher import SnapshotFetcher, Upstream
from service.market.feed.fetching.freshness import Limit
from service.market.feed.fetching.history import SeriesFetcher

# Of each kind: live series, series of the past, snapshots. Liquidations are of interest for few markets.
SERIES_KEPT, PAST_SERIES_KEPT, SNAPSHOTS_KEPT, LIQUIDATIONS_KEPT = 85, 20, 512, 16


class KeptData:
    """The fetchers of a feed, one for each kind of data."""

    def __init__(self, upstream: Upstream, limits: Mapping[str, Limit], exchanges: int) -> None:
        """Keep nothing yet; `exchanges` is how many there are."""
        kept, stale = (SERIES_KEPT, PAST_SERIES_KEPT), limits["series"].stale
        self.candles: SeriesFetcher[Candles] = SeriesFetcher(upstream, *kept, stale=stale)
        self.mark_candles: SeriesFetcher[Candles] = SeriesFetcher(upstream, *kept, stale=stale)
        self.interest: SeriesFetcher[OpenInterest] = SeriesFetcher(upstream, *kept, stale=stale)
        # Hours without a liquidation are no gap.
        self.liquidations: SeriesFetcher[Liquidations] = SeriesFetcher(
            upstream, LIQUIDATIONS_KEPT, LIQUIDATIONS_KEPT, stale=stale, refetch_gaps=False
        )
        self.books: SnapshotFetcher[OrderBook] = SnapshotFetcher(upstream, SNAPSHOTS_KEPT, limits["book"])
        self.fundings: SnapshotFetcher[Funding] = SnapshotFetcher(upstream, SNAPSHOTS_KEPT, limits["funding"])
        self.ratios: SnapshotFetcher[AccountRatio] = SnapshotFetcher(upstream, SNAPSHOTS_KEPT, limits["ratio"])
        self.interest_now: SnapshotFetcher[OpenInterest] = SnapshotFetcher(upstream, SNAPSHOTS_KEPT, limits["interest"])
        self.markets: SnapshotFetcher[dict[str, Market]] = SnapshotFetcher(upstream, exchanges + 1, limits["markets"])
