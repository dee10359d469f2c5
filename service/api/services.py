"""What the resources share: the feed, the kept answers, the clock, threads for loads."""

from collections.abc import Callable
from dataclasses import dataclass

from service.api.answers import Answers
from service.api.bulkheads import Bulkheads
from service.heatmap.fitting import Fit
from service.market.cache import TimedCache
from service.market.feed import MarketFeed


@dataclass(frozen=True, eq=False)
class Services:
    """Made once per application by create_app.

    clock    returns epoch seconds
    threads  what loads run on, by exchange
    seconds  wall clock that all loads of a request are given together
    fits     leverage mixes fitted to realised liquidations
    """

    feed: MarketFeed
    answers: Answers
    clock: Callable[[], float]
    threads: Bulkheads
    seconds: float
    fits: TimedCache[Fit]
