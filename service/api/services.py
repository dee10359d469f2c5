"""What the resources share: the feed, the kept answers, the clock, threads for loads that run side by side."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from service.api.answers import Answers
from service.heatmap.fitting import Fit
from service.market.cache import TimedCache
from service.market.feed import MarketFeed


@dataclass(frozen=True, eq=False)
class Services:
    """Made once per application by create_app.

    clock    returns epoch seconds
    pool     starts its threads on first use, so it survives the fork of a preloaded application
    seconds  wall clock that loads side by side are given together
    fits     leverage mixes fitted to realised liquidations
    """

    feed: MarketFeed
    answers: Answers
    clock: Callable[[], float]
    pool: ThreadPoolExecutor
    seconds: float
    fits: TimedCache[Fit]
