"""One market at one moment: cached, validated, aligned.

alignment        bars, open interest and mark prices on one axis, in one unit
checks           what is wrong with what came, and what is said of it
exchange_health  whether an exchange is asked, or left alone for a while
feed             everything that the model needs of one market
fetching         what is fetched, and how long it is kept
price            what the price was taken from
query            which market, on which bars, as of when
"""

from service.market.feed.checks.recency import SETTLE_MS
from service.market.feed.exchange_health.health import Health
from service.market.feed.feed import MarketFeed
from service.market.feed.fetching.freshness import LIMITS, limits_with
from service.market.feed.fetching.named_calls import NamedCalls
from service.market.feed.fetching.risk_tiers import FoundTiers
from service.market.feed.query import FeedQuery, warm_up_bars

# Seconds for which an answer of the present stands: no longer than the price in it.
BOOK_SECONDS = LIMITS["book"].fresh

__all__ = [
    "BOOK_SECONDS",
    "LIMITS",
    "SETTLE_MS",
    "FeedQuery",
    "FoundTiers",
    "Health",
    "MarketFeed",
    "NamedCalls",
    "limits_with",
    "warm_up_bars",
]
