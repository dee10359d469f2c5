"""What the resources share: the feed, the kept answers, the clock, threads for loads."""

from collections.abc import Callable
from dataclasses import dataclass

from service.analysis.bulkheads import Bulkheads
from service.api.edge.answers import Answers
from service.heatmap.skill.fit_mix import Fit
from service.market.feed.cache import TimedCache
from service.market.feed.feed import MarketFeed


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
