"""What all requests share: the feed, the clock, threads for loads, fits that were made."""

from collections.abc import Callable
from dataclasses import dataclass

from service.analysis.concurrency.admission import Admission
from service.analysis.concurrency.bulkheads import Bulkheads
from service.analysis.concurrency.parallel import Patience
from service.cache import TimedCache
from service.heatmap.skill import Fit
from service.market.feed import MarketFeed


@dataclass(frozen=True, eq=False)
class Services:
    """Made once per application by create_app.

    feed      market data of every exchange that is served
    clock     returns epoch seconds
    threads   what loads run on, by exchange
    patience  how long a request waits for its loads
    fits      leverage mixes fitted to realised liquidations
    work      what is let in to be computed
    """

    feed: MarketFeed
    clock: Callable[[], float]
    threads: Bulkheads
    patience: Patience
    fits: TimedCache[Fit]
    work: Admission
