"""One market at one moment: cached, validated, aligned.

align        bars, open interest and mark prices on one axis
back_off     what failed is not asked for again at once, and each time later
book_check   whether an order book is of its market
breaker      an exchange that failed is left alone, then tried by one call
defects      what is said of rows that were put right or left out
feed         everything that the model needs of one market
fetcher      one call for all callers, its answer kept while it is fresh
freshness    how old each kind of data may be
gap_refetch  bars that are missing are asked for again, each time later
health       how calls to an exchange went, and whether it is left alone
history      time series that are kept, and what of them is fetched again
kept_data    a fetcher for each kind of data
named_calls  an exchange whose calls say what they ask for
one_unit     bars from before a change of contract size or denomination
outages      open interest that stands still while the market goes on
per_coin     contracts of a thousand coins, said of one coin
price        what the price was taken from
query        which market, on which bars, as of when
recency      whether the data reach up to the moment asked for
risk_tiers   the risk tiers of every market, and what stands in for them
"""

from service.market.feed.feed import MarketFeed
from service.market.feed.freshness import LIMITS, limits_with
from service.market.feed.health import Health
from service.market.feed.named_calls import NamedCalls
from service.market.feed.query import FeedQuery, warm_up_bars
from service.market.feed.recency import SETTLE_MS
from service.market.feed.risk_tiers import FoundTiers

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
