"""What tests ask a feed of one fake exchange for."""

import numpy as np

from service.heatmap.base.bars import Bars
from service.market.feed import FeedQuery
from tests.support.fake_exchange import HOUR, T0

COLUMNS = 24
LIVE = FeedQuery("fake", "BTC", "1h", COLUMNS)
CONTEXT = FeedQuery("fake", "BTC", "1h", COLUMNS, context=True)
SPAN = (T0 - (COLUMNS + 168) * HOUR, T0)


def past(moment: int, columns: int = COLUMNS) -> FeedQuery:
    """Return the query for the map as it stood then."""
    return FeedQuery("fake", "BTC", "1h", columns, moment)


def same(one: Bars, other: Bars) -> bool:
    """Tell whether two sets of bars are equal to the last bit."""
    names = ("time", "open", "high", "low", "close", "volume", "open_interest", "mark_low", "mark_high")
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in names)
