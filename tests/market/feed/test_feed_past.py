"""The past is what it was then, and never in the way of the present."""

import threading

import pytest

from service.market.contract import Unsupported
from service.market.feed import SETTLE_MS, FeedQuery, MarketFeed
from service.market.feed.fetching.kept_data import PAST_SERIES_KEPT
from tests.support.crowd import crowd
from tests.support.fake_exchange import HOUR, T0, Clock, FakeExchange
from tests.support.feed_queries import LIVE, past, same


def test_no_bars_back_then_is_no_failure(feed: MarketFeed, fake: FakeExchange) -> None:
    """Before a market was listed there is nothing to wait for."""
    fake.listed = T0 - 100 * HOUR
    with pytest.raises(Unsupported, match="later as_of"):
        feed.load(past(T0 - 200 * HOUR))


def test_the_past_has_neither_book_nor_funding(feed: MarketFeed, fake: FakeExchange) -> None:
    """What nobody publishes for the past is missing with that reason, and is not asked for."""
    data = feed.load(past(T0 - 10 * HOUR))
    assert {"order_book", "funding"} <= data.missing.keys()
    assert (data.book, data.funding) == (None, None)
    assert data.price == data.bars.close[-1]
    assert fake.asked("order_book") == fake.asked("funding") == []


@pytest.mark.parametrize("moment", [T0 - 10 * HOUR, T0 - 10 * HOUR + 1, T0 - 9 * HOUR - 1])
def test_the_past_is_as_it_was_then(feed: MarketFeed, moment: int) -> None:
    """The bars for a past moment equal those that a feed of that time had."""
    then = MarketFeed({"fake": FakeExchange()}, Clock((moment + SETTLE_MS) / 1000))
    assert same(feed.load(past(moment)).bars, then.load(LIVE).bars)


def test_the_past_takes_what_is_in_hand(feed: MarketFeed, fake: FakeExchange) -> None:
    """Inside the live series, a past moment costs no fetch and gives what a fetch would."""
    feed.load(FeedQuery("fake", "BTC", "1h", 200))
    calls = len(fake.calls)
    data = feed.load(past(T0 - 10 * HOUR))
    assert len(fake.calls) == calls
    assert same(data.bars, MarketFeed({"fake": FakeExchange()}, Clock()).load(past(T0 - 10 * HOUR)).bars)


def test_the_past_never_displaces_the_live_series(feed: MarketFeed, fake: FakeExchange) -> None:
    """However many past moments are asked for, the live market stays in hand, and they are bounded themselves."""
    feed.load(LIVE)
    for n in range(1, 300):
        feed.load(past(T0 - 500 * HOUR * n))
    calls = len(fake.calls)
    feed.load(LIVE)
    assert len(fake.calls) == calls
    for fetcher in (feed._kept.candles, feed._kept.mark_candles, feed._kept.interest):
        assert len(fetcher._past._kept) == PAST_SERIES_KEPT


def test_threads_that_ask_for_different_spans_get_their_own(feed: MarketFeed) -> None:
    """Concurrent lookbacks and moments never mix."""
    queries = [LIVE, FeedQuery("fake", "BTC", "1h", 60), past(T0 - 5 * HOUR), past(T0 - 400 * HOUR, 48)] * 5
    turns, lock = iter(queries), threading.Lock()

    def ask() -> bool:
        with lock:
            query = next(turns)
        alone = MarketFeed({"fake": FakeExchange()}, Clock())
        return same(feed.load(query).bars, alone.load(query).bars)

    assert crowd(20, ask) == [True] * 20
