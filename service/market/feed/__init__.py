"""One market at one moment: cached, validated, aligned.

align        bars, open interest and mark prices on one axis
book_check   whether an order book is of its market
defects      what is said of rows that were put right or left out
feed         everything that the model needs of one market
fetcher      one call for all callers, its answer kept while it is fresh
gap_refetch  bars that are missing are asked for again, each time later
health       how calls to an exchange went, and whether it is left alone
history      time series that are kept, and what of them is fetched again
named_calls  an exchange whose calls say what they ask for
one_unit     bars from before a change of contract size or denomination
outages      open interest that stands still while the market goes on
per_coin     contracts of a thousand coins, said of one coin
query        which market, on which bars, as of when
recency      whether the data reach up to the moment asked for
risk_tiers   the risk tiers of every market, and what stands in for them
"""

from service.market.feed.feed import BOOK_SECONDS, MarketFeed
from service.market.feed.health import Health
from service.market.feed.named_calls import NamedCalls
from service.market.feed.query import FeedQuery
from service.market.feed.recency import SETTLE_MS
from service.market.feed.risk_tiers import Found

__all__ = ["BOOK_SECONDS", "SETTLE_MS", "FeedQuery", "Found", "Health", "MarketFeed", "NamedCalls"]
